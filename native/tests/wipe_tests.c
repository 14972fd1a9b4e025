/* wipe_tests.c - what calls leave behind.  After signing, signing many, loading and generating, the
 * stack that the call used holds no word of a secret; after the key is wiped, no writable memory of
 * the process does.
 *
 * A function that reads its own uninitialised locals looks at what the last call left: undefined in
 * C, and exactly what is asked here, so this runs without sanitizers.  Searched for, at every byte:
 * two words in a row of d, 1/(1+d), the nonce key and every nonce, as limbs, in Montgomery form, as
 * big-endian bytes, and one word alone of the limbs, as lanes keep them.  The needles are kept
 * inverted. The random source is a counter, so that the same call can be made twice: the first
 * tells the nonces, the second is looked at.  The search itself is tested: a planted copy must be
 * found. */
#include "check.h"

enum { DEPTH = 1 << 20, COUNT = 70, MOST = 2048 };

static uint64_t counter;

int ek_random(uint8_t *out, size_t out_len) {
    for (size_t i = 0; i < out_len; i++) {
        if (i % 8 == 0) counter++;
        out[i] = (uint8_t)((counter * 0x9e3779b97f4a7c15ull) >> (8 * (i % 8)));
    }
    return 1;
}

/* --- Needles -------------------------------------------------------------------------------- */

static uint64_t needles[MOST];      /* words, inverted */
static const char *needle_of[MOST]; /* whose */
static int16_t slots[1 << 16];      /* by the low 16 bits; 0 is empty */
static int16_t next_needle[MOST];
static int needle_count;
static const char *found;

static void add_word(const char *name, uint64_t word) {
    int n = ++needle_count;
    if (n >= MOST) exit(1);
    needles[n] = ~word;
    needle_of[n] = name;
    next_needle[n] = slots[word & 0xffff];
    slots[word & 0xffff] = (int16_t)n;
}

static void add_words(const char *name, const void *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)words + 8 * i, 8);
        add_word(name, word);
    }
}

static void add_scalar(const char *name, const ek_scalar *value) {
    ek_scalar_mont form;
    uint8_t bytes[32];
    ek_scalar_to_mont(&form, value);
    ek_scalar_store(bytes, value);
    add_words(name, value, 4);
    add_words(name, &form, 4);
    add_words(name, bytes, 4);
    ek_wipe(&form, sizeof form);
    ek_wipe(bytes, sizeof bytes);
}

/* 1 when a needle begins here. */
static inline int is_needle(uint64_t word) {
    for (int n = slots[word & 0xffff]; n; n = next_needle[n])
        if (needles[n] == ~word) {
            found = needle_of[n];
            return 1;
        }
    return 0;
}

typedef uint64_t __attribute__((may_alias)) any_word;

/* at is the beginning of a word; zeros, which are most of it, are passed by the word. */
__attribute__((noinline)) static int search(const volatile uint8_t *at, size_t length) {
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++) {
        while (word == 0 && i % 8 == 0 && i + 8 < length && !*(const volatile any_word *)(at + i))
            i += 8;
        word = word >> 8 | (uint64_t)at[i] << 56;
        if (i >= 7 && is_needle(word)) return 1;
    }
    return 0;
}

/* --- The stack ------------------------------------------------------------------------------ */

__attribute__((noinline)) static int search_stack(void) {
    volatile uint8_t old[DEPTH] __attribute__((aligned(8)));
    const volatile uint8_t *at = old;
    __asm__ __volatile__("" : "+r"(at) : : "memory");
    return search(at, DEPTH);
}

__attribute__((noinline)) static void plant(void) {
    volatile uint8_t left_behind[4096];
    for (int i = 0; i < 8; i++) left_behind[2051 + i] = (uint8_t)(~needles[3] >> (8 * i));
    __asm__ __volatile__("" : : "r"(left_behind) : "memory");
}

__attribute__((noinline)) static void clean_stack(void) {
    volatile uint8_t room[DEPTH + 8192]; /* deeper than the search, which has a frame itself */
    for (size_t i = 0; i < sizeof room; i++) room[i] = 0;
    __asm__ __volatile__("" : : "r"(room) : "memory");
}

static void look(const char *call, int level) {
    if (search_stack()) {
        fprintf(stderr, "%s at level %d leaves %s on the stack\n", call, level, found);
        CHECK(0);
    }
}

/* --- All memory that can be written --------------------------------------------------------- */

