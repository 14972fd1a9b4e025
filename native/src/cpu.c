/* cpu.c - CPUID, asked once.
 *
 * The one piece of memory here that changes: the level, which every thread would compute alike, so
 * that a relaxed load and store are enough. */
#include "cpu.h"

#if EK_X86
#include <cpuid.h>

enum { UNKNOWN = -1 };
static int in_use = UNKNOWN;

/* The register states that the operating system saves (XCR0). */
static uint32_t saved_states(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int all(uint32_t bits, uint32_t wanted) {
    return (bits & wanted) == wanted;
}

/* Bit numbers are those of leaf 7 and XCR0 in the manuals of Intel (vol. 1, 13 and 14) and AMD. */
static int detect(void) {
    const uint32_t osxsave = 1u << 27, avx = 1u << 28;
    const uint32_t bmi1 = 1u << 3, avx2 = 1u << 5, bmi2 = 1u << 8;
#ifdef EK_CTIME
    const uint32_t adx = 0; /* valgrind runs ADX and does not say so */
#else
    const uint32_t adx = 1u << 19;
#endif
    const uint32_t f = 1u << 16, dq = 1u << 17, ifma = 1u << 21, bw = 1u << 30, vl = 1u << 31;
    const uint32_t vbmi = 1u << 1;                     /* in ecx */
    const uint32_t ymm_state = 0x06, zmm_state = 0xe6; /* SSE, AVX; opmask, upper zmm, zmm16-31 */
    uint32_t a, b, c, d, states;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !all(c, osxsave | avx)) return EK_LEVEL_PORTABLE;
    states = saved_states();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return EK_LEVEL_PORTABLE;
    if (!all(states, ymm_state) || !all(b, bmi1 | avx2 | bmi2 | adx)) return EK_LEVEL_PORTABLE;
    if (!all(states, zmm_state) || !all(b, f | dq | ifma | bw | vl) || !all(c, vbmi))
        return EK_LEVEL_AVX2;
    return EK_LEVEL_AVX512;
}

int ek_level(void) {
    int level = __atomic_load_n(&in_use, __ATOMIC_RELAXED);
    return level == UNKNOWN ? ek_level_limit(EK_LEVEL_AVX512) : level;
}

int ek_level_limit(int highest) {
    int level = detect();
    if (level > highest) level = highest < EK_LEVEL_PORTABLE ? EK_LEVEL_PORTABLE : highest;
    __atomic_store_n(&in_use, level, __ATOMIC_RELAXED);
    return level;
}

#else

int ek_level(void) {
    return EK_LEVEL_PORTABLE;
}

int ek_level_limit(int highest) {
    (void)highest;
    return EK_LEVEL_PORTABLE;
}
#endif
