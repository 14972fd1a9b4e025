/* esealkit_native.h - SM3 (GB/T 32905) and SM2 signatures (GB/T 32918.2, curve of GB/T 32918.5).
 *
 * The whole public face of the C core.  It knows nothing of Python, allocates nothing, keeps no
 * global state that changes but the level of the CPU, and every object is a fixed-size struct that
 * the caller owns.
 *
 * Rules of every function here
 *   1. Argument order: out, in/out, then in.  A length or capacity follows its pointer directly;
 *      arrays of fixed length are written with it.
 *   2. Returns 1 on success and 0 on failure; on failure no output is written, or it is zeroed.
 *      Functions that cannot fail return void.
 *   3. A name that ends in _var may vary in time with its inputs, and those must be public.
 *      Every comment says what leaks: "CT: nothing leaks" or "VAR: time depends on x (public)".
 *      Lengths of inputs are never secret.
 *   4. Numbers are big-endian byte strings, as in the standards.
 *   5. Pointers to zero bytes may be null; all others may not.  Outputs do not overlap inputs.
 *   6. The structs' contents are private; copying one by assignment is allowed, except
 *      ek_sm2_private, whose copies would have to be wiped one by one.
 */
#ifndef ESEALKIT_NATIVE_H
#define ESEALKIT_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EK_SM3_DIGEST_SIZE 32
#define EK_SM3_BLOCK_SIZE 64
#define EK_SM2_SIGNATURE_MAX 72 /* SEQUENCE of two 33-byte INTEGERs */
#define EK_SM2_ID_MAX 8191      /* ENTL counts bits in two bytes: 8 * 8191 = 65528 */

/* Why a function failed.  Numbers are stable; the callers turn them into words. */
enum {
    EK_OK = 0,
    EK_BAD_ARGUMENT = 1,   /* a length, capacity or id is out of its bounds */
    EK_RANDOM_FAILED = 2,  /* the operating system gave no random bytes */
    EK_FAULT_DETECTED = 3, /* the check before a signature leaves did not hold */
    EK_BAD_ENCODING = 4,   /* not a strict DER SEQUENCE { r INTEGER, s INTEGER } */
    EK_BAD_SIGNATURE = 5   /* r, s or t out of range, or the equation does not hold */
};

/* --- The CPU -------------------------------------------------------------------------------- */

/* What the bodies may use: each level includes those before it. */
enum {
    EK_LEVEL_PORTABLE = 0, /* what every CPU has */
    EK_LEVEL_AVX2 = 1,     /* AVX2, BMI1, BMI2, ADX */
    EK_LEVEL_AVX512 = 2    /* AVX-512 F, BW, VL, DQ, IFMA, VBMI */
};

/* The level in use: the highest of the CPU and the operating system, asked once. */
int ek_level(void);

/* For tests and benchmarks: use nothing above this level from now on, in every thread; returns the
 * level then in use, which is never above the CPU's.  Every level computes the same. */
int ek_level_limit(int highest);

/* --- SM3 ------------------------------------------------------------------------------------ */

/* A running hash: chaining value, bytes seen, and the bytes of an unfinished block. */
typedef struct ek_sm3 {
    uint32_t h[8];
    uint64_t count;
    uint8_t block[EK_SM3_BLOCK_SIZE];
} ek_sm3;

/* Starts a hash.  CT: nothing leaks. */
void ek_sm3_init(ek_sm3 *state);

/* Adds data_len bytes; a message may have up to 2^61 - 1.  CT: only the length leaks. */
void ek_sm3_update(ek_sm3 *state, const uint8_t *data, size_t data_len);

/* Writes the digest of what was added so far; the state stays usable.  CT: nothing leaks. */
void ek_sm3_final(uint8_t digest[EK_SM3_DIGEST_SIZE], const ek_sm3 *state);

/* init, update, final at once.  CT: only the length leaks. */
void ek_sm3_digest(uint8_t digest[EK_SM3_DIGEST_SIZE], const uint8_t *data, size_t data_len);

/* Hashes count messages: digest i goes to digests + 32 i.  Returns 0 when digests_cap is under
 * 32 count.  CT: only the lengths leak. */
int ek_sm3_many(uint8_t *digests, size_t digests_cap, const uint8_t *const *messages,
                const size_t *message_lens, size_t count);

/* --- SM2 keys ------------------------------------------------------------------------------- */

/* A point of the curve, never infinity nor -G: only ek_sm2_public_load and the private key
 * functions make one, and the first checks it.  Holds Z for the default id as well. */
typedef struct ek_sm2_public {
    uint64_t point[8];
    uint8_t xy[64];
    uint8_t z_default[EK_SM3_DIGEST_SIZE];
} ek_sm2_public;

/* d in [1, n-2], (1+d)^-1, the key that nonces are drawn with, and the public key.  Wipe it with
 * ek_sm2_private_wipe. */
typedef struct ek_sm2_private {
    uint64_t d[4];
    uint64_t inverse[4];
    uint32_t nonce_key[16];
    ek_sm2_public public_key;
} ek_sm2_private;

/* Reads 04 || x || y (65 bytes) or 02/03 || x (33 bytes).  Refuses every other form (hybrid 06/07,
 * infinity), coordinates >= p, points off the curve, and -G, whose d = n - 1 is none of [1, n-2].
 * VAR: time depends on the key (public). */
int ek_sm2_public_load(ek_sm2_public *key, const uint8_t *bytes, size_t bytes_len);

/* Writes 04 || x || y.  CT: nothing leaks. */
void ek_sm2_public_store(uint8_t bytes[65], const ek_sm2_public *key);

