/* fuzz_sm3.c - libFuzzer target of the batch interface: the input is cut into messages, and every
 * variant must give each the digest that the standard's own words give. */
#include "check.h"
#include "plain_sm3.h"

enum { MOST = 96 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *messages[MOST];
    size_t lens[MOST], count = size ? data[0] % (MOST + 1) : 0, at = 1 + 2 * count;
    uint8_t digests[32 * MOST], want[32];
    int best = ek_level_limit(EK_LEVEL_AVX512);
    if (at > size) return 0;
    for (size_t i = 0; i < count; i++) { /* messages may overlap and be empty */
        size_t left = size - at;
        lens[i] = (size_t)data[1 + 2 * i] * 8 + data[2 + 2 * i];
        if (lens[i] > left) lens[i] = left;
        messages[i] = lens[i] ? data + size - lens[i] - (left - lens[i]) / 2 : NULL;
    }
    for (int level = EK_LEVEL_PORTABLE; level <= best; level++) {
        ek_level_limit(level);
        if (!ek_sm3_many(digests, sizeof digests, messages, lens, count)) abort();
        for (size_t i = 0; i < count; i++) {
            plain_sm3(want, messages[i], lens[i]);
            if (memcmp(want, digests + 32 * i, 32) != 0) abort();
        }
    }
    return 0;
}
