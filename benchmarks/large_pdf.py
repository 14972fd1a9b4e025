"""Memory for a PDF of many megabytes: ``python benchmarks/large_pdf.py [MEGABYTES]``.

The file is mapped and hashed where it lies; what grows with it is the kernel's cache, not the
process.  Each step runs in a process of its own, which reports the most memory of its own that it
had (``RssAnon``, Linux); what a file of three pages takes is printed beside.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

STEPS = ("verify seal", "verify message", "stamp", "sign", "sign B-LTA")


class Watch:
    """The most anonymous memory of this process, looked at every 5 ms."""

    def __init__(self) -> None:
        self.most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.005):
            for line in Path("/proc/self/status").read_text("ascii").splitlines():
                if line.startswith("RssAnon:"):
                    self.most = max(self.most, int(line.split()[1]))

    def stop(self) -> float:
        """Megabytes."""
        self._done.set()
        self._thread.join()
        return self.most / 1024


def one(step: str, place: Path, source: Path) -> None:
    """One step in this process; prints megabytes and seconds."""
    import esealkit as ek
    from esealkit.api.timestamping import KeyTimeStamper

    lab = place / "lab"
    watch, begin = Watch(), time.perf_counter()
    if step.startswith("verify"):
        name = "sealed" if step.endswith("seal") else "signed"
        report = ek.verify(source.with_suffix(f".{name}.pdf"), trust=lab / "trust")
        assert report.verdict is ek.Verdict.PASSED, report.code
    else:
        with ek.open_key(lab / "signer.p12", pin="sandbox") as key:
            given = {"key": key, "trust": lab / "trust"}
            if step == "stamp":
                place_at = ek.At(page=1, x=40, y=60)
                seal = lab / "official.esl"
                ek.stamp(source, place / "o.pdf", seal=seal, placement=place_at, **given)
            elif step == "sign":
                ek.sign(source, place / "o.pdf", **given)
            else:
                tsa = ek.open_key(lab / "tsa.key", certificate=lab / "tsa.pem")
                given |= {"timestamper": KeyTimeStamper(key=tsa)}
                options = ek.PdfOptions(level="B-LTA")
                ek.sign(source, place / "o.pdf", pdf=options, **given)
    print(f"{watch.stop():.0f} {time.perf_counter() - begin:.1f}")


def prepared(place: Path, megabytes: int) -> Path:
    """A PDF with attachments that cannot be compressed, plain, sealed and signed."""
    import pikepdf

    import esealkit as ek

    lab, path = place / "lab", place / f"{megabytes}.pdf"
    with pikepdf.open(lab / "sample.pdf") as document:
        parts = [pikepdf.Stream(document, os.urandom(1 << 20)) for _ in range(megabytes)]
        document.Root.Padding = document.make_indirect(pikepdf.Array(parts))
        document.save(path)
    with ek.open_key(lab / "signer.p12", pin="sandbox") as key:
        seal, at = lab / "official.esl", ek.At(page=1, x=40, y=60)
        ek.stamp(path, path.with_suffix(".sealed.pdf"), seal=seal, placement=at, key=key)
        ek.sign(path, path.with_suffix(".signed.pdf"), key=key)
    return path


def main() -> None:
    """Measure and print."""
    from esealkit.sandbox import build

    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(place / "lab")
        files = [prepared(place, size) for size in (0, megabytes)]
        print(f"{'':16} {'sample':>10} {f'{megabytes} MiB':>10}")
        for step in STEPS:
            row = []
            for path in files:
                command = [sys.executable, __file__, step, str(place), str(path)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                row.append(done.stdout.split())
            (small, _), (large, seconds) = row
            print(f"{step:16} {small:>6} MiB {large:>6} MiB, {seconds} s")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        one(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
