"""Filing and use: ``file``, ``export-filing``, ``certificate``, ``use``, ``attach``."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from esealkit.cli.commands.journal import read
from esealkit.cli.commands.registry.desk import (
    Desk,
    output_to,
    pass_desk,
    reason,
    reference,
    registry,
    write,
)
from esealkit.cli.commands.stamp import key_options, named_key
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

_which = click.option(
    "--filing", "kind", type=click.Choice(["", "making", "cancellation", "unclaimed"]), default="",
    help="Which filing; default: the open one.",
)  # fmt: skip


@registry.command()
@reference
@click.option("--report", "authority", metavar="AUTHORITY", help="It was sent there (已报送).")
@click.option("--accept", "receipt", metavar="RECEIPT", help="It was filed (已备案).")
@click.option("--return", "returned", metavar="REASON", help="It came back (退回).")
@_which
@pass_desk
def file(
    desk: Desk,
    reference: str,
    authority: str | None,
    receipt: str | None,
    returned: str | None,
    kind: str,
) -> int:
    """Enter how a filing with the authority goes (备案)."""
    if sum(item is not None for item in (authority, receipt, returned)) != 1:
        raise UsageError("usage.filing")
    with desk.open() as register:
        if authority is not None:
            record = register.report_filing(reference, authority=authority, kind=kind)
        elif receipt is not None:
            record = register.accept_filing(reference, receipt=receipt, kind=kind)
        else:
            record = register.return_filing(reference, reason=returned or "", kind=kind)
    return desk.tell(record)


@registry.command("export-filing")
@reference
@click.option("--template", default="generic-json", show_default=True, metavar="NAME|FILE",
              help="generic-json, generic-xml, generic-csv, or a TOML file.")  # fmt: skip
@_which
@output_to()
@pass_desk
def export_filing(desk: Desk, reference: str, template: str, kind: str, output: str) -> int:
    """Write a filing in an authority's own form."""
    with desk.open() as register:
        write(output, register.export_filing(reference, template=template, kind=kind))
    return Exit.PASSED


@registry.command()
@reference
@click.option("--kind", type=click.Choice(["making", "cancellation"]), required=True,
              help="Which certificate.")  # fmt: skip
@click.option("--seal", type=click.Path(), metavar="ESL",
              help="The workshop's own seal; not for .p7.")  # fmt: skip
@output_to(text="Output: .ofd and .pdf are sealed documents, .p7 is signed data.")
@key_options()
@pass_desk
def certificate(
    desk: Desk,
    /,
    reference: str,
    kind: str,
    seal: str | None,
    output: str,
    **given: Any,
) -> int:
    """Write a certificate of making or cancellation; it goes with the filing."""
    with named_key(**given) as key, desk.open() as register:
        register.certificate(reference, output, kind=kind, seal=seal, key=key)
    shown = desk.phrase(f"registry.filing_of.{kind}")
    say(desk.phrase("registry.certified", path=output, kind=shown))
    return Exit.PASSED


@registry.command()
@reference
@click.argument("document", metavar="DOCUMENT", type=click.Path())
@click.option("--operator", required=True, metavar="NAME", help="Who stamped.")
@click.option("--approval", default="", metavar="TEXT", help="Approval it rests on.")
@reason
@pass_desk
def use(
    desk: Desk, reference: str, document: str, operator: str, approval: str, reason: str
) -> int:
    """Enter a use of the seal (用印登记); the document is kept by digest."""
    with desk.open() as register:
        record = register.use(
            reference,
            document=Path(document).name,
            sha256=hashlib.sha256(read(document)).hexdigest(),
            operator=operator,
            approval=approval,
            reason=reason,
        )
    return desk.tell(record)


@registry.command()
@reference
@click.argument("path", metavar="FILE", type=click.Path())
@click.option("--name", default="", metavar="TEXT", help="What it is; default: the file's name.")
@click.option("--retention", default="video", show_default=True, metavar="CLASS",
              help="How long it is kept: a class of the profile.")  # fmt: skip
@pass_desk
def attach(desk: Desk, reference: str, path: str, name: str, retention: str) -> int:
    """Keep the digest of a recording or paper (录像, 附件)."""
    with desk.open() as register:
        called = name or Path(path).name
        return desk.tell(register.attach(reference, path, name=called, retention=retention))
