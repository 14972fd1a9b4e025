#!/bin/sh
# Every check of the C core, for gcc and, where it can be had, clang.
# A tool that cannot be had is a SKIP line, and the skips are counted at the end.
set -u
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

# AArch64 under qemu-user: the portable bodies with NEON, everything but the variants of x86-64.
cross=aarch64-linux-gnu-gcc
if have $cross gcc-aarch64-linux-gnu && have qemu-aarch64 qemu-user &&
    { [ -e /usr/aarch64-linux-gnu/lib/libc.so.6 ] || install libc6-dev-arm64-cross; }; then
    run make -s CC=$cross RUN="qemu-aarch64 -L /usr/aarch64-linux-gnu" sm3 vectors
else
    skip "no AArch64 compiler or emulator: NEON bodies"
fi
for cc in $compilers; do
    run make -s CC="$cc" check
    run make -s CC="$cc" OPT=-O3 check
    run make -s CC="$cc" symbols
    if [ "$libcrypto" = 1 ]; then run make -s CC="$cc" libcrypto; fi
    run make -s CC="$cc" wipe
    run make -s CC="$cc" OPT=-O0 wipe
    run make -s CC="$cc" DEFINES=-DEK_PORTABLE check
    if sanitizes "$cc" || { [ "$cc" = clang-14 ] && install libclang-rt-14-dev && sanitizes "$cc"; }
    then
        run make -s CC="$cc" asan
        if [ "$cc" = gcc ]; then
            run make -s CC="$cc" DEFINES=-DEK_PORTABLE asan
        else
            run make -s CC="$cc" msan
            run make -s CC="$cc" sm3-msan
            run make -s CC="$cc" fuzz-sm3
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

echo "native checks: $failures failed, $skips skipped"
[ "$failures" = 0 ]
