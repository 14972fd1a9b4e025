"""The verified view: a document's parts as they were hashed, from the same private copy.

A program that verifies a file and then opens the file again may be shown two documents: the
file can change in between, and another zip reader can see other parts in it (catalogue G-05,
O-44).  So the verifier hands out what it hashed: one parse, one copy, one view.

Only parts that a passed signature covers are handed out; others have to be asked for with
``unverified=True`` and carry the mark.
"""

from __future__ import annotations

import io
import tempfile
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, BinaryIO

from esealkit.errors import InputError, NotPassed, UsageError
from esealkit.ofd.package import Package

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["VerifiedPart", "VerifiedView"]


class VerifiedPart(io.BufferedIOBase):
    """The content of one part, as a binary file that can be read and sought, never written."""

    def __init__(
        self, content: BinaryIO, *, name: str, size: int, covered_by: tuple[int, ...], passed: bool
    ) -> None:
        self._content = content
        self.name = name
        """Package name, e.g. ``Doc_0/Document.xml``."""
        self.size = size
        """Bytes."""
        self.covered_by = covered_by
        """Indexes of the signatures whose digest of it matched."""
        self.verified = passed
        """Whether the signature asked for, or any where none was, passed and covers it."""

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to ``size`` bytes, all that are left by default."""
        return self._content.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        """As :meth:`read`."""
        return self._content.read(size)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer``; gives the bytes that were there."""
        view = memoryview(buffer).cast("B")
        data = self._content.read(len(view))
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move; gives the new position."""
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        """The position."""
        return self._content.tell()

    def close(self) -> None:
        """Release the content; what was read stays yours."""
        self._content.close()
        super().close()

    def __repr__(self) -> str:
        mark = "verified" if self.verified else "NOT verified"
        return f"<VerifiedPart {self.name!r}, {self.size} bytes, {mark}>"


class VerifiedView:
    """The parts of one verified OFD document, readable until :meth:`close`."""

    def __init__(
        self,
        package: Package | None,
        covering: Mapping[str, tuple[int, ...]],
        passed: frozenset[int],
    ) -> None:
        self._package = package
        self._covering = dict(covering)
        self._passed = passed
        self._finalizers: list[weakref.finalize[..., VerifiedView]] = []

    def keep(self, release: Callable[[], object]) -> None:
        """Calls ``release`` when the view is closed or forgotten."""
        self._finalizers.append(weakref.finalize(self, release))

    @property
    def closed(self) -> bool:
        """Whether the private copy is gone."""
        return self._package is None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all parts, covered or not."""
        return self._alive().names

    def open(
        self, name: str, *, signature: int | None = None, unverified: bool = False
    ) -> VerifiedPart:
        """The content of part ``name``, complete and checked before the first byte is given.

        :param name: package name as in the coverage map, with or without the leading slash.
        :param signature: index of the signature that must cover it; by default any may.
        :param unverified: hand it out even if no passed signature covers it; the result says so.
        :raises NotPassed: no passed signature covers it (``view.not_covered``), or those that do
            did not pass (``view.not_passed``).
        :raises UsageError: there is no such part or signature, or the view is closed.
        :raises PackageError, UnsupportedError: the part is damaged or encrypted.
        """
        package = self._alive()
        name = name.removeprefix("/")
        if name not in package:
            raise UsageError("view.no_part", name=name)
        covered_by = self._covering.get(name, ())
        asked = covered_by if signature is None else tuple({signature} & {*covered_by})
        passed = bool(self._passed.intersection(asked))
        if not passed and not unverified:
            code = "view.not_passed" if asked else "view.not_covered"
            raise NotPassed(code, name=name, signature="" if signature is None else signature)
        size = package.parts[name].size
        return VerifiedPart(
            _copied(package, name, size),
            name=name,
            size=size,
            covered_by=covered_by,
            passed=passed,
        )

    def close(self) -> None:
        """Forget the private copy; parts that were opened before can still be read."""
        self._package = None
        for finalizer in self._finalizers:
            finalizer()

    def _alive(self) -> Package:
        if self._package is None:
            raise UsageError("view.closed")
        return self._package

    def __reduce__(self) -> tuple[object, ...]:
        """A view does not leave its process: its copy is a private, unlinked file."""
        return VerifiedView, (None, {}, frozenset())


def _copied(package: Package, name: str, size: int) -> BinaryIO:
    """All of a part, its length and CRC checked; in memory only while it is small."""
    spool = package.limits.spool
    content: BinaryIO = io.BytesIO() if size <= spool else tempfile.TemporaryFile()  # noqa: SIM115 - the part's own
    try:
        content.writelines(package.chunks(name))
        content.seek(0)
    except OSError as error:
        content.close()
        raise InputError("package.unreadable", reason=str(error)) from error
    except BaseException:
        content.close()
        raise
    return content
