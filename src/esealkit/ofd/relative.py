"""Signatures that build on others: Signature/@Relative (GM/T 0099-2020 annex B).

The attribute names the id of the base signature in the same list; whoever verifies the one must
verify the base too (7.2).  Here the names are followed; the judging is done where the base's
verdict is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from esealkit.errors import DocumentError
from esealkit.ofd.signatures import SignatureEntry

__all__ = ["Base", "base_of", "bases", "bases_first"]

State = Literal["found", "missing", "ambiguous", "circular"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a signature's Relative leads to."""

    id: str
    """The id as written."""
    state: State
    """``found``; ``missing``, ``ambiguous`` (several of that id) or ``circular``."""
    index: int | None = None
    """Index of the base signature where it was found."""
    covered: bool = False
    """Whether the references list the base's description and value: the attribute itself lies
    in the list of signatures, which only a locking signature protects."""


def base_of(entries: Sequence[SignatureEntry], index: int, *, body: int) -> str:
    """The id to write for a signature of ``body`` that builds on ``entries[index]``.

    :raises DocumentError: there is no such signature in that body, or its id is not its own.
    """
    found = [entry for entry in entries if entry.index == index and entry.body == body]
    if not found:
        raise DocumentError("signature.no_base", index=index, body=body)
    identifier = found[0].id
    if not identifier or len(_of_id(entries, body, identifier)) != 1:
        raise DocumentError("signature.base_id", id=identifier)
    return identifier


def bases(entries: Sequence[SignatureEntry]) -> Mapping[int, Base]:
    """Where each signature with a Relative leads, by index."""
    found = {
        entry.index: _follow(entries, entry) for entry in entries if entry.relative is not None
    }
    for index in _circular({key: base.index for key, base in found.items()}):
        base = found[index]
        found[index] = Base(id=base.id, state="circular", index=base.index, covered=base.covered)
    return found


def _of_id(entries: Sequence[SignatureEntry], body: int, identifier: str) -> list[SignatureEntry]:
    return [entry for entry in entries if entry.body == body and entry.id == identifier]


def _follow(entries: Sequence[SignatureEntry], entry: SignatureEntry) -> Base:
    identifier = (entry.relative or "").strip()
    named = _of_id(entries, entry.body, identifier)
    if not identifier or not named:
        return Base(id=identifier, state="missing")
    if len(named) > 1:
        return Base(id=identifier, state="ambiguous")
    base = named[0]
    listed = {reference.name for reference in entry.references}
    covered = base.name is not None and {base.name, base.value_name} <= listed
    return Base(id=identifier, state="found", index=base.index, covered=covered)


def _circular(steps: Mapping[int, int | None]) -> Iterator[int]:
    """Signatures from which following the bases never ends."""
    ending: dict[int, bool] = {}
    for start in steps:
        path: list[int] = []
        here: int | None = start
        while here is not None and here in steps and here not in ending and here not in path:
            path.append(here)
            here = steps[here]
        ends = here is None or here not in steps or ending.get(here, False)
        ending |= dict.fromkeys(path, ends)
    return (index for index, ends in ending.items() if not ends)


def bases_first(count: int, found: Mapping[int, Base]) -> list[int]:
    """All indexes below ``count``, each base before what builds on it; circles as they come."""
    order: list[int] = []
    done: set[int] = set()
    for start in range(count):
        path: list[int] = []
        here: int | None = start
        while here is not None and here not in done:
            path.append(here)
            done.add(here)
            base = found.get(here)
            here = base.index if base is not None and base.state == "found" else None
        order += reversed(path)
    return order
