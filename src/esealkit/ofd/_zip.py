"""The zip container, read by its directory and proven to have one reading only.

APPNOTE.TXT gives a zip file two descriptions of itself, the central directory at its end and
a header before each entry; readers that follow one see other files than readers that follow
the other.  A seal must not mean two documents, so the directory is read, and then local
headers, data and descriptors are proven to tile the file exactly: from offset 0 to the
directory, to the end record, to the end of the file, each local header saying what the
directory says.

What genuine OFD writers do is accepted: descriptors with or without their mark, local fields
left 0 under bit 3, bit 11 set on one side of an ASCII name, any order, any extra fields,
directory entries, an archive comment.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import NoReturn

from esealkit.errors import LimitExceeded, PackageError
from esealkit.limits import Limits
from esealkit.ofd._source import ByteSource

__all__ = ["Archive", "Record", "read_archive"]

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
END = b"PK\x05\x06"
END64 = b"PK\x06\x06"
LOCATOR64 = b"PK\x06\x07"
DESCRIPTOR = b"PK\x07\x08"
FOREIGN_MAGIC = (LOCAL, CENTRAL, END, END64, b"%PDF-", b"Rar!", b"7z\xbc\xaf\x27\x1c")

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")

FULL16 = 0xFFFF
FULL32 = 0xFFFFFFFF
BIT_ENCRYPTED = 0x0001
BIT_DESCRIPTOR = 0x0008
BIT_PATCH = 0x0020
BIT_STRONG = 0x0040
BIT_UTF8 = 0x0800
BIT_MASKED = 0x2000
ENCRYPTION = BIT_ENCRYPTED | BIT_STRONG | BIT_MASKED
INERT_BITS = 0x0006
"""Bits 1 and 2 record how hard the compressor tried."""

EXTRA_ZIP64 = 0x0001
EXTRA_UNICODE_PATH = 0x7075


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry as the directory states it, with where its data lies."""

    raw_name: bytes
    """The name's bytes, as stored."""
    unicode_name: str | None
    """Info-ZIP's Unicode path (extra field 0x7075), where there is one."""
    flags: int
    """General purpose bits of the directory."""
    method: int
    """0 stored, 8 deflated."""
    crc: int
    """CRC-32 of the content."""
    packed: int
    """Bytes in the file."""
    size: int
    """Bytes of the content."""
    time: tuple[int, int]
    """DOS time and date."""
    mode: int
    """Unix mode bits of the external attributes, 0 where none."""
    header: int
    """Offset of the local header in the file."""
    data: int = 0
    """Offset of the packed bytes in the file."""

    @property
    def encrypted(self) -> bool:
        """Whether any encryption flag is set."""
        return bool(self.flags & ENCRYPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The entries of a package in directory order, and what surrounds the archive."""

    records: tuple[Record, ...]
    """Every entry, directories included."""
    prefix: int
    """Foreign bytes before the first local header."""
    suffix: int
    """Foreign bytes after the end record."""


@dataclass(frozen=True, slots=True)
class _End:
    start: int
    count: int
    size: int
    offset: int
    suffix: int


def read_archive(source: ByteSource, limits: Limits) -> Archive:
    """The directory of ``source``, proven against its local headers.

    Raises `PackageError` where the file is broken or could be read in two ways, and
    `LimitExceeded` where it is larger than ``limits`` allow.
    """
    if source.size > limits.source_size:
        raise LimitExceeded("package.source_size", size=source.size, limit=limits.source_size)
    end = _find_end(source, limits)
    if end.count > limits.package_entries:
        raise LimitExceeded("package.entries", count=end.count, limit=limits.package_entries)
    directory = end.start - end.size
    base = directory - end.offset
    if directory < 0 or base < 0:
        _framing("the directory's place and size disagree with the file")
    records = _read_directory(source.at(directory, end.size), end.count, base, limits)
    _check_sizes(records, limits)
    placed, first = _tile(source, records, directory)
    _check_foreign(source, 0, first, limits)
    return Archive(records=placed, prefix=first, suffix=end.suffix)


def _framing(what: str) -> NoReturn:
    raise PackageError("package.framing", what=what)


def _find_end(source: ByteSource, limits: Limits) -> _End:
    """The end record: the last mark in the file, so that no later one can be preferred."""
    window = min(source.size, _END.size + FULL16 + limits.foreign_bytes)
    tail = source.at(source.size - window, window)
    found = tail.rfind(END)
    if found < 0:
        raise PackageError("package.no_directory")
    if found + _END.size > window:
        raise PackageError("package.truncated", offset=source.size)
    position = source.size - window + found
    _, disk, start_disk, here, count, size, offset, comment = _END.unpack_from(tail, found)
    suffix = source.size - position - _END.size - comment
    if suffix < 0:
        raise PackageError("package.truncated", offset=source.size)
    _check_foreign(source, position + _END.size, comment, limits, at_most=FULL16)
    _check_foreign(source, source.size - suffix, suffix, limits)
    locator = position - _LOCATOR64.size
    if locator >= 0 and source.at(locator, 4) == LOCATOR64:
        start, count, size, offset = _read_end64(
            source, locator, (disk, start_disk, here, count, size, offset)
        )
        return _End(start, count, size, offset, suffix)
    if (disk, start_disk) != (0, 0) or here != count:
        _framing("the archive claims to span several volumes")
    return _End(position, count, size, offset, suffix)


def _read_end64(
    source: ByteSource, locator: int, short: tuple[int, int, int, int, int, int]
) -> tuple[int, int, int, int]:
    """The zip64 end record; its 32-bit twin may only say the same or "see there"."""
    _, disk, offset64, disks = _LOCATOR64.unpack(source.at(locator, _LOCATOR64.size))
    start = locator - _END64.size
    record = _END64.unpack(source.at(start, _END64.size)) if start >= 0 else (b"",)
    if record[0] != END64 or record[1] != _END64.size - 12 or disk != 0 or disks != 1:
        raise PackageError("package.zip64")
    this, start_disk, here, count, size, offset = record[4:]
    long = (this, start_disk, here, count, size, offset)
    full = (FULL16, FULL16, FULL16, FULL16, FULL32, FULL32)
    for narrow, wide, see_there in zip(short, long, full, strict=True):
        if narrow not in (see_there, wide):
            raise PackageError("package.zip64")
    if this or start_disk or here != count or offset64 != offset + size:
        raise PackageError("package.zip64")
    return start, count, size, offset


def _check_foreign(
    source: ByteSource, offset: int, length: int, limits: Limits, *, at_most: int | None = None
) -> None:
    """Bytes around the archive: few, and no archive or PDF of their own (Z-04, Z-05, Z-19)."""
    if not length:
        return
    if length > (limits.foreign_bytes if at_most is None else at_most):
        _framing("too many foreign bytes around the archive")
    foreign = source.at(offset, length)
    if any(magic in foreign for magic in FOREIGN_MAGIC):
        _framing("a second archive or document beside the archive")


def _read_directory(data: bytes, count: int, base: int, limits: Limits) -> list[Record]:
    records: list[Record] = []
    position = 0
    for _ in range(count):
        if position + _CENTRAL.size > len(data) or data[position : position + 4] != CENTRAL:
            _framing("the directory has fewer entries than it says")
        fields = _CENTRAL.unpack_from(data, position)
        name_size, extra_size, comment_size = fields[10:13]
        after = position + _CENTRAL.size + name_size + extra_size + comment_size
        if after > len(data):
            _framing("a directory entry reaches beyond the directory")
        if name_size > limits.entry_name:
            raise LimitExceeded("package.name_size", size=name_size, limit=limits.entry_name)
        text = data[position + _CENTRAL.size : after]
        records.append(
            _record(fields, text[:name_size], text[name_size : name_size + extra_size], base)
        )
        position = after
    if position != len(data):
        _framing("the directory has more entries than it says")
    return records


def _record(fields: tuple[int, ...], name: bytes, extra: bytes, base: int) -> Record:
    flags, method, time, date, crc, packed, size = fields[3:10]
    disk, _, external, header = fields[13:]
    extras = _extras(extra, name)
    size, packed, header, disk = _widen(
        extras.get(EXTRA_ZIP64), (size, FULL32), (packed, FULL32), (header, FULL32), (disk, FULL16)
    )
    if disk != 0:
        _framing("an entry lies on another volume")
    return Record(
        raw_name=name,
        unicode_name=_unicode_path(extras, name),
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        time=(time, date),
        mode=external >> 16,
        header=header + base,
    )


def _extras(extra: bytes, name: bytes) -> dict[int, bytes]:
    """Extra fields by id; a known id twice would leave the choice to the reader."""
    found: dict[int, bytes] = {}
    position = 0
    while len(extra) - position >= 4:
        kind, size = struct.unpack_from("<2H", extra, position)
        position += 4
        if position + size > len(extra):
            break
        if kind in found and kind in (EXTRA_ZIP64, EXTRA_UNICODE_PATH):
            raise PackageError("package.extra", name=_shown(name))
        found[kind] = extra[position : position + size]
        position += size
    if extra[position:].strip(b"\0"):
        raise PackageError("package.extra", name=_shown(name))
    return found


def _widen(extra: bytes | None, *fields: tuple[int, int]) -> list[int]:
    """Zip64: each 32-bit field that is full is replaced, in order, from the extra field."""
    values: list[int] = []
    rest = extra or b""
    for value, full in fields:
        width = 8 if full == FULL32 else 4
        if value == full and (extra is not None or full == FULL32):
            if len(rest) < width:
                raise PackageError("package.zip64")
            values.append(int.from_bytes(rest[:width], "little"))
            rest = rest[width:]
        else:
            # Some writers repeat a field although its narrow twin is not full: it must agree.
            if len(rest) >= width and int.from_bytes(rest[:width], "little") == value:
                rest = rest[width:]
            values.append(value)
    if rest:
        raise PackageError("package.zip64")
    return values


def _unicode_path(extras: dict[int, bytes], name: bytes) -> str | None:
    field = extras.get(EXTRA_UNICODE_PATH)
    if field is None:
        return None
    try:
        return field[5:].decode("utf-8")
    except UnicodeDecodeError:
        raise PackageError("package.extra", name=_shown(name)) from None


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


def _check_sizes(records: list[Record], limits: Limits) -> None:
    """Declared sizes bind: inflating stops at them, so they are judged before any work."""
    total = 0
    for record in records:
        total += record.size
        if record.size > limits.entry_size:
            raise LimitExceeded(
                "package.entry_size",
                name=_shown(record.raw_name),
                size=record.size,
                limit=limits.entry_size,
            )
        over = record.size > limits.inflate_ratio_from
        if over and record.size > limits.inflate_ratio * max(record.packed, 1):
            raise LimitExceeded("package.ratio", name=_shown(record.raw_name))
    if total > limits.package_size:
        raise LimitExceeded("package.package_size", size=total, limit=limits.package_size)


def _tile(
    source: ByteSource, records: list[Record], directory: int
) -> tuple[tuple[Record, ...], int]:
    """Local header, data, descriptor, next local header, …, directory: no gap, no overlap."""
    order = sorted(range(len(records)), key=lambda index: records[index].header)
    first = records[order[0]].header if order else directory
    placed: list[Record | None] = [None] * len(records)
    for place, index in enumerate(order):
        following = order[place + 1] if place + 1 < len(order) else None
        stop = directory if following is None else records[following].header
        placed[index] = _place(source, records[index], stop)
    return tuple(record for record in placed if record is not None), first


def _place(source: ByteSource, record: Record, stop: int) -> Record:
    name = _shown(record.raw_name)
    if record.header + _LOCAL.size > stop:
        raise PackageError("package.overlap", name=name)
    fields = _LOCAL.unpack(source.at(record.header, _LOCAL.size))
    mark, _, flags, method, _, _, crc, packed, size, name_size, extra_size = fields
    if mark != LOCAL:
        raise PackageError("package.local_header", name=name, field="mark")
    start = record.header + _LOCAL.size + name_size + extra_size
    if start + record.packed > stop:
        raise PackageError("package.overlap", name=name)
    text = source.at(record.header + _LOCAL.size, name_size + extra_size)
    if text[:name_size] != record.raw_name:
        raise PackageError("package.local_header", name=name, field="name")
    _check_local(record, flags, method, text[name_size:], (crc, packed, size))
    _check_descriptor(source, record, flags, start + record.packed, stop)
    return replace(record, data=start)


def _check_local(
    record: Record, flags: int, method: int, extra: bytes, stated: tuple[int, int, int]
) -> None:
    """A local header says what the directory says; under bit 3 a field may be left 0."""
    name = _shown(record.raw_name)
    free = INERT_BITS | (BIT_UTF8 if record.raw_name.isascii() else 0)
    if (flags ^ record.flags) & ~free:
        raise PackageError("package.local_header", name=name, field="flags")
    if method != record.method:
        raise PackageError("package.local_header", name=name, field="method")
    extras = _extras(extra, record.raw_name)
    path = _unicode_path(extras, record.raw_name)
    if path is not None and path != (record.unicode_name or _shown(record.raw_name)):
        raise PackageError("package.local_header", name=name, field="unicode name")
    crc, packed, size = stated
    if EXTRA_ZIP64 in extras:
        size, packed = _widen(extras[EXTRA_ZIP64], (size, FULL32), (packed, FULL32))
    pairs = (("crc", crc, record.crc), ("packed", packed, record.packed))
    for field, here, there in (*pairs, ("size", size, record.size)):
        if here != there and not (flags & BIT_DESCRIPTOR and here == 0):
            raise PackageError("package.local_header", name=name, field=field)


def _check_descriptor(
    source: ByteSource, record: Record, flags: int, start: int, stop: int
) -> None:
    """What lies between an entry's data and the next header: its descriptor, or nothing."""
    length = stop - start
    if length == 0 and not flags & BIT_DESCRIPTOR:
        return
    name = _shown(record.raw_name)
    if not flags & BIT_DESCRIPTOR or length not in (12, 16, 20, 24):
        raise PackageError("package.gap", name=name, length=length)
    narrow = struct.pack("<3L", record.crc, record.packed & FULL32, record.size & FULL32)
    wide = struct.pack("<L2Q", record.crc, record.packed, record.size)
    if source.at(start, length) not in (narrow, DESCRIPTOR + narrow, wide, DESCRIPTOR + wide):
        raise PackageError("package.descriptor", name=name)
