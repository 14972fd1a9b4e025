/* sm3.h - what the rest of the core uses of SM3 beside the public functions: HMAC-SM3. */
#ifndef EK_SM3_H
#define EK_SM3_H

#include "bytes.h"
#include "cpu.h"

/* IV of 4.1, and T_j of 4.2 rotated left by j. */
extern const uint32_t ek_sm3_iv[8], ek_sm3_t[64];

/* Writes the last one or two blocks of a message of count bytes (5.2), rest being those that fill
 * no block; returns how many.  CT: only the length leaks. */
size_t ek_sm3_pad(uint8_t tail[2 * EK_SM3_BLOCK_SIZE], const uint8_t *rest, uint64_t count);

/* Compresses blocks, at least one, of a message into its chaining value.  CT: only the number of
 * blocks leaks. */
void ek_sm3_compress(uint32_t state[8], const uint8_t *data, size_t blocks);

#if EK_X86_ASM
void ek_sm3_compress_bmi2(uint32_t state[8], const uint8_t *data, size_t blocks);
#endif

/* Many messages at once.  Lane i of chaining word j is state[EK_SM3_LANES * j + i]; lanes beyond
 * the width are left alone.  CT: nothing leaks but the number of blocks. */
#define EK_SM3_LANES 32
typedef struct ek_sm3_wide {
    void (*compress)(uint32_t *state, const uint8_t *const *data, size_t blocks);
    size_t width; /* lanes it works on */
    size_t worth; /* live lanes from which on it beats what is narrower */
} ek_sm3_wide;

/* The two kernels of this CPU's level, widest first; NULL where there is none. */
const ek_sm3_wide *ek_sm3_kernels(void);

#if EK_X86
extern const ek_sm3_wide ek_sm3_wide_avx512[2], ek_sm3_wide_avx2[2];
#endif

/* An HMAC key, as the two chaining values that have taken in its pads: words 0 to 7 for the inner
 * hash, 8 to 15 for the outer one.  It is as secret as the key. */
typedef struct ek_hmac_key {
    uint32_t h[16];
} ek_hmac_key;

/* CT: nothing leaks. */
void ek_hmac_set_key(ek_hmac_key *key, const uint8_t bytes[EK_SM3_DIGEST_SIZE]);

/* The blocks that a message under HMAC ends in, for the inner hash (one block, the pad, has gone
 * before): message_len of at most EK_HMAC_MOST; returns how many blocks, 1 or 2.  CT: only the
 * length leaks. */
#define EK_HMAC_MOST (2 * EK_SM3_BLOCK_SIZE - 9)
size_t ek_hmac_blocks(uint8_t blocks[2 * EK_SM3_BLOCK_SIZE], const uint8_t *message,
                      size_t message_len);

/* CT: only the length leaks, at most EK_HMAC_MOST. */
void ek_hmac(uint8_t mac[EK_SM3_DIGEST_SIZE], const ek_hmac_key *key, const uint8_t *message,
             size_t message_len);

#endif
