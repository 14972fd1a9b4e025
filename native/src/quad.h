/* quad.h - the field and the curve four times at once, with AVX2.
 *
 * An ek_fe4 holds four numbers: nine vectors of signed 29-bit limbs, least significant first, lane
 * i of each belonging to number i.  Numbers are in Montgomery form with 2^261, 32 times p and more,
 * so that they need not be reduced and may be negative: a product of |a| < A p and |b| < B p lies
 * between -A B p / 32 and p + A B p / 32.  Bounds are written [A] where they are made.
 *
 * Limbs are "settled" when those below the top are in [0, 2^29], give or take a few.  Products are
 * settled; sums and differences of two of them have limbs up to 2^30.  The limbs of two factors
 * multiplied stay at or below 2^59, so that nine products and the reduction fit a signed word.
 *
 * CT: nothing leaks, except in functions with _var.  Choices are masks. */
#ifndef EK_QUAD_H
#define EK_QUAD_H

#include "cpu.h"

#if EK_X86
#include <immintrin.h>

#include "mul.h"

#define EK_QUAD static inline EK_TARGET_AVX2 __attribute__((always_inline))
/* Inlined everywhere the products alone would fill the instruction cache. */
#define EK_QUAD_CALL static __attribute__((noinline)) EK_TARGET_AVX2

typedef struct ek_fe4 {
    __m256i v[9];
} ek_fe4;

typedef struct ek_ge4 {
    ek_fe4 x, y;
} ek_ge4;

typedef struct ek_gej4 {
    ek_fe4 x, y, z;
} ek_gej4;

#define EK_LIMB29 ((1u << 29) - 1)

/* gcc -O2 leaves these loops as loops, in memory; clang unrolls them by itself. */
#if defined(__GNUC__) && !defined(__clang__)
#define EK_UNROLL_4 _Pragma("GCC unroll 16")
#else
#define EK_UNROLL_4
#endif

/* The same pointer, of which the compiler knows nothing: it would load all limbs at once and spill
 * them, where each product can take its limb from memory. */
EK_QUAD const ek_fe4 *ek_fe4_again(const ek_fe4 *a) {
#ifndef EK_CTIME_MSAN
    __asm__("" : "+r"(a));
#endif
    return a;
}

EK_QUAD __m256i ek_set4(uint64_t x) {
    return _mm256_set1_epi64x((long long)x);
}

#ifdef EK_TEST_FAULTS
/* The fault test flips one bit in one lane of the n-th product. */
#define EK_FAULT4(r)                                                                           \
    do {                                                                                       \
        if (ek_fault_count++ == ek_fault_at) {                                                 \
            uint64_t flip[4] = {0};                                                            \
            flip[ek_fault_at % 4] = 1ull << (ek_fault_bit % 29);                               \
            (r)->v[ek_fault_bit / 29] = _mm256_xor_si256(                                      \
                (r)->v[ek_fault_bit / 29], _mm256_loadu_si256((const __m256i *)(void *)flip)); \
        }                                                                                      \
    } while (0)
#else
#define EK_FAULT4(r) ((void)0)
#endif

/* A product is nine columns that move: row i adds a[i] b to them, then the lowest is reduced away.
 * With u its low 29 bits, u p is added: since p = -1 + 2^64 - 2^96 - 2^224 + 2^256, the column
 * vanishes but for its carry, and u enters at four places.  Columns are signed; so that a plain
 * shift carries, each begins with 2^63, and with what takes away the 2^34 that its neighbour's 2^63
 * becomes in the carry. */
#define EK_BIAS ((uint64_t)1 << 63)
#define EK_BIAS_CARRIED (EK_BIAS - ((uint64_t)1 << 34))

#define EK_COLUMNS                                                                             \
    const __m256i low = ek_set4(EK_LIMB29), fresh = ek_set4(EK_BIAS_CARRIED);                  \
    __m256i t0 = ek_set4(EK_BIAS), t1 = fresh, t2 = fresh, t3 = fresh, t4 = fresh, t5 = fresh, \
            t6 = fresh, t7 = fresh, t8 = fresh

