/* fuzz_replay.c - runs a fuzz target over the files named: for compilers without libFuzzer. */
#include "fuzz.h"

int main(int argc, char **argv) {
    static uint8_t data[1 << 16];
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size;
        if (file == NULL) return 1;
        size = fread(data, 1, sizeof data, file);
        fclose(file);
        (void)LLVMFuzzerTestOneInput(data, size);
        ek_checks++;
    }
    return report(argv[0]);
}
