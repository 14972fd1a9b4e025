/* sm2_peer_tests.c - SM2 against OpenSSL's libcrypto: each signs, the other verifies, at every
 * level and by every route; mutated signatures get the same answer from both.
 *
 *     sm2_peer_tests [ROUNDS]     (1,000 signatures each way and level by default) */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "check.h"

static const uint8_t ID[] = "1234567812345678";
static uint64_t state = 88172645463325252ull;

static uint64_t next_word(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static EVP_PKEY *peer_key(const ek_sm2_private *key) {
    uint8_t point[65], d[32];
    EVP_PKEY *made = NULL;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;
    BIGNUM *number;
    ek_sm2_public_store(point, &key->public_key);
    ek_sm2_private_store(d, key);
    number = BN_secure_new();
    BN_bin2bn(d, 32, number);
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
    params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_fromdata_init(maker);
    if (EVP_PKEY_fromdata(maker, &made, EVP_PKEY_KEYPAIR, params) != 1) made = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(number);
    EVP_PKEY_CTX_free(maker);
    return made;
}

/* Signs into sig (sign = 1) or verifies; returns the answer. */
static int peer(EVP_PKEY *key, int sign, uint8_t *sig, size_t *sig_len, const uint8_t *message,
                size_t message_len) {
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *use = EVP_PKEY_CTX_new(key, NULL);
    int answer = 0;
    EVP_PKEY_CTX_set1_id(use, ID, 16);
    EVP_MD_CTX_set_pkey_ctx(digest, use);
    if (sign && EVP_DigestSignInit(digest, NULL, EVP_sm3(), NULL, key) == 1)
        answer = EVP_DigestSign(digest, sig, sig_len, message, message_len) == 1;
    if (!sign && EVP_DigestVerifyInit(digest, NULL, EVP_sm3(), NULL, key) == 1)
        answer = EVP_DigestVerify(digest, sig, *sig_len, message, message_len) == 1;
    EVP_MD_CTX_free(digest);
    EVP_PKEY_CTX_free(use);
    return answer;
}

#define ROWS 16

int main(int argc, char **argv) {
    long rounds = argc > 1 ? atol(argv[1]) : 1000, made = 0;
    static ek_sm2_table table;
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        ek_level_limit(level);
        for (long round = 0; round < rounds; round += ROWS) {
            ek_sm2_private key;
            EVP_PKEY *other;
            uint8_t sigs[ROWS][EK_SM2_SIGNATURE_MAX], text[ROWS][100], theirs[80];
            size_t lens[ROWS], sig_lens[ROWS], their_len;
            const uint8_t *messages[ROWS], *sig_at[ROWS];
            const ek_sm2_public *keys[ROWS];
            int why, whys[ROWS];
            CHECK(ek_sm2_private_generate(&key, &why));
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
                CHECK(peer(other, 0, sigs[i], &sig_lens[i], messages[i], lens[i]));
                if (i % 2) { /* one bit, anywhere */
                    size_t bit = (size_t)(next_word() % (8 * sig_lens[i]));
                    sigs[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
                }
            }
            ek_sm2_verify_many(whys, keys, sig_at, sig_lens, ID, 16, messages, lens, ROWS);
            for (int i = 0; i < ROWS; i++) {
                int want = peer(other, 0, sigs[i], &sig_lens[i], messages[i], lens[i]);
                CHECK((whys[i] == EK_OK) == want);
                CHECK(ek_sm2_verify(&why, keys[i], sigs[i], sig_lens[i], ID, 16, messages[i],
                                    lens[i]) == want);
                CHECK(ek_sm2_verify_by_table(&why, keys[i], &table, sigs[i], sig_lens[i], ID, 16,
                                             messages[i], lens[i]) == want);
                their_len = sizeof theirs;
                CHECK(peer(other, 1, theirs, &their_len, messages[i], lens[i]));
                CHECK(
                    ek_sm2_verify(&why, keys[i], theirs, their_len, ID, 16, messages[i], lens[i]));
                made++;
            }
            ek_sm2_private_wipe(&key);
            EVP_PKEY_free(other);
        }
    }
    printf("libcrypto: %ld signatures each way\n", made);
    return report("peer");
}