#define EK_TERM(t, x, b, j) t = _mm256_add_epi64(t, _mm256_mul_epi32(x, (b)->v[j]))

#define EK_ROW(x, b, t0, t1, t2, t3, t4, t5, t6, t7, t8)                                       \
    do {                                                                                       \
        const ek_fe4 *again = ek_fe4_again(b);                                                 \
        const __m256i limb = x;                                                                \
        EK_TERM(t0, limb, again, 0), EK_TERM(t1, limb, again, 1), EK_TERM(t2, limb, again, 2); \
        EK_TERM(t3, limb, again, 3), EK_TERM(t4, limb, again, 4), EK_TERM(t5, limb, again, 5); \
        EK_TERM(t6, limb, again, 6), EK_TERM(t7, limb, again, 7), EK_TERM(t8, limb, again, 8); \
    } while (0)

#define EK_REDC(t0, t1, t2, t3, t7, t8)                       \
    do {                                                      \
        const __m256i u = _mm256_and_si256(t0, low);          \
        t1 = _mm256_add_epi64(t1, _mm256_srli_epi64(t0, 29)); \
        t2 = _mm256_add_epi64(t2, _mm256_slli_epi64(u, 6));   \
        t3 = _mm256_sub_epi64(t3, _mm256_slli_epi64(u, 9));   \
        t7 = _mm256_sub_epi64(t7, _mm256_slli_epi64(u, 21));  \
        t8 = _mm256_add_epi64(t8, _mm256_slli_epi64(u, 24));  \
        t0 = fresh;                                           \
    } while (0)

/* Nine steps, each with the columns renamed. */
#define EK_NINE(STEP, t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    STEP(0, t0, t1, t2, t3, t4, t5, t6, t7, t8)           \
    STEP(1, t1, t2, t3, t4, t5, t6, t7, t8, t0)           \
    STEP(2, t2, t3, t4, t5, t6, t7, t8, t0, t1)           \
    STEP(3, t3, t4, t5, t6, t7, t8, t0, t1, t2)           \
    STEP(4, t4, t5, t6, t7, t8, t0, t1, t2, t3)           \
    STEP(5, t5, t6, t7, t8, t0, t1, t2, t3, t4)           \
    STEP(6, t6, t7, t8, t0, t1, t2, t3, t4, t5)           \
    STEP(7, t7, t8, t0, t1, t2, t3, t4, t5, t6)           \
    STEP(8, t8, t0, t1, t2, t3, t4, t5, t6, t7)
#define EK_NINE_COLUMNS(STEP) EK_NINE(STEP, t0, t1, t2, t3, t4, t5, t6, t7, t8)

#define EK_LIMB_OUT(j, t, next)                              \
    next = _mm256_add_epi64(next, _mm256_srli_epi64(t, 29)); \
    r->v[j] = _mm256_and_si256(t, low)
#define EK_COLUMNS_OUT                                    \
    do {                                                  \
        EK_LIMB_OUT(0, t0, t1);                           \
        EK_LIMB_OUT(1, t1, t2);                           \
        EK_LIMB_OUT(2, t2, t3);                           \
        EK_LIMB_OUT(3, t3, t4);                           \
        EK_LIMB_OUT(4, t4, t5);                           \
        EK_LIMB_OUT(5, t5, t6);                           \
        EK_LIMB_OUT(6, t6, t7);                           \
        EK_LIMB_OUT(7, t7, t8);                           \
        r->v[8] = _mm256_xor_si256(t8, ek_set4(EK_BIAS)); \
        EK_FAULT4(r);                                     \
    } while (0)

/* r = a b / 2^261 and r = (a b + c d) / 2^261; of the latter the limbs' products stay at or below
 * 3 2^58 together.  r may be a factor: limbs go out when all have been read.
 *
 * In assembler a fifth faster than what gcc and clang make of it: sixteen registers are just
 * enough, with b read anew for each row. */
