/* mul_quad.c - see mul_quad.h.
 *
 * Points in lanes lie on the isomorphic curve of (x / 4, y / 8): there the Montgomery form with
 * 2^261 of x / 4 is 8 times that with 2^256 of x, and that of y / 8 four times, so that tables come
 * in with a shift.  No formula here uses the curve's coefficients but ek_gej4_double, whose callers
 * stay on the curve itself.
 *
 * The additions are incomplete; what mul_lanes.c says of that holds here too. */
#include "mul_quad.h"

#if EK_X86
#include "quad.h"

#define EK_ALIGNED_32 __attribute__((aligned(32)))

/* 2^261 mod p: one in Montgomery form.  2^256 mod p and 2^255: products with them leave it for the
 * form of the scalar bodies, and the second halves. */
static const uint64_t one29[9] = {32, 0, 0x1ffff800, 0x3fff, 0, 0, 0, 0x4000000, 0};
static const uint64_t leave[9] = {1, 0, 0x1fffffc0, 0x1ff, 0, 0, 0, 0x200000, 0};
static const uint64_t leave_halved[9] = {0, 0, 0, 0, 0, 0, 0, 0, 0x800000};
/* 2^266 mod p: a product with it takes the form of the scalar bodies to that of the lanes. */
static const uint64_t enter[9] = {1024, 0, 0x1fff0000, 0x7ffff, 0, 0, 0, 0, 4};

/* Transposes four vectors of four words. */
EK_QUAD void transpose(__m256i w[4]) {
    __m256i a = _mm256_unpacklo_epi64(w[0], w[1]), b = _mm256_unpackhi_epi64(w[0], w[1]);
    __m256i c = _mm256_unpacklo_epi64(w[2], w[3]), d = _mm256_unpackhi_epi64(w[2], w[3]);
    w[0] = _mm256_permute2x128_si256(a, c, 0x20);
    w[1] = _mm256_permute2x128_si256(b, d, 0x20);
    w[2] = _mm256_permute2x128_si256(a, c, 0x31);
    w[3] = _mm256_permute2x128_si256(b, d, 0x31);
}

EK_QUAD __m256i load(const uint64_t *words) {
    return _mm256_loadu_si256((const __m256i *)(const void *)words);
}

/* What the lanes have summed up, and those that have nothing yet. */
typedef struct ek_sums4 {
    ek_gej4 point;
    __m256i empty;
} ek_sums4;

EK_QUAD void sums_start(ek_sums4 *sums) {
    memset(&sums->point, 0, sizeof sums->point);
    sums->empty = ek_set4((uint64_t)-1);
}

/* sum = entry where that is the lane's first, next where the lane is used, else sum. */
EK_QUAD void choose_sum(ek_fe4 *sum, const ek_fe4 *next, const ek_fe4 *entry, __m256i first,
                        __m256i used) {
    EK_UNROLL_4 for (int i = 0; i < 9; i++) {
        __m256i chosen = _mm256_blendv_epi8(next->v[i], entry->v[i], first);
        sum->v[i] = _mm256_blendv_epi8(sum->v[i], chosen, used);
    }
}

/* sums += entry in the lanes of used; the first entry of a lane is taken as it is.
 * CT: nothing leaks. */
EK_QUAD_CALL void accumulate(ek_sums4 *sums, const ek_ge4 *entry, __m256i used) {
    ek_gej4 next;
    ek_fe4 one;
#if EK_PLANT_LEAK == 14
    if (_mm256_testz_si256(used, used)) return; /* planted: four zero digits are skipped */
#endif
    ek_fe4_set(&one, one29);
    ek_gej4_add_ge(&next, &sums->point, entry);
    choose_sum(&sums->point.x, &next.x, &entry->x, sums->empty, used);
    choose_sum(&sums->point.y, &next.y, &entry->y, sums->empty, used);
    choose_sum(&sums->point.z, &next.z, &one, sums->empty, used);
    sums->empty = _mm256_andnot_si256(used, sums->empty);
}

/* a += b where either may be empty.  CT: nothing leaks. */
EK_QUAD_CALL void join(ek_sums4 *a, const ek_sums4 *b) {
    ek_gej4 sum;
    ek_gej4_add(&sum, &a->point, &b->point);
    ek_gej4_choose(&sum, b->empty, &a->point);
    ek_gej4_choose(&sum, a->empty, &b->point);
    a->point = sum;
    a->empty = _mm256_and_si256(a->empty, b->empty);
}

