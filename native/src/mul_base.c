/* mul_base.c - k G with a table of multiples of G.
 *
 * k is recoded to one signed digit in [-32, 32] per row (Booth); the sum of the digits' entries
 * needs no doublings.  The additions are incomplete, which is sound here: before row i the sum is
 * m G with |m| <= 32 (64^i - 1)/63 < 64^i, and the row adds c 64^i G with c not 0, so m = c 64^i
 * and m = -c 64^i are impossible as integers; they are impossible modulo n as well, because
 * |m| + |c| 64^i < n for i < 42, and in row 42, where 0 <= c <= 16, they would make k = 0 mod n,
 * or 2 c 64^42 - n = k with m = c 64^42 - n: m is too large for c < 16, and for c = 16 it is
 * positive while k < n asks for a negative one.  k = 0 adds nothing. */
#include "mul.h"

#if EK_FIELD_ADX
#include "cpu.h"
#if EK_X86_ASM
#include <immintrin.h>
#endif
#endif

#if EK_PLANT_LEAK == 7
static volatile uint64_t planted_quotient;
#elif EK_PLANT_LEAK == 1
static volatile uint64_t planted_effect;
__attribute__((noinline)) static void planted_branch(void) {
    planted_effect++;
}
#endif

/* The signed digit of row i: its absolute value, and whether it is negative as 0 or 1.
 * CT: nothing leaks. */
static uint64_t booth_digit(uint64_t *negative, const ek_scalar *k, int row) {
    uint64_t bits = ek_scalar_bits(k, EK_BASE_WINDOW * row - 1, EK_BASE_WINDOW + 1);
    uint64_t sign = bits >> EK_BASE_WINDOW;
    bits = ek_choose(ek_mask_bit(sign), (2 << EK_BASE_WINDOW) - 1 - bits, bits);
    *negative = sign;
    return (bits >> 1) + (bits & 1);
}

#if EK_FIELD_ADX && EK_X86_ASM && EK_PLANT_LEAK != 2
/* As select_entry, two vectors an entry.  CT: nothing leaks. */
static EK_TARGET_AVX2 void select_entry_avx2(ek_ge *entry, const ek_ge row[EK_BASE_COLUMNS],
                                             uint64_t digit) {
    const __m256i wanted = _mm256_set1_epi64x((long long)digit), one = _mm256_set1_epi64x(1);
    __m256i x = _mm256_setzero_si256(), y = x, number = x;
    for (int j = 0; j < EK_BASE_COLUMNS; j++) {
        __m256i mask, a = _mm256_loadu_si256((const __m256i *)(const void *)&row[j].x);
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)&row[j].y);
        number = _mm256_add_epi64(number, one);
        mask = _mm256_cmpeq_epi64(number, wanted);
        x = _mm256_or_si256(x, _mm256_and_si256(mask, a));
        y = _mm256_or_si256(y, _mm256_and_si256(mask, b));
    }
    _mm256_storeu_si256((__m256i *)(void *)&entry->x, x);
    _mm256_storeu_si256((__m256i *)(void *)&entry->y, y);
}
#endif

/* entry = row[digit - 1], or zeros for digit 0: every entry is read.  CT: nothing leaks. */
static void select_entry(ek_ge *entry, const ek_ge row[EK_BASE_COLUMNS], uint64_t digit) {
#if EK_FIELD_ADX && EK_X86_ASM && EK_PLANT_LEAK != 2
    select_entry_avx2(entry, row, digit);
#elif EK_PLANT_LEAK == 2
    *entry = row[(digit - 1) & (EK_BASE_COLUMNS - 1)];
#else
    uint64_t x[4] = {0}, y[4] = {0};
    for (uint64_t j = 0; j < EK_BASE_COLUMNS; j++) {
        uint64_t mask = ek_mask_zero((j + 1) ^ digit);
        for (int i = 0; i < 4; i++) {
            x[i] |= row[j].x.v[i] & mask;
            y[i] |= row[j].y.v[i] & mask;
        }
    }
    memcpy(entry->x.v, x, sizeof x);
    memcpy(entry->y.v, y, sizeof y);
#endif
}

void ek_mul_base_plain(ek_gej *r, const ek_scalar *k) {
    ek_gej sum, next;
    ek_ge entry;
    ek_fe minus_y;
    uint64_t digit, negative, nonzero, empty = ek_mask_bit(1);

    ek_gej_set_infinity(&sum);
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        digit = booth_digit(&negative, k, row);
#if EK_PLANT_LEAK == 1
        if (digit & 1) planted_branch();
#elif EK_PLANT_LEAK == 7
        planted_quotient = 0xffffffffffff / (digit | 1);
#elif EK_PLANT_LEAK == 3
        if (digit == 0) continue;
#endif
        select_entry(&entry, ek_base_table[row], digit);
        ek_fe_neg(&minus_y, &entry.y);
        ek_fe_cmov(&entry.y, ek_mask_bit(negative), &minus_y);
        nonzero = ~ek_mask_zero(digit);

        ek_gej_add_ge_incomplete(&next, &sum, &entry);
        ek_gej_cmov(&sum, nonzero & ~empty, &next);
        ek_gej_set_ge(&next, &entry);
        ek_gej_cmov(&sum, nonzero & empty, &next);
        empty &= ~nonzero;
    }
    *r = sum;
    ek_wipe(&sum, sizeof sum);
    ek_wipe(&next, sizeof next);
    ek_wipe(&entry, sizeof entry);
    ek_wipe(&minus_y, sizeof minus_y);
    ek_wipe(&digit, sizeof digit);
}

/* r += k times the point of the table.  VAR: time depends on everything (public). */
static void add_by_table_var(ek_gej *r, const ek_scalar *k, const ek_ge *table) {
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        uint64_t negative, digit = booth_digit(&negative, k, row);
        if (digit) {
            ek_ge entry = table[(uint64_t)row * EK_BASE_COLUMNS + digit - 1];
            if (negative) ek_fe_neg(&entry.y, &entry.y);
            ek_gej_add_ge_var(r, r, &entry);
        }
    }
}

void ek_mul_base_var_plain(ek_gej *r, const ek_scalar *k) {
    ek_gej_set_infinity(r);
    add_by_table_var(r, k, ek_base_table[0]);
}

void ek_mul_tables_var_plain(ek_gej *r, const ek_scalar *s, const ek_scalar *t,
                             const ek_ge *table) {
    ek_gej_set_infinity(r);
    add_by_table_var(r, s, ek_base_table[0]);
    add_by_table_var(r, t, table);
}

/* Row by row, each made affine by one inversion. */
void ek_table_make_plain(ek_ge *table, const ek_ge *p) {
    ek_gej multiple[EK_BASE_COLUMNS], next;

    ek_gej_set_ge(&next, p);
    for (int row = 0; row < EK_BASE_ROWS; row++, table += EK_BASE_COLUMNS) {
        multiple[0] = next;
        for (int i = 1; i < EK_BASE_COLUMNS; i++) {
            if (i % 2) /* (i + 1) P is twice (i + 1) / 2 P */
                ek_gej_double(&multiple[i], &multiple[i / 2]);
            else
                ek_gej_add_var(&multiple[i], &multiple[i - 1], &multiple[0]);
        }
        ek_gej_double(&next, &multiple[EK_BASE_COLUMNS - 1]);
        ek_ge_set_many_plain(table, multiple, EK_BASE_COLUMNS);
    }
}
