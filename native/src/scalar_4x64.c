/* scalar_4x64.c - integers modulo n on four 64-bit limbs, products by Montgomery's method.
 *
 * n has no shape to exploit, but signing needs two products only.  CT: nothing leaks. */
#include "limbs.h"
#include "scalar.h"

static const uint64_t order[4] = {0x53bbf40939d54123, 0x7203df6b21c6052b, 0xffffffffffffffff,
                                  0xfffffffeffffffff};
/* -1/n mod 2^64, 2^512 mod n, 2^256 mod n. */
static const uint64_t order_inverse = 0x327f9e8872350975;
static const uint64_t order_r2[4] = {0x901192af7c114f20, 0x3464504ade6fa2fa, 0x620fc84c3affe0d4,
                                     0x1eb5e412a22b3d3b};
static const uint64_t order_r1[4] = {0xac440bf6c62abedd, 0x8dfc2094de39fad4, 0, 0x0000000100000000};

const ek_scalar ek_scalar_one = {{1, 0, 0, 0}};

/* r = a b / 2^256 mod n, for a b < n 2^256. */
static void mont_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
    uint64_t t[8], carry, top = 0;
    ek_mul4(t, a, b);
    for (int i = 0; i < 4; i++) {
        uint64_t m = t[i] * order_inverse;
        carry = 0;
        (void)ek_mac(m, order[0], t[i], &carry);
        t[i + 1] = ek_mac(m, order[1], t[i + 1], &carry);
        t[i + 2] = ek_mac(m, order[2], t[i + 2], &carry);
        t[i + 3] = ek_mac(m, order[3], t[i + 3], &carry);
        t[i + 4] = ek_adc(t[i + 4], carry, &top);
    }
    ek_reduce_once4(r, t + 4, top, order);
    ek_wipe(t, sizeof t);
}

int ek_scalar_load(ek_scalar *r, const uint8_t b[32]) {
    uint64_t raw[4], less[4], below;
    ek_load4(raw, b);
    below = ek_sub4(less, raw, order);
    ek_choose4(r->v, ek_mask_bit(below), raw, less); /* 2^256 < 2n: once is enough */
    ek_wipe(raw, sizeof raw);
    ek_wipe(less, sizeof less);
    return (int)below;
}

void ek_scalar_store(uint8_t b[32], const ek_scalar *a) {
    ek_store4(b, a->v);
}

void ek_scalar_add(ek_scalar *r, const ek_scalar *a, const ek_scalar *b) {
    uint64_t sum[4];
    uint64_t carry = ek_add4(sum, a->v, b->v);
    ek_reduce_once4(r->v, sum, carry, order);
}

void ek_scalar_sub(ek_scalar *r, const ek_scalar *a, const ek_scalar *b) {
    uint64_t difference[4], m[4];
    uint64_t mask = ek_mask_bit(ek_sub4(difference, a->v, b->v));
    for (int i = 0; i < 4; i++) m[i] = order[i] & mask;
    (void)ek_add4(r->v, difference, m);
}

void ek_scalar_neg(ek_scalar *r, const ek_scalar *a) {
    static const ek_scalar zero = {{0, 0, 0, 0}};
    ek_scalar_sub(r, &zero, a);
}

void ek_scalar_to_mont(ek_scalar_mont *r, const ek_scalar *a) {
    mont_mul(r->v, a->v, order_r2);
}

void ek_scalar_mul(ek_scalar *r, const ek_scalar_mont *a, const ek_scalar *b) {
    mont_mul(r->v, a->v, b->v);
}

void ek_scalar_inv(ek_scalar_mont *r, const ek_scalar *a) {
    uint64_t power[16][4], t[4];
    ek_scalar exponent = {{order[0] - 2, order[1], order[2], order[3]}}; /* public */

#if EK_PLANT_LEAK == 4
    /* planted: an inverse whose number of rounds depends on the secret */
    volatile uint64_t rounds = 0;
    for (uint64_t x = a->v[0]; x; x >>= 1) rounds++;
#endif
    memcpy(power[0], order_r1, sizeof order_r1);
    mont_mul(power[1], a->v, order_r2);
    for (int i = 2; i < 16; i++) mont_mul(power[i], power[i - 1], power[1]);
    memcpy(t, power[ek_scalar_bits(&exponent, 252, 4)], sizeof t);
    for (int first = 248; first >= 0; first -= 4) {
        for (int i = 0; i < 4; i++) mont_mul(t, t, t);
        mont_mul(t, t, power[ek_scalar_bits(&exponent, first, 4)]);
    }
    memcpy(r->v, t, sizeof t);
    ek_wipe(power, sizeof power);
    ek_wipe(t, sizeof t);
}

uint64_t ek_scalar_is_zero(const ek_scalar *a) {
    return ek_is_zero4(a->v);
}

uint64_t ek_scalar_equal(const ek_scalar *a, const ek_scalar *b) {
    return ek_equal4(a->v, b->v);
}

uint64_t ek_scalar_fits_p_minus_n(const ek_scalar *a) {
    static const uint64_t p_minus_n[4] = {0xac440bf6c62abedc, 0x8dfc2093de39fad5, 0, 0};
    uint64_t ignored[4];
    return ek_mask_bit(ek_sub4(ignored, a->v, p_minus_n));
}

uint32_t ek_scalar_bits(const ek_scalar *a, int first, int count) {
    uint64_t bits;
    if (first < 0) return ek_scalar_bits(a, 0, count + first) << -first;
    bits = first < 256 ? a->v[first / 64] >> (first % 64) : 0;
    if (first % 64 && first / 64 < 3) bits |= a->v[first / 64 + 1] << (64 - first % 64);
    return (uint32_t)bits & ((1u << count) - 1);
}
