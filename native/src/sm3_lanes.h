/* sm3_lanes.h - the many-message compression function, for vectors of any width.
 *
 * A lane is one message; a vector holds one word of every lane.  The including file defines
 *   VECTOR, WIDTH      the type, and how many 32-bit lanes it has
 *   TARGET             the target attribute of the variant
 *   ADD XOR XOR3 ROL MAJORITY CHOICE P0 P1   the operations of GB/T 32905 clause 4 on vectors
 *   LOAD, STORE, BROADCAST                   moving vectors
 *   TRANSPOSE(w, data) 16 vectors of message words, host order, from WIDTH pointers to blocks
 *   COMPRESS, GROUPS   the function to define, and how many vectors go side by side (1 or 2): two
 *                      fill each other's waits where the CPU has more units than one keeps busy
 * and this file defines COMPRESS and undefines COMPRESS and GROUPS.  No branch or address depends
 * on data: CT. */

#if GROUPS == 2
#define EACH(what, ...)   \
    what(0, __VA_ARGS__); \
    what(1, __VA_ARGS__)
#else
#define EACH(what, ...) what(0, __VA_ARGS__)
#endif

/* Chaining word a of group n, and back. */
#define LOAD_WORD(n, a, word) VECTOR a##n = LOAD(state + EK_SM3_LANES * (word) + WIDTH * (n))
#define STORE_WORD(n, a, word)                                      \
    do {                                                            \
        uint32_t *at = state + EK_SM3_LANES * (word) + WIDTH * (n); \
        a##n = XOR(a##n, LOAD(at));                                 \
        STORE(at, a##n);                                            \
    } while (0)

/* So many streams are more than a prefetcher follows: the next block but one is asked for. */
#define LOAD_BLOCK(n, block)                                                             \
    do {                                                                                 \
        for (size_t i = 0; i < WIDTH; i++)                                               \
            __builtin_prefetch(data[i + WIDTH * (n)] + EK_SM3_BLOCK_SIZE * (block + 2)); \
        TRANSPOSE(w##n, data + WIDTH * (n), EK_SM3_BLOCK_SIZE * (block));                \
    } while (0)

/* One round of 5.3.3 for group n; d becomes the next a, h the next e; j is modulo 16. */
#define ROUND_OF(n, FF, GG, a, b, c, d, e, f, g, h, t, j)                                \
    do {                                                                                 \
        VECTOR a12 = ROL(a##n, 12);                                                      \
        VECTOR ss1 = ADD(ADD(a12, t), e##n);                                             \
        ss1 = ROL(ss1, 7);                                                               \
        d##n = ADD(ADD(d##n, XOR(w##n[j], w##n[((j) + 4) & 15])), FF(a##n, b##n, c##n)); \
        h##n = ADD(ADD(h##n, w##n[j]), GG(e##n, f##n, g##n));                            \
        d##n = ADD(d##n, XOR(ss1, a12));                                                 \
        h##n = ADD(h##n, ss1);                                                           \
        h##n = P0(h##n);                                                                 \
        b##n = ROL(b##n, 9);                                                             \
        f##n = ROL(f##n, 19);                                                            \
    } while (0)

/* Word j + 4 of 5.3.2, which round j is the first to need. */
#define EXPAND_OF(n, j)                                                                          \
    do {                                                                                         \
        VECTOR x =                                                                               \
            XOR3(w##n[((j) + 4) & 15], w##n[((j) + 11) & 15], ROL(w##n[((j) + 1) & 15], 15));    \
        w##n[((j) + 4) & 15] = XOR3(P1(x), ROL(w##n[((j) + 7) & 15], 7), w##n[((j) + 14) & 15]); \
    } while (0)

#define EARLY(a, b, c, d, e, f, g, h, j)                          \
    do {                                                          \
        VECTOR t = BROADCAST(ek_sm3_t[j]);                        \
        if ((j) >= 12) EACH_EXPAND(j);                            \
        EACH(ROUND_OF, XOR3, XOR3, a, b, c, d, e, f, g, h, t, j); \
    } while (0)
#define LATE(a, b, c, d, e, f, g, h, j)                                 \
    do {                                                                \
        VECTOR t = BROADCAST(ek_sm3_t[late + (j)]);                     \
        EACH_EXPAND(j);                                                 \
        EACH(ROUND_OF, MAJORITY, CHOICE, a, b, c, d, e, f, g, h, t, j); \
    } while (0)
#define EACH_EXPAND(j)      \
    do {                    \
        EACH(EXPAND_OF, j); \
    } while (0)
#define FOUR(KIND, j)                    \
    KIND(a, b, c, d, e, f, g, h, j);     \
    KIND(d, a, b, c, h, e, f, g, j + 1); \
    KIND(c, d, a, b, g, h, e, f, j + 2); \
    KIND(b, c, d, a, f, g, h, e, j + 3)

TARGET static void COMPRESS(uint32_t *state, const uint8_t *const *data, size_t blocks) {
    EACH(LOAD_WORD, a, 0);
    EACH(LOAD_WORD, b, 1);
    EACH(LOAD_WORD, c, 2);
    EACH(LOAD_WORD, d, 3);
    EACH(LOAD_WORD, e, 4);
    EACH(LOAD_WORD, f, 5);
    EACH(LOAD_WORD, g, 6);
    EACH(LOAD_WORD, h, 7);
    for (size_t block = 0; block < blocks; block++) {
        VECTOR w0[16];
#if GROUPS == 2
        VECTOR w1[16];
#endif
        EACH(LOAD_BLOCK, block);
        FOUR(EARLY, 0);
        FOUR(EARLY, 4);
        FOUR(EARLY, 8);
        FOUR(EARLY, 12);
        for (int late = 16; late < 64; late += 16) {
            FOUR(LATE, 0);
            FOUR(LATE, 4);
            FOUR(LATE, 8);
            FOUR(LATE, 12);
        }
        EACH(STORE_WORD, a, 0);
        EACH(STORE_WORD, b, 1);
        EACH(STORE_WORD, c, 2);
        EACH(STORE_WORD, d, 3);
        EACH(STORE_WORD, e, 4);
        EACH(STORE_WORD, f, 5);
        EACH(STORE_WORD, g, 6);
        EACH(STORE_WORD, h, 7);
    }
}

#undef EACH
#undef LOAD_WORD
#undef STORE_WORD
#undef LOAD_BLOCK
#undef ROUND_OF
#undef EXPAND_OF
#undef EARLY
#undef LATE
#undef EACH_EXPAND
#undef FOUR
#undef COMPRESS
#undef GROUPS
