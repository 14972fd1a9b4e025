/* inverse.h - the inverse modulo p by divsteps (Bernstein and Yang, "Fast constant-time gcd
 * computation and modular inversion", 2019, in the variant whose delta begins at 1/2).
 *
 * f = p, g = a; each step halves g, after adding f or not, and swaps them when delta says so, until
 * g = 0 and f = +-1; 590 steps suffice for 256 bits.  Steps need the lowest bits only, so 60 at a
 * time are done on one word and gathered in a matrix
 *     2^60 (f, g)' = ((u, v), (q, r)) (f, g),
 * which is then applied to f and g, and modulo p to d and e, where d a = f and e a = g throughout.
 * Numbers are five signed limbs of 60 bits.  CT: nothing leaks. */
#ifndef EK_INVERSE_H
#define EK_INVERSE_H

#include "bytes.h"

#define EK_ROUNDS 10 /* of 60 steps */
#define EK_LIMB60 ((uint64_t)-1 >> 4)

__extension__ typedef __int128 ek_i128;

typedef struct ek_signed60 {
    int64_t v[5];
} ek_signed60;

typedef struct ek_divsteps {
    int64_t u, v, q, r;
} ek_divsteps;

/* p in 60-bit limbs. */
static const ek_signed60 ek_p60 = {
    {0xfffffffffffffff, 0xffffff00000000f, 0xfffffffffffffff, 0xfffefffffffffff, 0xffff}};

/* 20 steps from the low words of f and g; zeta is -(delta + 1/2).  One word carries a row of the
 * matrix along with the number: f mod 2^20 less 2^41, g mod 2^20 less 2^62.  What is done to the
 * numbers is done to these multiples of 2^41 and 2^62, halved up to 20 times: in the end the word
 * is a number of 20 bits with its sign, less 2^21 u, less 2^42 v. */
static inline int64_t ek_divsteps_20(ek_divsteps *t, int64_t zeta, uint64_t f, uint64_t g) {
    const uint64_t low = ((uint64_t)1 << 20) - 1;
    int64_t both;
    f = (f & low) - ((uint64_t)1 << 41);
    g = (g & low) - ((uint64_t)1 << 62);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 20
#endif
    for (int i = 0; i < 20; i++) {
        uint64_t negative = ek_barrier((uint64_t)(zeta >> 63)), odd = ek_mask_bit(g & 1);
        uint64_t swap = negative & odd, change = (f ^ g) & swap;
        g += ((f ^ negative) - negative) & odd; /* f, negated where delta > 0 */
        g = (uint64_t)((int64_t)g >> 1);
        f ^= change;
        zeta = (int64_t)((uint64_t)zeta ^ swap) - 1; /* swap: -zeta - 2, else zeta - 1 */
    }
    both = (int64_t)(f + low + 1) >> 21; /* -u - 2^21 v, -2^20 <= -u < 2^20 */
    t->u = -((int64_t)((uint64_t)both << 43) >> 43);
    t->v = -((both + t->u) >> 21);
    both = (int64_t)(g + low + 1) >> 21;
    t->q = -((int64_t)((uint64_t)both << 43) >> 43);
    t->r = -((both + t->q) >> 21);
    return zeta;
}

/* t = next t, of at most 2^60. */
static inline void ek_divsteps_join(ek_divsteps *t, const ek_divsteps *next) {
    ek_divsteps first = *t;
    t->u = next->u * first.u + next->v * first.q;
    t->v = next->u * first.v + next->v * first.r;
    t->q = next->q * first.u + next->r * first.q;
    t->r = next->q * first.v + next->r * first.r;
}

/* 60 steps. */
static inline int64_t ek_divsteps_60(ek_divsteps *t, int64_t zeta, uint64_t f, uint64_t g) {
    ek_divsteps next;
    zeta = ek_divsteps_20(t, zeta, f, g);
    next = *t;
    for (int i = 0; i < 2; i++) {
        uint64_t sum = (uint64_t)next.u * f + (uint64_t)next.v * g;
        g = ((uint64_t)next.q * f + (uint64_t)next.r * g) >> 20;
        f = sum >> 20;
        zeta = ek_divsteps_20(&next, zeta, f, g);
        ek_divsteps_join(t, &next);
    }
    return zeta;
}

/* (f, g) = t (f, g) / 2^60, exactly. */
static inline void ek_divsteps_fg(ek_signed60 *f, ek_signed60 *g, const ek_divsteps *t) {
    ek_i128 cf = 0, cg = 0;
    for (int i = 0; i < 5; i++) {
        int64_t fi = f->v[i], gi = g->v[i];
        cf += (ek_i128)t->u * fi + (ek_i128)t->v * gi;
        cg += (ek_i128)t->q * fi + (ek_i128)t->r * gi;
        if (i > 0) {
            f->v[i - 1] = (int64_t)((uint64_t)cf & EK_LIMB60);
            g->v[i - 1] = (int64_t)((uint64_t)cg & EK_LIMB60);
        }
        cf >>= 60;
        cg >>= 60;
    }
    f->v[4] = (int64_t)cf;
    g->v[4] = (int64_t)cg;
}

