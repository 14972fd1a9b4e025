/* mul_lanes.c - see mul_lanes.h.
 *
 * Points in lanes lie on the isomorphic curve of (x / 16, y / 64): there the Montgomery form with
 * 2^260 of x / 16 has the limbs that the scalar field's form with 2^256 has for x, and tables and
 * results move between the two with a shift of y by two bits.  No formula here uses the curve's
 * coefficients but ek_gej8_double, whose callers stay on the curve itself.
 *
 * The additions are incomplete.  Where digits come from one number the proof of mul_base.c holds
 * within a lane; two lanes' sums a G and b G are equal or opposite only if a and b are as integers
 * (which signed digits at disjoint places rule out unless both are zero) or differ by n, for one or
 * two fixed k in 2^256; signing then fails its check, and verification sees Z = 0. */
#include "mul_lanes.h"

#if EK_X86
#include "lanes.h"

/* One in Montgomery form: 2^260 mod p. */
static const uint64_t one52[5] = {0x0000000000010, 0x0ffffffff0000, 0, 0, 0x0000000100000};

/* The group law as functions: inlined everywhere it would be a megabyte. */
#define EK_OUT_OF_LINE static __attribute__((noinline)) EK_TARGET_AVX512

EK_OUT_OF_LINE void double_two(ek_gej8 r[2]) {
    ek_gej8_double(r, r, 2);
}

EK_OUT_OF_LINE void add_two(ek_gej8 r[2], const ek_gej8 a[2], const ek_gej8 b[2]) {
    ek_gej8_add(r, a, b, 2);
}

EK_OUT_OF_LINE void add_one(ek_gej8 *r, const ek_gej8 *a, const ek_gej8 *b) {
    ek_gej8_add(r, a, b, 1);
}

EK_OUT_OF_LINE void add_ge_two(ek_gej8 r[2], const ek_gej8 a[2], const ek_ge8 b[2]) {
    ek_gej8_add_ge(r, a, b, 2);
}

static const uint64_t lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};

