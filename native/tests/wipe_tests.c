/* wipe_tests.c - after signing, the stack that the call used holds no secret.
 *
 * A function that reads its own uninitialised locals looks at what the last call left behind:
 * undefined in C, and exactly what is asked here, so this runs without sanitizers.  Searched for,
 * at every byte: d, (1+d)^-1 and the nonce, as limbs, as big-endian bytes and in Montgomery form.
 * The search is itself tested: a planted copy must be found. */
#include "check.h"

#define DEPTH 32768

static uint8_t needles[14][32];
static int needle_count;
static const char *needle_names[14];
static int found_needle;

static void add_needle(const char *name, const ek_scalar *value) {
    ek_scalar_mont form;
    memcpy(needles[needle_count], value, 32);
    needle_names[needle_count++] = name;
    ek_scalar_store(needles[needle_count], value);
    needle_names[needle_count++] = name;
    ek_scalar_to_mont(&form, value);
    memcpy(needles[needle_count], &form, 32);
    needle_names[needle_count++] = name;
}

/* Half of a needle is a find as well: 16 bytes do not repeat by chance. */
__attribute__((noinline)) static int search_stack(void) {
    volatile uint8_t old[DEPTH];
    const volatile uint8_t *at = old;
    __asm__ __volatile__("" : "+r"(at) : : "memory");
    for (size_t i = 0; i + 16 <= DEPTH; i++) {
        for (int n = 0; n < needle_count; n++) {
            for (int half = 0; half < 32; half += 16) {
                int same = 0;
                while (same < 16 && at[i + (size_t)same] == needles[n][half + same]) same++;
                if (same == 16) {
                    found_needle = n;
                    return 1;
                }
            }
        }
    }
    return 0;
}

__attribute__((noinline)) static void plant(void) {
    volatile uint8_t left_behind[4096];
    for (int i = 0; i < 32; i++) left_behind[2048 + i] = needles[1][i];
    __asm__ __volatile__("" : : "r"(left_behind) : "memory");
}

__attribute__((noinline)) static void clean_stack(void) {
    volatile uint8_t room[DEPTH];
    for (int i = 0; i < DEPTH; i++) room[i] = 0;
    __asm__ __volatile__("" : : "r"(room) : "memory");
}

int main(void) {
    static ek_sm2_private key;
    static uint8_t d_bytes[32], e[32], fresh[32], sig[EK_SM2_SIGNATURE_MAX];
    static uint8_t r_bytes[32], s_bytes[32];
    static ek_scalar d, d1, r, s, k, t;
    static ek_scalar_mont factor;
    static ek_sm2_private again;
    static size_t sig_len;
    static int why;

    unhex(d_bytes, 32, "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    CHECK(ek_sm2_private_load(&key, d_bytes));
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));

    /* the secrets to look for: k = s (1 + d) + r d */
    CHECK(ek_sm2_signature_decode(r_bytes, s_bytes, sig, sig_len));
    ek_scalar_load(&r, r_bytes);
    ek_scalar_load(&s, s_bytes);
    ek_scalar_load(&d, d_bytes);
    ek_scalar_add(&d1, &d, &ek_scalar_one);
    ek_scalar_add(&t, &r, &s);
    ek_scalar_to_mont(&factor, &t);
    ek_scalar_mul(&k, &factor, &d);
    ek_scalar_add(&k, &k, &s);
    add_needle("d", &d);
    add_needle("k", &k);
    ek_scalar_inv(&factor, &d1);
    ek_scalar_mul(&t, &factor, &ek_scalar_one);
    add_needle("1/(1+d)", &t);
    memcpy(needles[needle_count], key.nonce_key, 32);
    needle_names[needle_count++] = "the nonce key";
    memcpy(needles[needle_count], key.nonce_key + 8, 32);
    needle_names[needle_count++] = "the nonce key";

    clean_stack();
    CHECK(!search_stack());
    plant();
    CHECK(search_stack());

    clean_stack();
    CHECK(ek_sm2_sign_e_fresh(sig, sizeof sig, &sig_len, &why, &key, e, fresh));
    if (search_stack()) {
        fprintf(stderr, "signing leaves %s (form %d)\n", needle_names[found_needle],
                found_needle % 3);
        CHECK(0);
    }
    clean_stack();
    CHECK(ek_sm2_private_load(&again, d_bytes));
    if (search_stack()) {
        fprintf(stderr, "loading leaves %s (form %d)\n", needle_names[found_needle],
                found_needle % 3);
        CHECK(0);
    }
    ek_sm2_private_wipe(&again);
    for (size_t i = 0; i < sizeof again; i++) CHECK(((const uint8_t *)&again)[i] == 0);
    return report("wiping");
}
