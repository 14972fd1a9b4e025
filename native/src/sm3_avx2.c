/* sm3_avx2.c - SM3 of 8 messages at once, AVX2.
 *
 * A rotation is two shifts and an exclusive or, except by whole bytes, which is one shuffle: P0 and
 * P1 are written with the common rotation outside, x ^ (x ^ (x <<< 8)) <<< 9 and <<< 15. */
#include "sm3.h"

#if EK_X86
#include <immintrin.h>

#define VECTOR __m256i
#define WIDTH 8
#define TARGET EK_TARGET_AVX2
#define ADD(x, y) _mm256_add_epi32(x, y)
#define XOR(x, y) _mm256_xor_si256(x, y)
#define AND(x, y) _mm256_and_si256(x, y)
#define XOR3(x, y, z) XOR(XOR(x, y), z)
#define MAJORITY(x, y, z) XOR(AND(XOR(x, y), XOR(y, z)), y)
#define CHOICE(x, y, z) XOR(AND(XOR(y, z), x), z)
#define ROL(x, n) XOR(_mm256_slli_epi32(x, n), _mm256_srli_epi32(x, 32 - (n)))
#define P0(x) XOR(x, rol9(XOR(x, rol8(x))))
#define P1(x) XOR(x, rol15(XOR(x, rol8(x))))
#define BROADCAST(x) _mm256_set1_epi32((int)(x))
#define LOAD(at) _mm256_loadu_si256((const __m256i *)(const void *)(at))
#define STORE(at, x) _mm256_storeu_si256((__m256i *)(void *)(at), x)
#define TRANSPOSE(w, data, offset)           \
    do {                                     \
        transpose(w, data, offset);          \
        transpose(w + 8, data, offset + 32); \
    } while (0)

TARGET static inline __m256i rol8(__m256i x) {
    return _mm256_shuffle_epi8(
        x, _mm256_setr_epi8(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4,
                            5, 6, 11, 8, 9, 10, 15, 12, 13, 14));
}

TARGET static inline __m256i rol9(__m256i x) {
    return ROL(x, 9);
}

TARGET static inline __m256i rol15(__m256i x) {
    return ROL(x, 15);
}

/* Half a block: word j of message i becomes lane i of vector j, in host order. */
TARGET static inline __attribute__((always_inline)) void transpose(__m256i w[8],
                                                                   const uint8_t *const *data,
                                                                   size_t offset) {
    const __m256i turn = _mm256_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3,
                                          2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    __m256i pair[8];
/* messages i and i + 4 side by side, so that no shuffle crosses the middle */
#define ROW(i, at)                                                                               \
    _mm256_shuffle_epi8(                                                                         \
        _mm256_inserti128_si256(                                                                 \
            _mm256_castsi128_si256(                                                              \
                _mm_loadu_si128((const __m128i *)(const void *)(data[i] + offset + (at)))),      \
            _mm_loadu_si128((const __m128i *)(const void *)(data[(i) + 4] + offset + (at))), 1), \
        turn)
#define HALF(at)                                                             \
    do {                                                                     \
        __m256i x0 = ROW(0, 4 * (at)), x1 = ROW(1, 4 * (at));                \
        __m256i x2 = ROW(2, 4 * (at)), x3 = ROW(3, 4 * (at));                \
        pair[(at)] = _mm256_unpacklo_epi32(x0, x1);                          \
        pair[(at) + 1] = _mm256_unpackhi_epi32(x0, x1);                      \
        pair[(at) + 2] = _mm256_unpacklo_epi32(x2, x3);                      \
        pair[(at) + 3] = _mm256_unpackhi_epi32(x2, x3);                      \
        w[(at)] = _mm256_unpacklo_epi64(pair[(at)], pair[(at) + 2]);         \
        w[(at) + 1] = _mm256_unpackhi_epi64(pair[(at)], pair[(at) + 2]);     \
        w[(at) + 2] = _mm256_unpacklo_epi64(pair[(at) + 1], pair[(at) + 3]); \
        w[(at) + 3] = _mm256_unpackhi_epi64(pair[(at) + 1], pair[(at) + 3]); \
    } while (0)
    HALF(0);
    HALF(4);
}

#define COMPRESS compress_8
#define GROUPS 1
#include "sm3_lanes.h"

#define COMPRESS compress_2x8
#define GROUPS 2
#include "sm3_lanes.h"

const ek_sm3_wide ek_sm3_wide_avx2[] = {{compress_2x8, 16, 9}, {compress_8, 8, 2}};
#endif
