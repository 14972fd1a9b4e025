"""Speed against others, measured side by side in one run: ``make bench``.

Numbers of different machines or different runs do not compare; ratios of one run do.  Each row is
the best of several rounds, and rounds of the competitors alternate, so that a slow moment of the
machine meets all of them.  Prints a table and writes ``benchmarks/results/<time>.json``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import gmalg
from gmssl.sm2 import CryptSM2

import esealkit as ek
from esealkit.crypto import sm2
from esealkit.sandbox import build

ROUNDS = 7
Task = Callable[[], object]


def per_call(task: Task, seconds: float = 0.05) -> float:
    """Seconds of one call, over as many calls as fit into ``seconds``."""
    calls, spent = 0, 0.0
    start = time.perf_counter()
    while spent < seconds:
        task()
        calls += 1
        spent = time.perf_counter() - start
    return spent / calls


def compare(title: str, tasks: dict[str, Task]) -> dict[str, object]:
    """Best time of each, and how many times faster esealkit is."""
    best = dict.fromkeys(tasks, float("inf"))
    for task in tasks.values():
        task()
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            best[name] = min(best[name], per_call(task))
    ours = best["esealkit"]
    print(f"\n{title}")
    for name, spent in best.items():
        ratio = "" if name == "esealkit" else f"   esealkit is {spent / ours:8.2f} times as fast"
        print(f"  {name:28} {spent * 1e6:12.2f} us{ratio}")
    return {
        "task": title,
        "microseconds": {name: spent * 1e6 for name, spent in best.items()},
        "ratios": {name: spent / ours for name, spent in best.items() if name != "esealkit"},
    }


def digests() -> list[dict[str, object]]:
    """SM3 of a page of XML and of one block."""
    rows = []
    for size in (64, 16 * 1024):
        message = bytes(range(256)) * (size // 256 + 1)
        message = message[:size]
        tasks: dict[str, Task] = {"esealkit": lambda data=message: ek.sm3(data)}  # type: ignore[misc]
        if "sm3" in hashlib.algorithms_available:
            tasks["hashlib (OpenSSL)"] = lambda data=message: hashlib.new("sm3", data).digest()  # type: ignore[misc]
        else:
            print("SKIP: this hashlib has no sm3")
        rows.append(compare(f"SM3, {size} bytes", tasks))
    return rows


def signatures() -> list[dict[str, object]]:
    """SM2 over a short message, one call at a time."""
    key, message = sm2.PrivateKey.generate(), b"to be signed" * 20
    public = key.public_key
    signature = key.sign(message)
    numbers = [value.to_bytes(32, "big") for value in sm2.decode_signature(signature)]
    point = public.to_bytes()
    theirs = gmalg.SM2(key.to_bytes(), sm2.DEFAULT_ID, point)
    other = CryptSM2(private_key=key.to_bytes().hex(), public_key="")
    other.public_key = point[1:].hex()
    raw = b"".join(numbers).hex()
    return [
        compare(
            "SM2 sign",
            {
                "esealkit": lambda: key.sign(message),
                "gmalg (Python)": lambda: theirs.sign(message),
                "gmssl (Python)": lambda: other.sign_with_sm3(message),
            },
        ),
        compare(
            "SM2 verify",
            {
                "esealkit": lambda: public.verify(signature, message),
                "gmalg (Python)": lambda: theirs.verify(message, *numbers),
                "gmssl (Python)": lambda: other.verify_with_sm3(raw, message),
            },
        ),
    ]


def openssl_speed() -> list[dict[str, object]]:
    """SM2 in OpenSSL's own benchmark, which has no cost of Python; then ours again."""
    if shutil.which("openssl") is None:
        print("SKIP: openssl is not installed")
        return []
    command = ["openssl", "speed", "-mr", "-seconds", "1", "sm2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    line = next((item for item in done.stdout.splitlines() if item.startswith("+F7:")), "")
    if not line:
        print("SKIP: this openssl cannot measure SM2")
        return []
    *_, sign, verify = line.split(":")
    key = sm2.PrivateKey.generate()
    e = ek.sm3(b"message")
    signature = key.sign_e(e)
    ours = {
        "sign": per_call(lambda: key.sign_e(e), 1.0),
        "verify": per_call(lambda: key.public_key.verify_e(signature, e), 1.0),
    }
    rows = []
    for name, theirs in (("sign", float(sign)), ("verify", float(verify))):
        # Depending on its version openssl prints seconds of a call, or calls a second.
        spent = theirs if theirs < 1 else 1 / theirs
        ratio = spent / ours[name]
        print(
            f"\nSM2 {name} of a digest: esealkit {ours[name] * 1e6:.2f} us, "
            f"openssl speed {spent * 1e6:.2f} us, esealkit is {ratio:.2f} times as fast"
        )
        rows.append({"task": f"SM2 {name} of a digest", "ratios": {"openssl speed": ratio}})
    return rows


def documents() -> list[dict[str, object]]:
    """Stamping and verifying a three-page OFD; nobody to compare with in this process."""
    with tempfile.TemporaryDirectory() as folder:
        box = build(folder).directory
        trust = ek.TrustStore.from_path(box / "trust")
        seal = ek.load_seal(box / "official.esl")
        with ek.open_key(box / "signer.p12", pin="sandbox") as key:

            def stamp() -> object:
                place = ek.At(page=3, x=38, y=62)
                return ek.stamp(
                    box / "sample.ofd",
                    box / "sealed.ofd",
                    seal=seal,
                    key=key,
                    placement=place,
                    trust=trust,
                )

            stamp()
            return [
                compare("stamp a three-page OFD", {"esealkit": stamp}),
                compare(
                    "verify it",
                    {
                        "esealkit": lambda: ek.verify(box / "sealed.ofd", trust=trust),
                    },
                ),
            ]


def main() -> None:
    """Measure, print, write."""
    print(
        f"esealkit {ek.__version__} ({ek.crypto.backend()}), Python {platform.python_version()}, "
        f"{platform.machine()}"
    )
    rows = [*digests(), *signatures(), *openssl_speed(), *documents()]
    now = dt.datetime.now(dt.UTC)
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}.json"
    about = {
        "at": now.isoformat(),
        "version": ek.__version__,
        "backend": ek.crypto.backend(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": rows,
    }
    path.write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    print(f"\n{path}")


if __name__ == "__main__":
    main()
