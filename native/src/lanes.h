/* lanes.h - the field and the curve eight times at once, with AVX-512 IFMA.
 *
 * An ek_fe8 holds eight numbers: five vectors of 52-bit limbs, least significant first, lane i of
 * each belonging to number i.  Numbers are in Montgomery form with 2^260.  They are not reduced:
 * between functions every number is "settled", its limbs below 2^52 and itself below 2p, written
 * [2].  Sums that are not settled yet are called raw: limbs may be negative or too large, and the
 * number itself lies between 0 and 2^260, a little less than [16].  Between the two are carried
 * numbers, whose limbs are below 2^52 and whose bound is written where they are made.  Factors must
 * be carried; a product of [a] and [b] is [1 + a b / 16].
 *
 * CT: nothing leaks, except in functions with _var.  Choices are masks. */
#ifndef EK_LANES_H
#define EK_LANES_H

#include "cpu.h"

#if EK_X86
#include <immintrin.h>

#include "mul.h"

#define EK_LANES static inline EK_TARGET_AVX512 __attribute__((always_inline))

typedef struct ek_fe8 {
    __m512i v[5];
} ek_fe8;

typedef struct ek_ge8 {
    ek_fe8 x, y;
} ek_ge8;

typedef struct ek_gej8 {
    ek_fe8 x, y, z;
} ek_gej8;

#define EK_LIMB52 0xfffffffffffffull

/* gcc -O2 leaves these loops as loops, in memory; clang unrolls them by itself. */
#if defined(__GNUC__) && !defined(__clang__)
#define EK_UNROLL _Pragma("GCC unroll 16")
#else
#define EK_UNROLL
#endif

/* The limbs of p. */
static const uint64_t ek_p52[5] = {0xfffffffffffff, 0xff00000000fff, 0xfffffffffffff,
                                   0xfffffffffffff, 0x0fffffffeffff};

EK_LANES __m512i ek_set8(uint64_t x) {
    return _mm512_set1_epi64((long long)x);
}

#ifdef EK_TEST_FAULTS
/* The fault test flips one bit in one lane of the n-th product. */
#define EK_FAULT8(r)                                                                          \
    do {                                                                                      \
        if (ek_fault_count++ == ek_fault_at)                                                  \
            (r)->v[4] = _mm512_mask_xor_epi64((r)->v[4], (__mmask8)(1 << ek_fault_at % 8),    \
                                              (r)->v[4], ek_set8(1ull << ek_fault_bit % 48)); \
    } while (0)
#else
#define EK_FAULT8(r) ((void)0)
#endif

/* Moves what is above 52 bits, or below zero, one limb up each. */
EK_LANES void ek_fe8_carry(ek_fe8 *r) {
    const __m512i mask = ek_set8(EK_LIMB52);
    EK_UNROLL for (int i = 0; i < 4; i++) {
        r->v[i + 1] = _mm512_add_epi64(r->v[i + 1], _mm512_srai_epi64(r->v[i], 52));
        r->v[i] = _mm512_and_si512(r->v[i], mask);
    }
}

/* The reduction of ten columns, to a raw number.  With u the lowest limb, a step adds u p: since
 *     p = -1 + (p1 + 1) 2^52 - 2^104 + (p4 + 1) 2^208,  p1 = ff00000000fff, p4 = fffffffeffff,
 * that is a carry, a subtraction two limbs up, and four products. */
EK_LANES void ek_fe8_redc_raw(ek_fe8 *r, __m512i t[10]) {
    const __m512i mask = ek_set8(EK_LIMB52);
    const __m512i p1 = ek_set8(0xff00000001000), p4 = ek_set8(0x0ffffffff0000);
    EK_UNROLL for (int i = 0; i < 5; i++) {
        __m512i u = t[i];
        t[i + 1] = _mm512_madd52lo_epu64(t[i + 1], u, p1);
        t[i + 2] = _mm512_madd52hi_epu64(t[i + 2], u, p1);
        t[i + 4] = _mm512_madd52lo_epu64(t[i + 4], u, p4);
        t[i + 5] = _mm512_madd52hi_epu64(t[i + 5], u, p4);
        t[i + 2] = _mm512_sub_epi64(t[i + 2], _mm512_and_si512(u, mask));
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srai_epi64(u, 52));
    }
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] = t[i + 5];
    EK_FAULT8(r);
}

/* t += a b, in columns. */
EK_LANES void ek_fe8_columns(__m512i t[10], const ek_fe8 *a, const ek_fe8 *b) {
    EK_UNROLL for (int i = 0; i < 5; i++) {
        EK_UNROLL for (int j = 0; j < 5; j++) {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a->v[i], b->v[j]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a->v[i], b->v[j]);
        }
    }
}

