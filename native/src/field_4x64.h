/* field_4x64.h - the field on four 64-bit limbs, in Montgomery form: the limbs hold a 2^256 mod p.
 *
 * Since p = -1 mod 2^64, the Montgomery factor of each step is the low limb itself, and the product
 * with p is four shifts and subtractions.  CT: nothing leaks. */
#ifndef EK_FIELD_4X64_H
#define EK_FIELD_4X64_H

#include "limbs.h"

static const uint64_t ek_p4[4] = {0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff,
                                  0xfffffffeffffffff};
/* 2^512 mod p: a Montgomery product with it enters the form. */
static const ek_fe ek_p4_r2 = {
    {0x0000000200000003, 0x00000002ffffffff, 0x0000000100000001, 0x0000000400000002}};

#ifdef EK_TEST_FAULTS
/* The fault test flips one bit of the n-th product of a computation. */
extern long ek_fault_at, ek_fault_count;
extern int ek_fault_bit;
#define EK_FAULT(limbs)                                                \
    do {                                                               \
        if (ek_fault_count++ == ek_fault_at)                           \
            (limbs)[ek_fault_bit / 64] ^= 1ull << (ek_fault_bit % 64); \
    } while (0)
#else
#define EK_FAULT(limbs) ((void)0)
#endif

/* One step of the reduction: (a0, a1, a2, a3) becomes (a1, a2, a3, a0), the value plus m p,
 * divided by 2^64, with m = a0.  Since
 *     m p = -m + m 2^64 - m 2^96 - m 2^224 + m 2^256,
 * the low limb vanishes, and m enters twice: as the new top limb and one limb above the bottom,
 * less (m << 32, m >> 32) at two places.  The new top less m >> 32 and a borrow is never negative,
 * and the value stays under 2^256. */
static inline void ek_redc_step(uint64_t *a0, uint64_t *a1, uint64_t *a2, uint64_t *a3) {
    uint64_t m = *a0, lo = m << 32, hi = m >> 32;
#if EK_X86_64
    __asm__(
        "subq %4, %1\n\tsbbq %5, %2\n\tsbbq %4, %3\n\tsbbq %5, %0\n\t"
        "addq %6, %1\n\tadcq $0, %2\n\tadcq $0, %3\n\tadcq $0, %0"
        : "+&r"(*a0), "+&r"(*a1), "+&r"(*a2), "+&r"(*a3)
        : "r"(lo), "r"(hi), "r"(m)
        : "cc");
#else
    uint64_t borrow = 0, carry = 0;
    *a1 = ek_sbb(*a1, lo, &borrow);
    *a2 = ek_sbb(*a2, hi, &borrow);
    *a3 = ek_sbb(*a3, lo, &borrow);
    *a0 = m - hi - borrow;
    *a1 = ek_adc(*a1, m, &carry);
    *a2 = ek_adc(*a2, 0, &carry);
    *a3 = ek_adc(*a3, 0, &carry);
    *a0 += carry;
#endif
}

/* r = t / 2^256 mod p for t < p 2^256: four steps over the low half, then the high half is added
 * once. */
static inline void ek_fe_redc(ek_fe *r, const uint64_t t[8]) {
    uint64_t a0 = t[0], a1 = t[1], a2 = t[2], a3 = t[3], sum[4];
    ek_redc_step(&a0, &a1, &a2, &a3);
    ek_redc_step(&a1, &a2, &a3, &a0);
    ek_redc_step(&a2, &a3, &a0, &a1);
    ek_redc_step(&a3, &a0, &a1, &a2);
    sum[0] = a0;
    sum[1] = a1;
    sum[2] = a2;
    sum[3] = a3;
    ek_reduce_once4(r->v, sum, ek_add4(sum, sum, t + 4), ek_p4);
    EK_FAULT(r->v);
}

#if EK_FIELD_ADX
#include "field_adx.h"
#else
static inline void ek_fe_mul(ek_fe *r, const ek_fe *a, const ek_fe *b) {
    uint64_t t[8];
    ek_mul4(t, a->v, b->v);
    ek_fe_redc(r, t);
}

static inline void ek_fe_sqr(ek_fe *r, const ek_fe *a) {
    uint64_t t[8];
    ek_sqr4(t, a->v);
    ek_fe_redc(r, t);
}

static inline void ek_fe_add(ek_fe *r, const ek_fe *a, const ek_fe *b) {
    uint64_t sum[4];
    uint64_t carry = ek_add4(sum, a->v, b->v);
    ek_reduce_once4(r->v, sum, carry, ek_p4);
}

static inline void ek_fe_sub(ek_fe *r, const ek_fe *a, const ek_fe *b) {
    uint64_t difference[4], m[4];
    uint64_t mask = ek_mask_bit(ek_sub4(difference, a->v, b->v));
    m[0] = ek_p4[0] & mask;
    m[1] = ek_p4[1] & mask;
    m[2] = ek_p4[2] & mask;
    m[3] = ek_p4[3] & mask;
    (void)ek_add4(r->v, difference, m);
}
#endif

static inline void ek_fe_half(ek_fe *r, const ek_fe *a) {
    uint64_t m[4], mask = ek_mask_bit(a->v[0] & 1), carry;
    m[0] = ek_p4[0] & mask;
    m[1] = ek_p4[1] & mask;
    m[2] = ek_p4[2] & mask;
    m[3] = ek_p4[3] & mask;
    carry = ek_add4(m, m, a->v);
    r->v[0] = m[0] >> 1 | m[1] << 63;
    r->v[1] = m[1] >> 1 | m[2] << 63;
    r->v[2] = m[2] >> 1 | m[3] << 63;
    r->v[3] = m[3] >> 1 | carry << 63;
}

static inline void ek_fe_neg(ek_fe *r, const ek_fe *a) {
    static const ek_fe zero = {{0, 0, 0, 0}};
    ek_fe_sub(r, &zero, a);
}

static inline int ek_fe_load(ek_fe *r, const uint8_t b[32]) {
    uint64_t raw[4], ignored[4];
    uint64_t below = ek_barrier(0);
    ek_load4(raw, b);
    below = ek_sub4(ignored, raw, ek_p4);
    ek_reduce_once4(raw, raw, 0, ek_p4);
    memcpy(r->v, raw, sizeof raw);
    ek_fe_mul(r, r, &ek_p4_r2);
    return (int)below;
}

static inline void ek_fe_store(uint8_t b[32], const ek_fe *a) {
    uint64_t t[8] = {a->v[0], a->v[1], a->v[2], a->v[3], 0, 0, 0, 0};
    ek_fe plain;
    ek_fe_redc(&plain, t);
    ek_store4(b, plain.v);
}

static inline void ek_fe_cmov(ek_fe *r, uint64_t mask, const ek_fe *a) {
    ek_choose4(r->v, mask, a->v, r->v);
}

static inline uint64_t ek_fe_is_zero(const ek_fe *a) {
    return ek_is_zero4(a->v);
}

static inline uint64_t ek_fe_equal(const ek_fe *a, const ek_fe *b) {
    return ek_equal4(a->v, b->v);
}

#endif
