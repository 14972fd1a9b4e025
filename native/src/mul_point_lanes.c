/* mul_point_lanes.c - one product t P for verification, the products of one doubling or addition
 * side by side: four lanes of AVX-512 IFMA hold four numbers of one point.
 *
 * Numbers, bounds and words are those of lanes.h, with vectors half as long.  A point's state is
 * X, Y, Z and alpha = 3 (X - Z^2)(X + Z^2), with which a doubling takes three products in a row:
 *     gamma = Y^2, y = Y Z, alpha^2      beta = X gamma, gamma^2, delta = y^2
 *     Y' + 8 gamma^2 = alpha (4 beta - X'), alpha' / 3 = (X' - 4 delta)(X' + 4 delta)
 * and X' = alpha^2 - 8 beta, Z' = 2 y.  VAR: everything here, all public. */
#include "mul_lanes.h"

#if EK_X86
#include <immintrin.h>

#define WIDE static inline EK_TARGET_AVX512 __attribute__((always_inline))
#define CALL static __attribute__((noinline)) EK_TARGET_AVX512
#if defined(__GNUC__) && !defined(__clang__)
#define UNROLL _Pragma("GCC unroll 16")
#else
#define UNROLL
#endif

typedef struct wide {
    __m256i v[5];
} wide;

#define LIMB 0xfffffffffffffull
static const uint64_t p52[5] = {0xfffffffffffff, 0xff00000000fff, 0xfffffffffffff, 0xfffffffffffff,
                                0x0fffffffeffff};

WIDE __m256i set(uint64_t x) {
    return _mm256_set1_epi64x((long long)x);
}

WIDE void carry(wide *r) {
    UNROLL for (int i = 0; i < 4; i++) {
        r->v[i + 1] = _mm256_add_epi64(r->v[i + 1], _mm256_srai_epi64(r->v[i], 52));
        r->v[i] = _mm256_and_si256(r->v[i], set(LIMB));
    }
}

/* As ek_fe8_settle. */
WIDE void settle(wide *r) {
    __m256i q = _mm256_srai_epi64(r->v[4], 48);
    r->v[4] = _mm256_and_si256(r->v[4], set(0xffffffffffff));
    r->v[4] = _mm256_add_epi64(r->v[4], _mm256_slli_epi64(q, 16));
    r->v[0] = _mm256_add_epi64(r->v[0], q);
    r->v[1] = _mm256_add_epi64(r->v[1], _mm256_slli_epi64(q, 44));
    r->v[1] = _mm256_sub_epi64(r->v[1], _mm256_slli_epi64(q, 12));
    carry(r);
}

/* r = a b / 2^260, carried; low and high halves in columns of their own, which halves the wait. */
WIDE void mul(wide *r, const wide *a, const wide *b) {
    const __m256i mask = set(LIMB), p1 = set(0xff00000001000), p4 = set(0x0ffffffff0000);
    __m256i t[10], h[10];
    UNROLL for (int i = 0; i < 10; i++) t[i] = h[i] = _mm256_setzero_si256();
    UNROLL for (int i = 0; i < 5; i++) {
        UNROLL for (int j = 0; j < 5; j++) {
            t[i + j] = _mm256_madd52lo_epu64(t[i + j], a->v[i], b->v[j]);
            h[i + j + 1] = _mm256_madd52hi_epu64(h[i + j + 1], a->v[i], b->v[j]);
        }
    }
    UNROLL for (int i = 0; i < 10; i++) t[i] = _mm256_add_epi64(t[i], h[i]);
    UNROLL for (int i = 0; i < 5; i++) {
        __m256i u = t[i];
        t[i + 1] = _mm256_add_epi64(t[i + 1], _mm256_srai_epi64(u, 52));
        t[i + 1] = _mm256_madd52lo_epu64(t[i + 1], u, p1);
        t[i + 2] = _mm256_madd52hi_epu64(t[i + 2], u, p1);
        t[i + 4] = _mm256_madd52lo_epu64(t[i + 4], u, p4);
        t[i + 5] = _mm256_madd52hi_epu64(t[i + 5], u, p4);
        t[i + 2] = _mm256_sub_epi64(t[i + 2], _mm256_and_si256(u, mask));
    }
    UNROLL for (int i = 0; i < 5; i++) r->v[i] = t[i + 5];
    carry(r);
}

