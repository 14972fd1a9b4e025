/* field.h - the contract of the field of SM2's curve (GB/T 32918.5):
 *     p = 2^256 - 2^224 - 2^96 + 2^64 - 1.
 *
 * ek_fe is opaque: only these functions look inside.  Every value that leaves one of them is the
 * one reduced representation, so equality is equality of limbs.  Outputs may be inputs.
 * A body for another limb size brings the same names and is chosen at the end of this file.
 *
 * All functions: CT: nothing leaks. */
#ifndef EK_FIELD_H
#define EK_FIELD_H

#include "bytes.h"

typedef struct ek_fe {
    uint64_t v[4];
} ek_fe;

/* r = the big-endian number b.  Returns 1, or 0 with r = b mod p when b >= p. */
static inline int ek_fe_load(ek_fe *r, const uint8_t b[32]);
/* b = a as a big-endian number. */
static inline void ek_fe_store(uint8_t b[32], const ek_fe *a);
static inline void ek_fe_add(ek_fe *r, const ek_fe *a, const ek_fe *b);
static inline void ek_fe_sub(ek_fe *r, const ek_fe *a, const ek_fe *b);
/* r = a / 2. */
static inline void ek_fe_half(ek_fe *r, const ek_fe *a);
static inline void ek_fe_neg(ek_fe *r, const ek_fe *a);
static inline void ek_fe_mul(ek_fe *r, const ek_fe *a, const ek_fe *b);
static inline void ek_fe_sqr(ek_fe *r, const ek_fe *a);
/* r = a where mask is ones; r stays where it is zero. */
static inline void ek_fe_cmov(ek_fe *r, uint64_t mask, const ek_fe *a);
/* Masks: all ones for yes, zero for no. */
static inline uint64_t ek_fe_is_zero(const ek_fe *a);
static inline uint64_t ek_fe_equal(const ek_fe *a, const ek_fe *b);

/* r = 1/a, and 0 for 0: by divsteps, or where there are no 128-bit integers by Fermat's a^(p-2)
 * with a fixed addition chain. */
void ek_fe_inv(ek_fe *r, const ek_fe *a);
/* r = a^((p+1)/4), a square root of a if it has one: the caller squares and compares. */
void ek_fe_sqrt_candidate(ek_fe *r, const ek_fe *a);

/* Zero, one, and the curve's coefficient b. */
extern const ek_fe ek_fe_zero, ek_fe_one, ek_fe_curve_b;

#include "field_4x64.h"

/* A function that takes the time of a curve has its products inlined: a sixth to a quarter faster
 * than calls. */
#ifdef __OPTIMIZE__
#define EK_FLAT __attribute__((flatten))
#else
#define EK_FLAT
#endif

#endif