/* Transposes eight vectors of eight words. */
EK_LANES void transpose(__m512i w[8]) {
    __m512i t[8], u[8];
    EK_UNROLL for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(w[i], w[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(w[i], w[i + 1]);
    }
    EK_UNROLL for (int i = 0; i < 2; i++) {
        u[i] = _mm512_shuffle_i64x2(t[i], t[i + 2], 0x88);
        u[i + 2] = _mm512_shuffle_i64x2(t[i], t[i + 2], 0xdd);
        u[i + 4] = _mm512_shuffle_i64x2(t[i + 4], t[i + 6], 0x88);
        u[i + 6] = _mm512_shuffle_i64x2(t[i + 4], t[i + 6], 0xdd);
    }
    EK_UNROLL for (int i = 0; i < 4; i++) {
        w[i] = _mm512_shuffle_i64x2(u[i], u[i + 4], 0x88);
        w[i + 4] = _mm512_shuffle_i64x2(u[i], u[i + 4], 0xdd);
    }
}

/* y = -y in the lanes of mask, for y up to [3]. */
EK_LANES void negate_some(ek_fe8 *y, __mmask8 mask) {
    EK_UNROLL for (int i = 0; i < 5; i++) y->v[i] =
        _mm512_mask_sub_epi64(y->v[i], mask, ek_set8(3 * ek_p52[i]), y->v[i]);
    ek_fe8_carry(y);
}

/* sum = the first entries, in the lanes of used.  CT: nothing leaks. */
EK_OUT_OF_LINE void begin(ek_gej8 sum[2], __mmask8 empty[2], const ek_ge8 entry[2],
                          const __mmask8 used[2]) {
    EK_UNROLL for (int g = 0; g < 2; g++) {
        sum[g].x = entry[g].x;
        sum[g].y = entry[g].y;
        ek_fe8_set(&sum[g].z, one52);
        empty[g] = (__mmask8)~used[g];
    }
}

/* sum += entry in the lanes of used; the first entry of a lane is taken as it is.
 * CT: nothing leaks. */
EK_OUT_OF_LINE void accumulate(ek_gej8 sum[2], __mmask8 empty[2], const ek_ge8 entry[2],
                               const __mmask8 used[2]) {
    ek_gej8 next[2];
#if EK_PLANT_LEAK == 15
    if (!(used[0] | used[1])) return; /* planted: digits that are all zero are skipped */
#endif
    add_ge_two(next, sum, entry);
    EK_UNROLL for (int g = 0; g < 2; g++) {
        ek_gej8_choose(&sum[g], (__mmask8)(used[g] & ~empty[g]), &next[g]);
        next[g].x = entry[g].x;
        next[g].y = entry[g].y;
        ek_fe8_set(&next[g].z, one52);
        ek_gej8_choose(&sum[g], (__mmask8)(used[g] & empty[g]), &next[g]);
        empty[g] &= (__mmask8)~used[g];
    }
}

/* a += b where either may be empty.  CT: nothing leaks. */
EK_OUT_OF_LINE void join(ek_gej8 *a, __mmask8 *a_empty, const ek_gej8 *b, __mmask8 b_empty) {
    ek_gej8 sum;
    add_one(&sum, a, b);
    ek_gej8_choose(&sum, b_empty, a);
    ek_gej8_choose(&sum, *a_empty, b);
    *a = sum;
    *a_empty &= b_empty;
}

/* The number below p that an [a] of at most [16] is. */
EK_OUT_OF_LINE void to_one(ek_fe8 *r, const ek_fe8 *a) {
    ek_fe8 one;
    ek_fe8_set(&one, one52);
    ek_fe8_mul(r, a, &one);
    ek_fe8_reduce(r, r);
}

/* Swaps lanes at a distance of 4, 2 or 1. */
EK_LANES __m512i swap(__m512i v, int distance) {
    if (distance == 4) return _mm512_shuffle_i64x2(v, v, 0x4e);
    if (distance == 2) return _mm512_permutex_epi64(v, 0x4e);
    return _mm512_permutex_epi64(v, 0xb1);
}

/* Adds to each lane the one at a distance.  CT: nothing leaks. */
EK_OUT_OF_LINE void fold(ek_gej8 *a, __mmask8 *empty, int distance) {
    ek_gej8 other;
    unsigned e = *empty, low = distance == 4 ? 0x0f : distance == 2 ? 0x33 : 0x55;
    EK_UNROLL for (int i = 0; i < 5; i++) {
        other.x.v[i] = swap(a->x.v[i], distance);
        other.y.v[i] = swap(a->y.v[i], distance);
        other.z.v[i] = swap(a->z.v[i], distance);
    }
    join(a, empty, &other, (__mmask8)((e & low) << distance | (e >> distance & low)));
}

/* Lane of a, on the curve itself, for the scalar bodies; infinity where it is empty.  The limbs
 * are those of 16 X, 16 Y, 16 Z there, and x = 16 X / Z^2, y = 64 Y / Z^3 of them: with Z / 16 for
 * Z that is X and 4 Y.  CT: nothing leaks. */
EK_OUT_OF_LINE void take_lane(ek_gej *r, const ek_gej8 *a, __mmask8 empty, int lane) {
    static const ek_fe sixteenth = {{0, 0, 0, (uint64_t)1 << 60}}; /* 2^256 / 16 */
    ek_fe8 t;
    __m512i w[8];
    EK_ALIGNED_64 uint64_t words[3][4][8];
    const ek_fe8 *from[3] = {&a->x, &a->y, &a->z};
    ek_fe *to[3] = {&r->x, &r->y, &r->z};
    EK_UNROLL for (int c = 0; c < 3; c++) {
        to_one(&t, from[c]);
        ek_fe8_pack(w, &t);
        EK_UNROLL for (int i = 0; i < 4; i++) {
            _mm512_store_si512(words[c][i], w[i]);
            to[c]->v[i] = words[c][i][lane];
        }
    }
    ek_fe_mul(&r->z, &r->z, &sixteenth);
    ek_fe_add(&r->y, &r->y, &r->y);
    ek_fe_add(&r->y, &r->y, &r->y);
    ek_fe_cmov(&r->z, ek_mask_bit((uint64_t)(empty >> lane) & 1), &ek_fe_zero);
    ek_wipe(words, sizeof words);
}

/* The signed digits of twice_k / 2, as booth_digit of mul_base.c, at the rows given by lane. */
EK_LANES __m512i digits_at(__mmask8 *negative, __m512i twice_k, __m512i rows) {
    const __m512i low = ek_set8(63);
    __m512i at = _mm512_add_epi64(_mm512_slli_epi64(rows, 2), _mm512_slli_epi64(rows, 1));
    __m512i word = _mm512_srli_epi64(at, 6), shift = _mm512_and_si512(at, low), bits;
    bits = _mm512_srlv_epi64(_mm512_permutexvar_epi64(word, twice_k), shift);
    word = _mm512_permutexvar_epi64(_mm512_add_epi64(word, ek_set8(1)), twice_k);
    bits = _mm512_or_si512(bits, _mm512_sllv_epi64(word, _mm512_sub_epi64(ek_set8(64), shift)));
    bits = _mm512_and_si512(bits, ek_set8(127));
    *negative = _mm512_cmpgt_epi64_mask(bits, low);
    bits = _mm512_mask_sub_epi64(bits, *negative, ek_set8(127), bits);
    return _mm512_add_epi64(_mm512_srli_epi64(bits, 1), _mm512_and_si512(bits, ek_set8(1)));
}

/* 2k as the words of one vector. */
EK_LANES __m512i twice(const ek_scalar *k) {
    return _mm512_set_epi64(0, 0, 0, (long long)(k->v[3] >> 63),
                            (long long)(k->v[3] << 1 | k->v[2] >> 63),
                            (long long)(k->v[2] << 1 | k->v[1] >> 63),
                            (long long)(k->v[1] << 1 | k->v[0] >> 63), (long long)(k->v[0] << 1));
}

#if EK_PLANT_LEAK == 10
static volatile uint64_t planted_effect;
__attribute__((noinline)) static void planted_branch(void) {
    planted_effect++;
}
#endif

/* One limb of the entries index (0..31 each lane) of a row: every limb of it is read, and the
 * choice is made in registers.  CT: nothing leaks. */
EK_LANES __m512i look_up(const uint64_t column[EK_BASE_COLUMNS], __m512i index, __mmask8 upper) {
#if EK_PLANT_LEAK == 10
    if (upper & 1) planted_branch();
#elif EK_PLANT_LEAK == 11
    EK_ALIGNED_64 uint64_t at[8];
    _mm512_store_si512(at, index);
    (void)upper;
    return _mm512_i64gather_epi64(_mm512_and_si512(index, ek_set8(column[at[0] & 31] & 31)), column,
                                  8);
#endif
    __m512i low =
        _mm512_permutex2var_epi64(_mm512_load_si512(column), index, _mm512_load_si512(column + 8));
    __m512i high = _mm512_permutex2var_epi64(_mm512_load_si512(column + 16), index,
                                             _mm512_load_si512(column + 24));
    return _mm512_mask_mov_epi64(low, upper, high);
}

/* The two numbers' digits of row 8 slot + l meet in the look-up of that row: k's in lane l, that of
 * -k four lanes further, so that each number has its own lanes throughout. */
EK_TARGET_AVX512 void ek_mul_base_pair_lanes(ek_gej *r, ek_gej *other, const ek_scalar *k,
                                             const ek_scalar *minus_k) {
    const __m512i lane = _mm512_loadu_si512(lane_numbers), one = ek_set8(1);
    const __m512i turned = _mm512_xor_si512(lane, ek_set8(4));
    __m512i number[2] = {twice(k), twice(minus_k)}, digit[2], w[2][8];
    ek_gej8 sum[2];
    ek_ge8 entry[2];
    __mmask8 empty[2] = {0xff, 0xff}, negative[2], used[2];

    memset(sum, 0, sizeof sum);
    memset(w, 0, sizeof w);
    for (int slot = 0; slot * 8 < EK_BASE_ROWS; slot++) {
        __m512i first = ek_set8((uint64_t)slot * 8);
        digit[0] = digits_at(&negative[0], number[0], _mm512_add_epi64(first, lane));
        digit[1] = digits_at(&negative[1], number[1], _mm512_add_epi64(first, turned));
        for (int l = 0; l < 8 && slot * 8 + l < EK_BASE_ROWS; l++) {
            __mmask8 here = (__mmask8)(1 << l), there = (__mmask8)(1 << (l ^ 4));
            __m512i index = _mm512_sub_epi64(_mm512_mask_mov_epi64(digit[0], there, digit[1]), one);
            __mmask8 upper = _mm512_test_epi64_mask(index, ek_set8(16));
            EK_UNROLL for (int i = 0; i < 8; i++) {
                __m512i limb = look_up(ek_base_table_lanes[slot * 8 + l][i], index, upper);
                w[0][i] = _mm512_mask_mov_epi64(w[0][i], here, limb);
                w[1][i] = _mm512_mask_mov_epi64(w[1][i], there, limb);
            }
        }
        EK_UNROLL for (int g = 0; g < 2; g++) {
            used[g] = _mm512_test_epi64_mask(digit[g], digit[g]);
            ek_fe8_unpack(&entry[g].x, w[g]);
            ek_fe8_unpack(&entry[g].y, w[g] + 4);
            negate_some(&entry[g].y, negative[g]);
        }
        (slot ? accumulate : begin)(sum, empty, entry, used);
    }
    /* lanes 0 to 3 of k and -k side by side, then 4 to 7, and their sums */
    EK_UNROLL for (int i = 0; i < 5; i++) {
        entry[0].x.v[i] = _mm512_shuffle_i64x2(sum[0].x.v[i], sum[1].x.v[i], 0xee);
        entry[0].y.v[i] = _mm512_shuffle_i64x2(sum[0].y.v[i], sum[1].y.v[i], 0xee);
        entry[1].x.v[i] = _mm512_shuffle_i64x2(sum[0].z.v[i], sum[1].z.v[i], 0xee);
        sum[0].x.v[i] = _mm512_shuffle_i64x2(sum[0].x.v[i], sum[1].x.v[i], 0x44);
        sum[0].y.v[i] = _mm512_shuffle_i64x2(sum[0].y.v[i], sum[1].y.v[i], 0x44);
        sum[0].z.v[i] = _mm512_shuffle_i64x2(sum[0].z.v[i], sum[1].z.v[i], 0x44);
    }
    sum[1].x = entry[0].x;
    sum[1].y = entry[0].y;
    sum[1].z = entry[1].x;
    used[1] = (__mmask8)(empty[0] >> 4 | (empty[1] & 0xf0));
    empty[0] = (__mmask8)((empty[0] & 0x0f) | (empty[1] & 0x0f) << 4);
    join(&sum[0], &empty[0], &sum[1], used[1]);
    fold(&sum[0], &empty[0], 2);
    fold(&sum[0], &empty[0], 1);
    take_lane(r, &sum[0], empty[0], 0);
    take_lane(other, &sum[0], empty[0], 4);
    ek_wipe(sum, sizeof sum);
    ek_wipe(entry, sizeof entry);
    ek_wipe(digit, sizeof digit);
    ek_wipe(number, sizeof number);
    ek_wipe(w, sizeof w);
}

/* --- Many products with the base point ------------------------------------------------------ */

/* Four words of each of eight scalars, word i of all in w[i]. */
EK_LANES void load_scalars(__m512i w[4], const ek_scalar *k) {
    __m512i t[8];
    EK_UNROLL for (int i = 0; i < 8; i++) t[i] =
        _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(const void *)&k[i]));
    transpose(t);
    EK_UNROLL for (int i = 0; i < 4; i++) w[i] = t[i];
}