static int search_memory(void) {
    char line[256];
    int hits = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || memcmp(rights, "rw", 2) != 0)
            continue;
        hits += search((const volatile uint8_t *)from, to - from);
    }
    if (maps) fclose(maps);
    return hits;
}

/* --- The calls ------------------------------------------------------------------------------ */

static ek_sm2_private key, again;
static uint8_t d_bytes[32], e[32], fresh[32], sigs[COUNT * EK_SM2_SIGNATURE_MAX];
static const uint8_t *messages[COUNT];
static size_t lens[COUNT], sig_lens[COUNT];
static int why;

static void sign(void) {
    CHECK(ek_sm2_sign_e_fresh(sigs, sizeof sigs, sig_lens, &why, &key, e, fresh));
}

static void sign_some(size_t count) {
    counter = 1000;
    CHECK(ek_sm2_sign_many(sigs, sizeof sigs, sig_lens, &why, &key, e, 16, messages, lens, count));
}

static void generate(void) {
    counter = 2000;
    CHECK(ek_sm2_private_generate(&again, &why));
}

/* k = s (1 + d) + r d of the signature at sigs + 72 i. */
static void add_nonce(size_t i) {
    uint8_t r_bytes[32], s_bytes[32];
    ek_scalar r, s, d, k, t;
    ek_scalar_mont factor;
    CHECK(ek_sm2_signature_decode(r_bytes, s_bytes, sigs + EK_SM2_SIGNATURE_MAX * i, sig_lens[i]));
    ek_scalar_load(&r, r_bytes);
    ek_scalar_load(&s, s_bytes);
    ek_scalar_load(&d, d_bytes);
    ek_scalar_add(&t, &r, &s);
    ek_scalar_to_mont(&factor, &t);
    ek_scalar_mul(&k, &factor, &d);
    ek_scalar_add(&k, &k, &s);
    add_scalar("a nonce", &k);
    ek_wipe(&k, sizeof k);
    ek_wipe(&d, sizeof d);
}

static void add_key(const ek_sm2_private *of) {
    ek_scalar d, inverse;
    ek_scalar_mont factor;
    memcpy(&d, of->d, sizeof d);
    memcpy(&factor, of->inverse, sizeof factor);
    ek_scalar_mul(&inverse, &factor, &ek_scalar_one);
    add_scalar("d", &d);
    add_scalar("1/(1+d)", &inverse);
    add_words("the nonce key", of->nonce_key, sizeof of->nonce_key / 8);
    ek_wipe(&d, sizeof d);
    ek_wipe(&factor, sizeof factor);
    ek_wipe(&inverse, sizeof inverse);
}

static void all_calls(int level) {
    clean_stack();
    sign();
    look("signing", level);
    for (size_t count = 1; count <= COUNT; count += count < 20 ? 3 : 24) {
        clean_stack();
        sign_some(count);
        look("signing many", level);
    }
    clean_stack();
    CHECK(ek_sm2_private_load(&again, d_bytes));
    look("loading", level);
    clean_stack();
    generate();
    look("generating", level);
    clean_stack();
    ek_sm2_private_wipe(&again);
}

int main(void) {
    int best = ek_level();
    unhex(d_bytes, 32, "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    for (int i = 0; i < COUNT; i++) {
        messages[i] = e;
        lens[i] = (size_t)i % 32;
    }
    CHECK(ek_sm2_private_load(&key, d_bytes));
    add_key(&key);
    sign();
    add_nonce(0);
    for (size_t count = 1; count <= COUNT; count += count < 20 ? 3 : 24) {
        sign_some(
            count); /* the fresh bytes, and with them the nonces, depend on the batch's size */
        for (size_t i = 0; i < count; i += 1 + count / 16) add_nonce(i);
    }
    generate();
    add_key(&again);
    ek_sm2_private_wipe(&again);

    clean_stack();
    CHECK(!search_stack());
    plant();
    CHECK(search_stack());
    for (int level = best; level >= EK_LEVEL_PORTABLE; level--) {
        CHECK(ek_level_limit(level) == level);
        all_calls(level);
    }

    CHECK(search_memory() > 0); /* the key is still there, and is seen */
    ek_sm2_private_wipe(&key);
    ek_wipe(d_bytes, sizeof d_bytes);
    clean_stack();
    if (search_memory()) {
        fprintf(stderr, "%s stays in memory after the key was wiped\n", found);
        CHECK(0);
    }
    for (size_t i = 0; i < sizeof key; i++) CHECK(((const uint8_t *)&key)[i] == 0);
    return report("wiping");
}
