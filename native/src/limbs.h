/* limbs.h - 64-bit limbs: the carries that the 4x64 bodies of field and scalar are made of.
 *
 * Numbers of 256 bits are four limbs, least significant first.  CT: nothing here leaks.
 *
 * On x86-64 the carry chains are a few lines of assembler each, because gcc moves every carry
 * through a register and halves the speed; EK_PORTABLE leaves them out, and both are tested. */
#ifndef EK_LIMBS_H
#define EK_LIMBS_H

#include "bytes.h"

/* Where the compiler has no 128-bit integer, or EK_LIMB32 asks for it, products are made of 32-bit
 * limbs. */
#if defined(__SIZEOF_INT128__) && !defined(EK_LIMB32)
#define EK_INT128 1
__extension__ typedef unsigned __int128 ek_u128;
#else
#define EK_INT128 0
#endif

#if defined(__x86_64__) && !defined(EK_PORTABLE) && EK_INT128
#define EK_X86_64 1
#else
#define EK_X86_64 0
#endif

#if !EK_INT128
/* a + b + *carry; *carry becomes the carry out. */
static inline uint64_t ek_adc(uint64_t a, uint64_t b, uint64_t *carry) {
    uint64_t t = a + b, sum = t + *carry;
    *carry = ((a & b) | ((a | b) & ~t)) >> 63;
    *carry |= (t & ~sum) >> 63;
    return sum;
}

/* a - b - *borrow; *borrow becomes the borrow out. */
static inline uint64_t ek_sbb(uint64_t a, uint64_t b, uint64_t *borrow) {
    uint64_t t = a - b, difference = t - *borrow;
    *borrow = ((~a & b) | ((~a | b) & t)) >> 63;
    *borrow |= (~t & difference) >> 63;
    return difference;
}

