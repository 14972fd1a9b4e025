/* mul_quad.h - scalar multiplication four at a time with AVX2; call these only at EK_LEVEL_AVX2 and
 * above. */
#ifndef EK_MUL_QUAD_H
#define EK_MUL_QUAD_H

#include "cpu.h"
#include "mul.h"

#if EK_X86
/* r = k G and other = minus_k G, both at once.  CT: nothing leaks. */
void ek_mul_base_pair_quad(ek_gej *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k);

/* points[i] = scalars[i] G for scalars that are not 0.  CT: only the count leaks. */
void ek_mul_base_bulk_quad(ek_gej *points, const ek_scalar *scalars, size_t count);

/* r = s G + t P by the tables of both, or r = s G without a table.  Returns 0 where an addition met
 * a special case: then r is nothing, and another body has to do it.  VAR: time depends on
 * everything (public). */
int ek_mul_tables_quad_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table);

/* Bit i of *holds tells whether s[i] G + t[i] p[i] has x[i] modulo n for its x; but where bit i of
 * what is returned is set, an addition met a special case, and another body has to decide.
 * Four each; VAR: time depends on everything (public). */
unsigned ek_mul_double_quad_var(unsigned *holds, const ek_scalar *s, const ek_scalar *t,
                                const ek_ge *p, const ek_scalar *x);
#endif

#endif
