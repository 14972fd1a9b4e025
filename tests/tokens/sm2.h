/* SM2 for the test devices, out of libcrypto's big numbers: slow, plain, and not ours. */
#ifndef TOKENS_SM2_H
#define TOKENS_SM2_H

#include <stddef.h>

typedef struct {
    unsigned char d[32];
    unsigned char x[32];
    unsigned char y[32];
} sm2_key;

/* Fills in the public point of key->d; 0 on success. */
int sm2_complete(sm2_key *key);

/* r || s of GB/T 32918.2 over e; 0 on success. */
int sm2_sign(const sm2_key *key, const unsigned char e[32], unsigned char rs[64]);

/* r || s of ECDSA over a digest on the same curve; 0 on success. */
int ecdsa_sign(const sm2_key *key, const unsigned char digest[32], unsigned char rs[64]);

/* SM3 of head || tail; head may be empty. */
int sm3(const void *head, size_t head_len, const void *tail, size_t tail_len,
        unsigned char out[32]);

/* Z of the default id (GB/T 32918.2 5.5); 0 on success. */
int sm2_z(const sm2_key *key, const char *id, size_t id_len, unsigned char z[32]);

/* DER of r || s; broken != 0 strips a leading zero byte as some hardware does.  Returns the
   length, at most 72. */
size_t der_of(const unsigned char rs[64], int broken, unsigned char *out);

/* Bytes of a hexadecimal text; returns how many, at most most. */
size_t from_hex(const char *text, unsigned char *out, size_t most);

#endif
