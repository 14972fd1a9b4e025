"""Speed, as ratios against OpenSSL's libcrypto in the same run: ``make bench``.

Every line of the table is one operation of esealkit, from Python, in one variant of its core
(forced, so that a fast machine measures all).  Each round times the reference, esealkit and the
peers one after the other in this thread's CPU time, a few milliseconds each; the ratio is the
median over the rounds, so that a neighbour on the host disturbs both sides alike.  Figures are the
best round's.  Writes ``benchmarks/results/bench.json``; ``--quick`` takes fewer rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import peers
from libcrypto import LibCrypto
from scaling import scaling

import esealkit as ek
from esealkit.crypto import _active, backend, sm2, sm3, sm3_many
from esealkit.sandbox import build

RESULTS = Path(__file__).with_name("results")
BATCH_SECONDS = 0.004
Seconds = Callable[[], float]


@dataclass(frozen=True)
class Operation:
    """One line for each variant: what runs, against what, and what it should reach."""

    what: str
    unit: str
    work: float
    """Units of work in one call of ``ours``: bytes for MB/s, operations for /s."""
    ours: Callable[[], object]
    reference: Seconds | None
    """Seconds of the reference for the same work."""
    reference_name: str = "libcrypto"
    targets: dict[str, float] = field(default_factory=dict)
    stretch: float | None = None
    peers: dict[str, Callable[[], object]] = field(default_factory=dict)


def targets(
    avx512: float, avx2: float | None = None, portable: float | None = None
) -> dict[str, float]:
    """Ratios to reach, by variant."""
    each = {"native-avx512ifma": avx512, "native-avx2": avx2, "native": portable}
    return {name: value for name, value in each.items() if value is not None}


def timer(run: Callable[[], object]) -> Seconds:
    """A function that gives the seconds of one call, over as many calls as take a few ms."""
    run()
    count = 1
    while True:
        begin = time.thread_time()
        for _ in range(count):
            run()
        spent = time.thread_time() - begin
        if spent > BATCH_SECONDS / 2:
            break
        count *= 2

    def seconds() -> float:
        begin = time.thread_time()
        for _ in range(count):
            run()
        return (time.thread_time() - begin) / count

    return seconds


def hashing(library: LibCrypto, others: dict[str, peers.Peer]) -> Iterator[Operation]:
    """SM3: one stream, one short message, many streams."""
    data, short = os.urandom(16_384), os.urandom(64)
    hashers = {name: peer.sm3 for name, peer in others.items() if peer.sm3}
    yield Operation(
        "SM3, 16 KB",
        "MB/s",
        len(data) / 1e6,
        lambda: sm3(data),
        lambda: library.sm3(len(data)),
        targets=targets(1.13, 1.13, 1.07),
        stretch=1.3,
        peers={name: lambda run=run: run(data) for name, run in hashers.items()},
    )
    if "hashlib" in hashers:
        yield Operation(
            "sm3 of 64 bytes",
            "/s",
            1,
            lambda: sm3(short),
            timer(lambda: hashers["hashlib"](short)),
            reference_name="hashlib",
            targets=targets(2.0, 2.0),
            peers={name: lambda run=run: run(short) for name, run in hashers.items()},
        )
    many = [os.urandom(16_384) for _ in range(64)]
    yield Operation(
        "sm3_many, 64 x 16 KB",
        "MB/s",
        64 * 16_384 / 1e6,
        lambda: sm3_many(many),
        lambda: 64 * library.sm3(16_384),
        targets=targets(11, 3.3, 1.05),
        stretch=15,
    )
    uneven = [os.urandom(1 + index * 7919 % 32_768) for index in range(256)]
    total = sum(map(len, uneven))
    yield Operation(
        "sm3_many, 256 x 1 B..32 KB",
        "MB/s",
        total / 1e6,
        lambda: sm3_many(uneven),
        lambda: total / 16_384 * library.sm3(16_384),
        targets=targets(0.85 * 11, 0.85 * 3.3, 0.85 * 1.05),
    )


def signatures(library: LibCrypto, others: dict[str, peers.Peer]) -> Iterator[Operation]:
    """SM2 over 64 bytes under the default ID: one by one, and in batches of 1,024."""
    key, message, count = sm2.PrivateKey.generate(), os.urandom(64), 1024
    yield Operation(
        "SM2 sign",
        "/s",
        1,
        lambda: key.sign(message),
        library.sm2_sign,
        targets=targets(26, 26, 8),
        stretch=37,
        peers={name: peer.sign for name, peer in others.items() if peer.sign},
    )
    # More keys than the table cache watches, so that each is always a new one.
    strangers = [sm2.PrivateKey.generate() for _ in range(count)]
    messages = [os.urandom(64) for _ in range(count)]
    signed = [one.sign(text) for one, text in zip(strangers, messages, strict=True)]
    rows = [
        (one.public_key, signature, text)
        for one, signature, text in zip(strangers, signed, messages, strict=True)
    ]
    turn = iter(range(sys.maxsize))

    def verify_stranger() -> None:
        public, signature, text = rows[next(turn) % count]
        public.verify(signature, text)

    yield Operation(
        "SM2 verify, unknown key",
        "/s",
        1,
        verify_stranger,
        library.sm2_verify,
        targets=targets(7, 7, 3.5),
        stretch=8.4,
        peers={name: peer.verify for name, peer in others.items() if peer.verify},
    )
    public, signature = key.public_key, key.sign(message)
    for _ in range(64):
        public.verify(signature, message)
    yield Operation(
        "SM2 verify, key seen before",
        "/s",
        1,
        lambda: public.verify(signature, message),
        library.sm2_verify,
        targets=targets(28, 28, 10),
        stretch=36,
    )
    yield Operation(
        "verify_many, 1,024 keys",
        "/s",
        count,
        lambda: sm2.verify_many(rows),
        lambda: count * library.sm2_verify(),
        targets=targets(28, 7),
        stretch=40,
    )
    yield Operation(
        "sign_many, 1,024 messages",
        "/s",
        count,
        lambda: sm2.sign_many(key, messages),
        lambda: count * library.sm2_sign(),
        targets=targets(75, 30),
        stretch=120,
    )


def measure(operation: Operation, rounds: int) -> list[dict[str, Any]]:
    """The operation's lines: every variant, then the peers once."""
    lines = []
    watched = {name: timer(run) for name, run in operation.peers.items()}
    for variant in _active.variants():
        with _active.using(variant):
            ours = timer(operation.ours)
            pairs = [((operation.reference or ours)(), ours()) for _ in range(rounds)]
        ratio = statistics.median(theirs / own for theirs, own in pairs)
        target = operation.targets.get(variant)
        lines.append(
            {
                "what": operation.what,
                "who": variant,
                "figure": operation.work / min(own for _, own in pairs),
                "unit": operation.unit,
                "reference": operation.reference_name if operation.reference else None,
                "ratio": ratio if operation.reference else None,
                "target": target,
                "stretch": operation.stretch if variant == _active.variants()[0] else None,
                "met": None if target is None else ratio >= target,
            }
        )
    reference = operation.reference
    for name, seconds in watched.items():
        pairs = [(reference() if reference else 0.0, seconds()) for _ in range(max(3, rounds // 3))]
        lines.append(
            {
                "what": operation.what,
                "who": name,
                "figure": operation.work / min(own for _, own in pairs),
                "unit": operation.unit,
                "reference": operation.reference_name,
                "ratio": statistics.median(theirs / own for theirs, own in pairs),
                "target": None,
                "stretch": None,
                "met": None,
            }
        )
    return lines


def documents() -> dict[str, Any]:
    """Verifying one sealed document in a warm process, chain and CRL included."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(place)
        with ek.open_key(place / "signer.p12", pin="sandbox") as key:
            ek.stamp(
                place / "sample.ofd",
                place / "sealed.ofd",
                seal=place / "official.esl",
                key=key,
                placement=ek.At(page=3, x=40, y=60),
            )
        data = (place / "sealed.ofd").read_bytes()
        trust = ek.TrustStore.from_path(place / "trust")
        run = timer(lambda: ek.verify(data, trust=trust))
        figure = 1000 * min(run() for _ in range(5))
    return {
        "what": "verify a sealed OFD",
        "who": backend(),
        "figure": figure,
        "unit": "ms",
        "reference": None,
        "ratio": None,
        "target": None,
        "stretch": None,
        "met": None,
    }


def show(line: dict[str, Any]) -> None:
    """Print one line of the table."""
    ratio = f"x{line['ratio']:.2f} {line['reference']}" if line["ratio"] else ""
    verdict = ""
    if line["target"]:
        verdict = f"target {line['target']:.4g}: "
        verdict += "met" if line["met"] else f"{line['ratio'] / line['target']:.0%} of it"
        if line["stretch"]:
            verdict += f"; stretch {line['stretch']:.4g}: {line['ratio'] / line['stretch']:.0%}"
    figure = f"{line['figure']:,.0f}" if line["figure"] >= 100 else f"{line['figure']:.2f}"
    print(
        f"{line['what']:28} {line['who']:18} {figure:>11} {line['unit']:9} {ratio:17} {verdict}",
        flush=True,
    )
    if "wall_ratio" in line:
        print(
            f"{'':28} by the clock x{line['wall_ratio']:.2f}: {line['share_on_cpu']:.0%} on a CPU, "
            f"{line['share_of_other_programs']:.0%} other programs had it, "
            f"{line['share_waiting']:.1%} waiting",
            flush=True,
        )


def processor() -> str:
    """The CPU's name."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.processor()


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a third of the rounds")
    parser.add_argument("--only", default="", help="operations whose name contains this")
    chosen = parser.parse_args()
    rounds = 7 if chosen.quick else 21
    library = LibCrypto()
    others, missing = peers.installed()
    print(f"esealkit {ek.__version__}, {backend()}, Python {platform.python_version()}")
    print(f"reference: {library.version}; {processor()}\n")
    lines: list[dict[str, Any]] = []
    for room in (hashing, signatures):
        for operation in room(library, others):
            if chosen.only in operation.what:
                found = measure(operation, rounds)
                lines += found
                for line in found:
                    show(line)
    for line in [] if chosen.only else [*scaling(), documents()]:
        lines.append(line)
        show(line)
    for reason in missing:
        print(f"SKIP: {reason}")
    judged = [line for line in lines if line["met"] is not None]
    print(f"\n{sum(line['met'] for line in judged)} of {len(judged)} targets met", end="")
    print(f", {len(missing)} peers skipped")
    RESULTS.mkdir(exist_ok=True)
    result = {
        "esealkit": ek.__version__,
        "backend": backend(),
        "reference": library.version,
        "processor": processor(),
        "python": platform.python_version(),
        "skipped": missing,
        "lines": lines,
    }
    (RESULTS / "bench.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
