/* ctime_tests.c - the private-key paths with every secret marked undefined.
 *
 * A branch or an address that depends on undefined memory is reported, and the run fails: by
 * valgrind (-DEK_CTIME), whose exit code the Makefile asks for, and by clang's MemorySanitizer
 * (-DEK_CTIME_MSAN), which also sees divisions.  The library declassifies what becomes public where
 * it does (EK_DECLASSIFY); nothing else is declassified here.  What the random source gives is
 * secret from the first, so it is one of our own.
 *
 *     ctime_tests [LEVEL]     (every level that the watcher can run by default) */
#include "check.h"

#ifdef EK_CTIME_MSAN
#define SECRET(pointer, length) __msan_poison(pointer, length)
#define WATCHED 1
#else
#include <valgrind/memcheck.h>
#define SECRET(pointer, length) VALGRIND_MAKE_MEM_UNDEFINED(pointer, length)
#define WATCHED RUNNING_ON_VALGRIND
#endif

int ek_random(uint8_t *out, size_t out_len) {
    static uint64_t counter;
    for (size_t i = 0; i < out_len; i++) {
        if (i % 8 == 0) counter++;
        out[i] = (uint8_t)((counter * 0x9e3779b97f4a7c15ull) >> (8 * (i % 8)));
    }
    SECRET(out, out_len);
    return 1;
}

/* All of a key but what is public. */
static void mark(ek_sm2_private *key) {
    SECRET(key->d, sizeof key->d);
    SECRET(key->inverse, sizeof key->inverse);
    SECRET(key->nonce_key, sizeof key->nonce_key);
}

/* Loading (with it the public key), signing, the private key as bytes. */
static void load_and_sign(void) {
    uint8_t d[32], e[32], fresh[32], out[65], sig[EK_SM2_SIGNATURE_MAX];
    ek_sm2_private key;
    size_t sig_len;
    int why;
    memset(e, 0x11, sizeof e);
    for (int round = 0; round < 3; round++) {
        memset(d, 0x42 + round, sizeof d);
        memset(fresh, 0x77 + round, sizeof fresh);
        SECRET(d, sizeof d);
        SECRET(fresh, sizeof fresh);
        CHECK(ek_sm2_private_load(&key, d));
        CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
        CHECK(ek_sm2_verify_e(&why, &key.public_key, sig, sig_len, e));
        ek_sm2_public_store(out, &key.public_key);
        ek_sm2_private_store(out, &key);
        ek_sm2_private_wipe(&key);
    }
}

/* A generated key; one signature, and batches of the sizes where bodies change. */
static void generate_and_sign(void) {
    static const size_t sizes[] = {1, 4, 7, 16, 20, 33, 70};
    enum { MOST = 70 };
    static uint8_t sigs[MOST * EK_SM2_SIGNATURE_MAX], text[300];
    const uint8_t *messages[MOST];
    size_t lens[MOST], sig_lens[MOST];
    ek_sm2_private key;
    int why;
    for (size_t i = 0; i < MOST; i++) {
        messages[i] = text;
        lens[i] = 4 * i;
    }
    CHECK(ek_sm2_private_generate(&key, &why));
    mark(&key);
    for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
        CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, text, 16, messages, lens,
                               sizes[j]));
        for (size_t i = 0; i < sizes[j]; i += 1 + i / 4)
            CHECK(ek_sm2_verify(&why, &key.public_key, sigs + EK_SM2_SIGNATURE_MAX * i, sig_lens[i],
                                text, 16, messages[i], lens[i]));
    }
    ek_sm2_private_wipe(&key);
}

static void hash(void) {
    uint8_t d[32] = {1}, out[32];
    ek_sm3 state;
    SECRET(d, sizeof d);
    ek_sm3_init(&state);
    ek_sm3_update(&state, d, sizeof d);
    ek_sm3_final(out, &state);
}

int main(int argc, char **argv) {
    int only = argc > 1 ? atoi(argv[1]) : -1, watched = 0;
    if (!WATCHED) {
        fprintf(stderr, "ctime_tests says nothing when nobody watches\n");
        return 2;
    }
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        if (only >= 0 && level != only) continue;
        CHECK(ek_level_limit(level) == level);
        load_and_sign();
        generate_and_sign();
        hash();
        watched++;
        printf("watched at level %d\n", level);
    }
    return watched ? report("constant time") : 3; /* 3: this watcher cannot run the level */
}
