/* sm3.c - SM3 (GB/T 32905-2016).
 *
 * The 64 rounds are written out, so that the eight working variables are renamed instead of moved,
 * and one word of the message expansion is computed in each round that needs it: the expansion
 * then fills the gaps of the round's dependency chain.  No table, no branch on data: CT. */
#include "sm3.h"

static inline uint32_t rotl(uint32_t x, int n) {
    return (x << n) | (x >> (32 - n));
}

static inline uint32_t p0(uint32_t x) {
    return x ^ rotl(x, 9) ^ rotl(x, 17);
}

static inline uint32_t p1(uint32_t x) {
    return x ^ rotl(x, 15) ^ rotl(x, 23);
}

/* FF and GG of 4.3; "1" is for rounds 16 to 63.  The terms of GG1 have no bit in common. */
#define FF0(x, y, z) ((x) ^ (y) ^ (z))
#define GG0(x, y, z) ((x) ^ (y) ^ (z))
#define FF1(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define GG1(x, y, z) (((x) & (y)) + (~(x) & (z)))

/* One round of 5.3.3; t is T_j rotated by j.  d becomes the next a, h the next e. */
#define ROUND(i, a, b, c, d, e, f, g, h, t, w, w4)          \
    do {                                                    \
        uint32_t a12 = rotl(a, 12);                         \
        uint32_t ss1 = rotl(a12 + (e) + (uint32_t)(t), 7);  \
        (d) += FF##i(a, b, c) + (ss1 ^ a12) + ((w) ^ (w4)); \
        (h) = p0((h) + (w) + GG##i(e, f, g) + ss1);         \
        (b) = rotl(b, 9);                                   \
        (f) = rotl(f, 19);                                  \
    } while (0)

/* Word j + 16 of 5.3.2 replaces word j; the indices are modulo 16. */
#define EXPAND(j)                                                                       \
    (w[(j) & 15] = p1(w[(j) & 15] ^ w[((j) + 7) & 15] ^ rotl(w[((j) + 13) & 15], 15)) ^ \
                   rotl(w[((j) + 3) & 15], 7) ^ w[((j) + 10) & 15])

static void compress(uint32_t state[8], const uint8_t *data, size_t blocks) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    uint32_t w[16];

    for (; blocks; blocks--, data += EK_SM3_BLOCK_SIZE) {
        for (int i = 0; i < 16; i++) w[i] = ek_load32(data + 4 * i);
        ROUND(0, a, b, c, d, e, f, g, h, 0x79cc4519, w[0], w[4]);
        ROUND(0, d, a, b, c, h, e, f, g, 0xf3988a32, w[1], w[5]);
        ROUND(0, c, d, a, b, g, h, e, f, 0xe7311465, w[2], w[6]);
        ROUND(0, b, c, d, a, f, g, h, e, 0xce6228cb, w[3], w[7]);
        ROUND(0, a, b, c, d, e, f, g, h, 0x9cc45197, w[4], w[8]);
        ROUND(0, d, a, b, c, h, e, f, g, 0x3988a32f, w[5], w[9]);
        ROUND(0, c, d, a, b, g, h, e, f, 0x7311465e, w[6], w[10]);
        ROUND(0, b, c, d, a, f, g, h, e, 0xe6228cbc, w[7], w[11]);
        ROUND(0, a, b, c, d, e, f, g, h, 0xcc451979, w[8], w[12]);
        ROUND(0, d, a, b, c, h, e, f, g, 0x988a32f3, w[9], w[13]);
        ROUND(0, c, d, a, b, g, h, e, f, 0x311465e7, w[10], w[14]);
        ROUND(0, b, c, d, a, f, g, h, e, 0x6228cbce, w[11], w[15]);
        EXPAND(0);
        ROUND(0, a, b, c, d, e, f, g, h, 0xc451979c, w[12], w[0]);
        EXPAND(1);
        ROUND(0, d, a, b, c, h, e, f, g, 0x88a32f39, w[13], w[1]);
        EXPAND(2);
        ROUND(0, c, d, a, b, g, h, e, f, 0x11465e73, w[14], w[2]);
        EXPAND(3);
        ROUND(0, b, c, d, a, f, g, h, e, 0x228cbce6, w[15], w[3]);
        EXPAND(4);
        ROUND(1, a, b, c, d, e, f, g, h, 0x9d8a7a87, w[0], w[4]);
        EXPAND(5);
        ROUND(1, d, a, b, c, h, e, f, g, 0x3b14f50f, w[1], w[5]);
        EXPAND(6);
        ROUND(1, c, d, a, b, g, h, e, f, 0x7629ea1e, w[2], w[6]);
        EXPAND(7);
        ROUND(1, b, c, d, a, f, g, h, e, 0xec53d43c, w[3], w[7]);
        EXPAND(8);
        ROUND(1, a, b, c, d, e, f, g, h, 0xd8a7a879, w[4], w[8]);
        EXPAND(9);
        ROUND(1, d, a, b, c, h, e, f, g, 0xb14f50f3, w[5], w[9]);
        EXPAND(10);
        ROUND(1, c, d, a, b, g, h, e, f, 0x629ea1e7, w[6], w[10]);
        EXPAND(11);
        ROUND(1, b, c, d, a, f, g, h, e, 0xc53d43ce, w[7], w[11]);
        EXPAND(12);
        ROUND(1, a, b, c, d, e, f, g, h, 0x8a7a879d, w[8], w[12]);
        EXPAND(13);
        ROUND(1, d, a, b, c, h, e, f, g, 0x14f50f3b, w[9], w[13]);
        EXPAND(14);
        ROUND(1, c, d, a, b, g, h, e, f, 0x29ea1e76, w[10], w[14]);
        EXPAND(15);
        ROUND(1, b, c, d, a, f, g, h, e, 0x53d43cec, w[11], w[15]);
        EXPAND(16);
        ROUND(1, a, b, c, d, e, f, g, h, 0xa7a879d8, w[12], w[0]);
        EXPAND(17);
        ROUND(1, d, a, b, c, h, e, f, g, 0x4f50f3b1, w[13], w[1]);
        EXPAND(18);
        ROUND(1, c, d, a, b, g, h, e, f, 0x9ea1e762, w[14], w[2]);
        EXPAND(19);
        ROUND(1, b, c, d, a, f, g, h, e, 0x3d43cec5, w[15], w[3]);
        EXPAND(20);
        ROUND(1, a, b, c, d, e, f, g, h, 0x7a879d8a, w[0], w[4]);
        EXPAND(21);
        ROUND(1, d, a, b, c, h, e, f, g, 0xf50f3b14, w[1], w[5]);
        EXPAND(22);
        ROUND(1, c, d, a, b, g, h, e, f, 0xea1e7629, w[2], w[6]);
        EXPAND(23);
        ROUND(1, b, c, d, a, f, g, h, e, 0xd43cec53, w[3], w[7]);
        EXPAND(24);
        ROUND(1, a, b, c, d, e, f, g, h, 0xa879d8a7, w[4], w[8]);
        EXPAND(25);
        ROUND(1, d, a, b, c, h, e, f, g, 0x50f3b14f, w[5], w[9]);
        EXPAND(26);
        ROUND(1, c, d, a, b, g, h, e, f, 0xa1e7629e, w[6], w[10]);
        EXPAND(27);
        ROUND(1, b, c, d, a, f, g, h, e, 0x43cec53d, w[7], w[11]);
        EXPAND(28);
        ROUND(1, a, b, c, d, e, f, g, h, 0x879d8a7a, w[8], w[12]);
        EXPAND(29);
        ROUND(1, d, a, b, c, h, e, f, g, 0x0f3b14f5, w[9], w[13]);
        EXPAND(30);
        ROUND(1, c, d, a, b, g, h, e, f, 0x1e7629ea, w[10], w[14]);
        EXPAND(31);
        ROUND(1, b, c, d, a, f, g, h, e, 0x3cec53d4, w[11], w[15]);
        EXPAND(32);
        ROUND(1, a, b, c, d, e, f, g, h, 0x79d8a7a8, w[12], w[0]);
        EXPAND(33);
        ROUND(1, d, a, b, c, h, e, f, g, 0xf3b14f50, w[13], w[1]);
        EXPAND(34);
        ROUND(1, c, d, a, b, g, h, e, f, 0xe7629ea1, w[14], w[2]);
        EXPAND(35);
        ROUND(1, b, c, d, a, f, g, h, e, 0xcec53d43, w[15], w[3]);
        EXPAND(36);
        ROUND(1, a, b, c, d, e, f, g, h, 0x9d8a7a87, w[0], w[4]);
        EXPAND(37);
        ROUND(1, d, a, b, c, h, e, f, g, 0x3b14f50f, w[1], w[5]);
        EXPAND(38);
        ROUND(1, c, d, a, b, g, h, e, f, 0x7629ea1e, w[2], w[6]);
        EXPAND(39);
        ROUND(1, b, c, d, a, f, g, h, e, 0xec53d43c, w[3], w[7]);
        EXPAND(40);
        ROUND(1, a, b, c, d, e, f, g, h, 0xd8a7a879, w[4], w[8]);
        EXPAND(41);
        ROUND(1, d, a, b, c, h, e, f, g, 0xb14f50f3, w[5], w[9]);
        EXPAND(42);
        ROUND(1, c, d, a, b, g, h, e, f, 0x629ea1e7, w[6], w[10]);
        EXPAND(43);
        ROUND(1, b, c, d, a, f, g, h, e, 0xc53d43ce, w[7], w[11]);
        EXPAND(44);
        ROUND(1, a, b, c, d, e, f, g, h, 0x8a7a879d, w[8], w[12]);
        EXPAND(45);
        ROUND(1, d, a, b, c, h, e, f, g, 0x14f50f3b, w[9], w[13]);
        EXPAND(46);
        ROUND(1, c, d, a, b, g, h, e, f, 0x29ea1e76, w[10], w[14]);
        EXPAND(47);
        ROUND(1, b, c, d, a, f, g, h, e, 0x53d43cec, w[11], w[15]);
        EXPAND(48);
        ROUND(1, a, b, c, d, e, f, g, h, 0xa7a879d8, w[12], w[0]);
        EXPAND(49);
        ROUND(1, d, a, b, c, h, e, f, g, 0x4f50f3b1, w[13], w[1]);
        EXPAND(50);
        ROUND(1, c, d, a, b, g, h, e, f, 0x9ea1e762, w[14], w[2]);
        EXPAND(51);
        ROUND(1, b, c, d, a, f, g, h, e, 0x3d43cec5, w[15], w[3]);
        state[0] = a ^= state[0];
        state[1] = b ^= state[1];
        state[2] = c ^= state[2];
        state[3] = d ^= state[3];
        state[4] = e ^= state[4];
        state[5] = f ^= state[5];
        state[6] = g ^= state[6];
        state[7] = h ^= state[7];
    }
    ek_wipe(w, sizeof w); /* hashed secrets: the nonce generator runs through here */
}

