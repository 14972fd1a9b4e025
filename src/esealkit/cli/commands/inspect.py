"""``esealkit inspect``: what a file holds, without any judgement."""

from __future__ import annotations

import click

from esealkit.cli.options import chosen_language, lang_option
from esealkit.cli.output import Exit, say

__all__ = ["inspect"]


@click.command()
@click.argument("source", metavar="FILE", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@lang_option
@click.pass_context
def inspect(ctx: click.Context, source: str, as_json: bool, lang: str | None) -> int:
    """Show what FILE holds; nothing is verified.

    For an OFD its bodies, pages and signatures; for a seal, seal signature, CMS, certificate,
    CRL or any other DER or PEM a tree under the names of its standard, with offsets.
    """
    from esealkit.api.inspect import inspect as look

    found = look(source)
    say(found.to_json() if as_json else found.to_text(chosen_language(ctx, lang)).rstrip("\n"))
    return Exit.PASSED
