#include "bytes.h"

void ek_wipe(void *memory, size_t length) {
#if EK_PLANT_LEAK == 6
    (void)memory; /* planted: nothing is wiped */
    (void)length;
#elif defined(__GNUC__) || defined(__clang__)
    memset(memory, 0, length);
    __asm__ __volatile__("" : : "r"(memory) : "memory"); /* the bytes "are read" here */
#else
    volatile uint8_t *byte = memory;
    while (length--) *byte++ = 0;
#endif
}

/* Signing many uses the most: 53 KiB; unoptimised 214 by gcc, and 501 by clang. */
#ifdef __OPTIMIZE__
#define STACK_MOST (96 << 10)
#else
#define STACK_MOST (640 << 10)
#endif

EK_OWN_FRAME void ek_wipe_stack(void) {
    uint8_t room[STACK_MOST];
    ek_wipe(room, sizeof room);
}
