/* field.c - powers with fixed exponents, and constants.  CT: nothing leaks. */
#include "field.h"

#if EK_INT128
#include "inverse.h"
#endif

/* Montgomery form of 0, 1 and b: 2^256 mod p and b 2^256 mod p. */
const ek_fe ek_fe_zero = {{0, 0, 0, 0}};
const ek_fe ek_fe_one = {
    {0x0000000000000001, 0x00000000ffffffff, 0x0000000000000000, 0x0000000100000000}};
const ek_fe ek_fe_curve_b = {
    {0x90d230632bc0dd42, 0x71cf379ae9b537ab, 0x527981505ea51c3c, 0x240fe188ba20e2c8}};

#if !defined(EK_CURVE_AGAIN) || !EK_INT128
/* r = a^(2^n) b. */
static void sqr_n_mul(ek_fe *r, const ek_fe *a, int n, const ek_fe *b) {
    ek_fe t = *a;
    for (int i = 0; i < n; i++) ek_fe_sqr(&t, &t);
    ek_fe_mul(r, &t, b);
}

/* a^(2^30-1), a^(2^31-1), a^(2^32-1), and a^((2^31-1) 2^129 + 2^128-1): what both exponents
 * begin with, 31 ones, a zero, 128 ones. */
static void common_powers(ek_fe *x30, ek_fe *x32, ek_fe *head, const ek_fe *a) {
    ek_fe x2, x4, x8, x16, x31;
    sqr_n_mul(&x2, a, 1, a);
    sqr_n_mul(&x4, &x2, 2, &x2);
    sqr_n_mul(&x8, &x4, 4, &x4);
    sqr_n_mul(&x16, &x8, 8, &x8);
    sqr_n_mul(x30, &x16, 8, &x8);
    sqr_n_mul(x30, x30, 4, &x4);
    sqr_n_mul(x30, x30, 2, &x2);
    sqr_n_mul(&x31, x30, 1, a);
    sqr_n_mul(x32, &x31, 1, a);
    sqr_n_mul(head, &x31, 33, x32);
    sqr_n_mul(head, head, 32, x32);
    sqr_n_mul(head, head, 32, x32);
    sqr_n_mul(head, head, 32, x32);
}
#endif

#if EK_INT128
void ek_fe_inv(ek_fe *r, const ek_fe *a) {
    /* the limbs are a R, their inverse is 1/(a R), and a Montgomery product with R^3 makes R/a */
    static const ek_fe r3 = {
        {0x0000001200000016, 0x0000000efffffff8, 0x0000000a0000000c, 0x0000001b00000009}};
    ek_fe inverse;
    ek_inverse(inverse.v, a->v);
    EK_FAULT(inverse.v);
    ek_fe_mul(r, &inverse, &r3);
}
#else
void ek_fe_inv(ek_fe *r, const ek_fe *a) {
    /* p - 2: the head, 32 zeros, 32 + 30 ones, a zero, a one */
    ek_fe x30, x32, t;
    common_powers(&x30, &x32, &t, a);
    sqr_n_mul(&t, &t, 64, &x32);
    sqr_n_mul(&t, &t, 30, &x30);
    sqr_n_mul(r, &t, 2, a);
}
#endif

#ifndef EK_CURVE_AGAIN
void ek_fe_sqrt_candidate(ek_fe *r, const ek_fe *a) {
    /* (p + 1) / 4: the head, 31 zeros, a one, 62 zeros */
    ek_fe x30, x32, t;
    common_powers(&x30, &x32, &t, a);
    sqr_n_mul(&t, &t, 32, a);
    for (int i = 0; i < 62; i++) ek_fe_sqr(&t, &t);
    *r = t;
}
#endif
