"""Publishing and proof: ``publish``, ``audit``, ``anchor``, ``backup``, ``restore``, …"""

from __future__ import annotations

from typing import Any

import click

from esealkit import words
from esealkit.cli.commands.journal import certificate_in, read
from esealkit.cli.commands.registry.desk import (
    Desk,
    as_json,
    output_to,
    pass_desk,
    progress,
    registry,
)
from esealkit.cli.commands.stamp import key_options, named_key
from esealkit.cli.output import Exit, say


@registry.command()
@output_to()
@click.option("--days", type=click.IntRange(1, 3660), default=7, show_default=True,
              help="Until the next list.")  # fmt: skip
@key_options()
@pass_desk
def publish(desk: Desk, /, output: str, days: int, **given: Any) -> int:
    """Write the signed seal status list (印章状态名录)."""
    with named_key(**given) as key, desk.open() as register, progress("publish") as told:
        done = register.publish_status(output, key=key, days=days, progress=told)
    until = done.next_update.date().isoformat()
    values = {"path": output, "number": done.number, "count": done.seals, "until": until}
    say(desk.phrase("registry.published", **values))
    return Exit.PASSED


@registry.command()
@click.option("--anchor", "anchors", multiple=True, type=click.Path(), metavar="JSON",
              help="A head that was kept elsewhere (repeatable).")  # fmt: skip
@click.option("--signer", type=click.Path(), metavar="PEM",
              help="Who must have signed head and anchors.")  # fmt: skip
@as_json
@pass_desk
def audit(desk: Desk, anchors: tuple[str, ...], signer: str | None, as_json: bool) -> int:
    """Prove that nothing was altered, dropped, reordered or rolled back."""
    from esealkit.journal import Anchor

    with desk.open() as register, progress("audit") as told:
        found = register.audit(
            anchors=[Anchor.from_json(read(item)) for item in anchors],
            signer=None if signer is None else certificate_in(signer),
            progress=told,
        )
    if as_json:
        say(found.to_json())
    elif found.sound:
        say(desk.phrase("registry.sound", entries=found.entries, records=found.records))
    else:
        say(desk.phrase("registry.unsound", count=len(found.faults)))
        for fault in found.faults:
            say(f"  {fault.message(desk.language)}")
    return Exit.PASSED if found.sound else Exit.FAILED


@registry.command()
@pass_desk
def anchor(desk: Desk) -> int:
    """Print how far the journal has come, to be kept outside the workshop."""
    with desk.open() as register:
        say(register.anchor().to_json())
    return Exit.PASSED


@registry.command()
@output_to()
@pass_desk
def backup(desk: Desk, output: str) -> int:
    """Write everything to one file; prints its proof."""
    with desk.open() as register, progress("backup") as told:
        proof = register.backup(output, progress=told)
    say(desk.phrase("registry.backed_up", path=output, proof=proof))
    return Exit.PASSED


@registry.command()
@click.argument("source", metavar="FILE", type=click.Path())
@click.option("--proof", default="", metavar="SM3", help="What backup printed.")
@pass_desk
def restore(desk: Desk, source: str, proof: str) -> int:
    """Restore a backup into a new register; audit it afterwards."""
    from esealkit.registry import restore as restore_into

    with progress("restore") as told:
        found = restore_into(source, desk.url, proof=proof, witness=desk.witness, progress=told)
    say(desk.phrase("registry.backed_up", path=desk.shown_url, proof=found))
    return Exit.PASSED


@registry.command("past-retention")
@pass_desk
def past_retention(desk: Desk) -> int:
    """What need not be kept any longer (audit administrator); nothing goes by itself."""
    with desk.open() as register:
        for item in register.past_retention():
            named = [item.reference, item.item, item.name, item.since]
            say(words.inert(" ".join(part for part in named if part)))
    return Exit.PASSED
