"""ST_Loc: from a path in a document to a part of its package, by one function for all uses.

GB/T 33190-2016 table 2: ``/`` is the package's root, a path without it is relative to the
directory of the file that holds it, ``.`` and ``..`` are allowed, names are case-sensitive.
What vendors write instead is tolerated with a deviation each; what leaves the package, names
another resource or could be read in two ways is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from esealkit.errors import XmlError
from esealkit.findings import Deviation
from esealkit.ofd.package import Package

__all__ = ["Located", "directory_of", "locate"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPED = re.compile(r"%(?:2[eEfF]|5[cC]|00)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a path leads."""

    path: str
    """The path as an absolute one, e.g. ``/Doc_0/Document.xml``."""
    name: str | None
    """The part it names, or ``None`` where the package has no such part."""
    others: tuple[str, ...] = ()
    """Further parts that a reader with other rules could take the path for."""
    deviations: tuple[Deviation, ...] = ()
    """What was tolerated on the way."""


def directory_of(name: str) -> str:
    """The directory of a part, with trailing slash; ``""`` for the root."""
    return name[: name.rfind("/") + 1]


def locate(package: Package, loc: str, *, base: str, where: str, strict: bool = False) -> Located:
    """The part that ``loc``, found in ``where`` within directory ``base``, names.

    ``strict`` is for Reference/@FileRef, which is defined as absolute: a relative one that
    names one part from the root and another from ``base`` is refused.  Raises `XmlError`
    (``path.refused``) for paths that leave the package or are none.
    """
    notes: list[str] = []
    text = loc.strip(" \t\r\n")
    _refuse(text, where)
    if "\\" in text:
        notes.append("path.backslash")
        text = text.replace("\\", "/")
    if "//" in text:
        notes.append("path.double_slash")
    if text.rsplit("/", 1)[-1] in ("", ".", ".."):
        raise XmlError("path.refused", where=where, path=loc, why="directory")
    readings = _readings(text, base, where)
    name, path, choice = _look_up(package, readings)
    others = tuple(other for other in readings if other in package and other != name)
    if strict and others:
        raise XmlError("path.refused", where=where, path=loc, why="ambiguous")
    if strict and not text.startswith("/"):
        notes.append("path.relative_reference")
    if choice and not (strict and choice == "path.root_relative"):
        notes.append(choice)
    deviations = tuple(
        Deviation(id=kind, where=where, check="signature.form", evidence={"path": loc})
        for kind in dict.fromkeys(notes)
    )
    return Located(path=f"/{name or path}", name=name, others=others, deviations=deviations)


def _refuse(text: str, where: str) -> None:
    why = ""
    if not text:
        why = "empty"
    elif len(text) > 4096:
        why = "too long"
    elif _SCHEME.match(text) or text.startswith("\\\\"):
        why = "outside the package"
    elif _ESCAPED.search(text):
        why = "percent escape"
    elif any(char < " " or char == "\x7f" for char in text):
        why = "control character"
    if why:
        raise XmlError("path.refused", where=where, path=text, why=why)


def _readings(text: str, base: str, where: str) -> tuple[str, ...]:
    """The entry names that ``text`` can mean, the standard's own reading first."""
    if text.startswith("/"):
        return (_walk("", text, where),)
    near = _walk(base, text, where)
    if base == "" or text.startswith(".."):
        return (near,)
    try:
        return (near, _walk("", text, where))
    except XmlError:
        return (near,)


def _walk(base: str, text: str, where: str) -> str:
    segments = [segment for segment in base.split("/") if segment]
    for segment in text.split("/"):
        if segment in ("", "."):
            continue
        if segment == "..":
            if not segments:
                raise XmlError("path.refused", where=where, path=text, why="outside the package")
            segments.pop()
        else:
            segments.append(segment)
    if not segments:
        raise XmlError("path.refused", where=where, path=text, why="directory")
    return "/".join(segments)


def _look_up(package: Package, readings: tuple[str, ...]) -> tuple[str | None, str, str]:
    """Exact before folded, near before root; with the deviation that the choice is."""
    notes = ("", "path.root_relative")
    for reading, note in zip(readings, notes, strict=False):
        if reading in package:
            return reading, reading, note
    for reading in readings:
        name = package.same_but_case(reading)
        if name is not None:
            return name, reading, "path.case"
    return None, readings[0], ""
