"""Setting a register up: ``init``, ``grant``, ``licence``, ``codes``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from esealkit.cli.commands.journal import read
from esealkit.cli.commands.registry.desk import Desk, pairs_of, pass_desk, registry, with_options
from esealkit.cli.options import time_of
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

_licensed = with_options(
    [
        click.option("--workshop", default="", metavar="NAME", help="The workshop (印章制作单位)."),
        click.option("--licence", default="", metavar="NO", help="Its licence."),
        click.option("--licence-until", metavar="TIME", help="End of the licence."),
    ]
)


@registry.command()
@click.option("--profile", default="cn-2025", show_default=True, metavar="NAME|FILE",
              help="Rules: cn-2025, sh-2018, bj-2019, government, or a file.")  # fmt: skip
@click.option("--member", "members", multiple=True, metavar="NAME=ROLE[,ROLE]", required=True,
              help="Roles: clerk examiner maker system security audit (repeatable).")  # fmt: skip
@_licensed
@pass_desk
def init(
    desk: Desk,
    profile: str,
    members: tuple[str, ...],
    workshop: str,
    licence: str,
    licence_until: str | None,
) -> int:
    """Make a new register, and its keyfile where there is none."""
    from esealkit.registry import Profile, Register, new_keyfile
    from esealkit.registry.profile import SHIPPED

    if desk.keyfile is None:
        raise UsageError("registry.no_keyfile")
    rules = Profile.named(profile) if profile in SHIPPED else Profile.from_file(profile)
    people = {name: _roles(roles) for name, roles in pairs_of(members).items()}
    if desk.member not in people:
        raise UsageError("registry.no_member", member=desk.member)
    if not Path(desk.keyfile).exists():
        new_keyfile(desk.keyfile)
    with ExitStack() as stack:
        Register.create(
            desk.url,
            profile=rules,
            members=people,
            member=desk.member,
            keyfile=desk.keyfile,
            workshop=workshop,
            licence=licence,
            licence_until=time_of(licence_until),
            witness=desk.witness,
            key=desk.head_key(stack),
        ).close()
    say(desk.phrase("registry.created", path=desk.shown_url, profile=rules.name))
    if rules.licence_required and not licence:
        say("  " + desk.phrase("registry.licence_wanted"))
    return Exit.PASSED


def _roles(text: str) -> Any:
    from esealkit.registry import Role

    try:
        return {Role(item.strip()) for item in text.split(",") if item.strip()}
    except ValueError:
        raise UsageError("usage.role", text=text, known=[item.value for item in Role]) from None


@registry.command()
@click.argument("name", metavar="NAME")
@click.argument("roles", metavar="[ROLE[,ROLE]]", default="")
@pass_desk
def grant(desk: Desk, name: str, roles: str) -> int:
    """Set what NAME may do, nothing without a ROLE (security administrator)."""
    with desk.open() as register:
        register.grant(name, _roles(roles))
    say(desk.phrase("registry.granted", member=name, roles=roles or "-"))
    return Exit.PASSED


@registry.command()
@_licensed
@pass_desk
def licence(desk: Desk, workshop: str, licence: str, licence_until: str | None) -> int:
    """Set the workshop and its licence (system administrator)."""
    with desk.open() as register:
        register.set_licence(workshop, licence, time_of(licence_until))
    until = licence_until or "-"
    say(desk.phrase("registry.licensed", workshop=workshop, licence=licence, until=until))
    return Exit.PASSED


@registry.command()
@click.argument("file", metavar="FILE", type=click.Path())
@click.option("--block", metavar="NAME", help="Name of the block; default: the file's.")
@pass_desk
def codes(desk: Desk, file: str, block: str | None) -> int:
    """Import a block of e-seal codes: 14 digits a line, or FIRST-LAST."""
    try:
        text = read(file).decode("ascii")
    except UnicodeDecodeError:
        raise UsageError("registry.code_block", line="?") from None
    with desk.open() as register:
        count = register.import_codes(text, block=block or Path(file).stem)
    say(desk.phrase("registry.codes", count=count))
    return Exit.PASSED
