/* sm3_bmi2.c - SM3 of one message: rounds in general registers, expansion in vectors.
 *
 * A round waits for the one before through E: E -> + (A <<< 12) + T -> <<< 7 -> + GG + H + W -> P0,
 * seven steps (six before round 16); everything else fits beside it.  So the rounds have all of the
 * general registers and nothing else to do, and words j, j+1, j+2 of the expansion are computed in
 * vectors meanwhile: three, because word j needs word j-3.  Vector V holds words j-1 to j+2, so
 * that every operand of 5.3.2 is one of the last five vectors, shifted by a word at most. */
#include "sm3.h"

#if EK_X86_ASM

/* All that the assembler reads and writes, at offsets that it knows. */
typedef struct work {
    uint32_t w[72];       /* 0: W */
    uint32_t w_prime[72]; /* 288: W' */
    uint32_t h[8];        /* 576 */
    uint8_t turn[16];     /* 608: byte order of a word */
    uint8_t rotate8[16];  /* 624: a word rotated left by 8 */
    const uint8_t *data;  /* 640 */
    uint64_t blocks;      /* 648 */
} work;

#define A "%%eax"
#define B "%%ebx"
#define C "%%ecx"
#define D "%%edx"
#define E "%%r8d"
#define F "%%r9d"
#define G "%%r10d"
#define H "%%r11d"
#define T0 "%%r12d"
#define T1 "%%r13d"
#define T2 "%%r14d"
#define T3 "%%r15d"
#define AT(offset) #offset "(%%rdi)"

/* ss1 in T1, ss2 in T0; d gets W', h gets W. */
#define ROUND_START(a, d, e, h, j, t) \
    "rorx $20, " a ", " T0            \
    "\n\t"                            \
    "addl 4*" #j "(%%rdi), " h        \
    "\n\t"                            \
    "leal " #t "(%%r12), " T1         \
    "\n\t"                            \
    "addl " e ", " T1                 \
    "\n\t"                            \
    "roll $7, " T1                    \
    "\n\t"                            \
    "addl 288+4*" #j "(%%rdi), " d    \
    "\n\t"                            \
    "xorl " T1 ", " T0 "\n\t"
/* h is TT2 and becomes P0 of it. */
#define ROUND_END(b, d, f, h) \
    "addl " T0 ", " d         \
    "\n\t"                    \
    "roll $9, " b             \
    "\n\t"                    \
    "roll $19, " f            \
    "\n\t"                    \
    "rorx $23, " h ", " T2    \
    "\n\t"                    \
    "rorx $15, " h ", " T3    \
    "\n\t"                    \
    "xorl " T2 ", " h         \
    "\n\t"                    \
    "xorl " T3 ", " h "\n\t"
#define EARLY(a, b, c, d, e, f, g, h, j, t, step) \
    ROUND_START(a, d, e, h, j, t)                 \
    step "movl " f ", " T2                        \
         "\n\t"                                   \
         "xorl " g ", " T2                        \
         "\n\t"                                   \
         "xorl " e ", " T2                        \
         "\n\t"                                   \
         "addl " T2 ", " h                        \
         "\n\t"                                   \
         "addl " T1 ", " h                        \
         "\n\t"                                   \
         "movl " b ", " T3                        \
         "\n\t"                                   \
         "xorl " c ", " T3                        \
         "\n\t"                                   \
         "xorl " a ", " T3                        \
         "\n\t"                                   \
         "addl " T3 ", " d "\n\t" ROUND_END(b, d, f, h)