/* (d, e) = t (d, e) / 2^60 modulo p, for and into the range (-2p, p): multiples of p are added,
 * first one for each negative number, then what makes the lowest 60 bits zero; 1/p is -1 there. */
static inline void ek_divsteps_de(ek_signed60 *d, ek_signed60 *e, const ek_divsteps *t) {
    int64_t sd = d->v[4] >> 63, se = e->v[4] >> 63;
    int64_t md = (t->u & sd) + (t->v & se), me = (t->q & sd) + (t->r & se);
    ek_i128 cd = (ek_i128)t->u * d->v[0] + (ek_i128)t->v * e->v[0];
    ek_i128 ce = (ek_i128)t->q * d->v[0] + (ek_i128)t->r * e->v[0];
    md -= (int64_t)(((uint64_t)md - (uint64_t)cd) & EK_LIMB60);
    me -= (int64_t)(((uint64_t)me - (uint64_t)ce) & EK_LIMB60);
    cd += (ek_i128)ek_p60.v[0] * md;
    ce += (ek_i128)ek_p60.v[0] * me;
    cd >>= 60;
    ce >>= 60;
    for (int i = 1; i < 5; i++) {
        int64_t di = d->v[i], ei = e->v[i];
        cd += (ek_i128)t->u * di + (ek_i128)t->v * ei + (ek_i128)ek_p60.v[i] * md;
        ce += (ek_i128)t->q * di + (ek_i128)t->r * ei + (ek_i128)ek_p60.v[i] * me;
        d->v[i - 1] = (int64_t)((uint64_t)cd & EK_LIMB60);
        e->v[i - 1] = (int64_t)((uint64_t)ce & EK_LIMB60);
        cd >>= 60;
        ce >>= 60;
    }
    d->v[4] = (int64_t)cd;
    e->v[4] = (int64_t)ce;
}

/* Adds p where mask is ones, and carries. */
static inline void ek_signed60_add_p(ek_signed60 *r, int64_t mask) {
    for (int i = 0; i < 5; i++) r->v[i] += ek_p60.v[i] & mask;
    for (int i = 0; i < 4; i++) {
        r->v[i + 1] += r->v[i] >> 60;
        r->v[i] = (int64_t)((uint64_t)r->v[i] & EK_LIMB60);
    }
}

/* r = 1/a modulo p for a below p, 0 for 0. */
static inline void ek_inverse(uint64_t r[4], const uint64_t a[4]) {
    ek_signed60 d = {{0}}, e = {{1}}, f = ek_p60, g;
    ek_divsteps t;
    int64_t zeta = -1, sign;

    g.v[0] = (int64_t)(a[0] & EK_LIMB60);
    g.v[1] = (int64_t)((a[0] >> 60 | a[1] << 4) & EK_LIMB60);
    g.v[2] = (int64_t)((a[1] >> 56 | a[2] << 8) & EK_LIMB60);
    g.v[3] = (int64_t)((a[2] >> 52 | a[3] << 12) & EK_LIMB60);
    g.v[4] = (int64_t)(a[3] >> 48);
    for (int i = 0; i < EK_ROUNDS; i++) {
        zeta = ek_divsteps_60(&t, zeta, (uint64_t)f.v[0] | (uint64_t)f.v[1] << 60,
                              (uint64_t)g.v[0] | (uint64_t)g.v[1] << 60);
        ek_divsteps_de(&d, &e, &t);
        ek_divsteps_fg(&f, &g, &t);
    }
    /* f = 1 or -1, and the inverse is d f: from (-2p, p) to [0, p) */
    ek_signed60_add_p(&d, d.v[4] >> 63);
    sign = f.v[4] >> 63;
    for (int i = 0; i < 5; i++) d.v[i] = (d.v[i] ^ sign) - sign;
    ek_signed60_add_p(&d, 0);
    ek_signed60_add_p(&d, d.v[4] >> 63);
    ek_signed60_add_p(&d, d.v[4] >> 63);
    r[0] = (uint64_t)d.v[0] | (uint64_t)d.v[1] << 60;
    r[1] = (uint64_t)d.v[1] >> 4 | (uint64_t)d.v[2] << 56;
    r[2] = (uint64_t)d.v[2] >> 8 | (uint64_t)d.v[3] << 52;
    r[3] = (uint64_t)d.v[3] >> 12 | (uint64_t)d.v[4] << 48;
    ek_wipe(&d, sizeof d);
    ek_wipe(&e, sizeof e);
    ek_wipe(&f, sizeof f);
    ek_wipe(&g, sizeof g);
    ek_wipe(&t, sizeof t);
}

#endif
