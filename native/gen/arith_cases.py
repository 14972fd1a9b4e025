#!/usr/bin/env python3
"""Generate cases for the field and scalar arithmetic, answered by Python's integers.

One case a line: ``operation a b expected``, numbers as 64 hexadecimal digits, to be read by
``native/tests/arith_tests.c``.  Operands are random, near the moduli, and words made of runs of
zeros and ones; each also as the number whose *Montgomery form* has those words, because that is
where the carries of the implementation are (with 2^256, in lanes with 2^260).  ``--pairs`` gives
every pair of the numbers at the edges instead.

    python3 native/gen/arith_cases.py --seed 1 --count 20000 | native/build/arith_tests
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator

P = 2**256 - 2**224 - 2**96 + 2**64 - 1
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
FORMS = {
    P: (1, pow(2**256, -1, P), pow(2**260, -1, P)),
    N: (1, pow(2**256, -1, N)),
}
WORDS = (
    0,
    1,
    2,
    2**31,
    2**32 - 1,
    2**32,
    2**32 + 1,
    2**63,
    2**63 - 1,
    2**64 - 2,
    2**64 - 1,
) + tuple(modulus >> (64 * i) & (2**64 - 1) for modulus in (P, N) for i in range(4))

OPERATIONS: dict[str, tuple[int, Callable[[int, int], int]]] = {
    "fadd": (P, lambda a, b: (a + b) % P),
    "fsub": (P, lambda a, b: (a - b) % P),
    "fneg": (P, lambda a, _: -a % P),
    "fmul": (P, lambda a, b: a * b % P),
    "fsqr": (P, lambda a, _: a * a % P),
    "sadd": (N, lambda a, b: (a + b) % N),
    "ssub": (N, lambda a, b: (a - b) % N),
    "sneg": (N, lambda a, _: -a % N),
    "smul": (N, lambda a, b: a * b % N),
}
SLOW: dict[str, tuple[int, Callable[[int, int], int]]] = {
    "finv": (P, lambda a, _: pow(a, P - 2, P)),
    "froot": (P, lambda a, _: pow(a, (P + 1) // 4, P)),
    "sinv": (N, lambda a, _: pow(a, N - 2, N)),
}


def operand(rng: random.Random, modulus: int) -> int:
    """A number below ``modulus``, often a nasty one."""
    kind = rng.randrange(6)
    if kind == 0:
        return rng.randrange(modulus)
    if kind == 1:
        return rng.choice(
            (0, 1, 2, 3, modulus - 1, modulus - 2, 2**256 - modulus, (modulus + 1) // 2)
        )
    if kind == 2:
        value = sum(rng.choice(WORDS) << (64 * i) for i in range(4))
    elif kind == 3:
        value = 0  # runs of equal bits
        while value.bit_length() < 256:
            run = rng.randrange(1, 70)
            value = value << run | rng.choice((0, 2**run - 1)) or 1
        value &= 2**256 - 1
    elif kind == 4:
        value = 2 ** rng.randrange(257) + rng.choice((-1, 0, 1))
    else:
        value = modulus - rng.choice(WORDS)
    value %= modulus
    return value * rng.choice(FORMS[modulus]) % modulus


def edges(modulus: int) -> list[int]:
    """Numbers around the modulus, words and halves of words all ones or one bit, in each form."""
    found = {0, 1, 2, 3, modulus - 1, modulus - 2, 2**256 - modulus, (modulus - 1) // 2}
    for bits in (32, 52, 64):
        for at in range(0, 256, bits):
            found |= {1 << at, (1 << at) - 1, (2**bits - 1) << at, modulus - (1 << at)}
    numbers = {value % modulus for value in found}
    return sorted({value * form % modulus for value in numbers for form in FORMS[modulus]})


def pairs() -> Iterator[str]:
    """Every operation on every pair of edges."""
    for name, (modulus, function) in (OPERATIONS | SLOW).items():
        numbers = edges(modulus)
        alone = name in ("fneg", "fsqr", "sneg", "finv", "froot", "sinv")
        for a in numbers:
            for b in (0,) if alone else numbers:
                yield f"{name} {a:064x} {b:064x} {function(a, b):064x}\n"


def main() -> None:
    """Print the cases."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--pairs", action="store_true")
    options = parser.parse_args()
    if options.pairs:
        sys.stdout.writelines(pairs())
        return
    rng = random.Random(options.seed)
    out = sys.stdout
    for index in range(options.count):
        table = SLOW if index % 40 == 0 else OPERATIONS
        name, (modulus, function) = rng.choice(list(table.items()))
        a, b = operand(rng, modulus), operand(rng, modulus)
        out.write(f"{name} {a:064x} {b:064x} {function(a, b):064x}\n")
    for name, modulus in (("fload", P), ("sload", N)):
        for value in (0, 1, modulus - 1, modulus, modulus + 1, 2**256 - 1, *(P, N)):
            flag = int(value < modulus)
            out.write(f"{name} {value:064x} {flag:064x} {value % modulus:064x}\n")


if __name__ == "__main__":
    main()
