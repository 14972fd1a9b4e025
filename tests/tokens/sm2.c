#include "sm2.h"

#include <string.h>

/* Prototypes of libcrypto 1.1.1 and 3, so that no header package is needed. */
typedef struct bignum_st BIGNUM;
typedef struct bignum_ctx BN_CTX;
typedef struct ec_group_st EC_GROUP;
typedef struct ec_point_st EC_POINT;
typedef struct evp_md_st EVP_MD;
typedef struct evp_md_ctx_st EVP_MD_CTX;

extern BN_CTX *BN_CTX_new(void);
extern void BN_CTX_free(BN_CTX *);
extern BIGNUM *BN_new(void);
extern void BN_clear_free(BIGNUM *);
extern BIGNUM *BN_bin2bn(const unsigned char *, int, BIGNUM *);
extern int BN_bn2binpad(const BIGNUM *, unsigned char *, int);
extern int BN_mod_add(BIGNUM *, const BIGNUM *, const BIGNUM *, const BIGNUM *, BN_CTX *);
extern int BN_mod_sub(BIGNUM *, const BIGNUM *, const BIGNUM *, const BIGNUM *, BN_CTX *);
extern int BN_mod_mul(BIGNUM *, const BIGNUM *, const BIGNUM *, const BIGNUM *, BN_CTX *);
extern BIGNUM *BN_mod_inverse(BIGNUM *, const BIGNUM *, const BIGNUM *, BN_CTX *);
extern int BN_nnmod(BIGNUM *, const BIGNUM *, const BIGNUM *, BN_CTX *);
extern int BN_rand_range(BIGNUM *, const BIGNUM *);
extern int BN_is_zero(const BIGNUM *);
extern int BN_set_word(BIGNUM *, unsigned long);
extern int BN_add(BIGNUM *, const BIGNUM *, const BIGNUM *);
extern int BN_cmp(const BIGNUM *, const BIGNUM *);
extern int OBJ_txt2nid(const char *);
extern EC_GROUP *EC_GROUP_new_by_curve_name(int);
extern void EC_GROUP_free(EC_GROUP *);
extern const BIGNUM *EC_GROUP_get0_order(const EC_GROUP *);
extern EC_POINT *EC_POINT_new(const EC_GROUP *);
extern void EC_POINT_free(EC_POINT *);
extern int EC_POINT_mul(const EC_GROUP *, EC_POINT *, const BIGNUM *, const EC_POINT *,
                        const BIGNUM *, BN_CTX *);
extern int EC_POINT_get_affine_coordinates(const EC_GROUP *, const EC_POINT *, BIGNUM *,
                                           BIGNUM *, BN_CTX *);
extern const EVP_MD *EVP_sm3(void);
extern EVP_MD_CTX *EVP_MD_CTX_new(void);
extern void EVP_MD_CTX_free(EVP_MD_CTX *);
extern int EVP_DigestInit_ex(EVP_MD_CTX *, const EVP_MD *, void *);
extern int EVP_DigestUpdate(EVP_MD_CTX *, const void *, size_t);
extern int EVP_DigestFinal_ex(EVP_MD_CTX *, unsigned char *, unsigned int *);

static const char CURVE[] =
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";

static EC_GROUP *the_group(void) {
    return EC_GROUP_new_by_curve_name(OBJ_txt2nid("SM2"));
}

static int multiply(const EC_GROUP *group, const BIGNUM *k, BIGNUM *x, BIGNUM *y, BN_CTX *ctx) {
    EC_POINT *point = EC_POINT_new(group);
    int good = point != NULL && EC_POINT_mul(group, point, k, NULL, NULL, ctx) &&
               EC_POINT_get_affine_coordinates(group, point, x, y, ctx);
    EC_POINT_free(point);
    return good;
}

int sm2_complete(sm2_key *key) {
    EC_GROUP *group = the_group();
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *d = BN_bin2bn(key->d, 32, NULL), *x = BN_new(), *y = BN_new();
    int good = group != NULL && multiply(group, d, x, y, ctx) &&
               BN_bn2binpad(x, key->x, 32) == 32 && BN_bn2binpad(y, key->y, 32) == 32;
    BN_clear_free(d);
    BN_clear_free(x);
    BN_clear_free(y);
    BN_CTX_free(ctx);
    EC_GROUP_free(group);
    return good ? 0 : -1;
}