/* Bits first to first + 6 of 2k in every lane, as digits_at. */
EK_LANES __m512i digit_of(__mmask8 *negative, const __m512i k[4], int first, int window) {
    const __m512i low = ek_set8(((uint64_t)1 << (window + 1)) - 1);
    int word = (first - 1) / 64, shift = (first - 1) % 64;
    __m512i bits;
    if (first == 0) {
        bits = _mm512_slli_epi64(k[0], 1);
    } else {
        bits = _mm512_srl_epi64(k[word], _mm_cvtsi32_si128(shift));
        if (shift && word < 3) /* shift 0 needs no more than one word */
            bits =
                _mm512_or_si512(bits, _mm512_sll_epi64(k[word + 1], _mm_cvtsi32_si128(64 - shift)));
    }
    bits = _mm512_and_si512(bits, low);
    *negative = _mm512_cmpgt_epi64_mask(bits, _mm512_srli_epi64(low, 1));
    bits = _mm512_mask_sub_epi64(bits, *negative, low, bits);
    return _mm512_add_epi64(_mm512_srli_epi64(bits, 1), _mm512_and_si512(bits, ek_set8(1)));
}

/* All lanes of a on the curve itself, for the scalar bodies, as take_lane.  CT: nothing leaks. */
EK_OUT_OF_LINE void take_lanes(ek_gej *r, const ek_gej8 *a, size_t count) {
    static const ek_fe sixteenth = {{0, 0, 0, (uint64_t)1 << 60}}; /* 2^256 / 16 */
    const ek_fe8 *from[3] = {&a->x, &a->y, &a->z};
    EK_ALIGNED_64 uint64_t words[3][8][8];
    ek_fe8 t;
    EK_UNROLL for (int c = 0; c < 3; c++) {
        __m512i w[8];
        to_one(&t, from[c]);
        ek_fe8_pack(w, &t);
        EK_UNROLL for (int i = 4; i < 8; i++) w[i] = _mm512_setzero_si512();
        transpose(w);
        EK_UNROLL for (int i = 0; i < 8; i++) _mm512_store_si512(words[c][i], w[i]);
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(&r[i].x, words[0][i], 32);
        memcpy(&r[i].y, words[1][i], 32);
        memcpy(&r[i].z, words[2][i], 32);
        ek_fe_mul(&r[i].z, &r[i].z, &sixteenth);
        ek_fe_add(&r[i].y, &r[i].y, &r[i].y);
        ek_fe_add(&r[i].y, &r[i].y, &r[i].y);
    }
    ek_wipe(words, sizeof words);
}

