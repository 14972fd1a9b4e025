"""Names of package entries: decoded once, safe, and impossible to confuse.

Two names that any file system, viewer or eye could take for one another are refused, so that
"the part of that name" always means one part.  Rows Z-07 to Z-17 and Z-23 to Z-25 of the
attack catalogue.
"""

from __future__ import annotations

import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from esealkit.errors import PackageError
from esealkit.findings import Deviation
from esealkit.ofd._zip import BIT_PATCH, BIT_UTF8, Record

__all__ = ["Named", "fold", "name_entries"]

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
_PLAIN_TYPES = frozenset({0, stat.S_IFREG, stat.S_IFDIR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Entries under their names."""

    files: dict[str, Record]
    """Parts by name, in directory order."""
    directories: tuple[str, ...]
    """Directory entries, with trailing slash."""
    wrapper: str
    """The folder that everything was wrapped in, with trailing slash, or ``""``."""
    deviations: tuple[Deviation, ...]
    """What was tolerated."""


_CONTROL = ("Cc", "Cs", "Zl", "Zp")
_DEEPEST = 64
"""Folders in folders: genuine packages have five."""


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """What a careless reader may compare: no case, one Unicode form, nothing invisible."""
    if name.isascii():
        return name.lower()
    visible = "".join(char for char in name if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", visible).casefold())


def name_entries(records: Iterable[Record]) -> Named:
    """Decoded, checked, unwrapped names; `PackageError` where a name is unsafe or doubled."""
    files: dict[str, Record] = {}
    directories: list[str] = []
    deviations: list[Deviation] = []
    seen: dict[str, str] = {}
    for record in records:
        name, others = _decode(record, deviations)
        _check_name(name, record)
        if not name.isascii() and any(unicodedata.category(char) == "Cf" for char in name):
            deviations.append(_deviation("package.name_invisible", name))
        key = fold(name.rstrip("/"))
        for candidate in {key, *(fold(other.rstrip("/")) for other in others)}:
            if candidate in seen:
                code = "package.twice" if seen[candidate] == name else "package.alias"
                raise PackageError(code, name=name, other=seen[candidate])
            seen[candidate] = name
        if name.endswith("/"):
            directories.append(name)
        else:
            files[name] = record
    _check_parents(files, directories)
    wrapper = _wrapper(files, directories)
    if wrapper:
        deviations.append(_deviation("package.wrapped", wrapper))
        files = {name[len(wrapper) :]: record for name, record in files.items()}
        directories = [name[len(wrapper) :] for name in directories if name != wrapper]
    return Named(
        files=files,
        directories=tuple(directories),
        wrapper=wrapper,
        deviations=tuple(deviations),
    )


def _deviation(kind: str, where: str) -> Deviation:
    return Deviation(id=kind, where=where, check="container.form", evidence={"name": where})


def _decode(record: Record, deviations: list[Deviation]) -> tuple[str, tuple[str, ...]]:
    """The name, and the other names that a reader with another code page would see."""
    raw = record.raw_name
    shown = raw.decode("utf-8", "backslashreplace")
    others: tuple[str, ...] = ()
    if raw.isascii():
        name = raw.decode("ascii")
    elif record.flags & BIT_UTF8:
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise PackageError("package.name", name=shown, why="not UTF-8") from None
    else:
        name, others = _decode_unmarked(raw, deviations)
    if record.unicode_name is not None and record.unicode_name != name:
        raise PackageError("package.name", name=shown, why="two names")
    return name, others


def _decode_unmarked(raw: bytes, deviations: list[Deviation]) -> tuple[str, tuple[str, ...]]:
    """Without bit 11 the code page is a guess: UTF-8 if it is, else GB18030 (Z-25)."""
    readings: dict[str, str] = {}
    for codec in ("utf-8", "gb18030"):
        try:
            readings[codec] = raw.decode(codec)
        except UnicodeDecodeError:
            continue
    if not readings:
        shown = raw.decode("utf-8", "backslashreplace")
        raise PackageError("package.name", name=shown, why="neither UTF-8 nor GBK")
    codec = next(iter(readings))
    name = readings.pop(codec)
    kind = "package.name_unmarked" if codec == "utf-8" else "package.name_gbk"
    deviations.append(_deviation(kind, name))
    return name, tuple(other for other in readings.values() if other != name)


def _check_name(name: str, record: Record) -> None:
    why = _unsafe(name)
    if why:
        raise PackageError("package.name", name=name, why=why)
    if stat.S_IFMT(record.mode) not in _PLAIN_TYPES:
        raise PackageError("package.name", name=name, why="not a regular file")
    if name.endswith("/") and (record.size or record.crc or record.packed > 2):
        raise PackageError("package.name", name=name, why="a directory with content")
    patched = record.flags & BIT_PATCH
    if not record.encrypted and (record.method not in (0, 8) or patched):
        raise PackageError("package.method", name=name, method=record.method)
    if record.method == 0 and record.packed != record.size and not record.encrypted:
        raise PackageError("package.data", name=name)


def _unsafe(name: str) -> str:
    """Why ``name`` cannot be the name of a part, or ``""``."""
    if not name.rstrip("/"):
        return "empty"
    if "\\" in name:
        return "backslash"
    if ":" in name:
        return "colon"
    plain = name.isascii()
    if plain and not name.isprintable():
        return "control character"
    if not plain and any(unicodedata.category(char) in _CONTROL for char in name):
        return "control character"
    segments = name.removesuffix("/").split("/")
    if len(segments) > _DEEPEST:
        return "too many folders"
    for segment in segments:
        if segment in ("", ".", ".."):
            return "empty, . or .. segment"
        if segment[-1] in " .":
            return "trailing space or dot"
        if segment.split(".", 1)[0].casefold() in _DEVICES:
            return "device name"
    return ""


def _check_parents(files: dict[str, Record], directories: list[str]) -> None:
    """A name cannot be a file and, for another entry, a folder (Z-23)."""
    folded = {fold(name): name for name in files}
    parents: set[str] = set()
    for name in (*files, *directories):
        # Upwards until a folder that was seen before: its own parents were seen with it.
        parent = fold(name) if name.endswith("/") else fold(name).rpartition("/")[0]
        parent = parent.rstrip("/")
        while parent and parent not in parents:
            parents.add(parent)
            parent = parent.rpartition("/")[0]
    for parent in parents & folded.keys():
        raise PackageError("package.alias", name=folded[parent], other=folded[parent] + "/")


def _wrapper(files: dict[str, Record], directories: list[str]) -> str:
    """The one top folder that holds a whole package, where somebody zipped the folder."""
    if any(fold(name) == "ofd.xml" for name in files):
        return ""
    tops = {name.split("/", 1)[0] for name in (*files, *directories)}
    if len(tops) != 1:
        return ""
    top = f"{tops.pop()}/"
    return top if f"{top}OFD.xml" in files else ""
