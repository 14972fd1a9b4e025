#!/bin/sh
# Every check of the C core, for gcc and, where it can be had, clang.
#   check.sh         minutes
#   check.sh long    then the numbers that are claimed, each a target of long.mk: hours, and a run
#                    that was stopped goes on where it was
# A tool that cannot be had is a SKIP line, and the skips are counted at the end.
set -u
MAKEFLAGS="-j2"
export MAKEFLAGS
cd "$(dirname "$0")" || exit 1
skips=0
failures=0

skip() {
    skips=$((skips + 1))
    echo "SKIP: $1"
}

run() {
    echo "== $*"
    "$@" || { failures=$((failures + 1)); echo "FAILED: $*"; }
}

# install PACKAGE: as root on Debian, trying three times.
install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    for try in 1 2 3; do
        echo "installing $1 (attempt $try)"
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends "$1"; } \
            >/dev/null 2>&1 && return 0
        sleep "$try"
    done
    return 1
}

# have COMMAND PACKAGE: the command is there, or its package can be installed.
have() {
    command -v "$1" >/dev/null 2>&1 || { install "$2" && command -v "$1" >/dev/null 2>&1; }
}

# sanitizes COMPILER: it can link the sanitizers' runtime.
sanitizes() {
    echo 'int main(void){return 0;}' |
        "$1" -x c -fsanitize=address,undefined - -o /dev/null 2>/dev/null
}

have valgrind valgrind
valgrind=$?
[ "$valgrind" = 0 ] || skip "valgrind cannot be installed: constant-time runs"

compilers=gcc
if have clang-14 clang-14; then
    compilers="gcc clang-14"
elif command -v clang >/dev/null 2>&1; then
    compilers="gcc clang"
else
    skip "clang cannot be installed: second compiler"
fi

libcrypto=0
if ldconfig -p 2>/dev/null | grep -q 'libcrypto\.so\.3'; then
    libcrypto=1
else
    skip "no libcrypto.so.3: second judge of SM3"
fi

run make -s tables
run make -s coverage
for cc in $compilers; do
    run make -s CC="$cc" check
    run make -s CC="$cc" OPT=-O3 check
    run make -s CC="$cc" symbols
    if [ "$libcrypto" = 1 ]; then run make -s CC="$cc" libcrypto; fi
    run make -s CC="$cc" wipe
    run make -s CC="$cc" OPT=-O0 wipe
    run make -s CC="$cc" OPT=-O3 wipe
    run make -s CC="$cc" DEFINES=-DEK_PORTABLE check
    # the field with MULX and ADX everywhere, and products of 32-bit limbs
    run make -s CC="$cc" DEFINES=-DEK_FIELD_ADX=1 arith exhaustive
    run make -s CC="$cc" DEFINES="-DEK_PORTABLE -DEK_LIMB32" arith exhaustive
    if sanitizes "$cc" || { [ "$cc" = clang-14 ] && install libclang-rt-14-dev && sanitizes "$cc"; }
    then
        run make -s CC="$cc" asan
        if [ "$cc" = gcc ]; then
            run make -s CC="$cc" DEFINES=-DEK_PORTABLE asan
            run make -s CC="$cc" replay
            run make -s CC="$cc" tsan
        else
            run make -s CC="$cc" asan-alone
            run make -s CC="$cc" msan
            run make -s CC="$cc" sm3-msan
            run make -s CC="$cc" fuzz
        fi
    else
        skip "$cc has no sanitizer runtime here"
    fi
    if [ "$valgrind" = 0 ]; then
        run make -s CC="$cc" ctime
        run make -s CC="$cc" sm3-ctime
        run make -s CC="$cc" DEFINES=-DEK_PORTABLE LEVELS="-O2 -O3" ctime
        run make -s CC="$cc" leaks
        run make -s CC="$cc" OPT=-O0 leaks
    fi
done

run make -s pairs
run make -s DEFINES=-DEK_FIELD_ADX=1 pairs
run make -s DEFINES="-DEK_PORTABLE -DEK_LIMB32" pairs
run make -s nonces
if echo '#include <openssl/evp.h>' | gcc -E - >/dev/null 2>&1 || install libssl-dev; then
    run make -s sm2-peer
else
    skip "OpenSSL's headers cannot be installed: signatures against libcrypto"
fi
if echo 'int main(void){return 0;}' | gcc -m32 -x c - -o /dev/null 2>/dev/null ||
    install gcc-12-multilib || install gcc-multilib; then
    run make -s m32
else
    skip "gcc -m32 cannot be installed: 32-bit words"
fi
# times are worth nothing beside other work: only where they are asked for
if [ "${1:-}" = long ]; then
    run make -s long
    run make -s long-report
fi
# AArch64, run under qemu
if have aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu && install libc6-dev-arm64-cross &&
    have qemu-aarch64 qemu-user; then
    run make -s CC=aarch64-linux-gnu-gcc DEBUG=-static RUN="qemu-aarch64" CASES=5000 aarch64
else
    skip "AArch64 tools cannot be installed"
fi

echo "native checks: $failures failed, $skips skipped"
[ "$failures" = 0 ]