/* Adds to each lane the one at a distance of 2 or 1.  CT: nothing leaks. */
#define TURN(distance, v) _mm256_permute4x64_epi64(v, (distance) == 2 ? 0x4e : 0xb1)
#define FOLD(name, distance)                                      \
    EK_QUAD_CALL void name(ek_sums4 *a) {                         \
        ek_sums4 other;                                           \
        EK_UNROLL_4 for (int i = 0; i < 9; i++) {                 \
            other.point.x.v[i] = TURN(distance, a->point.x.v[i]); \
            other.point.y.v[i] = TURN(distance, a->point.y.v[i]); \
            other.point.z.v[i] = TURN(distance, a->point.z.v[i]); \
        }                                                         \
        other.empty = TURN(distance, a->empty);                   \
        join(a, &other);                                          \
    }
FOLD(fold_two, 2)
FOLD(fold_one, 1)

/* The number below p of limbs of which the top one may be negative: between -p and 2p.
 * CT: nothing leaks. */
static void reduce_lane(ek_fe *r, const uint64_t limbs[9][4], size_t lane) {
    uint64_t l[9], w[4], m[4], above;
    for (int i = 0; i < 9; i++) l[i] = limbs[i][lane];
    w[0] = l[0] | l[1] << 29 | l[2] << 58;
    w[1] = l[2] >> 6 | l[3] << 23 | l[4] << 52;
    w[2] = l[4] >> 12 | l[5] << 17 | l[6] << 46;
    w[3] = l[6] >> 18 | l[7] << 11 | l[8] << 40;
    above = l[8] >> 24; /* -1, 0 or 1 */
    for (int i = 0; i < 4; i++) m[i] = ek_p4[i] & ek_mask_bit(above >> 39);
    above += ek_add4(w, w, m);
    ek_reduce_once4(r->v, w, above & 1, ek_p4);
    ek_wipe(l, sizeof l);
    ek_wipe(w, sizeof w);
}

/* The points of count lanes from the first one on, a step apart, on the curve itself and for the
 * scalar bodies; infinity where a lane is empty.  halved says that they come from the lanes' curve,
 * where Z counts twice.  CT: nothing leaks. */
EK_QUAD_CALL void take_lanes(ek_gej *const *r, const ek_sums4 *sums, size_t count, size_t step,
                             int halved) {
    EK_ALIGNED_32 uint64_t limbs[3][9][4], empty[4];
    ek_fe4 factor, t;
    ek_fe4_set(&factor, leave);
    ek_fe4_mul(&t, &sums->point.x, &factor);
    memcpy(limbs[0], &t, sizeof t);
    ek_fe4_mul(&t, &sums->point.y, &factor);
    memcpy(limbs[1], &t, sizeof t);
    if (halved) ek_fe4_set(&factor, leave_halved);
    ek_fe4_mul(&t, &sums->point.z, &factor);
    memcpy(limbs[2], &t, sizeof t);
    memcpy(empty, &sums->empty, sizeof empty);
    for (size_t i = 0; i < count; i++) {
        reduce_lane(&r[i]->x, (const uint64_t (*)[4])limbs[0], i * step);
        reduce_lane(&r[i]->y, (const uint64_t (*)[4])limbs[1], i * step);
        reduce_lane(&r[i]->z, (const uint64_t (*)[4])limbs[2], i * step);
        ek_fe_cmov(&r[i]->z, empty[i * step], &ek_fe_zero);
    }
    ek_wipe(limbs, sizeof limbs);
    ek_wipe(&t, sizeof t);
}

/* The signed digit of a row, as booth_digit of mul_base.c; rows past the last have none.
 * CT: nothing leaks. */
static uint64_t digit_of(uint64_t *negative, const ek_scalar *k, int row, int window) {
    uint64_t bits = ek_scalar_bits(k, window * row - 1, window + 1), sign = bits >> window;
    bits = ek_choose(ek_mask_bit(sign), ((uint64_t)2 << window) - 1 - bits, bits);
    *negative = 0 - sign;
    return (bits >> 1) + (bits & 1);
}

/* Four digits: their entries are to be added, or subtracted, or nothing. */
typedef struct ek_digits4 {
    EK_ALIGNED_32 uint64_t digit[4];
    EK_ALIGNED_32 uint64_t negative[4];
} ek_digits4;

EK_QUAD __m256i digits_used(const ek_digits4 *d) {
    return _mm256_xor_si256(_mm256_cmpeq_epi64(load(d->digit), _mm256_setzero_si256()),
                            ek_set4((uint64_t)-1));
}

