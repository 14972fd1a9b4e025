/* dudect_tests.c - does the time of a call depend on a secret?  Welch's t-test on the times of two
 * classes, one fixed secret and random ones, mixed at random (Reparaz, Balasch, Verbauwhede, "Dude,
 * is my code constant time?", 2017).
 *
 *     dudect_tests [SAMPLES [LEVEL]]     (20,000 at every level by default)
 *
 * The secrets: the key that is loaded, the key that signs, the nonce (by the fresh bytes, which
 * decide it), the key that signs a batch.  Samples come in rounds: all inputs of a round are made
 * beforehand, its median is taken off, so that a clock that drifts from round to round does not
 * count, and the slow tail is cropped at several places without looking at classes.
 *
 * The controls are the same signature with more work in one class: products of the field worth
 * about a hundredth of it, fewer than the skipping of one zero digit would save.  A control that is
 * not seen fails the test: then nothing was shown. */
#include <time.h>

#include "check.h"

#if defined(__x86_64__)
#include <x86intrin.h>
static uint64_t ticks(void) {
    unsigned ignored;
    uint64_t t;
    _mm_lfence(); /* nothing from before is still on its way, nothing from after has begun */
    t = __rdtscp(&ignored);
    _mm_lfence();
    return t;
}
#else
static uint64_t ticks(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
#endif

enum { POOL = 64, ROUND = 2000, BATCH = 8 };
static const double crops[] = {0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1};
enum { CROPS = sizeof crops / sizeof *crops };

enum kind { LOAD, SIGN_KEY, SIGN_NONCE, BATCH_KEY, CONTROL, KINDS };
static const char *const names[KINDS] = {"load", "sign, key", "sign, nonce", "batch, key",
                                         "control"};

typedef struct moments {
    double count, mean, square;
} moments;

static void add(moments *m, double x) {
    double off = x - m->mean;
    m->count += 1;
    m->mean += off / m->count;
    m->square += off * (x - m->mean);
}

static double t_value(const moments m[2]) {
    double variance, root, t;
    if (m[0].count < 100 || m[1].count < 100) return 0;
    variance = m[0].square / (m[0].count - 1) / m[0].count;
    variance += m[1].square / (m[1].count - 1) / m[1].count;
    if (variance <= 0) return 0;
    t = m[0].mean - m[1].mean;
    root = variance > 1 ? variance : 1;
    for (int i = 0; i < 100; i++) root = (root + variance / root) / 2; /* no libm */
    return t < 0 ? -t / root : t / root;
}

/* What one sample is made of; every call finds its input in the same place. */
typedef struct input {
    ek_sm2_private key;
    uint8_t d[32], fresh[32];
} input;

static ek_sm2_private keys[2][POOL];
static uint8_t fixed_fresh[POOL][32];
static input now_used;
static int control_products;
static ek_fe spent;

static uint64_t seed;
static uint64_t draw(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void prepare(input *to, enum kind kind, int class) {
    uint64_t pick = draw() % POOL, words[4];
    int keyed = kind == LOAD || kind == SIGN_KEY || kind == BATCH_KEY;
    for (int i = 0; i < 4; i++) words[i] = draw(); /* in both classes, whether used or not */
    to->key = keys[keyed ? class : 0][pick];
    ek_sm2_private_store(to->d, &to->key);
    memcpy(to->fresh, fixed_fresh[pick], 32);
    if (kind == SIGN_NONCE && class) memcpy(to->fresh, words, 32);
}

/* The time of one call. */
static double measure(enum kind kind, int class, const input *from) {
    static uint8_t sigs[BATCH * EK_SM2_SIGNATURE_MAX], e[32] = {1};
    static ek_sm2_private loaded;
    static const uint8_t *messages[BATCH];
    static size_t lens[BATCH], sig_lens[BATCH];
    int why, more = kind == CONTROL && class ? control_products : 0;
    uint64_t start;
    now_used = *from;
    start = ticks();
    if (kind == LOAD)
        (void)ek_sm2_private_load(&loaded, now_used.d);
    else if (kind == BATCH_KEY)
        (void)ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &now_used.key, e, 0, messages,
                               lens, BATCH);
    else
        (void)ek_sm2_sign_e_fresh(sigs, sizeof sigs, sig_lens, &why, &now_used.key, e,
                                  now_used.fresh);
    for (int i = 0; i < more; i++) ek_fe_mul(&spent, &spent, &ek_ge_base.x);
    return (double)(ticks() - start);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One round of samples into the moments, or only its median when there are none. */
static double one_round(enum kind kind, moments m[CROPS][2]) {
    static input inputs[ROUND];
    static double times[ROUND], sorted[ROUND];
    static int class[ROUND];
    for (int i = 0; i < ROUND; i++) {
        class[i] = (int)(draw() >> 20 & 1);
        prepare(&inputs[i], kind, class[i]);
    }
    for (int i = 0; i < ROUND; i++) times[i] = measure(kind, class[i], &inputs[i]);
    memcpy(sorted, times, sizeof sorted);
    qsort(sorted, ROUND, sizeof *sorted, by_size);
    for (int c = 0; m && c < CROPS; c++) {
        double limit = sorted[(int)(crops[c] * (ROUND - 1))];
        for (int i = 0; i < ROUND; i++)
            if (times[i] <= limit) add(&m[c][class[i]], times[i] - sorted[ROUND / 2]);
    }
    return sorted[ROUND / 2];
}

static double worst_t(enum kind kind, long samples) {
    moments m[CROPS][2];
    double worst = 0;
    memset(m, 0, sizeof m);
    (void)one_round(kind, NULL);
    for (long done = 0; done < samples; done += ROUND) (void)one_round(kind, m);
    for (int c = 0; c < CROPS; c++) {
        double t = t_value(m[c]);
        if (t > worst) worst = t;
    }
    return worst;
}

/* So many products of the field as a hundredth of a signature: of the quickest of five tries. */
static int hundredth(void) {
    double sign = 1e18, products = 1e18;
    for (int i = 0; i < 5; i++) {
        double median = one_round(SIGN_KEY, NULL), each;
        uint64_t start = ticks();
        for (int j = 0; j < 100000; j++) ek_fe_mul(&spent, &spent, &ek_ge_base.x);
        each = (double)(ticks() - start) / 100000;
        if (median < sign) sign = median;
        if (each < products) products = each;
    }
    return (int)(sign / 100 / products) + 1;
}

static void level_tests(int level, long samples) {
    CHECK(ek_level_limit(level) == level);
    control_products = hundredth();
    for (enum kind kind = 0; kind < KINDS; kind++) {
        double t = worst_t(kind, kind == CONTROL ? 100000 : samples);
        printf("dudect: level %d: %-11s |t| %.2f", level, names[kind], t);
        printf(kind == CONTROL ? " (%ld products more)\n" : " at %ld samples\n",
               kind == CONTROL ? (long)control_products : samples);
        fflush(stdout);
        CHECK(kind == CONTROL ? t > 4.5 : t < 4.5);
    }
}

int main(int argc, char **argv) {
    long samples = argc > 1 ? atol(argv[1]) : 20000;
    int why, best = ek_level();
    CHECK(ek_random((uint8_t *)&seed, sizeof seed));
    seed |= 1;
    spent = ek_ge_base.x;
    for (int i = 0; i < POOL; i++) {
        CHECK(ek_sm2_private_generate(&keys[1][i], &why));
        keys[0][i] = keys[1][0]; /* class 0: one key, as many copies as class 1 has keys */
    }
    for (int level = best; level >= EK_LEVEL_PORTABLE; level--)
        if (argc < 3 || atoi(argv[2]) == level) level_tests(level, samples);
    return report("dudect");
}
