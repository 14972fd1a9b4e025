/* field_adx.h - products and squares of the field with MULX, ADCX and ADOX (x86-64).
 *
 * The same numbers as field_4x64.h: four limbs, Montgomery form, always reduced.  The operands'
 * pointers are read first and then serve as temporary registers; the result stays in registers, so
 * that outputs may be inputs.  CT: nothing leaks (MULX, ADCX, ADOX and CMOVC take the same time for
 * all operands). */
#ifndef EK_FIELD_ADX_H
#define EK_FIELD_ADX_H

/* Row b[at / 8] of the product: two carry chains, low halves by ADCX, high halves by ADOX. */
#define EK_ADX_ROW(at, r1, r2, r3, r4, r5)                                       \
    "movq " #at                                                                  \
    "(%[b]), %%rdx\n\t"                                                          \
    "xorl %k[" #r5 "], %k[" #r5                                                  \
    "]\n\t"                                                                      \
    "mulxq 0(%[a]), %[x], %[y]\n\tadcxq %[x], %[" #r1 "]\n\tadoxq %[y], %[" #r2  \
    "]\n\t"                                                                      \
    "mulxq 8(%[a]), %[x], %[y]\n\tadcxq %[x], %[" #r2 "]\n\tadoxq %[y], %[" #r3  \
    "]\n\t"                                                                      \
    "mulxq 16(%[a]), %[x], %[y]\n\tadcxq %[x], %[" #r3 "]\n\tadoxq %[y], %[" #r4 \
    "]\n\t"                                                                      \
    "mulxq 24(%[a]), %[x], %[y]\n\tadcxq %[x], %[" #r4 "]\n\tadoxq %[" #r5       \
    "], %[y]\n\t"                                                                \
    "adcxq %[y], %[" #r5 "]\n\t"

/* One step of the reduction, as ek_redc_step: with m = a0, lo and hi the halves of m 2^32,
 * (a0, a1, a2, a3) becomes (a1, a2, a3, m) - (lo - m, hi, lo, hi). */
#define EK_ADX_REDC(a0, a1, a2, a3)               \
    "movq %[" #a0                                 \
    "], %[x]\n\tshlq $32, %[x]\n\t"               \
    "movq %[" #a0                                 \
    "], %[y]\n\tshrq $32, %[y]\n\t"               \
    "movq %[x], %%rdx\n\tsubq %[" #a0             \
    "], %%rdx\n\t"                                \
    "movq %[y], %[a]\n\tsbbq $0, %[a]\n\t"        \
    "subq %%rdx, %[" #a1 "]\n\tsbbq %[a], %[" #a2 \
    "]\n\t"                                       \
    "sbbq %[x], %[" #a3 "]\n\tsbbq %[y], %[" #a0 "]\n\t"

/* All four steps, then the high half is added twice: as it is, and less p, which is a negative
 * number plus 2^256 because a product of reduced numbers has a high half below p.  The second sum
 * carries exactly when the first is p or more. */
#define EK_ADX_REDUCE                                                                        \
    EK_ADX_REDC(t0, t1, t2, t3)                                                              \
    EK_ADX_REDC(t1, t2, t3, t0)                                                              \
    EK_ADX_REDC(t2, t3, t0, t1)                                                              \
    EK_ADX_REDC(t3, t0, t1, t2)                                                              \
    "movq %[t4], %[x]\n\tmovq %[t5], %[y]\n\tmovq %[t6], %[a]\n\tmovq %[t7], %[b]\n\t"       \
    "subq $-1, %[x]\n\tsbbq %[p1], %[y]\n\tsbbq $-1, %[a]\n\tsbbq %[p3], %[b]\n\t"           \
    "xorl %%edx, %%edx\n\t"                                                                  \
    "adoxq %[t0], %[t4]\n\tadcxq %[t0], %[x]\n\tadoxq %[t1], %[t5]\n\tadcxq %[t1], %[y]\n\t" \
    "adoxq %[t2], %[t6]\n\tadcxq %[t2], %[a]\n\tadoxq %[t3], %[t7]\n\tadcxq %[t3], %[b]\n\t" \
    "cmovcq %[x], %[t4]\n\tcmovcq %[y], %[t5]\n\tcmovcq %[a], %[t6]\n\tcmovcq %[b], %[t7]\n\t"

