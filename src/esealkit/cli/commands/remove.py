"""``esealkit remove``: signatures out of a document, with an account."""

from __future__ import annotations

import click

from esealkit import words
from esealkit.cli.options import chosen_language, lang_option, trust_of, trust_options
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError
from esealkit.verification.results import SignatureResult

__all__ = ["remove"]


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@click.option("--signature", metavar="N|ID", help="The signature: its number from 1, or its id.")
@click.option("--all", "everything", is_flag=True, help="All signatures.")
@click.option("--break-others", is_flag=True, help="Even if signatures that stay break by it.")
@trust_options
@lang_option
@click.pass_context
def remove(
    ctx: click.Context,
    source: str,
    destination: str,
    signature: str | None,
    everything: bool,
    break_others: bool,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """Take one signature, or all, out of the document IN and write OUT.

    Pages stay as they were.  What the removal does to the other signatures is shown; where one
    would break, it is refused unless --break-others says that it is meant.
    """
    from esealkit.api.remove import remove_signature

    if (signature is None) == (not everything):
        raise UsageError("usage.remove_which")
    chosen = int(signature) - 1 if signature is not None and signature.isdigit() else signature
    done = remove_signature(
        source,
        destination,
        signature=chosen,
        break_others=break_others,
        trust=trust_of(trusts, trust_makers),
    )
    language = chosen_language(ctx, lang)
    names = [_name(item, language) for item in done.removed]
    path = str(done.destination)
    say(words.phrase("remove.removed", language, path=path, count=len(names), names=names))
    for item in done.standing:
        name = _name(item.before, language)
        grades = (item.before.judgement.integrity, item.after.judgement.integrity)
        before, after = (words.phrase(f"integrity.{grade.value}", language) for grade in grades)
        values = {"index": item.index + 1, "name": name, "before": before, "after": after}
        say("  " + words.phrase("remove.kept", language, **values))
        if item.broken_parts:
            parts = list(item.broken_parts)
            broken = {"index": item.index + 1, "name": name, "parts": parts}
            say("  " + words.phrase("remove.broken", language, **broken))
    if not done.standing:
        say("  " + words.phrase("remove.unsigned", language))
    return Exit.PASSED


def _name(signature: SignatureResult, lang: words.Language) -> str:
    if signature.seal is not None:
        return signature.seal.name
    if signature.signer is not None:
        return signature.signer.subject
    return words.phrase("label.signature", lang)
