"""The package: the named parts of an OFD file, each read once and as it was stored.

An OFD document is a zip archive (GB/T 33190-2016 clause 6).  :class:`Package` holds the
archive after :mod:`esealkit.ofd._zip` has proven it to have one reading, under names that were
normalised once; every lookup afterwards is exact.

::

    package = Package.open(data)
    package.names                    # ("OFD.xml", "Doc_0/Document.xml", …)
    package.read("OFD.xml")          # bytes, checked against size and CRC
    package.digest("OFD.xml", SM3)   # streamed
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, BinaryIO, Protocol

from esealkit.errors import EsealError, PackageError, UnsupportedError
from esealkit.findings import Deviation
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd._names import fold, name_entries
from esealkit.ofd._source import Buffer, ByteSource
from esealkit.ofd._zip import Record, read_archive

__all__ = ["Hasher", "Package", "Part"]

_CHUNK = 256 * 1024
_HEAD = 1024
"""Bytes at the front in which a PDF's header makes a PDF of a file, for its readers."""
_CACHE_BYTES = 16 * 1024 * 1024
_CACHE_PART = 4 * 1024 * 1024


class Hasher(Protocol):
    """The two methods of a hashlib object that are used here."""

    def update(self, data: bytes, /) -> Any: ...  # noqa: D102
    def digest(self) -> bytes: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stored part."""

    name: str
    """Package name without leading slash, e.g. ``Doc_0/Document.xml``."""
    record: Record
    """Its entry in the archive."""

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return self.record.size


class Package:
    """The parts of one OFD file.  Immutable; safe to read from several threads."""

    def __init__(self, source: ByteSource, limits: Limits) -> None:
        self.limits = limits
        self._source = source
        archive = read_archive(source, limits)
        named = name_entries(archive.records)
        self._parts = {name: Part(name=name, record=record) for name, record in named.files.items()}
        self._folded = {fold(name): name for name in self._parts}
        self.directories: tuple[str, ...] = named.directories
        self.prefix: int = archive.prefix
        self.suffix: int = archive.suffix
        self.wrapper: str = named.wrapper
        self.deviations: tuple[Deviation, ...] = (
            *_around(archive.prefix, archive.suffix),
            *_other_header(source.at(0, min(_HEAD, source.size))),
            *named.deviations,
        )
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cached = 0
        self._whole: set[str] = set()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, source: Buffer | BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> Package:
        """The package in ``source``: bytes, a mapping or a private seekable binary file.

        Raises `PackageError` where the archive is broken or ambiguous, `LimitExceeded` where
        it is larger than ``limits``, never anything but an `EsealError` for bad input.
        """
        return cls(ByteSource(source), limits)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all parts in directory order, without directories."""
        return tuple(self._parts)

    @property
    def parts(self) -> Mapping[str, Part]:
        """All parts by name."""
        return MappingProxyType(self._parts)

    @property
    def encrypted(self) -> tuple[str, ...]:
        """Names of parts that the zip encrypts: their content is unknown."""
        return tuple(name for name, part in self._parts.items() if part.record.encrypted)

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __len__(self) -> int:
        return len(self._parts)

    def same_but_case(self, name: str) -> str | None:
        """The one part whose name equals ``name`` but for case and Unicode form."""
        return self._folded.get(fold(name))

    def read(self, name: str) -> bytes:
        """The content of one part, checked against its size and CRC-32.

        Raises `PackageError` (``package.no_part``, ``package.data``, ``package.crc``) and
        `UnsupportedError` (``package.encrypted``).
        """
        with self._lock:
            if name in self._cache:
                self._cache.move_to_end(name)
                return self._cache[name]
        content = b"".join(self.chunks(name))
        if len(content) <= _CACHE_PART:
            with self._lock:
                if self._cache.setdefault(name, content) is content:
                    self._cached += len(content)
                while self._cached > _CACHE_BYTES:
                    self._cached -= len(self._cache.popitem(last=False)[1])
        return content

    def digest(self, name: str, new: Callable[[], Hasher]) -> bytes:
        """The digest of one part, streamed: memory does not grow with the part."""
        hasher = new()
        cached = self._cache.get(name)
        for chunk in (cached,) if cached is not None else self.chunks(name):
            hasher.update(chunk)
        return hasher.digest()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of one part in pieces; the checks are complete when it is exhausted."""
        part = self._parts.get(name)
        if part is None:
            raise PackageError("package.no_part", name=name)
        if part.record.encrypted:
            raise UnsupportedError("package.encrypted", name=name)
        crc = size = 0
        pieces = self._inflated(part) if part.record.method == 8 else self.packed(name)
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            yield piece
        if size != part.record.size:
            raise PackageError("package.data", name=name)
        if crc != part.record.crc:
            raise PackageError("package.crc", name=name)
        self._whole.add(name)

    def packed(self, name: str) -> Iterator[bytes]:
        """The packed bytes of one part as they lie in the file."""
        record = self._parts[name].record
        offset, left = record.data, record.packed
        while left:
            piece = self._source.at(offset, min(_CHUNK, left))
            offset += len(piece)
            left -= len(piece)
            yield piece

    def _inflated(self, part: Part) -> Iterator[bytes]:
        """A raw deflate stream that ends exactly where its packed bytes end (Z-27, Z-32)."""
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        room = part.record.size
        try:
            for piece in self.packed(part.name):
                waiting = piece
                while waiting and not engine.eof:
                    out = engine.decompress(waiting, _CHUNK)
                    waiting = engine.unconsumed_tail
                    room -= len(out)
                    if room < 0:
                        raise PackageError("package.data", name=part.name)
                    if out:
                        yield out
                if engine.unused_data or (engine.eof and waiting):
                    raise PackageError("package.data", name=part.name)
            out = engine.flush()
        except zlib.error:
            raise PackageError("package.data", name=part.name) from None
        if not engine.eof or len(out) > room:
            raise PackageError("package.data", name=part.name)
        if out:
            yield out

    def damaged(self) -> tuple[EsealError, ...]:
        """Every part that cannot be read whole, by reading those that nobody has read yet."""
        errors: list[EsealError] = []
        for name in self._parts.keys() - self._whole:
            try:
                for _ in self.chunks(name):
                    pass
            except PackageError as error:
                errors.append(error)
            except UnsupportedError:
                continue
        return tuple(sorted(errors, key=lambda error: str(error.details.get("name"))))


def _other_header(head: bytes) -> Iterator[Deviation]:
    """PDF readers look for their header in the first bytes of any file (catalogue P-46)."""
    at = head.find(b"%PDF-")
    if at >= 0:
        yield Deviation(
            id="package.pdf_header", where="0", check="container.form", evidence={"offset": at}
        )


def _around(prefix: int, suffix: int) -> Iterator[Deviation]:
    if prefix:
        yield Deviation(
            id="package.prefix",
            where="0",
            check="container.form",
            evidence={"length": prefix},
        )
    if suffix:
        yield Deviation(
            id="package.suffix", where="end", check="container.form", evidence={"length": suffix}
        )
