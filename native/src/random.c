/* random.c - the operating system's random bytes, and nothing else: no state of our own, so a
 * fork cannot repeat one. */
#if defined(__linux__)
#define _GNU_SOURCE
#include <errno.h>
#include <sys/random.h>
#elif defined(_WIN32)
#include <windows.h>
/* bcrypt.h needs the types of windows.h */
#include <bcrypt.h>
#elif defined(__APPLE__)
#include <sys/random.h>
#else
#include <unistd.h>
#endif

#include "bytes.h"

int ek_random(uint8_t *out, size_t out_len) {
    size_t done = 0;
    while (done < out_len) {
        size_t want = out_len - done < 256 ? out_len - done : 256;
#if defined(__linux__)
        ssize_t got = getrandom(out + done, want, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += (size_t)got;
#elif defined(_WIN32)
        if (BCryptGenRandom(NULL, out + done, (ULONG)want, BCRYPT_USE_SYSTEM_PREFERRED_RNG) != 0)
            break;
        done += want;
#else
        if (getentropy(out + done, want) != 0) break;
        done += want;
#endif
    }
    if (done == out_len) return 1;
    ek_wipe(out, out_len);
    return 0;
}
