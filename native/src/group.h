/* group.h - points of y^2 = x^3 - 3x + b over the field (GB/T 32918.5).
 *
 * ek_ge is an affine point and never infinity; ek_gej is Jacobian, x = X/Z^2, y = Y/Z^3, and is
 * infinity exactly when Z is 0.  Outputs may be inputs. */
#ifndef EK_GROUP_H
#define EK_GROUP_H

#include "field.h"

typedef struct ek_ge {
    ek_fe x, y;
} ek_ge;

typedef struct ek_gej {
    ek_fe x, y, z;
} ek_gej;

extern const ek_ge ek_ge_base; /* G */

/* 1 when the point satisfies the equation.  CT: only the answer leaks. */
int ek_ge_on_curve(const ek_ge *a);

/* r = a / infinity.  CT: nothing leaks. */
void ek_gej_set_ge(ek_gej *r, const ek_ge *a);
void ek_gej_set_infinity(ek_gej *r);

/* r = 2a, also for infinity.  CT: nothing leaks. */
void ek_gej_double(ek_gej *r, const ek_gej *a);

/* r = a + b where a is neither infinity nor b nor -b: for those the result is garbage, and the
 * caller shows that they cannot occur or discards it.  CT: nothing leaks. */
void ek_gej_add_ge_incomplete(ek_gej *r, const ek_gej *a, const ek_ge *b);

/* r = a where mask is ones; r stays where it is zero.  CT: nothing leaks. */
void ek_gej_cmov(ek_gej *r, uint64_t mask, const ek_gej *a);

/* r = a for a that is not infinity, by the body of this source and by the CPU's (mul.c).
 * CT: nothing leaks. */
void ek_ge_set_gej_plain(ek_ge *r, const ek_gej *a);
void ek_ge_set_gej(ek_ge *r, const ek_gej *a);

/* So many points at most are made affine together. */
#define EK_BULK 64

/* r[i] = a[i] for points that are not infinity.  CT: only the count leaks. */
void ek_ge_set_many_plain(ek_ge *r, const ek_gej *a, size_t count);
void ek_ge_set_many(ek_ge *r, const ek_gej *a, size_t count);

/* sum += every point, incompletely, as ek_gej_add_ge_incomplete.  CT: only the count leaks. */
void ek_gej_sum_plain(ek_gej *sum, const ek_ge *points, size_t count);
void ek_gej_sum(ek_gej *sum, const ek_ge *points, size_t count);

/* r = a + b, every case.  VAR: time depends on both (public). */
void ek_gej_add_var(ek_gej *r, const ek_gej *a, const ek_gej *b);
void ek_gej_add_ge_var(ek_gej *r, const ek_gej *a, const ek_ge *b);

#endif
