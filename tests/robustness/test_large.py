"""Large documents: memory is bounded by the largest part, not by the document."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from esealkit.ofd.writer import PackageWriter
from esealkit.sandbox import Sandbox
from tests.support.ofds import NS, OFD_XML

MIB = 1 << 20
HERE = Path(__file__).parents[2]

_STAMP_AND_VERIFY = """
import resource, sys
from pathlib import Path
import esealkit as ek

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

box, big, out = (Path(item) for item in sys.argv[1:])
def work(source):
    with ek.open_key(box / "signer.p12", pin="sandbox") as key:
        ek.stamp(source, out, seal=box / "official.esl", key=key,
                 placement=[ek.EveryPage(x=20, y=20)], trust=box / "trust")
    report = ek.verify(out, trust=box / "trust")
    assert report.verdict is ek.Verdict.PASSED, report.to_text("en")
work(box / "sample.ofd")
idle = peak()
work(big)
print(peak() - idle)
"""


def large(path: Path, *, pages: int, picture: int, compressible: bool) -> None:
    """A document with a picture of that many bytes on each page, written part by part."""
    numbers = random.Random(7)
    media = "".join(
        f'<ofd:MultiMedia ID="{10_000 + n}" Type="Image"><ofd:MediaFile>i{n}.png</ofd:MediaFile>'
        "</ofd:MultiMedia>"
        for n in range(pages)
    )
    listed = "".join(
        f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(pages)
    )
    root = (
        f"<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    block = numbers.randbytes(picture // 64)
    with path.open("wb") as out:
        writer = PackageWriter(out)
        writer.add("OFD.xml", OFD_XML)
        writer.add("Doc_0/Document.xml", root.encode())
        res = f'<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>'
        writer.add("Doc_0/Res.xml", res.encode())
        for n in range(pages):
            page = f"<ofd:Page {NS}><ofd:Content><ofd:Layer ID='{20_000 + n}'/></ofd:Content></ofd:Page>"
            writer.add(f"Doc_0/Pages/Page_{n}/Content.xml", page.encode())
            # Repeats within zlib's window: large in memory, small and quick in the file.
            data = (
                (block[:8192] * (picture // 8192 + 1))
                if compressible
                else numbers.randbytes(picture)
            )
            writer.add(f"Doc_0/Res/i{n}.png", n.to_bytes(4, "big") + data[: picture - 4])
        writer.close()


def grown(kit: Sandbox, big: Path, out: Path) -> int:
    """By how many bytes a process grows that stamps and verifies ``big`` after a small file."""
    done = subprocess.run(
        [sys.executable, "-c", _STAMP_AND_VERIFY, str(kit.directory), str(big), str(out)],
        capture_output=True,
        check=False,
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    return int(done.stdout)


def test_memory_is_bounded_by_the_largest_part(kit: Sandbox, tmp_path: Path) -> None:
    """A document of 160 MiB in parts of 1 MiB is stamped and verified within 64 MiB and a part."""
    large(tmp_path / "big.ofd", pages=160, picture=MIB, compressible=True)
    assert grown(kit, tmp_path / "big.ofd", tmp_path / "out.ofd") < 64 * MIB + MIB


@pytest.mark.soak
def test_five_hundred_pages_of_200_mb(kit: Sandbox, tmp_path: Path) -> None:
    """A scanned document of 500 pages and 200 MB is stamped and verified within 64 MiB and a part."""
    size = 400_000
    large(tmp_path / "big.ofd", pages=500, picture=size, compressible=False)
    assert (tmp_path / "big.ofd").stat().st_size > 200_000_000
    assert grown(kit, tmp_path / "big.ofd", tmp_path / "out.ofd") < 64 * MIB + size
