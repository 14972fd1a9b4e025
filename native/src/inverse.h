/* inverse.h - the inverse modulo p by divsteps (Bernstein and Yang, "Fast constant-time gcd
 * computation and modular inversion", 2019, in the variant whose delta begins at 1/2).
 *
 * f = p, g = a; each step halves g, after adding f or not, and swaps them when delta says so, until
 * g = 0 and f = +-1; 590 steps suffice for 256 bits.  Steps need the lowest bits only, so 62 at a
 * time are done on one word and gathered in a matrix
 *     2^62 (f, g)' = ((u, v), (q, r)) (f, g),
 * which is then applied to f and g, and modulo p to d and e, where d a = f and e a = g throughout.
 * Numbers are five signed limbs of 62 bits.  CT: nothing leaks. */
#ifndef EK_INVERSE_H
#define EK_INVERSE_H

#include "bytes.h"

#define EK_ROUNDS 10 /* of 62 steps: 620 */
#define EK_LIMB62 ((uint64_t)-1 >> 2)

__extension__ typedef __int128 ek_i128;

typedef struct ek_signed62 {
    int64_t v[5];
} ek_signed62;

typedef struct ek_divsteps {
    int64_t u, v, q, r;
} ek_divsteps;

/* p in 62-bit limbs. */
static const ek_signed62 ek_p62 = {
    {0x3fffffffffffffff, 0x3ffffffc00000003, 0x3fffffffffffffff, 0x3fffffbfffffffff, 0xff}};

/* 62 steps from the low words of f and g; zeta is -(delta + 1/2). */
static inline int64_t ek_divsteps_62(ek_divsteps *t, int64_t zeta, uint64_t f, uint64_t g) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    for (int i = 0; i < 62; i++) {
        uint64_t negative = ek_barrier((uint64_t)(zeta >> 63)), odd = ek_mask_bit(g & 1);
        g += ((f ^ negative) - negative) & odd; /* f, negated where delta > 0 */
        q += ((u ^ negative) - negative) & odd;
        r += ((v ^ negative) - negative) & odd;
        negative &= odd;
        zeta = (int64_t)((uint64_t)zeta ^ negative) - 1; /* swap: -zeta - 2, else zeta - 1 */
        f += g & negative;
        u += q & negative;
        v += r & negative;
        g >>= 1;
        u <<= 1;
        v <<= 1;
    }
    t->u = (int64_t)u;
    t->v = (int64_t)v;
    t->q = (int64_t)q;
    t->r = (int64_t)r;
    return zeta;
}

/* (f, g) = t (f, g) / 2^62, exactly. */
static inline void ek_divsteps_fg(ek_signed62 *f, ek_signed62 *g, const ek_divsteps *t) {
    ek_i128 cf = 0, cg = 0;
    for (int i = 0; i < 5; i++) {
        int64_t fi = f->v[i], gi = g->v[i];
        cf += (ek_i128)t->u * fi + (ek_i128)t->v * gi;
        cg += (ek_i128)t->q * fi + (ek_i128)t->r * gi;
        if (i > 0) {
            f->v[i - 1] = (int64_t)((uint64_t)cf & EK_LIMB62);
            g->v[i - 1] = (int64_t)((uint64_t)cg & EK_LIMB62);
        }
        cf >>= 62;
        cg >>= 62;
    }
    f->v[4] = (int64_t)cf;
    g->v[4] = (int64_t)cg;
}

/* (d, e) = t (d, e) / 2^62 modulo p, for and into the range (-2p, p): multiples of p are added,
 * first one for each negative number, then what makes the lowest 62 bits zero; 1/p is -1 there. */
