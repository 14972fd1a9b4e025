"""``--preview``, ``--dry-run``, ``--json``: where stamps land, seen without signing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click

from esealkit.cli.output import say
from esealkit.placement import Placed, Placement
from esealkit.words import Language, phrase

__all__ = ["left_out", "preview_options", "show_places"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def preview_options(command: _Command) -> _Command:
    """The three options."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Write the result as JSON."),
        click.option(
            "--dry-run",
            is_flag=True,
            help="Place the stamps, sign nothing; OUT is not written and no key is needed.",
        ),
        click.option(
            "--preview",
            type=click.Path(),
            metavar="PNG",
            help="Picture of the pages with the stamps on top.",
        ),
    ):
        command = option(command)
    return command


def show_places(
    source: str,
    seal: Any,
    placement: list[Placement],
    path: str | None,
    *,
    password: bytes | None,
    dry_run: bool,
    as_json: bool,
    language: Language,
) -> None:
    """Write the preview, and for a dry run say where the stamps would be."""
    if path is None and not dry_run:
        return
    from esealkit.api.preview import Places, places, preview

    found: Places
    if path is not None:
        found = shown = preview(source, seal=seal, placement=placement, password=password)
        shown.save(path)
        notes = [phrase("places.preview", language, path=path)]
        for code, count in shown.left_out.items():
            what = left_out(code, language)
            notes.append(phrase("places.left_out", language, what=what, count=count))
        if shown.not_shown:
            pages = ", ".join(map(str, shown.not_shown))
            notes.append(phrase("places.no_room", language, pages=pages))
        click.echo("\n".join(notes), err=True)
    else:
        found = places(source, seal=seal, placement=placement, password=password)
    if dry_run:
        say(found.to_json() if as_json else "\n".join(_lines(found.stamps, language)))


def left_out(code: str, language: Language) -> str:
    """What a code of ``Preview.left_out`` stands for."""
    from esealkit.words.of_reports import PHRASES

    key = f"left_out.{code}"
    if key in PHRASES:
        return phrase(key, language)
    return phrase("left_out.other", language, code=code)


def _lines(stamps: Iterable[Placed], language: Language) -> Iterator[str]:
    for item in stamps:
        clip = ""
        if item.clip is not None:
            box = " ".join(f"{value:g}" for value in item.clip)
            clip = phrase("places.clip", language, box=box)
        yield phrase(
            "places.stamp",
            language,
            page=item.page_index + 1,
            x=f"{item.x:g}",
            y=f"{item.y:g}",
            width=f"{item.width:g}",
            height=f"{item.height:g}",
            clip=clip,
        )
