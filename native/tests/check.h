/* check.h - the test programs' own few lines: checks that count, and hex. */
#ifndef EK_TESTS_CHECK_H
#define EK_TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sm2.h"

static long ek_checks, ek_failures;

#define CHECK(condition)                                                    \
    do {                                                                    \
        ek_checks++;                                                        \
        if (!(condition)) {                                                 \
            ek_failures++;                                                  \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            if (ek_failures > 20) exit(1);                                  \
        }                                                                   \
    } while (0)

/* Bytes of a hex text; returns how many. */
static inline size_t unhex(uint8_t *out, size_t out_cap, const char *hex) {
    size_t n = 0;
    for (; hex[0] && hex[1] && n < out_cap; hex += 2, n++) {
        char pair[3] = {hex[0], hex[1], 0};
        out[n] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}

/* 1 when the bytes are those of the hex text. */
static inline int is_hex(const uint8_t *bytes, size_t length, const char *hex) {
    uint8_t want[4096];
    return unhex(want, sizeof want, hex) == length && memcmp(bytes, want, length) == 0;
}

static inline int report(const char *name) {
    printf("%s: %ld checks, %ld failures\n", name, ek_checks, ek_failures);
    return ek_failures ? 1 : 0;
}

#endif
