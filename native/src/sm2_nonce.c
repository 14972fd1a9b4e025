/* sm2_nonce.c - the hedged nonce of sm2.h.  CT: nothing leaks but the number of draws. */
#include "sm2.h"

#define TAG_LEN (sizeof EK_NONCE_TAG - 1)

/* key = HMAC(key, value || separator || seed); value = HMAC(key, value): steps d to g of RFC 6979
 * 3.2, or with an empty seed the step after a refused k.  state->seed holds what is hashed, the
 * value first. */
static void mix(ek_nonce *state, uint8_t separator, size_t seed_len) {
    uint8_t key[32];
    state->seed[32] = separator;
    ek_hmac(key, &state->key, state->seed, 33 + seed_len);
    ek_hmac_set_key(&state->key, key);
    ek_hmac(state->seed, &state->key, state->seed, 32);
    ek_wipe(key, sizeof key);
}

void ek_nonce_init(ek_nonce *state, const uint8_t d[32], const uint8_t e[32],
                   const uint8_t fresh[32]) {
    static const uint8_t zero[32] = {0};
    uint8_t *seed = state->seed + 33;
    ek_hmac_set_key(&state->key, zero);
    memset(state->seed, 1, 32);
    memcpy(seed, EK_NONCE_TAG, TAG_LEN);
    memcpy(seed + TAG_LEN, d, 32);
    memcpy(seed + TAG_LEN + 32, e, 32);
    memcpy(seed + TAG_LEN + 64, fresh, 32);
    mix(state, 0, TAG_LEN + 96);
    mix(state, 1, TAG_LEN + 96);
    state->draws = 0;
}

int ek_nonce_next(ek_scalar *k, ek_nonce *state) {
    uint64_t bad;
    int below;
    if (state->draws++) mix(state, 0, 0); /* a further draw starts from a new key */
    ek_hmac(state->seed, &state->key, state->seed, 32);
    below = ek_scalar_load(k, state->seed);
    bad = ek_mask_zero((uint64_t)below) | ek_scalar_is_zero(k);
    /* Rejection, never reduction: a reduced k would be biased by 2^-32. */
    EK_DECLASSIFY(&bad, sizeof bad);
    return !bad;
}
