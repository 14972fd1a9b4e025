"""Hostile inputs of at most ten megabytes, each built to cost its reader time or memory.

``python -m tests.attacks.heavy write NAME PATH`` writes one, ``… measure PATH`` verifies it and
prints the seconds it took, the memory above idle in MiB, and the verdict.
"""

from __future__ import annotations

import base64
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.ofds import LIST, NS, PARTS, SIGN, hand_signed, pack, reference

Parts = dict[str, bytes]
MOST = 10 * 1024 * 1024
DOC = "Doc_0/Document.xml"
DIGEST = base64.b64encode(bytes(32)).decode()


def many_signatures_many_parts() -> Parts:
    """A thousand signatures in a package of twenty-two thousand parts."""
    parts = hand_signed()
    rows = "".join(
        f'<ofd:Signature ID="s{n}" BaseLoc="/Doc_0/Signs/Sign_{n}/Signature.xml"/>'
        for n in range(1000)
    )
    parts[LIST] = f"<ofd:Signatures {NS}>{rows}</ofd:Signatures>".encode()
    for n in range(1, 1000):
        for name in ("Signature.xml", "SignedValue.dat"):
            parts[f"Doc_0/Signs/Sign_{n}/{name}"] = parts[f"{SIGN}{name}"]
    parts.update({f"x/{n}": b"" for n in range(20_000)})
    return parts


def many_stamps() -> Parts:
    """Nine thousand stamps in one signature."""
    stamps = "".join(
        f'<ofd:StampAnnot ID="{n}" PageRef="1" Boundary="1 1 9 9"/>' for n in range(9_000)
    )
    return hand_signed(rest=stamps)


def broken_stamps() -> Parts:
    """Nine thousand stamps that are no boxes."""
    stamps = "".join(f'<ofd:StampAnnot ID="{n}" PageRef="9" Boundary="x"/>' for n in range(9_000))
    return hand_signed(rest=stamps)


def shared_description() -> Parts:
    """One description with many references, listed a thousand times."""
    parts = hand_signed(rows="".join(reference(f"/a{n}", b"") for n in range(20_000)))
    rows = "".join(
        f'<ofd:Signature ID="s{n}" BaseLoc="/{SIGN}Signature.xml"/>' for n in range(1000)
    )
    parts[LIST] = f"<ofd:Signatures {NS}>{rows}</ofd:Signatures>".encode()
    return parts


def many_references() -> Parts:
    """As many references as are allowed, to parts that are not there."""
    rows = "".join(
        f'<ofd:Reference FileRef="/a{n}"><ofd:CheckValue>{DIGEST}</ofd:CheckValue></ofd:Reference>'
        for n in range(50_000)
    )
    return hand_signed(rows=rows)


def many_pages() -> Parts:
    """Twenty thousand pages that all lie in one part."""
    rows = "".join(f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/P.xml"/>' for n in range(20_000))
    document = PARTS[DOC][: PARTS[DOC].index(b"<ofd:Page ID")] + rows.encode()
    parts = {**PARTS, DOC: document + b"</ofd:Pages></ofd:Document>"}
    return hand_signed({**parts, "Doc_0/Pages/P.xml": f"<ofd:Page {NS}/>".encode()})


def many_elements() -> Parts:
    """A page of as many elements as ten megabytes hold."""
    page = f"<ofd:Page {NS}>".encode() + _noise(b"<a/>", 300_000) + b"</ofd:Page>"
    return hand_signed({**PARTS, "Doc_0/Pages/Page_0/Content.xml": page})


def many_attributes() -> Parts:
    """A page whose elements are all attributes."""
    page = f"<ofd:Page {NS}>".encode() + _noise(b'<a b="x" c="x" d="x"/>', 44_000) + b"</ofd:Page>"
    return hand_signed({**PARTS, "Doc_0/Pages/Page_0/Content.xml": page})


def many_links() -> Parts:
    """A resource list of pictures that are not there."""
    rows = "".join(f"<MediaFile>{n}</MediaFile>" for n in range(100_000))
    return hand_signed({**PARTS, "Doc_0/PublicRes.xml": f"<ofd:Res {NS}>{rows}</ofd:Res>".encode()})


def many_bodies() -> Parts:
    """As many bodies as are allowed, each with its own Document.xml over the same thousand pages."""
    pages = "".join(f'<ofd:Page ID="{n + 1}" BaseLoc="/p/{n}.xml"/>' for n in range(5000))
    document = f"<ofd:Document {NS}><ofd:Pages>{pages}</ofd:Pages></ofd:Document>".encode()
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocRoot>d/{n}.xml</ofd:DocRoot></ofd:DocBody>" for n in range(8)
    )
    parts = {"OFD.xml": f"<ofd:OFD {NS}>{bodies}</ofd:OFD>".encode()}
    parts.update({f"d/{n}.xml": document for n in range(8)})
    parts.update({f"p/{n}.xml": f"<ofd:Page {NS}/>".encode() for n in range(5000)})
    return parts


def many_parts() -> Parts:
    """As many parts as are allowed, almost; none of them reached."""
    return hand_signed({**PARTS, **{f"{n}": b"" for n in range(24_500)}})


def deep_names() -> Parts:
    """Parts in folders sixty deep."""
    path = "a/" * 60
    return hand_signed({**PARTS, **{f"{path}{n}": b"%d" % n for n in range(5000)}})


def inflated_zeros() -> Parts:
    """Parts that inflate two hundredfold, to be hashed."""
    return hand_signed({**PARTS, **{f"z{n}": _squeezable(30_000_000) for n in range(4)}})


def _squeezable(size: int) -> bytes:
    """Text that deflates to about one part in 180."""
    noise = bytes(range(256))
    return b"".join(noise[n % 200 : n % 200 + 3] + b"\0" * 800 for n in range(size // 803))


def _noise(text: bytes, times: int) -> bytes:
    """``text`` again and again, with enough noise that it is no zip bomb."""
    rng = random.Random(7)
    return b"".join(
        (text * 100)
        + (
            f"<!--{rng.getrandbits(60)}-->".encode()
            if text[:1] == b"<"
            else b"%x" % rng.getrandbits(60)
        )
        for _ in range(times // 100)
    )


def long_text() -> Parts:
    """A page with one text of nine megabytes."""
    page = f"<ofd:Page {NS}><a>".encode() + _noise(b"xxxxxxxx", 1_100_000) + b"</a></ofd:Page>"
    return hand_signed({**PARTS, "Doc_0/Pages/Page_0/Content.xml": page})


CASES: dict[str, Callable[[], Parts]] = {
    case.__name__: case
    for case in (
        many_signatures_many_parts,
        many_stamps,
        broken_stamps,
        shared_description,
        many_references,
        many_pages,
        many_elements,
        many_attributes,
        many_links,
        many_bodies,
        many_parts,
        deep_names,
        inflated_zeros,
        long_text,
    )
}


def write(name: str, path: str) -> None:
    """Write one of the files."""
    data = pack(CASES[name]())
    assert len(data) <= MOST, len(data)
    Path(path).write_bytes(data)


def measure(path: str) -> None:
    """Verify ``path``; prints seconds of processor time, MiB above idle, verdict."""
    import esealkit as ek

    ek.verify(pack(hand_signed()), trust=None).to_json()
    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")
    idle = _peak()
    start = time.process_time()
    report = ek.verify(path, trust=None)
    spent, most = time.process_time() - start, (_peak() - idle) / 1024
    print(f"{spent:.2f} {most:.0f} {report.verdict}")


def _peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(*sys.argv[2:])
    else:
        measure(sys.argv[2])
