/* bytes.h - byte order, constant-time choice, wiping, and the marks of the constant-time test.
 *
 * Masks are all ones or all zeros.  Every mask passes a value barrier, so that the compiler cannot
 * learn that it has two values only and turn a choice back into a branch. */
#ifndef EK_BYTES_H
#define EK_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The constant-time test (tests/ctime_tests.c) marks secrets as undefined memory; what may be
 * known to anyone is declassified at the place where it becomes public. */
#if defined(EK_CTIME_MSAN)
#include <sanitizer/msan_interface.h>
#define EK_DECLASSIFY(pointer, length) __msan_unpoison(pointer, length)
#elif defined(EK_CTIME)
#include <valgrind/memcheck.h>
#define EK_DECLASSIFY(pointer, length) VALGRIND_MAKE_MEM_DEFINED(pointer, length)
#else
#define EK_DECLASSIFY(pointer, length) ((void)(pointer), (void)(length))
#endif

/* EK_PLANT_LEAK=1..5 plants one leak each, which the constant-time test must catch; 6 wipes
 * nothing, which tests/wipe_tests.c must catch; 7 divides by a secret, which MemorySanitizer must
 * catch; 10 and 11, 12 and 13 branch on a digit and index a table by it in lanes: of AVX-512, for
 * MemorySanitizer, and of AVX2, for valgrind; 14 and 15 skip digits that are zero in all lanes of
 * AVX2 and of AVX-512. */
#ifndef EK_PLANT_LEAK
#define EK_PLANT_LEAK 0
#endif

/* x, of which the compiler knows nothing.  CT: nothing leaks. */
static inline uint64_t ek_barrier(uint64_t x) {
#if defined(EK_CTIME_MSAN)
    return x; /* MemorySanitizer takes any operand of assembler for a use */
#elif defined(__GNUC__) || defined(__clang__)
    __asm__("" : "+r"(x));
    return x;
#else
    volatile uint64_t opaque = x;
    return opaque;
#endif
}

/* All ones when bit is 1, zero when it is 0.  CT: nothing leaks. */
static inline uint64_t ek_mask_bit(uint64_t bit) {
    return 0 - ek_barrier(bit);
}

/* All ones when x is 0, else zero.  CT: nothing leaks. */
static inline uint64_t ek_mask_zero(uint64_t x) {
    return ek_mask_bit(((x | (0 - x)) >> 63) ^ 1);
}

/* a where mask is ones, b where it is zero.  CT: nothing leaks. */
static inline uint64_t ek_choose(uint64_t mask, uint64_t a, uint64_t b) {
    return b ^ (mask & (a ^ b));
}

static inline uint32_t ek_load32(const uint8_t b[4]) {
    return ((uint32_t)b[0] << 24) | ((uint32_t)b[1] << 16) | ((uint32_t)b[2] << 8) | b[3];
}

static inline void ek_store32(uint8_t b[4], uint32_t x) {
    b[0] = (uint8_t)(x >> 24);
    b[1] = (uint8_t)(x >> 16);
    b[2] = (uint8_t)(x >> 8);
    b[3] = (uint8_t)x;
}

static inline uint64_t ek_load64(const uint8_t b[8]) {
    return ((uint64_t)ek_load32(b) << 32) | ek_load32(b + 4);
}

static inline void ek_store64(uint8_t b[8], uint64_t x) {
    ek_store32(b, (uint32_t)(x >> 32));
    ek_store32(b + 4, (uint32_t)x);
}

/* Overwrites length bytes in a way that no compiler removes.  CT: nothing leaks. */
void ek_wipe(void *memory, size_t length);

/* Overwrites what calls from here may have left on the stack: locals that nobody wiped, and what
 * the compiler put there.  For calls whose work is large beside it.  CT: nothing leaks. */
void ek_wipe_stack(void);

/* A function with a frame of its own, so that its locals lie where ek_wipe_stack reaches. */
#if defined(__GNUC__) || defined(__clang__)
#define EK_OWN_FRAME __attribute__((noinline))
#else
#define EK_OWN_FRAME
#endif

/* Fills out with random bytes of the operating system; 0 when it gives none.  CT: nothing leaks. */
int ek_random(uint8_t *out, size_t out_len);

#endif
