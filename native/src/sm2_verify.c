/* sm2_verify.c - verification (GB/T 32918.2 7.1) and the encoding of signatures (GM/T 0009 7.3).
 * Public inputs only. */
#include "sm2.h"

/* What a signature comes down to: whether sG + tP has the x r - e. */
typedef struct equation {
    ek_scalar s, t, x;
} equation;

/* Returns 0 when r, s or t is out of range.  VAR: depends on all (public). */
static int equation_set_var(equation *q, const uint8_t r_bytes[32], const uint8_t s_bytes[32],
                            const uint8_t e_bytes[32]) {
    ek_scalar r, e;
    if (!ek_scalar_load(&r, r_bytes) || ek_scalar_is_zero(&r)) return 0;       /* B1 */
    if (!ek_scalar_load(&q->s, s_bytes) || ek_scalar_is_zero(&q->s)) return 0; /* B2 */
    ek_scalar_add(&q->t, &r, &q->s);
    if (ek_scalar_is_zero(&q->t)) return 0; /* B5 */
    (void)ek_scalar_load(&e, e_bytes);
    ek_scalar_sub(&q->x, &r, &e);
    return 1;
}

/* B6 and B7, without an inversion; infinity fails.  VAR: depends on all (public). */
static int equation_holds_var(const equation *q, const ek_sm2_public *key, const ek_ge *table) {
    ek_ge p;
    ek_gej sum;
    ek_public_point(&p, key);
    if (table)
        ek_mul_tables_var(&sum, &q->s, &q->t, table);
    else
        ek_mul_double_var(&sum, &q->s, &q->t, &p);
    return (int)(ek_gej_has_x(&sum, &q->x) & 1);
}

/* Reads a signature over e; *why says what is wrong with it. */
static int read_var(equation *q, int *why, const uint8_t *sig, size_t sig_len,
                    const uint8_t e[32]) {
    uint8_t r[32], s[32];
    *why = EK_BAD_ENCODING;
    if (!ek_sm2_signature_decode(r, s, sig, sig_len)) return 0;
    *why = EK_BAD_SIGNATURE;
    return equation_set_var(q, r, s, e);
}

static int verify_e_var(int *why, const ek_sm2_public *key, const ek_ge *table, const uint8_t *sig,
                        size_t sig_len, const uint8_t e[32]) {
    equation q;
    if (!read_var(&q, why, sig, sig_len, e) || !equation_holds_var(&q, key, table)) return 0;
    *why = EK_OK;
    return 1;
}

int ek_sm2_verify_e(int *why, const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                    const uint8_t e[32]) {
    return verify_e_var(why, key, NULL, sig, sig_len, e);
}

int ek_sm2_verify(int *why, const ek_sm2_public *key, const uint8_t *sig, size_t sig_len,
                  const uint8_t *id, size_t id_len, const uint8_t *message, size_t message_len) {
    uint8_t e[32];
    *why = EK_BAD_ARGUMENT;
    if (!ek_sm2_e(e, key, id, id_len, message, message_len)) return 0;
    return verify_e_var(why, key, NULL, sig, sig_len, e);
}

/* The points of a table, on a cache line's bound. */
static size_t table_start(const ek_sm2_table *table) {
    return (size_t)(-(uintptr_t)table->room % 64 / sizeof table->room[0]);
}

void ek_sm2_table_make(ek_sm2_table *table, const ek_sm2_public *key) {
    ek_ge p;
    ek_public_point(&p, key);
    ek_table_make((ek_ge *)(void *)(table->room + table_start(table)), &p);
}

int ek_sm2_verify_by_table(int *why, const ek_sm2_public *key, const ek_sm2_table *table,
                           const uint8_t *sig, size_t sig_len, const uint8_t *id, size_t id_len,
                           const uint8_t *message, size_t message_len) {
    const uint64_t *points = table->room + table_start(table);
    uint8_t e[32];
    *why = EK_BAD_ARGUMENT;
    if (memcmp(points, key->point, sizeof key->point) != 0) return 0;
    if (!ek_sm2_e(e, key, id, id_len, message, message_len)) return 0;
    return verify_e_var(why, key, (const ek_ge *)(const void *)points, sig, sig_len, e);
}

/* --- Many, with keys of their own ----------------------------------------------------------- */

/* Sixteen equations side by side, and where their answers go. */
typedef struct sixteen {
    ek_scalar s[16], t[16], x[16];
    ek_ge p[16];
    equation q[16];
    const ek_sm2_public *keys[16];
    int *whys[16];
    int count;
} sixteen;

