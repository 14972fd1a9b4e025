/* sm3.h - what the rest of the core uses of SM3 beside the public functions: HMAC-SM3. */
#ifndef EK_SM3_H
#define EK_SM3_H

#include "bytes.h"
#include "esealkit_native.h"

/* An HMAC key, as the two states that have taken in its pads: a key used again costs two blocks
 * less each time. */
typedef struct ek_hmac_key {
    ek_sm3 inner, outer;
} ek_hmac_key;

/* CT: nothing leaks. */
void ek_hmac_set_key(ek_hmac_key *key, const uint8_t bytes[EK_SM3_DIGEST_SIZE]);

/* mac may be message.  CT: only the length leaks. */
void ek_hmac(uint8_t mac[EK_SM3_DIGEST_SIZE], const ek_hmac_key *key, const uint8_t *message,
             size_t message_len);

#endif