int sm2_sign(const sm2_key *key, const unsigned char digest[32], unsigned char rs[64]) {
    EC_GROUP *group = the_group();
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *d = BN_bin2bn(key->d, 32, NULL), *e = BN_bin2bn(digest, 32, NULL);
    BIGNUM *k = BN_new(), *x = BN_new(), *y = BN_new(), *r = BN_new(), *s = BN_new();
    BIGNUM *one = BN_new(), *t = BN_new();
    const BIGNUM *n = EC_GROUP_get0_order(group);
    int good = 0;
    BN_set_word(one, 1);
    for (int tries = 0; tries < 16 && !good; tries++) {
        if (!BN_rand_range(k, n) || BN_is_zero(k) || !multiply(group, k, x, y, ctx)) continue;
        if (!BN_mod_add(r, e, x, n, ctx) || BN_is_zero(r) || !BN_add(t, r, k) || !BN_cmp(t, n))
            continue;
        /* s = (k - r d) / (1 + d) */
        good = BN_mod_mul(t, r, d, n, ctx) && BN_mod_sub(s, k, t, n, ctx) &&
               BN_mod_add(t, one, d, n, ctx) && BN_mod_inverse(t, t, n, ctx) != NULL &&
               BN_mod_mul(s, s, t, n, ctx) && !BN_is_zero(s) &&
               BN_bn2binpad(r, rs, 32) == 32 && BN_bn2binpad(s, rs + 32, 32) == 32;
    }
    BIGNUM *all[] = {d, e, k, x, y, r, s, one, t};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) BN_clear_free(all[i]);
    BN_CTX_free(ctx);
    EC_GROUP_free(group);
    return good ? 0 : -1;
}

int ecdsa_sign(const sm2_key *key, const unsigned char digest[32], unsigned char rs[64]) {
    EC_GROUP *group = the_group();
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *d = BN_bin2bn(key->d, 32, NULL), *e = BN_bin2bn(digest, 32, NULL);
    BIGNUM *k = BN_new(), *x = BN_new(), *y = BN_new(), *r = BN_new(), *s = BN_new();
    const BIGNUM *n = EC_GROUP_get0_order(group);
    int good = BN_rand_range(k, n) && multiply(group, k, x, y, ctx) && BN_nnmod(r, x, n, ctx) &&
               BN_mod_mul(s, r, d, n, ctx) && BN_mod_add(s, s, e, n, ctx) &&
               BN_mod_inverse(k, k, n, ctx) != NULL && BN_mod_mul(s, s, k, n, ctx) &&
               BN_bn2binpad(r, rs, 32) == 32 && BN_bn2binpad(s, rs + 32, 32) == 32;
    BIGNUM *all[] = {d, e, k, x, y, r, s};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) BN_clear_free(all[i]);
    BN_CTX_free(ctx);
    EC_GROUP_free(group);
    return good ? 0 : -1;
}

int sm3(const void *head, size_t head_len, const void *tail, size_t tail_len,
        unsigned char out[32]) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int good = EVP_DigestInit_ex(ctx, EVP_sm3(), NULL) &&
               (head_len == 0 || EVP_DigestUpdate(ctx, head, head_len)) &&
               (tail_len == 0 || EVP_DigestUpdate(ctx, tail, tail_len)) &&
               EVP_DigestFinal_ex(ctx, out, NULL);
    EVP_MD_CTX_free(ctx);
    return good ? 0 : -1;
}

int sm2_z(const sm2_key *key, const char *id, size_t id_len, unsigned char z[32]) {
    unsigned char text[2 + 256 + 128 + 64];
    if (id_len > 256) return -1;
    text[0] = (unsigned char)((id_len * 8) >> 8);
    text[1] = (unsigned char)(id_len * 8);
    memcpy(text + 2, id, id_len);
    size_t at = 2 + id_len;
    at += from_hex(CURVE, text + at, 128);
    memcpy(text + at, key->x, 32);
    memcpy(text + at + 32, key->y, 32);
    return sm3(NULL, 0, text, at + 64, z);
}

static size_t integer(const unsigned char value[32], int broken, unsigned char *out) {
    size_t skip = 0;
    while (skip < 31 && value[skip] == 0) skip++;
    size_t pad = (value[skip] & 0x80) && !broken ? 1 : 0;
    out[0] = 0x02;
    out[1] = (unsigned char)(32 - skip + pad);
    out[2] = 0;
    memcpy(out + 2 + pad, value + skip, 32 - skip);
    return 2 + pad + 32 - skip;
}

size_t der_of(const unsigned char rs[64], int broken, unsigned char *out) {
    size_t length = integer(rs, broken, out + 2);
    length += integer(rs + 32, broken, out + 2 + length);
    out[0] = 0x30;
    out[1] = (unsigned char)length;
    return length + 2;
}

size_t from_hex(const char *text, unsigned char *out, size_t most) {
    size_t count = 0;
    for (; text[0] && text[1] && count < most; text += 2) {
        unsigned value = 0;
        for (int i = 0; i < 2; i++) {
            char c = text[i];
            unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                             : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                                    : 255U;
            if (digit == 255U) return count;
            value = value << 4 | digit;
        }
        out[count++] = (unsigned char)value;
    }
    return count;
}
