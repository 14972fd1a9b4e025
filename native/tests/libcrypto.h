/* libcrypto.h - OpenSSL's SM2 as another judge: keys, signatures over messages and over e. */
#ifndef EK_TESTS_LIBCRYPTO_H
#define EK_TESTS_LIBCRYPTO_H

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "check.h"

/* The key of a point in any encoding and, when d is given, of a private number; NULL when libcrypto
 * refuses it. */
static inline EVP_PKEY *judge_key(const uint8_t *point, size_t point_len, const uint8_t *d) {
    EVP_PKEY *made = NULL;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;
    BIGNUM *number = BN_secure_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, point_len);
    if (d) {
        BN_bin2bn(d, 32, number);
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
    }
    params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_fromdata_init(maker);
    if (EVP_PKEY_fromdata(maker, &made, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
        made = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(number);
    EVP_PKEY_CTX_free(maker);
    return made;
}

/* 1 when the signature of the message holds. */
static inline int judge_verify(EVP_PKEY *key, const uint8_t *sig, size_t sig_len, const uint8_t *id,
                               size_t id_len, const uint8_t *message, size_t message_len) {
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *use = EVP_PKEY_CTX_new(key, NULL);
    int good = EVP_PKEY_CTX_set1_id(use, id, (int)id_len) == 1;
    EVP_MD_CTX_set_pkey_ctx(digest, use);
    good = good && EVP_DigestVerifyInit(digest, NULL, EVP_sm3(), NULL, key) == 1 &&
           EVP_DigestVerify(digest, sig, sig_len, message, message_len) == 1;
    EVP_MD_CTX_free(digest);
    EVP_PKEY_CTX_free(use);
    return good;
}

/* 1 when the signature of e holds. */
static inline int judge_verify_e(EVP_PKEY *key, const uint8_t *sig, size_t sig_len,
                                 const uint8_t e[32]) {
    EVP_PKEY_CTX *use = EVP_PKEY_CTX_new(key, NULL);
    int good = EVP_PKEY_verify_init(use) == 1 && EVP_PKEY_verify(use, sig, sig_len, e, 32) == 1;
    EVP_PKEY_CTX_free(use);
    return good;
}

/* Signs into sig, *sig_len bytes of room; 1 when that worked. */
static inline int judge_sign(EVP_PKEY *key, uint8_t *sig, size_t *sig_len, const uint8_t *id,
                             size_t id_len, const uint8_t *message, size_t message_len) {
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *use = EVP_PKEY_CTX_new(key, NULL);
    int good = EVP_PKEY_CTX_set1_id(use, id, (int)id_len) == 1;
    EVP_MD_CTX_set_pkey_ctx(digest, use);
    good = good && EVP_DigestSignInit(digest, NULL, EVP_sm3(), NULL, key) == 1 &&
           EVP_DigestSign(digest, sig, sig_len, message, message_len) == 1;
    EVP_MD_CTX_free(digest);
    EVP_PKEY_CTX_free(use);
    return good;
}

#endif