/* Lane by lane: r = a + b; r = a - b + multiple p; r = 2^count a. */
WIDE void add(wide *r, const wide *a, const wide *b) {
    UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm256_add_epi64(a->v[i], b->v[i]);
}

WIDE void sub(wide *r, const wide *a, const wide *b, uint64_t multiple) {
    UNROLL for (int i = 0; i < 5; i++) r->v[i] =
        _mm256_add_epi64(_mm256_sub_epi64(a->v[i], b->v[i]), set(p52[i] * multiple));
}

WIDE void shift(wide *r, const wide *a, int count) {
    UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm256_slli_epi64(a->v[i], count);
}

/* r = the lanes of a that four numbers name. */
#define TAKE(r, a, l0, l1, l2, l3)                                    \
    UNROLL for (int lane_i = 0; lane_i < 5; lane_i++)(r)->v[lane_i] = \
        _mm256_permutex_epi64((a)->v[lane_i], (l0) | (l1) << 2 | (l2) << 4 | (l3) << 6)

/* r = a in one lane. */
WIDE void put(wide *r, int lane, const wide *a) {
    UNROLL for (int i = 0; i < 5; i++) r->v[i] =
        _mm256_mask_mov_epi64(r->v[i], (__mmask8)(1 << lane), a->v[i]);
}

/* X in every lane; Y and alpha in lanes 0 and 1 of ya; Z in lane 1 of z.  All [1.1], Z [2.3]. */
typedef struct state {
    wide x, ya, z;
} state;

/* An entry of the table: X, Y, Z, Z^2 and Z^3, each [1.3], in the lanes that an addition wants. */
typedef struct entry {
    wide first;  /* Z^3, Z^2, Z in lanes 1, 2, 3 */
    wide second; /* X in lane 0 */
    wide y;      /* Y in lane 0 */
} entry;

/* Y' (raw) and alpha' / 3 are in lanes 0 and 1 of r; both settle, alpha' whole. */
WIDE void finish(state *s, wide *r, const wide *y_raw) {
    wide v;
    add(&v, r, r);
    add(&v, &v, r);
    put(&v, 0, y_raw);
    settle(&v);
    s->ya = v;
}

CALL void double_var(state *s, int times) {
    state a = *s;
    while (times--) {
        wide l, m, first, second, b, d, t, u;
        TAKE(&l, &a.ya, 0, 0, 1, 1);
        m = l;
        put(&m, 1, &a.z);
        mul(&first, &l, &m); /* gamma, Y Z, alpha^2 [1.2, 1.2, 1.1] */
        TAKE(&m, &first, 0, 0, 1, 1);
        l = m;
        put(&l, 0, &a.x);
        mul(&second, &l, &m); /* beta, gamma^2, delta [1.1] */
        shift(&a.z, &first, 1);
        carry(&a.z);

        TAKE(&b, &second, 0, 0, 0, 0);
        TAKE(&t, &first, 2, 2, 2, 2);
        shift(&u, &b, 3);
        sub(&t, &t, &u, 10);
        settle(&t);
        a.x = t; /* alpha^2 - 8 beta */
        TAKE(&d, &second, 2, 2, 2, 2);
        shift(&d, &d, 2);
        TAKE(&u, &a.ya, 1, 1, 1, 1); /* alpha */
        sub(&l, &a.x, &d, 6);        /* [7.1] */
        put(&l, 0, &u);
        carry(&l);
        add(&m, &a.x, &d); /* [5.7] */
        shift(&u, &b, 2);
        sub(&u, &u, &a.x, 2); /* [6.6] */
        put(&m, 0, &u);
        carry(&m);
        mul(&t, &l, &m); /* [1.5, 3.6] */
        TAKE(&d, &second, 1, 1, 1, 1);
        shift(&d, &d, 3);
        sub(&u, &t, &d, 10);
        finish(&a, &t, &u);
    }
    *s = a;
}

