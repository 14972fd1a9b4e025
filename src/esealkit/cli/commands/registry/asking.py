"""Asking: ``query``, ``show``, ``history``, ``overdue``, ``expiring``, ``uses``, ``sheet``."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from esealkit import words
from esealkit.cli.commands.registry.desk import (
    Desk,
    as_json,
    fields_of,
    line_of,
    output_to,
    pass_desk,
    progress,
    reference,
    registry,
    where,
)
from esealkit.cli.output import Exit, say

if TYPE_CHECKING:
    from esealkit.registry import SealRecord

_text = click.argument("text", metavar="[TEXT]", default="")


@registry.command()
@_text
@where
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True,
              help="At most so many.")  # fmt: skip
@as_json
@pass_desk
def query(desk: Desk, text: str, fields: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Find records by text or by any field, the newest first."""
    asked = fields_of(fields)
    with desk.open() as register:
        found = islice(register.each(text=text, **asked), limit)
        if as_json:
            _say_all(record.to_value() for record in found)
            return Exit.PASSED
        shown = 0
        for record in found:
            say(line_of(record, desk.language))
            shown += 1
        total = register.count(text=text, **asked) if shown in (0, limit) else shown
    if not shown:
        click.echo(desk.phrase("registry.nothing"), err=True)
    elif total > shown:
        click.echo(desk.phrase("registry.more", shown=shown, total=total), err=True)
    return Exit.PASSED


def _say_all(values: Any) -> None:
    """A list as JSON, value by value."""
    begun = False
    for value in values:
        say(("," if begun else "[") + json.dumps(value, ensure_ascii=False, indent=2))
        begun = True
    say("]" if begun else "[]")


@registry.command()
@reference
@click.option("--reveal", metavar="REASON", help="Show private fields; the journal says why.")
@as_json
@pass_desk
def show(desk: Desk, reference: str, reveal: str | None, as_json: bool) -> int:
    """One record with all that belongs to it."""
    with desk.open() as register:
        if reveal is None:
            record = register.get(reference)
        else:
            record = register.reveal(reference, reason=reveal)
    if as_json:
        say(json.dumps(record.to_value(), ensure_ascii=False, indent=2))
    else:
        _lay_out(desk, record)
    return Exit.PASSED


def _lay_out(desk: Desk, record: SealRecord) -> None:
    """A record line by line, what is empty left out."""
    say(line_of(record, desk.language))
    yes = desk.phrase("html.yes")
    value = {**record.to_value(), "kind": record.kind_in(desk.language)}
    hidden = ("reference", "number", "state", "trial", "private", "materials", "seals", "filings")
    for name, item in value.items():
        if name not in hidden and item not in ("", None, False):
            say("  " + _line(desk, name, yes if item is True else item))
    for name, item in record.private.items():
        say("  " + _line(desk, name, item))
    for paper in record.materials:
        said = [paper.name, paper.step, paper.verdict, f"SM3 {paper.sm3[:16]}…", paper.added_at]
        say("  " + _line(desk, "material", " · ".join(item for item in said if item)))
    for seal in record.seals:
        ended = "" if seal.active else desk.phrase("registry.seal_ended")
        said = [seal.carrier, seal.edition, seal.valid_until[:10], ended, f"SM3 {seal.sm3[:16]}…"]
        say("  " + _line(desk, "seal", " · ".join(item for item in said if item)))
    for filing in record.filings:
        said = [desk.phrase(f"registry.filing_of.{filing.kind}"),
                desk.phrase(f"registry.filing.{filing.state}"), filing.authority, filing.receipt,
                filing.reason]  # fmt: skip
        say("  " + _line(desk, "filing", " · ".join(item for item in said if item)))


def _line(desk: Desk, name: str, value: object) -> str:
    return f"{desk.phrase(f'registry.field.{name}')}: {words.inert(str(value))}"


@registry.command()
@reference
@as_json
@pass_desk
def history(desk: Desk, reference: str, as_json: bool) -> int:
    """What happened to a seal, entry by entry."""
    with desk.open() as register:
        entries = register.history(reference)
    if as_json:
        _say_all(
            {"number": item.number, "at": item.at.isoformat(), "event": item.event,
             "actor": item.actor, "data": dict(item.data)}
            for item in entries
        )  # fmt: skip
        return Exit.PASSED
    for entry in entries:
        at = entry.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        say(words.inert(f"{entry.number} {at} {entry.event} {entry.actor}"))
    return Exit.PASSED


@registry.command()
@pass_desk
def overdue(desk: Desk) -> int:
    """What should have been done by now; exit code 1 where there is something."""
    with desk.open() as register:
        found = register.overdue()
    for item in found:
        what = desk.phrase(f"registry.filing_of.{item.what}")
        values = {"reference": item.reference, "owner": item.owner, "due": item.due_at}
        say(desk.phrase("registry.overdue", what=what, **values))
    return Exit.FAILED if found else Exit.PASSED


@registry.command()
@click.option("--days", type=click.IntRange(0, 3660), default=90, show_default=True,
              help="Within so many days.")  # fmt: skip
@as_json
@pass_desk
def expiring(desk: Desk, days: int, as_json: bool) -> int:
    """Seals that end soon or have ended; exit code 1 where there is one."""
    with desk.open() as register:
        found = register.expiring(days=days)
    if as_json:
        _say_all(record.to_value() for record in found)
    else:
        for record in found:
            end = desk.phrase("registry.ends", until=record.valid_until)
            say(f"{line_of(record, desk.language)} · {end}")
    return Exit.FAILED if found else Exit.PASSED


@registry.command()
@click.argument("reference", metavar="[REF]", default="")
@output_to("CSV")
@pass_desk
def uses(desk: Desk, reference: str, output: str) -> int:
    """Write the uses of one seal, or of all, as a table (用印登记簿)."""
    from esealkit.journal import write_uses
    from esealkit.signing.output import StagedFile

    with desk.open() as register, StagedFile(Path(output)) as staged:
        for line in write_uses(register.uses(reference), lang=desk.language):
            staged.write(line.encode())
        staged.commit()
    return Exit.PASSED


@registry.command()
@_text
@where
@output_to("HTML")
@pass_desk
def sheet(desk: Desk, text: str, fields: tuple[str, ...], output: str) -> int:
    """Write a contact sheet of the register's seals, to look at and to print."""
    from esealkit.registry.sheet import contact_sheet
    from esealkit.signing.output import StagedFile

    with (
        desk.open() as register,
        progress("sheet") as told,
        StagedFile(Path(output)) as staged,
    ):
        asked = fields_of(fields)
        count = register.count(text=text, **asked)
        pages = register.pictured(text=text, progress=told, **asked)
        for part in contact_sheet(pages, lang=desk.language, count=count):
            staged.write(part.encode())
        staged.commit()
    say(desk.phrase("registry.written", path=output, count=count))
    return Exit.PASSED