#if EK_X86_ASM
static const uint64_t ek_quad_words[3][4] __attribute__((aligned(32))) = {
    {EK_LIMB29, EK_LIMB29, EK_LIMB29, EK_LIMB29},
    {EK_BIAS_CARRIED, EK_BIAS_CARRIED, EK_BIAS_CARRIED, EK_BIAS_CARRIED},
    {EK_BIAS, EK_BIAS, EK_BIAS, EK_BIAS}};

#define EK_ASM_TERM(b, j, t, free)                                                              \
    "vpmuldq " #j "*32(%[" #b "]), %%ymm13, %%" #free "\n\tvpaddq %%" #free ", %%" #t ", %%" #t \
    "\n\t"
#define EK_ASM_ROW(a, b, i, t0, t1, t2, t3, t4, t5, t6, t7, t8)                                   \
    "vmovdqu " #i "*32(%[" #a "]), %%ymm13\n\t" EK_ASM_TERM(b, 0, t0, ymm9)                       \
        EK_ASM_TERM(b, 1, t1, ymm10) EK_ASM_TERM(b, 2, t2, ymm11) EK_ASM_TERM(b, 3, t3, ymm12)    \
            EK_ASM_TERM(b, 4, t4, ymm9) EK_ASM_TERM(b, 5, t5, ymm10) EK_ASM_TERM(b, 6, t6, ymm11) \
                EK_ASM_TERM(b, 7, t7, ymm12) EK_ASM_TERM(b, 8, t8, ymm9)
#define EK_ASM_SHIFTED(count, op, t, free) \
    "vpsllq $" #count ", %%ymm10, %%" #free "\n\t" op " %%" #free ", %%" #t ", %%" #t "\n\t"
#define EK_ASM_REDC(t0, t1, t2, t3, t7, t8)                                           \
    "vpand %%ymm15, %%" #t0 ", %%ymm10\n\tvpsrlq $29, %%" #t0                         \
    ", %%ymm11\n\t"                                                                   \
    "vpaddq %%ymm11, %%" #t1 ", %%" #t1 "\n\t" EK_ASM_SHIFTED(6, "vpaddq", t2, ymm12) \
        EK_ASM_SHIFTED(9, "vpsubq", t3, ymm9) EK_ASM_SHIFTED(21, "vpsubq", t7, ymm11) \
            EK_ASM_SHIFTED(24, "vpaddq", t8, ymm12) "vmovdqa %%ymm14, %%" #t0 "\n\t"
#define EK_ASM_OUT(j, t, next)                             \
    "vpsrlq $29, %%" #t ", %%ymm9\n\tvpand %%ymm15, %%" #t \
    ", %%ymm10\n\t"                                        \
    "vpaddq %%ymm9, %%" #next ", %%" #next "\n\tvmovdqu %%ymm10, " #j "*32(%[r])\n\t"
#define EK_ASM_PRODUCT(STEP) \
    "vmovdqa (%[words]), %%ymm15\n\tvmovdqa 32(%[words]), %%ymm14\n\t"                       \
    "vmovdqa 64(%[words]), %%ymm0\n\tvmovdqa %%ymm14, %%ymm1\n\t"                            \
    "vmovdqa %%ymm14, %%ymm2\n\tvmovdqa %%ymm14, %%ymm3\n\tvmovdqa %%ymm14, %%ymm4\n\t"      \
    "vmovdqa %%ymm14, %%ymm5\n\tvmovdqa %%ymm14, %%ymm6\n\tvmovdqa %%ymm14, %%ymm7\n\t"      \
    "vmovdqa %%ymm14, %%ymm8\n\t" EK_NINE(STEP, ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6,     \
                                          ymm7, ymm8) EK_ASM_OUT(0, ymm0, ymm1)               \
        EK_ASM_OUT(1, ymm1, ymm2) EK_ASM_OUT(2, ymm2, ymm3) EK_ASM_OUT(3, ymm3, ymm4)          \
            EK_ASM_OUT(4, ymm4, ymm5) EK_ASM_OUT(5, ymm5, ymm6) EK_ASM_OUT(6, ymm6, ymm7)      \
                EK_ASM_OUT(7, ymm7, ymm8) "vpxor 64(%[words]), %%ymm8, %%ymm8\n\t"           \
    "vmovdqu %%ymm8, 8*32(%[r])\n\t"