/* s += e, or less e; incomplete: Z becomes 0 where s is infinity, e or -e, and stays so. */
CALL void add_var(state *s, const entry *e, int negative) {
    wide l, m, first, second, third, h, r, t, u, y2 = e->y;
    if (negative) {
        UNROLL for (int i = 0; i < 5; i++) y2.v[i] = _mm256_sub_epi64(set(2 * p52[i]), y2.v[i]);
        carry(&y2); /* [2] */
    }
    TAKE(&l, &s->z, 1, 1, 1, 1);
    m = e->first;
    put(&m, 0, &l);
    TAKE(&t, &s->ya, 0, 0, 0, 0);
    put(&l, 1, &t);
    put(&l, 2, &s->x);
    mul(&first, &l, &m); /* zz1, S1, U1, Z1 Z2 [1.4] */
    TAKE(&l, &first, 0, 0, 0, 0);
    m = e->second;
    TAKE(&t, &s->z, 1, 1, 1, 1);
    put(&m, 1, &t);
    mul(&second, &l, &m); /* U2, zzz1 [1.3] */
    TAKE(&t, &first, 2, 2, 2, 2);
    TAKE(&h, &second, 0, 0, 0, 0);
    sub(&h, &h, &t, 2);
    carry(&h); /* U2 - U1 [3.3] */
    TAKE(&l, &second, 1, 1, 1, 1);
    put(&l, 1, &h);
    TAKE(&t, &first, 3, 3, 3, 3);
    put(&l, 2, &t);
    m = h;
    put(&m, 0, &y2);
    mul(&third, &l, &m); /* S2, HH, Z3 [1.3, 1.7, 1.3] */
    TAKE(&t, &first, 1, 1, 1, 1);
    TAKE(&r, &third, 0, 0, 0, 0);
    sub(&r, &r, &t, 2);
    carry(&r); /* S2 - S1 [3.3] */
    TAKE(&t, &third, 1, 1, 1, 1);
    l = t;
    put(&l, 0, &r);
    TAKE(&u, &third, 2, 2, 2, 2);
    put(&l, 3, &u);
    m = h;
    put(&m, 0, &r);
    TAKE(&t, &first, 2, 2, 2, 2);
    put(&m, 2, &t);
    put(&m, 3, &u);
    s->z = u;             /* Z3 */
    mul(&second, &l, &m); /* R^2, HHH, V, Z3^2 [1.7, 1.4, 1.2, 1.2] */

    TAKE(&t, &second, 0, 0, 0, 0);
    TAKE(&u, &second, 1, 1, 1, 1);
    sub(&t, &t, &u, 0);
    TAKE(&u, &second, 2, 2, 2, 2);
    sub(&t, &t, &u, 0);
    sub(&t, &t, &u, 5);
    settle(&t);
    s->x = t;
    sub(&u, &u, &s->x, 2);         /* V - X3 [3.2] */
    TAKE(&t, &second, 3, 3, 3, 3); /* Z3^2 */
    sub(&l, &s->x, &t, 2);         /* [3.1] */
    add(&m, &s->x, &t);            /* [2.3] */
    put(&l, 0, &r);
    put(&m, 0, &u);
    TAKE(&t, &first, 1, 1, 1, 1);
    put(&l, 2, &t); /* S1 */
    TAKE(&t, &second, 1, 1, 1, 1);
    put(&m, 2, &t); /* HHH */
    carry(&l);
    carry(&m);
    mul(&t, &l, &m); /* [1.7, 1.5, 1.2] */
    TAKE(&u, &t, 2, 2, 2, 2);
    sub(&u, &t, &u, 2);
    finish(s, &t, &u);
}

