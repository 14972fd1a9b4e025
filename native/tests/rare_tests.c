/* rare_tests.c - what chance does not bring about: a refused nonce (2^-32 a draw), r = 0 (2^-256),
 * a random source that is interrupted, gives less than it was asked for, or nothing.  The linker
 * puts the functions named __wrap_ in the place of the real ones. */
#define _GNU_SOURCE /* ssize_t and errno under -std=c99 */
#include <errno.h>
#include <sys/types.h>

#include "check.h"

/* --- The random source ---------------------------------------------------------------------- */

static enum { WORKS, INTERRUPTED, SHORT, EMPTY, BROKEN } source;
static int asked;

ssize_t __real_getrandom(void *out, size_t len, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags) {
    asked++;
    if ((source == INTERRUPTED && asked % 2) || (source == BROKEN && asked > 1)) {
        errno = source == BROKEN ? EIO : EINTR;
        return -1;
    }
    if (source == EMPTY) return 0;
    if (source == SHORT && len > 7) len = 7;
    return __real_getrandom(out, len, flags);
}

static void random_source(void) {
    static const uint8_t nothing[600];
    uint8_t out[600], again[600];
    for (source = WORKS; source <= SHORT; source++) {
        asked = 0;
        memset(out, 0, sizeof out);
        CHECK(ek_random(out, sizeof out) && ek_random(again, sizeof again));
        CHECK(memcmp(out, again, sizeof out) != 0 && memcmp(out + 568, nothing, 32) != 0);
    }
    for (source = EMPTY; source <= BROKEN; source++) {
        asked = 0; /* the broken one works once: what came is wiped */
        memset(out, 0xff, sizeof out);
        CHECK(!ek_random(out, sizeof out) && memcmp(out, nothing, sizeof out) == 0);
    }
    source = WORKS;
    CHECK(ek_random(out, 0));
}

/* --- Refused nonces ------------------------------------------------------------------------- */

static int hmac_from, hmac_count; /* from this call on, so many answers are spoilt */
static uint8_t hmac_answer;

void __real_ek_hmac(uint8_t mac[32], const ek_hmac_key *key, const uint8_t *message, size_t len);
void __wrap_ek_hmac(uint8_t mac[32], const ek_hmac_key *key, const uint8_t *message, size_t len);
void __wrap_ek_hmac(uint8_t mac[32], const ek_hmac_key *key, const uint8_t *message, size_t len) {
    __real_ek_hmac(mac, key, message, len);
    if (hmac_count && hmac_from-- <= 0) {
        hmac_count--;
        memset(mac, hmac_answer, 32);
    }
}

static ek_sm2_private key;
static uint8_t d[32];
static ek_hmac_key nonce_key;

static void refused_draws(void) {
    static const uint8_t e[32] = {1}, fresh[32] = {2}, nothing[EK_SM2_SIGNATURE_MAX];
    uint8_t sig[EK_SM2_SIGNATURE_MAX] = {0};
    size_t sig_len;
    int why;
    ek_scalar k, other;
    for (int answer = 0; answer <= 0xff; answer += 0xff) { /* 0, and 2^256 - 1 */
        hmac_answer = (uint8_t)answer;
        hmac_from = 0, hmac_count = 1;
        CHECK(!ek_nonce_draw(&k, &nonce_key, e, fresh, 0)); /* not reduced: refused */
        CHECK(ek_nonce_draw(&k, &nonce_key, e, fresh, 0));
        CHECK(ek_nonce_draw(&other, &nonce_key, e, fresh, 1));
        CHECK(!ek_scalar_equal(&k, &other) && !ek_scalar_is_zero(&k));
    }
    hmac_from = 0, hmac_count = 1 << 20; /* each draw */
    CHECK(!ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    CHECK(why == EK_FAULT_DETECTED && sig_len == 0 && memcmp(sig, nothing, sizeof sig) == 0);
    CHECK(hmac_count > (1 << 20) - 200); /* after a bounded number of them */
    hmac_count = 0;
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
}

/* A kernel whose lane 3 comes to all ones, so that its first draw is refused. */
static const ek_sm3_wide *true_kernels;
static ek_sm3_wide bent_kernels[2];
static int bent;

const ek_sm3_wide *__real_ek_sm3_kernels(void);
const ek_sm3_wide *__wrap_ek_sm3_kernels(void);
const ek_sm3_wide *__wrap_ek_sm3_kernels(void) {
    true_kernels = __real_ek_sm3_kernels();
    return bent && true_kernels ? bent_kernels : true_kernels;
}

static void bent_compress(uint32_t *state, const uint8_t *const *data, size_t blocks) {
    true_kernels->compress(state, data, blocks);
    for (size_t j = 0; j < 8; j++) state[EK_SM3_LANES * j + 3] = 0xffffffff;
}

static void refused_lane(void) {
    enum { COUNT = 40 };
    uint8_t e[COUNT][32], fresh[COUNT][32];
    ek_scalar k[COUNT], want[COUNT];
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
        memset(e[i], i, 32);
        memset(fresh[i], 2 * i, 32);
    }
    CHECK(ek_nonce_many(want, &nonce_key, (const uint8_t (*)[32])e, (const uint8_t (*)[32])fresh,
                        COUNT));
    if (__wrap_ek_sm3_kernels() == NULL) return;
    memcpy(bent_kernels, true_kernels, sizeof bent_kernels);
    bent_kernels[0].compress = bent_kernels[1].compress = bent_compress;
    bent = 1;
    CHECK(ek_nonce_many(k, &nonce_key, (const uint8_t (*)[32])e, (const uint8_t (*)[32])fresh,
                        COUNT));
    for (int i = 0; i < COUNT; i++) { /* drawn again alone, where nothing is bent */
        ek_scalar again;
        CHECK(ek_nonce_draw(&again, &nonce_key, e[i], fresh[i], 1));
        refused += !ek_scalar_equal(&k[i], &want[i]);
        CHECK(ek_scalar_equal(&k[i], &want[i]) || ek_scalar_equal(&k[i], &again));
    }
    CHECK(refused > 0);
    hmac_from = 0, hmac_count = 1 << 20, hmac_answer = 0xff;
    CHECK(!ek_nonce_many(k, &nonce_key, (const uint8_t (*)[32])e, (const uint8_t (*)[32])fresh,
                         COUNT));
    hmac_count = 0;
    bent = 0;
}