void ek_sm3_compress(uint32_t state[8], const uint8_t *data, size_t blocks) {
#if EK_X86_ASM
    if (ek_level() >= EK_LEVEL_AVX2) {
        ek_sm3_compress_bmi2(state, data, blocks);
        return;
    }
#endif
    compress(state, data, blocks);
}

const uint32_t ek_sm3_iv[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                               0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};

void ek_sm3_init(ek_sm3 *state) {
    memcpy(state->h, ek_sm3_iv, sizeof ek_sm3_iv);
    state->count = 0;
    memset(state->block, 0, sizeof state->block);
}

void ek_sm3_update(ek_sm3 *state, const uint8_t *data, size_t data_len) {
    size_t held = (size_t)(state->count % EK_SM3_BLOCK_SIZE);
    if (data_len == 0) return;
    state->count += data_len;
    if (held) {
        size_t take = EK_SM3_BLOCK_SIZE - held < data_len ? EK_SM3_BLOCK_SIZE - held : data_len;
        memcpy(state->block + held, data, take);
        data += take;
        data_len -= take;
        if (held + take < EK_SM3_BLOCK_SIZE) return;
        ek_sm3_compress(state->h, state->block, 1);
    }
    if (data_len >= EK_SM3_BLOCK_SIZE)
        ek_sm3_compress(state->h, data, data_len / EK_SM3_BLOCK_SIZE);
    data += data_len - data_len % EK_SM3_BLOCK_SIZE;
    memcpy(state->block, data, data_len % EK_SM3_BLOCK_SIZE);
}