/* r = a b / 2^260; raw where only sums follow. */
EK_LANES void ek_fe8_mul_raw(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b) {
    __m512i t[10];
    EK_UNROLL for (int i = 0; i < 10; i++) t[i] = _mm512_setzero_si512();
    ek_fe8_columns(t, a, b);
    ek_fe8_redc_raw(r, t);
}

EK_LANES void ek_fe8_mul(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b) {
    ek_fe8_mul_raw(r, a, b);
    ek_fe8_carry(r);
}

/* r = (a b + c d) / 2^260, reduced once. */
EK_LANES void ek_fe8_mul_add(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b, const ek_fe8 *c,
                             const ek_fe8 *d) {
    __m512i t[10];
    EK_UNROLL for (int i = 0; i < 10; i++) t[i] = _mm512_setzero_si512();
    ek_fe8_columns(t, a, b);
    ek_fe8_columns(t, c, d);
    ek_fe8_redc_raw(r, t);
    ek_fe8_carry(r);
}

/* r = a a / 2^260: the cross products once, then doubled. */
EK_LANES void ek_fe8_sqr_raw(ek_fe8 *r, const ek_fe8 *a) {
    __m512i t[10];
    EK_UNROLL for (int i = 0; i < 10; i++) t[i] = _mm512_setzero_si512();
    EK_UNROLL for (int i = 0; i < 5; i++) {
        EK_UNROLL for (int j = i + 1; j < 5; j++) {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a->v[i], a->v[j]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a->v[i], a->v[j]);
        }
    }
    EK_UNROLL for (int i = 1; i < 9; i++) t[i] = _mm512_add_epi64(t[i], t[i]);
    EK_UNROLL for (int i = 0; i < 5; i++) {
        t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a->v[i], a->v[i]);
        t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a->v[i], a->v[i]);
    }
    ek_fe8_redc_raw(r, t);
}

EK_LANES void ek_fe8_sqr(ek_fe8 *r, const ek_fe8 *a) {
    ek_fe8_sqr_raw(r, a);
    ek_fe8_carry(r);
}

/* Raw sums and differences. */
EK_LANES void ek_fe8_add_raw(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm512_add_epi64(a->v[i], b->v[i]);
}

EK_LANES void ek_fe8_sub_raw(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm512_sub_epi64(a->v[i], b->v[i]);
}

/* r = 2^count a, raw. */
EK_LANES void ek_fe8_shift_raw(ek_fe8 *r, const ek_fe8 *a, unsigned count) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm512_slli_epi64(a->v[i], count);
}

/* Adds a multiple of p, so that a raw difference is not negative. */
EK_LANES void ek_fe8_lift_raw(ek_fe8 *r, uint64_t multiple) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] =
        _mm512_add_epi64(r->v[i], ek_set8(ek_p52[i] * multiple));
}

/* Settles a raw number: less q p with q = what its top limb holds above 2^256, where
 * -q p = q - q 2^64 + q 2^96 + q 2^224 - q 2^256.  The lower limbs move the number by less than
 * 2^224, so that q is right or one too small, and the result is not negative and below
 * 2^256 + 2^229. */
EK_LANES void ek_fe8_settle(ek_fe8 *r) {
    __m512i q = _mm512_srai_epi64(r->v[4], 48);
    r->v[4] = _mm512_and_si512(r->v[4], ek_set8(0xffffffffffff));
    r->v[4] = _mm512_add_epi64(r->v[4], _mm512_slli_epi64(q, 16));
    r->v[0] = _mm512_add_epi64(r->v[0], q);
    r->v[1] = _mm512_add_epi64(r->v[1], _mm512_slli_epi64(q, 44));
    r->v[1] = _mm512_sub_epi64(r->v[1], _mm512_slli_epi64(q, 12));
    ek_fe8_carry(r);
}

/* r = a - b for a [2] b, settled. */
EK_LANES void ek_fe8_sub(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b) {
    ek_fe8_sub_raw(r, a, b);
    ek_fe8_lift_raw(r, 2);
    ek_fe8_settle(r);
}

/* r = a - b + multiple p for b up to [multiple], only carried: [a + multiple]. */
EK_LANES void ek_fe8_sub_carried(ek_fe8 *r, const ek_fe8 *a, const ek_fe8 *b, uint64_t multiple) {
    ek_fe8_sub_raw(r, a, b);
    ek_fe8_lift_raw(r, multiple);
    ek_fe8_carry(r);
}