static inline void ek_divsteps_de(ek_signed62 *d, ek_signed62 *e, const ek_divsteps *t) {
    int64_t sd = d->v[4] >> 63, se = e->v[4] >> 63;
    int64_t md = (t->u & sd) + (t->v & se), me = (t->q & sd) + (t->r & se);
    ek_i128 cd = (ek_i128)t->u * d->v[0] + (ek_i128)t->v * e->v[0];
    ek_i128 ce = (ek_i128)t->q * d->v[0] + (ek_i128)t->r * e->v[0];
    md -= (int64_t)(((uint64_t)md - (uint64_t)cd) & EK_LIMB62);
    me -= (int64_t)(((uint64_t)me - (uint64_t)ce) & EK_LIMB62);
    cd += (ek_i128)ek_p62.v[0] * md;
    ce += (ek_i128)ek_p62.v[0] * me;
    cd >>= 62;
    ce >>= 62;
    for (int i = 1; i < 5; i++) {
        int64_t di = d->v[i], ei = e->v[i];
        cd += (ek_i128)t->u * di + (ek_i128)t->v * ei + (ek_i128)ek_p62.v[i] * md;
        ce += (ek_i128)t->q * di + (ek_i128)t->r * ei + (ek_i128)ek_p62.v[i] * me;
        d->v[i - 1] = (int64_t)((uint64_t)cd & EK_LIMB62);
        e->v[i - 1] = (int64_t)((uint64_t)ce & EK_LIMB62);
        cd >>= 62;
        ce >>= 62;
    }
    d->v[4] = (int64_t)cd;
    e->v[4] = (int64_t)ce;
}

/* Adds p where mask is ones, and carries. */
static inline void ek_signed62_add_p(ek_signed62 *r, int64_t mask) {
    for (int i = 0; i < 5; i++) r->v[i] += ek_p62.v[i] & mask;
    for (int i = 0; i < 4; i++) {
        r->v[i + 1] += r->v[i] >> 62;
        r->v[i] = (int64_t)((uint64_t)r->v[i] & EK_LIMB62);
    }
}

/* r = 1/a modulo p for a below p, 0 for 0. */
static inline void ek_inverse(uint64_t r[4], const uint64_t a[4]) {
    ek_signed62 d = {{0}}, e = {{1}}, f = ek_p62, g;
    ek_divsteps t;
    int64_t zeta = -1, sign;

    g.v[0] = (int64_t)(a[0] & EK_LIMB62);
    g.v[1] = (int64_t)((a[0] >> 62 | a[1] << 2) & EK_LIMB62);
    g.v[2] = (int64_t)((a[1] >> 60 | a[2] << 4) & EK_LIMB62);
    g.v[3] = (int64_t)((a[2] >> 58 | a[3] << 6) & EK_LIMB62);
    g.v[4] = (int64_t)(a[3] >> 56);
    for (int i = 0; i < EK_ROUNDS; i++) {
        zeta = ek_divsteps_62(&t, zeta, (uint64_t)f.v[0] | (uint64_t)f.v[1] << 62,
                              (uint64_t)g.v[0] | (uint64_t)g.v[1] << 62);
        ek_divsteps_de(&d, &e, &t);
        ek_divsteps_fg(&f, &g, &t);
    }
    /* f = 1 or -1, and the inverse is d f: from (-2p, p) to [0, p) */
    ek_signed62_add_p(&d, d.v[4] >> 63);
    sign = f.v[4] >> 63;
    for (int i = 0; i < 5; i++) d.v[i] = (d.v[i] ^ sign) - sign;
    ek_signed62_add_p(&d, 0);
    ek_signed62_add_p(&d, d.v[4] >> 63);
    ek_signed62_add_p(&d, d.v[4] >> 63);
    r[0] = (uint64_t)d.v[0] | (uint64_t)d.v[1] << 62;
    r[1] = (uint64_t)d.v[1] >> 2 | (uint64_t)d.v[2] << 60;
    r[2] = (uint64_t)d.v[2] >> 4 | (uint64_t)d.v[3] << 58;
    r[3] = (uint64_t)d.v[3] >> 6 | (uint64_t)d.v[4] << 56;
    ek_wipe(&d, sizeof d);
    ek_wipe(&e, sizeof e);
    ek_wipe(&f, sizeof f);
    ek_wipe(&g, sizeof g);
    ek_wipe(&t, sizeof t);
}

#endif
