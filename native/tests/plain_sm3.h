/* plain_sm3.h - SM3 as the standard writes it, word by word: what the fast bodies are held against.
 * It shares no line with them. */
#ifndef EK_TESTS_PLAIN_SM3_H
#define EK_TESTS_PLAIN_SM3_H

#include <stdint.h>
#include <stddef.h>

static inline uint32_t plain_rotate(uint32_t x, unsigned n) {
    n %= 32;
    return n == 0 ? x : (x << n) | (x >> (32 - n));
}

static inline void plain_block(uint32_t v[8], const uint8_t *block) {
    uint32_t w[68], r[8], n;
    for (int j = 0; j < 16; j++)
        w[j] = (uint32_t)block[4 * j] << 24 | (uint32_t)block[4 * j + 1] << 16 |
               (uint32_t)block[4 * j + 2] << 8 | block[4 * j + 3];
    for (int j = 16; j < 68; j++) {
        n = w[j - 16] ^ w[j - 9] ^ plain_rotate(w[j - 3], 15);
        n = n ^ plain_rotate(n, 15) ^ plain_rotate(n, 23);
        w[j] = n ^ plain_rotate(w[j - 13], 7) ^ w[j - 6];
    }
    for (int i = 0; i < 8; i++) r[i] = v[i];
    for (unsigned j = 0; j < 64; j++) {
        uint32_t t = j < 16 ? 0x79cc4519u : 0x7a879d8au;
        uint32_t ss1 = plain_rotate(plain_rotate(r[0], 12) + r[4] + plain_rotate(t, j), 7);
        uint32_t ss2 = ss1 ^ plain_rotate(r[0], 12);
        uint32_t ff = j < 16 ? r[0] ^ r[1] ^ r[2] : (r[0] & r[1]) | (r[0] & r[2]) | (r[1] & r[2]);
        uint32_t gg = j < 16 ? r[4] ^ r[5] ^ r[6] : (r[4] & r[5]) | (~r[4] & r[6]);
        uint32_t tt1 = ff + r[3] + ss2 + (w[j] ^ w[j + 4]), tt2 = gg + r[7] + ss1 + w[j];
        r[3] = r[2];
        r[2] = plain_rotate(r[1], 9);
        r[1] = r[0];
        r[0] = tt1;
        r[7] = r[6];
        r[6] = plain_rotate(r[5], 19);
        r[5] = r[4];
        r[4] = tt2 ^ plain_rotate(tt2, 9) ^ plain_rotate(tt2, 17);
    }
    for (int i = 0; i < 8; i++) v[i] ^= r[i];
}

static inline void plain_sm3(uint8_t digest[32], const uint8_t *data, size_t length) {
    uint32_t v[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                     0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
    uint8_t block[64];
    uint64_t bits = (uint64_t)length * 8;
    size_t total = (length + 1 + 8 + 63) / 64 * 64;
    for (size_t at = 0; at < total; at += 64) {
        for (size_t i = 0; i < 64; i++) {
            size_t k = at + i;
            block[i] = k < length ? data[k] : k == length ? 0x80 : 0;
            if (k >= total - 8) block[i] = (uint8_t)(bits >> (8 * (total - 1 - k)));
        }
        plain_block(v, block);
    }
    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(v[i / 4] >> (24 - 8 * (i % 4)));
}

#endif
