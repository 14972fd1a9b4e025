/* fuzz_sm2_verify.c - key, id, signature and message as they come from outside: whatever they are,
 * every level gives the same answer, alone, by the key's table and in a batch, and libcrypto gives
 * it too. */
#include "fuzz.h"

/* What one level says: whether the key is one, and why the signature does not hold. */
typedef struct answer {
    int loaded, why, by_table, beside;
} answer;

static answer ask(piece key, piece id, piece sig, piece message) {
    static ek_sm2_table table;
    answer a = {0, 0, 0, 0};
    ek_sm2_public public_key, *copy = malloc(sizeof *copy);
    uint8_t again[65];
    MUST(copy != NULL);
    a.loaded = ek_sm2_public_load(&public_key, key.data, key.len);
    if (a.loaded) {
        const ek_sm2_public *keys[5] = {&public_key, copy, copy, &public_key, copy};
        const uint8_t *sigs[5], *messages[5];
        size_t sig_lens[5], lens[5];
        int whys[5];
        ek_sm2_public_store(again, &public_key);
        MUST(ek_sm2_public_load(copy, again, 65));
        MUST(memcmp(copy, &public_key, sizeof *copy) == 0);
        (void)ek_sm2_verify(&a.why, &public_key, sig.data, sig.len, id.data, id.len, message.data,
                            message.len);
        ek_sm2_table_make(&table, &public_key);
        (void)ek_sm2_verify_by_table(&a.by_table, copy, &table, sig.data, sig.len, id.data, id.len,
                                     message.data, message.len);
        for (int i = 0; i < 5; i++) {
            sigs[i] = sig.data;
            sig_lens[i] = sig.len;
            messages[i] = message.data;
            lens[i] = message.len;
        }
        if (lens[1]) lens[1]--; /* another message beside it */
        (void)ek_sm2_verify_many(whys, keys, sigs, sig_lens, id.data, id.len, messages, lens, 5);
        for (int i = 2; i < 5; i++) MUST(whys[i] == whys[0]);
        a.beside = whys[0];
    }
    free(copy);
    return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    piece input = {data, size};
    piece key = eat_short(&input), id = eat_short(&input), sig = eat_short(&input);
    answer first = {0, 0, 0, 0};
    FOR_EACH_LEVEL(level) {
        answer a = ask(key, id, sig, input);
        if (level == EK_LEVEL_PORTABLE) first = a;
        MUST(a.loaded == first.loaded && a.why == first.why);
        MUST(a.by_table == a.why && a.beside == a.why);
    }
#ifdef EK_JUDGE
    if (first.loaded) {
        EVP_PKEY *other = judge_key(key.data, key.len, NULL);
        MUST(other != NULL);
        MUST(judge_verify(other, sig.data, sig.len, id.data, id.len, input.data, input.len) ==
             (first.why == EK_OK));
        EVP_PKEY_free(other);
    }
#endif
    return 0;
}
