/* exhaustive_tests.c - small numbers, all of them: every multiple of G near 0 and near n by each
 * route against repeated addition, and every pair of the two-point product, where the special
 * cases of the group law sit: sG = tP, sG = -tP, P = G, P = -G, infinity on the way. */
#include "check.h"
#include "cpu.h"

#define MULTIPLES 1200
#define PAIRS 40

static ek_gej multiple[MULTIPLES]; /* multiple[k] = kG by repeated addition */

/* 1 when the points are equal: by cross-multiplication, infinity only equal to itself. */
static int same_point(const ek_gej *a, const ek_gej *b) {
    ek_fe za, zb, left, right;
    int infinite = (ek_fe_is_zero(&a->z) != 0) + (ek_fe_is_zero(&b->z) != 0);
    if (infinite) return infinite == 2;
    ek_fe_sqr(&za, &a->z);
    ek_fe_sqr(&zb, &b->z);
    ek_fe_mul(&left, &a->x, &zb);
    ek_fe_mul(&right, &b->x, &za);
    if (!ek_fe_equal(&left, &right)) return 0;
    ek_fe_mul(&za, &za, &a->z);
    ek_fe_mul(&zb, &zb, &b->z);
    ek_fe_mul(&left, &a->y, &zb);
    ek_fe_mul(&right, &b->y, &za);
    return ek_fe_equal(&left, &right) != 0;
}

static void small_scalar(ek_scalar *k, int value) {
    uint8_t bytes[32] = {0};
    bytes[30] = (uint8_t)(abs(value) >> 8);
    bytes[31] = (uint8_t)abs(value);
    ek_scalar_load(k, bytes);
    if (value < 0) ek_scalar_neg(k, k);
}

/* value G for a possibly negative value. */
static ek_gej expected(int value) {
    ek_gej r = multiple[abs(value)];
    if (value < 0) ek_fe_neg(&r.y, &r.y);
    return r;
}

static void base_multiples(void) {
    ek_gej by_doubling;
    ek_gej_set_infinity(&multiple[0]);
    for (int k = 1; k < MULTIPLES; k++) {
        ek_ge affine;
        ek_gej_add_ge_var(&multiple[k], &multiple[k - 1], &ek_ge_base);
        ek_ge_set_gej(&affine, &multiple[k]);
        CHECK(ek_ge_on_curve(&affine));
        ek_gej_add_var(&by_doubling, &multiple[k - 1], &multiple[1]);
        CHECK(same_point(&by_doubling, &multiple[k]));
        if (k % 2 == 0) {
            ek_gej_double(&by_doubling, &multiple[k / 2]);
            CHECK(same_point(&by_doubling, &multiple[k]));
        }
    }
    for (int k = -MULTIPLES + 1; k < MULTIPLES; k++) {
        ek_scalar scalar;
        ek_gej r, want = expected(k);
        small_scalar(&scalar, k);
        ek_mul_base(&r, &scalar);
        CHECK(same_point(&r, &want));
        ek_mul_base_var(&r, &scalar);
        CHECK(same_point(&r, &want));
    }
}

/* Row i, digit c of the table alone: (c 64^i) G by both routes and by doublings. */
static void table_rows(void) {
    ek_gej power;
    ek_gej_set_ge(&power, &ek_ge_base);
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        ek_gej sum = power;
        for (int column = 0; column < EK_BASE_COLUMNS; column++) {
            ek_gej entry;
            ek_gej_set_ge(&entry, &ek_base_table[row][column]);
            CHECK(ek_ge_on_curve(&ek_base_table[row][column]));
            CHECK(same_point(&entry, &sum));
            ek_gej_add_var(&sum, &sum, &power);
        }
        for (int i = 0; i < EK_BASE_WINDOW; i++) ek_gej_double(&power, &power);
    }
}