#define LATE(a, b, c, d, e, f, g, h, j, t, step) \
    ROUND_START(a, d, e, h, j, t)                \
    step "movl " f ", " T2                       \
         "\n\t"                                  \
         "andl " e ", " T2                       \
         "\n\t"                                  \
         "andn " g ", " e ", " T3                \
         "\n\t"                                  \
         "addl " T2 ", " h                       \
         "\n\t"                                  \
         "addl " T3 ", " h                       \
         "\n\t"                                  \
         "addl " T1 ", " h                       \
         "\n\t"                                  \
         "movl " b ", " T2                       \
         "\n\t"                                  \
         "andl " a ", " T2                       \
         "\n\t"                                  \
         "movl " b ", " T3                       \
         "\n\t"                                  \
         "xorl " a ", " T3                       \
         "\n\t"                                  \
         "andl " c ", " T3                       \
         "\n\t"                                  \
         "addl " T2 ", " d                       \
         "\n\t"                                  \
         "addl " T3 ", " d "\n\t" ROUND_END(b, d, f, h)

/* Words j to j+2 into vector v5, in three parts for three rounds; W'[j-4..j-2] with them.
 * v0 begins with word j-16, v1 with j-13, v2 with j-10, v3 with j-7, v4 with j-4. */
#define STEP1(v0, v1, v2, v3, v4, v5, j) \
    "vpslld $15, %%xmm" #v4              \
    ", %%xmm8\n\t"                       \
    "vpsrld $17, %%xmm" #v4              \
    ", %%xmm9\n\t"                       \
    "vpxor %%xmm8, %%xmm" #v2            \
    ", %%xmm8\n\t"                       \
    "vpxor %%xmm9, %%xmm8, %%xmm8\n\t"   \
    "vpsrldq $4, %%xmm8, %%xmm8\n\t"     \
    "vpxor %%xmm" #v0                    \
    ", %%xmm8, %%xmm8\n\t"               \
    "vpslld $7, %%xmm" #v1 ", %%xmm10\n\t"
#define STEP2(v0, v1, v2, v3, v4, v5, j) \
    "vpsrld $25, %%xmm" #v1              \
    ", %%xmm11\n\t"                      \
    "vpshufb %%xmm7, %%xmm8, %%xmm9\n\t" \
    "vpxor %%xmm8, %%xmm9, %%xmm9\n\t"   \
    "vpxor %%xmm10, %%xmm8, %%xmm8\n\t"  \
    "vpslld $15, %%xmm9, %%xmm10\n\t"    \
    "vpsrld $17, %%xmm9, %%xmm9\n\t"     \
    "vpsrldq $4, %%xmm" #v3 ", %%xmm12\n\t"
#define STEP3(v0, v1, v2, v3, v4, v5, j)            \
    "vpxor %%xmm11, %%xmm8, %%xmm8\n\t"             \
    "vpxor %%xmm9, %%xmm10, %%xmm10\n\t"            \
    "vpxor %%xmm12, %%xmm8, %%xmm8\n\t"             \
    "vpxor %%xmm10, %%xmm8, %%xmm8\n\t"             \
    "vpalignr $12, %%xmm" #v4 ", %%xmm8, %%xmm" #v5 \
    "\n\t"                                          \
    "vpxor %%xmm8, %%xmm" #v4                       \
    ", %%xmm9\n\t"                                  \
    "vmovdqu %%xmm8, 4*" #j                         \
    "(%%rdi)\n\t"                                   \
    "vmovdqu %%xmm9, 288+4*(" #j "-4)(%%rdi)\n\t"

/* Vector v from word j of the message on. */
#define LOAD(v, j)                      \
    "vmovdqu 4*" #j "(%%rsi), %%xmm" #v \
    "\n\t"                              \
    "vpshufb %%xmm6, %%xmm" #v ", %%xmm" #v "\n\t"
#define FEED_FORWARD(word, r)         \
    "xorl 576+4*" #word "(%%rdi), " r \
    "\n\t"                            \
    "movl " r ", 576+4*" #word "(%%rdi)\n\t"