/* entry = what stands in x and y, one point in each vector, on the lanes' curve; negative ones
 * turned around. */
EK_QUAD_CALL void bring_in(ek_ge4 *entry, __m256i x[4], __m256i y[4], const uint64_t negative[4]) {
    transpose(x);
    transpose(y);
    ek_fe4_unpack(&entry->x, x, 3);
    ek_fe4_unpack(&entry->y, y, 2);
    ek_fe4_negate_some(&entry->y, load(negative));
    ek_fe4_carry(&entry->y);
}

/* --- Products with the base point ----------------------------------------------------------- */

#if EK_PLANT_LEAK == 12
static volatile uint64_t planted_effect;
__attribute__((noinline)) static void planted_branch(void) {
    planted_effect++;
}
#endif

/* x[first + 2i] and y[first + 2i] = row[digits[first + 2i] - 1] for i = 0, 1: every entry is read
 * once for both.  CT: nothing leaks. */
EK_QUAD_CALL void look_up_two(__m256i x[4], __m256i y[4], const ek_ge row[EK_BASE_COLUMNS],
                              const uint64_t digits[4], size_t first) {
    const __m256i wanted = ek_set4(digits[first]), too = ek_set4(digits[first + 2]);
    const __m256i one = ek_set4(1);
    __m256i number = _mm256_setzero_si256(), x0 = number, y0 = number, x1 = number, y1 = number;
#if EK_PLANT_LEAK == 12
    if (digits[first] & 1) planted_branch();
#elif EK_PLANT_LEAK == 13
    row += digits[first] & 1;
#endif
    for (int j = 0; j < EK_BASE_COLUMNS; j++) {
        __m256i a = load(row[j].x.v), b = load(row[j].y.v), mask;
        number = _mm256_add_epi64(number, one);
        mask = _mm256_cmpeq_epi64(number, wanted);
        x0 = _mm256_or_si256(x0, _mm256_and_si256(mask, a));
        y0 = _mm256_or_si256(y0, _mm256_and_si256(mask, b));
        mask = _mm256_cmpeq_epi64(number, too);
        x1 = _mm256_or_si256(x1, _mm256_and_si256(mask, a));
        y1 = _mm256_or_si256(y1, _mm256_and_si256(mask, b));
    }
    x[first] = x0;
    y[first] = y0;
    x[first + 2] = x1;
    y[first + 2] = y1;
}

/* k in lanes 0 and 1, -k in 2 and 3: even rows and odd ones.  The digits of both in a row meet in
 * one look-up. */
EK_TARGET_AVX2 void ek_mul_base_pair_quad(ek_gej *r, ek_gej *other, const ek_scalar *k,
                                          const ek_scalar *minus_k) {
    ek_gej *const both[2] = {r, other};
    __m256i x[4], y[4];
    ek_digits4 digits;
    ek_sums4 sums;
    ek_ge4 entry;

    sums_start(&sums);
    for (int row = 0; row < EK_BASE_ROWS; row += 2) {
        int next = row + 1 < EK_BASE_ROWS ? row + 1 : row; /* the last has no neighbour */
        for (size_t i = 0; i < 2; i++) {
            digits.digit[i] = digit_of(&digits.negative[i], k, row + (int)i, EK_BASE_WINDOW);
            digits.digit[2 + i] =
                digit_of(&digits.negative[2 + i], minus_k, row + (int)i, EK_BASE_WINDOW);
        }
        look_up_two(x, y, ek_base_table[row], digits.digit, 0);
        look_up_two(x, y, ek_base_table[next], digits.digit, 1);
        bring_in(&entry, x, y, digits.negative);
        accumulate(&sums, &entry, digits_used(&digits));
    }
    fold_one(&sums);
    take_lanes(both, &sums, 2, 2, 1);
    ek_wipe(x, sizeof x);
    ek_wipe(y, sizeof y);
    ek_wipe(&digits, sizeof digits);
    ek_wipe(&sums, sizeof sums);
    ek_wipe(&entry, sizeof entry);
}