/* Takes d as 32 bytes and derives everything else; refuses d outside [1, n-2] (GB/T 32918.1: 1+d
 * must be invertible).  CT: only whether d is in range leaks. */
int ek_sm2_private_load(ek_sm2_private *key, const uint8_t d[32]);

/* Draws d from the operating system.  *why is EK_OK or EK_RANDOM_FAILED.  CT: nothing leaks. */
int ek_sm2_private_generate(ek_sm2_private *key, int *why);

/* Writes d.  CT: nothing leaks (the output is the secret). */
void ek_sm2_private_store(uint8_t d[32], const ek_sm2_private *key);

/* Overwrites the key so that no copy stays in this memory.  CT: nothing leaks. */
void ek_sm2_private_wipe(ek_sm2_private *key);

/* Z of GB/T 32918.2 5.5 for a signer id of at most EK_SM2_ID_MAX bytes.  CT: only id_len leaks. */
int ek_sm2_z(uint8_t z[EK_SM3_DIGEST_SIZE], const ek_sm2_public *key, const uint8_t *id,
             size_t id_len);

/* e = SM3(Z || message).  CT: only the lengths leak. */
int ek_sm2_e(uint8_t e[EK_SM3_DIGEST_SIZE], const ek_sm2_public *key, const uint8_t *id,
             size_t id_len, const uint8_t *message, size_t message_len);

/* --- SM2 signatures, strict DER ------------------------------------------------------------- */

/* Signs a message (GB/T 32918.2 6.1) with fresh bytes of the operating system mixed into the
 * nonce.  sig_cap is at least EK_SM2_SIGNATURE_MAX.  On failure *sig_len is 0 and *why says
 * EK_BAD_ARGUMENT, EK_RANDOM_FAILED or EK_FAULT_DETECTED.  CT: only lengths and the signature. */
int ek_sm2_sign(uint8_t *sig, size_t sig_cap, size_t *sig_len, int *why, const ek_sm2_private *key,
                const uint8_t *id, size_t id_len, const uint8_t *message, size_t message_len);

/* Signs e itself.  For callers that computed Z and e: the device self-check, CMS hashing. */
int ek_sm2_sign_e(uint8_t *sig, size_t sig_cap, size_t *sig_len, int *why,
                  const ek_sm2_private *key, const uint8_t e[32]);

/* As ek_sm2_sign_e, with the fresh bytes given.  Safe with any fresh bytes, even constant ones:
 * the nonce also depends on d and e.  CT: only the signature leaks. */
int ek_sm2_sign_e_fresh(uint8_t *sig, size_t sig_cap, size_t *sig_len, int *why,
                        const ek_sm2_private *key, const uint8_t e[32], const uint8_t fresh[32]);

/* Signs count messages; signature i goes to sigs + EK_SM2_SIGNATURE_MAX i, its length to
 * sig_lens[i].  Stops at the first failure and returns 0 with every length 0. */
int ek_sm2_sign_many(uint8_t *sigs, size_t sigs_cap, size_t *sig_lens, int *why,
                     const ek_sm2_private *key, const uint8_t *id, size_t id_len,
                     const uint8_t *const *messages, const size_t *message_lens, size_t count);

/* Verifies (GB/T 32918.2 7.1).  *why is EK_OK, EK_BAD_ARGUMENT, EK_BAD_ENCODING or
 * EK_BAD_SIGNATURE.  VAR: time depends on all inputs (public). */
int ek_sm2_verify(int *why, const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                  const uint8_t *id, size_t id_len, const uint8_t *message, size_t message_len);

/* Verifies a signature of e itself.  Hazardous with an e that the signature's sender chose: for
 * any key, r and s an e can be solved.  VAR: time depends on all inputs (public). */
int ek_sm2_verify_e(int *why, const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                    const uint8_t e[32]);

/* Verifies count signatures under one id; whys[i] as in ek_sm2_verify.  Returns 1 when all of
 * them hold.  VAR: time depends on all inputs (public). */
int ek_sm2_verify_many(int *whys, const ek_sm2_public *const *keys, const uint8_t *const *sigs,
                       const size_t *sig_lens, const uint8_t *id, size_t id_len,
                       const uint8_t *const *messages, const size_t *message_lens, size_t count);

/* A table of multiples of one public key, for verifying faster: 43 rows of 32 points and room to
 * align them.  Never copied once made; read-only from then on, so threads may share it. */
#define EK_SM2_TABLE_POINTS 1376
typedef struct ek_sm2_table {
    uint64_t room[8 * EK_SM2_TABLE_POINTS + 7];
} ek_sm2_table;

/* Fills table for key: some ten verifications' worth of work.  VAR: time depends on the key
 * (public). */
void ek_sm2_table_make(ek_sm2_table *table, const ek_sm2_public *key);

/* As ek_sm2_verify, by the table of key; EK_BAD_ARGUMENT when the table is another key's. */
int ek_sm2_verify_by_table(int *why, const ek_sm2_public *key, const ek_sm2_table *table,
                           const uint8_t *sig, size_t sig_len, const uint8_t *id, size_t id_len,
                           const uint8_t *message, size_t message_len);

/* Splits a strict DER signature: canonical lengths, minimal positive INTEGERs of at most 256 bits,
 * nothing after.  Ranges are for verify to judge.  VAR: time depends on sig (public). */
int ek_sm2_signature_decode(uint8_t r[32], uint8_t s[32], const uint8_t *sig, size_t sig_len);

/* Writes r and s as strict DER; zero becomes 02 01 00.  VAR: time depends on r, s (public). */
int ek_sm2_signature_encode(uint8_t *sig, size_t sig_cap, size_t *sig_len, const uint8_t r[32],
                            const uint8_t s[32]);

#ifdef __cplusplus
}
#endif
#endif
