/* sm2_sign_many.c - many SM2 signatures with one key (GB/T 32918.2 6.1).
 *
 * As sm2_sign.c, in batches: nonces and products in lanes where the CPU has them, one inversion for
 * a batch.  Constant time: what becomes public is declassified where it does.
 *
 * The fault check is that of sm2_sign.c with one difference: (-k) G is not multiplied out for each
 * signature, but the sum of all -k is, once for the call, and must cancel the sum of all the points
 * kG that signatures were made of; the x of each of these must be its r - e.  The sum begins with a
 * constant C = 2^252 G, so that equal points do not meet in an addition that is not made for
 * them; a sum that equals the next point or its negative has a chance of 2^-255.  No signature of
 * the call leaves before all have been checked. */
#include "sm2.h"

/* Fewer are signed one by one. */
#define WORTH 4

typedef struct batch {
    uint8_t e[EK_BULK][32], fresh[EK_BULK][32];
    ek_scalar k[EK_BULK], minus_k[EK_BULK];
    ek_gej points[EK_BULK];
    ek_ge affine[EK_BULK];
} batch;

/* The sums over all batches: of points, and of the -k. */
typedef struct sums {
    ek_gej points;
    ek_scalar minus_k;
} sums;

static void sums_start(sums *all) {
    static const uint8_t c[32] = {0x10}; /* 2^252 = 64^42: the first entry of the last row */
    ek_gej_set_ge(&all->points, &ek_base_table[EK_BASE_ROWS - 1][0]);
    (void)ek_scalar_load(&all->minus_k, c);
    ek_scalar_neg(&all->minus_k, &all->minus_k);
}

/* Mask: the sums cancel.  CT: nothing leaks. */
static uint64_t sums_cancel(const sums *all) {
    ek_gej want;
    ek_fe a, b, zz_sum, zz_want;
    uint64_t same;
    ek_mul_base(&want, &all->minus_k);
    ek_fe_sqr(&zz_sum, &all->points.z);
    ek_fe_sqr(&zz_want, &want.z);
    ek_fe_mul(&a, &all->points.x, &zz_want);
    ek_fe_mul(&b, &want.x, &zz_sum);
    same = ek_fe_equal(&a, &b);
    ek_fe_mul(&zz_sum, &zz_sum, &all->points.z);
    ek_fe_mul(&zz_want, &zz_want, &want.z);
    ek_fe_mul(&a, &all->points.y, &zz_want);
    ek_fe_mul(&b, &want.y, &zz_sum);
    ek_fe_add(&a, &a, &b);
    same &= ek_fe_is_zero(&a) & ~ek_fe_is_zero(&all->points.z) & ~ek_fe_is_zero(&want.z);
    ek_wipe(&want, sizeof want);
    return same;
}

/* One signature of a batch whose products are made.  1 made, 0 refused (draw again), -1 a fault.
 * CT: only the answer leaks. */
static int finish_one(ek_scalar *r, ek_scalar *s, const ek_sm2_private *key, const batch *all,
                      size_t i) {
    ek_scalar d, e, sum;
    ek_scalar_mont inverse;
    ek_witness witness;
    uint8_t x[32];
    int outcome;

    (void)ek_scalar_load(&e, all->e[i]);
    ek_private_scalars(&d, &inverse, key);
    ek_fe_store(x, &all->affine[i].x);
    (void)ek_scalar_load(&sum, x);
    outcome = ek_sm2_equation(r, s, &inverse, &e, &sum, &all->k[i]);
    witness.minus_k = all->minus_k[i];
    witness.point = all->points[i];
    if (outcome && !ek_sm2_signature_holds(key, &e, r, s, &witness)) outcome = -1;
    ek_wipe(&d, sizeof d);
    ek_wipe(&inverse, sizeof inverse);
    ek_wipe(&sum, sizeof sum);
    ek_wipe(&witness, sizeof witness);
    ek_wipe(x, sizeof x);
    return outcome;
}

