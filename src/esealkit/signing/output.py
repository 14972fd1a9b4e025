"""Files that are whole or not there: staged beside, fsynced, then renamed (R-01 … R-03).

The staged file is on the destination's own file system, so that the rename is atomic; until
then the destination holds what it held before.  A handled error removes the staged file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import BinaryIO, Self

from esealkit.errors import OutputError

__all__ = ["StagedFile"]


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
