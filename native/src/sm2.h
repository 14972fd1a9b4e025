/* sm2.h - what the SM2 files share: the insides of keys, the nonce, the signature equation. */
#ifndef EK_SM2_H
#define EK_SM2_H

#include "esealkit_native.h"
#include "mul.h"
#include "sm3.h"

/* The key's parts as their types; the copies of secrets are the caller's to wipe.
 * CT: nothing leaks. */
static inline void ek_public_point(ek_ge *p, const ek_sm2_public *key) {
    memcpy(p, key->point, sizeof *p);
}

static inline void ek_private_scalars(ek_scalar *d, ek_scalar_mont *inverse,
                                      const ek_sm2_private *key) {
    memcpy(d, key->d, sizeof *d);
    memcpy(inverse, key->inverse, sizeof *inverse);
}

static inline void ek_private_nonce_key(ek_hmac_key *nonce_key, const ek_sm2_private *key) {
    memcpy(nonce_key, key->nonce_key, sizeof *nonce_key);
}

/* The hedged nonce: a pseudo-random function of e (which holds Z, so the public key and the id), of
 * 32 fresh bytes and of the number of the draw, under a key of its own that is derived from d:
 *     nonce key = HMAC(d, tag),   k = HMAC(nonce key, e || fresh || draw),
 * both with SM3; the first is computed when the key is loaded.  A stuck random source leaves a
 * deterministic nonce that still differs for every (d, e); a nonce key that others know leaves the
 * fresh bytes. */
#define EK_NONCE_TAG "esealkit SM2 nonce 2" /* 20 bytes, without its zero */
#define EK_NONCE_SEED (2 * 32 + 1)

/* key = the nonce key of d.  CT: nothing leaks. */
void ek_nonce_key(ek_hmac_key *key, const uint8_t d[32]);

/* Draws k number draw (0 first).  Returns 1 when it is in [1, n-1]; 0 asks the caller to draw again
 * (2^-32).  CT: only the answer leaks, and a refused k is not used. */
int ek_nonce_draw(ek_scalar *k, const ek_hmac_key *key, const uint8_t e[32],
                  const uint8_t fresh[32], int draw);

/* The first nonce that serves of each (e[i], fresh[i]).  Returns 0 when one has none, which means a
 * fault.  CT: only the number of draws leaks. */
int ek_nonce_many(ek_scalar *k, const ek_hmac_key *key, const uint8_t (*e)[32],
                  const uint8_t (*fresh)[32], size_t count);

/* A refused k, r or s has probability under 2^-31 for each draw: so many mean a fault. */
#define EK_MOST_DRAWS 16

/* What the check before a signature leaves compares with: -k, drawn apart from k, and -kG. */
typedef struct ek_witness {
    ek_scalar minus_k;
    ek_gej point;
} ek_witness;

/* r = e + x1, s = (1+d)^-1 (k - r d): A5 and A6 of GB/T 32918.2 6.1.  Returns 0 when r = 0,
 * r + k = n or s = 0.  CT: only the answer leaks. */
int ek_sm2_equation(ek_scalar *r, ek_scalar *s, const ek_scalar_mont *inverse, const ek_scalar *e,
                    const ek_scalar *x1, const ek_scalar *k);

/* r and s of GB/T 32918.2 6.1, A4 to A6, for one nonce.  Returns 0 when r = 0, r + k = n or s = 0.
 * CT: only the answer leaks. */
int ek_sm2_sign_with_nonce(ek_scalar *r, ek_scalar *s, ek_witness *witness,
                           const ek_sm2_private *key, const ek_scalar *e, const ek_scalar *k);

/* e of count messages (at most EK_BULK), short ones in lanes.  CT: only the lengths leak. */
int ek_sm2_e_many(uint8_t (*e)[32], const ek_sm2_public *const *keys, const uint8_t *id,
                  size_t id_len, const uint8_t *const *messages, const size_t *message_lens,
                  size_t count);

/* The check before a signature leaves: verification with the private key.  See sm2_sign.c.
 * CT: only the answer leaks. */
int ek_sm2_signature_holds(const ek_sm2_private *key, const ek_scalar *e, const ek_scalar *r,
                           const ek_scalar *s, const ek_witness *witness);

#endif
