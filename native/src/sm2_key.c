/* sm2_key.c - SM2 keys: what may become one, and Z (GB/T 32918.1, GB/T 32918.2 5.5). */
#include "sm2.h"

/* The structs of the public header hold these types in plain words. */
typedef char ek_point_fits[sizeof(ek_ge) == sizeof(((ek_sm2_public *)0)->point) ? 1 : -1];
typedef char ek_scalar_fits[sizeof(ek_scalar) == sizeof(((ek_sm2_private *)0)->d) ? 1 : -1];
typedef char
    ek_nonce_key_fits[sizeof(ek_hmac_key) == sizeof(((ek_sm2_private *)0)->nonce_key) ? 1 : -1];

#define DEFAULT_ID "1234567812345678"
#define DEFAULT_ID_LEN 16

/* a, b, xG, yG: the constant middle of what Z hashes. */
static const uint8_t curve_bytes[128] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
};

/* Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA).  CT: only id_len leaks. */
static void compute_z(uint8_t z[32], const uint8_t xy[64], const uint8_t *id, size_t id_len) {
    ek_sm3 state;
    uint8_t entl[2] = {(uint8_t)(id_len >> 5), (uint8_t)(id_len << 3)};
    ek_sm3_init(&state);
    ek_sm3_update(&state, entl, sizeof entl);
    ek_sm3_update(&state, id, id_len);
    ek_sm3_update(&state, curve_bytes, sizeof curve_bytes);
    ek_sm3_update(&state, xy, 64);
    ek_sm3_final(z, &state);
}

/* CT: nothing leaks. */
static void set_point(ek_sm2_public *key, const ek_ge *p) {
    memcpy(key->point, p, sizeof *p);
    ek_fe_store(key->xy, &p->x);
    ek_fe_store(key->xy + 32, &p->y);
    EK_DECLASSIFY(key->point, sizeof key->point);
    EK_DECLASSIFY(key->xy, sizeof key->xy);
    compute_z(key->z_default, key->xy, (const uint8_t *)DEFAULT_ID, DEFAULT_ID_LEN);
}

/* p = the point with this x whose y has the given parity.  VAR: time depends on x (public). */
static int decompress_var(ek_ge *p, const uint8_t x[32], int odd) {
    ek_fe t;
    uint8_t y[32];
    if (!ek_fe_load(&p->x, x)) return 0;
    ek_fe_sqr(&t, &p->x);
    ek_fe_mul(&t, &t, &p->x);
    for (int i = 0; i < 3; i++) ek_fe_sub(&t, &t, &p->x);
    ek_fe_add(&t, &t, &ek_fe_curve_b);
    ek_fe_sqrt_candidate(&p->y, &t);
    ek_fe_store(y, &p->y);
    if ((y[31] & 1) != odd) ek_fe_neg(&p->y, &p->y);
    return 1; /* no root: off the curve, and refused as such */
}

/* -G, whose d = n - 1 is no private key: every signature of it would hold whose r - e is the x of
 * r G, whatever its s is.  VAR: time depends on the point (public). */
static int is_minus_base_var(const ek_ge *p) {
    return ek_fe_equal(&p->x, &ek_ge_base.x) && !ek_fe_equal(&p->y, &ek_ge_base.y);
}

int ek_sm2_public_load(ek_sm2_public *key, const uint8_t *bytes, size_t bytes_len) {
    ek_ge p;
    memset(key, 0, sizeof *key);
    if (bytes_len == 65 && bytes[0] == 4) {
        if (!ek_fe_load(&p.x, bytes + 1) || !ek_fe_load(&p.y, bytes + 33)) return 0;
    } else if (bytes_len == 33 && (bytes[0] == 2 || bytes[0] == 3)) {
        if (!decompress_var(&p, bytes + 1, bytes[0] & 1)) return 0;
    } else {
        return 0;
    }
    if (!ek_ge_on_curve(&p) || is_minus_base_var(&p)) return 0;
    set_point(key, &p);
    return 1;
}

void ek_sm2_public_store(uint8_t bytes[65], const ek_sm2_public *key) {
    bytes[0] = 4;
    memcpy(bytes + 1, key->xy, 64);
}