#define EK_ASM_CLOBBERS                                                                       \
    "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

EK_QUAD_CALL void ek_fe4_mul(ek_fe4 *r, const ek_fe4 *a, const ek_fe4 *b) {
#define STEP(i, t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    EK_ASM_ROW(a, b, i, t0, t1, t2, t3, t4, t5, t6, t7, t8) EK_ASM_REDC(t0, t1, t2, t3, t7, t8)
    __asm__ __volatile__(EK_ASM_PRODUCT(STEP)
                         :
                         : [r] "r"(r), [a] "r"(a), [b] "r"(b), [words] "r"(ek_quad_words)
                         : EK_ASM_CLOBBERS);
#undef STEP
    EK_FAULT4(r);
}

EK_QUAD_CALL void ek_fe4_mul_add(ek_fe4 *r, const ek_fe4 *a, const ek_fe4 *b, const ek_fe4 *c,
                                 const ek_fe4 *d) {
#define STEP(i, t0, t1, t2, t3, t4, t5, t6, t7, t8)         \
    EK_ASM_ROW(a, b, i, t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    EK_ASM_ROW(c, d, i, t0, t1, t2, t3, t4, t5, t6, t7, t8) EK_ASM_REDC(t0, t1, t2, t3, t7, t8)
    __asm__ __volatile__(
        EK_ASM_PRODUCT(STEP)
        :
        : [r] "r"(r), [a] "r"(a), [b] "r"(b), [c] "r"(c), [d] "r"(d), [words] "r"(ek_quad_words)
        : EK_ASM_CLOBBERS);
#undef STEP
    EK_FAULT4(r);
}
#else
EK_QUAD_CALL void ek_fe4_mul(ek_fe4 *r, const ek_fe4 *a, const ek_fe4 *b) {
    EK_COLUMNS;
#define STEP(i, t0, t1, t2, t3, t4, t5, t6, t7, t8)         \
    EK_ROW(a->v[i], b, t0, t1, t2, t3, t4, t5, t6, t7, t8); \
    EK_REDC(t0, t1, t2, t3, t7, t8);
    EK_NINE_COLUMNS(STEP)
#undef STEP
    EK_COLUMNS_OUT;
}

EK_QUAD_CALL void ek_fe4_mul_add(ek_fe4 *r, const ek_fe4 *a, const ek_fe4 *b, const ek_fe4 *c,
                                 const ek_fe4 *d) {
    EK_COLUMNS;
#define STEP(i, t0, t1, t2, t3, t4, t5, t6, t7, t8)         \
    EK_ROW(a->v[i], b, t0, t1, t2, t3, t4, t5, t6, t7, t8); \
    EK_ROW(c->v[i], d, t0, t1, t2, t3, t4, t5, t6, t7, t8); \
    EK_REDC(t0, t1, t2, t3, t7, t8);
    EK_NINE_COLUMNS(STEP)
#undef STEP
    EK_COLUMNS_OUT;
}
#endif

/* r = a a / 2^261, each cross product once, by a doubled limb. */
#if EK_X86_ASM
/* clang-format off */
#define EK_ASM_OWN(t) "vpmuldq %%ymm13, %%ymm13, %%ymm9\n\tvpaddq %%ymm9, %%" #t ", %%" #t "\n\t"
#define EK_ASM_CROSS_8(t0, t1, t2, t3, t4, t5, t6, t7, t8) EK_ASM_OWN(t8)
#define EK_ASM_CROSS_7(t0, t1, t2, t3, t4, t5, t6, t7, t8) EK_ASM_OWN(t7) EK_ASM_TWICE(8, t8, ymm10)
#define EK_ASM_CROSS_6(t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    EK_ASM_OWN(t6) EK_ASM_TWICE(7, t7, ymm10) EK_ASM_TWICE(8, t8, ymm11)
#define EK_ASM_CROSS_5(t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    EK_ASM_OWN(t5) EK_ASM_TWICE(6, t6, ymm10) EK_ASM_TWICE(7, t7, ymm11) EK_ASM_TWICE(8, t8, ymm9)
#define EK_ASM_CROSS_4(t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    EK_ASM_OWN(t4)                                         \
    EK_ASM_TWICE(5, t5, ymm10)                             \
    EK_ASM_TWICE(6, t6, ymm11) EK_ASM_TWICE(7, t7, ymm9) EK_ASM_TWICE(8, t8, ymm10)
#define EK_ASM_CROSS_3(t0, t1, t2, t3, t4, t5, t6, t7, t8) \
    EK_ASM_OWN(t3)                                         \
    EK_ASM_TWICE(4, t4, ymm10)                             \
    EK_ASM_TWICE(5, t5, ymm11)                             \
    EK_ASM_TWICE(6, t6, ymm9) EK_ASM_TWICE(7, t7, ymm10) EK_ASM_TWICE(8, t8, ymm11)
#define EK_ASM_CROSS_2(t0, t1, t2, t3, t4, t5, t6, t7, t8)                          \
    EK_ASM_OWN(t2)                                                                  \
    EK_ASM_TWICE(3, t3, ymm10)                                                      \
    EK_ASM_TWICE(4, t4, ymm11)                                                      \
    EK_ASM_TWICE(5, t5, ymm9) EK_ASM_TWICE(6, t6, ymm10) EK_ASM_TWICE(7, t7, ymm11) \
        EK_ASM_TWICE(8, t8, ymm9)
#define EK_ASM_CROSS_1(t0, t1, t2, t3, t4, t5, t6, t7, t8)                          \
    EK_ASM_OWN(t1)                                                                  \
    EK_ASM_TWICE(2, t2, ymm10)                                                      \
    EK_ASM_TWICE(3, t3, ymm11)                                                      \
    EK_ASM_TWICE(4, t4, ymm9) EK_ASM_TWICE(5, t5, ymm10) EK_ASM_TWICE(6, t6, ymm11) \
        EK_ASM_TWICE(7, t7, ymm9) EK_ASM_TWICE(8, t8, ymm10)
#define EK_ASM_CROSS_0(t0, t1, t2, t3, t4, t5, t6, t7, t8)                          \
    EK_ASM_OWN(t0)                                                                  \
    EK_ASM_TWICE(1, t1, ymm10)                                                      \
    EK_ASM_TWICE(2, t2, ymm11)                                                      \
    EK_ASM_TWICE(3, t3, ymm9) EK_ASM_TWICE(4, t4, ymm10) EK_ASM_TWICE(5, t5, ymm11) \
        EK_ASM_TWICE(6, t6, ymm9) EK_ASM_TWICE(7, t7, ymm10) EK_ASM_TWICE(8, t8, ymm11)
#define EK_ASM_TWICE(j, t, free) \
    "vpmuldq " #j "*32(%[a]), %%ymm12, %%" #free "\n\tvpaddq %%" #free ", %%" #t ", %%" #t "\n\t"
/* clang-format on */

EK_QUAD_CALL void ek_fe4_sqr(ek_fe4 *r, const ek_fe4 *a) {
#define STEP(i, t0, t1, t2, t3, t4, t5, t6, t7, t8)                                              \
    "vmovdqu " #i "*32(%[a]), %%ymm13\n\tvpaddq %%ymm13, %%ymm13, %%ymm12\n\t" EK_ASM_CROSS_##i( \
        t0, t1, t2, t3, t4, t5, t6, t7, t8) EK_ASM_REDC(t0, t1, t2, t3, t7, t8)
    __asm__ __volatile__(EK_ASM_PRODUCT(STEP)
                         :
                         : [r] "r"(r), [a] "r"(a), [words] "r"(ek_quad_words)
                         : EK_ASM_CLOBBERS);
#undef STEP
    EK_FAULT4(r);
}
#else
EK_QUAD_CALL void ek_fe4_sqr(ek_fe4 *r, const ek_fe4 *a) {
    EK_COLUMNS;
#define CROSS(i, t, j) \
    if ((j) > (i)) EK_TERM(t, doubled, again, j)
#define STEP(i, t0, t1, t2, t3, t4, t5, t6, t7, t8)                           \
    do {                                                                      \
        const ek_fe4 *again = ek_fe4_again(a);                                \
        const __m256i limb = a->v[i], doubled = _mm256_add_epi64(limb, limb); \
        const __m256i own = _mm256_mul_epi32(limb, limb);                     \
        CROSS(i, t1, 1);                                                      \
        CROSS(i, t2, 2);                                                      \
        CROSS(i, t3, 3);                                                      \
        CROSS(i, t4, 4);                                                      \
        CROSS(i, t5, 5);                                                      \
        CROSS(i, t6, 6);                                                      \
        CROSS(i, t7, 7);                                                      \
        CROSS(i, t8, 8);                                                      \
        if ((i) == 0) t0 = _mm256_add_epi64(t0, own);                         \
        if ((i) == 1) t1 = _mm256_add_epi64(t1, own);                         \
        if ((i) == 2) t2 = _mm256_add_epi64(t2, own);                         \
        if ((i) == 3) t3 = _mm256_add_epi64(t3, own);                         \
        if ((i) == 4) t4 = _mm256_add_epi64(t4, own);                         \
        if ((i) == 5) t5 = _mm256_add_epi64(t5, own);                         \
        if ((i) == 6) t6 = _mm256_add_epi64(t6, own);                         \
        if ((i) == 7) t7 = _mm256_add_epi64(t7, own);                         \
        if ((i) == 8) t8 = _mm256_add_epi64(t8, own);                         \
        EK_REDC(t0, t1, t2, t3, t7, t8);                                      \
    } while (0);
    EK_NINE_COLUMNS(STEP)
#undef STEP
#undef CROSS
    EK_COLUMNS_OUT;
}
#endif

