"""Files that are whole or not there: staged beside, fsynced, then renamed (R-01 … R-03).

The staged file is on the destination's own file system, so that the rename is atomic; until
then the destination holds what it held before.  A handled error removes the staged file.  What
goes to a stream is staged in memory and written when it is whole.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from esealkit.errors import OutputError, UsageError

__all__ = ["Destination", "Staged", "StagedBytes", "StagedFile", "staged_for", "target_of"]

Destination = str | os.PathLike[str] | BinaryIO
"""Where a finished file goes: a path, or a binary stream to be written to."""


class Staged(Protocol):
    """One output in the making, on a disk or in memory."""

    stream: BinaryIO

    @property
    def destination(self) -> Path | None:
        """Where the file will stand, ``None`` for a stream's."""

    @property
    def readable(self) -> Path | BinaryIO:
        """Where the staged bytes can be read."""

    def seal_off(self) -> None:
        """All is written."""

    def commit(self) -> None:
        """Give it to its destination."""

    def discard(self) -> None:
        """Drop what was staged."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def staged_for(destination: Path | BinaryIO) -> Staged:
    """A staged output for a path or a stream.

    :raises OutputError: the folder cannot be written, or something else stands there.
    """
    return StagedFile(destination) if isinstance(destination, Path) else StagedBytes(destination)


class StagedBytes:
    """One output in the making that goes to a stream; no file is written, nothing is synced."""

    destination: Path | None = None

    def __init__(self, to: BinaryIO) -> None:
        self.stream: BinaryIO = io.BytesIO()
        """Where to write."""
        self._to = to

    @property
    def readable(self) -> BinaryIO:
        """Where the staged bytes can be read."""
        return self.stream

    def seal_off(self) -> None:
        """All is written."""

    def commit(self) -> None:
        """Write everything to the stream.

        :raises OutputError: it did not take it.
        """
        self.stream.seek(0)
        try:
            while block := self.stream.read(1 << 20):
                self._write(memoryview(block))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise OutputError("output.failed", path="", reason=reason) from error

    def _write(self, left: memoryview) -> None:
        """All of it; raw streams may take a part at a time, and some do not say how much."""
        while left:
            taken: int | None = self._to.write(left)
            if taken == 0:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            left = left[len(left) if taken is None else taken :]

    def discard(self) -> None:
        """Forget the bytes."""
        self.stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def target_of(destination: Destination) -> Path | BinaryIO:
    """A path or a stream.

    :raises UsageError: neither; text streams take no document.
    """
    if isinstance(destination, (str, os.PathLike)):
        return Path(destination)
    if not hasattr(destination, "write") or isinstance(destination, io.TextIOBase):
        raise UsageError("usage.destination", found=type(destination).__name__)
    return destination


class StagedFile:
    """One output in the making; a context manager that leaves nothing behind unless kept.

    ::

        with StagedFile(destination) as staged:
            staged.stream.write(data)
            staged.seal_off()          # flushed and fsynced, can be read at staged.path
            staged.commit()            # renamed over the destination
    """

    def __init__(
        self, destination: Path, *, suffix: str = ".esealkit-part", private: bool = False
    ) -> None:
        """Open a new file beside ``destination``; a ``private`` one stays its owner's only.

        :raises OutputError: the folder cannot be written, or the destination is not a plain
            file (a device, a FIFO, a folder).
        """
        self._private = private
        # A link is followed, so that its target is replaced and the link stays.
        self.destination = Path(os.path.realpath(destination))
        self._check_replaceable()
        name = f".{self.destination.name[:80]}.{secrets.token_hex(6)}{suffix}"
        self.path = self.destination.with_name(name)
        """Where the staged bytes are."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_NOFOLLOW", 0)
        try:
            descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise self._failed(error) from error
        self.stream: BinaryIO = os.fdopen(descriptor, "w+b")
        """Where to write."""
        self._done = False

    @property
    def readable(self) -> Path:
        """Where the staged bytes can be read."""
        return self.path

    def _check_replaceable(self) -> None:
        try:
            found = self.destination.lstat()
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed(error) from error
        if not stat.S_ISREG(found.st_mode):
            raise OutputError("output.not_a_file", path=str(self.destination))

    def _failed(self, error: OSError) -> OutputError:
        reason = error.strerror or type(error).__name__
        return OutputError("output.failed", path=str(self.destination), reason=reason)

    def write(self, data: bytes) -> int:
        """Write all of ``data``."""
        try:
            return self.stream.write(data)
        except OSError as error:
            raise self._failed(error) from error

    def seal_off(self) -> None:
        """Flush to the disk; the file at :attr:`path` is complete from now on."""
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
        except OSError as error:
            raise self._failed(error) from error

    def commit(self) -> None:
        """Rename over the destination, keeping the mode of a file that was there."""
        try:
            mode = stat.S_IMODE(self.destination.stat().st_mode)
        except OSError:
            mode = 0o666 & ~_umask()
        if self._private:
            mode = 0o600
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            os.chmod(self.path, mode)
            os.replace(self.path, self.destination)
        except OSError as error:
            raise self._failed(error) from error
        self._done = True
        _sync_directory(self.destination.parent)

    def keep(self) -> None:
        """Leave the staged file where it is, for another process to finish."""
        self.seal_off()
        self.stream.close()
        self._done = True

    def discard(self) -> None:
        """Remove the staged file."""
        with contextlib.suppress(OSError):
            self.stream.close()
        if not self._done:
            with contextlib.suppress(OSError):
                os.unlink(self.path)
            self._done = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def _umask() -> int:
    """The process's umask; reading it needs setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current


def _sync_directory(directory: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
