/* sm2_peer_tests.c - SM2 against OpenSSL's libcrypto: each signs, the other verifies, at every
 * level and by every route; mutated signatures get the same answer from both.
 *
 *     sm2_peer_tests [ROUNDS [SEED]]     (1,000 signatures each way by default, shared by the
 * levels)
 *
 * Keys and messages follow from the seed: a long run is done in parts, each with a seed of its own.
 */
#include "libcrypto.h"

static const uint8_t ID[] = "1234567812345678";
static uint64_t state = 88172645463325252ull;

static uint64_t next_word(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void next_key(ek_sm2_private *key) {
    uint8_t d[32];
    do {
        for (int i = 0; i < 32; i++) d[i] = (uint8_t)(next_word() >> 23);
    } while (!ek_sm2_private_load(key, d));
}

static EVP_PKEY *peer_key(const ek_sm2_private *key) {
    uint8_t point[65], d[32];
    ek_sm2_public_store(point, &key->public_key);
    ek_sm2_private_store(d, key);
    return judge_key(point, sizeof point, d);
}

#define ROWS 16

int main(int argc, char **argv) {
    long rounds = argc > 1 ? atol(argv[1]) : 1000, made = 0;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    static ek_sm2_table table;
    int levels = ek_level() + 1;
    rounds = (rounds + levels - 1) / levels;
    for (int level = levels - 1; level >= EK_LEVEL_PORTABLE; level--) {
        ek_level_limit(level);
        state = (88172645463325252ull + seed) * 0x9e3779b97f4a7c15ull | 1;
        for (long round = 0; round < rounds; round += ROWS) {
            ek_sm2_private key;
            EVP_PKEY *other;
            uint8_t sigs[ROWS][EK_SM2_SIGNATURE_MAX], text[ROWS][100], theirs[80];
            size_t lens[ROWS], sig_lens[ROWS], their_len;
            const uint8_t *messages[ROWS], *sig_at[ROWS];
            const ek_sm2_public *keys[ROWS];
            int why, whys[ROWS];
            next_key(&key);
            other = peer_key(&key);
            CHECK(other != NULL);
            ek_sm2_table_make(&table, &key.public_key);
            for (int i = 0; i < ROWS; i++) {
                lens[i] = (size_t)(next_word() % sizeof text[i]);
                for (size_t j = 0; j < lens[i]; j++) text[i][j] = (uint8_t)(next_word() >> 9);
                messages[i] = text[i];
                sig_at[i] = sigs[i];
                keys[i] = &key.public_key;
            }
            if (round / ROWS % 2)
                CHECK(ek_sm2_sign_many(sigs[0], sizeof sigs, sig_lens, &why, &key, ID, 16, messages,
                                       lens, ROWS));
            else
                for (int i = 0; i < ROWS; i++)
                    CHECK(ek_sm2_sign(sigs[i], sizeof sigs[i], &sig_lens[i], &why, &key, ID, 16,
                                      messages[i], lens[i]));
            for (int i = 0; i < ROWS; i++) {
                CHECK(judge_verify(other, sigs[i], sig_lens[i], ID, 16, messages[i], lens[i]));
                if (i % 2) { /* one bit, anywhere */
                    size_t bit = (size_t)(next_word() % (8 * sig_lens[i]));
                    sigs[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
                }
            }
            ek_sm2_verify_many(whys, keys, sig_at, sig_lens, ID, 16, messages, lens, ROWS);
            for (int i = 0; i < ROWS; i++) {
                int want = i % 2 == 0 ||
                           judge_verify(other, sigs[i], sig_lens[i], ID, 16, messages[i], lens[i]);
                CHECK((whys[i] == EK_OK) == want);
                CHECK(ek_sm2_verify(&why, keys[i], sigs[i], sig_lens[i], ID, 16, messages[i],
                                    lens[i]) == want);
                CHECK(ek_sm2_verify_by_table(&why, keys[i], &table, sigs[i], sig_lens[i], ID, 16,
                                             messages[i], lens[i]) == want);
                their_len = sizeof theirs;
                CHECK(judge_sign(other, theirs, &their_len, ID, 16, messages[i], lens[i]));
                CHECK(
                    ek_sm2_verify(&why, keys[i], theirs, their_len, ID, 16, messages[i], lens[i]));
                made++;
            }
            ek_sm2_private_wipe(&key);
            EVP_PKEY_free(other);
        }
    }
    printf("libcrypto: seed %lu: %ld signatures each way\n", seed, made);
    return report("peer");
}
