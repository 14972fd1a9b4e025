/* cdef.h - the part of esealkit_native.h and calls.h that Python calls, in the dialect cffi reads. */

#define EK_OK ...
#define EK_BAD_ARGUMENT ...
#define EK_RANDOM_FAILED ...
#define EK_FAULT_DETECTED ...
#define EK_BAD_ENCODING ...
#define EK_BAD_SIGNATURE ...
#define EK_SM2_SIGNATURE_MAX ...

#define EK_LEVEL_PORTABLE ...
#define EK_LEVEL_AVX2 ...
#define EK_LEVEL_AVX512 ...

int ek_level(void);
int ek_level_limit(int highest);

typedef struct { ...; } ek_sm3;
typedef struct { ...; } ek_sm2_public;
typedef struct { ek_sm2_public public_key; ...; } ek_sm2_private;

void ek_sm3_init(ek_sm3 *state);
void ek_sm3_update(ek_sm3 *state, const uint8_t *data, size_t data_len);
void ek_sm3_final(uint8_t *digest, const ek_sm3 *state);
void ek_sm3_digest(uint8_t *digest, const uint8_t *data, size_t data_len);
int ek_sm3_many(uint8_t *digests, size_t digests_cap, const uint8_t *const *messages,
                const size_t *message_lens, size_t count);

int ek_sm2_public_load(ek_sm2_public *key, const uint8_t *bytes, size_t bytes_len);
void ek_sm2_public_store(uint8_t *bytes, const ek_sm2_public *key);
int ek_sm2_private_load(ek_sm2_private *key, const uint8_t *d);
int ek_sm2_private_generate(ek_sm2_private *key, int *why);
void ek_sm2_private_store(uint8_t *d, const ek_sm2_private *key);
void ek_sm2_private_wipe(ek_sm2_private *key);
int ek_sm2_z(uint8_t *z, const ek_sm2_public *key, const uint8_t *id, size_t id_len);

int call_sign(uint8_t *sig, const ek_sm2_private *key, const uint8_t *id, size_t id_len,
              const uint8_t *message, size_t message_len);
int call_sign_e(uint8_t *sig, const ek_sm2_private *key, const uint8_t *e);
int call_sign_e_fresh(uint8_t *sig, const ek_sm2_private *key, const uint8_t *e,
                      const uint8_t *fresh);
int ek_sm2_sign_many(uint8_t *sigs, size_t sigs_cap, size_t *sig_lens, int *why,
                     const ek_sm2_private *key, const uint8_t *id, size_t id_len,
                     const uint8_t *const *messages, const size_t *message_lens, size_t count);
int call_verify(const ek_sm2_public *key, const uint8_t *sig, size_t sig_len, const uint8_t *id,
                size_t id_len, const uint8_t *message, size_t message_len);
int call_verify_e(const ek_sm2_public *key, const uint8_t *sig, size_t sig_len, const uint8_t *e);
int ek_sm2_verify_many(int *whys, const ek_sm2_public *const *keys, const uint8_t *const *sigs,
                       const size_t *sig_lens, const uint8_t *id, size_t id_len,
                       const uint8_t *const *messages, const size_t *message_lens, size_t count);
typedef struct { ...; } ek_sm2_table;
void ek_sm2_table_make(ek_sm2_table *table, const ek_sm2_public *key);
int call_verify_by_table(const ek_sm2_public *key, const ek_sm2_table *table, const uint8_t *sig,
                         size_t sig_len, const uint8_t *id, size_t id_len, const uint8_t *message,
                         size_t message_len);
int ek_sm2_signature_decode(uint8_t *r, uint8_t *s, const uint8_t *sig, size_t sig_len);
int ek_sm2_signature_encode(uint8_t *sig, size_t sig_cap, size_t *sig_len, const uint8_t *r,
                            const uint8_t *s);
