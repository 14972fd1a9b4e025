/* calls.h - the core's functions in the shape that costs Python least: what would come back through
 * pointers to numbers is the return value (each such number would be an object made for the call).
 * Included by the extension alone. */
#ifndef EK_CALLS_H
#define EK_CALLS_H

#include "esealkit_native.h"

/* Each returns EK_OK or why not; a signature's length is in its DER. */
static int call_sign(uint8_t *sig, const ek_sm2_private *key, const uint8_t *id, size_t id_len,
                     const uint8_t *message, size_t message_len) {
    size_t sig_len;
    int why;
    (void)ek_sm2_sign(sig, EK_SM2_SIGNATURE_MAX, &sig_len, &why, key, id, id_len, message,
                      message_len);
    return why;
}

static int call_sign_e(uint8_t *sig, const ek_sm2_private *key, const uint8_t *e) {
    size_t sig_len;
    int why;
    (void)ek_sm2_sign_e(sig, EK_SM2_SIGNATURE_MAX, &sig_len, &why, key, e);
    return why;
}

static int call_sign_e_fresh(uint8_t *sig, const ek_sm2_private *key, const uint8_t *e,
                             const uint8_t *fresh) {
    size_t sig_len;
    int why;
    (void)ek_sm2_sign_e_fresh(sig, EK_SM2_SIGNATURE_MAX, &sig_len, &why, key, e, fresh);
    return why;
}

static int call_verify(const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                       const uint8_t *id, size_t id_len, const uint8_t *message,
                       size_t message_len) {
    int why;
    (void)ek_sm2_verify(&why, key, sig, sig_len, id, id_len, message, message_len);
    return why;
}

static int call_verify_by_table(const ek_sm2_public *key, const ek_sm2_table *table,
                                const uint8_t *sig, size_t sig_len, const uint8_t *id,
                                size_t id_len, const uint8_t *message, size_t message_len) {
    int why;
    (void)ek_sm2_verify_by_table(&why, key, table, sig, sig_len, id, id_len, message, message_len);
    return why;
}

static int call_verify_e(const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                         const uint8_t *e) {
    int why;
    (void)ek_sm2_verify_e(&why, key, sig, sig_len, e);
    return why;
}

#endif
