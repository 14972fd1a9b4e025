/* curve_adx.c - the curve once more, with the field of field_adx.h and table scans in AVX2.
 *
 * The same sources as the plain body; the defines below give their outside names a suffix.  Chosen
 * by mul.c at EK_LEVEL_AVX2 and above. */
#include "cpu.h"

#if EK_X86_ASM
#undef EK_FIELD_ADX
#define EK_FIELD_ADX 1
#define EK_CURVE_AGAIN /* without what is called in the first copy alone */

#define ek_fe_inv ek_fe_inv_adx
#define ek_fe_zero ek_fe_zero_adx
#define ek_fe_one ek_fe_one_adx
#define ek_fe_curve_b ek_fe_curve_b_adx
#define ek_ge_base ek_ge_base_adx
#define ek_ge_set_gej_plain ek_ge_set_gej_adx
#define ek_ge_set_many_plain ek_ge_set_many_adx
#define ek_gej_sum_plain ek_gej_sum_adx
#define ek_gej_set_ge ek_gej_set_ge_adx
#define ek_gej_set_infinity ek_gej_set_infinity_adx
#define ek_gej_double ek_gej_double_adx
#define ek_gej_add_ge_incomplete ek_gej_add_ge_incomplete_adx
#define ek_gej_cmov ek_gej_cmov_adx
#define ek_gej_add_var ek_gej_add_var_adx
#define ek_gej_add_ge_var ek_gej_add_ge_var_adx
#define ek_mul_base_plain ek_mul_base_adx
#define ek_mul_base_var_plain ek_mul_base_var_adx
#define ek_mul_point_var_plain ek_mul_point_var_adx
#define ek_naf_var ek_naf_var_adx
#define ek_mul_double_var_plain ek_mul_double_var_adx
#define ek_table_make_plain ek_table_make_adx
#define ek_mul_tables_var_plain ek_mul_tables_var_adx

#include "field.c"
#include "group.c"
#include "mul_base.c"
#include "mul_point_var.c"
#include "mul_double_var.c"
#else
typedef int ek_no_curve_adx; /* a translation unit is never empty */
#endif
