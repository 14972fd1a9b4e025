/* sm3.c - SM3 (GB/T 32905-2016), one message.
 *
 * The 64 rounds are written out, so that the eight working variables are renamed instead of moved.
 * Rounds keep the general registers busy; the message expansion is three words at a time in vectors
 * of the compiler (SSE2 and NEON are always there on their 64-bit CPUs), because word j needs word
 * j-3.  Elsewhere a plain loop does the same.  No table, no branch on data: CT. */
#include "sm3.h"

#if defined(__clang__)
#define SHUFFLE(x, y, i, j, k, l) __builtin_shufflevector(x, y, i, j, k, l)
#elif defined(__GNUC__)
#define SHUFFLE(x, y, i, j, k, l) __builtin_shuffle(x, y, (words){i, j, k, l})
#endif
#if defined(SHUFFLE) && (defined(__SSE2__) || defined(__ARM_NEON)) && !defined(EK_PORTABLE)
#define VECTORS 1
#else
#define VECTORS 0
#endif

const uint32_t ek_sm3_t[64] = {
    0x79cc4519, 0xf3988a32, 0xe7311465, 0xce6228cb, 0x9cc45197, 0x3988a32f, 0x7311465e, 0xe6228cbc,
    0xcc451979, 0x988a32f3, 0x311465e7, 0x6228cbce, 0xc451979c, 0x88a32f39, 0x11465e73, 0x228cbce6,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
    0x7a879d8a, 0xf50f3b14, 0xea1e7629, 0xd43cec53, 0xa879d8a7, 0x50f3b14f, 0xa1e7629e, 0x43cec53d,
    0x879d8a7a, 0x0f3b14f5, 0x1e7629ea, 0x3cec53d4, 0x79d8a7a8, 0xf3b14f50, 0xe7629ea1, 0xcec53d43,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
};

static inline uint32_t rotl(uint32_t x, int n) {
    return (x << n) | (x >> (32 - n));
}

static inline uint32_t p0(uint32_t x) {
    return x ^ rotl(x, 9) ^ rotl(x, 17);
}

/* FF and GG of 4.3; "1" is for rounds 16 to 63. */
#define FF0(x, y, z) ((x) ^ (y) ^ (z))
#define GG0(x, y, z) ((x) ^ (y) ^ (z))
#define FF1(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define GG1(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))

