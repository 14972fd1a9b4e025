/* arith_tests.c - field and scalar against the answers of native/gen/arith_cases.py on stdin: the
 * bodies of this build, and the field in lanes where the CPU has them. */
#include "check.h"
#include "lanes.h"

static uint8_t got[32];

#if EK_X86
static uint64_t words[2][4][8]; /* the last eight operands: other lanes hold other numbers */
static long lane_cases;

/* The operands in lanes, in their Montgomery form. */
static EK_TARGET_AVX512 void enter(ek_fe8 *r, uint64_t from[4][8]) {
    /* 2^520 mod p */
    static const uint64_t square[5] = {0x20000000300, 0xffffffff00000, 0x100000002, 0x200000001000,
                                       0x4000000};
    ek_fe8 factor, plain;
    __m512i w[4];
    for (int i = 0; i < 4; i++) w[i] = _mm512_loadu_si512(from[i]);
    ek_fe8_unpack(&plain, w);
    ek_fe8_set(&factor, square);
    ek_fe8_mul(r, &plain, &factor);
}

/* A lane of a product with 1, as bytes. */
static EK_TARGET_AVX512 void leave(uint8_t bytes[32], const ek_fe8 *a, long lane) {
    static const uint64_t one[5] = {1, 0, 0, 0, 0};
    uint64_t out[4][8];
    ek_fe8 factor, plain;
    __m512i w[4];
    ek_fe8_set(&factor, one);
    ek_fe8_mul(&plain, a, &factor);
    ek_fe8_reduce(&plain, &plain);
    ek_fe8_pack(w, &plain);
    for (int i = 0; i < 4; i++) _mm512_storeu_si512(out[i], w[i]);
    for (int i = 0; i < 4; i++) ek_store64(bytes + 24 - 8 * i, out[i][lane]);
}

static EK_TARGET_AVX512 void lanes_case(const char *op, const uint8_t a[32], const uint8_t b[32],
                                        const uint8_t want[32]) {
    long lane = lane_cases++ % 8;
    uint8_t bytes[32];
    ek_fe8 x, y, r;
    for (int i = 0; i < 4; i++) {
        words[0][i][lane] = ek_load64(a + 24 - 8 * i);
        words[1][i][lane] = ek_load64(b + 24 - 8 * i);
    }
    enter(&x, words[0]);
    enter(&y, words[1]);
    r = x;
    if (!strcmp(op, "fmul")) ek_fe8_mul(&r, &x, &y);
    if (!strcmp(op, "fsqr")) ek_fe8_sqr(&r, &x);
    if (!strcmp(op, "fsub")) ek_fe8_sub(&r, &x, &y);
    if (!strcmp(op, "fneg")) ek_fe8_neg_carried(&r, &x, 2);
    if (!strcmp(op, "fadd")) {
        ek_fe8_add_raw(&r, &x, &y);
        ek_fe8_settle(&r);
    }
    leave(bytes, &r, lane);
    CHECK(memcmp(bytes, want, 32) == 0);
}

/* Whether the field in lanes does this operation. */
static int in_lanes(const char *op) {
    static const char *const known[] = {"fmul", "fsqr", "fsub", "fneg", "fadd"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(op, known[i])) return ek_level() >= EK_LEVEL_AVX512;
    return 0;
}
#endif

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
#if EK_X86
        if (in_lanes(op)) lanes_case(op, a, b, want);
#endif
        if (memcmp(got, want, 32) != 0) fprintf(stderr, "%s %s %s\n", op, hex[0], hex[1]);
    }
    CHECK(lines > 0);
    return report("arithmetic");
}