/* Sums and differences of limbs. */
EK_QUAD void ek_fe4_add(ek_fe4 *r, const ek_fe4 *a, const ek_fe4 *b) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) r->v[i] = _mm256_add_epi64(a->v[i], b->v[i]);
}

EK_QUAD void ek_fe4_sub(ek_fe4 *r, const ek_fe4 *a, const ek_fe4 *b) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) r->v[i] = _mm256_sub_epi64(a->v[i], b->v[i]);
}

/* r = 2^count a. */
EK_QUAD void ek_fe4_shift(ek_fe4 *r, const ek_fe4 *a, int count) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) r->v[i] = _mm256_slli_epi64(a->v[i], count);
}

/* Settles limbs of less than 2^31: each keeps its 29 bits and takes its neighbour's carry.  The
 * shift is that of 32-bit words, which does the same for a signed number so small. */
EK_QUAD void ek_fe4_carry(ek_fe4 *r) {
    const __m256i low = ek_set4(EK_LIMB29);
    __m256i carry = _mm256_setzero_si256();
    EK_UNROLL_4 for (int i = 0; i < 8; i++) {
        __m256i limb = r->v[i];
        r->v[i] = _mm256_add_epi64(_mm256_and_si256(limb, low), carry);
        carry = _mm256_srai_epi32(limb, 29);
    }
    r->v[8] = _mm256_add_epi64(r->v[8], carry);
}

