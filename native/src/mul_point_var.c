/* mul_point_var.c - k P for verification: public numbers only.
 *
 * k goes by its width-5 non-adjacent form over the odd multiples P, 3P .. 15P.  These share one Z
 * and so are affine points of another curve, y^2 = x^3 + a c^4 x + b c^6, to which (x, y) -> (c^2
 * x, c^3 y) leads from the curve itself.  There the sum is made; no formula asks for b. */
#include "mul.h"

/* Writes k as a sum of naf[i] 2^i with odd naf[i], |naf[i]| < 16, or 0, nonzero ones at least
 * five places apart; returns the number of places.  VAR: time depends on k (public). */
static int naf_digits_var(int8_t naf[EK_NAF_LENGTH], const ek_scalar *k) {
    int carry = 0, used = 0;
    memset(naf, 0, EK_NAF_LENGTH);
    for (int i = 0; i < EK_NAF_LENGTH;) {
        int word = (int)ek_scalar_bits(k, i, EK_NAF_WIDTH) + carry;
        if (word % 2 == 0) { /* bit and carry are equal: the place is empty, the carry stays */
            i++;
            continue;
        }
        carry = word >> (EK_NAF_WIDTH - 1) & 1;
        naf[i] = (int8_t)(word - (carry << EK_NAF_WIDTH));
        used = i + 1;
        i += EK_NAF_WIDTH;
    }
    return used;
}

int ek_naf_var(int8_t naf[EK_NAF_LENGTH], ek_gej odd[EK_NAF_ENTRIES], const ek_scalar *k,
               const ek_ge *p) {
    ek_gej twice;
    ek_gej_set_ge(&odd[0], p);
    ek_gej_double(&twice, &odd[0]);
    for (int i = 1; i < EK_NAF_ENTRIES; i++) ek_gej_add_var(&odd[i], &odd[i - 1], &twice);
    return naf_digits_var(naf, k);
}

/* k P where an addition may meet any case. */
static void by_every_case_var(ek_gej *r, const ek_scalar *k, const ek_ge *p) {
    int8_t naf[EK_NAF_LENGTH];
    ek_gej odd[EK_NAF_ENTRIES], entry;
    int used = ek_naf_var(naf, odd, k, p);

    ek_gej_set_infinity(r);
    for (int i = used - 1; i >= 0; i--) {
        ek_gej_double(r, r);
        if (naf[i] > 0) {
            ek_gej_add_var(r, r, &odd[naf[i] / 2]);
        } else if (naf[i] < 0) {
            entry = odd[-naf[i] / 2];
            ek_fe_neg(&entry.y, &entry.y);
            ek_gej_add_var(r, r, &entry);
        }
    }
}

/* The odd multiples on their curve, and its c and c^4. */
typedef struct odd_multiples {
    ek_ge entry[EK_NAF_ENTRIES];
    ek_fe c, c4;
} odd_multiples;

/* P and 2P over one Z = 2y, which is returned. */
static void twice_var(ek_fe *z, ek_ge *once, ek_ge *twice, const ek_ge *p) {
    ek_fe alpha, t;
    ek_fe_sqr(&t, &p->x);
    ek_fe_sub(&t, &t, &ek_fe_one);
    ek_fe_add(&alpha, &t, &t);
    ek_fe_add(&alpha, &alpha, &t); /* 3 x^2 - 3 */
    ek_fe_add(z, &p->y, &p->y);
    ek_fe_sqr(&t, z);
    ek_fe_mul(&once->x, &p->x, &t); /* 4 x y^2 */
    ek_fe_mul(&t, &t, z);
    ek_fe_mul(&once->y, &p->y, &t); /* 8 y^4 */
    ek_fe_sqr(&t, &alpha);
    ek_fe_sub(&t, &t, &once->x);
    ek_fe_sub(&twice->x, &t, &once->x);
    ek_fe_sub(&t, &once->x, &twice->x);
    ek_fe_mul(&t, &t, &alpha);
    ek_fe_sub(&twice->y, &t, &once->y);
}

/* sum = a + b for two points over one Z, and b over the Z of the sum, which is scale times theirs
 * (Meloni's co-Z addition).  a is neither b nor -b. */
static void add_co_z_var(ek_fe *scale, ek_ge *sum, const ek_ge *a, ek_ge *b) {
    ek_fe t, u, v;
    ek_fe_sub(scale, &b->x, &a->x);
    ek_fe_sub(&v, &b->y, &a->y);
    ek_fe_sqr(&t, scale);
    ek_fe_mul(&u, &a->x, &t);
    ek_fe_mul(&b->x, &b->x, &t);
    ek_fe_sqr(&t, &v);
    ek_fe_sub(&t, &t, &u);
    ek_fe_sub(&sum->x, &t, &b->x);
    ek_fe_sub(&u, &b->x, &u);
    ek_fe_mul(&b->y, &b->y, &u);
    ek_fe_sub(&t, &b->x, &sum->x);
    ek_fe_mul(&t, &t, &v);
    ek_fe_sub(&sum->y, &t, &b->y);
}

