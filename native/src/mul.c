/* mul.c - which body multiplies points: the one for the CPU's level. */
#include "mul.h"

#include "cpu.h"
#include "mul_lanes.h"
#include "mul_quad.h"

#if EK_X86_ASM
#define BY_LEVEL(name, ...) \
    (ek_level() >= EK_LEVEL_AVX2 ? name##_adx(__VA_ARGS__) : name##_plain(__VA_ARGS__))
#else
#define BY_LEVEL(name, ...) name##_plain(__VA_ARGS__)
#endif

/* s G + t P by tables in the lanes of the CPU, or s G alone; 0 where there are none, or where an
 * addition met a special case. */
static int tables_in_lanes_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t,
                               const ek_ge *table) {
#if EK_X86
    if (ek_level() >= EK_LEVEL_AVX512) return ek_mul_tables_lanes_var(r, s, t, table);
    if (ek_level() >= EK_LEVEL_AVX2) return ek_mul_tables_quad_var(r, s, t, table);
#endif
    (void)r, (void)s, (void)t, (void)table;
    return 0;
}

static int point_in_lanes_var(ek_gej *r, const ek_scalar *k, const ek_ge *p) {
#if EK_X86
    if (ek_level() >= EK_LEVEL_AVX512) return ek_mul_point_lanes_var(r, k, p);
#endif
    (void)r, (void)k, (void)p;
    return 0;
}

void ek_mul_base(ek_gej *r, const ek_scalar *k) {
    BY_LEVEL(ek_mul_base, r, k);
}

void ek_mul_base_var(ek_gej *r, const ek_scalar *k) {
    BY_LEVEL(ek_mul_base_var, r, k);
}

void ek_mul_double_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *p) {
    ek_gej sg, tp;
    if (tables_in_lanes_var(&sg, s, NULL, NULL)) {
        if (!point_in_lanes_var(&tp, t, p)) BY_LEVEL(ek_mul_point_var, &tp, t, p);
        ek_gej_add_var(r, &sg, &tp);
    } else {
        BY_LEVEL(ek_mul_double_var, r, s, t, p);
    }
}

void ek_ge_set_gej(ek_ge *r, const ek_gej *a) {
    BY_LEVEL(ek_ge_set_gej, r, a);
}

void ek_ge_set_many(ek_ge *r, const ek_gej *a, size_t count) {
    BY_LEVEL(ek_ge_set_many, r, a, count);
}

void ek_gej_sum(ek_gej *sum, const ek_ge *points, size_t count) {
    BY_LEVEL(ek_gej_sum, sum, points, count);
}

void ek_mul_base_pair(ek_ge *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k) {
    ek_gej product;
#if EK_X86
    if (ek_level() >= EK_LEVEL_AVX512) {
        ek_mul_base_pair_lanes(&product, other, k, minus_k);
    } else if (ek_level() >= EK_LEVEL_AVX2) {
        ek_mul_base_pair_quad(&product, other, k, minus_k);
    } else
#endif
    {
        ek_mul_base(&product, k);
        ek_mul_base(other, minus_k);
    }
    ek_ge_set_gej(r, &product);
    ek_wipe(&product, sizeof product);
}

void ek_mul_base_bulk(ek_gej *points, const ek_scalar *scalars, size_t count) {
#if EK_X86
    if (ek_level() >= EK_LEVEL_AVX512) {
        ek_mul_base_bulk_lanes(points, scalars, count);
        return;
    }
    if (ek_level() >= EK_LEVEL_AVX2) {
        ek_mul_base_bulk_quad(points, scalars, count);
        return;
    }
#endif
    for (size_t i = 0; i < count; i++) ek_mul_base(&points[i], &scalars[i]);
}

void ek_table_make(ek_ge table[EK_BASE_ROWS * EK_BASE_COLUMNS], const ek_ge *p) {
    BY_LEVEL(ek_table_make, table, p);
}

void ek_mul_tables_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table) {
    if (!tables_in_lanes_var(r, s, t, table)) BY_LEVEL(ek_mul_tables_var, r, s, t, table);
}

unsigned ek_mul_double_many_var(unsigned *holds, const ek_scalar *s, const ek_scalar *t,
                                const ek_ge *p, const ek_scalar *x, int count) {
#if EK_X86
    /* sixteen in lanes take as long as three alone */
    if (ek_level() >= EK_LEVEL_AVX512 && count > 3)
        return ek_mul_double_lanes_var(holds, s, t, p, x);
    /* and four as long as two */
    if (ek_level() >= EK_LEVEL_AVX2) {
        unsigned open = 0xffff, some;
        *holds = 0;
        for (int first = 0; first < 16 && count - first > 1; first += 4) {
            open &= ~(0xfu << first);
            open |= ek_mul_double_quad_var(&some, s + first, t + first, p + first, x + first)
                    << first;
            *holds |= some << first;
        }
        return open;
    }
#endif
    (void)s, (void)t, (void)p, (void)x, (void)count;
    *holds = 0;
    return 0xffff;
}
