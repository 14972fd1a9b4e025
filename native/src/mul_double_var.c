/* mul_double_var.c - s G + t P for verification: public numbers only.
 *
 * s G comes from the base table without doublings, t P from mul_point_var.c; one last addition
 * joins them. */
#include "mul.h"

void ek_mul_double_var_plain(ek_gej *r, const ek_scalar *s, const ek_scalar *t, const ek_ge *p) {
    ek_gej sg, tp;
    ek_mul_base_var_plain(&sg, s);
    ek_mul_point_var_plain(&tp, t, p);
    ek_gej_add_var(r, &sg, &tp);
}

#ifndef EK_CURVE_AGAIN
uint64_t ek_gej_has_x(const ek_gej *a, const ek_scalar *x) {
    static const ek_fe order = {{0xe785d89f215b19c3, 0xabd9208f726ecad2, 0x21c6052a53bbf408,
                                 0x215b19c27203df6c}}; /* n, as a field element */
    uint8_t bytes[32];
    ek_fe candidate, zz, product;
    uint64_t same;

    ek_scalar_store(bytes, x);
    (void)ek_fe_load(&candidate, bytes); /* x < n < p */
    ek_fe_sqr(&zz, &a->z);
    ek_fe_mul(&product, &candidate, &zz);
    same = ek_fe_equal(&product, &a->x);
    ek_fe_add(&candidate, &candidate, &order);
    ek_fe_mul(&product, &candidate, &zz);
    same |= ek_fe_equal(&product, &a->x) & ek_scalar_fits_p_minus_n(x);
    return same & ~ek_fe_is_zero(&a->z);
}
#endif
