/* fuzz.h - what the SM2 fuzz targets share: an input that is eaten from the front, levels, and a
 * judge that is not us where the headers of libcrypto are there (-DEK_JUDGE). */
#ifndef EK_TESTS_FUZZ_H
#define EK_TESTS_FUZZ_H

#include "check.h"
#ifdef EK_JUDGE
#include "libcrypto.h"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target has no failures to count: the fuzzer wants the first to be the end. */
#define MUST(condition)                                                             \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

#define FOR_EACH_LEVEL(level)                                                   \
    for (int level = EK_LEVEL_PORTABLE, best = ek_level_limit(EK_LEVEL_AVX512); \
         level <= best && ek_level_limit(level) == level; level++)

typedef struct piece {
    const uint8_t *data;
    size_t len;
} piece;

/* So many bytes of the input, or what is left. */
static inline piece eat(piece *input, size_t len) {
    piece taken = {input->data, len < input->len ? len : input->len};
    input->data += taken.len;
    input->len -= taken.len;
    return taken;
}

/* As many as the next byte says. */
static inline piece eat_short(piece *input) {
    piece length = eat(input, 1);
    return eat(input, length.len ? length.data[0] : 0);
}

/* One byte, 0 at the end. */
static inline uint8_t eat_byte(piece *input) {
    piece one = eat(input, 1);
    return one.len ? one.data[0] : 0;
}

/* A number below n from 32 bytes, padded in front. */
static inline void eat_scalar(ek_scalar *k, piece *input) {
    uint8_t bytes[32] = {0};
    piece part = eat(input, 32);
    if (part.len) memcpy(bytes + 32 - part.len, part.data, part.len);
    (void)ek_scalar_load(k, bytes);
}

/* r = a b. */
static inline void multiply(ek_scalar *r, const ek_scalar *a, const ek_scalar *b) {
    ek_scalar_mont factor;
    ek_scalar_to_mont(&factor, a);
    ek_scalar_mul(r, &factor, b);
}

#endif
