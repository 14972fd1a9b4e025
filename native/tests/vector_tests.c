/* vector_tests.c - known answers of GB/T 32905 and GB/T 32918.5, and the rules at the edges. */
#include "check.h"

static const char *D = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
static const char *P =
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
static const char *E = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640";
static const char *K = "59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21";
static const char *R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3";
static const char *S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";
static const char *N = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
static const uint8_t ID[] = "1234567812345678";
static const uint8_t MESSAGE[] = "message digest";

static void sm3_answers(void) {
    uint8_t digest[32], many[96], data[1000];
    const uint8_t *messages[3];
    size_t lens[3] = {3, 0, 64};
    ek_sm3 state;

    ek_sm3_digest(digest, NULL, 0);
    CHECK(is_hex(digest, 32, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"));
    ek_sm3_digest(digest, (const uint8_t *)"abc", 3);
    CHECK(is_hex(digest, 32, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    for (int i = 0; i < 64; i++) data[i] = (uint8_t)"abcd"[i % 4];
    ek_sm3_digest(digest, data, 64);
    CHECK(is_hex(digest, 32, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"));
    messages[0] = (const uint8_t *)"abc";
    messages[1] = NULL;
    messages[2] = data;
    CHECK(ek_sm3_many(many, sizeof many, messages, lens, 3));
    CHECK(memcmp(many + 64, digest, 32) == 0);
    CHECK(
        is_hex(many + 32, 32, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"));
    CHECK(!ek_sm3_many(many, 95, messages, lens, 3));
    memset(data, 'a', sizeof data);
    ek_sm3_init(&state);
    for (int i = 0; i < 1000; i++) ek_sm3_update(&state, data, 1000);
    ek_sm3_final(digest, &state);
    CHECK(is_hex(digest, 32, "c8aaf89429554029e231941a2acc0ad61ff2a5acd8fadd25847a3a732b3b02c3"));
}

static void sm3_splits(void) {
    uint8_t data[320], whole[32], parts[32];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * 7 + 1);
    for (size_t length = 0; length <= 300; length++) {
        ek_sm3_digest(whole, data, length);
        for (size_t split = 0; split <= length; split++) {
            ek_sm3 state, copy;
            ek_sm3_init(&state);
            ek_sm3_update(&state, data, split);
            copy = state;
            ek_sm3_final(parts, &state);
            ek_sm3_update(&copy, data + split, length - split);
            ek_sm3_final(parts, &copy);
            CHECK(memcmp(whole, parts, 32) == 0);
        }
    }
}

static void load_key(ek_sm2_private *key) {
    uint8_t d[32];
    unhex(d, 32, D);
    CHECK(ek_sm2_private_load(key, d));
}

static void standard_signature(void) {
    ek_sm2_private key;
    ek_scalar e, k, r, s;
    ek_witness witness;
    uint8_t bytes[65], e_bytes[32];

    load_key(&key);
    ek_sm2_private_store(bytes, &key);
    CHECK(is_hex(bytes, 32, D));
    ek_sm2_public_store(bytes, &key.public_key);
    CHECK(is_hex(bytes, 65, P));
    CHECK(ek_sm2_z(bytes, &key.public_key, ID, 16));
    CHECK(is_hex(bytes, 32, "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3"));
    CHECK(ek_sm2_e(e_bytes, &key.public_key, ID, 16, MESSAGE, 14));
    CHECK(is_hex(e_bytes, 32, E));
    CHECK(ek_scalar_load(&e, e_bytes));
    unhex(bytes, 32, K);
    CHECK(ek_scalar_load(&k, bytes));
    CHECK(ek_sm2_sign_with_nonce(&r, &s, &witness, &key, &e, &k));
    CHECK(ek_sm2_signature_holds(&key, &e, &r, &s, &witness));
    ek_scalar_store(bytes, &r);
    CHECK(is_hex(bytes, 32, R));
    ek_scalar_store(bytes, &s);
    CHECK(is_hex(bytes, 32, S));
    ek_scalar_add(&s, &s, &ek_scalar_one);
    CHECK(!ek_sm2_signature_holds(&key, &e, &r, &s, &witness));
}

static void round_trips(void) {
    ek_sm2_private key;
    uint8_t sig[EK_SM2_SIGNATURE_MAX], e[32] = {0}, fresh[32] = {0}, first[EK_SM2_SIGNATURE_MAX];
    uint8_t sigs[3 * EK_SM2_SIGNATURE_MAX];
    const uint8_t *messages[3] = {MESSAGE, ID, NULL}, *sig_at[3];
    const ek_sm2_public *keys[3];
    size_t lens[3] = {14, 16, 0}, sig_lens[3], sig_len, first_len;
    int why, whys[3];

    for (int i = 0; i < 200; i++) {
        CHECK(ek_sm2_private_generate(&key, &why) && why == EK_OK);
        CHECK(ek_sm2_sign(sig, sizeof sig, &sig_len, &why, &key, ID, 16, MESSAGE, 14));
        CHECK(ek_sm2_verify(&why, &key.public_key, sig, sig_len, ID, 16, MESSAGE, 14));
        CHECK(!ek_sm2_verify(&why, &key.public_key, sig, sig_len, ID, 15, MESSAGE, 14));
        CHECK(why == EK_BAD_SIGNATURE);
        sig[sig_len - 1] ^= 1;
        CHECK(!ek_sm2_verify(&why, &key.public_key, sig, sig_len, ID, 16, MESSAGE, 14));
    }
    for (int i = 0; i < 3; i++) {
        keys[i] = &key.public_key;
        sig_at[i] = sigs + EK_SM2_SIGNATURE_MAX * i;
    }
    CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, ID, 16, messages, lens, 3));
    CHECK(ek_sm2_verify_many(whys, keys, sig_at, sig_lens, ID, 16, messages, lens, 3));
    {
        static ek_sm2_table table;
        ek_sm2_private other;
        ek_sm2_table_make(&table, &key.public_key);
        for (int i = 0; i < 3; i++)
            CHECK(ek_sm2_verify_by_table(&why, keys[i], &table, sig_at[i], sig_lens[i], ID, 16,
                                         messages[i], lens[i]));
        CHECK(!ek_sm2_verify_by_table(&why, keys[0], &table, sig_at[0], sig_lens[0], ID, 16,
                                      messages[1], lens[1]));
        CHECK(why == EK_BAD_SIGNATURE);
        CHECK(ek_sm2_private_generate(&other, &why));
        CHECK(!ek_sm2_verify_by_table(&why, &other.public_key, &table, sig_at[0], sig_lens[0], ID,
                                      16, messages[0], lens[0]));
        CHECK(why == EK_BAD_ARGUMENT);
    }
    sigs[sig_lens[0] - 1] ^= 1;
    CHECK(!ek_sm2_verify_many(whys, keys, sig_at, sig_lens, ID, 16, messages, lens, 3));
    CHECK(whys[0] == EK_BAD_SIGNATURE && whys[1] == EK_OK && whys[2] == EK_OK);
    CHECK(!ek_sm2_sign_many(sigs, 3 * EK_SM2_SIGNATURE_MAX - 1, sig_lens, &why, &key, ID, 16,
                            messages, lens, 3));
    CHECK(!ek_sm2_sign(sig, 71, &sig_len, &why, &key, ID, 16, MESSAGE, 14));
    CHECK(why == EK_BAD_ARGUMENT && sig_len == 0);

    /* A stuck random source: the same signature for the same message, another for another. */
    CHECK(ek_sm2_sign_e_fresh(first, sizeof first, &first_len, &why, &key, e, fresh));
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    CHECK(sig_len == first_len && memcmp(sig, first, sig_len) == 0);
    e[31] = 1;
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    CHECK(memcmp(sig, first, 36) != 0);
    e[31] = 0;
    fresh[0] = 1;
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    CHECK(memcmp(sig, first, 36) != 0);
}

static void refused_keys(void) {
    ek_sm2_private key;
    ek_sm2_public public_key;
    uint8_t bytes[65], d[32];
    int step[] = {-1, 0, 1};

    memset(d, 0, 32);
    CHECK(!ek_sm2_private_load(&key, d));
    d[31] = 1;
    CHECK(ek_sm2_private_load(&key, d));
    unhex(d, 32, N);
    for (int i = 0; i < 3; i++) {
        d[31] = (uint8_t)(0x23 + step[i]);
        CHECK(!ek_sm2_private_load(&key, d));
    }
    d[31] = 0x21;
    CHECK(ek_sm2_private_load(&key, d)); /* n - 2 */
    memset(d, 0xff, 32);
    CHECK(!ek_sm2_private_load(&key, d));

    unhex(bytes, 65, P);
    CHECK(ek_sm2_public_load(&public_key, bytes, 65));
    CHECK(!ek_sm2_public_load(&public_key, bytes, 64));
    for (int form = 0; form < 256; form++) {
        bytes[0] = (uint8_t)form;
        CHECK(ek_sm2_public_load(&public_key, bytes, 65) == (form == 4));
        CHECK(ek_sm2_public_load(&public_key, bytes, 33) == (form == 2 || form == 3));
    }
    bytes[0] = 4;
    for (int i = 1; i < 65; i++) {
        bytes[i] ^= 1;
        CHECK(!ek_sm2_public_load(&public_key, bytes, 65));
        bytes[i] ^= 1;
    }
}

/* G is a public key, that of d = 1; -G is none, in either form. */
static void minus_base(void) {
    ek_sm2_public key;
    ek_ge g = ek_ge_base;
    uint8_t bytes[65] = {4};
    for (int negative = 0; negative < 2; negative++) {
        if (negative) ek_fe_neg(&g.y, &g.y);
        ek_fe_store(bytes + 1, &g.x);
        ek_fe_store(bytes + 33, &g.y);
        bytes[0] = 4;
        CHECK(ek_sm2_public_load(&key, bytes, 65) == !negative);
        bytes[0] = (uint8_t)(2 | (bytes[64] & 1));
        CHECK(ek_sm2_public_load(&key, bytes, 33) == !negative);
    }
}

/* k that make r = 0, r + k = n, s = 0 are built by choosing e; sign_with_nonce refuses them. */
static void refused_nonces(void) {
    ek_sm2_private key;
    ek_gej product;
    ek_ge point;
    ek_scalar k, x, e, r, s, d;
    ek_witness witness;
    ek_scalar_mont factor;
    uint8_t bytes[32];

    load_key(&key);
    unhex(bytes, 32, K);
    ek_scalar_load(&k, bytes);
    ek_mul_base(&product, &k);
    ek_ge_set_gej(&point, &product);
    ek_fe_store(bytes, &point.x);
    ek_scalar_load(&x, bytes);
    ek_scalar_neg(&e, &x); /* r = e + x = 0 */
    CHECK(!ek_sm2_sign_with_nonce(&r, &s, &witness, &key, &e, &k));
    ek_scalar_sub(&e, &e, &k); /* r = -k */
    CHECK(!ek_sm2_sign_with_nonce(&r, &s, &witness, &key, &e, &k));
    unhex(bytes, 32, D);
    ek_scalar_load(&d, bytes);
    ek_scalar_inv(&factor, &d);
    ek_scalar_mul(&e, &factor, &k); /* r = k/d, so k - r d = 0 = s */
    ek_scalar_sub(&e, &e, &x);
    CHECK(!ek_sm2_sign_with_nonce(&r, &s, &witness, &key, &e, &k));
    CHECK(ek_scalar_is_zero(&r) && ek_scalar_is_zero(&s));
}

/* Coordinates from p on, each alone: also where the other is right. */
static void refused_coordinates(void) {
    ek_sm2_public key;
    uint8_t bytes[65];
    for (int half = 0; half < 2; half++) {
        unhex(bytes, 65, P);
        memset(bytes + 1 + 32 * half, 0xff, 32);
        CHECK(!ek_sm2_public_load(&key, bytes, 65));
        CHECK(ek_sm2_public_load(&key, bytes, 33) == 0);
    }
}

/* Strict DER, byte by byte: zero, the longest numbers, and what is a step from them. */
static void encodings(void) {
    static const struct {
        const char *der;
        int right;
    } cases[] = {
        {"3006020100020100", 1},   {"300602010002017f", 1},    {"3007020100020200ff", 1},
        {"300702010002020080", 1}, {"30070201000202007f", 0},  {"3006020180020100", 0},
        {"30050200020100", 0},     {"3005020100020100", 0},    {"3006020200020100", 0},
        {"300602010002020000", 0}, {"3006030100020100", 0},    {"3006020100030100", 0},
        {"3106020100020100", 0},   {"300602010002", 0},        {"30060201000201", 0},
        {"30070201000201000", 0},  {"3008020100020100000", 0}, {"30", 0},
        {"3003020100", 0},         {"30060201000202ff", 0},    {"3007020100020100ff", 0},
    };
    uint8_t der[80], r[32], s[32], again[EK_SM2_SIGNATURE_MAX];
    size_t len, again_len;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        len = unhex(der, sizeof der, cases[i].der);
        CHECK(ek_sm2_signature_decode(r, s, der, len) == cases[i].right);
        if (!cases[i].right) continue;
        CHECK(ek_sm2_signature_encode(again, sizeof again, &again_len, r, s));
        CHECK(again_len == len && memcmp(again, der, len) == 0);
    }
    CHECK(!ek_sm2_signature_encode(again, sizeof again - 1, &again_len, r, s) && again_len == 0);
    /* 33 bytes hold 256 bits only behind a zero; 34 never */
    memset(der, 0xff, sizeof der);
    memcpy(der, "\x30\x26\x02\x21\x00", 5);
    memcpy(der + 37, "\x02\x01\x01", 3);
    CHECK(ek_sm2_signature_decode(r, s, der, 40));
    der[4] = 1;
    CHECK(!ek_sm2_signature_decode(r, s, der, 40));
    memcpy(der, "\x30\x27\x02\x22\x00", 5);
    CHECK(!ek_sm2_signature_decode(r, s, der, 41));
}

/* An id may have 8,191 bytes; one more is refused by every function, before anything is signed. */
static void long_ids(void) {
    static uint8_t id[EK_SM2_ID_MAX + 1], text[300];
    enum { COUNT = 70 };
    static uint8_t sigs[COUNT * EK_SM2_SIGNATURE_MAX];
    const uint8_t *messages[COUNT], *sig_at[COUNT];
    const ek_sm2_public *keys[COUNT];
    size_t lens[COUNT], sig_lens[COUNT];
    static ek_sm2_table table;
    ek_sm2_private key;
    int why, whys[COUNT];
    load_key(&key);
    ek_sm2_table_make(&table, &key.public_key);
    for (size_t i = 0; i < COUNT; i++) {
        messages[i] = text;
        lens[i] = i < 64 ? 0 : sizeof text; /* the last ones are hashed alone */
        keys[i] = &key.public_key;
        sig_at[i] = sigs + EK_SM2_SIGNATURE_MAX * i;
    }
    CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, id, EK_SM2_ID_MAX, messages,
                           lens, COUNT));
    CHECK(
        ek_sm2_verify_many(whys, keys, sig_at, sig_lens, id, EK_SM2_ID_MAX, messages, lens, COUNT));
    for (size_t count = 1; count <= COUNT; count += 23) {
        const uint8_t *const *from = messages + COUNT - count;
        CHECK(!ek_sm2_verify_many(whys, keys, sig_at, sig_lens, id, sizeof id, from,
                                  lens + COUNT - count, count));
        CHECK(whys[0] == EK_BAD_ARGUMENT && whys[count - 1] == EK_BAD_ARGUMENT);
        CHECK(!ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, id, sizeof id, from,
                                lens + COUNT - count, count));
        CHECK(why == EK_BAD_ARGUMENT && sig_lens[count - 1] == 0 && sigs[0] == 0);
    }
    CHECK(!ek_sm2_sign(sigs, sizeof sigs, sig_lens, &why, &key, id, sizeof id, text, 1));
    CHECK(why == EK_BAD_ARGUMENT);
    CHECK(!ek_sm2_verify(&why, &key.public_key, sigs, 70, id, sizeof id, text, 1));
    CHECK(why == EK_BAD_ARGUMENT);
    CHECK(!ek_sm2_verify_by_table(&why, &key.public_key, &table, sigs, 70, id, sizeof id, text, 1));
    CHECK(why == EK_BAD_ARGUMENT);
}

/* A few nonces at once are those drawn alone. */
static void few_nonces(void) {
    uint8_t d[32], e[3][32] = {{1}, {2}, {3}}, fresh[3][32] = {{4}, {5}, {6}};
    ek_scalar k[3], one;
    ek_hmac_key key;
    unhex(d, 32, D);
    ek_nonce_key(&key, d);
    for (size_t count = 1; count <= 3; count++) {
        CHECK(
            ek_nonce_many(k, &key, (const uint8_t (*)[32])e, (const uint8_t (*)[32])fresh, count));
        for (size_t i = 0; i < count; i++) {
            CHECK(ek_nonce_draw(&one, &key, e[i], fresh[i], 0));
            CHECK(ek_scalar_equal(&one, &k[i]));
        }
    }
}

int main(void) {
    sm3_answers();
    sm3_splits();
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        CHECK(ek_level_limit(level) == level);
        standard_signature();
        round_trips();
        refused_keys();
        refused_coordinates();
        minus_base();
        refused_nonces();
        encodings();
        long_ids();
        few_nonces();
    }
    return report("vectors");
}
