/* mul_lanes.h - scalar multiplication in the eight lanes of AVX-512 IFMA; call these only at
 * EK_LEVEL_AVX512. */
#ifndef EK_MUL_LANES_H
#define EK_MUL_LANES_H

#include "cpu.h"
#include "mul.h"

#if EK_X86
#define EK_ALIGNED_64 __attribute__((aligned(64)))
extern const uint64_t ek_base_table_lanes[EK_BASE_ROWS][8][EK_BASE_COLUMNS];

/* r = k G and other = minus_k G, both at once.  CT: nothing leaks. */
void ek_mul_base_pair_lanes(ek_gej *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k);

/* points[i] = scalars[i] G for count of at most EK_BULK.  CT: only the count leaks. */
void ek_mul_base_bulk_lanes(ek_gej *points, const ek_scalar *scalars, size_t count);

/* r = s G + t P by the tables of both, or r = s G without a table.  Returns 0 where an addition met
 * a special case: then r is nothing, and another body has to do it.  VAR: time depends on
 * everything (public). */
int ek_mul_tables_lanes_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table);

/* r = k P, as ek_mul_point_var_plain.  Returns 0 where an addition met a special case or k is 0.
 * VAR: time depends on both (public). */
int ek_mul_point_lanes_var(ek_gej *r, const ek_scalar *k, const ek_ge *p);

/* Bit i of *holds tells whether s[i] G + t[i] p[i] has x[i] modulo n for its x; but where bit i of
 * what is returned is set, an addition met a special case, and another body has to decide.
 * Sixteen each; VAR: time depends on everything (public). */
unsigned ek_mul_double_lanes_var(unsigned *holds, const ek_scalar *s, const ek_scalar *t,
                                 const ek_ge *p, const ek_scalar *x);
#endif

#endif
