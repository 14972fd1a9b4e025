/* group.c - the formulas are those of the Explicit-Formulas Database for a = -3: dbl-2001-b with
 * its products by Y and Z spelled out, add-2007-bl without its doublings (Cohen, Miyaji, Ono), and
 * its mixed form. */
#include "group.h"

const ek_ge ek_ge_base = {
    {{0x61328990f418029e, 0x3e7981eddca6c050, 0xd6a1ed99ac24c3c3, 0x91167a5ee1c13b05}},
    {{0xc1354e593c2d0ddd, 0xc1f5e5788d3295fa, 0x8d4cfb066e2a48f8, 0x63cd65d481d735bd}}};

#ifndef EK_CURVE_AGAIN
int ek_ge_on_curve(const ek_ge *a) {
    ek_fe left, right, t;
    uint64_t equal;
    ek_fe_sqr(&left, &a->y);
    ek_fe_sqr(&right, &a->x);
    ek_fe_mul(&right, &right, &a->x);
    ek_fe_add(&t, &a->x, &a->x);
    ek_fe_add(&t, &t, &a->x);
    ek_fe_sub(&right, &right, &t);
    ek_fe_add(&right, &right, &ek_fe_curve_b);
    equal = ek_fe_equal(&left, &right);
    EK_DECLASSIFY(&equal, sizeof equal);
    return (int)(equal & 1);
}
#endif

void ek_gej_set_ge(ek_gej *r, const ek_ge *a) {
    r->x = a->x;
    r->y = a->y;
    r->z = ek_fe_one;
}

void ek_gej_set_infinity(ek_gej *r) {
    r->x = ek_fe_one;
    r->y = ek_fe_one;
    r->z = ek_fe_zero;
}

/* In an order that leaves the CPU two products to do at a time. */
EK_FLAT void ek_gej_double(ek_gej *r, const ek_gej *a) {
    ek_fe delta, gamma, beta, alpha, t, u;

    ek_fe_sqr(&delta, &a->z);
    ek_fe_add(&u, &a->y, &a->y);
    ek_fe_sqr(&gamma, &u); /* 4 Y^2 */
    ek_fe_sub(&t, &a->x, &delta);
    ek_fe_add(&delta, &a->x, &delta);
    ek_fe_mul(&t, &t, &delta);
    ek_fe_mul(&beta, &a->x, &gamma); /* 4 X Y^2 */
    ek_fe_add(&alpha, &t, &t);
    ek_fe_add(&alpha, &alpha, &t); /* 3 (X - Z^2)(X + Z^2): where a = -3 pays */
    ek_fe_mul(&r->z, &u, &a->z);
    ek_fe_sqr(&t, &alpha);
    ek_fe_sqr(&gamma, &gamma);
    ek_fe_half(&gamma, &gamma); /* 8 Y^4 */
    ek_fe_sub(&t, &t, &beta);
    ek_fe_sub(&r->x, &t, &beta);
    ek_fe_sub(&t, &beta, &r->x);
    ek_fe_mul(&t, &t, &alpha);
    ek_fe_sub(&r->y, &t, &gamma);
}

/* The end both additions share: U1, S1, H = U2 - U1, R = S2 - S1, and Z3 already known. */
static EK_FLAT void add_tail(ek_gej *r, const ek_fe *u1, const ek_fe *s1, const ek_fe *h,
                             const ek_fe *rr) {
    ek_fe hh, hhh, v, t;
    ek_fe_sqr(&hh, h);
    ek_fe_mul(&hhh, &hh, h);
    ek_fe_mul(&v, u1, &hh);
    ek_fe_sqr(&t, rr);
    ek_fe_sub(&t, &t, &hhh);
    ek_fe_sub(&t, &t, &v);
    ek_fe_sub(&r->x, &t, &v);
    ek_fe_sub(&t, &v, &r->x);
    ek_fe_mul(&t, &t, rr);
    ek_fe_mul(&v, s1, &hhh);
    ek_fe_sub(&r->y, &t, &v);
}

/* H = x2 Z1^2 - X1, R = y2 Z1^3 - Y1. */
static EK_FLAT void mixed_differences(ek_fe *h, ek_fe *rr, const ek_gej *a, const ek_ge *b) {
    ek_fe zz;
    ek_fe_sqr(&zz, &a->z);
    ek_fe_mul(h, &b->x, &zz);
    ek_fe_mul(&zz, &zz, &a->z);
    ek_fe_mul(rr, &b->y, &zz);
    ek_fe_sub(h, h, &a->x);
    ek_fe_sub(rr, rr, &a->y);
}

