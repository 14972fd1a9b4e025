/* sm2_nonce.c - the hedged nonce of sm2.h, one at a time and in lanes.  CT: nothing leaks but the
 * number of draws. */
#include "sm2.h"

void ek_nonce_key(ek_hmac_key *key, const uint8_t d[32]) {
    ek_hmac_key first;
    uint8_t derived[32];
    ek_hmac_set_key(&first, d);
    ek_hmac(derived, &first, (const uint8_t *)EK_NONCE_TAG, sizeof EK_NONCE_TAG - 1);
    ek_hmac_set_key(key, derived);
    ek_wipe(&first, sizeof first);
    ek_wipe(derived, sizeof derived);
}

static void set_seed(uint8_t seed[EK_NONCE_SEED], const uint8_t e[32], const uint8_t fresh[32],
                     int draw) {
    memcpy(seed, e, 32);
    memcpy(seed + 32, fresh, 32);
    seed[64] = (uint8_t)draw;
}

/* Rejection, never reduction: a reduced k would be biased by 2^-32. */
static int serves(ek_scalar *k, const uint8_t bytes[32]) {
    int below = ek_scalar_load(k, bytes);
    uint64_t bad = ek_mask_zero((uint64_t)below) | ek_scalar_is_zero(k);
    EK_DECLASSIFY(&bad, sizeof bad);
    return !bad;
}

int ek_nonce_draw(ek_scalar *k, const ek_hmac_key *key, const uint8_t e[32],
                  const uint8_t fresh[32], int draw) {
    uint8_t seed[EK_NONCE_SEED], bytes[32];
    int drawn;
    set_seed(seed, e, fresh, draw);
    ek_hmac(bytes, key, seed, sizeof seed);
    drawn = serves(k, bytes);
    ek_wipe(seed, sizeof seed);
    ek_wipe(bytes, sizeof bytes);
    return drawn;
}

/* --- Many first draws at once --------------------------------------------------------------- */

#define LANES EK_SM3_LANES

/* What the lanes of one kernel work on, and where each lane's blocks and its answer lie. */
typedef struct wide_nonce {
    const ek_sm3_wide *kernel;
    uint32_t state[8 * LANES];
    uint8_t blocks[LANES][2 * EK_SM3_BLOCK_SIZE], digest[LANES][32];
    const uint8_t *at[LANES];
} wide_nonce;

/* Each lane's digest = one of the two hashes of HMAC over its blocks. */
static void wide_hash(wide_nonce *w, const uint32_t start[8], size_t blocks) {
    for (size_t j = 0; j < 8; j++)
        for (size_t i = 0; i < LANES; i++) w->state[LANES * j + i] = start[j];
    w->kernel->compress(w->state, w->at, blocks);
    for (size_t i = 0; i < w->kernel->width; i++)
        for (size_t j = 0; j < 8; j++) ek_store32(w->digest[i] + 4 * j, w->state[LANES * j + i]);
}

static void wide_draw(wide_nonce *w, const ek_hmac_key *key, const uint8_t (*e)[32],
                      const uint8_t (*fresh)[32], size_t count) {
    uint8_t seed[EK_NONCE_SEED];
    size_t blocks = 0;
    for (size_t i = 0; i < w->kernel->width; i++) {
        size_t from = i < count ? i : 0; /* lanes to spare repeat the first */
        set_seed(seed, e[from], fresh[from], 0);
        blocks = ek_hmac_blocks(w->blocks[i], seed, sizeof seed);
        w->at[i] = w->blocks[i];
    }
    wide_hash(w, key->h, blocks);
    for (size_t i = 0; i < w->kernel->width; i++)
        blocks = ek_hmac_blocks(w->blocks[i], w->digest[i], 32);
    wide_hash(w, key->h + 8, blocks);
    ek_wipe(seed, sizeof seed);
}

/* Draws from the given number on until a nonce serves.  Returns 0 when that does not happen. */
static int draw_one(ek_scalar *k, const ek_hmac_key *key, const uint8_t e[32],
                    const uint8_t fresh[32], int draw) {
    for (; draw < EK_MOST_DRAWS; draw++)
        if (ek_nonce_draw(k, key, e, fresh, draw)) return 1;
    return 0;
}

int ek_nonce_many(ek_scalar *k, const ek_hmac_key *key, const uint8_t (*e)[32],
                  const uint8_t (*fresh)[32], size_t count) {
    wide_nonce w;
    int all = 1;
    w.kernel = ek_sm3_kernels();
    if (w.kernel == NULL || count < w.kernel[1].worth) {
        for (size_t i = 0; i < count; i++) all &= draw_one(&k[i], key, e[i], fresh[i], 0);
        return all;
    }
    for (size_t done = 0; done < count; done += w.kernel->width) {
        size_t n = count - done < w.kernel->width ? count - done : w.kernel->width;
        wide_draw(&w, key, e + done, fresh + done, n);
        for (size_t i = 0; i < n; i++)
            if (!serves(&k[done + i], w.digest[i]))
                all &= draw_one(&k[done + i], key, e[done + i], fresh[done + i], 1);
    }
    ek_wipe(&w, sizeof w);
    return all;
}