/* One round of 5.3.3; t is T_j rotated by j.  d becomes the next a, h the next e. */
#define ROUND(i, a, b, c, d, e, f, g, h, t, w, w_prime)    \
    do {                                                   \
        uint32_t a12 = rotl(a, 12);                        \
        uint32_t ss1 = rotl(a12 + (e) + (uint32_t)(t), 7); \
        (d) += FF##i(a, b, c) + (ss1 ^ a12) + (w_prime);   \
        (h) = p0((h) + (w) + GG##i(e, f, g) + ss1);        \
        (b) = rotl(b, 9);                                  \
        (f) = rotl(f, 19);                                 \
    } while (0)

#if VECTORS
/* GCC's scheduler for the generic x86-64 moves loads away from their adds and spills for it. */
#if defined(__x86_64__) && !defined(__clang__)
#define IN_ORDER __attribute__((optimize("no-schedule-insns2")))
#else
#define IN_ORDER
#endif

typedef uint32_t words __attribute__((vector_size(16)));

static inline words load_words(const uint32_t *at) {
    words v;
    memcpy(&v, at, sizeof v);
    return v;
}

/* Stores, and makes the compiler read single words from memory: taking them out of the vector
 * costs GCC more than all of the expansion. */
static inline void store_words(uint32_t *at, words v) {
    memcpy(at, &v, sizeof v);
    __asm__("" : "+m"(*(uint32_t (*)[4])at));
}

static inline words rotl_words(words v, int n) {
    return (v << n) | (v >> (32 - n));
}

/* Words j to j+2 of 5.3.2 and W'[j-4..j-2]; v5 then begins with word j-1, as v4 does with j-4,
 * v3 with j-7, v2 with j-10, v1 with j-13, v0 with j-16. */
#define EXPAND(v0, v1, v2, v3, v4, v5, j)                   \
    do {                                                    \
        words x = (v2) ^ rotl_words(v4, 15), y = (v3);      \
        x = SHUFFLE(x, x, 1, 2, 3, 3) ^ (v0);               \
        x ^= rotl_words(x, 15) ^ rotl_words(x, 23);         \
        x ^= rotl_words(v1, 7) ^ SHUFFLE(y, y, 1, 2, 3, 3); \
        store_words(w + (j), x);                            \
        store_words(w_prime + (j) - 4, (v4) ^ x);           \
        (v5) = SHUFFLE(v4, x, 3, 4, 5, 6);                  \
    } while (0)

IN_ORDER static void compress(uint32_t state[8], const uint8_t *data, size_t blocks) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    uint32_t w[72], w_prime[68];

    for (; blocks; blocks--, data += EK_SM3_BLOCK_SIZE) {
        words v0, v1, v2, v3, v4, v5;
        for (int i = 0; i < 16; i++) w[i] = ek_load32(data + 4 * i);
        v0 = load_words(w);
        v1 = load_words(w + 3);
        v2 = load_words(w + 6);
        v3 = load_words(w + 9);
        v4 = load_words(w + 12);
        ROUND(0, a, b, c, d, e, f, g, h, 0x79cc4519, w[0], w[0] ^ w[4]);
        ROUND(0, d, a, b, c, h, e, f, g, 0xf3988a32, w[1], w[1] ^ w[5]);
        ROUND(0, c, d, a, b, g, h, e, f, 0xe7311465, w[2], w[2] ^ w[6]);
        ROUND(0, b, c, d, a, f, g, h, e, 0xce6228cb, w[3], w[3] ^ w[7]);
        ROUND(0, a, b, c, d, e, f, g, h, 0x9cc45197, w[4], w[4] ^ w[8]);
        ROUND(0, d, a, b, c, h, e, f, g, 0x3988a32f, w[5], w[5] ^ w[9]);
        ROUND(0, c, d, a, b, g, h, e, f, 0x7311465e, w[6], w[6] ^ w[10]);
        ROUND(0, b, c, d, a, f, g, h, e, 0xe6228cbc, w[7], w[7] ^ w[11]);
        ROUND(0, a, b, c, d, e, f, g, h, 0xcc451979, w[8], w[8] ^ w[12]);
        EXPAND(v0, v1, v2, v3, v4, v5, 16);
        ROUND(0, d, a, b, c, h, e, f, g, 0x988a32f3, w[9], w[9] ^ w[13]);
        ROUND(0, c, d, a, b, g, h, e, f, 0x311465e7, w[10], w[10] ^ w[14]);
        ROUND(0, b, c, d, a, f, g, h, e, 0x6228cbce, w[11], w[11] ^ w[15]);
        EXPAND(v1, v2, v3, v4, v5, v0, 19);
        ROUND(0, a, b, c, d, e, f, g, h, 0xc451979c, w[12], w_prime[12]);
        ROUND(0, d, a, b, c, h, e, f, g, 0x88a32f39, w[13], w_prime[13]);
        ROUND(0, c, d, a, b, g, h, e, f, 0x11465e73, w[14], w_prime[14]);
        EXPAND(v2, v3, v4, v5, v0, v1, 22);
        ROUND(0, b, c, d, a, f, g, h, e, 0x228cbce6, w[15], w_prime[15]);
        ROUND(1, a, b, c, d, e, f, g, h, 0x9d8a7a87, w[16], w_prime[16]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x3b14f50f, w[17], w_prime[17]);
        EXPAND(v3, v4, v5, v0, v1, v2, 25);
        ROUND(1, c, d, a, b, g, h, e, f, 0x7629ea1e, w[18], w_prime[18]);
        ROUND(1, b, c, d, a, f, g, h, e, 0xec53d43c, w[19], w_prime[19]);
        ROUND(1, a, b, c, d, e, f, g, h, 0xd8a7a879, w[20], w_prime[20]);
        EXPAND(v4, v5, v0, v1, v2, v3, 28);
        ROUND(1, d, a, b, c, h, e, f, g, 0xb14f50f3, w[21], w_prime[21]);
        ROUND(1, c, d, a, b, g, h, e, f, 0x629ea1e7, w[22], w_prime[22]);
        ROUND(1, b, c, d, a, f, g, h, e, 0xc53d43ce, w[23], w_prime[23]);
        EXPAND(v5, v0, v1, v2, v3, v4, 31);
        ROUND(1, a, b, c, d, e, f, g, h, 0x8a7a879d, w[24], w_prime[24]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x14f50f3b, w[25], w_prime[25]);
        ROUND(1, c, d, a, b, g, h, e, f, 0x29ea1e76, w[26], w_prime[26]);
        EXPAND(v0, v1, v2, v3, v4, v5, 34);
        ROUND(1, b, c, d, a, f, g, h, e, 0x53d43cec, w[27], w_prime[27]);
        ROUND(1, a, b, c, d, e, f, g, h, 0xa7a879d8, w[28], w_prime[28]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x4f50f3b1, w[29], w_prime[29]);
        EXPAND(v1, v2, v3, v4, v5, v0, 37);
        ROUND(1, c, d, a, b, g, h, e, f, 0x9ea1e762, w[30], w_prime[30]);
        ROUND(1, b, c, d, a, f, g, h, e, 0x3d43cec5, w[31], w_prime[31]);
        ROUND(1, a, b, c, d, e, f, g, h, 0x7a879d8a, w[32], w_prime[32]);
        EXPAND(v2, v3, v4, v5, v0, v1, 40);
        ROUND(1, d, a, b, c, h, e, f, g, 0xf50f3b14, w[33], w_prime[33]);
        ROUND(1, c, d, a, b, g, h, e, f, 0xea1e7629, w[34], w_prime[34]);
        ROUND(1, b, c, d, a, f, g, h, e, 0xd43cec53, w[35], w_prime[35]);
        EXPAND(v3, v4, v5, v0, v1, v2, 43);
        ROUND(1, a, b, c, d, e, f, g, h, 0xa879d8a7, w[36], w_prime[36]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x50f3b14f, w[37], w_prime[37]);
        ROUND(1, c, d, a, b, g, h, e, f, 0xa1e7629e, w[38], w_prime[38]);
        EXPAND(v4, v5, v0, v1, v2, v3, 46);
        ROUND(1, b, c, d, a, f, g, h, e, 0x43cec53d, w[39], w_prime[39]);
        ROUND(1, a, b, c, d, e, f, g, h, 0x879d8a7a, w[40], w_prime[40]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x0f3b14f5, w[41], w_prime[41]);
        EXPAND(v5, v0, v1, v2, v3, v4, 49);
        ROUND(1, c, d, a, b, g, h, e, f, 0x1e7629ea, w[42], w_prime[42]);
        ROUND(1, b, c, d, a, f, g, h, e, 0x3cec53d4, w[43], w_prime[43]);
        ROUND(1, a, b, c, d, e, f, g, h, 0x79d8a7a8, w[44], w_prime[44]);
        EXPAND(v0, v1, v2, v3, v4, v5, 52);
        ROUND(1, d, a, b, c, h, e, f, g, 0xf3b14f50, w[45], w_prime[45]);
        ROUND(1, c, d, a, b, g, h, e, f, 0xe7629ea1, w[46], w_prime[46]);
        ROUND(1, b, c, d, a, f, g, h, e, 0xcec53d43, w[47], w_prime[47]);
        EXPAND(v1, v2, v3, v4, v5, v0, 55);
        ROUND(1, a, b, c, d, e, f, g, h, 0x9d8a7a87, w[48], w_prime[48]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x3b14f50f, w[49], w_prime[49]);
        ROUND(1, c, d, a, b, g, h, e, f, 0x7629ea1e, w[50], w_prime[50]);
        EXPAND(v2, v3, v4, v5, v0, v1, 58);
        ROUND(1, b, c, d, a, f, g, h, e, 0xec53d43c, w[51], w_prime[51]);
        ROUND(1, a, b, c, d, e, f, g, h, 0xd8a7a879, w[52], w_prime[52]);
        ROUND(1, d, a, b, c, h, e, f, g, 0xb14f50f3, w[53], w_prime[53]);
        EXPAND(v3, v4, v5, v0, v1, v2, 61);
        ROUND(1, c, d, a, b, g, h, e, f, 0x629ea1e7, w[54], w_prime[54]);
        ROUND(1, b, c, d, a, f, g, h, e, 0xc53d43ce, w[55], w_prime[55]);
        ROUND(1, a, b, c, d, e, f, g, h, 0x8a7a879d, w[56], w_prime[56]);
        EXPAND(v4, v5, v0, v1, v2, v3, 64);
        ROUND(1, d, a, b, c, h, e, f, g, 0x14f50f3b, w[57], w_prime[57]);
        ROUND(1, c, d, a, b, g, h, e, f, 0x29ea1e76, w[58], w_prime[58]);
        ROUND(1, b, c, d, a, f, g, h, e, 0x53d43cec, w[59], w_prime[59]);
        EXPAND(v5, v0, v1, v2, v3, v4, 67);
        ROUND(1, a, b, c, d, e, f, g, h, 0xa7a879d8, w[60], w_prime[60]);
        ROUND(1, d, a, b, c, h, e, f, g, 0x4f50f3b1, w[61], w_prime[61]);
        ROUND(1, c, d, a, b, g, h, e, f, 0x9ea1e762, w[62], w_prime[62]);
        ROUND(1, b, c, d, a, f, g, h, e, 0x3d43cec5, w[63], w_prime[63]);
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
    ek_wipe(w_prime, sizeof w_prime);
}

#else

static inline uint32_t p1(uint32_t x) {
    return x ^ rotl(x, 15) ^ rotl(x, 23);
}

#define FOUR(i, j)                                                                            \
    ROUND(i, a, b, c, d, e, f, g, h, ek_sm3_t[j], w[j], w[(j)] ^ w[(j) + 4]);                 \
    ROUND(i, d, a, b, c, h, e, f, g, ek_sm3_t[(j) + 1], w[(j) + 1], w[(j) + 1] ^ w[(j) + 5]); \
    ROUND(i, c, d, a, b, g, h, e, f, ek_sm3_t[(j) + 2], w[(j) + 2], w[(j) + 2] ^ w[(j) + 6]); \
    ROUND(i, b, c, d, a, f, g, h, e, ek_sm3_t[(j) + 3], w[(j) + 3], w[(j) + 3] ^ w[(j) + 7])

static void compress(uint32_t state[8], const uint8_t *data, size_t blocks) {
    uint32_t w[68];

    for (; blocks; blocks--, data += EK_SM3_BLOCK_SIZE) {
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int j = 0; j < 16; j++) w[j] = ek_load32(data + 4 * j);
        for (int j = 16; j < 68; j++)
            w[j] = p1(w[j - 16] ^ w[j - 9] ^ rotl(w[j - 3], 15)) ^ rotl(w[j - 13], 7) ^ w[j - 6];
        for (int j = 0; j < 16; j += 4) {
            FOUR(0, j);
        }
        for (int j = 16; j < 64; j += 4) {
            FOUR(1, j);
        }
        state[0] ^= a;
        state[1] ^= b;
        state[2] ^= c;
        state[3] ^= d;
        state[4] ^= e;
        state[5] ^= f;
        state[6] ^= g;
        state[7] ^= h;
    }
    ek_wipe(w, sizeof w);
}