static EK_TARGET_AVX2 void base_four(ek_gej *points, const ek_scalar k[4], size_t count) {
    ek_gej *const each[4] = {points, points + 1, points + 2, points + 3};
    __m256i x[4], y[4];
    ek_digits4 digits;
    ek_sums4 sums;
    ek_ge4 entry;

    sums_start(&sums);
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        for (size_t i = 0; i < 4; i++)
            digits.digit[i] = digit_of(&digits.negative[i], &k[i], row, EK_BASE_WINDOW);
        look_up_two(x, y, ek_base_table[row], digits.digit, 0);
        look_up_two(x, y, ek_base_table[row], digits.digit, 1);
        bring_in(&entry, x, y, digits.negative);
        accumulate(&sums, &entry, digits_used(&digits));
    }
    take_lanes(each, &sums, count, 1, 1);
    ek_wipe(x, sizeof x);
    ek_wipe(y, sizeof y);
    ek_wipe(&digits, sizeof digits);
    ek_wipe(&sums, sizeof sums);
    ek_wipe(&entry, sizeof entry);
}

void ek_mul_base_bulk_quad(ek_gej *points, const ek_scalar *scalars, size_t count) {
    ek_scalar padded[4];
    for (size_t done = 0; done < count; done += 4) {
        size_t n = count - done < 4 ? count - done : 4;
        for (size_t i = 0; i < 4; i++) padded[i] = scalars[done + (i < n ? i : 0)];
        base_four(points + done, padded, n);
    }
    ek_wipe(padded, sizeof padded);
}

/* --- Verification: public numbers only ------------------------------------------------------ */

/* The entries whose sum is k times the table's point; returns how many. */
static size_t entries_var(const ek_ge **entries, uint64_t *negative, const ek_scalar *k,
                          const ek_ge *table) {
    size_t count = 0;
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        uint64_t digit = digit_of(&negative[count], k, row, EK_BASE_WINDOW);
        if (digit) entries[count++] = &table[(uint64_t)row * EK_BASE_COLUMNS + digit - 1];
    }
    return count;
}

EK_QUAD_CALL void gather_var(ek_ge4 *entry, const ek_ge *const entries[4],
                             const uint64_t negative[4]) {
    __m256i x[4], y[4];
    EK_UNROLL_4 for (int i = 0; i < 4; i++) {
        x[i] = load(entries[i]->x.v);
        y[i] = load(entries[i]->y.v);
    }
    bring_in(entry, x, y, negative);
}

EK_TARGET_AVX2 int ek_mul_tables_quad_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t,
                                          const ek_ge *table) {
    const ek_ge *entries[2 * EK_BASE_ROWS + 4];
    uint64_t negative[2 * EK_BASE_ROWS + 4];
    size_t count = entries_var(entries, negative, s, ek_base_table[0]);
    ek_sums4 sums;
    ek_ge4 entry;

    if (table) count += entries_var(entries + count, negative + count, t, table);
    for (size_t i = count; i < count + 4; i++) {
        entries[i] = ek_base_table[0];
        negative[i] = 0;
    }
    sums_start(&sums);
    for (size_t done = 0; done < count; done += 4) {
        size_t left = count - done;
        __m256i used = _mm256_cmpgt_epi64(ek_set4(left), _mm256_set_epi64x(3, 2, 1, 0));
        gather_var(&entry, entries + done, negative + done);
        accumulate(&sums, &entry, used);
    }
    fold_two(&sums);
    fold_one(&sums);
    take_lanes(&r, &sums, 1, 1, 1);
    return !ek_fe_is_zero(&r->z);
}

#define TP_WINDOW 5
#define TP_ENTRIES 16
#define TP_WINDOWS 52 /* 5 * 51 = 255: the last takes the top bit and a carry */

/* The multiples 1 to 16 of four points, those of each lane together: x, y, z of nine limbs each and
 * a word of padding. */
typedef struct multiples {
    EK_ALIGNED_32 uint64_t lane[4][TP_ENTRIES][28];
} multiples;

EK_QUAD_CALL void put_multiple(multiples *to, int index, const ek_gej4 *a) {
    __m256i w[28];
    memcpy(w, a, sizeof *a);
    w[27] = _mm256_setzero_si256();
    EK_UNROLL_4 for (int i = 0; i < 28; i += 4) {
        transpose(w + i);
        for (int j = 0; j < 4; j++)
            _mm256_store_si256((__m256i *)(void *)&to->lane[j][index][i], w[i + j]);
    }
}

EK_QUAD_CALL void get_multiple_var(ek_gej4 *r, const multiples *from, const uint64_t index[4]) {
    __m256i w[28];
    EK_UNROLL_4 for (int i = 0; i < 28; i += 4) {
        for (int j = 0; j < 4; j++) w[i + j] = load(&from->lane[j][index[j]][i]);
        transpose(w + i);
    }
    memcpy(r, w, sizeof *r);
}

