/* sm3_avx512.c - SM3 of 16 and 32 messages at once, AVX-512.
 *
 * VPTERNLOGD computes any function of three words, VPROLD rotates: 19 operations a round and 7 a
 * word of the expansion.  A block of 16 messages comes in by 64 shuffles, the first 16 of which
 * (VPERMI2B) also turn the bytes round. */
#include "sm3.h"

#if EK_X86
#include <immintrin.h>

#define VECTOR __m512i
#define WIDTH 16
#define TARGET EK_TARGET_AVX512
#define ADD(x, y) _mm512_add_epi32(x, y)
#define XOR(x, y) _mm512_xor_si512(x, y)
#ifdef EK_CTIME_MSAN /* MemorySanitizer takes any operand of VPTERNLOGD for a use */
#define AND(x, y) _mm512_and_si512(x, y)
#define XOR3(x, y, z) XOR(XOR(x, y), z)
#define MAJORITY(x, y, z) XOR(AND(XOR(x, y), XOR(y, z)), y)
#define CHOICE(x, y, z) XOR(AND(XOR(y, z), x), z)
#else
#define XOR3(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x96)
#define MAJORITY(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xe8)
#define CHOICE(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xca)
#endif
#define ROL(x, n) _mm512_rol_epi32(x, n)
#define P0(x) XOR3(x, ROL(x, 9), ROL(x, 17))
#define P1(x) XOR3(x, ROL(x, 15), ROL(x, 23))
#define BROADCAST(x) _mm512_set1_epi32((int)(x))
#define LOAD(at) _mm512_loadu_si512(at)
#define STORE(at, x) _mm512_storeu_si512(at, x)
#define TRANSPOSE(w, data, offset) transpose(w, data, offset)

/* Bytes of the low (or, with 8 added, the high) half of each quarter of two vectors, words
 * alternating and turned to host order; 64 chooses the second vector. */
static const uint8_t LOW_WORDS[64] __attribute__((aligned(64))) = {
    3,  2,  1,  0,  67,  66,  65,  64,  7,  6,  5,  4,  71,  70,  69,  68,
    19, 18, 17, 16, 83,  82,  81,  80,  23, 22, 21, 20, 87,  86,  85,  84,
    35, 34, 33, 32, 99,  98,  97,  96,  39, 38, 37, 36, 103, 102, 101, 100,
    51, 50, 49, 48, 115, 114, 113, 112, 55, 54, 53, 52, 119, 118, 117, 116};

/* Word j of message i becomes lane i of vector j. */
TARGET static inline __attribute__((always_inline)) void transpose(__m512i w[16],
                                                                   const uint8_t *const *data,
                                                                   size_t offset) {
    const __m512i low = _mm512_load_si512(LOW_WORDS);
    const __m512i high = _mm512_add_epi8(low, _mm512_set1_epi8(8));
    __m512i pair[16], four[16], half[16];
#define ROW(i) _mm512_loadu_si512(data[i] + offset)
#define PAIR(i)                                                   \
    do {                                                          \
        __m512i x = ROW(2 * (i)), y = ROW(2 * (i) + 1);           \
        pair[2 * (i)] = _mm512_permutex2var_epi8(x, low, y);      \
        pair[2 * (i) + 1] = _mm512_permutex2var_epi8(x, high, y); \
    } while (0)
/* four[4i + k]: word k of each quarter of messages 4i to 4i + 3 */
#define QUAD(i)                                                                          \
    do {                                                                                 \
        four[4 * (i)] = _mm512_unpacklo_epi64(pair[4 * (i)], pair[4 * (i) + 2]);         \
        four[4 * (i) + 1] = _mm512_unpackhi_epi64(pair[4 * (i)], pair[4 * (i) + 2]);     \
        four[4 * (i) + 2] = _mm512_unpacklo_epi64(pair[4 * (i) + 1], pair[4 * (i) + 3]); \
        four[4 * (i) + 3] = _mm512_unpackhi_epi64(pair[4 * (i) + 1], pair[4 * (i) + 3]); \
    } while (0)
#define COLUMN(k)                                                                   \
    do {                                                                            \
        half[k] = _mm512_shuffle_i32x4(four[k], four[4 + (k)], 0x88);               \
        half[4 + (k)] = _mm512_shuffle_i32x4(four[k], four[4 + (k)], 0xdd);         \
        half[8 + (k)] = _mm512_shuffle_i32x4(four[8 + (k)], four[12 + (k)], 0x88);  \
        half[12 + (k)] = _mm512_shuffle_i32x4(four[8 + (k)], four[12 + (k)], 0xdd); \
        w[k] = _mm512_shuffle_i32x4(half[k], half[8 + (k)], 0x88);                  \
        w[8 + (k)] = _mm512_shuffle_i32x4(half[k], half[8 + (k)], 0xdd);            \
        w[4 + (k)] = _mm512_shuffle_i32x4(half[4 + (k)], half[12 + (k)], 0x88);     \
        w[12 + (k)] = _mm512_shuffle_i32x4(half[4 + (k)], half[12 + (k)], 0xdd);    \
    } while (0)
    PAIR(0);
    PAIR(1);
    QUAD(0);
    PAIR(2);
    PAIR(3);
    QUAD(1);
    PAIR(4);
    PAIR(5);
    QUAD(2);
    PAIR(6);
    PAIR(7);
    QUAD(3);
    COLUMN(0);
    COLUMN(1);
    COLUMN(2);
    COLUMN(3);
}

#define COMPRESS compress_16
#define GROUPS 1
#include "sm3_lanes.h"

#define COMPRESS compress_32
#define GROUPS 2
#include "sm3_lanes.h"

const ek_sm3_wide ek_sm3_wide_avx512[] = {{compress_32, 32, 17}, {compress_16, 16, 2}};
#endif
