/* fuzz_sm2_equation.c - signatures that hold, made from the numbers of the verification itself:
 * with P = dG and s, t chosen by the input, also in the relations where the group law has its
 * special cases, R = sG + tP, r = t - s and e = r - x(R).  Every level and route must accept them,
 * and refuse them beside; libcrypto must say the same of each. */
#include "fuzz.h"

enum { MANY = 16 };

/* s for a given t: any number, or one for which sG and tP are equal, opposite, or nearly so. */
static void choose_s(ek_scalar *s, piece *input, int kind, const ek_scalar *d, const ek_scalar *t) {
    ek_scalar td;
    eat_scalar(s, input);
    multiply(&td, t, d);
    if (kind & 1) ek_scalar_add(s, s, &td);
    if (kind & 2) ek_scalar_sub(s, s, &td);
}

/* Does the signature of e hold, by this level?  All routes must agree. */
static int ask(const ek_sm2_public *key, const uint8_t *sig, size_t sig_len, const uint8_t e[32],
               const ek_scalar *s, const ek_scalar *t, const ek_scalar *x) {
    static ek_ge table[EK_BASE_ROWS * EK_BASE_COLUMNS];
    ek_scalar many_s[MANY], many_t[MANY], many_x[MANY];
    ek_ge p, many_p[MANY];
    ek_gej sum;
    unsigned holds, open;
    int why, answer = ek_sm2_verify_e(&why, key, sig, sig_len, e);
    MUST(answer == (why == EK_OK));
    if (ek_scalar_is_zero(s) || ek_scalar_is_zero(t) || ek_scalar_equal(s, t))
        return answer; /* refused before the products, as s, t or r = 0 */
    ek_public_point(&p, key);
    ek_table_make(table, &p);
    ek_mul_tables_var(&sum, s, t, table);
    MUST((int)(ek_gej_has_x(&sum, x) & 1) == answer);
    for (int i = 0; i < MANY; i++) { /* every other lane asks for another x */
        many_s[i] = *s;
        many_t[i] = *t;
        many_p[i] = p;
        many_x[i] = *x;
        if (i % 2) ek_scalar_add(&many_x[i], x, &ek_scalar_one);
    }
    open = ek_mul_double_many_var(&holds, many_s, many_t, many_p, many_x, MANY);
    for (int i = 0; i < MANY; i += 2) MUST(open >> i & 1 || (int)(holds >> i & 1) == answer);
    for (int i = 1; i < MANY && answer; i += 2) MUST(open >> i & 1 || !(holds >> i & 1));
    return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    piece input = {data, size};
    ek_scalar d, r, s, t, x, e;
    ek_sm2_private key;
    ek_gej sum;
    ek_ge p, affine;
    uint8_t d_bytes[32], r_bytes[32], s_bytes[32], e_bytes[32], sig[EK_SM2_SIGNATURE_MAX];
    size_t sig_len;
    int kind, first = -1, infinite;

    eat_scalar(&d, &input);
    eat_scalar(&t, &input);
    kind = eat_byte(&input);
    choose_s(&s, &input, kind, &d, &t);
    ek_scalar_store(d_bytes, &d);
    ek_level_limit(EK_LEVEL_PORTABLE);
    if (!ek_sm2_private_load(&key, d_bytes)) return 0;
    ek_public_point(&p, &key.public_key);
    ek_mul_double_var(&sum, &s, &t, &p);
    infinite = ek_fe_is_zero(&sum.z) != 0;
    if (!infinite) {
        ek_ge_set_gej(&affine, &sum);
        ek_fe_store(e_bytes, &affine.x);
        (void)ek_scalar_load(&x, e_bytes);
    } else {
        x = ek_scalar_one; /* no x makes it hold */
    }
    if (kind & 4) ek_scalar_add(&x, &x, &ek_scalar_one);
    ek_scalar_sub(&r, &t, &s);
    ek_scalar_sub(&e, &r, &x);
    ek_scalar_store(r_bytes, &r);
    ek_scalar_store(s_bytes, &s);
    ek_scalar_store(e_bytes, &e);
    MUST(ek_sm2_signature_encode(sig, sizeof sig, &sig_len, r_bytes, s_bytes));
    FOR_EACH_LEVEL(level) {
        int answer = ask(&key.public_key, sig, sig_len, e_bytes, &s, &t, &x);
        if (first < 0) first = answer;
        MUST(answer == first);
    }
    if (infinite || kind & 4 || ek_scalar_is_zero(&r) || ek_scalar_is_zero(&s) ||
        ek_scalar_is_zero(&t))
        MUST(first == 0);
    else
        MUST(first == 1);
#ifdef EK_JUDGE
    {
        uint8_t point[65];
        EVP_PKEY *other;
        ek_sm2_public_store(point, &key.public_key);
        other = judge_key(point, 65, NULL);
        MUST(other != NULL && judge_verify_e(other, sig, sig_len, e_bytes) == first);
        EVP_PKEY_free(other);
    }
#endif
    return 0;
}
