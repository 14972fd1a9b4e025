"""``esealkit stamp`` and ``esealkit sign``: a seal, or a signature alone, on a document."""

from __future__ import annotations

from typing import Any

import click

from esealkit.cli.options import (
    chosen_language,
    lang_option,
    pin_of,
    policy_of,
    trust_of,
    trust_options,
)
from esealkit.cli.output import Exit, say
from esealkit.cli.pdf_arguments import PdfArguments, pdf_options
from esealkit.cli.placing import placing_options
from esealkit.cli.previewing import preview_options, show_places
from esealkit.errors import UsageError
from esealkit.placement import Placement

__all__ = ["sign", "stamp"]


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@click.option("--seal", required=True, type=click.Path(), metavar="ESL", help="Electronic seal.")
@click.option("--key", "key_uri", metavar="URI", help="Signing key: a file.")
@click.option("--cert", type=click.Path(), metavar="PEM", help="The key's certificate.")
@click.option(
    "--chain",
    multiple=True,
    type=click.Path(),
    metavar="PEM",
    help="Certificates above it (repeatable).",
)
@click.option(
    "--pin-file", type=click.Path(), metavar="F", help="File holding the PIN; - is stdin."
)
@placing_options
@click.option("--tsa", metavar="URL", help="Time stamp authority (RFC 3161 over HTTP).")
@click.option("--lock", is_flag=True, help="Forbid further signatures.")
@click.option(
    "--provider", metavar="NAME[:VERSION:COMPANY]", help="Provider written into the signature."
)
@click.option("--lenient-seal", is_flag=True, help="Accept a seal that departs from the standard.")
@pdf_options
@preview_options
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="CRLs, OCSP responses, certificates (repeatable).",
)
@click.option("--policy", metavar="NAME|FILE", help="Policy of the verification afterwards.")
@trust_options
@lang_option
@click.pass_context
def stamp(
    ctx: click.Context,
    source: str,
    destination: str,
    seal: str,
    key_uri: str | None,
    cert: str | None,
    chain: tuple[str, ...],
    pin_file: str | None,
    placement: list[Placement],
    tsa: str | None,
    lock: bool,
    provider: str | None,
    lenient_seal: bool,
    pdf: PdfArguments,
    preview: str | None,
    dry_run: bool,
    as_json: bool,
    evidence: tuple[str, ...],
    policy: str | None,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """Stamp IN with a seal and write OUT; OUT is verified before it takes its place.

    \b
    esealkit stamp contract.ofd sealed.ofd --seal acme.esl --key signer.p12 --page 3 --at 120,220
    """
    from esealkit.api.receipts import receipt_json
    from esealkit.api.sign import load_seal, open_key
    from esealkit.api.sign import stamp as stamp_file

    language = chosen_language(ctx, lang)
    loaded = load_seal(seal, strict=not lenient_seal)
    show_places(
        source, loaded, placement, preview, dry_run=dry_run, as_json=as_json, language=language
    )
    if dry_run:
        return Exit.PASSED
    if key_uri is None:
        raise UsageError("usage.no_key")
    with (
        open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain) as key,
        pdf.also_key() as also_key,
    ):
        receipt = stamp_file(
            source,
            destination,
            seal=loaded,
            key=key,
            placement=placement,
            lock=lock,
            timestamper=time_stamper(tsa),
            trust=trust_of(trusts, trust_makers),
            policy=policy_of(policy),
            provider=provider,
            evidence=evidence,
            password=pdf.password,
            also_key=also_key,
            pdf=pdf.options,
        )
    say(receipt_json(receipt) if as_json else receipt_text(receipt, language))
    return Exit.PASSED


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@click.option("--key", "key_uri", required=True, metavar="URI", help="Signing key: a file.")
@click.option("--cert", type=click.Path(), metavar="PEM", help="The key's certificate.")
@click.option(
    "--chain",
    multiple=True,
    type=click.Path(),
    metavar="PEM",
    help="Certificates above it (repeatable).",
)
@click.option(
    "--pin-file", type=click.Path(), metavar="F", help="File holding the PIN; - is stdin."
)
@click.option("--tsa", metavar="URL", help="Time stamp authority (RFC 3161 over HTTP).")
@click.option("--lock", is_flag=True, help="Forbid further signatures.")
@click.option(
    "--attributes", is_flag=True, help="Sign attributes that hold digest and time (variant B)."
)
@click.option(
    "--provider", metavar="NAME[:VERSION:COMPANY]", help="Provider written into the signature."
)
@pdf_options
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="CRLs, OCSP responses, certificates (repeatable).",
)
@click.option("--policy", metavar="NAME|FILE", help="Policy of the verification afterwards.")
@trust_options
@lang_option
@click.pass_context
def sign(
    ctx: click.Context,
    source: str,
    destination: str,
    key_uri: str,
    cert: str | None,
    chain: tuple[str, ...],
    pin_file: str | None,
    tsa: str | None,
    lock: bool,
    attributes: bool,
    provider: str | None,
    pdf: PdfArguments,
    evidence: tuple[str, ...],
    policy: str | None,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """Sign IN without a seal (数字签名) and write OUT."""
    from esealkit.api.sign import open_key
    from esealkit.api.sign import sign as sign_file

    with (
        open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain) as key,
        pdf.also_key() as also_key,
    ):
        receipt = sign_file(
            source,
            destination,
            key=key,
            lock=lock,
            attributes=attributes,
            timestamper=time_stamper(tsa),
            trust=trust_of(trusts, trust_makers),
            policy=policy_of(policy),
            provider=provider,
            evidence=evidence,
            password=pdf.password,
            also_key=also_key,
            pdf=pdf.options,
        )
    say(receipt_text(receipt, chosen_language(ctx, lang)))
    return Exit.PASSED


def time_stamper(url: str | None) -> Any:
    """A time stamper for ``--tsa``; naming a host on the command line allows it."""
    if url is None:
        return None
    from esealkit.api.timestamping import HttpTimeStamper
    from esealkit.fetching import Fetcher, host_of

    host = host_of(url)
    return HttpTimeStamper(url=url, fetcher=Fetcher(allowed_hosts=frozenset({host})))


def receipt_text(receipt: Any, language: Any) -> str:
    """What was done, in two lines."""
    from esealkit.words import inert, phrase

    seal = receipt.signature.seal
    count = len(receipt.signature.stamps)
    moment = receipt.signing_time.strftime("%Y-%m-%d %H:%M:%SZ")
    path = str(receipt.destination)
    if seal is None:
        done = phrase("receipt.signed", language, path=path, time=moment)
    else:
        done = phrase(
            "receipt.stamped", language, path=path, seal=seal.name, count=count, time=moment
        )
    lines = [
        done,
        f"  sha256 {receipt.sha256}",
    ]
    if receipt.chain_unknown:
        lines.append("  " + inert(phrase("receipt.chain_unknown", language)))
    return "\n".join(lines)
