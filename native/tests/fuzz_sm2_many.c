/* fuzz_sm2_many.c - the batches.  The input is a script: how many messages, how long each (they
 * overlap), whose key, what is spoilt.  Signing many gives what verifies one by one at every level;
 * verifying many gives each row the answer that it has alone. */
#include "fuzz.h"

enum { MOST = 70, KEYS = 3, GUARD = 0xa5 };

static ek_sm2_private keys[KEYS];

static void make_keys(void) {
    uint8_t d[32] = {0};
    for (int i = 0; i < KEYS; i++) {
        d[31] = (uint8_t)(i + 1);
        d[i] = 0x77;
        MUST(ek_sm2_private_load(&keys[i], d));
    }
}

typedef struct rows {
    const uint8_t *messages[MOST], *sigs[MOST];
    size_t lens[MOST], sig_lens[MOST];
    const ek_sm2_public *keys[MOST];
    uint8_t out[MOST * EK_SM2_SIGNATURE_MAX + 1];
} rows;

/* Signs count rows with one key and looks at what came out. */
static void sign(rows *all, size_t count, const ek_sm2_private *key, piece id) {
    int why, made;
    size_t room = count * EK_SM2_SIGNATURE_MAX;
    all->out[room] = GUARD;
    made = ek_sm2_sign_many(all->out, room, all->sig_lens, &why, key, id.data, id.len,
                            all->messages, all->lens, count);
    MUST(made && why == EK_OK && all->out[room] == GUARD);
    for (size_t i = 0; i < count; i++) {
        int alone;
        all->sigs[i] = all->out + EK_SM2_SIGNATURE_MAX * i;
        all->keys[i] = &key->public_key;
        MUST(ek_sm2_verify(&alone, &key->public_key, all->sigs[i], all->sig_lens[i], id.data,
                           id.len, all->messages[i], all->lens[i]));
    }
    if (count) {
        MUST(!ek_sm2_sign_many(all->out, room - 1, all->sig_lens, &why, key, id.data, id.len,
                               all->messages, all->lens, count));
        MUST(why == EK_BAD_ARGUMENT && all->sig_lens[0] == 0);
        MUST(ek_sm2_sign_many(all->out, room, all->sig_lens, &why, key, id.data, id.len,
                              all->messages, all->lens, count));
    }
}

/* One thing about a row is no longer so, or is. */
static void spoil(rows *all, size_t i, uint8_t how) {
    uint8_t *sig = all->out + EK_SM2_SIGNATURE_MAX * i;
    switch (how % 6) {
        case 0:
            sig[how % all->sig_lens[i]] ^= (uint8_t)(1 << how % 8);
            break;
        case 1:
            all->keys[i] = &keys[how % KEYS].public_key;
            break;
        case 2:
            if (all->lens[i]) all->lens[i]--;
            break;
        case 3:
            all->sig_lens[i] = how % (all->sig_lens[i] + 1);
            break;
        case 4:
            all->sigs[i] = all->out;
            break;
        default:
            break;
    }
}

static void verify(rows *all, size_t count, piece id) {
    int whys[MOST + 1], best = ek_level(), every = 1, answer;
    whys[count] = GUARD;
    answer = ek_sm2_verify_many(whys, all->keys, all->sigs, all->sig_lens, id.data, id.len,
                                all->messages, all->lens, count);
    MUST(whys[count] == GUARD);
    ek_level_limit(EK_LEVEL_PORTABLE);
    for (size_t i = 0; i < count; i++) {
        int alone;
        every &= ek_sm2_verify(&alone, all->keys[i], all->sigs[i], all->sig_lens[i], id.data,
                               id.len, all->messages[i], all->lens[i]);
        MUST(alone == whys[i]);
    }
    MUST(answer == every);
    ek_level_limit(best);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static rows all;
    piece input = {data, size}, id, script;
    size_t count;
    if (!keys[0].d[0]) make_keys();
    count = eat_byte(&input);
    count = count < 240 ? count % 24 : 60 + count % 8; /* around a full batch, seldom */
    id = eat_short(&input);
    script = eat(&input, 2 * count);
    FOR_EACH_LEVEL(level) {
        for (size_t i = 0; i < count; i++) {
            size_t at = 2 * i < script.len ? script.data[2 * i] : i;
            at = at < input.len ? at : input.len;
            all.messages[i] = at < input.len ? input.data + at : NULL;
            all.lens[i] = input.len - at;
        }
        sign(&all, count, &keys[count % KEYS], id);
#ifdef EK_JUDGE
        if (count) {
            uint8_t point[65];
            size_t i = size % count;
            EVP_PKEY *other;
            ek_sm2_public_store(point, all.keys[i]);
            other = judge_key(point, 65, NULL);
            MUST(judge_verify(other, all.sigs[i], all.sig_lens[i], id.data, id.len, all.messages[i],
                              all.lens[i]));
            EVP_PKEY_free(other);
        }
#endif
        for (size_t i = 0; i < count && 2 * i + 1 < script.len; i++)
            spoil(&all, i, script.data[2 * i + 1]);
        verify(&all, count, id);
    }
    return 0;
}
