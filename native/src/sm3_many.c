/* sm3_many.c - SM3 of many messages, lanes of vectors shared out among them.
 *
 * Every live lane has whole blocks left: first those of the message where it lies, then its padded
 * tail.  All lanes run until the first of them has none left; that one is finished and gets the
 * next message.  Lanes without a message repeat a live one.  When fewer lanes live than a kernel
 * is worth, the live ones are moved together for a narrower kernel, at last for the plain one.
 * Lengths are public, and nothing else decides. */
#include "sm3.h"

/* The last messages are taken longest first, so that the lanes end together. */
#define SORTED 1024

typedef struct lane {
    size_t blocks;      /* left at data */
    size_t tail_blocks; /* to come after them, 0 once data is in the tail */
    uint8_t *digest;
} lane;

typedef struct lanes {
    uint32_t state[8 * EK_SM3_LANES];
    const uint8_t *data[EK_SM3_LANES];
    lane lane[EK_SM3_LANES];
    uint8_t tail[EK_SM3_LANES][2 * EK_SM3_BLOCK_SIZE];
    size_t live;
} lanes;

/* Which message is the next: in order, the last ones by length. */
typedef struct queue {
    const size_t *lens;
    size_t next, sorted_from, count;
    uint16_t order[SORTED];
} queue;

/* Shell sort (Ciura's gaps), longest first. */
static void queue_sort(queue *q) {
    static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    const size_t *lens = q->lens + q->sorted_from;
    size_t count = q->count - q->sorted_from;
    for (size_t i = 0; i < count; i++) q->order[i] = (uint16_t)i;
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
        for (size_t i = gaps[g]; i < count; i++) {
            uint16_t moving = q->order[i];
            size_t j = i;
            for (; j >= gaps[g] && lens[q->order[j - gaps[g]]] < lens[moving]; j -= gaps[g])
                q->order[j] = q->order[j - gaps[g]];
            q->order[j] = moving;
        }
}

static void queue_start(queue *q, const size_t *lens, size_t count) {
    q->lens = lens;
    q->next = 0;
    q->count = count;
    q->sorted_from = count > SORTED ? count - SORTED : 0;
    queue_sort(q);
}

static size_t queue_pop(queue *q) {
    size_t i = q->next++;
    return i < q->sorted_from ? i : q->sorted_from + q->order[i - q->sorted_from];
}

static void lane_start(lanes *all, size_t i, const uint8_t *message, size_t len, uint8_t *digest) {
    lane *one = &all->lane[i];
    size_t whole = len / EK_SM3_BLOCK_SIZE;
    for (size_t j = 0; j < 8; j++) all->state[EK_SM3_LANES * j + i] = ek_sm3_iv[j];
    one->digest = digest;
    one->tail_blocks = ek_sm3_pad(
        all->tail[i], len % EK_SM3_BLOCK_SIZE ? message + EK_SM3_BLOCK_SIZE * whole : NULL, len);
    one->blocks = whole;
    all->data[i] = message;
}

/* Steps a lane whose blocks ran out to its tail; 0 when that is done too. */
static int lane_to_tail(lanes *all, size_t i) {
    lane *one = &all->lane[i];
    one->blocks = one->tail_blocks;
    one->tail_blocks = 0;
    all->data[i] = all->tail[i];
    return one->blocks != 0;
}

static void lane_finish(const lanes *all, size_t i) {
    for (size_t j = 0; j < 8; j++)
        ek_store32(all->lane[i].digest + 4 * j, all->state[EK_SM3_LANES * j + i]);
}

/* Lane from takes the place of lane to. */
static void lane_move(lanes *all, size_t to, size_t from) {
    for (size_t j = 0; j < 8; j++)
        all->state[EK_SM3_LANES * j + to] = all->state[EK_SM3_LANES * j + from];
    all->lane[to] = all->lane[from];
    memcpy(all->tail[to], all->tail[from], sizeof all->tail[to]);
    all->data[to] = all->data[from];
    if (all->lane[to].tail_blocks == 0) /* it is in its tail, perhaps half-way */
        all->data[to] = all->tail[to] + (all->data[from] - all->tail[from]);
}

