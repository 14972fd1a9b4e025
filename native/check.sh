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

# have COMMAND PACKAGE: the command is there, or root installs its package, trying three times.
have() {
    command -v "$1" >/dev/null 2>&1 && return 0
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    for try in 1 2 3; do
        echo "installing $2 (attempt $try)"
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends "$2"; } \
            >/dev/null 2>&1
        command -v "$1" >/dev/null 2>&1 && return 0
        sleep "$try"
    done
    return 1
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

run make -s tables
for cc in $compilers; do
    run make -s CC="$cc" check
    run make -s CC="$cc" OPT=-O3 check
    run make -s CC="$cc" symbols
    if [ "$cc" = gcc ] || echo 'int main(void){return 0;}' |
        "$cc" -x c -fsanitize=address,undefined - -o /dev/null 2>/dev/null; then
        run make -s CC="$cc" asan
    else
        skip "$cc has no sanitizer runtime here"
    fi
    if [ "$valgrind" = 0 ]; then
        run make -s CC="$cc" ctime
        run make -s CC="$cc" leaks
        run make -s CC="$cc" OPT=-O0 leaks
    fi
done

echo "native checks: $failures failed, $skips skipped"
[ "$failures" = 0 ]
