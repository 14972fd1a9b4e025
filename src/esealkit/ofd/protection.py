"""Which parts a signature protects (GB/T 33190-2016 18.1, GB/T 48666 draft 8 c).

Three modes: the whole package, everything but the annotation list, or what the caller's own
filter says.  The lists of signatures are never part of a mode: they stay open unless the
signature locks the document.  What a mode leaves open is an open part for every verifier; the
verdict follows from what that part shows (see :mod:`esealkit.ofd.coverage`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from esealkit.errors import UsageError
from esealkit.ofd._xml import Element
from esealkit.ofd.document import Body, OfdDocument
from esealkit.ofd.paths import directory_of, locate

__all__ = ["AllBut", "Protection", "annotation_list", "left_open"]

Protection = Literal["whole", "all-but-annotations"] | Callable[[str], bool]
"""A mode, or a filter that is asked with each part's name whether the part is protected."""


@dataclass(frozen=True, slots=True)
class AllBut:
    """A filter that protects every part except those whose name matches a pattern.

    Patterns are those of a shell (``*``, ``?``, ``[…]``), case-sensitive, over names such as
    ``Doc_0/Attachs/list.xml``; ``*`` crosses directories.  A leading slash is ignored.

    >>> AllBut("Doc_0/Attachs/*")("Doc_0/Document.xml")
    True
    """

    patterns: tuple[str, ...]
    """What is left open."""

    def __init__(self, *patterns: str) -> None:
        if not patterns or not all(patterns):
            raise UsageError("usage.protect", found="AllBut()")
        object.__setattr__(self, "patterns", tuple(item.lstrip("/") for item in patterns))

    def __call__(self, name: str) -> bool:
        """Whether the part ``name`` is protected."""
        return not any(fnmatchcase(name, pattern) for pattern in self.patterns)


def left_open(document: OfdDocument, body: Body, protect: Protection) -> frozenset[str]:
    """The parts of the package that ``protect`` does not protect.

    :raises UsageError: not a mode and not a filter.
    """
    if protect == "whole":
        return frozenset()
    if protect == "all-but-annotations":
        listed = annotation_list(document, body)
        return frozenset() if listed is None else frozenset({listed})
    if not callable(protect):
        raise UsageError("usage.protect", found=str(protect))
    return frozenset(name for name in document.package.names if not protect(name))


def annotation_list(document: OfdDocument, body: Body) -> str | None:
    """The part that Document.xml's Annotations names, or where it would lie; ``None`` for none."""
    element = _annotations(document, body)
    if element is None:
        return None
    root = body.root or ""
    located = locate(document.package, element.text(), base=directory_of(root), where=root)
    return located.name or located.path.lstrip("/")


def _annotations(document: OfdDocument, body: Body) -> Element | None:
    if body.root is None:
        return None
    return document.xml(body.root, root="Document").root.child("Annotations")
