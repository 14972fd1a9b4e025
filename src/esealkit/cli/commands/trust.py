"""``esealkit trust``: what is trusted, what is missing, and writing a checked certificate down."""

from __future__ import annotations

import click

from esealkit.cli.options import (
    chosen_language,
    lang_option,
    time_of,
    trust_of,
    trust_options,
)
from esealkit.cli.output import Exit, say
from esealkit.words import Language, inert, phrase

__all__ = ["trust"]


@click.group()
def trust() -> None:
    """Trust (信任): list, pin, gaps."""


@trust.command(name="list")
@click.argument("path", metavar="PATH", type=click.Path())
@lang_option
@click.pass_context
def list_command(ctx: click.Context, path: str, lang: str | None) -> int:
    """List what the trust file or directory PATH holds, by role."""
    from esealkit.api.trust import trust_rows

    language = chosen_language(ctx, lang)
    rows = trust_rows(path)
    for row in rows:
        nature = _nature(row.role, row.is_ca, language)
        say(f"{row.role}: {inert(row.subject)} ({nature})")
        serial = f"{phrase('html.serial', language)} {row.serial} · " if row.serial else ""
        valid = f"{_day(row.valid_from)} – {_day(row.valid_until)}"
        say(f"    {serial}{phrase('label.valid', language)} {valid}")
        say(f"    sha256 {row.sha256}")
    say(phrase("trust.total", language, count=len(rows)))
    return Exit.PASSED


def _nature(role: str, is_ca: bool, language: Language) -> str:
    if role == "crls":
        return phrase("trust.crl", language)
    if role == "intermediates":
        return phrase("trust.helper", language)
    return phrase("trust.ca", language) if is_ca else phrase("trust.leaf", language)


def _day(moment: object) -> str:
    return getattr(moment, "date", lambda: "?")().__str__() if moment is not None else "?"


@trust.command()
@click.argument("role", type=click.Choice(["maker", "signer"]), metavar="maker|signer")
@click.argument("source", metavar="FILE", type=click.Path())
@click.option(
    "--to",
    "directory",
    type=click.Path(),
    default="trust",
    show_default=True,
    metavar="DIR",
    help="Trust directory; makers/ or signers/ is made in it.",
)
@click.option("--index", type=int, metavar="N", help="Which of several certificates, from 1.")
@lang_option
@click.pass_context
def pin(
    ctx: click.Context, role: str, source: str, directory: str, index: int | None, lang: str | None
) -> int:
    """Write the maker's or signer's certificate of a stamped FILE or a seal into DIR.

    Compare the fingerprint with its holder, by a way that the file did not take, before you use
    DIR: a document can carry anybody's certificate.
    """
    from esealkit.api.trust import pin as pin_certificate

    language = chosen_language(ctx, lang)
    pinned = pin_certificate(role, source, to=directory, index=index)
    item = pinned.certificate
    say(phrase("trust.pinned", language, path=str(pinned.path), subject=item.subject))
    say(f"    {phrase('html.issued_by', language)} {inert(item.issuer)}")
    say(f"    {phrase('html.serial', language)} {item.serial_hex}")
    say(f"    sha256 {item.fingerprint}")
    if role == "maker":
        say(phrase("trust.means_maker", language))
    else:
        say(phrase("trust.means_signer", language))
    say(phrase("trust.compare", language))
    return Exit.PASSED


@trust.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@trust_options
@click.option("--when", metavar="TIME", help="Judge as of this time (RFC 3339) instead of now.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@lang_option
@click.pass_context
def gaps(
    ctx: click.Context,
    files: tuple[str, ...],
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    when: str | None,
    as_json: bool,
    lang: str | None,
) -> int:
    """Say what the given trust lacks to decide FILEs, where it is published, and whom to ask."""
    from esealkit.api.trust import trust_gaps

    language = chosen_language(ctx, lang)
    found = trust_gaps(files, trust=trust_of(trusts, trust_makers), when=time_of(when))
    if as_json:
        import json
        from dataclasses import asdict

        from esealkit.report.as_json import plain

        say(json.dumps([plain(asdict(item)) for item in found], ensure_ascii=False, indent=2))
        return Exit.PASSED
    titles = {
        "root": phrase("trust.gap_root", language),
        "issuer": phrase("trust.gap_issuer", language),
        "maker_pin": phrase("trust.gap_maker_pin", language),
        "crl": phrase("trust.gap_crl", language),
    }
    asks = {
        "root": phrase("trust.ask_root", language),
        "issuer": phrase("trust.ask_issuer", language),
        "maker_pin": phrase("trust.ask_maker", language),
        "crl": phrase("trust.ask_crl", language),
    }
    for gap in found:
        say(f"{titles[gap.kind]} → {gap.role}/: {inert(gap.name)}")
        if gap.key_identifier:
            say(f"    {phrase('trust.key_identifier', language)} {gap.key_identifier}")
        if gap.sha256:
            say(f"    sha256 {gap.sha256}")
        for url in gap.urls:
            say(f"    {phrase('trust.published', language)} {inert(url)}")
        say(f"    {phrase('trust.needed_for', language)} {', '.join(map(inert, gap.files))}")
        if gap.role == "makers" and gap.kind in ("root", "issuer"):
            say(f"    {phrase('trust.ask_maker_issuer', language)}")
        else:
            say(f"    {asks[gap.kind]}")
    if not found:
        say(phrase("trust.no_gaps", language))
    return Exit.PASSED
