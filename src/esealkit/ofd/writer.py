"""Writing packages: one clean, deterministic form of zip.

Parts that do not change are copied packed, byte for byte; new ones are deflated.  No
descriptors, no extra fields, no comment, local headers that say what the directory says:
what is written here has one reading for every reader.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from esealkit.errors import LimitExceeded, UnsupportedError, UsageError
from esealkit.ofd._names import _unsafe
from esealkit.ofd._zip import BIT_UTF8, CENTRAL, END, LOCAL
from esealkit.ofd.package import Package

__all__ = ["EPOCH", "PackageWriter", "rewrite"]

EPOCH = (0, 0x0021)
"""DOS time and date of 1980-01-01 00:00: the fixed time of deterministic packages."""

_LEVEL = 6
_FULL32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Written:
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    time: tuple[int, int]
    offset: int


class PackageWriter:
    """Writes parts one after the other to a binary file object; `close` ends the archive."""

    def __init__(self, out: BinaryIO, *, time: tuple[int, int] = EPOCH) -> None:
        self._out = out
        self._time = time
        self._offset = 0
        self._written: list[_Written] = []
        self._names: set[str] = set()

    def add(self, name: str, content: bytes) -> None:
        """A new part, deflated where that makes it smaller."""
        engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = engine.compress(content) + engine.flush()
        method = 8
        if len(packed) >= len(content):
            packed, method = content, 0
        self._head(name, method, zlib.crc32(content), len(packed), len(content), self._time)
        self._write(packed)

    def copy(self, package: Package, name: str) -> None:
        """A part of another package, its packed bytes unchanged."""
        record = package.parts[name].record
        if record.encrypted:
            raise UnsupportedError("package.encrypted", name=name)
        self._head(name, record.method, record.crc, record.packed, record.size, record.time)
        for piece in package.packed(name):
            self._write(piece)

    def close(self) -> None:
        """Directory and end record.  The file object stays open."""
        start = self._offset
        for entry in self._written:
            self._write(_central(entry) + entry.name)
        count = len(self._written)
        if count > 0xFFFE or self._offset > _FULL32 - 1:
            raise LimitExceeded("package.too_large_to_write")
        self._write(
            struct.pack("<4s4H2LH", END, 0, 0, count, count, self._offset - start, start, 0)
        )

    def _head(
        self, name: str, method: int, crc: int, packed: int, size: int, time: tuple[int, int]
    ) -> None:
        if name in self._names or _unsafe(name) or name.endswith("/"):
            raise UsageError("package.write_name", name=name)
        if self._offset + packed > _FULL32 - 1 or size > _FULL32 - 1:
            raise LimitExceeded("package.too_large_to_write")
        self._names.add(name)
        raw = name.encode("utf-8")
        flags = 0 if raw.isascii() else BIT_UTF8
        entry = _Written(raw, flags, method, crc, packed, size, time, self._offset)
        self._written.append(entry)
        self._write(
            struct.pack(
                "<4s5H3L2H", LOCAL, 20, flags, method, *time, crc, packed, size, len(raw), 0
            )
            + raw
        )

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._offset += len(data)


def _central(entry: _Written) -> bytes:
    return struct.pack(
        "<4s6H3L5H2L",
        CENTRAL,
        20,
        20,
        entry.flags,
        entry.method,
        *entry.time,
        entry.crc,
        entry.packed,
        entry.size,
        len(entry.name),
        0,
        0,
        0,
        0,
        0,
        entry.offset,
    )


def rewrite(
    package: Package,
    out: BinaryIO,
    *,
    changed: Mapping[str, bytes],
    removed: Collection[str] = (),
    time: tuple[int, int] = EPOCH,
) -> None:
    """``package`` with parts replaced in place, appended or left out, as a clean archive.

    Order is kept, untouched parts are copied packed; foreign bytes around the archive,
    comments and directory entries are left behind.
    """
    writer = PackageWriter(out, time=time)
    for name in package.names:
        if name in removed:
            continue
        if name in changed:
            writer.add(name, changed[name])
        else:
            writer.copy(package, name)
    for name, content in changed.items():
        if name not in package:
            writer.add(name, content)
    writer.close()
