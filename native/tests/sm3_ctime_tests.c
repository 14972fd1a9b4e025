/* sm3_ctime_tests.c - SM3 of secret bytes in every variant that the watcher can run: valgrind sees
 * no AVX-512, MemorySanitizer no assembler.  See ctime_tests.c. */
#include "check.h"

#ifdef EK_CTIME_MSAN
#define SECRET(pointer, length) __msan_poison(pointer, length)
#define WATCHED 1
#else
#include <valgrind/memcheck.h>
#define SECRET(pointer, length) VALGRIND_MAKE_MEM_UNDEFINED(pointer, length)
#define WATCHED RUNNING_ON_VALGRIND
#endif

enum { COUNT = 40 };

int main(void) {
    static uint8_t data[COUNT * 300], digests[32 * COUNT];
    const uint8_t *messages[COUNT];
    size_t lens[COUNT];
    int best = ek_level();

    if (!WATCHED) {
        fprintf(stderr, "sm3_ctime_tests says nothing when nobody watches\n");
        return 2;
    }
    SECRET(data, sizeof data);
    for (size_t i = 0; i < COUNT; i++) {
        messages[i] = data + 300 * i;
        lens[i] = 7 * i;
    }
    for (int level = EK_LEVEL_PORTABLE; level <= best; level++) {
        CHECK(ek_level_limit(level) == level);
        ek_sm3_digest(digests, data, sizeof data);
        CHECK(ek_sm3_many(digests, sizeof digests, messages, lens, COUNT));
    }
    EK_DECLASSIFY(digests, sizeof digests);
#if EK_PLANT_LEAK == 8
    if (data[0] & 1) ek_sm3_digest(digests, digests, 64); /* planted: a branch on hashed bytes */
#endif
    printf("levels 0 to %d: ", best);
    return report("sm3 of secrets");
}
