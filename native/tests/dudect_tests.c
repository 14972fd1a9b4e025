/* dudect_tests.c - does the time of signing depend on the secret?  Welch's t-test on the times of
 * two classes, a fixed secret and random ones, interleaved at random, outliers cropped at several
 * thresholds (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2017).
 *
 *     dudect_tests [SAMPLES]     (20,000 by default; the claim is |t| < 4.5 at 10^6)
 *
 * The two secrets: the key (fixed or random, loaded beforehand), and the nonce (fixed or random
 * fresh bytes, which decide it).  A control whose time does depend must be seen. */
#include <time.h>

#include "check.h"

#if defined(__x86_64__)
#include <x86intrin.h>
static uint64_t ticks(void) {
    unsigned ignored;
    return __rdtscp(&ignored);
}
#else
static uint64_t ticks(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
#endif

#define CROPS 6
#define POOL 64

typedef struct moments {
    double count, mean, square;
} moments;

static void add(moments *m, double x) {
    double off = x - m->mean;
    m->count += 1;
    m->mean += off / m->count;
    m->square += off * (x - m->mean);
}

static double t_value(const moments *m) {
    double variance = m[0].square / (m[0].count - 1) / m[0].count;
    variance += m[1].square / (m[1].count - 1) / m[1].count;
    if (variance <= 0) return 0;
    double t = (m[0].mean - m[1].mean), root = variance;
    for (int i = 0; i < 60; i++) root = (root + variance / root) / 2; /* no libm */
    return t / root;
}

static ek_sm2_private keys[2][POOL];
static volatile uint64_t spent;

/* One measured signature; kind 0 varies the key, 1 the nonce, 2 is the control. */
static double sample(int kind, int class, int pick) {
    uint8_t sig[EK_SM2_SIGNATURE_MAX], e[32] = {1}, fresh[32] = {0};
    static ek_sm2_private key; /* one place for all, or the cache would tell them apart */
    size_t sig_len;
    int why;
    uint64_t start, end;
    if (kind == 1 && class) (void)ek_random(fresh, sizeof fresh);
    if (kind == 1 && !class) {
        uint8_t discarded[32]; /* the same work before both */
        (void)ek_random(discarded, sizeof discarded);
    }
    key = keys[kind == 0 ? class : 0][pick];
    start = ticks();
    (void)ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh);
    if (kind == 2 && class)
        for (int i = 0; i < 3000; i++) spent++;
    end = ticks();
    return (double)(end - start);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double worst_t(int kind, long samples) {
    static double first[1000];
    double crop[CROPS], worst = 0;
    moments m[CROPS + 1][2];
    memset(m, 0, sizeof m);
    for (int i = 0; i < 1000; i++) first[i] = sample(kind, i & 1, i % POOL);
    qsort(first, 1000, sizeof *first, by_size);
    for (int c = 0; c < CROPS; c++) crop[c] = first[500 + 90 * c];
    for (long i = 0; i < samples; i++) {
        uint8_t coin[2];
        (void)ek_random(coin, 2);
        double x = sample(kind, coin[0] & 1, coin[1] % POOL);
        add(&m[CROPS][coin[0] & 1], x);
        for (int c = 0; c < CROPS; c++)
            if (x < crop[c]) add(&m[c][coin[0] & 1], x);
    }
    for (int c = 0; c < CROPS; c++) { /* the uncropped mean is the neighbours' */
        double t = t_value(m[c]);
        if (t < 0) t = -t;
        if (t > worst) worst = t;
    }
    return worst;
}

int main(int argc, char **argv) {
    long samples = argc > 1 ? atol(argv[1]) : 20000;
    int why;
    for (int i = 0; i < POOL; i++) {
        CHECK(ek_sm2_private_generate(&keys[1][i], &why));
        keys[0][i] = keys[1][0]; /* class 0: one key, as many copies as class 1 has keys */
    }
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        double t[3];
        ek_level_limit(level);
        for (int kind = 0; kind < 3; kind++) t[kind] = worst_t(kind, kind < 2 ? samples : 5000);
        printf("dudect: level %d, %ld samples: |t| %.2f for keys, %.2f for nonces, %.1f control\n",
               level, samples, t[0], t[1], t[2]);
        CHECK(t[0] < 4.5 && t[1] < 4.5 && t[2] > 4.5);
    }
    return report("dudect");
}
