"""The journal as a file: appended under a lock, flushed to the disk, never rewritten.

Beside ``FILE`` stands ``FILE.head`` with the count and head after the last append.  A crash may
leave a torn last line, which was never acknowledged and is cut off by the next append, or a head
that is one append behind.  A head that is *ahead* of the file means lines are missing; then
nothing is appended any more.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path

from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import InputError, JournalError, OutputError, input_unreadable
from esealkit.journal.anchor import Anchor
from esealkit.journal.chain import GENESIS, Entry, head_of, read_entry, write_entry
from esealkit.limits import DEFAULT_LIMITS

__all__ = ["Journal", "head_path", "lines_of"]

_BLOCK = 65_536
_LINES = 2000
"""Lines that a mirror writes at once."""


def head_path(path: Path) -> Path:
    """Where the head of the journal at ``path`` is kept."""
    return path.with_name(path.name + ".head")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Journal:
    """An append-only journal; any number of processes and threads may write to one file."""

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        key: SigningKey | None = None,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        """Name the journal at ``path``; it is made with the first entry.

        :param key: signs the head after each append.
        :param clock: gives the time of entries, aware.
        """
        self.path = Path(path)
        self._key = key
        self._clock = clock

    def append(self, event: str, /, *, subject: str = "", actor: str = "", **data: object) -> Entry:
        """Append one entry; when this returns it is on the disk.

        :raises JournalError: entries are missing or the file was altered: nothing is written.
        :raises UsageError: the event or its data cannot be written.
        :raises OutputError: the disk refuses.
        """

        def line(number: int, previous: str) -> bytes:
            return write_entry(
                number=number,
                at=self._clock(),
                event=event,
                subject=subject,
                actor=actor,
                data=data,
                previous=previous,
            )

        with self._locked() as file:
            identity, anchor = self._opened(file)
            written = line(anchor.count + 1, anchor.head)
            self._write(file, identity, anchor.count, [written])
        return read_entry(written)

    def mirror(self, wanted: Callable[[int], Iterable[bytes]], identity: str) -> int:
        """Append finished lines of a chain that is kept elsewhere too; gives the new count.

        :param wanted: gives the lines after a count, in order.
        :param identity: the chain's id; that of a new file.
        :raises JournalError: the lines do not continue what is here.
        """
        with self._locked() as file:
            _, anchor = self._opened(file, identity)
            count, head = anchor.count, anchor.head
            lines: list[bytes] = []
            for line in wanted(count):
                entry = read_entry(line)
                if entry.number != count + 1 or entry.previous != head:
                    raise JournalError("journal.diverged", number=count + 1)
                count, head = entry.number, entry.head
                lines.append(line)
                if len(lines) == _LINES:
                    self._write(file, identity, count - len(lines), lines)
                    lines.clear()
            if lines:
                self._write(file, identity, count - len(lines), lines)
            return count

    def begun(self) -> bool:
        """Whether there is anything of it: a crash may leave a new file empty and without head."""
        try:
            return self.path.stat().st_size > 0 or head_path(self.path).exists()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise input_unreadable(self.path, error) from error

    def entries(self) -> Iterator[Entry]:
        """The entries, one by one, without judging the chain.

        :raises InputError: the file cannot be read.
        :raises JournalError: a line is no entry.
        """
        for line in self.lines():
            yield read_entry(line)

    def lines(self) -> Iterator[bytes]:
        """The whole lines as they stand, without their line feeds; errors as for entries."""
        for line, whole in lines_of(self.path):
            if whole:
                yield line

    def identity(self) -> str:
        """The journal's own id, given with its first entry.

        :raises JournalError, InputError: it has no head yet, or it cannot be read.
        """
        return self._head().journal

    def anchor(self) -> Anchor:
        """How far it has come: to be kept where who writes the journal cannot reach.

        :raises JournalError: the file lacks entries, or its head is gone.
        """
        found = self.tail()
        return found.signed(self._key) if self._key is not None else found

    def tail(self) -> Anchor:
        """As :meth:`anchor`, never signed.

        :raises JournalError: the file lacks entries, or its head is gone.
        """
        with self._locked(shared=True) as file:
            anchor = self._tail(file)
            identity = ""
            # A crash may have come between making the file and its head.
            if anchor.count or head_path(self.path).exists():
                self._check_head(anchor)
                identity = self._head().journal
        return Anchor(journal=identity, count=anchor.count, head=anchor.head, at=self._clock())

    # -- the file ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _locked(self, *, shared: bool = False) -> Iterator[int]:
        flags = os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT
        try:
            file = os.open(self.path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
        except FileNotFoundError:
            raise InputError("input.missing", path=str(self.path)) from None
        except OSError as error:
            raise self._failed(error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield file
        except OSError as error:
            raise self._failed(error) from error
        finally:
            os.close(file)

    def _opened(self, file: int, identity: str | None = None) -> tuple[str, Anchor]:
        """Ready to append: a new file has its head first, a torn line is gone."""
        if os.fstat(file).st_size == 0 and not head_path(self.path).exists():
            fresh = identity or secrets.token_hex(16)
            empty = Anchor(journal=fresh, count=0, head=GENESIS, at=self._clock())
            self._put_head(empty)
            return fresh, empty
        anchor = self._tail(file)
        self._check_head(anchor)
        head = self._head()
        if identity is not None and head.journal != identity:
            raise JournalError("journal.another", path=str(self.path))
        self._cut_torn(file)
        return head.journal, anchor

    def _tail(self, file: int) -> Anchor:
        """Count and head by the last whole line."""
        size = os.fstat(file).st_size
        tail = b""
        at = size
        while at > 0 and tail[: tail.rfind(b"\n") + 1].count(b"\n") < 2:
            step = min(_BLOCK, at)
            at -= step
            tail = os.pread(file, step, at) + tail
            if len(tail) > 3 * DEFAULT_LIMITS.journal_entry:
                raise JournalError("journal.malformed", reason="line")
        whole = tail[: tail.rfind(b"\n") + 1]
        if not whole:
            return Anchor(journal="", count=0, head=GENESIS, at=self._clock())
        entry = read_entry(whole[:-1].rpartition(b"\n")[2])
        return Anchor(journal="", count=entry.number, head=entry.head, at=entry.at)

    def _head(self) -> Anchor:
        try:
            return Anchor.from_json(head_path(self.path).read_bytes())
        except FileNotFoundError:
            raise JournalError("journal.head_missing", path=str(self.path)) from None
        except OSError as error:
            raise input_unreadable(head_path(self.path), error) from error

    def _check_head(self, tail: Anchor) -> None:
        head = self._head()
        if head.count > tail.count:
            raise JournalError("journal.rolled_back", found=tail.count, expected=head.count)
        if head.count == tail.count and head.head != tail.head:
            raise JournalError("journal.altered", number=tail.count)

    def _cut_torn(self, file: int) -> None:
        """A line without its line feed was never acknowledged: the head does not count it."""
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            span = min(size, 2 * DEFAULT_LIMITS.journal_entry)
            tail = os.pread(file, span, size - span)
            os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)
            os.fsync(file)

    def _write(self, file: int, identity: str, count: int, lines: list[bytes]) -> None:
        data = b"".join(line + b"\n" for line in lines)
        at = os.fstat(file).st_size
        while data:
            written = os.pwrite(file, data, at)
            data, at = data[written:], at + written
        os.fsync(file)
        anchor = Anchor(
            journal=identity,
            count=count + len(lines),
            head=head_of(lines[-1]),
            at=self._clock(),
        )
        self._put_head(anchor.signed(self._key) if self._key is not None else anchor)

    def _put_head(self, anchor: Anchor) -> None:
        """Beside, flushed, renamed: the head is the old one or the new one."""
        target = head_path(self.path)
        staged = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        try:
            file = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(file, anchor.to_json().encode("ascii") + b"\n")
                os.fsync(file)
            finally:
                os.close(file)
            os.replace(staged, target)
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(staged)
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> OutputError:
        reason = error.strerror or type(error).__name__
        return OutputError("output.failed", path=str(self.path), reason=reason)


def lines_of(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Each line without its line feed, and whether it had one; memory does not grow.

    :raises InputError: the file cannot be read.
    :raises JournalError: a line is longer than entries are.
    """
    try:
        with path.open("rb") as file:
            while line := file.readline(DEFAULT_LIMITS.journal_entry + 2):
                whole = line.endswith(b"\n")
                if not whole and len(line) > DEFAULT_LIMITS.journal_entry:
                    raise JournalError("journal.malformed", reason="line")
                yield line.removesuffix(b"\n"), whole
    except FileNotFoundError:
        raise InputError("input.missing", path=str(path)) from None
    except OSError as error:
        raise input_unreadable(path, error) from error
