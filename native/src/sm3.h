/* sm3.h - what the rest of the core uses of SM3 beside the public functions: HMAC-SM3. */
#ifndef EK_SM3_H
#define EK_SM3_H

#include "bytes.h"
#include "esealkit_native.h"

/* Starts a MAC under a 32-byte key; continue with ek_sm3_update.  CT: nothing leaks. */
void ek_hmac_init(ek_sm3 *state, const uint8_t key[EK_SM3_DIGEST_SIZE]);

/* Ends a MAC and wipes the state.  mac may be key.  CT: nothing leaks. */
void ek_hmac_final(uint8_t mac[EK_SM3_DIGEST_SIZE], ek_sm3 *state,
                   const uint8_t key[EK_SM3_DIGEST_SIZE]);

#endif