#endif

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
    uint32_t h[8];
    uint8_t last[3 * EK_SM3_BLOCK_SIZE]; /* a block of the message may come along with the tail */
    size_t whole = data_len / EK_SM3_BLOCK_SIZE, along = whole == 1, blocks;
    const uint8_t *rest = data_len ? data + EK_SM3_BLOCK_SIZE * whole : data;

    memcpy(h, ek_sm3_iv, sizeof h);
    if (along)
        memcpy(last, data, EK_SM3_BLOCK_SIZE);
    else if (whole)
        ek_sm3_compress(h, data, whole);
    blocks = along + ek_sm3_pad(last + EK_SM3_BLOCK_SIZE * along, rest, data_len);
    ek_sm3_compress(h, last, blocks);
    for (int i = 0; i < 8; i++) ek_store32(digest + 4 * i, h[i]);
    ek_wipe(h, sizeof h);
    ek_wipe(last, EK_SM3_BLOCK_SIZE * blocks);
}

/* HMAC of GB/T 15852.2 with SM3; keys here are never longer than a block. */

static void hmac_pad(uint32_t h[8], const uint8_t key[EK_SM3_DIGEST_SIZE], uint8_t pad) {
    uint8_t block[EK_SM3_BLOCK_SIZE];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)((i < EK_SM3_DIGEST_SIZE ? key[i] : 0) ^ pad);
    memcpy(h, ek_sm3_iv, sizeof ek_sm3_iv);
    ek_sm3_compress(h, block, 1);
    ek_wipe(block, sizeof block);
}