void ek_sm3_compress_bmi2(uint32_t state[8], const uint8_t *data, size_t blocks) {
    static const uint8_t turn[16] = {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12};
    static const uint8_t rotate8[16] = {3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14};
    work all;
    memcpy(all.h, state, sizeof all.h);
    memcpy(all.turn, turn, sizeof turn);
    memcpy(all.rotate8, rotate8, sizeof rotate8);
    all.data = data;
    all.blocks = blocks;
    __asm__ __volatile__(
        "vmovdqu 608(%%rdi), %%xmm6\n\t"
        "vmovdqu 624(%%rdi), %%xmm7\n\t"
        "movl 576(%%rdi), " A "\n\t"
        "movl 580(%%rdi), " B "\n\t"
        "movl 584(%%rdi), " C "\n\t"
        "movl 588(%%rdi), " D "\n\t"
        "movl 592(%%rdi), " E "\n\t"
        "movl 596(%%rdi), " F "\n\t"
        "movl 600(%%rdi), " G "\n\t"
        "movl 604(%%rdi), " H "\n"
        "1:\n\t"
        "movq 640(%%rdi), %%rsi\n\t"
        LOAD(0, 0)
        LOAD(8, 4)
        LOAD(9, 8)
        LOAD(4, 12)
        "vmovdqu %%xmm0, (%%rdi)\n\t"
        "vmovdqu %%xmm8, 16(%%rdi)\n\t"
        "vmovdqu %%xmm9, 32(%%rdi)\n\t"
        "vmovdqu %%xmm4, 48(%%rdi)\n\t"
        "vpxor %%xmm0, %%xmm8, %%xmm10\n\t"
        "vpxor %%xmm8, %%xmm9, %%xmm11\n\t"
        "vpxor %%xmm9, %%xmm4, %%xmm12\n\t"
        "vmovdqu %%xmm10, 288(%%rdi)\n\t"
        "vmovdqu %%xmm11, 304(%%rdi)\n\t"
        "vmovdqu %%xmm12, 320(%%rdi)\n\t"
        LOAD(1, 3)
        LOAD(2, 6)
        LOAD(3, 9)
        "addq $64, %%rsi\n\t"
        "movq %%rsi, 640(%%rdi)\n\t"
        EARLY(A, B, C, D, E, F, G, H, 0, 0x79cc4519, "")
        EARLY(D, A, B, C, H, E, F, G, 1, 0xf3988a32, "")
        EARLY(C, D, A, B, G, H, E, F, 2, 0xe7311465, "")
        EARLY(B, C, D, A, F, G, H, E, 3, 0xce6228cb, "")
        EARLY(A, B, C, D, E, F, G, H, 4, 0x9cc45197, "")
        EARLY(D, A, B, C, H, E, F, G, 5, 0x3988a32f, "")
        EARLY(C, D, A, B, G, H, E, F, 6, 0x7311465e, "")
        EARLY(B, C, D, A, F, G, H, E, 7, 0xe6228cbc, "")
        EARLY(A, B, C, D, E, F, G, H, 8, 0xcc451979, "")
        EARLY(D, A, B, C, H, E, F, G, 9, 0x988a32f3, STEP1(0, 1, 2, 3, 4, 5, 16))
        EARLY(C, D, A, B, G, H, E, F, 10, 0x311465e7, STEP2(0, 1, 2, 3, 4, 5, 16))
        EARLY(B, C, D, A, F, G, H, E, 11, 0x6228cbce, STEP3(0, 1, 2, 3, 4, 5, 16))
        EARLY(A, B, C, D, E, F, G, H, 12, 0xc451979c, STEP1(1, 2, 3, 4, 5, 0, 19))
        EARLY(D, A, B, C, H, E, F, G, 13, 0x88a32f39, STEP2(1, 2, 3, 4, 5, 0, 19))
        EARLY(C, D, A, B, G, H, E, F, 14, 0x11465e73, STEP3(1, 2, 3, 4, 5, 0, 19))
        EARLY(B, C, D, A, F, G, H, E, 15, 0x228cbce6, STEP1(2, 3, 4, 5, 0, 1, 22))
        LATE(A, B, C, D, E, F, G, H, 16, 0x9d8a7a87, STEP2(2, 3, 4, 5, 0, 1, 22))
        LATE(D, A, B, C, H, E, F, G, 17, 0x3b14f50f, STEP3(2, 3, 4, 5, 0, 1, 22))
        LATE(C, D, A, B, G, H, E, F, 18, 0x7629ea1e, STEP1(3, 4, 5, 0, 1, 2, 25))
        LATE(B, C, D, A, F, G, H, E, 19, 0xec53d43c, STEP2(3, 4, 5, 0, 1, 2, 25))
        LATE(A, B, C, D, E, F, G, H, 20, 0xd8a7a879, STEP3(3, 4, 5, 0, 1, 2, 25))
        LATE(D, A, B, C, H, E, F, G, 21, 0xb14f50f3, STEP1(4, 5, 0, 1, 2, 3, 28))
        LATE(C, D, A, B, G, H, E, F, 22, 0x629ea1e7, STEP2(4, 5, 0, 1, 2, 3, 28))
        LATE(B, C, D, A, F, G, H, E, 23, 0xc53d43ce, STEP3(4, 5, 0, 1, 2, 3, 28))
        LATE(A, B, C, D, E, F, G, H, 24, 0x8a7a879d, STEP1(5, 0, 1, 2, 3, 4, 31))
        LATE(D, A, B, C, H, E, F, G, 25, 0x14f50f3b, STEP2(5, 0, 1, 2, 3, 4, 31))
        LATE(C, D, A, B, G, H, E, F, 26, 0x29ea1e76, STEP3(5, 0, 1, 2, 3, 4, 31))
        LATE(B, C, D, A, F, G, H, E, 27, 0x53d43cec, STEP1(0, 1, 2, 3, 4, 5, 34))
        LATE(A, B, C, D, E, F, G, H, 28, 0xa7a879d8, STEP2(0, 1, 2, 3, 4, 5, 34))
        LATE(D, A, B, C, H, E, F, G, 29, 0x4f50f3b1, STEP3(0, 1, 2, 3, 4, 5, 34))
        LATE(C, D, A, B, G, H, E, F, 30, 0x9ea1e762, STEP1(1, 2, 3, 4, 5, 0, 37))
        LATE(B, C, D, A, F, G, H, E, 31, 0x3d43cec5, STEP2(1, 2, 3, 4, 5, 0, 37))
        LATE(A, B, C, D, E, F, G, H, 32, 0x7a879d8a, STEP3(1, 2, 3, 4, 5, 0, 37))
        LATE(D, A, B, C, H, E, F, G, 33, 0xf50f3b14, STEP1(2, 3, 4, 5, 0, 1, 40))
        LATE(C, D, A, B, G, H, E, F, 34, 0xea1e7629, STEP2(2, 3, 4, 5, 0, 1, 40))
        LATE(B, C, D, A, F, G, H, E, 35, 0xd43cec53, STEP3(2, 3, 4, 5, 0, 1, 40))
        LATE(A, B, C, D, E, F, G, H, 36, 0xa879d8a7, STEP1(3, 4, 5, 0, 1, 2, 43))
        LATE(D, A, B, C, H, E, F, G, 37, 0x50f3b14f, STEP2(3, 4, 5, 0, 1, 2, 43))
        LATE(C, D, A, B, G, H, E, F, 38, 0xa1e7629e, STEP3(3, 4, 5, 0, 1, 2, 43))
        LATE(B, C, D, A, F, G, H, E, 39, 0x43cec53d, STEP1(4, 5, 0, 1, 2, 3, 46))
        LATE(A, B, C, D, E, F, G, H, 40, 0x879d8a7a, STEP2(4, 5, 0, 1, 2, 3, 46))
        LATE(D, A, B, C, H, E, F, G, 41, 0x0f3b14f5, STEP3(4, 5, 0, 1, 2, 3, 46))
        LATE(C, D, A, B, G, H, E, F, 42, 0x1e7629ea, STEP1(5, 0, 1, 2, 3, 4, 49))
        LATE(B, C, D, A, F, G, H, E, 43, 0x3cec53d4, STEP2(5, 0, 1, 2, 3, 4, 49))
        LATE(A, B, C, D, E, F, G, H, 44, 0x79d8a7a8, STEP3(5, 0, 1, 2, 3, 4, 49))
        LATE(D, A, B, C, H, E, F, G, 45, 0xf3b14f50, STEP1(0, 1, 2, 3, 4, 5, 52))
        LATE(C, D, A, B, G, H, E, F, 46, 0xe7629ea1, STEP2(0, 1, 2, 3, 4, 5, 52))
        LATE(B, C, D, A, F, G, H, E, 47, 0xcec53d43, STEP3(0, 1, 2, 3, 4, 5, 52))
        LATE(A, B, C, D, E, F, G, H, 48, 0x9d8a7a87, STEP1(1, 2, 3, 4, 5, 0, 55))
        LATE(D, A, B, C, H, E, F, G, 49, 0x3b14f50f, STEP2(1, 2, 3, 4, 5, 0, 55))
        LATE(C, D, A, B, G, H, E, F, 50, 0x7629ea1e, STEP3(1, 2, 3, 4, 5, 0, 55))
        LATE(B, C, D, A, F, G, H, E, 51, 0xec53d43c, STEP1(2, 3, 4, 5, 0, 1, 58))
        LATE(A, B, C, D, E, F, G, H, 52, 0xd8a7a879, STEP2(2, 3, 4, 5, 0, 1, 58))
        LATE(D, A, B, C, H, E, F, G, 53, 0xb14f50f3, STEP3(2, 3, 4, 5, 0, 1, 58))
        LATE(C, D, A, B, G, H, E, F, 54, 0x629ea1e7, STEP1(3, 4, 5, 0, 1, 2, 61))
        LATE(B, C, D, A, F, G, H, E, 55, 0xc53d43ce, STEP2(3, 4, 5, 0, 1, 2, 61))
        LATE(A, B, C, D, E, F, G, H, 56, 0x8a7a879d, STEP3(3, 4, 5, 0, 1, 2, 61))
        LATE(D, A, B, C, H, E, F, G, 57, 0x14f50f3b, STEP1(4, 5, 0, 1, 2, 3, 64))
        LATE(C, D, A, B, G, H, E, F, 58, 0x29ea1e76, STEP2(4, 5, 0, 1, 2, 3, 64))
        LATE(B, C, D, A, F, G, H, E, 59, 0x53d43cec, STEP3(4, 5, 0, 1, 2, 3, 64))
        LATE(A, B, C, D, E, F, G, H, 60, 0xa7a879d8, STEP1(5, 0, 1, 2, 3, 4, 67))
        LATE(D, A, B, C, H, E, F, G, 61, 0x4f50f3b1, STEP2(5, 0, 1, 2, 3, 4, 67))
        LATE(C, D, A, B, G, H, E, F, 62, 0x9ea1e762, STEP3(5, 0, 1, 2, 3, 4, 67))
        LATE(B, C, D, A, F, G, H, E, 63, 0x3d43cec5, "")
        FEED_FORWARD(0, A)
        FEED_FORWARD(1, B)
        FEED_FORWARD(2, C)
        FEED_FORWARD(3, D)
        FEED_FORWARD(4, E)
        FEED_FORWARD(5, F)
        FEED_FORWARD(6, G)
        FEED_FORWARD(7, H)
        "decq 648(%%rdi)\n\t"
        "jnz 1b\n\t"
        :
        : "D"(&all)
        : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
          "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11", "xmm12", "cc", "memory");
    memcpy(state, all.h, sizeof all.h);
    ek_wipe(&all, sizeof all);
}

#endif