/* Four points on the curve itself. */
static EK_TARGET_AVX2 void load_points(ek_ge4 *r, const ek_ge p[4]) {
    __m256i x[4], y[4];
    ek_fe4 factor;
    for (int i = 0; i < 4; i++) {
        x[i] = load(p[i].x.v);
        y[i] = load(p[i].y.v);
    }
    transpose(x);
    transpose(y);
    ek_fe4_set(&factor, enter);
    ek_fe4_unpack(&r->x, x, 0);
    ek_fe4_unpack(&r->y, y, 0);
    ek_fe4_mul(&r->x, &r->x, &factor);
    ek_fe4_mul(&r->y, &r->y, &factor);
}

static EK_TARGET_AVX2 void make_multiples(multiples *m, const ek_ge4 *p) {
    ek_gej4 a;
    a.x = p->x;
    a.y = p->y;
    ek_fe4_set(&a.z, one29);
    put_multiple(m, 0, &a);
    ek_gej4_double(&a, &a);
    put_multiple(m, 1, &a);
    for (int i = 2; i < TP_ENTRIES; i++) {
        ek_gej4_add_ge(&a, &a, p); /* iP + P with 2 <= i < n - 1: never a special case */
        put_multiple(m, i, &a);
    }
}

/* tp = t P.  Leading zeros leave lanes empty. */
static EK_TARGET_AVX2 void multiply_var(ek_sums4 *tp, const multiples *m, const ek_scalar t[4]) {
    for (int window = TP_WINDOWS - 1; window >= 0; window--) {
        ek_digits4 digits;
        ek_sums4 entry;
        uint64_t index[4];
        if (window < TP_WINDOWS - 1)
            for (int i = 0; i < TP_WINDOW; i++) ek_gej4_double(&tp->point, &tp->point);
        for (int i = 0; i < 4; i++) {
            digits.digit[i] = digit_of(&digits.negative[i], &t[i], window, TP_WINDOW);
            index[i] = digits.digit[i] ? digits.digit[i] - 1 : 0;
        }
        get_multiple_var(&entry.point, m, index);
        ek_fe4_negate_some(&entry.point.y, load(digits.negative));
        ek_fe4_carry(&entry.point.y);
        entry.empty = _mm256_cmpeq_epi64(load(digits.digit), _mm256_setzero_si256());
        join(tp, &entry);
    }
}

/* sg = s G, on the lanes' curve. */
static EK_TARGET_AVX2 void base_var(ek_sums4 *sg, const ek_scalar s[4]) {
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        const ek_ge *entries[4];
        ek_digits4 digits;
        ek_ge4 entry;
        for (int i = 0; i < 4; i++) {
            uint64_t digit = digit_of(&digits.negative[i], &s[i], row, EK_BASE_WINDOW);
            digits.digit[i] = digit;
            entries[i] = &ek_base_table[row][digit ? digit - 1 : 0];
        }
        gather_var(&entry, entries, digits.negative);
        accumulate(sg, &entry, digits_used(&digits));
    }
}

EK_TARGET_AVX2 unsigned ek_mul_double_quad_var(unsigned *holds, const ek_scalar *s,
                                               const ek_scalar *t, const ek_ge *p,
                                               const ek_scalar *x) {
    /* 1/2 in Montgomery form: from the lanes' curve to the curve itself */
    static const uint64_t half[9] = {16, 0, 0x1ffffc00, 0x1fff, 0, 0, 0, 0x2000000, 0};
    ek_gej sum[4], *const each[4] = {sum, sum + 1, sum + 2, sum + 3};
    unsigned unsure = 0;
    multiples m;
    ek_ge4 points;
    ek_sums4 tp, sg;
    ek_fe4 factor;

    sums_start(&tp);
    sums_start(&sg);
    load_points(&points, p);
    make_multiples(&m, &points);
    multiply_var(&tp, &m, t);
    base_var(&sg, s);
    ek_fe4_set(&factor, half);
    ek_fe4_mul(&sg.point.z, &sg.point.z, &factor);
    join(&tp, &sg);
    take_lanes(each, &tp, 4, 1, 0);
    *holds = 0;
    for (int i = 0; i < 4; i++) {
        *holds |= (unsigned)(ek_gej_has_x(&sum[i], &x[i]) & 1) << i;
        unsure |= (unsigned)(ek_fe_is_zero(&sum[i].z) & 1) << i;
    }
    return unsure;
}
#else
typedef int ek_no_quad; /* a translation unit is never empty */
#endif