/* r = k G for sixteen scalars that are not 0.  CT: nothing leaks. */
static EK_TARGET_AVX512 void base_sixteen(ek_gej8 r[2], const ek_scalar *k) {
    __m512i words[2][4], digit, w[8];
    ek_ge8 entry[2];
    __mmask8 empty[2] = {0xff, 0xff}, negative, used[2];

    memset(r, 0, 2 * sizeof *r);
    load_scalars(words[0], k);
    load_scalars(words[1], k + 8);
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        EK_UNROLL for (int g = 0; g < 2; g++) {
            __m512i index;
            __mmask8 upper;
            digit = digit_of(&negative, words[g], EK_BASE_WINDOW * row, EK_BASE_WINDOW);
            used[g] = _mm512_test_epi64_mask(digit, digit);
            index = _mm512_sub_epi64(digit, ek_set8(1));
            upper = _mm512_test_epi64_mask(index, ek_set8(16));
            EK_UNROLL for (int i = 0; i < 8; i++) w[i] =
                look_up(ek_base_table_lanes[row][i], index, upper);
            ek_fe8_unpack(&entry[g].x, w);
            ek_fe8_unpack(&entry[g].y, w + 4);
            negate_some(&entry[g].y, negative);
        }
        (row ? accumulate : begin)(r, empty, entry, used);
    }
    ek_wipe(words, sizeof words);
    ek_wipe(&digit, sizeof digit);
    ek_wipe(entry, sizeof entry);
    ek_wipe(w, sizeof w);
}

