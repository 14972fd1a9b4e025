/* scalar.h - the contract of integers modulo n, the order of SM2's base point.
 *
 * ek_scalar holds the plain number, always below n; ek_scalar_mont holds one in Montgomery form.
 * They are two types so that neither can be taken for the other.  Outputs may be inputs.
 *
 * All functions: CT: nothing leaks. */
#ifndef EK_SCALAR_H
#define EK_SCALAR_H

#include "bytes.h"

typedef struct ek_scalar {
    uint64_t v[4];
} ek_scalar;

typedef struct ek_scalar_mont {
    uint64_t v[4];
} ek_scalar_mont;

/* r = b mod n.  Returns 1 when b was below n, else 0. */
int ek_scalar_load(ek_scalar *r, const uint8_t b[32]);
void ek_scalar_store(uint8_t b[32], const ek_scalar *a);
void ek_scalar_add(ek_scalar *r, const ek_scalar *a, const ek_scalar *b);
void ek_scalar_sub(ek_scalar *r, const ek_scalar *a, const ek_scalar *b);
void ek_scalar_neg(ek_scalar *r, const ek_scalar *a);
/* a, made ready to be a factor. */
void ek_scalar_to_mont(ek_scalar_mont *r, const ek_scalar *a);
/* r = a b: one Montgomery product of a ready factor and a plain one is plain. */
void ek_scalar_mul(ek_scalar *r, const ek_scalar_mont *a, const ek_scalar *b);
/* r = 1/a, and 0 for 0, ready to be a factor: Fermat's a^(n-2) with fixed windows. */
void ek_scalar_inv(ek_scalar_mont *r, const ek_scalar *a);
/* Masks: all ones for yes, zero for no. */
uint64_t ek_scalar_is_zero(const ek_scalar *a);
uint64_t ek_scalar_equal(const ek_scalar *a, const ek_scalar *b);
/* All ones when a + n < p: then a + n is another field element that is a modulo n. */
uint64_t ek_scalar_fits_p_minus_n(const ek_scalar *a);
/* Bits first .. first+count-1, count <= 8; those above 255 are zero.  first may be -1: bit -1
 * is zero. */
uint32_t ek_scalar_bits(const ek_scalar *a, int first, int count);

extern const ek_scalar ek_scalar_one;

#endif
