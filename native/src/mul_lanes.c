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

/* y = -y in the lanes of mask, for y up to [2]. */
EK_LANES void negate_some(ek_fe8 *y, __mmask8 mask) {
    EK_UNROLL for (int i = 0; i < 5; i++)
        y->v[i] = _mm512_mask_sub_epi64(y->v[i], mask, ek_set8(2 * ek_p52[i]), y->v[i]);
    ek_fe8_carry(y);
}

/* sum += entry in the lanes of used; the first entry of a lane is taken as it is.
 * CT: nothing leaks. */
EK_LANES void accumulate(ek_gej8 *sum, __mmask8 *empty, const ek_ge8 *entry, const __mmask8 *used,
                         int groups) {
    ek_gej8 next[EK_MOST_GROUPS];
    ek_gej8_add_ge(next, sum, entry, groups);
    EK_EACH_GROUP {
        ek_gej8_choose(&sum[g], (__mmask8)(used[g] & ~empty[g]), &next[g]);
        next[g].x = entry[g].x;
        next[g].y = entry[g].y;
        ek_fe8_set(&next[g].z, one52);
        ek_gej8_choose(&sum[g], (__mmask8)(used[g] & empty[g]), &next[g]);
        empty[g] &= (__mmask8)~used[g];
    }
}

/* a += b where either may be empty.  CT: nothing leaks. */
EK_LANES void join(ek_gej8 *a, __mmask8 *a_empty, const ek_gej8 *b, __mmask8 b_empty) {
    ek_gej8 sum;
    ek_gej8_add(&sum, a, b, 1);
    ek_gej8_choose(&sum, b_empty, a);
    ek_gej8_choose(&sum, *a_empty, b);
    *a = sum;
    *a_empty &= b_empty;
}

/* The number below p that an [a] of at most [16] is. */
EK_LANES void to_one(ek_fe8 *r, const ek_fe8 *a) {
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
EK_LANES void fold(ek_gej8 *a, __mmask8 *empty, int distance) {
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
EK_LANES void take_lane(ek_gej *r, const ek_gej8 *a, __mmask8 empty, int lane) {
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

/* One limb of the entries index (0..31 each lane) of a row: every limb of it is read, and the
 * choice is made in registers.  CT: nothing leaks. */
EK_LANES __m512i look_up(const uint64_t column[EK_BASE_COLUMNS], __m512i index, __mmask8 upper) {
    __m512i low = _mm512_permutex2var_epi64(_mm512_load_si512(column), index,
                                            _mm512_load_si512(column + 8));
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
        accumulate(sum, empty, entry, used, 2);
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
#endif