int ek_sm2_private_load(ek_sm2_private *key, const uint8_t d[32]) {
    ek_scalar scalar, plus_one;
    ek_scalar_mont inverse;
    ek_hmac_key nonce_key;
    ek_gej product;
    ek_ge p;
    uint64_t bad;
    int below;

    memset(key, 0, sizeof *key);
#if EK_PLANT_LEAK == 5
    /* planted: a comparison that ends at the first difference */
    static const uint8_t top[4] = {0xff, 0xff, 0xff, 0xfe};
    if (memcmp(d, top, sizeof top) > 0) return 0;
#endif
    below = ek_scalar_load(&scalar, d);
    ek_scalar_add(&plus_one, &scalar, &ek_scalar_one);
    bad = ek_mask_zero((uint64_t)below) | ek_scalar_is_zero(&scalar) | ek_scalar_is_zero(&plus_one);
    EK_DECLASSIFY(&bad, sizeof bad);
    if (!bad) {
        ek_scalar_inv(&inverse, &plus_one);
        ek_mul_base(&product, &scalar);
        ek_ge_set_gej(&p, &product);
        memcpy(key->d, &scalar, sizeof scalar);
        memcpy(key->inverse, &inverse, sizeof inverse);
        ek_nonce_key(&nonce_key, d);
        memcpy(key->nonce_key, &nonce_key, sizeof nonce_key);
        ek_wipe(&nonce_key, sizeof nonce_key);
        set_point(&key->public_key, &p);
        ek_wipe(&inverse, sizeof inverse);
        ek_wipe(&product, sizeof product);
    }
    ek_wipe(&scalar, sizeof scalar);
    ek_wipe(&plus_one, sizeof plus_one);
    return !bad;
}

int ek_sm2_private_generate(ek_sm2_private *key, int *why) {
    uint8_t d[32];
    int loaded = 0;
    /* A draw outside [1, n-2] has probability 2^-32; 16 of them mean a broken random source. */
    for (int tries = 0; !loaded && tries < 16; tries++) {
        if (!ek_random(d, sizeof d)) break;
        loaded = ek_sm2_private_load(key, d);
    }
    ek_wipe(d, sizeof d);
    *why = loaded ? EK_OK : EK_RANDOM_FAILED;
    if (!loaded) ek_sm2_private_wipe(key);
    return loaded;
}

void ek_sm2_private_store(uint8_t d[32], const ek_sm2_private *key) {
    ek_scalar scalar;
    memcpy(&scalar, key->d, sizeof scalar);
    ek_scalar_store(d, &scalar);
    ek_wipe(&scalar, sizeof scalar);
}

void ek_sm2_private_wipe(ek_sm2_private *key) {
    ek_wipe(key, sizeof *key);
}

int ek_sm2_z(uint8_t z[32], const ek_sm2_public *key, const uint8_t *id, size_t id_len) {
    if (id_len > EK_SM2_ID_MAX) {
        memset(z, 0, 32);
        return 0;
    }
    if (id_len == DEFAULT_ID_LEN && memcmp(id, DEFAULT_ID, DEFAULT_ID_LEN) == 0)
        memcpy(z, key->z_default, 32);
    else
        compute_z(z, key->xy, id, id_len);
    return 1;
}

int ek_sm2_e(uint8_t e[32], const ek_sm2_public *key, const uint8_t *id, size_t id_len,
             const uint8_t *message, size_t message_len) {
    ek_sm3 state;
    if (!ek_sm2_z(e, key, id, id_len)) return 0;
    ek_sm3_init(&state);
    ek_sm3_update(&state, e, 32);
    ek_sm3_update(&state, message, message_len);
    ek_sm3_final(e, &state);
    return 1;
}

/* Messages up to here are copied behind their Z and hashed in lanes; for longer ones the lanes
 * would have to be fed two pieces each. */
#define SHORT 224

int ek_sm2_e_many(uint8_t (*e)[32], const ek_sm2_public *const *keys, const uint8_t *id,
                  size_t id_len, const uint8_t *const *messages, const size_t *message_lens,
                  size_t count) {
    uint8_t joined[EK_BULK][32 + SHORT], digests[EK_BULK][32];
    const uint8_t *at[EK_BULK] = {NULL};
    size_t lens[EK_BULK] = {0}, place[EK_BULK], waiting = 0;
    for (size_t i = 0; i < count; i++) {
        if (message_lens[i] > SHORT) {
            if (!ek_sm2_e(e[i], keys[i], id, id_len, messages[i], message_lens[i])) return 0;
            continue;
        }
        if (!ek_sm2_z(joined[waiting], keys[i], id, id_len)) return 0;
        if (message_lens[i]) memcpy(joined[waiting] + 32, messages[i], message_lens[i]);
        at[waiting] = joined[waiting];
        lens[waiting] = 32 + message_lens[i];
        place[waiting++] = i;
    }
    (void)ek_sm3_many(digests[0], sizeof digests, at, lens, waiting);
    for (size_t i = 0; i < waiting; i++) memcpy(e[place[i]], digests[i], 32);
    return 1;
}