/* sG + tP for P = mG is (s + t m) G. */
static void pairs(void) {
    static const int m_values[] = {1, -1, 2, -2, 3, -5, 7, 16, -17};
    for (size_t i = 0; i < sizeof m_values / sizeof *m_values; i++) {
        int m = m_values[i];
        ek_gej pj = expected(m);
        ek_ge p;
        ek_ge_set_gej(&p, &pj);
        for (int s = -PAIRS; s <= PAIRS; s++) {
            for (int t = -PAIRS; t <= PAIRS; t++) {
                ek_scalar ss, st;
                ek_gej r, want = expected(s + t * m);
                small_scalar(&ss, s);
                small_scalar(&st, t);
                ek_mul_double_var(&r, &ss, &st, &p);
                CHECK(same_point(&r, &want));
#if EK_X86_ASM /* the body that is behind the lanes */
                if (ek_level() < EK_LEVEL_AVX2) continue;
                ek_mul_double_var_adx(&r, &ss, &st, &p);
                CHECK(same_point(&r, &want));
#endif
            }
        }
    }
}

/* Every 2^i, 2^i - 1, n - 2^i: long runs in the recodings, by each route and by splitting. */
static void powers(void) {
    ek_gej power, a, b, want;
    ek_scalar k, minus_one;
    ek_gej_set_ge(&power, &ek_ge_base);
    ek_scalar_neg(&minus_one, &ek_scalar_one);
    for (int i = 0; i < 256; i++) {
        uint8_t bytes[32] = {0};
        bytes[31 - i / 8] = (uint8_t)(1 << (i % 8));
        ek_scalar_load(&k, bytes);
        ek_mul_base(&a, &k);
        CHECK(same_point(&a, &power));
        ek_mul_base_var(&a, &k);
        CHECK(same_point(&a, &power));
        ek_mul_double_var(&a, &minus_one, &k, &ek_ge_base); /* (2^i - 1) G */
        ek_scalar_add(&k, &k, &minus_one);
        ek_mul_base(&b, &k);
        CHECK(same_point(&a, &b));
        ek_scalar_neg(&k, &k);
        ek_mul_base(&b, &k);
        want = a;
        ek_fe_neg(&want.y, &want.y);
        CHECK(same_point(&b, &want));
        ek_gej_double(&power, &power);
    }
}

/* The two x that are equal modulo n, and the x that is not one of them. */
static void x_modulo_n(void) {
    uint8_t order[32];
    ek_scalar x;
    ek_gej point;
    unhex(order, 32, "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
    for (int i = 0; i < 200; i++) { /* points are not needed: only X and Z are compared */
        ek_fe n_plus, z;
        uint8_t bytes[32] = {0};
        bytes[31] = (uint8_t)i;
        ek_scalar_load(&x, bytes);
        ek_fe_load(&n_plus, order);
        ek_fe_load(&z, bytes);
        ek_fe_add(&n_plus, &n_plus, &z);
        ek_fe_load(&z, order);
        point.z = z;
        ek_fe_sqr(&z, &z);
        ek_fe_mul(&point.x, &n_plus, &z);
        point.y = ek_fe_one;
        CHECK(ek_gej_has_x(&point, &x) == ~(uint64_t)0);
        ek_scalar_add(&x, &x, &ek_scalar_one);
        CHECK(ek_gej_has_x(&point, &x) == 0);
        /* x so large that x + n is no field element: its residue mod p must not count */
        ek_scalar_neg(&x, &ek_scalar_one);
        CHECK(ek_gej_has_x(&point, &x) == 0);
        point.z = ek_fe_zero;
        CHECK(ek_gej_has_x(&point, &x) == 0);
    }
    /* x = p - n: x + n = p = 0 mod p, and 0 is not x */
    unhex(order, 32, "000000000000000000000000000000008dfc2093de39fad5ac440bf6c62abedc");
    ek_scalar_load(&x, order);
    point.x = ek_fe_zero;
    point.z = ek_fe_one;
    CHECK(ek_gej_has_x(&point, &x) == 0);
}

/* No points at all are made affine, and summed. */
static void none(void) {
    ek_gej sum = multiple[5], want = multiple[5];
    ek_ge untouched = ek_ge_base;
    ek_ge_set_many(&untouched, &sum, 0);
    CHECK(memcmp(&untouched, &ek_ge_base, sizeof untouched) == 0);
    ek_gej_sum(&sum, &untouched, 0);
    CHECK(same_point(&sum, &want));
}

int main(void) {
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        CHECK(ek_level_limit(level) == level);
        base_multiples();
        table_rows();
        pairs();
        powers();
        x_modulo_n();
        none();
    }
    return report("exhaustive");
}
