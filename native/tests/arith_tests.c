/* arith_tests.c - field and scalar against the answers of native/gen/arith_cases.py on stdin. */
#include "check.h"

static uint8_t got[32];

static void field_case(const char *op, const uint8_t a[32], const uint8_t b[32]) {
    ek_fe x, y, r;
    int below = ek_fe_load(&x, a);
    (void)ek_fe_load(&y, b);
    r = x; /* fload */
    if (!strcmp(op, "fadd")) ek_fe_add(&r, &x, &y);
    if (!strcmp(op, "fsub")) ek_fe_sub(&r, &x, &y);
    if (!strcmp(op, "fneg")) ek_fe_neg(&r, &x);
    if (!strcmp(op, "fmul")) ek_fe_mul(&r, &x, &y);
    if (!strcmp(op, "fsqr")) ek_fe_sqr(&r, &x);
    if (!strcmp(op, "finv")) ek_fe_inv(&r, &x);
    if (!strcmp(op, "froot")) ek_fe_sqrt_candidate(&r, &x);
    if (!strcmp(op, "fload")) CHECK(below == b[31]);
    CHECK(ek_fe_is_zero(&r) == ek_fe_equal(&r, &ek_fe_zero));
    ek_fe_store(got, &r);

    /* the same in place: outputs may be inputs */
    if (!strcmp(op, "fadd")) ek_fe_add(&x, &x, &y);
    if (!strcmp(op, "fsub")) ek_fe_sub(&y, &x, &y), x = y;
    if (!strcmp(op, "fmul")) ek_fe_mul(&y, &x, &y), x = y;
    if (!strcmp(op, "fsqr")) ek_fe_sqr(&x, &x);
    if (!strcmp(op, "fadd") || !strcmp(op, "fsub") || !strcmp(op, "fmul") || !strcmp(op, "fsqr"))
        CHECK(ek_fe_equal(&x, &r));
}

static void scalar_case(const char *op, const uint8_t a[32], const uint8_t b[32]) {
    ek_scalar x, y, r;
    ek_scalar_mont factor;
    int below = ek_scalar_load(&x, a);
    (void)ek_scalar_load(&y, b);
    r = x; /* sload */
    if (!strcmp(op, "sadd")) ek_scalar_add(&r, &x, &y);
    if (!strcmp(op, "ssub")) ek_scalar_sub(&r, &x, &y);
    if (!strcmp(op, "sneg")) ek_scalar_neg(&r, &x);
    if (!strcmp(op, "smul")) {
        ek_scalar_to_mont(&factor, &x);
        ek_scalar_mul(&r, &factor, &y);
    }
    if (!strcmp(op, "sinv")) {
        ek_scalar_inv(&factor, &x);
        ek_scalar_mul(&r, &factor, &ek_scalar_one);
    }
    if (!strcmp(op, "sload")) CHECK(below == b[31]);
    ek_scalar_store(got, &r);
}

int main(void) {
    char op[16], hex[3][80];
    uint8_t a[32], b[32], want[32];
    long lines = 0;
    while (scanf("%15s %79s %79s %79s", op, hex[0], hex[1], hex[2]) == 4) {
        lines++;
        unhex(a, 32, hex[0]);
        unhex(b, 32, hex[1]);
        unhex(want, 32, hex[2]);
        if (op[0] == 'f')
            field_case(op, a, b);
        else
            scalar_case(op, a, b);
        CHECK(memcmp(got, want, 32) == 0);
        if (memcmp(got, want, 32) != 0) fprintf(stderr, "%s %s %s\n", op, hex[0], hex[1]);
    }
    CHECK(lines > 0);
    return report("arithmetic");
}
