"""HTML built so that nothing can escape it: text is inert and escaped where it enters.

::

    tag("p", "a < b", class_="note")      →  <p class="note">a &lt; b</p>

Plain ``str`` children are text from anywhere, hostile documents included; only :class:`Markup`,
which nothing but :func:`tag` and :func:`joined` makes, passes as it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from esealkit.words import inert

__all__ = ["Child", "Markup", "joined", "tag"]

_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_VOID = frozenset({"img", "meta", "br"})
_LONG = 2_000_000
"""Attributes are cut here: a picture's data is the longest (its own bound is smaller)."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | Markup | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """One element.

    :param attributes: ``class_`` gives ``class``, ``aria_label`` gives ``aria-label``; ``None``
        and ``False`` leave it out, ``True`` gives it without a value.
    """
    assert _NAME.match(name), name
    opened = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{opened}>")
    return Markup(f"<{name}{opened}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """Children one after another."""
    return Markup("".join(_piece(item) for item in children))


def _piece(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return html.escape(inert(child, limit=2_000), quote=True)
    return "".join(_piece(item) for item in child)


def _attribute(key: str, value: str | int | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    assert _NAME.match(name), key
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{html.escape(inert(value, limit=_LONG), quote=True)}"'
