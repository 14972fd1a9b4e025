"""A mapped file as a stream: ``mmap.seek`` says nothing before Python 3.13, and readers ask it."""

from __future__ import annotations

import io
import mmap

__all__ = ["MappedStream"]


class MappedStream(io.RawIOBase):
    """Reads a mapped file, or its beginning; the mapping stays its owner's."""

    def __init__(self, data: mmap.mmap, end: int | None = None) -> None:
        super().__init__()
        self._data = data
        self._end = len(data) if end is None else end
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; gives the new place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        if start + offset < 0:
            raise ValueError("negative seek position")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Up to ``size`` bytes, all that is left without it."""
        end = self._end if size is None or size < 0 else min(self._at + size, self._end)
        found = self._data[self._at : max(end, self._at)]
        self._at += len(found)
        return found

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer``."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        found = self.read(len(view))
        view[: len(found)] = found
        return len(found)
