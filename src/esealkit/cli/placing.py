"""Where stamps go, in words: the options that stamping and previewing share."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from typing import Any, get_args

import click

from esealkit.errors import UsageError
from esealkit.placement import (
    Anchor,
    At,
    Edge,
    EveryPage,
    InAnnotation,
    Keyword,
    Pages,
    Placement,
    Seam,
)

__all__ = ["optional_placing_options", "placements", "placing_options"]

_EDGES = get_args(Edge)
_ANCHORS = get_args(Anchor)

_OPTIONS = (
    click.option(
        "--page",
        "pages",
        multiple=True,
        metavar="N[,M|all]",
        help="Pages for the next --at: numbers, ranges 2-5, all, odd, even (repeatable).",
    ),
    click.option(
        "--at",
        "points",
        multiple=True,
        metavar="X,Y",
        help="The stamp's top left in mm from the page's top left (repeatable).",
    ),
    click.option(
        "--seam",
        "seams",
        multiple=True,
        metavar="EDGE[:PAGES]",
        help="A seam stamp on the right, left, top or bottom edge (repeatable).",
    ),
    click.option(
        "--two-sided",
        is_flag=True,
        help="Seam on sheets printed on both sides: even pages take the opposite edge.",
    ),
    click.option(
        "--seam-offset", type=float, metavar="MM", help="Seam: mm from the page's top or left."
    ),
    click.option(
        "--seam-margin",
        type=float,
        default=0.0,
        metavar="MM",
        help="Seam: mm between the edge and the strip.",
    ),
    click.option(
        "--seam-group", type=int, metavar="N", help="Seam: most pages that share one seal."
    ),
    click.option(
        "--seam-strips", metavar="W,W,…", help="Seam: relative widths of the strips of a group."
    ),
    click.option(
        "--keyword",
        "keywords",
        multiple=True,
        metavar="TEXT",
        help="The stamp on a text of the document (repeatable).",
    ),
    click.option(
        "--nth",
        default="1",
        metavar="N|all",
        help="Which occurrence of --keyword or --in-annotation; -1 is the last.",
    ),
    click.option("--offset", metavar="DX,DY", help="mm from the keyword's anchor, right and down."),
    click.option(
        "--anchor",
        type=click.Choice(_ANCHORS),
        default="center",
        help="The point of the stamp laid on the same point of the keyword.",
    ),
    click.option(
        "--in-annotation",
        "annotations",
        multiple=True,
        metavar="NAME",
        help="The stamp in the box of an annotation or field (repeatable).",
    ),
    click.option("--fill", is_flag=True, help="As large as fits the annotation's box."),
    click.option(
        "--size", metavar="W,H", help="mm to draw the seal at; its picture's true size else."
    ),
    click.option("--off-page", is_flag=True, help="Let stamps lie outside their page."),
)


def placing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """All options that say where; the command gets them as one argument ``placement``."""
    return _with_options(command, lambda own: placements(**own))


def optional_placing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, where nothing need be shown: without a place ``placement`` is ``None``."""
    named = ("points", "seams", "keywords", "annotations")
    return _with_options(
        command, lambda own: placements(**own) if any(own[name] for name in named) else None
    )


def _with_options(
    command: Callable[..., Any], placement_of: Callable[[dict[str, Any]], Any]
) -> Callable[..., Any]:
    @functools.wraps(command)
    def placed(*args: Any, **given: Any) -> Any:
        own = {name: given.pop(name) for name in signature(placements).parameters}
        return command(*args, placement=placement_of(own), **given)

    for option in reversed(_OPTIONS):
        placed = option(placed)
    return placed


def placements(
    *,
    pages: tuple[str, ...] = (),
    points: tuple[str, ...] = (),
    seams: tuple[str, ...] = (),
    two_sided: bool = False,
    seam_offset: float | None = None,
    seam_margin: float = 0.0,
    seam_group: int | None = None,
    seam_strips: str | None = None,
    keywords: tuple[str, ...] = (),
    nth: str = "1",
    offset: str | None = None,
    anchor: str = "center",
    annotations: tuple[str, ...] = (),
    fill: bool = False,
    size: str | None = None,
    off_page: bool = False,
) -> list[Placement]:
    """What the options ask for, in one list: one signature.

    :raises UsageError: they do not fit together, or are no numbers.
    """
    found: list[Placement] = list(_points(pages, points)) if points else []
    strips = None if seam_strips is None else tuple(_numbers(seam_strips))
    for text in seams:
        edge, _, listed = text.partition(":")
        if edge not in _EDGES:
            raise UsageError("usage.seam", found=text)
        seam = Seam(
            edge,  # type: ignore[arg-type]  # looked up above
            _pages(listed) if listed else None,
            two_sided=two_sided,
            offset=seam_offset,
            margin=seam_margin,
            group=seam_group,
            strips=strips,
        )
        found.append(seam)
    number = _nth(nth)
    dx, dy = _pair(offset, "usage.point") if offset is not None else (0.0, 0.0)
    for text in keywords:
        found.append(Keyword(text, number, dx, dy, anchor))  # type: ignore[arg-type]  # a Choice
    found += [InAnnotation(name, number, fill) for name in annotations]
    if not found:
        raise UsageError("usage.no_placement")
    drawn = _pair(size, "usage.stamp_size") if size is not None else None
    return [replace(item, size=drawn, off_page=off_page) for item in found]


def _points(pages: tuple[str, ...], points: tuple[str, ...]) -> list[Placement]:
    """``--page`` and ``--at`` in pairs; a single ``--page`` or ``--at`` serves all others."""
    given = pages or ("1",)
    if len(given) == 1:
        given *= len(points)
    if len(points) == 1:
        points *= len(given)
    if len(given) != len(points):
        raise UsageError("usage.page_at", pages=len(given), points=len(points))
    found: list[Placement] = []
    for listed, point in zip(given, points, strict=True):
        x, y = _pair(point, "usage.point")
        which = _pages(listed)
        if which is None or isinstance(which, str):
            found.append(EveryPage(x, y, which))
        else:
            found += [At(page, x, y) for page in which]
    return found


def _pages(text: str) -> Pages:
    """``2,5-8,-1``, ``all``, ``odd`` or ``even``."""
    if text == "all":
        return None
    if text in ("odd", "even"):
        return "odd" if text == "odd" else "even"
    found: list[int] = []
    for piece in text.split(","):
        match = re.fullmatch(r"(-?[0-9]{1,6})(?:-([0-9]{1,6}))?", piece.strip())
        if match is None:
            raise UsageError("usage.page", text=text)
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if match[2] and not 0 < first <= last:
            raise UsageError("usage.page", text=text)
        found += range(first, last + 1)
    return found


def _nth(text: str) -> int | None:
    if text == "all":
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageError("usage.nth", text=text) from None


def _numbers(text: str) -> list[float]:
    try:
        return [float(piece) for piece in text.split(",")]
    except ValueError:
        raise UsageError("usage.seam", found=text) from None


def _pair(text: str, code: str) -> tuple[float, float]:
    try:
        x, y = (float(piece) for piece in text.split(","))
    except ValueError:
        if code == "usage.point":
            raise UsageError("usage.point", text=text) from None
        raise UsageError("usage.stamp_size", found=text) from None
    return x, y
