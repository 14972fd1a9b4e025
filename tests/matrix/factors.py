"""The factors of the matrix, the rows they make, and a small set of rows that meets every pair."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

SEALS = ("v4", "v5", "v1", "v4 and rsa", "v5 and p256")
"""Editions of seals; the last two with a second signature by a classical key (双算法)."""
MESSAGES = tuple(
    f"{form} {algorithm}"
    for form, algorithms in (
        ("adbe.pkcs7.detached", ("sm2", "rsa", "p256")),
        ("ETSI.CAdES.detached", ("sm2", "rsa", "p256")),
        ("GM.sm2cms.detached", ("sm2",)),
    )
    for algorithm in algorithms
)
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
PLACEMENTS = ("at", "every", "seam", "keyword", "list", "field")
"""Where seals go; messages make a field of their own (``new``) or take one (``field``)."""
PAGES = ("plain", "turned", "cropped", "unit", "split")
"""What pages are like; ``split`` has its Chinese text in runs of one character."""
SHAPES = ("table", "streams", "linearised", "encrypted")
"""How the file is written."""


class Row(NamedTuple):
    """One combination."""

    form: str
    level: str
    placement: str
    page: str
    shape: str

    @property
    def sealed(self) -> bool:
        return self.form in SEALS

    @property
    def password(self) -> str:
        return "u" if self.shape == "encrypted" else ""

    @property
    def name(self) -> str:
        return ", ".join(self)


def product() -> Iterator[Row]:
    """Every row that there is.

    V1 has no room for a time stamp over the signature (GM/T 0031-2014), so that it ends at B-B;
    where a message goes does not depend on what pages show.
    """
    seals = itertools.product(SEALS, LEVELS, PLACEMENTS, PAGES, SHAPES)
    messages = itertools.product(MESSAGES, LEVELS, ("new", "field"), ("plain", "turned"), SHAPES)
    for row in itertools.starmap(Row, itertools.chain(seals, messages)):
        if row.form != "v1" or row.level == "B-B":
            yield row


def _pairs(row: Row) -> Iterator[tuple[int, str, int, str]]:
    for one, other in itertools.combinations(range(len(row)), 2):
        yield one, row[one], other, row[other]


def pairwise() -> list[Row]:
    """Rows in which every two values that can meet do meet at least once."""
    rows = list(product())
    pairs = {row: frozenset(_pairs(row)) for row in rows}
    missing = set().union(*pairs.values())
    chosen: list[Row] = []
    while missing:
        best = max(rows, key=lambda row: len(pairs[row] & missing))
        missing -= pairs[best]
        chosen.append(best)
    return chosen
