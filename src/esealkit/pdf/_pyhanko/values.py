"""Reading pyHanko's containers: its dictionaries and arrays answer Python's own methods with
references and with values still encrypted.
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, PdfObject

__all__ = ["dictionary", "entry", "items"]


def entry(node: Any, key: str, default: Any = None) -> Any:
    """A dictionary's value, references followed and decrypted; null is absence (7.3.9)."""
    try:
        return node[key]
    except KeyError:
        return default


def items(value: Any) -> list[Any]:
    """What an array lists, references as such; of anything else nothing."""
    return list(value.iterate()) if isinstance(value, ArrayObject) else []


def dictionary(value: Any) -> Any:
    """``value`` where it is a dictionary or refers to one, else an empty one."""
    if isinstance(value, PdfObject):
        value = value.get_object()
    return value if isinstance(value, DictionaryObject) else DictionaryObject()
