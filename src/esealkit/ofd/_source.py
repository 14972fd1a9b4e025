"""Random access to the bytes of a package: one view for bytes, a mapping or a private file.

A package is read by offset only, so that no reader of this room ever depends on a stream's
position; a file is guarded by a lock, because seek and read are two calls.
"""

from __future__ import annotations

import io
import threading
from mmap import mmap
from typing import BinaryIO

from esealkit.errors import InputError, PackageError, UsageError

__all__ = ["ByteSource"]

Buffer = bytes | bytearray | memoryview | mmap


class ByteSource:
    """``size`` bytes, readable at any offset."""

    __slots__ = ("_buffer", "_file", "_lock", "size")

    def __init__(self, source: Buffer | BinaryIO) -> None:
        self._buffer: Buffer | None = None
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()
        if isinstance(source, (bytes, bytearray, memoryview, mmap)):
            self._buffer = source
            self.size = len(source)
            return
        if not hasattr(source, "seek") or not hasattr(source, "read"):
            raise UsageError("package.source", kind=type(source).__name__)
        self._file = source
        try:
            self.size = source.seek(0, io.SEEK_END)
        except (OSError, ValueError) as error:
            raise InputError("package.unreadable", reason=str(error)) from error

    def at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``; `PackageError` where the input is shorter."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise PackageError("package.truncated", offset=offset)
        if self._buffer is not None:
            return bytes(self._buffer[offset : offset + length])
        assert self._file is not None
        try:
            with self._lock:
                self._file.seek(offset)
                data = self._file.read(length)
        except (OSError, ValueError) as error:
            raise InputError("package.unreadable", reason=str(error)) from error
        if len(data) != length:
            raise PackageError("package.truncated", offset=offset)
        return data