/* As ek_fe4_carry, and less q p with q = what lies above 2^256: [1.1]. */
EK_QUAD void ek_fe4_settle(ek_fe4 *r) {
    __m256i q;
    ek_fe4_carry(r);
    q = _mm256_srai_epi32(r->v[8], 24);
    r->v[8] = _mm256_sub_epi64(r->v[8], _mm256_slli_epi64(q, 24));
    r->v[7] = _mm256_add_epi64(r->v[7], _mm256_slli_epi64(q, 21));
    r->v[3] = _mm256_add_epi64(r->v[3], _mm256_slli_epi64(q, 9));
    r->v[2] = _mm256_sub_epi64(r->v[2], _mm256_slli_epi64(q, 6));
    r->v[0] = _mm256_add_epi64(r->v[0], q);
}

/* r = -r in the lanes of mask. */
EK_QUAD void ek_fe4_negate_some(ek_fe4 *r, __m256i mask) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) r->v[i] =
        _mm256_sub_epi64(_mm256_xor_si256(r->v[i], mask), mask);
}

/* r = a in the lanes of mask; r stays in the others. */
EK_QUAD void ek_fe4_choose(ek_fe4 *r, __m256i mask, const ek_fe4 *a) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) r->v[i] = _mm256_blendv_epi8(r->v[i], a->v[i], mask);
}

