/* bench.c - a first look at speed; the measured comparisons live elsewhere. */
#include <time.h>

#include "check.h"

static double now(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#define TIMED(name, unit, amount, statement)                                            \
    do {                                                                                \
        double best = 1e9;                                                              \
        for (int batch = 0; batch < 7; batch++) {                                       \
            double start = now();                                                       \
            for (int i = 0; i < loops; i++) statement;                                  \
            double spent = (now() - start) / loops;                                     \
            if (spent < best) best = spent;                                             \
        }                                                                               \
        printf("%-24s %10.3f us %12.0f %s\n", name, best * 1e6, (amount) / best, unit); \
    } while (0)

int main(void) {
    static uint8_t data[1 << 20];
    uint8_t digest[32], sig[EK_SM2_SIGNATURE_MAX], fresh[32] = {1};
    size_t sig_len;
    int why, loops;
    ek_sm2_private key;
    ek_fe a = ek_fe_curve_b, b = ek_ge_base.x;
    ek_gej point;
    ek_scalar k;
    ek_ge affine;

    ek_sm2_private_generate(&key, &why);
    loops = 20000;
    TIMED("sm3 64 B", "B/s", 64.0, ek_sm3_digest(digest, data, 64));
    loops = 500;
    TIMED("sm3 16 KiB", "B/s", 16384.0, ek_sm3_digest(digest, data, 16384));
    loops = 200000;
    TIMED("field mul (chained)", "/s", 1.0, ek_fe_mul(&a, &a, &b));
    TIMED("field sqr (chained)", "/s", 1.0, ek_fe_sqr(&a, &a));
    loops = 2000;
    memcpy(&k, key.d, sizeof k);
    TIMED("base point, CT", "/s", 1.0, ek_mul_base(&point, &k));
    TIMED("base point, var", "/s", 1.0, ek_mul_base_var(&point, &k));
    TIMED("to affine", "/s", 1.0, ek_ge_set_gej(&affine, &point));
    TIMED("sign (e, fresh given)", "/s", 1.0,
          ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, digest, fresh));
    TIMED("sign (64 B message)", "/s", 1.0,
          ek_sm2_sign(sig, sizeof sig, &sig_len, &why, &key, data, 0, data, 64));
    loops = 1000;
    TIMED("verify (64 B message)", "/s", 1.0,
          CHECK(ek_sm2_verify(&why, &key.public_key, sig, sig_len, data, 0, data, 64)));
    return report("bench");
}
