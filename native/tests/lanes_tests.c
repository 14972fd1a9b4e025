/* lanes_tests.c - the lanes, eight of AVX-512 and four of AVX2, against the scalar bodies: products
 * with the base point, by tables, and whole verifications, random and at the edges. */
#include "check.h"
#include "mul_lanes.h"
#include "mul_quad.h"

#if EK_X86
/* One body in lanes. */
typedef struct body {
    const char *name;
    int level;
    void (*pair)(ek_gej *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k);
    void (*bulk)(ek_gej *points, const ek_scalar *scalars, size_t count);
    int (*tables)(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table);
    unsigned (*equations)(unsigned *holds, const ek_scalar *s, const ek_scalar *t, const ek_ge *p,
                          const ek_scalar *x);
    int at_once;
} body;

static const body bodies[] = {
    {"AVX-512", EK_LEVEL_AVX512, ek_mul_base_pair_lanes, ek_mul_base_bulk_lanes,
     ek_mul_tables_lanes_var, ek_mul_double_lanes_var, 16},
    {"AVX2", EK_LEVEL_AVX2, ek_mul_base_pair_quad, ek_mul_base_bulk_quad, ek_mul_tables_quad_var,
     ek_mul_double_quad_var, 4}};
static const body *lanes;

static uint64_t state = 88172645463325252ull;

static uint64_t next_word(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* A scalar: random, or small, or near n, or with long runs. */
static void some_scalar(ek_scalar *k, int kind) {
    uint8_t bytes[32];
    for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)(next_word() >> 17);
    if (kind % 4 == 1) memset(bytes, 0, 30);
    if (kind % 4 == 2) memset(bytes, kind % 8 == 2 ? 0xff : 0, 8 + (size_t)next_word() % 23);
    if (kind % 4 == 3) memset(bytes + 8, kind % 8 == 3 ? 0xff : 0, 16);
    (void)ek_scalar_load(k, bytes);
    if (kind % 16 == 5) ek_scalar_neg(k, k);
}

static int same_point(const ek_gej *a, const ek_gej *b) {
    ek_ge x, y;
    int infinite = (ek_fe_is_zero(&a->z) != 0) + (ek_fe_is_zero(&b->z) != 0);
    if (infinite) return infinite == 2;
    ek_ge_set_gej(&x, a);
    ek_ge_set_gej(&y, b);
    return ek_fe_equal(&x.x, &y.x) && ek_fe_equal(&x.y, &y.y);
}

static void pairs(void) {
    for (int i = 0; i < 3000; i++) {
        ek_scalar k, minus;
        ek_gej a, b, want;
        some_scalar(&k, i);
        if (ek_scalar_is_zero(&k)) k = ek_scalar_one;
        ek_scalar_neg(&minus, &k);
        lanes->pair(&a, &b, &k, &minus);
        ek_mul_base_plain(&want, &k);
        CHECK(same_point(&a, &want));
        ek_fe_neg(&want.y, &want.y);
        CHECK(same_point(&b, &want));
    }
}

static void bulk(void) {
    ek_scalar k[37];
    ek_gej r[37], want;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 37; i++) {
            some_scalar(&k[i], i + round);
            if (ek_scalar_is_zero(&k[i])) k[i] = ek_scalar_one;
        }
        lanes->bulk(r, k, round < 37 ? (size_t)round + 1 : 37);
        for (int i = 0; i < 37 && i <= round; i++) {
            ek_mul_base_plain(&want, &k[i]);
            CHECK(same_point(&r[i], &want));
        }
    }
}

static void some_point(ek_ge *p, int kind) {
    ek_scalar k;
    ek_gej r;
    some_scalar(&k, kind);
    if (ek_scalar_is_zero(&k)) k = ek_scalar_one;
    ek_mul_base(&r, &k);
    ek_ge_set_gej(p, &r);
}

static void by_tables(void) {
    static ek_ge table[EK_BASE_ROWS * EK_BASE_COLUMNS];
    int special = 0;
    for (int i = 0; i < 400; i++) {
        ek_scalar s, t;
        ek_ge p;
        ek_gej r, want;
        if (i % 20 == 0) {
            some_point(&p, i / 20);
            if (i == 20) p = ek_ge_base;
            ek_table_make(table, &p);
        }
        p = table[0];
        some_scalar(&s, i);
        some_scalar(&t, i / 4);
        if (i % 50 == 49) ek_scalar_neg(&t, &s);
        if (i == 30) s = t = ek_scalar_one; /* here P = G, and G meets G in two lanes */
        ek_mul_double_var_plain(&want, &s, &t, &p);
        if (lanes->tables(&r, &s, &t, table))
            CHECK(same_point(&r, &want));
        else
            special++;
        ek_mul_tables_var(&r, &s, &t, table);
        CHECK(same_point(&r, &want));
    }
    CHECK(special > 0 && special < 100);
}

/* One product, with the products of each step side by side. */
static void points(void) {
    int special = 0;
    for (int i = 0; i < 1500; i++) {
        ek_scalar k;
        ek_ge p;
        ek_gej r, want;
        some_point(&p, i / 3);
        some_scalar(&k, i);
        if (i < 40) {
            memset(&k, 0, sizeof k);
            k.v[0] = (uint64_t)i / 2;
            if (i % 2) ek_scalar_neg(&k, &k);
        }
        ek_mul_point_var_plain(&want, &k, &p);
        if (ek_mul_point_lanes_var(&r, &k, &p))
            CHECK(same_point(&r, &want));
        else
            special++;
    }
    CHECK(special >= 2 && special < 20); /* 0 G and -0 G */
}

static void verifications(void) {
    ek_scalar s[16], t[16], x[16];
    ek_ge p[16];
    int special = 0;
    for (int round = 0; round < 60; round++) {
        unsigned expected = 0, holds, unsure;
        for (int i = 0; i < 16; i++) {
            ek_gej r;
            ek_ge affine;
            uint8_t bytes[32];
            some_point(&p[i], i + round);
            some_scalar(&s[i], i * round);
            some_scalar(&t[i], i + round / 7);
            if (i == 5 && round % 3 == 0) p[i] = ek_ge_base;
            ek_mul_double_var_plain(&r, &s[i], &t[i], &p[i]);
            if (ek_fe_is_zero(&r.z)) {
                some_scalar(&x[i], 0);
                continue;
            }
            ek_ge_set_gej(&affine, &r);
            ek_fe_store(bytes, &affine.x);
            ek_scalar_load(&x[i], bytes);
            if (next_word() & 1)
                expected |= 1u << i;
            else
                ek_scalar_add(&x[i], &x[i], &ek_scalar_one);
        }
        unsure = holds = 0;
        for (int i = 0; i < 16; i += lanes->at_once) {
            unsigned some;
            unsure |= lanes->equations(&some, s + i, t + i, p + i, x + i) << i;
            holds |= some << i;
        }
        CHECK(((holds ^ expected) & ~unsure) == 0);
        for (int i = 0; i < 16; i++) special += (int)(unsure >> i & 1);
    }
    CHECK(special < 200);
    printf("lanes of %s: %d verifications left to the scalar body\n", lanes->name, special);
}
#endif

int main(void) {
#if EK_X86
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        lanes = &bodies[i];
        if (ek_level() >= lanes->level) {
            if (lanes->level == EK_LEVEL_AVX512) points();
            pairs();
            bulk();
            by_tables();
            verifications();
        } else {
            printf("SKIP: lanes: this CPU has no %s\n", lanes->name);
        }
    }
#endif
    return report("lanes");
}
