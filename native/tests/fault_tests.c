/* fault_tests.c - faults while signing.  Built with -DEK_TEST_FAULTS, which flips one bit of one
 * field product, and with a random source of its own that can fail or repeat.
 *
 * Every product of a signature is hit in turn: each time the signature is either refused or right
 * (the fault fell on a value that is thrown away). */
#include "check.h"

long ek_fault_at = -1, ek_fault_count;
int ek_fault_bit;

static int random_answer; /* 0 fails, 1 repeats one byte, 2 gives what no key may be */

int ek_random(uint8_t *out, size_t out_len) {
    memset(out, random_answer == 2 ? 0xff : 0x5a, out_len);
    return random_answer != 0;
}

static void field_faults(const ek_sm2_private *key) {
    uint8_t e[32], fresh[32] = {0}, sig[EK_SM2_SIGNATURE_MAX];
    size_t sig_len;
    int why;
    long products, refused = 0, right = 0;
    static const int bits[] = {0, 63, 64, 131, 255};

    memset(e, 0x3c, sizeof e);
    ek_fault_at = -1;
    ek_fault_count = 0;
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, key, e, fresh));
    products = ek_fault_count;
    for (long at = 0; at < products; at++) {
        ek_fault_bit = bits[at % 5];
        ek_fault_at = at;
        ek_fault_count = 0;
        memset(sig, 0, sizeof sig);
        if (ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, key, e, fresh)) {
            right++;
            ek_fault_at = -1;
            CHECK(ek_sm2_verify_e(&why, &key->public_key, sig, sig_len, e));
        } else {
            static const uint8_t nothing[EK_SM2_SIGNATURE_MAX];
            refused++;
            CHECK(why == EK_FAULT_DETECTED && sig_len == 0);
            CHECK(memcmp(sig, nothing, sizeof sig) == 0);
        }
    }
    ek_fault_at = -1;
    printf("faults: %ld products, %ld refused, %ld harmless\n", products, refused, right);
    CHECK(refused > products / 2);
}

/* Faults in a batch: every seventh product. */
static void batch_faults(const ek_sm2_private *key) {
    static uint8_t sigs[20 * EK_SM2_SIGNATURE_MAX], text[20];
    const uint8_t *messages[20];
    size_t lens[20], sig_lens[20];
    int why;
    long products, refused = 0, right = 0;
    for (int i = 0; i < 20; i++) {
        text[i] = (uint8_t)i;
        messages[i] = &text[i];
        lens[i] = 1;
    }
    random_answer = 1;
    ek_fault_at = -1;
    ek_fault_count = 0;
    CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, key, text, 0, messages, lens, 20));
    products = ek_fault_count;
    for (long at = 0; at < products; at += 7) {
        ek_fault_bit = (int)(at * 37 % 256);
        ek_fault_at = at;
        ek_fault_count = 0;
        if (ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, key, text, 0, messages, lens, 20)) {
            right++;
            ek_fault_at = -1;
            for (int i = 0; i < 20; i++)
                CHECK(ek_sm2_verify(&why, &key->public_key, sigs + EK_SM2_SIGNATURE_MAX * i,
                                    sig_lens[i], text, 0, messages[i], lens[i]));
        } else {
            refused++;
            CHECK(why == EK_FAULT_DETECTED && sig_lens[0] == 0 && sig_lens[19] == 0);
            CHECK(sigs[0] == 0 && sigs[sizeof sigs - 1] == 0);
        }
    }
    ek_fault_at = -1;
    printf("faults in a batch: %ld of %ld products, %ld refused, %ld harmless\n",
           (products + 6) / 7, products, refused, right);
    CHECK(refused > 0);
}

/* A flipped bit in the stored key: d, the cached inverse. */
static void key_faults(const ek_sm2_private *key) {
    uint8_t e[32] = {7}, fresh[32] = {0}, sig[EK_SM2_SIGNATURE_MAX];
    size_t sig_len;
    int why;
    for (int bit = 0; bit < 256; bit++) {
        ek_sm2_private broken = *key;
        broken.d[bit / 64] ^= (uint64_t)1 << (bit % 64);
        CHECK(!ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &broken, e, fresh));
        broken = *key;
        broken.inverse[bit / 64] ^= (uint64_t)1 << (bit % 64);
        CHECK(!ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &broken, e, fresh));
        CHECK(why == EK_FAULT_DETECTED && sig_len == 0);
    }
}

static void random_faults(const ek_sm2_private *key) {
    uint8_t e[32] = {9}, sig[EK_SM2_SIGNATURE_MAX], zeros[EK_SM2_SIGNATURE_MAX] = {0};
    uint8_t first[EK_SM2_SIGNATURE_MAX];
    enum { COUNT = 70 }; /* more than one batch */
    const uint8_t *messages[COUNT];
    static uint8_t sigs[COUNT * EK_SM2_SIGNATURE_MAX];
    size_t sig_len = 99, first_len, lens[COUNT] = {0}, sig_lens[COUNT];
    ek_sm2_private made;
    int why;

    memset(sig, 0, sizeof sig);
    random_answer = 0;
    CHECK(!ek_sm2_sign_e(sig, sizeof sig, &sig_len, &why, key, e));
    CHECK(why == EK_RANDOM_FAILED && sig_len == 0 && memcmp(sig, zeros, sizeof sig) == 0);
    CHECK(!ek_sm2_sign(sig, sizeof sig, &sig_len, &why, key, e, 0, e, 32));
    CHECK(why == EK_RANDOM_FAILED && sig_len == 0 && memcmp(sig, zeros, sizeof sig) == 0);
    for (int i = 0; i < COUNT; i++) messages[i] = e;
    for (size_t count = 2; count <= COUNT; count += 34) {
        sig_lens[0] = sig_lens[count - 1] = 1;
        CHECK(
            !ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, key, e, 0, messages, lens, count));
        CHECK(why == EK_RANDOM_FAILED && sig_lens[0] == 0 && sig_lens[count - 1] == 0);
    }
    CHECK(!ek_sm2_private_generate(&made, &why) && why == EK_RANDOM_FAILED);
    CHECK(made.d[0] == 0 && made.d[3] == 0);
    random_answer = 2; /* all ones: refused as a key each time, and the tries are bounded */
    CHECK(!ek_sm2_private_generate(&made, &why) && why == EK_RANDOM_FAILED);
    random_answer = 1; /* stuck: nonces still differ from message to message */
    CHECK(ek_sm2_sign_e(first, sizeof first, &first_len, &why, key, e));
    e[0] ^= 1;
    CHECK(ek_sm2_sign_e(sig, sizeof sig, &sig_len, &why, key, e));
    CHECK(memcmp(sig, first, 36) != 0);
}

int main(void) {
    uint8_t d[32];
    ek_sm2_private key;
    unhex(d, 32, "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    CHECK(ek_sm2_private_load(&key, d));
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        CHECK(ek_level_limit(level) == level);
        field_faults(&key);
        batch_faults(&key);
        key_faults(&key);
        random_faults(&key);
    }
    return report("faults");
}
