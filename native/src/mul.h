/* mul.h - scalar multiplication: by the base point in constant time, and the two-point product of
 * verification in variable time. */
#ifndef EK_MUL_H
#define EK_MUL_H

#include "group.h"
#include "scalar.h"

/* The table of native/gen/base_table.py: signed 6-bit windows, 88 KB.  6 bits balance the scan of
 * a row (grows with the window) against the additions (shrink with it). */
#define EK_BASE_WINDOW 6
#define EK_BASE_ROWS 43
#define EK_BASE_COLUMNS 32
extern const ek_ge ek_base_table[EK_BASE_ROWS][EK_BASE_COLUMNS];

/* r = k G, infinity for k = 0.  CT: nothing leaks. */
void ek_mul_base(ek_gej *r, const ek_scalar *k);

/* The affine k G, and other = (-k) G for k not 0 and minus_k = n - k: two products with different
 * digits, for a signature and for the check of it.  CT: nothing leaks. */
void ek_mul_base_pair(ek_ge *r, ek_gej *other, const ek_scalar *k, const ek_scalar *minus_k);

/* r = k G.  VAR: time depends on k (public). */
void ek_mul_base_var(ek_gej *r, const ek_scalar *k);

/* r = s G + t P.  VAR: time depends on s, t, P (public). */
void ek_mul_double_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *p);

/* The table of p: as ek_base_table, row i, column j at 32 i + j: (j + 1) 64^i p.  VAR: time depends
 * on p (public). */
void ek_table_make(ek_ge table[EK_BASE_ROWS * EK_BASE_COLUMNS], const ek_ge *p);

/* r = s G + t P by the tables of both.  VAR: time depends on s, t, P (public). */
void ek_mul_tables_var(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table);

/* Bit i of *holds tells whether s[i] G + t[i] p[i] has x[i] modulo n for its x, unless bit i of
 * what is returned is set: then it is open, and for ek_mul_double_var to answer.  Sixteen each, of
 * which count matter.  VAR: time depends on everything (public). */
unsigned ek_mul_double_many_var(unsigned *holds, const ek_scalar *s, const ek_scalar *t,
                                const ek_ge *p, const ek_scalar *x, int count);

/* points[i] = scalars[i] G for scalars that are not 0.  CT: only the count leaks. */
void ek_mul_base_bulk(ek_gej *points, const ek_scalar *scalars, size_t count);

/* k as a sum of naf[i] 2^i with odd naf[i], |naf[i]| < 16, or 0, nonzero ones at least five places
 * apart, and the odd multiples P, 3P .. 15P; returns the number of places.  VAR: time depends on
 * both (public). */
#define EK_NAF_WIDTH 5
#define EK_NAF_ENTRIES (1 << (EK_NAF_WIDTH - 2))
#define EK_NAF_LENGTH 257
int ek_naf_var(int8_t naf[EK_NAF_LENGTH], ek_gej odd[EK_NAF_ENTRIES], const ek_scalar *k,
               const ek_ge *p);

/* The bodies that mul.c chooses from. */
void ek_mul_base_plain(ek_gej *r, const ek_scalar *k);
void ek_mul_base_adx(ek_gej *r, const ek_scalar *k);
void ek_mul_base_var_plain(ek_gej *r, const ek_scalar *k);
void ek_mul_base_var_adx(ek_gej *r, const ek_scalar *k);
void ek_mul_point_var_plain(ek_gej *r, const ek_scalar *k, const ek_ge *p);
void ek_mul_point_var_adx(ek_gej *r, const ek_scalar *k, const ek_ge *p);
void ek_mul_double_var_plain(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *p);
void ek_mul_double_var_adx(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *p);
void ek_ge_set_gej_adx(ek_ge *r, const ek_gej *a);
void ek_ge_set_many_adx(ek_ge *r, const ek_gej *a, size_t count);
void ek_gej_sum_adx(ek_gej *sum, const ek_ge *points, size_t count);
void ek_table_make_plain(ek_ge *table, const ek_ge *p);
void ek_table_make_adx(ek_ge *table, const ek_ge *p);
void ek_mul_tables_var_plain(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table);
void ek_mul_tables_var_adx(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *table);

/* All ones when a is not infinity and its affine x is x or x + n, that is, x mod n: compared as
 * X = x Z^2, without an inversion.  x + n counts only below p.  CT: nothing leaks. */
uint64_t ek_gej_has_x(const ek_gej *a, const ek_scalar *x);

#endif
