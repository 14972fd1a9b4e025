"""``esealkit journal``: audit, anchor and export a record of use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from esealkit import words
from esealkit.cli.options import chosen_language, lang_option
from esealkit.cli.output import Exit, say
from esealkit.errors import InputError, input_unreadable

if TYPE_CHECKING:
    from esealkit.pki.certificate import Certificate

__all__ = ["certificate_in", "journal", "read"]


@click.group()
def journal() -> None:
    """Records of use (用印登记): audit, anchor, export."""


@journal.command()
@click.argument("path", metavar="FILE", type=click.Path())
@click.option(
    "--anchor", "anchors", multiple=True, type=click.Path(), metavar="JSON",
    help="A head that was kept elsewhere (repeatable).",
)  # fmt: skip
@click.option("--signer", type=click.Path(), metavar="PEM", help="Who must have signed the head.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@lang_option
@click.pass_context
def audit(
    ctx: click.Context,
    path: str,
    anchors: tuple[str, ...],
    signer: str | None,
    as_json: bool,
    lang: str | None,
) -> int:
    """Prove that nothing in FILE was altered, dropped, reordered or rolled back."""
    from esealkit.journal import Anchor, audit_journal

    language = chosen_language(ctx, lang)
    found = audit_journal(
        path,
        anchors=[Anchor.from_json(read(item)) for item in anchors],
        signer=None if signer is None else certificate_in(signer),
    )
    if as_json:
        say(found.to_json())
    elif found.sound:
        say(f"{words.inert(path)}: {words.phrase('journal.sound', language, count=found.count)}")
    else:
        count = len(found.faults)
        say(f"{words.inert(path)}: {words.phrase('registry.unsound', language, count=count)}")
        for fault in found.faults:
            say(f"  {fault.message(language)}")
    if not as_json and found.torn:
        say("  " + words.phrase("journal.torn", language))
    if not as_json and found.unfinished:
        shown = words.phrase("journal.unfinished", language, entries=list(found.unfinished))
        say("  " + shown)
    return Exit.PASSED if found.sound else Exit.FAILED


@journal.command()
@click.argument("path", metavar="FILE", type=click.Path())
def anchor(path: str) -> int:
    """Print how far FILE has come, to be kept where its writers cannot reach."""
    from esealkit.journal import Journal

    say(Journal(path).anchor().to_json())
    return Exit.PASSED


@journal.command()
@click.argument("path", metavar="FILE", type=click.Path())
@click.option("--uses", is_flag=True, help="One line a use (用印登记簿), not one an entry.")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="CSV", help="Output.")
@lang_option
@click.pass_context
def export(ctx: click.Context, path: str, uses: bool, output: str, lang: str | None) -> int:
    """Write FILE as a table."""
    from esealkit.journal import Journal, write_csv, write_uses
    from esealkit.signing.output import StagedFile

    entries = Journal(path).entries()
    lines = write_uses(entries, lang=chosen_language(ctx, lang)) if uses else write_csv(entries)
    with StagedFile(Path(output)) as staged:
        for line in lines:
            staged.write(line.encode())
        staged.commit()
    return Exit.PASSED


def read(path: str) -> bytes:
    """A small file's bytes."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("input.missing", path=path) from None
    except OSError as error:
        raise input_unreadable(path, error) from error


def certificate_in(path: str) -> Certificate:
    """The first certificate of a file."""
    from esealkit.pki.certificate import load_certificates

    return load_certificates(read(path))[0]
