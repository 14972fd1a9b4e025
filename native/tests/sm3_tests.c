/* sm3_tests.c - SM3 in every variant that this CPU can run, against the standard's own words. */
#include "check.h"
#include "plain_sm3.h"

enum { MOST = 1400, POOL = 1 << 16 };
static uint8_t pool[POOL];
static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint64_t draw(uint64_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 11) % below;
}

static void one_at_a_time(void) {
    uint8_t want[32], have[32];
    for (size_t length = 0; length < 700; length++) {
        const uint8_t *data = pool + draw(1000);
        plain_sm3(want, data, length);
        ek_sm3_digest(have, data, length);
        CHECK(memcmp(want, have, 32) == 0);
    }
    plain_sm3(want, pool, POOL);
    ek_sm3_digest(have, pool, POOL);
    CHECK(memcmp(want, have, 32) == 0);
}

static void in_pieces(void) {
    uint8_t want[32], have[32];
    for (int round = 0; round < 300; round++) {
        size_t length = (size_t)draw(3000), at = 0;
        ek_sm3 state;
        plain_sm3(want, pool, length);
        ek_sm3_init(&state);
        while (at < length) {
            size_t piece = (size_t)draw(round % 2 ? 200 : 20);
            if (piece > length - at) piece = length - at;
            ek_sm3_update(&state, pool + at, piece);
            at += piece;
        }
        ek_sm3_final(have, &state);
        CHECK(memcmp(want, have, 32) == 0);
        ek_sm3_final(have, &state); /* the state stays usable */
        CHECK(memcmp(want, have, 32) == 0);
    }
}

/* count messages of at most longest bytes at any alignment; what lies around the digests stays. */
static void many(size_t count, size_t longest, int falling) {
    static uint8_t digests[32 * MOST + 2];
    static const uint8_t *messages[MOST];
    static size_t lens[MOST];
    uint8_t want[32];
    for (size_t i = 0; i < count; i++) {
        lens[i] = falling ? (count - i) * longest / count : (size_t)draw(longest + 1);
        messages[i] = lens[i] ? pool + draw(POOL - lens[i]) : NULL;
    }
    memset(digests, 0xee, sizeof digests);
    CHECK(ek_sm3_many(digests + 1, 32 * count, messages, lens, count));
    CHECK(digests[0] == 0xee && digests[32 * count + 1] == 0xee);
    for (size_t i = 0; i < count; i++) {
        plain_sm3(want, messages[i], lens[i]);
        CHECK(memcmp(want, digests + 1 + 32 * i, 32) == 0);
    }
    CHECK(count == 0 || !ek_sm3_many(digests, 32 * count - 1, messages, lens, count));
}

static void every_level(int level) {
    CHECK(ek_level_limit(level) == level && ek_level() == level);
    one_at_a_time();
    in_pieces();
    for (size_t count = 0; count < 70; count++) {
        many(count, 300, 0);
        many(count, 64, 1);
        many(count, 0, 0);
        many(count, count % 7 ? 200 : 5000, count % 2);
    }
    many(MOST, 130, 0);
    many(MOST, 700, 1);
}

int main(void) {
    int best = ek_level();
    for (size_t i = 0; i < POOL; i++) pool[i] = (uint8_t)draw(256);
    CHECK(ek_level_limit(99) == best);
    CHECK(ek_level_limit(-1) == EK_LEVEL_PORTABLE);
    for (int level = EK_LEVEL_PORTABLE; level <= best; level++) every_level(level);
    printf("SM3 levels 0 to %d of %d: ", best, EK_LEVEL_AVX512);
    return report("sm3");
}
