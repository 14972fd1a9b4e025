"""``esealkit inspect``: what a file holds, without any judgement."""

from __future__ import annotations

from pathlib import Path

import click

from esealkit.cli.options import chosen_language, lang_option, pin_of
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

__all__ = ["inspect"]


@click.command()
@click.argument("source", metavar="FILE", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option(
    "--revision", type=int, metavar="N", help="Write a PDF's revision N, from 1, as it was signed."
)
@click.option("-o", "--output", type=click.Path(), metavar="OUT", help="Where to write it.")
@click.option(
    "--password-file",
    type=click.Path(),
    metavar="F",
    help="File with the password of an encrypted PDF; - is stdin.",
)
@lang_option
@click.pass_context
def inspect(
    ctx: click.Context,
    source: str,
    as_json: bool,
    revision: int | None,
    output: str | None,
    password_file: str | None,
    lang: str | None,
) -> int:
    """Show what FILE holds; nothing is verified.

    For an OFD its bodies, pages and signatures; for a PDF its pages, revisions and signatures;
    for a seal, seal signature, CMS, certificate, CRL or any other DER or PEM a tree under the
    names of its standard, with offsets.
    """
    from esealkit.api.inspect import inspect as look
    from esealkit.api.inspect import signed_revision
    from esealkit.signing.output import StagedFile

    if (revision is None) != (output is None):
        raise UsageError("usage.revision_output")
    password = pin_of(password_file)() if password_file is not None else None
    if revision is not None and output is not None:
        with StagedFile(Path(output)) as staged:
            staged.write(signed_revision(source, revision, password=password))
            staged.commit()
        return Exit.PASSED
    found = look(source, password=password)
    say(found.to_json() if as_json else found.to_text(chosen_language(ctx, lang)).rstrip("\n"))
    return Exit.PASSED
