/* signature_tests.c - the project's SM2 vectors, one a line from gen/signature_cases.py on stdin,
 * at every level and by every route to an answer: alone, by the key's table, in a batch, and the
 * two products of the equation by themselves, by tables and many at once. */
#include "check.h"

enum { MOST = 4000, MANY = 16 };

typedef struct signature_case {
    uint8_t *key, *id, *message, *sig, *e;
    size_t key_len, id_len, message_len, sig_len, e_len;
    int valid, loaded;
    ek_sm2_public public_key;
} signature_case;

static signature_case cases[MOST];
static size_t count;

/* The bytes of a word of hex; "-" is none. */
static uint8_t *bytes_of(size_t *len, const char *hex) {
    size_t room = strlen(hex) / 2;
    uint8_t *made = malloc(room + 1);
    if (made == NULL) exit(1);
    *len = unhex(made, room, hex);
    return made;
}

static void read_cases(void) {
    char *line = NULL, *word[6];
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        signature_case *c = &cases[count++];
        char *at = line;
        CHECK(count < MOST);
        for (int i = 0; i < 6; i++) {
            word[i] = at;
            at += strcspn(at, " \n");
            if (*at) *at++ = 0;
        }
        c->key = bytes_of(&c->key_len, word[0]);
        c->id = bytes_of(&c->id_len, word[1]);
        c->message = bytes_of(&c->message_len, word[2]);
        c->sig = bytes_of(&c->sig_len, word[3]);
        c->e = bytes_of(&c->e_len, word[4]);
        c->valid = strcmp(word[5], "valid") == 0;
        CHECK(c->valid || strcmp(word[5], "invalid") == 0);
        CHECK(c->e_len == 0 || c->e_len == 32);
    }
    free(line);
    CHECK(count > 1000);
}

/* Each alone, and by a table of its key. */
static void one_by_one(void) {
    static ek_sm2_table table;
    const signature_case *made_for = NULL;
    for (size_t i = 0; i < count; i++) {
        signature_case *c = &cases[i];
        int why, holds;
        c->loaded = ek_sm2_public_load(&c->public_key, c->key, c->key_len);
        if (!c->loaded) {
            CHECK(!c->valid);
            continue;
        }
        if (c->e_len) {
            holds = ek_sm2_verify_e(&why, &c->public_key, c->sig, c->sig_len, c->e);
            CHECK(holds == c->valid && holds == (why == EK_OK));
            continue;
        }
        holds = ek_sm2_verify(&why, &c->public_key, c->sig, c->sig_len, c->id, c->id_len,
                              c->message, c->message_len);
        CHECK(holds == c->valid && holds == (why == EK_OK));
        if (!made_for || memcmp(&made_for->public_key, &c->public_key, sizeof c->public_key) != 0)
            ek_sm2_table_make(&table, &c->public_key);
        made_for = c;
        holds = ek_sm2_verify_by_table(&why, &c->public_key, &table, c->sig, c->sig_len, c->id,
                                       c->id_len, c->message, c->message_len);
        CHECK(holds == c->valid && holds == (why == EK_OK));
    }
}

/* The messages that share an id, as batches of growing size. */
static void in_batches(void) {
    static const ek_sm2_public *keys[MOST];
    static const uint8_t *sigs[MOST], *messages[MOST];
    static size_t sig_lens[MOST], lens[MOST], from[MOST];
    static int whys[MOST], done[MOST];
    memset(done, 0, sizeof done);
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        for (size_t j = i; j < count; j++) {
            const signature_case *c = &cases[j];
            if (done[j] || !c->loaded || c->e_len || c->id_len != cases[i].id_len ||
                memcmp(c->id, cases[i].id, c->id_len) != 0)
                continue;
            done[j] = 1;
            keys[n] = &c->public_key;
            sigs[n] = c->sig;
            sig_lens[n] = c->sig_len;
            messages[n] = c->message;
            lens[n] = c->message_len;
            from[n++] = j;
        }
        for (size_t at = 0, size = 1; at < n; at += size, size = size % 150 + 1) {
            int all = 1, answer;
            if (size > n - at) size = n - at;
            answer = ek_sm2_verify_many(whys, keys + at, sigs + at, sig_lens + at, cases[i].id,
                                        cases[i].id_len, messages + at, lens + at, size);
            for (size_t j = 0; j < size; j++) {
                CHECK((whys[j] == EK_OK) == cases[from[at + j]].valid);
                all &= cases[from[at + j]].valid;
            }
            CHECK(answer == all);
        }
    }
}

/* s, t, x of B5 and B7; 0 when B1 to B5 refuse. */
static int equation(ek_scalar *s, ek_scalar *t, ek_scalar *x, const signature_case *c) {
    uint8_t r_bytes[32], s_bytes[32];
    ek_scalar r, e;
    if (!ek_sm2_signature_decode(r_bytes, s_bytes, c->sig, c->sig_len)) return 0;
    if (!ek_scalar_load(&r, r_bytes) || !ek_scalar_load(s, s_bytes)) return 0;
    ek_scalar_add(t, &r, s);
    if (ek_scalar_is_zero(&r) || ek_scalar_is_zero(s) || ek_scalar_is_zero(t)) return 0;
    (void)ek_scalar_load(&e, c->e);
    ek_scalar_sub(x, &r, &e);
    return 1;
}

/* The cases with e given go by tables and many at once as well, sixteen with other neighbours. */
static void equations(void) {
    static ek_ge table[EK_BASE_ROWS * EK_BASE_COLUMNS];
    static ek_scalar s[MOST], t[MOST], x[MOST];
    static ek_ge p[MOST];
    static int valid[MOST];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const signature_case *c = &cases[i];
        ek_gej sum;
        if (!c->e_len || !c->loaded || !equation(&s[n], &t[n], &x[n], c)) continue;
        ek_public_point(&p[n], &c->public_key);
        valid[n] = c->valid;
        if (n == 0 || memcmp(&p[n], &p[n - 1], sizeof p[n]) != 0) ek_table_make(table, &p[n]);
        ek_mul_tables_var(&sum, &s[n], &t[n], table);
        CHECK((int)(ek_gej_has_x(&sum, &x[n]) & 1) == c->valid);
        n++;
    }
    CHECK(n > 200);
    for (size_t i = 0; i + MANY <= n; i++) {
        unsigned holds, open = ek_mul_double_many_var(&holds, s + i, t + i, p + i, x + i, MANY);
        for (int j = 0; j < MANY; j++)
            CHECK(open >> j & 1 || (int)(holds >> j & 1) == valid[i + (size_t)j]);
    }
}

int main(void) {
    read_cases();
    for (int level = ek_level(); level >= EK_LEVEL_PORTABLE; level--) {
        CHECK(ek_level_limit(level) == level);
        one_by_one();
        in_batches();
        equations();
    }
    printf("signatures: %zu vectors\n", count);
    return report("signatures");
}
