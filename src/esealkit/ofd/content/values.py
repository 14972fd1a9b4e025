"""Attribute values of graphic objects: arrays, deltas, matrices, path data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from esealkit.errors import LimitExceeded, XmlError
from esealkit.limits import Limits
from esealkit.ofd._xml import Element, boolean, number
from esealkit.placement.affine import IDENTITY, Matrix

__all__ = ["Budget", "flag", "floats", "matrix", "path_data", "real", "shifts", "whole"]

_TOKEN = re.compile(r"[A-Za-z]|[^\sA-Za-z,]+(?:[eE][-+]?[0-9]+)?")
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_SVG = {"S": "M", "M": "M", "L": "L", "Q": "Q", "B": "C", "A": "A", "C": "Z"}


class Budget:
    """What may still be drawn on one page; hostile pages end here."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = {
            "objects": limits.page_objects,
            "glyphs": limits.page_glyphs,
            "points": limits.page_points,
        }

    def spend(self, what: str, count: int = 1) -> None:
        """Take ``count``; `LimitExceeded` where it is not there."""
        self._left[what] -= count
        if self._left[what] < 0:
            raise LimitExceeded("content.too_much", what=what)

    def check_depth(self, depth: int) -> None:
        """`LimitExceeded` where blocks are nested too deep."""
        if depth > self._limits.content_depth:
            raise LimitExceeded("content.depth", limit=self._limits.content_depth)


def floats(text: str | None, *, where: str, count: int | None = None) -> tuple[float, ...]:
    """ST_Array of numbers; ``count`` says how many there must be."""
    values = tuple(number(piece, where=where) for piece in (text or "").split())
    if count is not None and len(values) != count:
        raise XmlError("xml.number", where=where, text=(text or "")[:60])
    return values


def real(element: Element, name: str, default: float) -> float:
    """A number attribute, or ``default`` where it is absent."""
    text = element.get(name)
    return default if text is None else number(text.strip(), where=element.where)


def whole(element: Element, name: str, default: int) -> int:
    """A number attribute as an integer between -10^6 and 10^6."""
    return int(max(-1e6, min(1e6, real(element, name, default))))


def flag(element: Element, name: str, *, default: bool) -> bool:
    """An xs:boolean attribute."""
    value = boolean(element.get(name), where=element.where)
    return default if value is None else value


def matrix(element: Element, name: str = "CTM") -> Matrix:
    """A matrix attribute, the identity where it is absent."""
    text = element.get(name)
    if text is None or not text.strip():
        return IDENTITY
    a, b, c, d, e, f = floats(text, where=element.where, count=6)
    return a, b, c, d, e, f


def shifts(text: str | None, wanted: int, *, where: str) -> list[float] | None:
    """DeltaX or DeltaY with its short form ``g count value`` (GB/T 33190-2016 11.3).

    ``None`` where there is none; else ``wanted`` values, of which the last given goes on.
    """
    if text is None or not text.strip():
        return None
    values: list[float] = []
    pieces = iter(text.split())
    for piece in pieces:
        if len(values) >= wanted:
            break
        if piece != "g":
            values.append(number(piece, where=where))
            continue
        times, value = next(pieces, ""), next(pieces, "")
        repeat = min(max(0, int(number(times, where=where))), wanted - len(values))
        values += [number(value, where=where)] * repeat
    if not values:
        return None
    return values + [values[-1]] * (wanted - len(values))


def path_data(text: str, budget: Budget, *, where: str) -> str:
    """AbbreviatedData (GB/T 33190-2016 9.3) as SVG path data; `XmlError` for anything else."""
    return " ".join(_steps(text, budget, where))


def _steps(text: str, budget: Budget, where: str) -> Iterator[str]:
    tokens = _TOKEN.findall(text)
    budget.spend("points", len(tokens))
    position, operator, started = 0, "", False
    while position < len(tokens):
        token = tokens[position]
        if token in _OPERANDS:
            operator = token
            position += 1
        elif not operator or operator == "C":
            raise XmlError("content.path", where=where, text=token[:20])
        elif operator in ("S", "M"):
            operator = "L"
        count = _OPERANDS[operator]
        if not started and operator not in ("S", "M"):
            raise XmlError("content.path", where=where, text=operator)
        started = True
        operands = [number(item, where=where) for item in tokens[position : position + count]]
        if len(operands) != count:
            raise XmlError("content.path", where=where, text=operator)
        position += count
        if operator == "A":
            # Two flags: SVG readers take 0 and 1 only.
            operands[3:5] = [float(operands[3] != 0), float(operands[4] != 0)]
        yield " ".join([_SVG[operator], *(f"{value:.6g}" for value in operands)])
