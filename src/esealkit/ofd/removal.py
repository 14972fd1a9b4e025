"""Taking signatures out of a package, and what that does to those that stay.

GB/T 33190-2016 knows no removal: a signature is an entry of Signatures.xml and three parts.  Any
signature that lists one of these parts, the list itself (lock) or OFD.xml breaks when they go or
change; :func:`plan_removal` says which, before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import BinaryIO

from esealkit.errors import UsageError
from esealkit.ofd._edit import remove_list_entries, remove_signatures_element
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.package import Package
from esealkit.ofd.reach import reaches
from esealkit.ofd.signatures import SignatureEntry, read_signatures
from esealkit.ofd.writer import rewrite

__all__ = ["Affected", "RemovalPlan", "plan_removal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A signature that stays, and what it covers of that which goes or changes."""

    entry: SignatureEntry
    parts: tuple[str, ...]
    """Parts it lists that will be gone or changed: not one of its digests of them will hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPlan:
    """What is taken out, and whom it hurts."""

    removed: tuple[SignatureEntry, ...]
    """Signatures that go."""
    affected: tuple[Affected, ...]
    """Signatures that stay and break."""
    deleted: tuple[str, ...]
    """Parts that go with them."""
    changed: tuple[str, ...]
    """Lists and OFD.xml, where an entry is taken out of them."""
    _package: Package = field(repr=False)
    _contents: dict[str, bytes] = field(repr=False)

    def write(self, out: BinaryIO) -> None:
        """The package without them; every other part byte for byte as it was."""
        rewrite(self._package, out, changed=self._contents, removed=self.deleted)


def plan_removal(document: OfdDocument, indexes: Collection[int] | None = None) -> RemovalPlan:
    """Lays out the removal of the signatures ``indexes``, by default of all.

    A body whose last signature goes loses its list and its mention in OFD.xml.  A part that pages
    need, or that another signature uses too, stays.  Raises `UsageError` where there is no such
    signature, `UnsupportedError` for lists of unusual form.
    """
    entries = read_signatures(document).entries
    chosen = {entry.index for entry in entries} if indexes is None else set(indexes)
    unknown = chosen - {entry.index for entry in entries}
    if unknown or not chosen:
        raise UsageError(
            "remove.no_signature", signature=min(unknown, default=""), count=len(entries)
        )
    going = tuple(entry for entry in entries if entry.index in chosen)
    staying = tuple(entry for entry in entries if entry.index not in chosen)
    lists = {body.signatures.name for body in document.bodies if body.signatures}
    needed = {name for found in reaches(document) for name in found.parts}
    needed |= {name for entry in staying for name in _own(entry)} | {document.entry or ""}
    own = {name for entry in going for name in _own(entry)}
    deleted = [name for name in document.package.names if name in own - needed - lists]
    contents: dict[str, bytes] = {}
    for listed in dict.fromkeys(entry.list_name for entry in going):
        left = [entry for entry in staying if entry.list_name == listed]
        positions = {entry.position for entry in going if entry.list_name == listed}
        if left:
            stored = document.package.read(listed)
            contents[listed] = remove_list_entries(stored, where=listed, positions=positions)
        else:
            deleted.append(listed)
            _forget_list(document, listed, contents)
    gone = {*deleted, *contents}
    affected = [
        Affected(entry=entry, parts=tuple(name for name in _listed(entry) if name in gone))
        for entry in staying
    ]
    return RemovalPlan(
        removed=going,
        affected=tuple(item for item in affected if item.parts),
        deleted=tuple(deleted),
        changed=tuple(contents),
        _package=document.package,
        _contents=contents,
    )


def _own(entry: SignatureEntry) -> set[str]:
    names = (entry.name, entry.value_name, entry.seal_name, entry.image_name)
    return {name for name in names if name is not None}


def _listed(entry: SignatureEntry) -> dict[str, None]:
    return dict.fromkeys(item.name for item in entry.references if item.name is not None)


def _forget_list(document: OfdDocument, listed: str, contents: dict[str, bytes]) -> None:
    """OFD.xml without the Signatures element of every body that names ``listed``."""
    entry = document.entry or ""
    for body in document.bodies:
        if body.signatures is not None and body.signatures.name == listed:
            contents[entry] = remove_signatures_element(
                contents.get(entry) or document.package.read(entry),
                where=entry,
                body=body.index,
                bodies=len(document.bodies),
            )
