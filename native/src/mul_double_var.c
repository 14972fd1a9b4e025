/* mul_double_var.c - s G + t P for verification: public numbers only.
 *
 * s G comes from the base table without doublings; t P by the width-5 non-adjacent form over the
 * eight odd multiples P, 3P .. 15P; one last addition joins them. */
#include "mul.h"

/* Writes k as a sum of naf[i] 2^i with odd naf[i], |naf[i]| < 16, or 0, nonzero ones at least
 * five places apart; returns the number of places.  VAR: time depends on k (public). */
static int naf_digits_var(int8_t naf[EK_NAF_LENGTH], const ek_scalar *k) {
    int carry = 0, used = 0;
    memset(naf, 0, EK_NAF_LENGTH);
    for (int i = 0; i < EK_NAF_LENGTH;) {
        int word = (int)ek_scalar_bits(k, i, EK_NAF_WIDTH) + carry;
        if (word % 2 == 0) { /* bit and carry are equal: the place is empty, the carry stays */
            i++;
            continue;
        }
        carry = word >> (EK_NAF_WIDTH - 1) & 1;
        naf[i] = (int8_t)(word - (carry << EK_NAF_WIDTH));
        used = i + 1;
        i += EK_NAF_WIDTH;
    }
    return used;
}

int ek_naf_var(int8_t naf[EK_NAF_LENGTH], ek_gej odd[EK_NAF_ENTRIES], const ek_scalar *k,
               const ek_ge *p) {
    ek_gej twice;
    ek_gej_set_ge(&odd[0], p);
    ek_gej_double(&twice, &odd[0]);
    for (int i = 1; i < EK_NAF_ENTRIES; i++) ek_gej_add_var(&odd[i], &odd[i - 1], &twice);
    return naf_digits_var(naf, k);
}

/* r = k P.  VAR: time depends on both (public). */
void ek_mul_point_var_plain(ek_gej *r, const ek_scalar *k, const ek_ge *p) {
    int8_t naf[EK_NAF_LENGTH];
    ek_gej odd[EK_NAF_ENTRIES], entry;
    int used = ek_naf_var(naf, odd, k, p);

    ek_gej_set_infinity(r);
    for (int i = used - 1; i >= 0; i--) {
        ek_gej_double(r, r);
        if (naf[i] > 0) {
            ek_gej_add_var(r, r, &odd[naf[i] / 2]);
        } else if (naf[i] < 0) {
            entry = odd[-naf[i] / 2];
            ek_fe_neg(&entry.y, &entry.y);
            ek_gej_add_var(r, r, &entry);
        }
    }
}

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