EK_TARGET_AVX512 void ek_mul_base_bulk_lanes(ek_gej *points, const ek_scalar *scalars,
                                             size_t count) {
    ek_gej8 r[2];
    ek_scalar padded[16];
    for (size_t done = 0; done < count; done += 16) {
        size_t n = count - done < 16 ? count - done : 16;
        for (size_t i = 0; i < 16; i++) padded[i] = scalars[done + (i < n ? i : 0)];
        base_sixteen(r, padded);
        take_lanes(points + done, &r[0], n < 8 ? n : 8);
        if (n > 8) take_lanes(points + done + 8, &r[1], n - 8);
    }
    ek_wipe(r, sizeof r);
    ek_wipe(padded, sizeof padded);
}

/* --- Verification: public numbers only ------------------------------------------------------ */

/* Entries of tables of affine points, moved to the lanes' curve; negative ones turned around. */
EK_OUT_OF_LINE void gather_var(ek_ge8 *r, const ek_ge *const entries[8], __mmask8 negative) {
    __m512i w[8];
    ek_fe8 y;
    EK_UNROLL for (int i = 0; i < 8; i++) w[i] = _mm512_loadu_si512(entries[i]);
    transpose(w);
    ek_fe8_unpack(&r->x, w);
    ek_fe8_unpack(&y, w + 4);
    ek_fe8_quarter(&r->y, &y);
    negate_some(&r->y, negative);
}