EK_QUAD void ek_gej4_choose(ek_gej4 *r, __m256i mask, const ek_gej4 *a) {
    ek_fe4_choose(&r->x, mask, &a->x);
    ek_fe4_choose(&r->y, mask, &a->y);
    ek_fe4_choose(&r->z, mask, &a->z);
}

EK_QUAD void ek_fe4_set(ek_fe4 *r, const uint64_t limbs[9]) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) r->v[i] = ek_set4(limbs[i]);
}

/* Four 64-bit limbs, one vector each, become nine of 29 bits of 2^up times the number. */
EK_QUAD void ek_fe4_unpack(ek_fe4 *r, const __m256i w[4], int up) {
    const __m256i low = ek_set4(EK_LIMB29);
    r->v[0] = _mm256_and_si256(_mm256_slli_epi64(w[0], up), low);
    EK_UNROLL_4 for (int i = 1; i < 9; i++) {
        int word = (29 * i - up) / 64, shift = (29 * i - up) % 64;
        __m256i bits = _mm256_srli_epi64(w[word], shift);
        if (shift > 35 && word < 3)
            bits = _mm256_or_si256(bits, _mm256_slli_epi64(w[word + 1], 64 - shift));
        r->v[i] = i < 8 ? _mm256_and_si256(bits, low) : bits;
    }
}

/* The points: X [6], Y [4], Z [2] at most; entries of tables x [8], y [4].  What is larger is said
 * where it is made. */

/* What both additions end with: U1, S1, H = U2 - U1 [10], R = S2 - S1 [6]; Z3 is the caller's. */
EK_QUAD void ek_gej4_add_tail(ek_gej4 *r, const ek_fe4 *u1, const ek_fe4 *s1, const ek_fe4 *h,
                              const ek_fe4 *rr) {
    ek_fe4 hh, hhh, v, t;
    ek_fe4_sqr(&hh, h);       /* [4.2] */
    ek_fe4_mul(&hhh, &hh, h); /* [2.4] */
    ek_fe4_mul(&v, u1, &hh);  /* [2.1] */
    ek_fe4_sqr(&t, rr);       /* [2.2] */
    ek_fe4_sub(&t, &t, &hhh);
    ek_fe4_sub(&t, &t, &v);
    ek_fe4_sub(&t, &t, &v);
    ek_fe4_carry(&t);
    r->x = t;
    ek_fe4_sub(&t, &v, &t);
    EK_UNROLL_4 for (int i = 0; i < 9; i++) hhh.v[i] =
        _mm256_sub_epi64(_mm256_setzero_si256(), hhh.v[i]);
    ek_fe4_mul_add(&r->y, rr, &t, s1, &hhh);
}

/* r = a + b, incomplete: a is neither infinity nor b nor -b; for those Z3 = 0 modulo p, and stays
 * so through every further doubling and addition.  r may be a. */