/* 2P is added to P, 3P .. 13P, none of which is it or its negative; then the Z of the last is made
 * that of all. */
static void odd_multiples_var(odd_multiples *odd, const ek_ge *p) {
    ek_fe scale[EK_NAF_ENTRIES], t;
    ek_ge twice, *e = odd->entry;
    twice_var(&scale[0], &e[0], &twice, p);
    for (int i = 1; i < EK_NAF_ENTRIES; i++) add_co_z_var(&scale[i], &e[i], &e[i - 1], &twice);
    odd->c = scale[EK_NAF_ENTRIES - 1];
    for (int i = EK_NAF_ENTRIES - 2; i >= 0; i--) {
        ek_fe_sqr(&t, &odd->c);
        ek_fe_mul(&e[i].x, &e[i].x, &t);
        ek_fe_mul(&t, &t, &odd->c);
        ek_fe_mul(&e[i].y, &e[i].y, &t);
        ek_fe_mul(&odd->c, &odd->c, &scale[i]);
    }
    ek_fe_sqr(&t, &odd->c);
    ek_fe_sqr(&odd->c4, &t);
}

/* A point of that curve, with w = c^4 Z^4: its a Z^4 is -3 w. */
typedef struct weighted {
    ek_gej point;
    ek_fe w;
} weighted;

/* a = 2a; w only where another doubling follows.  Modified Jacobian coordinates (Cohen, Miyaji,
 * Ono), all halved once so that Y Z is the new Z, in an order that leaves the CPU two products to
 * do at a time. */
static EK_FLAT void double_weighted(weighted *a, int again) {
    ek_gej *r = &a->point;
    ek_fe alpha, beta, gamma, t;
    ek_fe_sqr(&t, &r->x);
    ek_fe_sqr(&gamma, &r->y);
    ek_fe_sub(&t, &t, &a->w);
    ek_fe_half(&alpha, &t);
    ek_fe_add(&alpha, &alpha, &t); /* 3 (X^2 - w) / 2 */
    ek_fe_mul(&r->z, &r->z, &r->y);
    ek_fe_mul(&beta, &r->x, &gamma); /* X Y^2 */
    ek_fe_sqr(&t, &alpha);
    ek_fe_sqr(&gamma, &gamma); /* Y^4 */
    ek_fe_sub(&t, &t, &beta);
    ek_fe_sub(&r->x, &t, &beta);
    ek_fe_sub(&t, &beta, &r->x);
    if (again) ek_fe_mul(&a->w, &a->w, &gamma);
    ek_fe_mul(&t, &t, &alpha);
    ek_fe_sub(&r->y, &t, &gamma);
}

/* k P for k that is not 0.  Additions are incomplete: where one meets a special case, Z becomes 0
 * and stays 0. */
static void by_odd_multiples_var(ek_gej *r, const ek_scalar *k, const ek_ge *p) {
    int8_t naf[EK_NAF_LENGTH];
    odd_multiples odd;
    weighted sum;
    int at = naf_digits_var(naf, k) - 1;

    odd_multiples_var(&odd, p);
    ek_gej_set_ge(&sum.point, &odd.entry[naf[at] / 2]); /* the highest digit is positive */
    sum.w = odd.c4;
    while (at-- > 0) {
        int digit = naf[at];
        ek_ge entry;
        double_weighted(&sum, digit == 0);
        if (!digit) continue;
        entry = odd.entry[(digit < 0 ? -digit : digit) / 2];
        if (digit < 0) ek_fe_neg(&entry.y, &entry.y);
        ek_gej_add_ge_incomplete(&sum.point, &sum.point, &entry);
        ek_fe_sqr(&sum.w, &sum.point.z);
        ek_fe_sqr(&sum.w, &sum.w);
        ek_fe_mul(&sum.w, &sum.w, &odd.c4);
    }
    *r = sum.point;
    ek_fe_mul(&r->z, &r->z, &odd.c);
}

void ek_mul_point_var_plain(ek_gej *r, const ek_scalar *k, const ek_ge *p) {
    ek_gej_set_infinity(r);
    if (ek_scalar_is_zero(k)) return;
    by_odd_multiples_var(r, k, p);
    if (ek_fe_is_zero(&r->z)) by_every_case_var(r, k, p);
}