size_t ek_sm3_pad(uint8_t tail[2 * EK_SM3_BLOCK_SIZE], const uint8_t *rest, uint64_t count) {
    size_t held = (size_t)(count % EK_SM3_BLOCK_SIZE);
    size_t tail_len = held < EK_SM3_BLOCK_SIZE - 8 ? EK_SM3_BLOCK_SIZE : 2 * EK_SM3_BLOCK_SIZE;
    memset(tail, 0, tail_len);
    if (held) memcpy(tail, rest, held);
    tail[held] = 0x80;
    ek_store64(tail + tail_len - 8, count << 3);
    return tail_len / EK_SM3_BLOCK_SIZE;
}

void ek_sm3_final(uint8_t digest[EK_SM3_DIGEST_SIZE], const ek_sm3 *state) {
    uint32_t h[8];
    uint8_t tail[2 * EK_SM3_BLOCK_SIZE];

    memcpy(h, state->h, sizeof h);
    ek_sm3_compress(h, tail, ek_sm3_pad(tail, state->block, state->count));
    for (int i = 0; i < 8; i++) ek_store32(digest + 4 * i, h[i]);
    ek_wipe(h, sizeof h);
    ek_wipe(tail, sizeof tail);
}

void ek_sm3_digest(uint8_t digest[EK_SM3_DIGEST_SIZE], const uint8_t *data, size_t data_len) {
    ek_sm3 state;
    ek_sm3_init(&state);
    ek_sm3_update(&state, data, data_len);
    ek_sm3_final(digest, &state);
    ek_wipe(&state, sizeof state);
}

/* HMAC of GB/T 15852.2 with SM3; keys here are never longer than a block. */

static void hmac_pad(ek_sm3 *state, const uint8_t key[EK_SM3_DIGEST_SIZE], uint8_t pad) {
    uint8_t block[EK_SM3_BLOCK_SIZE];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)((i < EK_SM3_DIGEST_SIZE ? key[i] : 0) ^ pad);
    ek_sm3_init(state);
    ek_sm3_update(state, block, sizeof block);
    ek_wipe(block, sizeof block);
}

void ek_hmac_init(ek_sm3 *state, const uint8_t key[EK_SM3_DIGEST_SIZE]) {
    hmac_pad(state, key, 0x36);
}

void ek_hmac_final(uint8_t mac[EK_SM3_DIGEST_SIZE], ek_sm3 *state,
                   const uint8_t key[EK_SM3_DIGEST_SIZE]) {
    uint8_t inner[EK_SM3_DIGEST_SIZE];
    ek_sm3_final(inner, state);
    hmac_pad(state, key, 0x5c);
    ek_sm3_update(state, inner, sizeof inner);
    ek_sm3_final(mac, state);
    ek_wipe(inner, sizeof inner);
    ek_wipe(state, sizeof *state);
}
