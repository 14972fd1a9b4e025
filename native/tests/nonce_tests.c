/* nonce_tests.c - recovers the nonces of many signatures from the known key, k = s + (r + s) d, and
 * looks at them: none twice, every byte evenly distributed, signed one by one and in batches.
 *
 *     nonce_tests [COUNT]     (20,000 by default)
 *
 * Then forks: children that sign the same message must have nonces of their own. */
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define BATCH 100

static int by_bytes(const void *a, const void *b) {
    return memcmp(a, b, 32);
}

static void recover(uint8_t k[32], const ek_sm2_private *key, const uint8_t *sig, size_t len) {
    uint8_t r_bytes[32], s_bytes[32];
    ek_scalar r, s, t, d, sum;
    ek_scalar_mont factor;
    CHECK(ek_sm2_signature_decode(r_bytes, s_bytes, sig, len));
    ek_scalar_load(&r, r_bytes);
    ek_scalar_load(&s, s_bytes);
    memcpy(&d, key->d, sizeof d);
    ek_scalar_add(&t, &r, &s);
    ek_scalar_to_mont(&factor, &t);
    ek_scalar_mul(&sum, &factor, &d);
    ek_scalar_add(&sum, &sum, &s);
    ek_scalar_store(k, &sum);
}

/* Chi-square of the top and the bottom 16 bits, 65,535 degrees of freedom: mean 65,535, standard
 * deviation 362, so that six of them are passed by chance with p < 10^-8. */
static void look_at_ends(uint8_t (*k)[32], size_t count) {
    static size_t seen[1 << 16];
    for (int at = 0; at <= 30; at += 30) {
        double chi = 0, want = (double)count / 65536;
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < count; i++) seen[k[i][at] << 8 | k[i][at + 1]]++;
        for (int v = 0; v < 1 << 16; v++) {
            double off = (double)seen[v] - want;
            chi += off * off / want;
        }
        CHECK(chi < 65535 + 6 * 362);
        printf("nonces: chi-square of the %s 16 bits %.0f of 65535\n", at ? "low" : "top", chi);
    }
}

/* Chi-square of each byte, 255 degrees of freedom: 360 is passed by chance with p < 10^-4.  The
 * top four bytes lean to ffffffff by 2^-32, far below what a million shows. */
static void look(uint8_t (*k)[32], size_t count) {
    static size_t seen[256];
    double worst = 0;
    for (int at = 0; at < 32; at++) {
        double chi = 0, want = (double)count / 256;
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < count; i++) seen[k[i][at]]++;
        for (int v = 0; v < 256; v++) {
            double off = (double)seen[v] - want;
            chi += off * off / want;
        }
        if (chi > worst) worst = chi;
    }
    CHECK(worst < 400); /* of 32: p < 10^-5 for an honest run */
    if (count >= 500000) look_at_ends(k, count);
    qsort(k, count, 32, by_bytes);
    for (size_t i = 1; i < count; i++) CHECK(memcmp(k[i - 1], k[i], 32) != 0);
    printf("nonces: %zu recovered, none twice, worst chi-square of a byte %.0f\n", count, worst);
}

static void audit(const ek_sm2_private *key, size_t count) {
    uint8_t (*k)[32] = malloc(32 * count);
    static uint8_t sigs[BATCH * EK_SM2_SIGNATURE_MAX];
    const uint8_t *messages[BATCH];
    size_t lens[BATCH] = {0}, sig_lens[BATCH];
    int why;
    for (int i = 0; i < BATCH; i++) messages[i] = sigs; /* the same empty message each time */
    for (size_t done = 0; done < count; done += BATCH) {
        if (done / BATCH % 2)
            CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, key, sigs, 0, messages, lens,
                                   BATCH));
        else
            for (int i = 0; i < BATCH; i++)
                CHECK(ek_sm2_sign(sigs + EK_SM2_SIGNATURE_MAX * i, EK_SM2_SIGNATURE_MAX,
                                  &sig_lens[i], &why, key, sigs, 0, messages[i], 0));
        for (size_t i = 0; i < BATCH && done + i < count; i++)
            recover(k[done + i], key, sigs + EK_SM2_SIGNATURE_MAX * i, sig_lens[i]);
    }
    look(k, count);
    free(k);
}

#define CHILDREN 1000

static void forks(const ek_sm2_private *key) {
    static uint8_t k[CHILDREN][32];
    int pipes[2];
    CHECK(pipe(pipes) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();
        if (child == 0) {
            enum { SOME = 5 }; /* every other child signs a batch, and shows its last */
            uint8_t sigs[SOME * EK_SM2_SIGNATURE_MAX], own[32];
            const uint8_t *messages[SOME] = {NULL};
            size_t lens[SOME] = {0}, sig_lens[SOME], last = i % 2 ? SOME - 1 : 0;
            int why;
            if (!ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, key, own, 0, messages, lens,
                                  last + 1))
                _exit(1);
            recover(own, key, sigs + EK_SM2_SIGNATURE_MAX * last, sig_lens[last]);
            _exit(write(pipes[1], own, 32) == 32 ? 0 : 1);
        }
        CHECK(child > 0 && read(pipes[0], k[i], 32) == 32);
        waitpid(child, NULL, 0);
    }
    qsort(k, CHILDREN, 32, by_bytes);
    for (int i = 1; i < CHILDREN; i++) CHECK(memcmp(k[i - 1], k[i], 32) != 0);
    printf("forks: %d children, %d nonces\n", CHILDREN, CHILDREN);
}

int main(int argc, char **argv) {
    size_t count = argc > 1 ? (size_t)atol(argv[1]) : 20000;
    ek_sm2_private key;
    int why;
    CHECK(ek_sm2_private_generate(&key, &why));
    audit(&key, count);
    forks(&key);
    return report("nonces");
}
