"""Applying and examining: ``apply``, ``supplement``, ``examine``, ``withdraw``, ``imprint``, …"""

from __future__ import annotations

from typing import Any

import click

from esealkit.cli.commands.registry.desk import (
    Desk,
    material,
    materials_of,
    output_to,
    pass_desk,
    private_fields,
    private_of,
    reason,
    reference,
    registry,
    with_options,
    write,
)
from esealkit.cli.options import trust_of, trust_options
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

_picture = click.option("--picture", type=click.Path(), metavar="P", help="The seal's picture.")
_size = click.option(
    "--size", metavar="W,H", help="Whole mm; default: what the picture says, else 40,40."
)
_translation = click.option(
    "--translation", default="", metavar="TEXT", help="Confirmed translation."
)
_application = with_options(
    [
        click.option("--owner", required=True, metavar="NAME", help="Legal name."),
        click.option("--unit-code", default="", metavar="CODE",
                     help="Unified social credit code."),
        click.option("--kind", required=True, metavar="KIND", help="Kind, e.g. 公章."),
        click.option("--name", default="", metavar="TEXT",
                     help="Name on the seal; default: owner."),
        click.option("--short-name", default="", metavar="TEXT", help="规范化简称."),
        click.option("--department", default="", metavar="TEXT", help="所属单位."),
        _picture,
        _size,
        click.option("--drawn", is_flag=True,
                     help="The picture was drawn, not taken from a seal."),
        click.option("--physical-code", default="", metavar="CODE",
                     help="Code of the physical seal."),
        _translation,
        click.option("--foreign-text", is_flag=True, help="It carries foreign or minority text."),
        click.option("--new-unit", is_flag=True, help="Papers of a new unit are shared."),
        private_fields,
        material,
        trust_options,
    ]
)  # fmt: skip


def _given(given: dict[str, Any]) -> Any:
    """The application that the options describe; signed papers are verified with --trust."""
    from esealkit.cli.commands.seal import size_of
    from esealkit.registry import Application

    size = given.pop("size")
    width, height = (None, None) if size is None else size_of(size)
    return Application(
        width_mm=width,
        height_mm=height,
        materials=materials_of(given.pop("materials")),
        private=private_of(given.pop("private"), given.pop("private_file")),
        trust=trust_of(given.pop("trusts"), given.pop("trust_makers")),
        **given,
    )


@registry.command()
@_application
@pass_desk
def apply(desk: Desk, /, **given: Any) -> int:
    """Enter an application (申请)."""
    with desk.open() as register:
        return desk.tell(register.apply(_given(given)))


@registry.command()
@reference
@material
@_picture
@_size
@_translation
@trust_options
@pass_desk
def supplement(
    desk: Desk,
    reference: str,
    materials: tuple[str, ...],
    picture: str | None,
    size: str | None,
    translation: str,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
) -> int:
    """Bring what was missing (补正)."""
    from esealkit.cli.commands.seal import size_of

    with desk.open() as register:
        return desk.tell(
            register.supplement(
                reference,
                materials=materials_of(materials),
                picture=picture,
                size_mm=None if size is None else size_of(size),
                translation=translation,
                trust=trust_of(trusts, trust_makers),
            )
        )


@registry.command()
@reference
@click.option("--approve", is_flag=True, help="All is there.")
@click.option("--refuse", metavar="REASON", help="Refuse, and why.")
@pass_desk
def examine(desk: Desk, reference: str, approve: bool, refuse: str | None) -> int:
    """Approve an application or refuse it (审核)."""
    if approve == (refuse is not None):
        raise UsageError("usage.examine")
    with desk.open() as register:
        if approve:
            return desk.tell(register.approve(reference))
        return desk.tell(register.refuse(reference, reason=refuse or ""))


@registry.command()
@reference
@reason
@pass_desk
def withdraw(desk: Desk, reference: str, reason: str) -> int:
    """Take an application back (撤回)."""
    with desk.open() as register:
        return desk.tell(register.withdraw(reference, reason=reason))


@registry.command()
@reference
@click.argument("scan", metavar="PICTURE", type=click.Path())
@click.option("--confirm", "source", metavar="SOURCE", help="Confirm it; where it comes from.")
@click.option("--despite", default="", metavar="TEXT", help="Why a low score is confirmed.")
@click.option("--difference", type=click.Path(), metavar="PNG",
              help="Picture of the differences: look before you confirm.")  # fmt: skip
@pass_desk
def imprint(
    desk: Desk, reference: str, scan: str, source: str | None, despite: str, difference: str | None
) -> int:
    """Lay an imprint (印模) on the seal's picture; with --confirm, record it."""
    with desk.open() as register:
        if source is not None:
            return desk.tell(
                register.confirm_imprint(reference, scan, source=source, despite=despite)
            )
        found = register.compare_imprint(reference, scan)
    write(difference, found.difference)
    score = f"{found.score:.3f}"
    if found.same:
        say(desk.phrase("registry.same", score=score, least=found.threshold))
    else:
        say(desk.phrase("registry.different", score=score, least=found.threshold))
    return Exit.PASSED


@registry.command()
@reference
@reason
@click.option("--step-material", "step_materials", multiple=True, metavar="NAME=FILE",
              help="A paper for the replacement itself (repeatable).")  # fmt: skip
@_application
@pass_desk
def replace(
    desk: Desk, /, reference: str, reason: str, step_materials: tuple[str, ...], **given: Any
) -> int:
    """Apply for a seal in the place of this one (换领)."""
    with desk.open() as register:
        return desk.tell(
            register.replace(
                reference,
                _given(given),
                reason=reason,
                materials=materials_of(step_materials),
            )
        )


@registry.command("export-application")
@reference
@click.option("--template", default="application-json", show_default=True, metavar="NAME|FILE",
              help="application-json, application-xml, or a TOML file.")  # fmt: skip
@output_to()
@pass_desk
def export_application(desk: Desk, reference: str, template: str, output: str) -> int:
    """Write an application for the system that makes the seal (政务单位)."""
    with desk.open() as register:
        write(output, register.export_application(reference, template=template))
    return Exit.PASSED
