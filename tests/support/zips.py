"""Zip archives built byte by byte, so that every field can lie.

``archive([Entry("a", b"…")])`` is a clean archive; each keyword of :class:`Entry` and of
:func:`archive` bends one field.  ``hostile()`` yields every row of the container catalogue.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace


@dataclass
class Entry:
    """One entry; ``None`` means the honest value."""

    name: str | bytes
    content: bytes = b""
    method: int = 8
    flags: int = 0
    packed_bytes: bytes | None = None
    crc: int | None = None
    packed: int | None = None
    size: int | None = None
    local_name: bytes | None = None
    local_flags: int | None = None
    local_method: int | None = None
    local_crc: int | None = None
    local_packed: int | None = None
    local_size: int | None = None
    extra: bytes = b""
    local_extra: bytes = b""
    descriptor: bytes = b""
    mode: int = 0
    listed: bool = True
    stored: bool = True
    offset_shift: int = 0
    gap: bytes = b""

    @property
    def raw(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode("utf-8")

    @property
    def data(self) -> bytes:
        if self.packed_bytes is not None:
            return self.packed_bytes
        return self.content if self.method == 0 else deflate(self.content)

    def honest(self) -> tuple[int, int, int]:
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        packed = len(self.data) if self.packed is None else self.packed
        return crc, packed, len(self.content) if self.size is None else self.size


def deflate(content: bytes) -> bytes:
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    return engine.compress(content) + engine.flush()


def _or(value: int | None, honest: int) -> int:
    return honest if value is None else value


def local_record(entry: Entry) -> bytes:
    crc, packed, size = entry.honest()
    name = entry.raw if entry.local_name is None else entry.local_name
    return (
        struct.pack(
            "<4s5H3L2H",
            b"PK\x03\x04",
            20,
            _or(entry.local_flags, entry.flags),
            _or(entry.local_method, entry.method),
            0,
            0x21,
            _or(entry.local_crc, crc),
            _or(entry.local_packed, packed),
            _or(entry.local_size, size),
            len(name),
            len(entry.local_extra),
        )
        + name
        + entry.local_extra
        + entry.data
        + entry.descriptor
        + entry.gap
    )


def central_record(entry: Entry, offset: int) -> bytes:
    crc, packed, size = entry.honest()
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            (3 << 8 | 20) if entry.mode else 20,
            20,
            entry.flags,
            entry.method,
            0,
            0x21,
            crc,
            packed,
            size,
            len(entry.raw),
            len(entry.extra),
            0,
            0,
            0,
            entry.mode << 16,
            offset + entry.offset_shift,
        )
        + entry.raw
        + entry.extra
    )


@dataclass
class Tail:
    """The end record; ``None`` means the honest value."""

    comment: bytes = b""
    disk: int = 0
    count: int | None = None
    count_here: int | None = None
    size_shift: int = 0
    offset_shift: int = 0
    before: bytes = b""
    zip64: bytes | None = None
    order: list[int] | None = field(default=None)


def archive(
    entries: Sequence[Entry], *, tail: Tail | None = None, prefix: bytes = b"", suffix: bytes = b""
) -> bytes:
    tail = tail or Tail()
    body = bytearray(prefix)
    offsets: list[int] = []
    for entry in entries:
        offsets.append(len(body))
        if entry.stored:
            body += local_record(entry)
        else:
            offsets[-1] = offsets[-2]
    body += tail.before
    start = len(body)
    order = range(len(entries)) if tail.order is None else tail.order
    listed = [index for index in order if entries[index].listed]
    directory = b"".join(central_record(entries[index], offsets[index]) for index in listed)
    count = _or(tail.count, len(listed))
    end = struct.pack(
        "<4s4H2LH",
        b"PK\x05\x06",
        tail.disk,
        tail.disk,
        _or(tail.count_here, count),
        count,
        len(directory) + tail.size_shift,
        start + tail.offset_shift,
        len(tail.comment),
    )
    return bytes(body) + directory + (tail.zip64 or b"") + end + tail.comment + suffix


OFD = Entry("OFD.xml", b"<x/>" * 30)
PAGE = Entry("Doc_0/Page.xml", b"<page/>" * 30)
GOOD = [OFD, PAGE]


def descriptor(entry: Entry, *, signed: bool, wide: bool = False) -> bytes:
    crc, packed, size = entry.honest()
    body = struct.pack("<L2Q" if wide else "<3L", crc, packed, size)
    return (b"PK\x07\x08" if signed else b"") + body


def streamed(entry: Entry, *, signed: bool = True, wide: bool = False) -> Entry:
    """An entry as a streaming writer leaves it: bit 3, zeros in the local header."""
    return replace(
        entry,
        flags=entry.flags | 8,
        local_crc=0,
        local_packed=0,
        local_size=0,
        descriptor=descriptor(entry, signed=signed, wide=wide),
    )


def unicode_path(name: bytes, text: str) -> bytes:
    value = b"\x01" + struct.pack("<L", zlib.crc32(name)) + text.encode()
    return struct.pack("<2H", 0x7075, len(value)) + value


def zip64_end(count: int, size: int, offset: int, position: int) -> bytes:
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    return record + struct.pack("<4sLQL", b"PK\x06\x07", 0, position, 1)


def genuine() -> Iterator[tuple[str, bytes]]:
    """What honest writers produce; every one must open."""
    yield "clean", archive(GOOD)
    yield "stored", archive([replace(OFD, method=0), PAGE])
    yield "descriptor signed", archive([streamed(OFD), streamed(PAGE)])
    yield "descriptor bare", archive([streamed(OFD, signed=False), PAGE])
    yield "descriptor wide", archive([streamed(OFD, wide=True), PAGE])
    yield "true size only", archive([replace(streamed(OFD), local_size=None), PAGE])
    yield "stored with descriptor", archive([streamed(replace(OFD, method=0)), PAGE])
    folder = Entry("Doc_0/", method=0)
    yield "directory", archive([OFD, folder, PAGE])
    yield "directory with descriptor", archive([OFD, streamed(folder), PAGE])
    yield "directory deflated", archive([OFD, Entry("Doc_0/"), PAGE])
    yield "bit 11 local only", archive([replace(OFD, local_flags=0x800), PAGE])
    yield "bit 11 central only", archive([replace(OFD, flags=0x800, local_flags=0), PAGE])
    yield "order", archive(GOOD, tail=Tail(order=[1, 0]))
    yield "comment", archive(GOOD, tail=Tail(comment=b"KRC"))
    extra = struct.pack("<2H", 0x5455, 5) + b"\x01abcd"
    yield "extra differs", archive([replace(OFD, extra=extra), PAGE])
    yield "extra padded", archive([replace(OFD, local_extra=b"\0\0\0"), PAGE])
    yield (
        "unicode path equal",
        archive([replace(OFD, extra=unicode_path(b"OFD.xml", "OFD.xml")), PAGE]),
    )
    yield "utf-8 marked", archive([OFD, replace(PAGE, name="附件.xml", flags=0x800)])
    yield "unix mode", archive([replace(OFD, mode=0o100644), PAGE])
    plain = archive(GOOD)
    start = plain.index(b"PK\x01\x02")
    size = plain.index(b"PK\x05\x06") - start
    full = Tail(zip64=zip64_end(2, size, start, start + size))
    yield "zip64 end agreeing", archive(GOOD, tail=full)
    wide = struct.pack("<2HQ", 1, 8, len(OFD.content))
    yield (
        "zip64 size",
        archive(
            [
                replace(
                    OFD,
                    size=0xFFFFFFFF,
                    local_size=0xFFFFFFFF,
                    extra=wide,
                    local_extra=struct.pack("<2HQQ", 1, 16, len(OFD.content), len(OFD.data)),
                    local_packed=0xFFFFFFFF,
                ),
                PAGE,
            ]
        ),
    )


def tolerated() -> Iterator[tuple[str, str, bytes]]:
    """What vendors ship and a deviation each: (row, deviation id, archive)."""
    yield "Z-19", "package.prefix", archive(GOOD, prefix=b"vendor" * 5)
    fixed = archive(GOOD)
    yield "Z-19b", "package.prefix", b"junk" + fixed
    yield "Z-20", "package.suffix", archive(GOOD, suffix=b"\0" * 100)
    yield "Z-25", "package.name_gbk", archive([OFD, replace(PAGE, name="附件一.xml".encode("gbk"))])
    yield "Z-25b", "package.name_unmarked", archive([OFD, replace(PAGE, name="图片附件")])
    yield (
        "Z-16c",
        "package.name_invisible",
        archive([OFD, replace(PAGE, name="a\u200b.xml", flags=0x800)]),
    )
    yield (
        "wrapped",
        "package.wrapped",
        archive([replace(OFD, name="w/OFD.xml"), replace(PAGE, name="w/a.xml")]),
    )


def hostile() -> Iterator[tuple[str, str, bytes]]:
    """(row, error code, archive) for every row that must be refused."""
    yield from _doubles()
    yield from _mismatches()
    yield from _names()
    yield from _frames()
    yield from _data()


def _doubles() -> Iterator[tuple[str, str, bytes]]:
    other = replace(OFD, content=b"<evil/>")
    yield "Z-01", "package.twice", archive([OFD, PAGE, other])
    yield (
        "Z-02",
        "package.gap",
        archive([OFD, replace(PAGE, listed=False), replace(PAGE, name="b")]),
    )
    yield "Z-02b first", "package.framing", archive([replace(PAGE, listed=False), OFD])
    yield "Z-02c last", "package.gap", archive([OFD, replace(PAGE, listed=False)])
    yield "Z-04", "package.framing", archive(GOOD) + archive([OFD])
    yield "Z-05", "package.framing", archive(GOOD, tail=Tail(comment=archive([OFD])))
    yield "Z-05b", "package.framing", archive(GOOD, tail=Tail(comment=b"xPK\x03\x04"))
    yield "Z-13", "package.alias", archive([OFD, PAGE, replace(PAGE, name="doc_0/page.XML")])
    nfc, nfd = "é.xml", "e\u0301.xml"
    yield (
        "Z-16",
        "package.alias",
        archive([OFD, replace(PAGE, name=nfc, flags=0x800), replace(PAGE, name=nfd, flags=0x800)]),
    )
    yield (
        "Z-16b",
        "package.alias",
        archive([OFD, PAGE, replace(PAGE, name="Doc_0/Pa\u200bge.xml", flags=0x800)]),
    )
    yield "Z-23", "package.alias", archive([OFD, Entry("Doc_0", b"x"), Entry("Doc_0/", method=0)])
    yield "Z-23b", "package.alias", archive([OFD, Entry("Doc_0", b"x"), PAGE])
    twin = "图片附件".encode().decode("gb18030")
    yield (
        "Z-25c",
        "package.alias",
        archive([OFD, replace(PAGE, name="图片附件"), replace(PAGE, name=twin, flags=0x800)]),
    )


def _mismatches() -> Iterator[tuple[str, str, bytes]]:
    def bent(**fields: object) -> bytes:
        return archive([replace(OFD, **fields), PAGE])  # type: ignore[arg-type]

    code = "package.local_header"
    yield "Z-03", code, bent(local_name=b"EVI.xml")
    yield "Z-06 crc", code, bent(local_crc=1)
    yield "Z-06 packed", code, bent(local_packed=1)
    yield "Z-06 size", code, bent(local_size=1)
    yield "Z-06 method", code, bent(local_method=0)
    yield "Z-06 flags", code, bent(local_flags=0x10)
    yield "Z-06 zeros without bit 3", code, bent(local_crc=0, local_packed=0, local_size=0)
    yield "Z-06 bit 3 wrong", code, archive([replace(streamed(OFD), local_size=7), PAGE])
    yield "Z-07 local", code, bent(local_extra=unicode_path(b"OFD.xml", "EVIL.xml"))
    yield "Z-07", "package.name", bent(extra=unicode_path(b"OFD.xml", "EVIL.xml"))
    yield "Z-29 descriptor", "package.descriptor", bent(flags=8, descriptor=b"\0" * 12)
    yield "Z-29 missing", "package.gap", bent(flags=8)
    yield "Z-29 unannounced", "package.gap", bent(descriptor=descriptor(OFD, signed=True))
    yield "extra overrun", "package.extra", bent(extra=b"\x01\x00\xff\x00ab")


def _names() -> Iterator[tuple[str, str, bytes]]:
    rows = {
        "Z-08": "Doc_0\\Page.xml",
        "Z-09": "./Doc_0/Page.xml",
        "Z-10": "Doc_0//Page.xml",
        "Z-11": "/Doc_0/Page.xml",
        "Z-12": "a/../Doc_0/Page.xml",
        "Z-14": "Doc_0/Page.xml\0.txt",
        "Z-14b": "Doc_0/\x1bPage.xml",
        "Z-15": "Doc_0/Page.xml ",
        "Z-15b": "Doc_0/Page.xml.",
        "Z-15c": "Doc_0/CON.xml",
        "Z-15d": "Doc_0/Page.xml:stream",
        "Z-17": "../../x",
        "Z-24b": "",
    }
    for row, name in rows.items():
        yield row, "package.name", archive([OFD, replace(PAGE, name=name)])
    yield "Z-17b", "package.name", archive([OFD, replace(PAGE, mode=0o120777)])
    yield "Z-17c", "package.name", archive([OFD, replace(PAGE, mode=0o020666)])
    yield "Z-24", "package.name", archive([OFD, Entry("Doc_0/", b"data", method=0)])
    yield "Z-25d", "package.name", archive([OFD, replace(PAGE, name=b"\xff\xff.xml")])
    yield "Z-25e", "package.name", archive([OFD, replace(PAGE, name=b"\xb8\xbd.xml", flags=0x800)])


def _frames() -> Iterator[tuple[str, str, bytes]]:
    code = "package.framing"
    yield "Z-19 long", code, archive(GOOD, prefix=b"\0" * 70_000)
    yield "Z-19 pdf", code, archive(GOOD, prefix=b"%PDF-1.7 ")
    yield "Z-19 archive", code, archive(GOOD, prefix=archive([OFD])[:-22])
    yield "Z-20 pdf", code, archive(GOOD, suffix=b"%PDF-1.7 ")
    yield "Z-20 long", "package.no_directory", archive(GOOD, suffix=b"\0" * 140_000)
    yield "Z-20 long enough to be found", code, archive(GOOD, suffix=b"\0" * 100_000)
    yield "Z-28 count", code, archive(GOOD, tail=Tail(count=1))
    yield "Z-28 count high", code, archive(GOOD, tail=Tail(count=3))
    yield "Z-31 disk", code, archive(GOOD, tail=Tail(disk=1))
    yield "Z-31 disk count", code, archive(GOOD, tail=Tail(count_here=1))
    yield "Z-31 offset", code, archive(GOOD, tail=Tail(offset_shift=1))
    yield "Z-31 offset low", "package.local_header", archive(GOOD, tail=Tail(offset_shift=-1))
    yield "Z-31 size", code, archive(GOOD, tail=Tail(size_shift=5))
    yield (
        "Z-31 locator",
        "package.zip64",
        archive(GOOD, tail=Tail(zip64=struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1))),
    )
    yield "Z-28 zip64", "package.zip64", archive(GOOD, tail=Tail(zip64=zip64_end(7, 1, 1, 1)))
    yield "Z-28 zip64 size", "package.zip64", archive([replace(OFD, size=0xFFFFFFFF), PAGE])
    yield "no zip", "package.no_directory", b"This is no archive"
    yield "empty", "package.no_directory", b""


def _data() -> Iterator[tuple[str, str, bytes]]:
    yield "Z-18", "package.crc", archive([replace(OFD, crc=1), PAGE])
    yield "Z-21 deflate64", "package.method", archive([replace(OFD, method=9), PAGE])
    yield "Z-21 bzip2", "package.method", archive([replace(OFD, method=12), PAGE])
    yield "Z-22", "package.encrypted", archive([replace(OFD, flags=1), PAGE])
    yield "Z-22 masked", "package.encrypted", archive([replace(OFD, flags=0x2001), PAGE])
    yield "Z-22 strong", "package.encrypted", archive([replace(OFD, flags=0x41, method=99), PAGE])
    yield "Z-26", "package.overlap", archive([OFD, replace(PAGE, stored=False)])
    yield "Z-26b", "package.overlap", archive([OFD, replace(PAGE, offset_shift=-1)])
    zeros = b"\0" * 3_000_000
    yield "Z-27", "package.ratio", archive([replace(OFD, content=zeros), PAGE])
    yield "Z-27 lying size", "package.data", archive([replace(OFD, content=zeros, size=10), PAGE])
    yield "Z-27 large", "package.entry_size", archive([replace(OFD, size=0x7FFFFFFF), PAGE])
    whole = deflate(OFD.content)
    yield "Z-32 early", "package.data", archive([replace(OFD, packed_bytes=whole + b"\0"), PAGE])
    yield "Z-32 late", "package.data", archive([replace(OFD, packed_bytes=whole[:-1]), PAGE])
    yield "Z-32 size", "package.data", archive([replace(OFD, size=len(OFD.content) + 1), PAGE])
    yield "stored size", "package.data", archive([replace(OFD, method=0, size=5), PAGE])