#define EK_ADX_REGISTERS                                                            \
    [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), \
        [t5] "=&r"(t5), [t6] "=&r"(t6), [t7] "=&r"(t7), [x] "=&r"(x), [y] "=&r"(y)

/* The operands are read through registers; the compiler hears of it by naming their memory, or,
 * where that would take two registers too many (-O0, clang's AddressSanitizer), by a clobber of all
 * memory. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(coverage_sanitizer)
#define EK_ADX_FEW_REGISTERS
#endif
#endif
#if defined(__OPTIMIZE__) && !defined(EK_ADX_FEW_REGISTERS)
#define EK_ADX_READS(operand) , "m"(*(operand))
#define EK_ADX_CLOBBERS "rdx", "cc"
#else
#define EK_ADX_READS(operand)
#define EK_ADX_CLOBBERS "rdx", "cc", "memory"
#endif

static inline void ek_fe_mul(ek_fe *r, const ek_fe *left, const ek_fe *right) {
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, x, y;
    const uint64_t *a = left->v, *b = right->v;
    __asm__(
        "movq 0(%[b]), %%rdx\n\t"
        "mulxq 0(%[a]), %[t0], %[t1]\n\t"
        "mulxq 8(%[a]), %[x], %[t2]\n\taddq %[x], %[t1]\n\t"
        "mulxq 16(%[a]), %[x], %[t3]\n\tadcq %[x], %[t2]\n\t"
        "mulxq 24(%[a]), %[x], %[t4]\n\tadcq %[x], %[t3]\n\tadcq $0, %[t4]\n\t" EK_ADX_ROW(
            8, t1, t2, t3, t4, t5) EK_ADX_ROW(16, t2, t3, t4, t5, t6)
            EK_ADX_ROW(24, t3, t4, t5, t6, t7) EK_ADX_REDUCE
        : EK_ADX_REGISTERS, [a] "+&r"(a), [b] "+&r"(b)
        : [p1] "m"(ek_p4[1]), [p3] "m"(ek_p4[3])EK_ADX_READS(left) EK_ADX_READS(right)
        : EK_ADX_CLOBBERS);
    r->v[0] = t4;
    r->v[1] = t5;
    r->v[2] = t6;
    r->v[3] = t7;
    EK_FAULT(r->v);
}

/* Six cross products, doubled while the four squares are added. */
static inline void ek_fe_sqr(ek_fe *r, const ek_fe *operand) {
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, x, y;
    const uint64_t *a = operand->v, *b;
    __asm__(
        "movq 0(%[a]), %%rdx\n\t"
        "mulxq 8(%[a]), %[t1], %[t2]\n\t"
        "mulxq 16(%[a]), %[x], %[t3]\n\taddq %[x], %[t2]\n\t"
        "mulxq 24(%[a]), %[x], %[t4]\n\tadcq %[x], %[t3]\n\tadcq $0, %[t4]\n\t"
        "movq 8(%[a]), %%rdx\n\txorl %k[t5], %k[t5]\n\t"
        "mulxq 16(%[a]), %[x], %[y]\n\tadcxq %[x], %[t3]\n\tadoxq %[y], %[t4]\n\t"
        "mulxq 24(%[a]), %[x], %[y]\n\tadcxq %[x], %[t4]\n\tadoxq %[t5], %[y]\n\t"
        "adcxq %[y], %[t5]\n\t"
        "movq 16(%[a]), %%rdx\n\t"
        "mulxq 24(%[a]), %[x], %[t6]\n\taddq %[x], %[t5]\n\tadcq $0, %[t6]\n\t"
        "xorl %k[t7], %k[t7]\n\t"
        "movq 0(%[a]), %%rdx\n\tmulxq %%rdx, %[t0], %[x]\n\t"
        "adcxq %[t1], %[t1]\n\tadoxq %[x], %[t1]\n\t"
        "movq 8(%[a]), %%rdx\n\tmulxq %%rdx, %[x], %[y]\n\t"
        "adcxq %[t2], %[t2]\n\tadoxq %[x], %[t2]\n\t"
        "adcxq %[t3], %[t3]\n\tadoxq %[y], %[t3]\n\t"
        "movq 16(%[a]), %%rdx\n\tmulxq %%rdx, %[x], %[y]\n\t"
        "adcxq %[t4], %[t4]\n\tadoxq %[x], %[t4]\n\t"
        "adcxq %[t5], %[t5]\n\tadoxq %[y], %[t5]\n\t"
        "movq 24(%[a]), %%rdx\n\tmulxq %%rdx, %[x], %[y]\n\t"
        "adcxq %[t6], %[t6]\n\tadoxq %[x], %[t6]\n\t"
        "adcxq %[t7], %[y]\n\tadoxq %[y], %[t7]\n\t" EK_ADX_REDUCE
        : EK_ADX_REGISTERS, [a] "+&r"(a), [b] "=&r"(b)
        : [p1] "m"(ek_p4[1]), [p3] "m"(ek_p4[3])EK_ADX_READS(operand)
        : EK_ADX_CLOBBERS);
    r->v[0] = t4;
    r->v[1] = t5;
    r->v[2] = t6;
    r->v[3] = t7;
    EK_FAULT(r->v);
}

