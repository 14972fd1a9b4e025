/* cpu.h - which variants of the core's bodies this CPU can run.
 *
 * A variant is a translation unit of its own whose functions carry EK_TARGET_AVX2 or
 * EK_TARGET_AVX512; nothing is compiled for the machine that happens to compile.  A body chooses at
 * each call with ek_level(), which asks CPUID once. */
#ifndef EK_CPU_H
#define EK_CPU_H

#include "esealkit_native.h"

/* EK_PORTABLE builds without variants and without assembler; adding EK_VARIANTS keeps those
 * variants that are plain intrinsics, as MemorySanitizer needs them. */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__)) && \
    (!defined(EK_PORTABLE) || defined(EK_VARIANTS))
#define EK_X86 1
#define EK_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,adx")))
#define EK_TARGET_AVX512 \
    __attribute__((      \
        target("avx2,bmi,bmi2,adx,avx512f,avx512bw,avx512vl,avx512dq,avx512ifma,avx512vbmi")))
#else
#define EK_X86 0
#endif

/* Assembler of whole bodies: where there are variants, but not under MemorySanitizer. */
#if EK_X86 && !defined(EK_PORTABLE)
#define EK_X86_ASM 1
#else
#define EK_X86_ASM 0
#endif

#endif
