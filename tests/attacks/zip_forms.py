"""Z-01 to Z-32: archives that two readers could read in two ways; most need no key at all."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.attacks.workshop import PAGE, Attack, Catalogue
from tests.support.ofds import unpack
from tests.support.stamped import Workbench
from tests.support.zips import (
    Entry,
    Tail,
    archive,
    descriptor,
    hostile,
    unicode_path,
    zip64_end,
)

ATTACKS = Catalogue()
EVIL = b'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content/></ofd:Page>'


def _entries(bench: Workbench) -> list[Entry]:
    """The sealed contract, entry by entry."""
    return [Entry(name, part) for name, part in unpack(bench.sign()).items()]


def _page_bent(row: str, name: str, **fields: object) -> None:
    """One field of the sealed page's entry lies."""

    def build(bench: Workbench) -> bytes:
        rows = [replace(each, **fields) if each.name == PAGE else each for each in _entries(bench)]  # type: ignore[arg-type]
        return archive(rows)

    ATTACKS.attacks.append(Attack(row, name, build))


def _added(row: str, name: str, *extra: Entry, tail: Tail | None = None, **around: bytes) -> None:
    """Entries beside the sealed ones, bytes around them, or another end record."""

    def build(bench: Workbench) -> bytes:
        return archive([*_entries(bench), *extra], **({"tail": tail} if tail else {}), **around)  # type: ignore[arg-type]

    ATTACKS.attacks.append(Attack(row, name, build))


for _row, _code, _data in hostile():
    _match = re.fullmatch(r"(Z-\d\d)[a-z]?(?: (.*))?", _row)
    # What begins like a PDF is that room's to judge.
    if _match and _row != "Z-19 pdf":
        ATTACKS.raw(_match[1], f"bare package: {_row}", _data)

_added("Z-01", "a second page of the same name", Entry(PAGE, EVIL))
_added("Z-02", "an entry that is not listed", Entry(PAGE, EVIL, listed=False))
_page_bent("Z-03", "another name in the local header", local_name=PAGE.encode()[:-1] + b"k")
_page_bent("Z-06", "another method in the local header", local_method=0)
_page_bent("Z-06", "another size in the local header", local_size=3)
_page_bent("Z-06", "another CRC in the local header", local_crc=3)
_page_bent("Z-07", "another Unicode name", extra=unicode_path(PAGE.encode(), "Doc_0/evil.xml"))
for _row, _name in {
    "Z-08": PAGE.replace("/", "\\"),
    "Z-09": f"./{PAGE}",
    "Z-10": PAGE.replace("/", "//", 1),
    "Z-11": f"/{PAGE}",
    "Z-12": f"x/../{PAGE}",
    "Z-13": PAGE.upper(),
    "Z-14": f"{PAGE}\0.txt",
    "Z-15": f"{PAGE} ",
    "Z-17": f"../../{PAGE}",
}.items():
    _added(_row, "an alias of the sealed page", Entry(_name, EVIL))
_added(
    "Z-16",
    "an invisible twin of the sealed page",
    Entry("Doc_0/Pages/Page_0/Con\u200btent.xml", EVIL, flags=0x800),
)
_added("Z-16", "an invisible character in a name", Entry("Doc_0/a\u200b.xml", EVIL, flags=0x800))
_page_bent("Z-18", "wrong CRC on both sides", crc=1)
_added("Z-19", "vendor's bytes before the archive", prefix=b"vendor bytes")
_added("Z-19", "70 000 bytes before the archive", prefix=b"\0" * 70_000)
_added("Z-20", "vendor's bytes after the archive", suffix=b"\0" * 100)
_added("Z-20", "a PDF after the archive", suffix=b"%PDF-1.7\n%%EOF")
_added("Z-05", "an archive in the comment", tail=Tail(comment=archive([Entry("OFD.xml", EVIL)])))
_page_bent("Z-21", "deflate64", method=9)
_page_bent("Z-22", "entry flagged as encrypted", flags=1)
_added("Z-23", "a file where a folder is", Entry("Doc_0/Pages", b"x"))
_added("Z-24", "a folder with data", Entry("Doc_0/Empty/", b"data", method=0))
_added("Z-25", "a name in GBK without the flag", Entry("附件一.xml".encode("gbk"), b"x"))
_added("Z-26", "an entry that lies over others", Entry("x", b"x", stored=False))
_page_bent("Z-27", "a bomb", content=b"\0" * 4_000_000)
_page_bent("Z-27", "a lying size", size=10)
_page_bent("Z-29", "a descriptor that lies", flags=8, descriptor=b"\0" * 12)
_added("Z-28", "zip64 end that contradicts", tail=Tail(zip64=zip64_end(7, 1, 1, 1)))
_added("Z-31", "end record one byte off", tail=Tail(offset_shift=1))
_page_bent("Z-32", "stream that ends early", packed_bytes=b"\x03\0\0\0\0")


def _streamed(bench: Workbench) -> bytes:
    rows = _entries(bench)
    place = next(n for n, row in enumerate(rows) if row.name == PAGE)
    rows[place] = replace(
        rows[place],
        flags=8,
        descriptor=descriptor(rows[place], signed=True),
        local_crc=0,
        local_packed=0,
        local_size=0,
    )
    return archive(rows)


ATTACKS.attacks.append(Attack("Z-29", "an honest descriptor", _streamed))


def _cut(share: float) -> None:
    def build(bench: Workbench) -> bytes:
        data = bench.sign()
        return data[: int(len(data) * share)]

    ATTACKS.attacks.append(Attack("Z-30", f"cut at {share:.0%}", build))


for _share in (0.01, 0.5, 0.9, 0.999):
    _cut(_share)


def _concatenated(bench: Workbench) -> bytes:
    data = bench.sign()
    return data + data


ATTACKS.attacks.append(Attack("Z-04", "the sealed package twice", _concatenated))
