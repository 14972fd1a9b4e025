/* sm2_nonce.c - the hedged nonce of sm2.h, one at a time and in lanes.  CT: nothing leaks but the
 * number of draws. */
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

/* --- Many first draws at once --------------------------------------------------------------- */

#define LANES EK_SM3_LANES
#define BLOCK EK_SM3_BLOCK_SIZE
#define SEED_LEN (33 + TAG_LEN + 96)

/* What the lanes of one kernel work on: HMAC keys and running states, word by word as kernels want
 * them; each lane's seed, with room for padding; and a block for its value. */
typedef struct wide_nonce {
    const ek_sm3_wide *kernel;
    uint32_t inner[8 * LANES], outer[8 * LANES], state[8 * LANES];
    uint8_t seed[LANES][3 * BLOCK], block[LANES][BLOCK];
    const uint8_t *seed_at[LANES], *block_at[LANES];
} wide_nonce;

/* The end of a message that comes after one block of HMAC's pad. */
static void end_message(uint8_t *blocks, size_t len, size_t count) {
    memset(blocks + len, 0, BLOCK * count - len);
    blocks[len] = 0x80;
    ek_store64(blocks + BLOCK * count - 8, (BLOCK + (uint64_t)len) << 3);
}

/* Digests to the fronts of the lanes' blocks. */
static void store_states(wide_nonce *w) {
    for (size_t i = 0; i < w->kernel->width; i++)
        for (size_t j = 0; j < 8; j++) ek_store32(w->block[i] + 4 * j, w->state[LANES * j + i]);
}

/* Each lane's block = HMAC of count blocks, padded for the next HMAC. */
static void wide_hmac(wide_nonce *w, const uint8_t *const *blocks, size_t count) {
    memcpy(w->state, w->inner, sizeof w->state);
    w->kernel->compress(w->state, blocks, count);
    store_states(w);
    for (size_t i = 0; i < w->kernel->width; i++) end_message(w->block[i], 32, 1);
    memcpy(w->state, w->outer, sizeof w->state);
    w->kernel->compress(w->state, w->block_at, 1);
    store_states(w);
}

/* One of the two pads of the keys in the lanes' blocks. */
static void wide_pad(wide_nonce *w, uint32_t *state, uint8_t pad) {
    for (size_t j = 0; j < 8; j++)
        for (size_t i = 0; i < LANES; i++) state[LANES * j + i] = ek_sm3_iv[j];
    for (size_t i = 0; i < w->kernel->width; i++) {
        for (size_t j = 0; j < 32; j++) w->block[i][j] ^= pad;
        memset(w->block[i] + 32, pad, BLOCK - 32);
    }
    w->kernel->compress(state, w->block_at, 1);
    for (size_t i = 0; i < w->kernel->width; i++)
        for (size_t j = 0; j < 32; j++) w->block[i][j] ^= pad;
}

/* As mix, in every lane. */
static void wide_mix(wide_nonce *w, uint8_t separator) {
    for (size_t i = 0; i < w->kernel->width; i++) w->seed[i][32] = separator;
    wide_hmac(w, w->seed_at, 3);
    wide_pad(w, w->inner, 0x36);
    wide_pad(w, w->outer, 0x5c);
    for (size_t i = 0; i < w->kernel->width; i++) {
        memcpy(w->block[i], w->seed[i], 32);
        end_message(w->block[i], 32, 1);
    }
    wide_hmac(w, w->block_at, 1);
    for (size_t i = 0; i < w->kernel->width; i++) memcpy(w->seed[i], w->block[i], 32);
}

static void wide_start(wide_nonce *w, const uint8_t d[32], const uint8_t (*e)[32],
                       const uint8_t (*fresh)[32], size_t count) {
    static const uint8_t zero[32] = {0};
    ek_hmac_key first;
    ek_hmac_set_key(&first, zero);
    for (size_t i = 0; i < LANES; i++) {
        uint8_t *seed = w->seed[i] + 33;
        size_t from = i < count ? i : 0; /* lanes to spare repeat the first */
        for (size_t j = 0; j < 8; j++) {
            w->inner[LANES * j + i] = first.inner.h[j];
            w->outer[LANES * j + i] = first.outer.h[j];
        }
        memset(w->seed[i], 1, 32);
        memcpy(seed, EK_NONCE_TAG, TAG_LEN);
        memcpy(seed + TAG_LEN, d, 32);
        memcpy(seed + TAG_LEN + 32, e[from], 32);
        memcpy(seed + TAG_LEN + 64, fresh[from], 32);
        end_message(w->seed[i], SEED_LEN, 3);
        w->seed_at[i] = w->seed[i];
        w->block_at[i] = w->block[i];
    }
}

/* Draws until a nonce serves.  Returns 0 when that does not happen. */
static int draw_one(ek_scalar *k, const uint8_t d[32], const uint8_t e[32],
                    const uint8_t fresh[32]) {
    ek_nonce state;
    int drawn = 0;
    ek_nonce_init(&state, d, e, fresh);
    while (!drawn && state.draws < EK_MOST_DRAWS) drawn = ek_nonce_next(k, &state);
    ek_wipe(&state, sizeof state);
    return drawn;
}

int ek_nonce_many(ek_scalar *k, const uint8_t d[32], const uint8_t (*e)[32],
                  const uint8_t (*fresh)[32], size_t count) {
    wide_nonce w;
    int all = 1;
    w.kernel = ek_sm3_kernels();
    if (w.kernel == NULL || count < w.kernel[1].worth) {
        for (size_t i = 0; i < count; i++) all &= draw_one(&k[i], d, e[i], fresh[i]);
        return all;
    }
    for (size_t done = 0; done < count; done += w.kernel->width) {
        size_t n = count - done < w.kernel->width ? count - done : w.kernel->width;
        wide_start(&w, d, e + done, fresh + done, n);
        wide_mix(&w, 0);
        wide_mix(&w, 1);
        wide_hmac(&w, w.block_at, 1);
        for (size_t i = 0; i < n; i++) {
            uint64_t bad = ek_mask_zero((uint64_t)ek_scalar_load(&k[done + i], w.block[i]));
            bad |= ek_scalar_is_zero(&k[done + i]);
            EK_DECLASSIFY(&bad, sizeof bad);
            if (bad) all &= draw_one(&k[done + i], d, e[done + i], fresh[done + i]);
        }
    }
    ek_wipe(&w, sizeof w);
    return all;
}
