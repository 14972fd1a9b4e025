/* fuzz_sm2_keys.c - bytes that may be a key.  A public key is one in the forms 02, 03 and 04
 * exactly when libcrypto says so and it is not -G, at every level, and comes out as it went in; a
 * private key is one in [1, n-2], and its public key is libcrypto's product. */
#include "fuzz.h"

#ifdef EK_JUDGE
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

/* -G, the point of d = n - 1. */
static const uint8_t minus_base[64] = {
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0x43, 0xc8, 0xc9, 0x5c, 0x0b, 0x09, 0x88, 0x63, 0xa6, 0x42, 0x31, 0x1c, 0x94, 0x96, 0xde, 0xac,
    0x2f, 0x56, 0x78, 0x82, 0x39, 0xd5, 0xb8, 0xc0, 0xfd, 0x20, 0xcd, 0x1a, 0xde, 0xc6, 0x0f, 0x5f};

/* 04 || x || y of what the bytes stand for; 0 when they stand for nothing. */
static int judge_point(uint8_t point[65], const uint8_t *bytes, size_t len) {
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *read = EC_POINT_new(group);
    int good =
        EC_POINT_oct2point(group, read, bytes, len, NULL) == 1 &&
        EC_POINT_point2oct(group, read, POINT_CONVERSION_UNCOMPRESSED, point, 65, NULL) == 65;
    EC_POINT_free(read);
    EC_GROUP_free(group);
    return good;
}

/* The public key of d in [1, n-2]; 0 when d is not there. */
static int judge_product(uint8_t point[65], const uint8_t d[32]) {
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *product = EC_POINT_new(group);
    BIGNUM *number = BN_bin2bn(d, 32, NULL), *last = BN_dup(EC_GROUP_get0_order(group));
    int good;
    BN_sub_word(last, 2);
    good = !BN_is_zero(number) && BN_cmp(number, last) <= 0 &&
           EC_POINT_mul(group, product, number, NULL, NULL, NULL) == 1 &&
           EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, point, 65, NULL) == 65;
    BN_free(number);
    BN_free(last);
    EC_POINT_free(product);
    EC_GROUP_free(group);
    return good;
}
#endif

static void public_keys(const uint8_t *bytes, size_t len) {
    static const ek_sm2_public nothing;
    ek_sm2_public key, first;
    int is_key = -1;
    memset(&first, 0, sizeof first);
    FOR_EACH_LEVEL(level) {
        uint8_t out[65];
        int loaded = ek_sm2_public_load(&key, bytes, len);
        if (is_key < 0) {
            is_key = loaded;
            first = key;
        }
        MUST(loaded == is_key && memcmp(&key, &first, sizeof key) == 0);
        if (!loaded) {
            MUST(memcmp(&key, &nothing, sizeof key) == 0);
            continue;
        }
        ek_sm2_public_store(out, &key);
        if (len == 65) MUST(memcmp(out, bytes, 65) == 0);
        if (len == 33) MUST(memcmp(out + 1, bytes + 1, 32) == 0 && (out[64] & 1) == (bytes[0] & 1));
    }
#ifdef EK_JUDGE
    {
        uint8_t point[65];
        int ours = len && (bytes[0] == 2 || bytes[0] == 3 || bytes[0] == 4);
        int good = ours && judge_point(point, bytes, len);
        MUST(is_key == (good && memcmp(point + 1, minus_base, 64) != 0));
        if (is_key) MUST(memcmp(point + 1, first.xy, 64) == 0);
    }
#endif
}

static void private_keys(const uint8_t d[32]) {
    ek_sm2_private first, key;
    int is_key = -1;
    memset(&first, 0, sizeof first);
    FOR_EACH_LEVEL(level) {
        uint8_t out[32];
        int loaded = ek_sm2_private_load(&key, d);
        if (is_key < 0) {
            is_key = loaded;
            first = key;
        }
        MUST(loaded == is_key && memcmp(&key, &first, sizeof key) == 0);
        if (!loaded) continue;
        ek_sm2_private_store(out, &key);
        MUST(memcmp(out, d, 32) == 0);
    }
#ifdef EK_JUDGE
    {
        uint8_t point[65];
        MUST(is_key == judge_product(point, d));
        if (is_key) MUST(memcmp(point + 1, first.public_key.xy, 64) == 0);
    }
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    public_keys(data, size);
    if (size >= 32) private_keys(data + size - 32);
    return 0;
}