/* VAR: depends on all (public). */
static void sixteen_answer_var(sixteen *all) {
    unsigned holds = 0, open;
    if (all->count == 0) return;
    for (int i = 0; i < 16; i++) { /* lanes to spare repeat the first */
        int from = i < all->count ? i : 0;
        all->s[i] = all->q[from].s;
        all->t[i] = all->q[from].t;
        all->x[i] = all->q[from].x;
        ek_public_point(&all->p[i], all->keys[from]);
    }
    open = ek_mul_double_many_var(&holds, all->s, all->t, all->p, all->x, all->count);
    for (int i = 0; i < all->count; i++) {
        int good = (int)(holds >> i & 1);
        if (open >> i & 1) good = equation_holds_var(&all->q[i], all->keys[i], NULL);
        *all->whys[i] = good ? EK_OK : EK_BAD_SIGNATURE;
    }
    all->count = 0;
}

int ek_sm2_verify_many(int *whys, const ek_sm2_public *const *keys, const uint8_t *const *sigs,
                       const size_t *sig_lens, const uint8_t *id, size_t id_len,
                       const uint8_t *const *messages, const size_t *message_lens, size_t count) {
    uint8_t e[EK_BULK][32];
    sixteen waiting;
    int good = 1;
    waiting.count = 0;
    for (size_t done = 0; done < count; done += EK_BULK) {
        size_t n = count - done < EK_BULK ? count - done : EK_BULK;
        int hashed =
            ek_sm2_e_many(e, keys + done, id, id_len, messages + done, message_lens + done, n);
        for (size_t i = done; i < done + n; i++) {
            whys[i] = EK_BAD_ARGUMENT;
            if (!hashed) continue;
            if (!read_var(&waiting.q[waiting.count], &whys[i], sigs[i], sig_lens[i], e[i - done]))
                continue;
            waiting.keys[waiting.count] = keys[i];
            waiting.whys[waiting.count++] = &whys[i];
            if (waiting.count == 16) sixteen_answer_var(&waiting);
        }
    }
    sixteen_answer_var(&waiting);
    for (size_t i = 0; i < count; i++) good &= whys[i] == EK_OK;
    return good;
}

/* Reads one INTEGER of at most 256 bits from the front; returns its whole length, or 0 when it is
 * negative, not minimal, too large or cut off. */
static size_t read_integer_var(uint8_t value[32], const uint8_t *der, size_t der_len) {
    size_t length;
    if (der_len < 3 || der[0] != 0x02) return 0;
    length = der[1];
    if (length == 0 || length > 33 || length > der_len - 2) return 0; /* 33 < 0x80: short form */
    if (der[2] & 0x80) return 0;
    if (der[2] == 0 && length > 1 && !(der[3] & 0x80)) return 0;
    if (length == 33 && der[2] != 0) return 0;
    memset(value, 0, 32);
    if (length == 33)
        memcpy(value, der + 3, 32);
    else
        memcpy(value + 32 - length, der + 2, length);
    return length + 2;
}

int ek_sm2_signature_decode(uint8_t r[32], uint8_t s[32], const uint8_t *sig, size_t sig_len) {
    size_t r_len, s_len;
    memset(r, 0, 32);
    memset(s, 0, 32);
    if (sig_len < 2 || sig_len > EK_SM2_SIGNATURE_MAX) return 0;
    if (sig[0] != 0x30 || sig[1] != sig_len - 2) return 0; /* at most 70: always the short form */
    r_len = read_integer_var(r, sig + 2, sig_len - 2);
    if (r_len == 0) return 0;
    s_len = read_integer_var(s, sig + 2 + r_len, sig_len - 2 - r_len);
    return s_len != 0 && 2 + r_len + s_len == sig_len;
}

/* Writes one INTEGER minimally; returns its whole length, at most 35. */
static size_t write_integer_var(uint8_t *der, const uint8_t value[32]) {
    size_t skip = 0, pad, length;
    while (skip < 31 && value[skip] == 0) skip++;
    pad = value[skip] >> 7;
    length = 32 - skip + pad;
    der[0] = 0x02;
    der[1] = (uint8_t)length;
    der[2] = 0;
    memcpy(der + 2 + pad, value + skip, 32 - skip);
    return length + 2;
}

int ek_sm2_signature_encode(uint8_t *sig, size_t sig_cap, size_t *sig_len, const uint8_t r[32],
                            const uint8_t s[32]) {
    size_t length = 2;
    *sig_len = 0;
    if (sig_cap < EK_SM2_SIGNATURE_MAX) return 0;
    length += write_integer_var(sig + length, r);
    length += write_integer_var(sig + length, s);
    sig[0] = 0x30;
    sig[1] = (uint8_t)(length - 2);
    *sig_len = length;
    return 1;
}
