/* sm2_verify.c - verification (GB/T 32918.2 7.1) and the encoding of signatures (GM/T 0009 7.3).
 * Public inputs only. */
#include "sm2.h"

/* 1 when r, s, t are in range and (sG + tP).x + e = r mod n.  VAR: depends on all (public). */
static int equation_holds_var(const ek_sm2_public *key, const uint8_t r_bytes[32],
                              const uint8_t s_bytes[32], const uint8_t e_bytes[32]) {
    ek_scalar r, s, t, e, x;
    ek_ge p;
    ek_gej sum;

    if (!ek_scalar_load(&r, r_bytes) || ek_scalar_is_zero(&r)) return 0; /* B1 */
    if (!ek_scalar_load(&s, s_bytes) || ek_scalar_is_zero(&s)) return 0; /* B2 */
    ek_scalar_add(&t, &r, &s);
    if (ek_scalar_is_zero(&t)) return 0; /* B5 */
    (void)ek_scalar_load(&e, e_bytes);
    ek_public_point(&p, key);
    ek_mul_double_var(&sum, &s, &t, &p); /* B6 */
    ek_scalar_sub(&x, &r, &e);
    return (int)(ek_gej_has_x(&sum, &x) & 1); /* B7, without the inversion; infinity fails */
}

int ek_sm2_verify_e(int *why, const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                    const uint8_t e[32]) {
    uint8_t r[32], s[32];
    *why = EK_BAD_ENCODING;
    if (!ek_sm2_signature_decode(r, s, sig, sig_len)) return 0;
    *why = EK_BAD_SIGNATURE;
    if (!equation_holds_var(key, r, s, e)) return 0;
    *why = EK_OK;
    return 1;
}

int ek_sm2_verify(int *why, const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                  const uint8_t *id, size_t id_len, const uint8_t *message, size_t message_len) {
    uint8_t e[32];
    *why = EK_BAD_ARGUMENT;
    if (!ek_sm2_e(e, key, id, id_len, message, message_len)) return 0;
    return ek_sm2_verify_e(why, key, sig, sig_len, e);
}

int ek_sm2_verify_many(int *whys, const ek_sm2_public *const *keys, const uint8_t *const *sigs,
                       const size_t *sig_lens, const uint8_t *id, size_t id_len,
                       const uint8_t *const *messages, const size_t *message_lens, size_t count) {
    int all = 1;
    for (size_t i = 0; i < count; i++)
        all &= ek_sm2_verify(&whys[i], keys[i], sigs[i], sig_lens[i], id, id_len, messages[i],
                             message_lens[i]);
    return all;
}

/* Reads one INTEGER of at most 256 bits from the front; returns its whole length, or 0 when it is
 * negative, not minimal, too large or cut off. */
static size_t read_integer_var(uint8_t value[32], const uint8_t *der, size_t der_len) {
    size_t length;
    if (der_len < 3 || der[0] != 0x02) return 0;
    length = der[1];
    if (length == 0 || length > 33 || length > der_len - 2) return 0; /* 33 < 0x80: short form */
    if (der[2] & 0x80) return 0;
    if (der[2] == 0 && length > 1 && !(der[3] & 0x80)) return 0;
    if (length == 33 && der[2] != 0) return 0;
    memset(value, 0, 32);
    if (length == 33)
        memcpy(value, der + 3, 32);
    else
        memcpy(value + 32 - length, der + 2, length);
    return length + 2;
}

int ek_sm2_signature_decode(uint8_t r[32], uint8_t s[32], const uint8_t *sig, size_t sig_len) {
    size_t r_len, s_len;
    memset(r, 0, 32);
    memset(s, 0, 32);
    if (sig_len < 2 || sig_len > EK_SM2_SIGNATURE_MAX) return 0;
    if (sig[0] != 0x30 || sig[1] != sig_len - 2) return 0; /* at most 70: always the short form */
    r_len = read_integer_var(r, sig + 2, sig_len - 2);
    if (r_len == 0) return 0;
    s_len = read_integer_var(s, sig + 2 + r_len, sig_len - 2 - r_len);
    return s_len != 0 && 2 + r_len + s_len == sig_len;
}

/* Writes one INTEGER minimally; returns its whole length, at most 35. */
static size_t write_integer_var(uint8_t *der, const uint8_t value[32]) {
    size_t skip = 0, pad, length;
    while (skip < 31 && value[skip] == 0) skip++;
    pad = value[skip] >> 7;
    length = 32 - skip + pad;
    der[0] = 0x02;
    der[1] = (uint8_t)length;
    der[2] = 0;
    memcpy(der + 2 + pad, value + skip, 32 - skip);
    return length + 2;
}

int ek_sm2_signature_encode(uint8_t *sig, size_t sig_cap, size_t *sig_len, const uint8_t r[32],
                            const uint8_t s[32]) {
    size_t length = 2;
    *sig_len = 0;
    if (sig_cap < EK_SM2_SIGNATURE_MAX) return 0;
    length += write_integer_var(sig + length, r);
    length += write_integer_var(sig + length, s);
    sig[0] = 0x30;
    sig[1] = (uint8_t)(length - 2);
    *sig_len = length;
    return 1;
}