/* a * b + c + *carry by four products of 32-bit halves; *carry becomes the high half. */
static inline uint64_t ek_mac(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry) {
    const uint64_t half = 0xffffffff;
    uint64_t a0 = a & half, a1 = a >> 32, b0 = b & half, b1 = b >> 32;
    uint64_t low = a0 * b0 + (c & half), middle, upper;
    uint64_t extra = low & half;
    low >>= 32;
    extra += *carry & half; /* below 2^33 */
    middle = a1 * b0 + low + (extra >> 32);
    upper = a0 * b1 + (middle & half) + (c >> 32);
    middle = a1 * b1 + (middle >> 32) + (upper >> 32);
    upper = (upper & half) + (*carry >> 32);
    *carry = middle + (upper >> 32);
    return upper << 32 | (extra & half);
}
#else
/* a + b + *carry; *carry becomes the carry out. */
static inline uint64_t ek_adc(uint64_t a, uint64_t b, uint64_t *carry) {
    ek_u128 t = (ek_u128)a + b + *carry;
    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/* a - b - *borrow; *borrow becomes the borrow out. */
static inline uint64_t ek_sbb(uint64_t a, uint64_t b, uint64_t *borrow) {
    ek_u128 t = (ek_u128)a - b - *borrow;
    *borrow = (uint64_t)(t >> 64) & 1;
    return (uint64_t)t;
}

/* a * b + c + *carry, which never exceeds 128 bits; *carry becomes the high half. */
static inline uint64_t ek_mac(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry) {
    ek_u128 t = (ek_u128)a * b + c + *carry;
    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}
#endif

/* r = a + b; returns the carry. */
static inline uint64_t ek_add4(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
    uint64_t carry = 0;
#if EK_X86_64
    uint64_t r0 = a[0], r1 = a[1], r2 = a[2], r3 = a[3];
    __asm__("addq %5, %0\n\tadcq %6, %1\n\tadcq %7, %2\n\tadcq %8, %3\n\tadcq $0, %4"
            : "+&r"(r0), "+&r"(r1), "+&r"(r2), "+&r"(r3), "+&r"(carry)
            : "rm"(b[0]), "rm"(b[1]), "rm"(b[2]), "rm"(b[3])
            : "cc");
    r[0] = r0;
    r[1] = r1;
    r[2] = r2;
    r[3] = r3;
#else
    r[0] = ek_adc(a[0], b[0], &carry);
    r[1] = ek_adc(a[1], b[1], &carry);
    r[2] = ek_adc(a[2], b[2], &carry);
    r[3] = ek_adc(a[3], b[3], &carry);
#endif
    return carry;
}

/* r = a - b; returns the borrow. */
static inline uint64_t ek_sub4(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
    uint64_t borrow = 0;
#if EK_X86_64
    uint64_t r0 = a[0], r1 = a[1], r2 = a[2], r3 = a[3];
    __asm__("subq %5, %0\n\tsbbq %6, %1\n\tsbbq %7, %2\n\tsbbq %8, %3\n\tadcq $0, %4"
            : "+&r"(r0), "+&r"(r1), "+&r"(r2), "+&r"(r3), "+&r"(borrow)
            : "rm"(b[0]), "rm"(b[1]), "rm"(b[2]), "rm"(b[3])
            : "cc");
    r[0] = r0;
    r[1] = r1;
    r[2] = r2;
    r[3] = r3;
#else
    r[0] = ek_sbb(a[0], b[0], &borrow);
    r[1] = ek_sbb(a[1], b[1], &borrow);
    r[2] = ek_sbb(a[2], b[2], &borrow);
    r[3] = ek_sbb(a[3], b[3], &borrow);
#endif
    return borrow;
}

/* r = a where mask is ones, b where it is zero. */
static inline void ek_choose4(uint64_t r[4], uint64_t mask, const uint64_t a[4],
                              const uint64_t b[4]) {
    r[0] = ek_choose(mask, a[0], b[0]);
    r[1] = ek_choose(mask, a[1], b[1]);
    r[2] = ek_choose(mask, a[2], b[2]);
    r[3] = ek_choose(mask, a[3], b[3]);
}

/* r = carry 2^256 + a, less m once if it is m or more: for a value known to be under 2m. */
static inline void ek_reduce_once4(uint64_t r[4], const uint64_t a[4], uint64_t carry,
                                   const uint64_t m[4]) {
    uint64_t less[4];
    uint64_t borrow = ek_sub4(less, a, m);
    ek_choose4(r, ek_mask_bit(borrow & (carry ^ 1)), a, less);
}

/* r = a * b.  Written out, because gcc -O2 leaves loops over limbs in memory. */
static inline void ek_mul4(uint64_t r[8], const uint64_t a[4], const uint64_t b[4]) {
    uint64_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
    uint64_t carry = 0, r1, r2, r3, r4, r5, r6;
    r[0] = ek_mac(a[0], b0, 0, &carry);
    r1 = ek_mac(a[0], b1, 0, &carry);
    r2 = ek_mac(a[0], b2, 0, &carry);
    r3 = ek_mac(a[0], b3, 0, &carry);
    r4 = carry;
    carry = 0;
    r[1] = ek_mac(a[1], b0, r1, &carry);
    r2 = ek_mac(a[1], b1, r2, &carry);
    r3 = ek_mac(a[1], b2, r3, &carry);
    r4 = ek_mac(a[1], b3, r4, &carry);
    r5 = carry;
    carry = 0;
    r[2] = ek_mac(a[2], b0, r2, &carry);
    r3 = ek_mac(a[2], b1, r3, &carry);
    r4 = ek_mac(a[2], b2, r4, &carry);
    r5 = ek_mac(a[2], b3, r5, &carry);
    r6 = carry;
    carry = 0;
    r[3] = ek_mac(a[3], b0, r3, &carry);
    r[4] = ek_mac(a[3], b1, r4, &carry);
    r[5] = ek_mac(a[3], b2, r5, &carry);
    r[6] = ek_mac(a[3], b3, r6, &carry);
    r[7] = carry;
}

/* r = a * a: six cross products, doubled, and four squares. */
static inline void ek_sqr4(uint64_t r[8], const uint64_t a[4]) {
    uint64_t carry = 0, none = 0, top, square[8];

    r[1] = ek_mac(a[0], a[1], 0, &carry);
    r[2] = ek_mac(a[0], a[2], 0, &carry);
    r[3] = ek_mac(a[0], a[3], 0, &carry);
    r[4] = carry;
    carry = 0;
    r[3] = ek_mac(a[1], a[2], r[3], &carry);
    r[4] = ek_mac(a[1], a[3], r[4], &carry);
    r[5] = carry;
    carry = 0;
    r[5] = ek_mac(a[2], a[3], r[5], &carry);
    r[6] = carry;

    top = r[6] >> 63;
    r[6] = r[6] << 1 | r[5] >> 63;
    r[5] = r[5] << 1 | r[4] >> 63;
    r[4] = r[4] << 1 | r[3] >> 63;
    r[3] = r[3] << 1 | r[2] >> 63;
    r[2] = r[2] << 1 | r[1] >> 63;
    r[1] = r[1] << 1;

    square[0] = ek_mac(a[0], a[0], 0, &none), square[1] = none, none = 0;
    square[2] = ek_mac(a[1], a[1], 0, &none), square[3] = none, none = 0;
    square[4] = ek_mac(a[2], a[2], 0, &none), square[5] = none, none = 0;
    square[6] = ek_mac(a[3], a[3], 0, &none), square[7] = none;
    r[0] = 0;
    r[7] = top;
    carry = ek_add4(r, r, square);
    square[4] += carry; /* no overflow: a square is 0, 1 or 4 modulo 8, so never all ones below */
    (void)ek_add4(r + 4, r + 4, square + 4);
}

/* Big-endian bytes in and out. */
static inline void ek_load4(uint64_t r[4], const uint8_t b[32]) {
    for (int i = 0; i < 4; i++) r[i] = ek_load64(b + 24 - 8 * i);
}

static inline void ek_store4(uint8_t b[32], const uint64_t a[4]) {
    for (int i = 0; i < 4; i++) ek_store64(b + 24 - 8 * i, a[i]);
}

/* All ones when a is zero. */
static inline uint64_t ek_is_zero4(const uint64_t a[4]) {
    return ek_mask_zero(a[0] | a[1] | a[2] | a[3]);
}

/* All ones when a is b. */
static inline uint64_t ek_equal4(const uint64_t a[4], const uint64_t b[4]) {
    return ek_mask_zero((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]));
}

#endif