/* One lane to its end by the plain compression. */
static void lane_alone(lanes *all, size_t i) {
    uint32_t h[8];
    for (size_t j = 0; j < 8; j++) h[j] = all->state[EK_SM3_LANES * j + i];
    do {
        ek_sm3_compress(h, all->data[i], all->lane[i].blocks);
    } while (lane_to_tail(all, i));
    for (size_t j = 0; j < 8; j++) all->state[EK_SM3_LANES * j + i] = h[j];
    ek_wipe(h, sizeof h);
    lane_finish(all, i);
}

const ek_sm3_wide *ek_sm3_kernels(void) {
#if EK_X86
    if (ek_level() >= EK_LEVEL_AVX512) return ek_sm3_wide_avx512;
    if (ek_level() >= EK_LEVEL_AVX2) return ek_sm3_wide_avx2;
#endif
    return NULL;
}

/* Runs all live lanes to the end of the first of them, and returns with none at its end. */
static void step(lanes *all, const ek_sm3_wide *kernel, queue *q, const uint8_t *const *messages,
                 uint8_t *digests) {
    size_t blocks = all->lane[0].blocks;
    for (size_t i = 1; i < all->live; i++)
        if (all->lane[i].blocks < blocks) blocks = all->lane[i].blocks;
    for (size_t i = all->live; i < kernel->width; i++) all->data[i] = all->data[0];
    kernel->compress(all->state, all->data, blocks);
    for (size_t i = 0; i < all->live;) {
        all->data[i] += EK_SM3_BLOCK_SIZE * blocks;
        all->lane[i].blocks -= blocks;
        if (all->lane[i].blocks == 0 && !lane_to_tail(all, i)) {
            lane_finish(all, i);
            if (q->next < q->count) {
                size_t next = queue_pop(q);
                lane_start(all, i, messages[next], q->lens[next],
                           digests + EK_SM3_DIGEST_SIZE * next);
                if (all->lane[i].blocks == 0) lane_to_tail(all, i);
            } else {
                all->live--;
                if (i == all->live) break;
                lane_move(all, i, all->live);
                continue; /* what moved here has not been stepped yet */
            }
        }
        i++;
    }
}

static void run(lanes *all, const ek_sm3_wide *kernel, queue *q, const uint8_t *const *messages,
                uint8_t *digests) {
    const ek_sm3_wide *narrowest = kernel + 1;
    while (all->live < kernel->width && q->next < q->count) {
        size_t next = queue_pop(q), i = all->live++;
        lane_start(all, i, messages[next], q->lens[next], digests + EK_SM3_DIGEST_SIZE * next);
        if (all->lane[i].blocks == 0) lane_to_tail(all, i);
    }
    while (all->live >= narrowest->worth) {
        while (all->live < kernel->worth) kernel++;
        step(all, kernel, q, messages, digests);
    }
    for (size_t i = 0; i < all->live; i++) lane_alone(all, i);
}

int ek_sm3_many(uint8_t *digests, size_t digests_cap, const uint8_t *const *messages,
                const size_t *message_lens, size_t count) {
    const ek_sm3_wide *kernel = ek_sm3_kernels();
    if (digests_cap / EK_SM3_DIGEST_SIZE < count) return 0;
    if (kernel == NULL || count < kernel[1].worth) {
        for (size_t i = 0; i < count; i++)
            ek_sm3_digest(digests + EK_SM3_DIGEST_SIZE * i, messages[i], message_lens[i]);
    } else {
        queue q;
        lanes all;
        all.live = 0;
        queue_start(&q, message_lens, count);
        run(&all, kernel, &q, messages, digests);
        ek_wipe(&all, sizeof all);
    }
    return 1;
}