/* --- r = 0 ---------------------------------------------------------------------------------- */

static int pair_spoils, many_spoils;

void __real_ek_mul_base_pair(ek_ge *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k);
void __wrap_ek_mul_base_pair(ek_ge *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k);
void __wrap_ek_mul_base_pair(ek_ge *r, ek_gej *other, const ek_scalar *k,
                             const ek_scalar *minus_k) {
    __real_ek_mul_base_pair(r, other, k, minus_k);
    if (pair_spoils && pair_spoils--) r->x = ek_fe_zero; /* r = e, and e is 0 here */
}

int __real_ek_nonce_many(ek_scalar *k, const ek_hmac_key *secret, const uint8_t (*e)[32],
                         const uint8_t (*fresh)[32], size_t count);
int __wrap_ek_nonce_many(ek_scalar *k, const ek_hmac_key *secret, const uint8_t (*e)[32],
                         const uint8_t (*fresh)[32], size_t count);
int __wrap_ek_nonce_many(ek_scalar *k, const ek_hmac_key *secret, const uint8_t (*e)[32],
                         const uint8_t (*fresh)[32], size_t count) {
    int drawn = __real_ek_nonce_many(k, secret, e, fresh, count);
    if (many_spoils == 1) { /* e of the second = -x(kG), written where the batch keeps it */
        ek_gej product;
        ek_ge point;
        ek_scalar x;
        uint8_t bytes[32];
        ek_mul_base(&product, &k[1]);
        ek_ge_set_gej(&point, &product);
        ek_fe_store(bytes, &point.x);
        (void)ek_scalar_load(&x, bytes);
        ek_scalar_neg(&x, &x);
        ek_scalar_store(bytes, &x);
        memcpy((uint8_t *)(uintptr_t)e[1], bytes, 32);
    }
    return many_spoils == 2 ? 0 : drawn;
}

static void zero_r(void) {
    static const uint8_t e[32], fresh[32] = {3}, *messages[6] = {e, e, e, e, e, e};
    static const size_t lens[6] = {1, 2, 3, 4, 5, 6};
    uint8_t sig[EK_SM2_SIGNATURE_MAX], first[EK_SM2_SIGNATURE_MAX], sigs[6 * sizeof sig];
    size_t sig_len, first_len, sig_lens[6];
    int why;
    CHECK(ek_sm2_sign_e_fresh(first, sizeof first, &first_len, &why, &key, e, fresh));
    pair_spoils = 1;
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    CHECK(memcmp(sig, first, 36) != 0 && ek_sm2_verify_e(&why, &key.public_key, sig, sig_len, e));
    pair_spoils = 100; /* every time: refused in the end */
    CHECK(!ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    CHECK(why == EK_FAULT_DETECTED && pair_spoils > 50);
    pair_spoils = 0;

    many_spoils = 1;
    CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, e, 0, messages, lens, 6));
    for (int i = 0; i < 6; i++) /* the second is one of the e that was put in */
        CHECK(ek_sm2_verify(&why, &key.public_key, sigs + sizeof sig * (size_t)i, sig_lens[i], e, 0,
                            messages[i], lens[i]) == (i != 1));
    many_spoils = 2;
    CHECK(!ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, e, 0, messages, lens, 6));
    CHECK(why == EK_FAULT_DETECTED && sig_lens[0] == 0 && sig_lens[5] == 0);
    many_spoils = 0;
}

int main(void) {
    unhex(d, 32, "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    CHECK(ek_sm2_private_load(&key, d));
    ek_nonce_key(&nonce_key, d);
    random_source();
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        CHECK(ek_level_limit(level) == level);
        refused_draws();
        refused_lane();
        zero_r();
    }
    return report("rare");
}