static void mixed_finish(ek_gej *r, const ek_gej *a, const ek_fe *h, const ek_fe *rr) {
    ek_fe x1 = a->x, y1 = a->y;
    ek_fe_mul(&r->z, &a->z, h);
    add_tail(r, &x1, &y1, h, rr);
}

void ek_gej_add_ge_incomplete(ek_gej *r, const ek_gej *a, const ek_ge *b) {
    ek_fe h, rr;
    mixed_differences(&h, &rr, a, b);
    mixed_finish(r, a, &h, &rr);
}

void ek_gej_cmov(ek_gej *r, uint64_t mask, const ek_gej *a) {
    ek_fe_cmov(&r->x, mask, &a->x);
    ek_fe_cmov(&r->y, mask, &a->y);
    ek_fe_cmov(&r->z, mask, &a->z);
}

void ek_ge_set_gej_plain(ek_ge *r, const ek_gej *a) {
    ek_fe z, zz;
    ek_fe_inv(&z, &a->z);
    ek_fe_sqr(&zz, &z);
    ek_fe_mul(&r->x, &a->x, &zz);
    ek_fe_mul(&zz, &zz, &z);
    ek_fe_mul(&r->y, &a->y, &zz);
    ek_wipe(&z, sizeof z); /* Z tells about the path that led to the point */
    ek_wipe(&zz, sizeof zz);
}

/* With prefix products of the Z, the inverse of all gives each one's inverse, from the last to the
 * first (Montgomery's trick). */
void ek_ge_set_many_plain(ek_ge *r, const ek_gej *a, size_t count) {
    ek_fe prefix[EK_BULK], inverse, z, zz;
    if (count == 0) return;
    prefix[0] = a[0].z;
    for (size_t i = 1; i < count; i++) ek_fe_mul(&prefix[i], &prefix[i - 1], &a[i].z);
    ek_fe_inv(&inverse, &prefix[count - 1]);
    for (size_t i = count; i-- > 0;) {
        z = inverse;
        if (i > 0) {
            ek_fe_mul(&z, &inverse, &prefix[i - 1]);
            ek_fe_mul(&inverse, &inverse, &a[i].z);
        }
        ek_fe_sqr(&zz, &z);
        ek_fe_mul(&r[i].x, &a[i].x, &zz);
        ek_fe_mul(&zz, &zz, &z);
        ek_fe_mul(&r[i].y, &a[i].y, &zz);
    }
    ek_wipe(prefix, sizeof prefix);
    ek_wipe(&inverse, sizeof inverse);
    ek_wipe(&z, sizeof z);
    ek_wipe(&zz, sizeof zz);
}

void ek_gej_sum_plain(ek_gej *sum, const ek_ge *points, size_t count) {
    for (size_t i = 0; i < count; i++) ek_gej_add_ge_incomplete(sum, sum, &points[i]);
}

void ek_gej_add_ge_var(ek_gej *r, const ek_gej *a, const ek_ge *b) {
    ek_fe h, rr;
    if (ek_fe_is_zero(&a->z)) {
        ek_gej_set_ge(r, b);
        return;
    }
    mixed_differences(&h, &rr, a, b);
    if (ek_fe_is_zero(&h)) {
        if (ek_fe_is_zero(&rr))
            ek_gej_double(r, a);
        else
            ek_gej_set_infinity(r);
        return;
    }
    mixed_finish(r, a, &h, &rr);
}

void ek_gej_add_var(ek_gej *r, const ek_gej *a, const ek_gej *b) {
    ek_fe zz1, zz2, u1, s1, h, rr;
    if (ek_fe_is_zero(&a->z)) {
        *r = *b;
        return;
    }
    if (ek_fe_is_zero(&b->z)) {
        *r = *a;
        return;
    }
    ek_fe_sqr(&zz1, &a->z);
    ek_fe_sqr(&zz2, &b->z);
    ek_fe_mul(&u1, &a->x, &zz2);
    ek_fe_mul(&h, &b->x, &zz1);
    ek_fe_mul(&zz2, &zz2, &b->z);
    ek_fe_mul(&s1, &a->y, &zz2);
    ek_fe_mul(&zz1, &zz1, &a->z);
    ek_fe_mul(&rr, &b->y, &zz1);
    ek_fe_sub(&h, &h, &u1);
    ek_fe_sub(&rr, &rr, &s1);
    if (ek_fe_is_zero(&h)) {
        if (ek_fe_is_zero(&rr))
            ek_gej_double(r, a);
        else
            ek_gej_set_infinity(r);
        return;
    }
    ek_fe_mul(&zz1, &a->z, &b->z);
    ek_fe_mul(&r->z, &zz1, &h);
    add_tail(r, &u1, &s1, &h, &rr);
}
