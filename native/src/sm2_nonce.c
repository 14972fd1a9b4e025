/* sm2_nonce.c - the hedged nonce of sm2.h.  CT: nothing leaks but the number of draws. */
#include "sm2.h"

/* key = HMAC(key, value || separator || seed); value = HMAC(key, value): steps d to g of RFC 6979
 * 3.2, or with an empty seed the step after a refused k. */
static void mix(ek_nonce *state, uint8_t separator, const uint8_t *d, const uint8_t *e,
                const uint8_t *fresh) {
    ek_sm3 mac;
    ek_hmac_init(&mac, state->key);
    ek_sm3_update(&mac, state->value, 32);
    ek_sm3_update(&mac, &separator, 1);
    if (d) {
        ek_sm3_update(&mac, (const uint8_t *)EK_NONCE_TAG, sizeof EK_NONCE_TAG - 1);
        ek_sm3_update(&mac, d, 32);
        ek_sm3_update(&mac, e, 32);
        ek_sm3_update(&mac, fresh, 32);
    }
    ek_hmac_final(state->key, &mac, state->key);
    ek_hmac_init(&mac, state->key);
    ek_sm3_update(&mac, state->value, 32);
    ek_hmac_final(state->value, &mac, state->key);
}

void ek_nonce_init(ek_nonce *state, const uint8_t d[32], const uint8_t e[32],
                   const uint8_t fresh[32]) {
    memset(state->key, 0, sizeof state->key);
    memset(state->value, 1, sizeof state->value);
    mix(state, 0, d, e, fresh);
    mix(state, 1, d, e, fresh);
}

int ek_nonce_next(ek_scalar *k, ek_nonce *state) {
    ek_sm3 mac;
    uint64_t bad;
    int below;
    ek_hmac_init(&mac, state->key);
    ek_sm3_update(&mac, state->value, 32);
    ek_hmac_final(state->value, &mac, state->key);
    below = ek_scalar_load(k, state->value);
    bad = ek_mask_zero((uint64_t)below) | ek_scalar_is_zero(k);
    /* Rejection, never reduction: a reduced k would be biased by 2^-32. */
    EK_DECLASSIFY(&bad, sizeof bad);
    mix(state, 0, NULL, NULL, NULL); /* a further draw starts from a new key */
    return !bad;
}