/* r = multiple p - a for a up to [multiple], only carried: [multiple]. */
EK_LANES void ek_fe8_neg_carried(ek_fe8 *r, const ek_fe8 *a, uint64_t multiple) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] =
        _mm512_sub_epi64(ek_set8(ek_p52[i] * multiple), a->v[i]);
    ek_fe8_carry(r);
}

EK_LANES void ek_fe8_set(ek_fe8 *r, const uint64_t limbs[5]) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] = ek_set8(limbs[i]);
}

/* r = a in the lanes of mask; r stays in the others. */
EK_LANES void ek_fe8_choose(ek_fe8 *r, __mmask8 mask, const ek_fe8 *a) {
    EK_UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm512_mask_mov_epi64(r->v[i], mask, a->v[i]);
}

/* The one number below p, of a [2]. */
EK_LANES void ek_fe8_reduce(ek_fe8 *r, const ek_fe8 *a) {
    ek_fe8 less;
    EK_UNROLL for (int i = 0; i < 5; i++) less.v[i] = _mm512_sub_epi64(a->v[i], ek_set8(ek_p52[i]));
    ek_fe8_carry(&less);
    *r = *a;
    ek_fe8_choose(r, _mm512_cmpge_epi64_mask(less.v[4], _mm512_setzero_si512()), &less);
}

/* The lanes where a [2] is 0 modulo p. */
EK_LANES __mmask8 ek_fe8_is_zero(const ek_fe8 *a) {
    ek_fe8 t;
    __m512i all;
    ek_fe8_reduce(&t, a);
    all = _mm512_or_si512(_mm512_or_si512(t.v[0], t.v[1]), _mm512_or_si512(t.v[2], t.v[3]));
    return _mm512_testn_epi64_mask(_mm512_or_si512(all, t.v[4]), _mm512_or_si512(all, t.v[4]));
}

/* Four 64-bit limbs, one vector each, become five of 52 bits. */
EK_LANES void ek_fe8_unpack(ek_fe8 *r, const __m512i w[4]) {
    const __m512i mask = ek_set8(EK_LIMB52);
    r->v[0] = _mm512_and_si512(w[0], mask);
    r->v[1] = _mm512_and_si512(
        _mm512_or_si512(_mm512_srli_epi64(w[0], 52), _mm512_slli_epi64(w[1], 12)), mask);
    r->v[2] = _mm512_and_si512(
        _mm512_or_si512(_mm512_srli_epi64(w[1], 40), _mm512_slli_epi64(w[2], 24)), mask);
    r->v[3] = _mm512_and_si512(
        _mm512_or_si512(_mm512_srli_epi64(w[2], 28), _mm512_slli_epi64(w[3], 36)), mask);
    r->v[4] = _mm512_srli_epi64(w[3], 16);
}

/* And back, for a number below 2^256. */
EK_LANES void ek_fe8_pack(__m512i w[4], const ek_fe8 *a) {
    w[0] = _mm512_or_si512(a->v[0], _mm512_slli_epi64(a->v[1], 52));
    w[1] = _mm512_or_si512(_mm512_srli_epi64(a->v[1], 12), _mm512_slli_epi64(a->v[2], 40));
    w[2] = _mm512_or_si512(_mm512_srli_epi64(a->v[2], 24), _mm512_slli_epi64(a->v[3], 28));
    w[3] = _mm512_or_si512(_mm512_srli_epi64(a->v[3], 36), _mm512_slli_epi64(a->v[4], 16));
}

/* r = a / 4 for a carried [1]: the multiple of p that makes it divisible is its low two bits. */
EK_LANES void ek_fe8_quarter(ek_fe8 *r, const ek_fe8 *a) {
    __m512i q = _mm512_and_si512(a->v[0], ek_set8(3)), t[5], low;
    t[0] = _mm512_sub_epi64(a->v[0], q);
    t[1] = _mm512_add_epi64(a->v[1], _mm512_slli_epi64(q, 12));
    t[1] = _mm512_sub_epi64(t[1], _mm512_slli_epi64(q, 44));
    t[2] = a->v[2];
    t[3] = a->v[3];
    t[4] = _mm512_add_epi64(a->v[4], _mm512_slli_epi64(q, 48));
    t[4] = _mm512_sub_epi64(t[4], _mm512_slli_epi64(q, 16));
    EK_UNROLL for (int i = 0; i < 5; i++) {
        r->v[i] = _mm512_srai_epi64(t[i], 2);
        if (i < 4) {
            low = _mm512_and_si512(t[i + 1], ek_set8(3));
            r->v[i] = _mm512_add_epi64(r->v[i], _mm512_slli_epi64(low, 50));
        }
    }
    ek_fe8_carry(r);
}