/* Three numbers of the scalar bodies, and 0, in Montgomery form with 2^260. */
static EK_TARGET_AVX512 void enter(wide *r, const ek_gej *a) {
    /* 2^264 mod p */
    static const uint64_t to_lanes[5] = {0x100, 0xffffffff00000, 0, 0, 0x1000000};
    const __m256i mask = set(LIMB);
    const uint64_t *x = a->x.v, *y = a->y.v, *z = a->z.v;
    __m256i w[4];
    wide factor;
    for (int i = 0; i < 4; i++)
        w[i] = _mm256_set_epi64x(0, (long long)z[i], (long long)y[i], (long long)x[i]);
    for (int i = 0; i < 5; i++) factor.v[i] = set(to_lanes[i]);
    r->v[0] = _mm256_and_si256(w[0], mask);
    UNROLL for (int i = 1; i < 4; i++) r->v[i] = _mm256_and_si256(
        _mm256_or_si256(_mm256_srli_epi64(w[i - 1], 64 - 12 * i), _mm256_slli_epi64(w[i], 12 * i)),
        mask);
    r->v[4] = _mm256_srli_epi64(w[3], 16);
    mul(r, r, &factor);
}

/* And back: lane 0 of a number, reduced. */
static EK_TARGET_AVX512 void leave(ek_fe *r, const wide *a) {
    /* 2^256 mod p: a product with it leaves the form with 2^256 */
    static const uint64_t to_scalar[5] = {1, 0xffffffff000, 0, 0, 0x10000};
    uint64_t l[5], w[4];
    wide t;
    for (int i = 0; i < 5; i++) t.v[i] = set(to_scalar[i]);
    mul(&t, a, &t);
    for (int i = 0; i < 5; i++) l[i] = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(t.v[i]));
    w[0] = l[0] | l[1] << 52;
    w[1] = l[1] >> 12 | l[2] << 40;
    w[2] = l[2] >> 24 | l[3] << 28;
    w[3] = l[3] >> 36 | l[4] << 16;
    ek_reduce_once4(r->v, w, l[4] >> 48 & 1, ek_p4);
}

static EK_TARGET_AVX512 void make_entry(entry *e, const ek_gej *a) {
    wide t, z, zz;
    enter(&t, a);
    TAKE(&e->second, &t, 0, 0, 0, 0);
    TAKE(&e->y, &t, 1, 1, 1, 1);
    TAKE(&z, &t, 2, 2, 2, 2);
    mul(&zz, &z, &z);
    mul(&t, &zz, &z);
    put(&t, 2, &zz);
    put(&t, 3, &z);
    e->first = t;
}

/* The sum begins with its highest digit, which is positive. */
static EK_TARGET_AVX512 void start_var(state *s, const entry *e) {
    wide l, m, zz;
    TAKE(&zz, &e->first, 2, 2, 2, 2);
    sub(&l, &e->second, &zz, 2);
    carry(&l);
    add(&m, &e->second, &zz);
    carry(&m);
    mul(&m, &l, &m);
    s->x = e->second;
    TAKE(&s->z, &e->first, 3, 3, 3, 3);
    finish(s, &m, &e->y);
}

EK_TARGET_AVX512 int ek_mul_point_lanes_var(ek_gej *r, const ek_scalar *k, const ek_ge *p) {
    int8_t naf[EK_NAF_LENGTH];
    ek_gej odd[EK_NAF_ENTRIES];
    entry table[EK_NAF_ENTRIES];
    state s;
    wide t;
    int at = ek_naf_var(naf, odd, k, p) - 1, doublings = 0;

    for (int i = 0; i < EK_NAF_ENTRIES; i++) make_entry(&table[i], &odd[i]);
    if (at < 0) return 0;
    start_var(&s, &table[naf[at] / 2]);
    while (at-- > 0) {
        doublings++;
        if (!naf[at]) continue;
        double_var(&s, doublings);
        add_var(&s, &table[(naf[at] < 0 ? -naf[at] : naf[at]) / 2], naf[at] < 0);
        doublings = 0;
    }
    double_var(&s, doublings);
    leave(&r->x, &s.x);
    leave(&r->y, &s.ya);
    TAKE(&t, &s.z, 1, 1, 1, 1);
    leave(&r->z, &t);
    return !ek_fe_is_zero(&r->z);
}
#else
typedef int ek_no_point_lanes; /* a translation unit is never empty */
#endif
