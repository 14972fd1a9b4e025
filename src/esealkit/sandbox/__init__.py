"""The try-it-offline kit: a test PKI and sample files under fixed names.

::

    build(Path("sandbox"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from esealkit.picture.simple import DrawnSeal, draw_simple_seal
from esealkit.sandbox.files import write_file
from esealkit.sandbox.official_seal import official_seal
from esealkit.sandbox.pki_kit import SandboxPki, make_pki, write_pki
from esealkit.sandbox.sample_pages import sample_ofd, sample_pdf
from esealkit.seal.model import Edition

__all__ = ["Sandbox", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What was built, for callers that go on from it."""

    directory: Path
    """Where the files are."""
    pki: SandboxPki
    """Keys and certificates in memory."""
    picture: DrawnSeal
    """The picture of the official seal."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def build(directory: Path | str, *, clock: Callable[[], dt.datetime] = _now) -> Sandbox:
    """Write a sandbox into ``directory``: PKI, trust directory, seals, sample documents.

    A directory that holds anything but an earlier sandbox is refused; an earlier sandbox gets
    new keys under the same names.  ``clock`` gives the present, aware.

    Raises :class:`UsageError` ``sandbox.foreign_directory`` or :class:`OutputError`.
    """
    where = Path(directory)
    kit = make_pki(clock=clock)
    write_pki(where, kit)
    picture = draw_simple_seal(name="Example Technology Ltd")
    write_file(where / "official.png", picture.png)
    write_file(where / "official.svg", picture.svg.encode("utf-8"))
    for name, edition in (
        ("official.esl", Edition.V4),
        ("official-v1.esl", Edition.V1),
        ("official-v5.esl", Edition.V5),
    ):
        seal = official_seal(kit, picture.png, edition, now=clock())
        write_file(where / name, seal)
    write_file(where / "sample.ofd", sample_ofd())
    write_file(where / "sample.pdf", sample_pdf())
    return Sandbox(directory=where, pki=kit, picture=picture)
