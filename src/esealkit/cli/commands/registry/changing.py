"""Changes and the end: ``amend``, ``hand-over``, ``suspend``, ``report-loss``, ``cancel``, …"""

from __future__ import annotations

import click

from esealkit.cli.commands.registry.desk import (
    Desk,
    line_of,
    material,
    materials_of,
    pairs_of,
    pass_desk,
    private_fields,
    private_of,
    progress,
    reason,
    reference,
    registry,
)
from esealkit.cli.options import time_of
from esealkit.cli.output import Exit, say


@registry.command()
@reference
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE",
              help="short_name department physical_code (repeatable).")  # fmt: skip
@private_fields
@material
@reason
@pass_desk
def amend(
    desk: Desk,
    reference: str,
    values: tuple[str, ...],
    private: tuple[str, ...],
    private_file: str | None,
    materials: tuple[str, ...],
    reason: str,
) -> int:
    """Change keeper, contact, department (变更)."""
    with desk.open() as register:
        return desk.tell(
            register.amend(
                reference,
                values=pairs_of(values),
                private=private_of(private, private_file),
                materials=materials_of(materials),
                reason=reason,
            )
        )


@registry.command("hand-over")
@reference
@click.option("--keeper", required=True, metavar="NAME", help="The new keeper.")
@click.option("--phone", default="", metavar="NO", help="His telephone.")
@pass_desk
def hand_over(desk: Desk, reference: str, keeper: str, phone: str) -> int:
    """Enter another keeper (保管人移交)."""
    with desk.open() as register:
        return desk.tell(register.hand_over(reference, keeper=keeper, phone=phone))


@registry.command("reset-pin")
@reference
@material
@pass_desk
def reset_pin(desk: Desk, reference: str, materials: tuple[str, ...]) -> int:
    """Enter that the PIN was reset on request."""
    with desk.open() as register:
        return desk.tell(register.reset_pin(reference, materials=materials_of(materials)))


def _reasoned(name: str, help_text: str) -> None:
    """``suspend``, ``resume``, ``retire``: a reference, a reason, materials."""

    @registry.command(name, help=help_text)
    @reference
    @reason
    @material
    @pass_desk
    def step(desk: Desk, reference: str, reason: str, materials: tuple[str, ...]) -> int:
        with desk.open() as register:
            verb = getattr(register, name)
            return desk.tell(verb(reference, reason=reason, materials=materials_of(materials)))


_reasoned("suspend", "Suspend the seal (暂停).")
_reasoned("resume", "Put a suspended seal in use again (恢复).")
_reasoned("retire", "Stop the use of a seal (停止使用).")


@registry.command("report-loss")
@reference
@click.option("--reason", type=click.Choice(["lost", "key-compromise"]), default="lost",
              show_default=True, help="What is lost.")  # fmt: skip
@pass_desk
def report_loss(desk: Desk, reference: str, reason: str) -> int:
    """Report a seal or its key lost: suspended at once (挂失)."""
    with desk.open() as register:
        return desk.tell(register.report_loss(reference, reason=reason))


@registry.command()
@reference
@click.option("--ground", required=True, metavar="TEXT", help="One of the profile's grounds.")
@click.option("--effective", metavar="TIME", help="When it took effect; default: now.")
@material
@pass_desk
def cancel(
    desk: Desk, reference: str, ground: str, effective: str | None, materials: tuple[str, ...]
) -> int:
    """Cancel a seal for good (注销)."""
    with desk.open() as register:
        return desk.tell(
            register.cancel(
                reference,
                ground=ground,
                effective=time_of(effective),
                materials=materials_of(materials),
            )
        )


@registry.command()
@pass_desk
def sweep(desk: Desk) -> int:
    """Cancel made seals that nobody fetched in time (逾期未领)."""
    with desk.open() as register, progress("sweep") as told:
        found = register.sweep(progress=told)
    say(desk.phrase("registry.swept", count=len(found)))
    for record in found:
        say("  " + line_of(record, desk.language))
    return Exit.PASSED
