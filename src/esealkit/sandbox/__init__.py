"""The try-it-offline kit: a test PKI and sample files under fixed names.

::

    build(Path("sandbox"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from esealkit.api.pictures import SealPicture, draw_seal
from esealkit.sandbox.files import write_file
from esealkit.sandbox.official_seal import OFFICIAL_SEAL_NAME, official_seal
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
    picture: SealPicture
    """The picture of the official seal."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def build(directory: Path | str, *, clock: Callable[[], dt.datetime] = _now) -> Sandbox:
    """Write a sandbox into ``directory``: PKI, trust directory, seals, sample documents.

    A directory that holds anything but an earlier sandbox is refused; an earlier sandbox gets
    new keys under the same names.  ``clock`` gives the present, aware.

    Raises :class:`UsageError` ``sandbox.foreign_directory``, :class:`OutputError`, or
    :class:`MissingExtra`: the seal is drawn with the ``[picture]`` extra.
    """
    where = Path(directory)
    # Drawn first: what cannot be drawn leaves nothing behind.
    picture = _sample_picture()
    png = picture.png(dpi=300)
    kit = make_pki(clock=clock)
    write_pki(where, kit)
    write_file(where / "official.png", png)
    write_file(where / "official.svg", picture.svg.encode("utf-8"))
    for name, edition in (
        ("official.esl", Edition.V4),
        ("official-v1.esl", Edition.V1),
        ("official-v5.esl", Edition.V5),
    ):
        seal = official_seal(kit, png, edition, now=clock())
        write_file(where / name, seal)
    write_file(where / "sample.ofd", sample_ofd())
    write_file(where / "sample.pdf", sample_pdf())
    return Sandbox(directory=where, pki=kit, picture=picture)


def _sample_picture() -> SealPicture:
    """The official seal's picture; its record says that it is a sample, nobody's seal."""
    drawing = draw_seal(kind="公章", name=OFFICIAL_SEAL_NAME, code="1101000000001").drawing
    record = replace(drawing.record, state="sample")
    return SealPicture(drawing=replace(drawing, record=record, notices=()))
