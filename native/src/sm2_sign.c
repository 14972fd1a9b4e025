/* sm2_sign.c - SM2 signatures (GB/T 32918.2 6.1).
 *
 * Everything here works on secrets and is constant time; what becomes public (r, s, and whether a
 * nonce was refused) is declassified where it does.
 *
 * The fault check.  A signature made with one flipped bit can give the key away, so none leaves
 * unchecked.  Verifying with the public key costs twice the signing; the check here is
 * verification with the private key.  -k is computed from k as soon as k is drawn, and (-k) G is
 * multiplied out beside kG: its digits, table entries and sums are others, so a fault in the table
 * or in the field that repeats itself shows as well.  From the finished r and s the nonce is
 * computed back,
 *     k' = s + (r + s) d mod n,
 * and must cancel -k; and the x of (-k) G, which is that of kG, must be r - e.  s came from the
 * cached (1+d)^-1 and the check uses d, so a fault in either, in a product, in an inversion, in s
 * or in r shows.  It does not see a fault in e (the signature is then one of another message) nor
 * one before k was drawn. */
#include "sm2.h"

int ek_sm2_equation(ek_scalar *r, ek_scalar *s, const ek_scalar_mont *inverse, const ek_scalar *e,
                    const ek_scalar *x1, const ek_scalar *k) {
    ek_scalar sum;
    uint64_t again;
    ek_scalar_add(r, e, x1);
    ek_scalar_add(&sum, r, k);
    ek_scalar_mul(s, inverse, &sum); /* s = (1+d)^-1 (k - r d) = (1+d)^-1 (k + r) - r */
    ek_scalar_sub(s, s, r);
    again = ek_scalar_is_zero(r) | ek_scalar_is_zero(&sum) | ek_scalar_is_zero(s);
    EK_DECLASSIFY(&again, sizeof again);
    ek_wipe(&sum, sizeof sum);
    if (again) {
        ek_wipe(r, sizeof *r);
        ek_wipe(s, sizeof *s);
    }
    return !again;
}

int ek_sm2_sign_with_nonce(ek_scalar *r, ek_scalar *s, ek_witness *witness,
                           const ek_sm2_private *key, const ek_scalar *e, const ek_scalar *k) {
    ek_ge point;
    ek_scalar d, x1;
    ek_scalar_mont inverse;
    uint8_t x[32];
    int made;

    ek_scalar_neg(&witness->minus_k, k);
    ek_mul_base_pair(&point, &witness->point, k, &witness->minus_k);
    ek_fe_store(x, &point.x);
    (void)ek_scalar_load(&x1, x);
    ek_private_scalars(&d, &inverse, key);
    made = ek_sm2_equation(r, s, &inverse, e, &x1, k);
    ek_wipe(&point, sizeof point);
    ek_wipe(&d, sizeof d);
    ek_wipe(&inverse, sizeof inverse);
    ek_wipe(&x1, sizeof x1);
    ek_wipe(x, sizeof x);
    return made;
}

int ek_sm2_signature_holds(const ek_sm2_private *key, const ek_scalar *e, const ek_scalar *r,
                           const ek_scalar *s, const ek_witness *witness) {
    ek_scalar d, t, x, k;
    ek_scalar_mont factor;
    uint64_t holds;

    ek_private_scalars(&d, &factor, key);
    ek_scalar_add(&t, r, s);
    ek_scalar_to_mont(&factor, &t);
    ek_scalar_mul(&k, &factor, &d);
    ek_scalar_add(&k, &k, s);
    ek_scalar_add(&k, &k, &witness->minus_k);
    ek_scalar_sub(&x, r, e);
    holds = ek_scalar_is_zero(&k) & ek_gej_has_x(&witness->point, &x) & ~ek_scalar_is_zero(&t);
    EK_DECLASSIFY(&holds, sizeof holds);
    ek_wipe(&d, sizeof d);
    ek_wipe(&k, sizeof k);
    ek_wipe(&factor, sizeof factor);
    return (int)(holds & 1);
}

/* Draws nonces until one serves.  CT: only the number of draws leaks. */
static int sign_hedged(ek_scalar *r, ek_scalar *s, const ek_sm2_private *key, const uint8_t e[32],
                       const uint8_t fresh[32]) {
    ek_hmac_key nonce_key;
    ek_witness witness;
    ek_scalar k, e_mod_n;
    int made = 0;

    (void)ek_scalar_load(&e_mod_n, e);
    ek_private_nonce_key(&nonce_key, key);
    for (int draw = 0; !made && draw < EK_MOST_DRAWS; draw++) {
        if (!ek_nonce_draw(&k, &nonce_key, e, fresh, draw)) continue;
        made = ek_sm2_sign_with_nonce(r, s, &witness, key, &e_mod_n, &k);
    }
    if (made && !ek_sm2_signature_holds(key, &e_mod_n, r, s, &witness)) made = 0;
    ek_wipe(&nonce_key, sizeof nonce_key);
    ek_wipe(&witness, sizeof witness);
    ek_wipe(&k, sizeof k);
    return made;
}

int ek_sm2_sign_e_fresh(uint8_t *sig, size_t sig_cap, size_t *sig_len, int *why,
                        const ek_sm2_private *key, const uint8_t e[32], const uint8_t fresh[32]) {
    ek_scalar r, s;
    uint8_t r_bytes[32], s_bytes[32];

    *sig_len = 0;
    *why = EK_BAD_ARGUMENT;
    if (sig_cap < EK_SM2_SIGNATURE_MAX) return 0;
    *why = EK_FAULT_DETECTED;
    if (!sign_hedged(&r, &s, key, e, fresh)) {
        ek_wipe(&r, sizeof r); /* a faulty signature must not stay behind */
        ek_wipe(&s, sizeof s);
        return 0;
    }
    ek_scalar_store(r_bytes, &r);
    ek_scalar_store(s_bytes, &s);
    EK_DECLASSIFY(r_bytes, sizeof r_bytes);
    EK_DECLASSIFY(s_bytes, sizeof s_bytes);
    (void)ek_sm2_signature_encode(sig, sig_cap, sig_len, r_bytes, s_bytes); /* it fits */
    *why = EK_OK;
    return 1;
}

int ek_sm2_sign_e(uint8_t *sig, size_t sig_cap, size_t *sig_len, int *why,
                  const ek_sm2_private *key, const uint8_t e[32]) {
    uint8_t fresh[32];
    int made;
    *sig_len = 0;
    *why = EK_RANDOM_FAILED;
    if (!ek_random(fresh, sizeof fresh)) return 0;
    made = ek_sm2_sign_e_fresh(sig, sig_cap, sig_len, why, key, e, fresh);
    ek_wipe(fresh, sizeof fresh);
    return made;
}

int ek_sm2_sign(uint8_t *sig, size_t sig_cap, size_t *sig_len, int *why, const ek_sm2_private *key,
                const uint8_t *id, size_t id_len, const uint8_t *message, size_t message_len) {
    uint8_t e[32];
    *sig_len = 0;
    *why = EK_BAD_ARGUMENT;
    if (!ek_sm2_e(e, &key->public_key, id, id_len, message, message_len)) return 0;
    return ek_sm2_sign_e(sig, sig_cap, sig_len, why, key, e);
}
