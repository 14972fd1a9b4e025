"""A directory that appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path
from typing import Any, Self

from esealkit.api.sources import Opened
from esealkit.archive.record import file_row
from esealkit.errors import InputError, OutputError

__all__ = ["NewDirectory"]


class NewDirectory:
    """A directory in the making beside its place; renamed whole, removed unless committed."""

    def __init__(self, target: Path) -> None:
        """Begin beside ``target``.

        :raises OutputError: something stands there already, or it cannot be written.
        """
        if target.exists() or target.is_symlink():
            raise OutputError("archive.exists", path=str(target))
        self._target = target
        self._path = target.with_name(f".{target.name[:80]}.{secrets.token_hex(6)}.esealkit-part")
        self.names: list[str] = []
        self._done = False
        try:
            self._path.mkdir(mode=0o755)
        except OSError as error:
            raise self._failed(error) from error

    def write(self, name: str, role: str, data: bytes) -> dict[str, Any]:
        """One file, flushed to the disk; gives its row of the record."""
        try:
            with (self._path / name).open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise self._failed(error) from error
        self.names.append(name)
        return file_row(name, role, data)

    def copy(self, name: str, role: str, found: Opened) -> dict[str, Any]:
        """The original, byte for byte."""
        if isinstance(found.content, bytes):
            data = found.content
        else:
            found.content.seek(0)
            data = found.content.read()
        if hashlib.sha256(data).hexdigest() != found.sha256:
            raise InputError("input.unreadable", path=found.path, reason="changed")
        return self.write(name, role, data)

    def commit(self) -> None:
        """Into place; the target must not have appeared meanwhile."""
        try:
            _sync(self._path)
            if self._target.exists():
                raise OutputError("archive.exists", path=str(self._target))
            os.rename(self._path, self._target)
            _sync(self._target.parent)
        except OSError as error:
            raise self._failed(error) from error
        self._done = True

    def _failed(self, error: OSError) -> OutputError:
        reason = error.strerror or type(error).__name__
        return OutputError("output.failed", path=str(self._target), reason=reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._done:
            shutil.rmtree(self._path, ignore_errors=True)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