/* The table entries whose sum is k times the table's point; returns how many. */
static size_t entries_var(const ek_ge **entries, uint8_t *negative, const ek_scalar *k,
                          const ek_ge *table) {
    size_t count = 0;
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        uint32_t bits = ek_scalar_bits(k, EK_BASE_WINDOW * row - 1, EK_BASE_WINDOW + 1);
        uint32_t sign = bits >> EK_BASE_WINDOW;
        if (sign) bits = (2u << EK_BASE_WINDOW) - 1 - bits;
        bits = (bits >> 1) + (bits & 1);
        if (!bits) continue;
        entries[count] = &table[row * EK_BASE_COLUMNS + (int)bits - 1];
        negative[count++] = (uint8_t)sign;
    }
    return count;
}

EK_TARGET_AVX512 int ek_mul_tables_lanes_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t,
                                             const ek_ge *table) {
    const ek_ge *entries[2 * EK_BASE_ROWS + 16];
    uint8_t negative[2 * EK_BASE_ROWS + 16] = {0};
    size_t count = entries_var(entries, negative, s, ek_base_table[0]);
    ek_gej8 sum[2];
    ek_ge8 entry[2];
    __mmask8 empty[2] = {0xff, 0xff}, used[2];

    if (table) count += entries_var(entries + count, negative + count, t, table);
    for (size_t i = count; i < count + 16; i++) entries[i] = ek_base_table[0];
    memset(sum, 0, sizeof sum);
    for (size_t done = 0; done < count; done += 16) {
        EK_UNROLL for (int g = 0; g < 2; g++) {
            size_t from = done + 8 * (size_t)g, left = count > from ? count - from : 0;
            __m128i signs = _mm_loadl_epi64((const __m128i *)(const void *)(negative + from));
            used[g] = (__mmask8)(left >= 8 ? 0xff : (1 << left) - 1);
            gather_var(&entry[g], entries + from, (__mmask8)_mm_test_epi8_mask(signs, signs));
        }
        (done ? accumulate : begin)(sum, empty, entry, used);
    }
    join(&sum[0], &empty[0], &sum[1], empty[1]);
    fold(&sum[0], &empty[0], 4);
    fold(&sum[0], &empty[0], 2);
    fold(&sum[0], &empty[0], 1);
    take_lane(r, &sum[0], empty[0], 0);
    return !ek_fe_is_zero(&r->z);
}

#define TP_WINDOW 5
#define TP_ENTRIES 16
#define TP_WINDOWS 52 /* 5 * 51 = 255: the last takes the top bit and a carry */

/* The multiples 1 to 16 of eight points, one after the other for each lane: x, y, z of five limbs
 * each and a word of padding. */
typedef struct multiples {
    EK_ALIGNED_64 uint64_t lane[8][TP_ENTRIES][2][8];
} multiples;