static inline void ek_fe_add(ek_fe *r, const ek_fe *a, const ek_fe *b) {
    uint64_t r0 = a->v[0], r1 = a->v[1], r2 = a->v[2], r3 = a->v[3], u0, u1, u2, u3, carry = 0;
    __asm__(
        "addq %[b0], %[r0]\n\tadcq %[b1], %[r1]\n\tadcq %[b2], %[r2]\n\tadcq %[b3], %[r3]\n\t"
        "adcq $0, %[c]\n\t"
        "movq %[r0], %[u0]\n\tmovq %[r1], %[u1]\n\tmovq %[r2], %[u2]\n\tmovq %[r3], %[u3]\n\t"
        "subq $-1, %[u0]\n\tsbbq %[p1], %[u1]\n\tsbbq $-1, %[u2]\n\tsbbq %[p3], %[u3]\n\t"
        "sbbq $0, %[c]\n\t"
        "cmovncq %[u0], %[r0]\n\tcmovncq %[u1], %[r1]\n\t"
        "cmovncq %[u2], %[r2]\n\tcmovncq %[u3], %[r3]\n\t"
        : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [u0] "=&r"(u0),
          [u1] "=&r"(u1), [u2] "=&r"(u2), [u3] "=&r"(u3), [c] "+&r"(carry)
        : [b0] "rm"(b->v[0]), [b1] "rm"(b->v[1]), [b2] "rm"(b->v[2]), [b3] "rm"(b->v[3]),
          [p1] "m"(ek_p4[1]), [p3] "m"(ek_p4[3])
        : "cc");
    r->v[0] = r0;
    r->v[1] = r1;
    r->v[2] = r2;
    r->v[3] = r3;
}

static inline void ek_fe_sub(ek_fe *r, const ek_fe *a, const ek_fe *b) {
    uint64_t r0 = a->v[0], r1 = a->v[1], r2 = a->v[2], r3 = a->v[3], m, m1, m3;
    __asm__(
        "subq %[b0], %[r0]\n\tsbbq %[b1], %[r1]\n\tsbbq %[b2], %[r2]\n\tsbbq %[b3], %[r3]\n\t"
        "sbbq %[m], %[m]\n\t" /* all ones after a borrow: then p is added */
        "movq %[m], %[m1]\n\tmovq %[m], %[m3]\n\tandq %[p1], %[m1]\n\tandq %[p3], %[m3]\n\t"
        "addq %[m], %[r0]\n\tadcq %[m1], %[r1]\n\tadcq %[m], %[r2]\n\tadcq %[m3], %[r3]\n\t"
        : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [m] "=&r"(m),
          [m1] "=&r"(m1), [m3] "=&r"(m3)
        : [b0] "rm"(b->v[0]), [b1] "rm"(b->v[1]), [b2] "rm"(b->v[2]), [b3] "rm"(b->v[3]),
          [p1] "m"(ek_p4[1]), [p3] "m"(ek_p4[3])
        : "cc");
    r->v[0] = r0;
    r->v[1] = r1;
    r->v[2] = r2;
    r->v[3] = r3;
}

#endif