/* The group law works on one or two groups of eight points at once: a single product is too short
 * of independent work, and what is between two products even more.
 *
 * Points have X [2], Y [3], Z [2]; affine entries x [2], y [3].  The bounds of what is between are
 * in the comments. */
#define EK_MOST_GROUPS 2
#define EK_EACH_GROUP EK_UNROLL for (int g = 0; g < groups; g++)

/* What both additions end with: U1 [2], S1 [3], H = U2 - U1 [4], R = S2 - S1 [4.3]; Z3 is the
 * caller's. */
EK_LANES void ek_gej8_add_tail(ek_gej8 *r, int groups, const ek_fe8 *u1, const ek_fe8 *s1,
                               const ek_fe8 *h, const ek_fe8 *rr) {
    ek_fe8 hh[EK_MOST_GROUPS], hhh[EK_MOST_GROUPS], v[EK_MOST_GROUPS], t[EK_MOST_GROUPS];
    EK_EACH_GROUP ek_fe8_sqr(&hh[g], &h[g]);             /* [2] */
    EK_EACH_GROUP ek_fe8_sqr_raw(&t[g], &rr[g]);         /* [2.2] */
    EK_EACH_GROUP ek_fe8_mul(&hhh[g], &hh[g], &h[g]);    /* [1.5] */
    EK_EACH_GROUP ek_fe8_mul_raw(&v[g], &u1[g], &hh[g]); /* [1.25] */
    EK_EACH_GROUP {
        ek_fe8_sub_raw(&t[g], &t[g], &hhh[g]);
        ek_fe8_sub_raw(&t[g], &t[g], &v[g]);
        ek_fe8_sub_raw(&t[g], &t[g], &v[g]);
        ek_fe8_lift_raw(&t[g], 4);
        ek_fe8_settle(&t[g]);
        r[g].x = t[g];
        ek_fe8_sub_carried(&t[g], &v[g], &t[g], 2); /* [3.3] */
        ek_fe8_neg_carried(&v[g], &s1[g], 3);
    }
    EK_EACH_GROUP ek_fe8_mul_add(&r[g].y, &rr[g], &t[g], &v[g], &hhh[g]); /* [2.2] */
}

/* r = a + b, incomplete: a is neither infinity nor b nor -b; for those Z3 = 0 modulo p, and stays
 * so through every further doubling and addition.  r may be a. */
EK_LANES void ek_gej8_add_ge(ek_gej8 *r, const ek_gej8 *a, const ek_ge8 *b, int groups) {
    ek_fe8 zz[EK_MOST_GROUPS], h[EK_MOST_GROUPS], rr[EK_MOST_GROUPS];
    ek_fe8 x1[EK_MOST_GROUPS], y1[EK_MOST_GROUPS];
    EK_EACH_GROUP ek_fe8_sqr(&zz[g], &a[g].z);
    EK_EACH_GROUP ek_fe8_mul_raw(&h[g], &b[g].x, &zz[g]);
    EK_EACH_GROUP ek_fe8_mul(&zz[g], &zz[g], &a[g].z);
    EK_EACH_GROUP ek_fe8_sub_carried(&h[g], &h[g], &a[g].x, 2); /* [3.2] */
    EK_EACH_GROUP ek_fe8_mul_raw(&rr[g], &b[g].y, &zz[g]);
    EK_EACH_GROUP ek_fe8_mul(&r[g].z, &a[g].z, &h[g]);
    EK_EACH_GROUP {
        ek_fe8_sub_carried(&rr[g], &rr[g], &a[g].y, 3); /* [4.3] */
        x1[g] = a[g].x;
        y1[g] = a[g].y;
    }
    ek_gej8_add_tail(r, groups, x1, y1, h, rr);
}

