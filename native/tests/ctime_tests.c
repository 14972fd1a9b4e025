/* ctime_tests.c - the private-key path with every secret marked undefined.
 *
 * A branch or an address that depends on undefined memory is reported, and the run fails: by
 * valgrind (-DEK_CTIME), whose exit code the Makefile asks for, and by clang's MemorySanitizer
 * (-DEK_CTIME_MSAN), which also sees divisions.  The library declassifies what becomes public where
 * it does (EK_DECLASSIFY); nothing else is declassified here. */
#include "check.h"

#ifdef EK_CTIME_MSAN
#define SECRET(pointer, length) __msan_poison(pointer, length)
#define WATCHED 1
#else
#include <valgrind/memcheck.h>
#define SECRET(pointer, length) VALGRIND_MAKE_MEM_UNDEFINED(pointer, length)
#define WATCHED RUNNING_ON_VALGRIND
#endif

/* The whole private-key path at the level in use. */
static void watch(void) {
    uint8_t d[32], e[32], fresh[32], out[65], sig[EK_SM2_SIGNATURE_MAX];
    ek_sm2_private key;
    ek_sm3 state;
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
        ek_sm2_private_store(out, &key);
        ek_sm2_private_wipe(&key);
    }

    /* a key and nonces from the operating system's bytes, marked here as secrets too */
    CHECK(ek_sm2_private_generate(&key, &why));
    SECRET(key.d, sizeof key.d);
    SECRET(key.inverse, sizeof key.inverse);
    CHECK(ek_sm2_sign(sig, sizeof sig, &sig_len, &why, &key, e, 16, e, sizeof e));
    CHECK(ek_sm2_verify(&why, &key.public_key, sig, sig_len, e, 16, e, sizeof e));
    {
        uint8_t sigs[20 * EK_SM2_SIGNATURE_MAX];
        const uint8_t *messages[20];
        size_t lens[20], sig_lens[20];
        for (int i = 0; i < 20; i++) {
            messages[i] = e;
            lens[i] = (size_t)i;
        }
        SECRET(key.d, sizeof key.d);
        SECRET(key.inverse, sizeof key.inverse);
        CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, e, 16, messages, lens, 20));
        for (int i = 0; i < 20; i++)
            CHECK(ek_sm2_verify(&why, &key.public_key, sigs + EK_SM2_SIGNATURE_MAX * i, sig_lens[i],
                                e, 16, messages[i], lens[i]));
    }
    ek_sm2_private_wipe(&key);

    /* hashing a secret */
    SECRET(d, sizeof d);
    ek_sm3_init(&state);
    ek_sm3_update(&state, d, sizeof d);
    ek_sm3_final(out, &state);
}

int main(void) {
    if (!WATCHED) {
        fprintf(stderr, "ctime_tests says nothing when nobody watches\n");
        return 2;
    }
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        ek_level_limit(level);
        watch();
        printf("watched at level %d\n", level);
    }
    return report("constant time");
}
