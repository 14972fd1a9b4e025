"""Writing the sandbox's files: whole or not at all, and never over somebody's own.

A directory counts as a sandbox by its marker file; nothing is ever deleted.
"""

from __future__ import annotations

from pathlib import Path

from esealkit.errors import OutputError, UsageError
from esealkit.signing.output import StagedFile

__all__ = ["MARKER", "claim_directory", "write_file"]

MARKER = ".esealkit-sandbox"
_NOTE = "Test keys, certificates and documents written by esealkit; of no legal effect.\n"


def claim_directory(directory: Path) -> None:
    """Make ``directory`` a sandbox if it is new, empty or already one.

    Raises :class:`UsageError` ``sandbox.foreign_directory`` otherwise, or
    :class:`OutputError` ``output.write``.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        foreign = not (directory / MARKER).is_file() and any(directory.iterdir())
    except OSError as error:
        raise _failed(directory, error) from None
    if foreign:
        raise UsageError("sandbox.foreign_directory", path=str(directory))
    write_file(directory / MARKER, _NOTE.encode("ascii"))


def write_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write ``path`` beside, flush it to disk and rename; ``private`` is for its owner only.

    Raises :class:`OutputError`; what stood there before stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _failed(path, error) from None
    with StagedFile(path, private=private) as staged:
        staged.write(content)
        staged.commit()


def _failed(path: Path, error: OSError) -> OutputError:
    return OutputError("output.write", path=str(path), reason=error.strerror or str(error))