EK_QUAD_CALL void ek_gej4_add_ge(ek_gej4 *r, const ek_gej4 *a, const ek_ge4 *b) {
    ek_fe4 zz, h, rr, x1 = a->x, y1 = a->y;
    ek_fe4_sqr(&zz, &a->z);
    ek_fe4_mul(&h, &b->x, &zz);
    ek_fe4_mul(&zz, &zz, &a->z);
    ek_fe4_sub(&h, &h, &x1);
    ek_fe4_mul(&rr, &b->y, &zz);
    ek_fe4_mul(&r->z, &a->z, &h);
    ek_fe4_sub(&rr, &rr, &y1);
    ek_gej4_add_tail(r, &x1, &y1, &h, &rr);
}

EK_QUAD_CALL void ek_gej4_add(ek_gej4 *r, const ek_gej4 *a, const ek_gej4 *b) {
    ek_fe4 zz1, zz2, u1, s1, h, rr;
    ek_fe4_sqr(&zz1, &a->z);
    ek_fe4_sqr(&zz2, &b->z);
    ek_fe4_mul(&u1, &a->x, &zz2);
    ek_fe4_mul(&h, &b->x, &zz1);
    ek_fe4_mul(&zz1, &zz1, &a->z);
    ek_fe4_mul(&zz2, &zz2, &b->z);
    ek_fe4_sub(&h, &h, &u1);
    ek_fe4_mul(&rr, &b->y, &zz1);
    ek_fe4_mul(&s1, &a->y, &zz2);
    ek_fe4_mul(&zz1, &a->z, &b->z);
    ek_fe4_sub(&rr, &rr, &s1);
    ek_fe4_mul(&r->z, &zz1, &h);
    ek_gej4_add_tail(r, &u1, &s1, &h, &rr);
}

/* r = 2a on the curve itself (a = -3), also for infinity: as ek_gej_double. */
EK_QUAD_CALL void ek_gej4_double(ek_gej4 *r, const ek_gej4 *a) {
    ek_fe4 delta, gamma, beta, alpha, t, u;
    ek_fe4_sqr(&delta, &a->z);        /* [1.2] */
    ek_fe4_sqr(&gamma, &a->y);        /* [1.5] */
    ek_fe4_sub(&t, &a->x, &delta);    /* [7.2] */
    ek_fe4_add(&u, &a->x, &delta);    /* [7.2], limbs up to 2^30 */
    ek_fe4_mul(&alpha, &t, &u);       /* [2.7] */
    ek_fe4_mul(&beta, &a->x, &gamma); /* [1.3] */
    ek_fe4_add(&u, &a->y, &a->y);
    ek_fe4_mul(&r->z, &u, &a->z); /* 2 Y Z [1.5] */
    ek_fe4_add(&t, &alpha, &alpha);
    ek_fe4_add(&alpha, &alpha, &t);
    ek_fe4_carry(&alpha); /* 3 (X - Z^2)(X + Z^2) [8.1] */
    ek_fe4_shift(&beta, &beta, 2);
    ek_fe4_carry(&beta);    /* 4 X Y^2 [5.2] */
    ek_fe4_sqr(&t, &alpha); /* [3.1] */
    ek_fe4_sub(&t, &t, &beta);
    ek_fe4_sub(&t, &t, &beta);
    ek_fe4_settle(&t);
    r->x = t;                  /* [1.1] */
    ek_fe4_sub(&t, &beta, &t); /* [6.3] */
    ek_fe4_shift(&gamma, &gamma, 1);
    ek_fe4_carry(&gamma); /* 2 Y^2 [3] */
    EK_UNROLL_4 for (int i = 0; i < 9; i++) u.v[i] =
        _mm256_sub_epi64(_mm256_setzero_si256(), _mm256_add_epi64(gamma.v[i], gamma.v[i]));
    ek_fe4_mul_add(&r->y, &alpha, &t, &gamma, &u); /* less 8 Y^4 [3.2] */
}

#endif
#endif