EK_OUT_OF_LINE void put_multiple(multiples *to, int index, const ek_gej8 *a) {
    __m512i w[16];
    EK_UNROLL for (int i = 0; i < 5; i++) {
        w[i] = a->x.v[i];
        w[5 + i] = a->y.v[i];
        w[10 + i] = a->z.v[i];
    }
    w[15] = _mm512_setzero_si512();
    transpose(w);
    transpose(w + 8);
    EK_UNROLL for (int i = 0; i < 8; i++) {
        _mm512_store_si512(to->lane[i][index][0], w[i]);
        _mm512_store_si512(to->lane[i][index][1], w[8 + i]);
    }
}

EK_OUT_OF_LINE void get_multiple_var(ek_gej8 *r, const multiples *from, __m512i index) {
    EK_ALIGNED_64 uint64_t at[8];
    __m512i w[16];
    _mm512_store_si512(at, index);
    EK_UNROLL for (int i = 0; i < 8; i++) {
        w[i] = _mm512_load_si512(from->lane[i][at[i]][0]);
        w[8 + i] = _mm512_load_si512(from->lane[i][at[i]][1]);
    }
    transpose(w);
    transpose(w + 8);
    EK_UNROLL for (int i = 0; i < 5; i++) {
        r->x.v[i] = w[i];
        r->y.v[i] = w[5 + i];
        r->z.v[i] = w[10 + i];
    }
}

/* Sixteen points on the curve itself. */
static EK_TARGET_AVX512 void load_points(ek_ge8 r[2], const ek_ge *p) {
    /* 2^264 mod p: a product with it takes the scalar form to that of the lanes */
    static const uint64_t to_lanes[5] = {0x100, 0xffffffff00000, 0, 0, 0x1000000};
    ek_fe8 factor, t;
    __m512i w[8];
    ek_fe8_set(&factor, to_lanes);
    for (int g = 0; g < 2; g++) {
        for (int i = 0; i < 8; i++) w[i] = _mm512_loadu_si512(&p[8 * g + i]);
        transpose(w);
        ek_fe8_unpack(&t, w);
        ek_fe8_mul(&r[g].x, &t, &factor);
        ek_fe8_unpack(&t, w + 4);
        ek_fe8_mul(&r[g].y, &t, &factor);
    }
}

/* The multiples of sixteen points. */
static EK_TARGET_AVX512 void make_multiples(multiples m[2], const ek_ge8 p[2]) {
    ek_gej8 a[2], b[2];
    for (int g = 0; g < 2; g++) {
        a[g].x = p[g].x;
        a[g].y = p[g].y;
        ek_fe8_set(&a[g].z, one52);
        put_multiple(&m[g], 0, &a[g]);
    }
    for (int g = 0; g < 2; g++) b[g] = a[g];
    double_two(b);
    for (int g = 0; g < 2; g++) put_multiple(&m[g], 1, &b[g]);
    for (int i = 2; i < TP_ENTRIES; i++) {
        add_ge_two(b, b, p); /* iP + P with 2 <= i < n - 1: never a special case */
        for (int g = 0; g < 2; g++) put_multiple(&m[g], i, &b[g]);
    }
}

/* sum = t P.  Leading zeros leave lanes empty. */
static EK_TARGET_AVX512 void multiply_var(ek_gej8 sum[2], __mmask8 empty[2], const multiples m[2],
                                          const ek_scalar *t) {
    __m512i words[2][4];
    ek_gej8 entry[2], next[2];
    __mmask8 used[2];
    load_scalars(words[0], t);
    load_scalars(words[1], t + 8);
    for (int window = TP_WINDOWS - 1; window >= 0; window--) {
        if (window < TP_WINDOWS - 1)
            for (int i = 0; i < TP_WINDOW; i++) double_two(sum);
        EK_UNROLL for (int g = 0; g < 2; g++) {
            __mmask8 negative;
            __m512i digit = digit_of(&negative, words[g], TP_WINDOW * window, TP_WINDOW);
            used[g] = _mm512_test_epi64_mask(digit, digit);
            digit = _mm512_maskz_sub_epi64(used[g], digit, ek_set8(1));
            get_multiple_var(&entry[g], &m[g], digit);
            negate_some(&entry[g].y, negative);
        }
        add_two(next, sum, entry);
        EK_UNROLL for (int g = 0; g < 2; g++) {
            ek_gej8_choose(&sum[g], (__mmask8)(used[g] & ~empty[g]), &next[g]);
            ek_gej8_choose(&sum[g], (__mmask8)(used[g] & empty[g]), &entry[g]);
            empty[g] &= (__mmask8)~used[g];
        }
    }
}

