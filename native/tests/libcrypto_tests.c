/* libcrypto_tests.c - SM3 against the machine's OpenSSL, in every variant: random lengths, random
 * pieces, random batches.  Exit code 77 where there is no libcrypto.so.3.
 * Usage: libcrypto_tests [rounds] */
#include <dlfcn.h>

#include "check.h"

enum { POOL = 1 << 18, BATCH = 100 };
static uint8_t pool[POOL];
static uint64_t seed = 88172645463325252u;
static int (*digest)(const void *, size_t, unsigned char *, unsigned *, const void *, void *);
static const void *method;

static uint64_t draw(uint64_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 11) % below;
}

/* Lengths of all sizes: as many under 100 bytes as over 10,000. */
static size_t draw_length(void) {
    return (size_t)draw((uint64_t)1 << (4 + draw(13)));
}

static void judge(const uint8_t *have, const uint8_t *data, size_t length) {
    uint8_t want[32];
    unsigned want_length;
    CHECK(digest(data, length, want, &want_length, method, NULL) && want_length == 32);
    CHECK(memcmp(want, have, 32) == 0);
}

static void pieces(void) {
    uint8_t have[32];
    ek_sm3 state;
    size_t length = draw_length(), at = draw(POOL - length), end = at + length;
    const uint8_t *data = pool + at;
    ek_sm3_digest(have, data, length);
    judge(have, data, length);
    ek_sm3_init(&state);
    while (at < end) {
        size_t piece = 1 + draw_length();
        if (piece > end - at) piece = end - at;
        ek_sm3_update(&state, pool + at, piece);
        at += piece;
    }
    ek_sm3_final(have, &state);
    judge(have, data, length);
}

static void batch(void) {
    const uint8_t *messages[BATCH] = {0};
    size_t lens[BATCH] = {0}, count = draw(BATCH + 1);
    uint8_t digests[32 * BATCH];
    for (size_t i = 0; i < count; i++) {
        lens[i] = draw_length();
        messages[i] = pool + draw(POOL - lens[i]);
    }
    CHECK(ek_sm3_many(digests, sizeof digests, messages, lens, count));
    for (size_t i = 0; i < count; i++) judge(digests + 32 * i, messages[i], lens[i]);
}

int main(int argc, char **argv) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW), *found;
    const void *(*sm3)(void);
    int rounds = argc > 1 ? atoi(argv[1]) : 200, best = ek_level();
    if (library == NULL) return 77;
    found = dlsym(library, "EVP_Digest");
    memcpy(&digest, &found, sizeof digest);
    found = dlsym(library, "EVP_sm3");
    memcpy(&sm3, &found, sizeof sm3);
    if (digest == NULL || found == NULL) return 77;
    method = sm3();
    for (size_t i = 0; i < POOL; i++) pool[i] = (uint8_t)draw(256);
    for (int level = EK_LEVEL_PORTABLE; level <= best; level++) {
        CHECK(ek_level_limit(level) == level);
        for (int round = 0; round < rounds; round++) {
            pieces();
            if (round % 8 == 0) batch();
        }
    }
    return report("sm3 against libcrypto");
}
