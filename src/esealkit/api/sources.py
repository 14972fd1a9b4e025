"""Input, read once: bytes, a path or a binary file.

Up to ``limits.spool`` bytes are held in memory; more goes to a private unlinked file, so that
nobody can change the bytes between hashing and showing them (catalogue O-44).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from esealkit.errors import (
    InputError,
    LimitExceeded,
    UnsupportedError,
    UsageError,
    input_unreadable,
)
from esealkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:  # reading bytes takes neither documents nor the verifier
    from esealkit.ofd.document import OfdDocument

__all__ = ["Opened", "Source", "kind_of", "ofd_document", "opened", "read_small", "taken"]

Source = bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryIO
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One input, private to this process from now on."""

    content: bytes | BinaryIO
    """All bytes, or a private file holding them."""
    sha256: str
    """Hexadecimal."""
    path: str
    """The path as given, ``""`` for bytes and files without a name."""

    def close(self) -> None:
        """Forget a private file; bytes need no closing."""
        if not isinstance(self.content, bytes):
            self.content.close()


@contextmanager
def opened(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Opened]:
    """Read ``source`` once, for the length of a block; errors as for :func:`taken`."""
    found = taken(source, limits=limits)
    try:
        yield found
    finally:
        found.close()


def taken(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Opened:
    """Read ``source`` once; the caller closes what it gets.

    :raises InputError: it is missing or cannot be read.
    :raises LimitExceeded: it is larger than ``limits.source_size``.
    :raises UsageError: it is none of the kinds of :data:`Source`.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        return Opened(content=data, sha256=hashlib.sha256(data).hexdigest(), path="")
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        with _open(Path(path)) as stream:
            return _spooled(stream, path, limits)
    if not hasattr(source, "read"):
        raise UsageError("usage.source", found=type(source).__name__)
    name = getattr(source, "name", "")
    return _spooled(source, name if isinstance(name, str) else "", limits)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        if path.is_dir():
            raise InputError("input.directory", path=str(path))
        stream = path.open("rb")
    except FileNotFoundError:
        raise InputError("input.missing", path=str(path)) from None
    except (OSError, ValueError) as error:
        raise input_unreadable(path, error) from error
    with stream:
        yield stream


def _spooled(stream: BinaryIO, path: str, limits: Limits) -> Opened:
    digest = hashlib.sha256()
    spool = tempfile.SpooledTemporaryFile(max_size=limits.spool)  # noqa: SIM115 - the caller's
    try:
        size = 0
        while block := _block(stream, path):
            size += len(block)
            if size > limits.source_size:
                raise LimitExceeded("limit.source_size", allowed=limits.source_size)
            digest.update(block)
            spool.write(block)
        spool.seek(0)
        if size > limits.spool:
            content: BinaryIO = spool  # type: ignore[assignment]
            return Opened(content=content, sha256=digest.hexdigest(), path=path)
        data = spool.read()
    except BaseException:
        spool.close()
        raise
    spool.close()
    return Opened(content=data, sha256=digest.hexdigest(), path=path)


def _block(stream: BinaryIO, path: str) -> bytes:
    try:
        block = stream.read(_BLOCK)
    except (OSError, ValueError) as error:
        raise input_unreadable(path, error) from error
    if not isinstance(block, bytes):
        raise UsageError("usage.source", found=f"text file {path}")
    return block


def read_small(source: Source, most: int, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """All bytes of an input that must not be larger than ``most``."""
    with opened(source, limits=limits) as found:
        content = found.content
        data = content if isinstance(content, bytes) else content.read(most + 1)
    if len(data) > most:
        raise LimitExceeded("limit.input_size", allowed=most)
    return data


def ofd_document(content: bytes | BinaryIO, limits: Limits = DEFAULT_LIMITS) -> OfdDocument:
    """The OFD document in ``content``, told by content and not by name.

    :raises UnsupportedError: another format.
    :raises PackageError, XmlError, LimitExceeded: it cannot be opened.
    """
    from esealkit.ofd.document import OfdDocument

    if (kind := kind_of(content)) != "ofd":
        raise UnsupportedError("signing.format", format=kind)
    return OfdDocument.open(content, limits=limits)


def kind_of(content: bytes | BinaryIO) -> str:
    """``ofd``, ``pdf``, another format's name, or ``?``, by content and not by name."""
    from esealkit.verification.verifier import sniff_format

    if isinstance(content, bytes):
        return sniff_format(content[:65_540]) or "?"
    content.seek(0)
    head = content.read(65_540)
    content.seek(0)
    return sniff_format(head) or "?"