/* sum = s G, on the lanes' curve. */
static EK_TARGET_AVX512 void base_var(ek_gej8 sum[2], __mmask8 empty[2], const ek_scalar *s) {
    __m512i words[2][4];
    ek_ge8 entry[2];
    __mmask8 used[2], negative;
    EK_ALIGNED_64 uint64_t at[8];
    const ek_ge *entries[8];
    load_scalars(words[0], s);
    load_scalars(words[1], s + 8);
    for (int row = 0; row < EK_BASE_ROWS; row++) {
        EK_UNROLL for (int g = 0; g < 2; g++) {
            __m512i digit = digit_of(&negative, words[g], EK_BASE_WINDOW * row, EK_BASE_WINDOW);
            used[g] = _mm512_test_epi64_mask(digit, digit);
            _mm512_store_si512(at, _mm512_maskz_sub_epi64(used[g], digit, ek_set8(1)));
            for (int i = 0; i < 8; i++) entries[i] = &ek_base_table[row][at[i]];
            gather_var(&entry[g], entries, negative);
        }
        (row ? accumulate : begin)(sum, empty, entry, used);
    }
}

/* The lanes whose x, X / Z^2, is the plain number given. */
static EK_TARGET_AVX512 __mmask8 has_x(const ek_gej8 *a, const ek_scalar *x) {
    /* 2^520 mod p, which enters the Montgomery form */
    static const uint64_t enter[5] = {0x20000000300, 0xffffffff00000, 0x100000002, 0x200000001000,
                                      0x4000000};
    ek_fe8 factor, t, zz;
    __m512i w[4];
    load_scalars(w, x);
    ek_fe8_unpack(&t, w);
    ek_fe8_set(&factor, enter);
    ek_fe8_mul(&t, &t, &factor);
    ek_fe8_sqr(&zz, &a->z);
    ek_fe8_mul(&t, &t, &zz);
    ek_fe8_sub(&t, &t, &a->x);
    return ek_fe8_is_zero(&t);
}

EK_TARGET_AVX512 unsigned ek_mul_double_lanes_var(unsigned *holds, const ek_scalar *s,
                                                  const ek_scalar *t, const ek_ge *p,
                                                  const ek_scalar *x) {
    multiples m[2];
    ek_ge8 points[2];
    ek_gej8 tp[2], sg[2];
    __mmask8 tp_empty[2] = {0xff, 0xff}, sg_empty[2] = {0xff, 0xff};
    unsigned unsure = 0;

    memset(tp, 0, sizeof tp);
    memset(sg, 0, sizeof sg);
    load_points(points, p);
    make_multiples(m, points);
    multiply_var(tp, tp_empty, m, t);
    base_var(sg, sg_empty, s);
    *holds = 0;
    for (int g = 0; g < 2; g++) {
        ek_fe8_quarter(&sg[g].z, &sg[g].z); /* back to the curve itself */
        join(&tp[g], &tp_empty[g], &sg[g], sg_empty[g]);
        *holds |= (unsigned)has_x(&tp[g], x + 8 * g) << (8 * g);
        to_one(&tp[g].z, &tp[g].z);
        unsure |= (unsigned)(ek_fe8_is_zero(&tp[g].z) | tp_empty[g]) << (8 * g);
    }
    for (int i = 0; i < 16; i++) /* x + n is another candidate, once in 2^128 */
        if (ek_scalar_fits_p_minus_n(&x[i])) unsure |= 1u << i;
    return unsure;
}
#endif