EK_LANES void ek_gej8_add(ek_gej8 *r, const ek_gej8 *a, const ek_gej8 *b, int groups) {
    ek_fe8 zz1[EK_MOST_GROUPS], zz2[EK_MOST_GROUPS], u1[EK_MOST_GROUPS], s1[EK_MOST_GROUPS];
    ek_fe8 h[EK_MOST_GROUPS], rr[EK_MOST_GROUPS];
    EK_EACH_GROUP ek_fe8_sqr(&zz1[g], &a[g].z);
    EK_EACH_GROUP ek_fe8_sqr(&zz2[g], &b[g].z);
    EK_EACH_GROUP ek_fe8_mul_raw(&h[g], &b[g].x, &zz1[g]);
    EK_EACH_GROUP ek_fe8_mul(&u1[g], &a[g].x, &zz2[g]);
    EK_EACH_GROUP ek_fe8_mul(&zz1[g], &zz1[g], &a[g].z);
    EK_EACH_GROUP ek_fe8_mul(&zz2[g], &zz2[g], &b[g].z);
    EK_EACH_GROUP ek_fe8_sub_carried(&h[g], &h[g], &u1[g], 2); /* [3.3] */
    EK_EACH_GROUP ek_fe8_mul_raw(&rr[g], &b[g].y, &zz1[g]);
    EK_EACH_GROUP ek_fe8_mul_raw(&s1[g], &a[g].y, &zz2[g]);
    EK_EACH_GROUP ek_fe8_mul(&zz1[g], &a[g].z, &b[g].z);
    EK_EACH_GROUP ek_fe8_sub_carried(&rr[g], &rr[g], &s1[g], 2); /* [3.3] */
    EK_EACH_GROUP ek_fe8_mul(&r[g].z, &zz1[g], &h[g]);
    ek_gej8_add_tail(r, groups, u1, s1, h, rr);
}

/* r = 2a on the curve itself (a = -3), also for infinity: as ek_gej_double. */
EK_LANES void ek_gej8_double(ek_gej8 *r, const ek_gej8 *a, int groups) {
    ek_fe8 delta[EK_MOST_GROUPS], gamma[EK_MOST_GROUPS], beta[EK_MOST_GROUPS];
    ek_fe8 alpha[EK_MOST_GROUPS], t[EK_MOST_GROUPS], u[EK_MOST_GROUPS];
    EK_EACH_GROUP ek_fe8_sqr(&delta[g], &a[g].z); /* [1.25] */
    EK_EACH_GROUP ek_fe8_sqr(&gamma[g], &a[g].y); /* [1.57] */
    EK_EACH_GROUP {
        ek_fe8_sub_carried(&t[g], &a[g].x, &delta[g], 2); /* [4] */
        ek_fe8_add_raw(&u[g], &a[g].x, &delta[g]);
        ek_fe8_add_raw(&alpha[g], &u[g], &u[g]);
        ek_fe8_add_raw(&u[g], &u[g], &alpha[g]);
        ek_fe8_carry(&u[g]); /* [9.75] */
    }
    EK_EACH_GROUP ek_fe8_mul_raw(&beta[g], &a[g].x, &gamma[g]); /* [1.2] */
    EK_EACH_GROUP ek_fe8_mul(&alpha[g], &t[g], &u[g]);          /* [3.5] */
    EK_EACH_GROUP {
        ek_fe8_add_raw(&t[g], &a[g].y, &a[g].z);
        ek_fe8_carry(&t[g]); /* [5] */
    }
    EK_EACH_GROUP ek_fe8_sqr_raw(&t[g], &t[g]);     /* [2.6] */
    EK_EACH_GROUP ek_fe8_sqr_raw(&u[g], &alpha[g]); /* [1.8] */
    EK_EACH_GROUP {
        ek_fe8_sub_raw(&t[g], &t[g], &gamma[g]);
        ek_fe8_sub_raw(&t[g], &t[g], &delta[g]);
        ek_fe8_lift_raw(&t[g], 3);
        ek_fe8_settle(&t[g]);
        r[g].z = t[g];

        ek_fe8_shift_raw(&t[g], &beta[g], 3); /* [9.6] */
        ek_fe8_sub_raw(&t[g], &u[g], &t[g]);
        ek_fe8_lift_raw(&t[g], 10);
        ek_fe8_settle(&t[g]);
        r[g].x = t[g];

        ek_fe8_shift_raw(&u[g], &beta[g], 2);
        ek_fe8_sub_raw(&u[g], &u[g], &t[g]);
        ek_fe8_lift_raw(&u[g], 2);
        ek_fe8_settle(&u[g]);
        ek_fe8_shift_raw(&delta[g], &gamma[g], 3);    /* -8 Y^4 = gamma (-8 gamma) */
        ek_fe8_neg_carried(&delta[g], &delta[g], 13); /* [13] */
    }
    EK_EACH_GROUP ek_fe8_mul_add(&r[g].y, &alpha[g], &u[g], &gamma[g], &delta[g]); /* [2.8] */
}

EK_LANES void ek_gej8_choose(ek_gej8 *r, __mmask8 mask, const ek_gej8 *a) {
    ek_fe8_choose(&r->x, mask, &a->x);
    ek_fe8_choose(&r->y, mask, &a->y);
    ek_fe8_choose(&r->z, mask, &a->z);
}

#endif
#endif