void ek_hmac_set_key(ek_hmac_key *key, const uint8_t bytes[EK_SM3_DIGEST_SIZE]) {
    hmac_pad(key->h, bytes, 0x36);
    hmac_pad(key->h + 8, bytes, 0x5c);
}

size_t ek_hmac_blocks(uint8_t blocks[2 * EK_SM3_BLOCK_SIZE], const uint8_t *message,
                      size_t message_len) {
    size_t count = message_len + 9 > EK_SM3_BLOCK_SIZE ? 2 : 1, size = EK_SM3_BLOCK_SIZE * count;
    memset(blocks + message_len, 0, size - message_len);
    memcpy(blocks, message, message_len);
    blocks[message_len] = 0x80;
    ek_store64(blocks + size - 8, (EK_SM3_BLOCK_SIZE + (uint64_t)message_len) << 3);
    return count;
}

void ek_hmac(uint8_t mac[EK_SM3_DIGEST_SIZE], const ek_hmac_key *key, const uint8_t *message,
             size_t message_len) {
    uint8_t blocks[2 * EK_SM3_BLOCK_SIZE];
    uint32_t h[16];
    memcpy(h, key->h, sizeof h);
    ek_sm3_compress(h, blocks, ek_hmac_blocks(blocks, message, message_len));
    for (int i = 0; i < 8; i++) ek_store32(mac + 4 * i, h[i]);
    ek_sm3_compress(h + 8, blocks, ek_hmac_blocks(blocks, mac, EK_SM3_DIGEST_SIZE));
    for (int i = 0; i < 8; i++) ek_store32(mac + 4 * i, h[8 + i]);
    ek_wipe(h, sizeof h);
    ek_wipe(blocks, sizeof blocks);
}