/* Returns EK_OK or why not. */
static int sign_batch(uint8_t *sigs, size_t *sig_lens, sums *total, batch *all,
                      const ek_sm2_private *key, size_t count) {
    ek_hmac_key nonce_key;
    int drawn, why = EK_OK;

    if (!ek_random(all->fresh[0], sizeof all->fresh[0] * count)) return EK_RANDOM_FAILED;
    ek_private_nonce_key(&nonce_key, key);
    drawn = ek_nonce_many(all->k, &nonce_key, (const uint8_t (*)[32])all->e,
                          (const uint8_t (*)[32])all->fresh, count);
    ek_wipe(&nonce_key, sizeof nonce_key);
    if (!drawn) return EK_FAULT_DETECTED;
    for (size_t i = 0; i < count; i++) {
        ek_scalar_neg(&all->minus_k[i], &all->k[i]);
        ek_scalar_add(&total->minus_k, &total->minus_k, &all->minus_k[i]);
    }
    ek_mul_base_bulk(all->points, all->k, count);
    ek_ge_set_many(all->affine, all->points, count);
    ek_gej_sum(&total->points, all->affine, count);
    for (size_t i = 0; i < count && why == EK_OK; i++) {
        uint8_t *sig = sigs + EK_SM2_SIGNATURE_MAX * i, r_bytes[32], s_bytes[32];
        ek_scalar r, s;
        int outcome = finish_one(&r, &s, key, all, i);
        if (outcome > 0) {
            ek_scalar_store(r_bytes, &r);
            ek_scalar_store(s_bytes, &s);
            EK_DECLASSIFY(r_bytes, sizeof r_bytes);
            EK_DECLASSIFY(s_bytes, sizeof s_bytes);
            (void)ek_sm2_signature_encode(sig, EK_SM2_SIGNATURE_MAX, &sig_lens[i], r_bytes,
                                          s_bytes);
        } else {
            ek_wipe(&r, sizeof r);
            ek_wipe(&s, sizeof s);
            why = EK_FAULT_DETECTED;
            if (outcome == 0) /* once in 2^254: alone, where draws repeat */
                (void)ek_sm2_sign_e_fresh(sig, EK_SM2_SIGNATURE_MAX, &sig_lens[i], &why, key,
                                          all->e[i], all->fresh[i]);
        }
    }
    return why;
}

static EK_OWN_FRAME int sign_batches(uint8_t *sigs, size_t *sig_lens, const ek_sm2_private *key,
                                     const uint8_t *id, size_t id_len,
                                     const uint8_t *const *messages, const size_t *message_lens,
                                     size_t count) {
    const ek_sm2_public *keys[EK_BULK];
    batch all;
    sums total;
    uint64_t good;
    int why = EK_OK;

    for (size_t i = 0; i < EK_BULK; i++) keys[i] = &key->public_key;
    sums_start(&total);
    for (size_t done = 0; done < count && why == EK_OK; done += EK_BULK) {
        size_t n = count - done < EK_BULK ? count - done : EK_BULK;
        if (!ek_sm2_e_many(all.e, keys, id, id_len, messages + done, message_lens + done, n))
            why = EK_BAD_ARGUMENT;
        else
            why = sign_batch(sigs + EK_SM2_SIGNATURE_MAX * done, sig_lens + done, &total, &all, key,
                             n);
    }
    good = sums_cancel(&total);
    EK_DECLASSIFY(&good, sizeof good);
    if (why == EK_OK && !good) why = EK_FAULT_DETECTED;
    ek_wipe(&all, sizeof all);
    ek_wipe(&total, sizeof total);
    return why;
}

int ek_sm2_sign_many(uint8_t *sigs, size_t sigs_cap, size_t *sig_lens, int *why,
                     const ek_sm2_private *key, const uint8_t *id, size_t id_len,
                     const uint8_t *const *messages, const size_t *message_lens, size_t count) {
    *why = EK_BAD_ARGUMENT;
    for (size_t i = 0; i < count; i++) sig_lens[i] = 0;
    if (sigs_cap / EK_SM2_SIGNATURE_MAX < count) return 0;
    *why = EK_OK;
    if (count >= WORTH) {
        *why = sign_batches(sigs, sig_lens, key, id, id_len, messages, message_lens, count);
        ek_wipe_stack();
    } else {
        for (size_t i = 0; i < count && *why == EK_OK; i++)
            (void)ek_sm2_sign(sigs + EK_SM2_SIGNATURE_MAX * i, EK_SM2_SIGNATURE_MAX, &sig_lens[i],
                              why, key, id, id_len, messages[i], message_lens[i]);
    }
    if (*why == EK_OK) return 1;
    for (size_t i = 0; i < count; i++) sig_lens[i] = 0;
    ek_wipe(sigs, sigs_cap);
    return 0;
}
