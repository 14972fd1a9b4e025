"""Small things around pyHanko's objects: values behind references, numbers, faults as errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NullObject,
    PdfObject,
)
from pyhanko.pdf_utils.misc import PdfDecodeLimitError

from esealkit.errors import EsealError, LimitExceeded, PdfError
from esealkit.pdf.facts import ObjectId
from esealkit.pdf.geometry import Rectangle

__all__ = [
    "dictionary",
    "entries_of",
    "guarded",
    "items",
    "listed",
    "number_at",
    "number_of",
    "numbers",
    "plain",
    "rectangle",
    "resolved",
    "value",
]


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Whatever the parser raises for hostile bytes becomes one of our errors."""
    try:
        yield
    except EsealError:
        raise
    except (PdfDecodeLimitError, MemoryError, RecursionError) as error:
        raise LimitExceeded("limit.resources", kind=type(error).__name__) from error
    except OSError:
        raise
    except Exception as error:
        raise PdfError("pdf.malformed", reason=f"{type(error).__name__}: {error}"[:200]) from error


def resolved(found: Any) -> Any:
    """What a reference points to; ``None`` for the null object."""
    if isinstance(found, IndirectObject):
        found = found.get_object()
    return None if isinstance(found, NullObject) else found


def value(dictionary: Any, key: str, default: Any = None) -> Any:
    """An entry behind its reference; an absent one and null are the same (7.3.7)."""
    # dict.get of these objects would give the reference itself; null raises like absence.
    try:
        found = dictionary[key]
    except KeyError:
        return default
    return default if isinstance(found, NullObject) else found


def items(array: Any) -> list[Any]:
    """An array's elements behind their references; ``[]`` for none."""
    return [] if array is None else [resolved(array[i]) for i in range(len(array))]


def listed(array: Any) -> list[Any]:
    """An array's elements, references left as they are; of anything else nothing."""
    return list(array.iterate()) if isinstance(array, ArrayObject) else []


def dictionary(found: Any) -> Any:
    """``found`` where it is a dictionary or refers to one, else an empty one."""
    if isinstance(found, PdfObject):
        found = found.get_object()
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def entries_of(dictionary: Any) -> dict[Any, Any]:
    """A dictionary's own entries, references left as they are."""
    found = resolved(dictionary)
    return {} if found is None else {key: found.raw_get(key) for key in found}


def number_of(raw: Any) -> ObjectId | None:
    """The object that a reference names; ``None`` for anything else."""
    return (raw.idnum, raw.generation) if isinstance(raw, IndirectObject) else None


def number_at(dictionary: Any, key: str) -> ObjectId | None:
    """The object that an entry refers to."""
    return number_of(dictionary.raw_get(key)) if key in dictionary else None


def rectangle(array: Any) -> Rectangle:
    """Any two opposite corners (7.9.5)."""
    one, two, three, four = (float(number) for number in items(array))
    return min(one, three), min(two, four), max(one, three), max(two, four)


def numbers(values: Iterable[float]) -> Any:
    """An array of numbers."""
    return ArrayObject([FloatObject(plain(value)) for value in values])


def plain(number: float, digits: int = 4) -> str:
    """A number as PDF writes it: no exponent, no needless zeros."""
    text = f"{number:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
