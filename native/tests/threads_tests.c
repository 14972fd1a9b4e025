/* threads_tests.c - threads that share a key, a table and the level, under ThreadSanitizer: every
 * one signs, signs many, verifies alone, by the table and many at once, while the level changes. */
#include <pthread.h>

#include "check.h"

enum { THREADS = 16, ROUNDS = 20, ROWS = 20 };

static ek_sm2_private key;
static ek_sm2_table table;

static void *work(void *mine) {
    static const uint8_t text[ROWS];
    uint8_t sigs[ROWS * EK_SM2_SIGNATURE_MAX];
    const uint8_t *messages[ROWS], *sig_at[ROWS];
    const ek_sm2_public *keys[ROWS];
    size_t lens[ROWS], sig_lens[ROWS];
    int why, whys[ROWS], *failures = mine;
    for (int i = 0; i < ROWS; i++) {
        messages[i] = text;
        lens[i] = (size_t)i;
        sig_at[i] = sigs + EK_SM2_SIGNATURE_MAX * i;
        keys[i] = &key.public_key;
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (round % 5 == 0) (void)ek_level_limit(round / 5);
        *failures += !ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, text, 0, messages,
                                       lens, ROWS);
        *failures +=
            !ek_sm2_verify_many(whys, keys, sig_at, sig_lens, text, 0, messages, lens, ROWS);
        for (int i = 0; i < ROWS; i += 7) {
            *failures +=
                !ek_sm2_verify(&why, keys[i], sig_at[i], sig_lens[i], text, 0, text, lens[i]);
            *failures += !ek_sm2_verify_by_table(&why, keys[i], &table, sig_at[i], sig_lens[i],
                                                 text, 0, text, lens[i]);
        }
        *failures += !ek_sm2_sign(sigs, sizeof sigs, sig_lens, &why, &key, text, 0, text,
                                  (size_t)round % ROWS);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    int failures[THREADS] = {0}, why;
    CHECK(ek_sm2_private_generate(&key, &why));
    ek_sm2_table_make(&table, &key.public_key);
    for (int i = 0; i < THREADS; i++) CHECK(!pthread_create(&threads[i], NULL, work, &failures[i]));
    for (int i = 0; i < THREADS; i++) {
        CHECK(!pthread_join(threads[i], NULL));
        CHECK(failures[i] == 0);
    }
    return report("threads");
}
