"""``esealkit stamp`` and ``esealkit sign``: a seal, or a signature alone, on a document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from esealkit.cli.journalling import share_reason, use_options
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
from esealkit.cli.placing import optional_placing_options, placing_options
from esealkit.cli.previewing import preview_options, show_places
from esealkit.errors import UsageError
from esealkit.placement import Placement

if TYPE_CHECKING:
    from esealkit.keys.device_key import DeviceKey
    from esealkit.keys.oes import OesPlugin
    from esealkit.keys.software import SoftwareKey

__all__ = ["protect", "sign", "stamp"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def key_options(*, required: bool = True) -> Callable[[_Command], _Command]:
    """``--key``, ``--cert``, ``--chain``, ``--pin-file``: the key and its certificate."""
    options = (
        click.option(
            "--pin-file", type=click.Path(), metavar="F", help="File holding the PIN; - is stdin."
        ),
        click.option(
            "--chain",
            multiple=True,
            type=click.Path(),
            metavar="PEM",
            help="Certificates above it (repeatable).",
        ),
        click.option("--cert", type=click.Path(), metavar="PEM", help="The key's certificate."),
        click.option(
            "--key", "key_uri", required=required, metavar="URI", help="Signing key: a file."
        ),
    )

    def with_key(command: _Command) -> _Command:
        for option in options:
            command = option(command)
        return command

    return with_key


def named_key(
    *, key_uri: str, cert: str | None, chain: tuple[str, ...], pin_file: str | None
) -> Any:
    """The key that the options of :func:`key_options` name; closes at the end of a block."""
    from esealkit.api.sign import open_key

    return open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain)


def mode_options(command: _Command) -> _Command:
    """What the signature covers, forbids and builds on; the time stamp and the provider."""
    for option in (
        click.option(
            "--provider",
            metavar="NAME[:VERSION:COMPANY]",
            help="Provider written into the signature.",
        ),
        click.option(
            "--policy", metavar="NAME|FILE", help="Policy of the verification afterwards."
        ),
        click.option(
            "--entries",
            is_flag=True,
            help="List the files afterwards and sign the list, against smuggling (needs --tsa).",
        ),
        click.option(
            "--relative-to",
            type=click.IntRange(1),
            metavar="N",
            help="Build on signature N, numbered as in the report.",
        ),
        click.option(
            "--body",
            type=click.IntRange(1),
            default=1,
            metavar="N",
            help="Which document of the package, from 1.",
        ),
        click.option(
            "--leave-open",
            multiple=True,
            metavar="PATTERN",
            help="Parts not to protect, such as 'Doc_0/Attachs/*' (repeatable).",
        ),
        click.option(
            "--protect",
            type=click.Choice(["whole", "all-but-annotations"]),
            help="What is protected; default the whole package.",
        ),
        click.option("--lock", is_flag=True, help="Forbid further signatures."),
        click.option("--tsa", metavar="URL", help="Time stamp authority (RFC 3161 over HTTP)."),
    ):
        command = option(command)
    return command


def modes(
    lock: bool,
    protect: str | None,
    leave_open: tuple[str, ...],
    body: int,
    relative_to: int | None,
    entries: bool,
) -> dict[str, Any]:
    """The arguments that :func:`mode_options` stand for.

    :raises UsageError: two ways to say what is protected.
    """
    from esealkit.ofd.protection import AllBut

    if protect is not None and leave_open:
        raise UsageError("usage.protect_twice")
    return {
        "lock": lock,
        "protect": AllBut(*leave_open) if leave_open else protect or "whole",
        "body": body - 1,
        "relative_to": None if relative_to is None else relative_to - 1,
        "entries": entries,
    }


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@click.option("--seal", required=True, type=click.Path(), metavar="ESL", help="Electronic seal.")
@key_options(required=False)
@placing_options
@use_options
@mode_options
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
    protect: str | None,
    leave_open: tuple[str, ...],
    body: int,
    relative_to: int | None,
    entries: bool,
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
    use: Any,
) -> int:
    """Stamp IN with a seal and write OUT; OUT is verified before it takes its place.

    \b
    esealkit stamp contract.ofd sealed.ofd --seal acme.esl --key signer.p12 --page 3 --at 120,220
    """
    from esealkit.api.receipts import receipt_json
    from esealkit.api.sign import load_seal, open_key, open_plugin
    from esealkit.api.sign import stamp as stamp_file

    language = chosen_language(ctx, lang)
    loaded = load_seal(seal, strict=not lenient_seal)
    show_places(
        source,
        loaded,
        placement,
        preview,
        password=pdf.password,
        dry_run=dry_run,
        as_json=as_json,
        language=language,
    )
    if dry_run:
        return Exit.PASSED
    if key_uri is None:
        raise UsageError("usage.no_key")
    use, pdf = share_reason(use, pdf, source)
    opened_key: SoftwareKey | DeviceKey | OesPlugin
    if key_uri.lower().startswith("oes:"):
        opened_key = open_plugin(key_uri)
    else:
        opened_key = open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain)
    with opened_key as key, pdf.also_key() as also_key:
        receipt = stamp_file(
            source,
            destination,
            seal=loaded,
            key=key,
            placement=placement,
            timestamper=time_stamper(tsa),
            **modes(lock, protect, leave_open, body, relative_to, entries),
            trust=trust_of(trusts, trust_makers),
            policy=policy_of(policy),
            provider=provider,
            evidence=evidence,
            password=pdf.password,
            also_key=also_key,
            pdf=pdf.options,
            use=use,
        )
    say(receipt_json(receipt) if as_json else receipt_text(receipt, language))
    return Exit.PASSED


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@key_options()
@optional_placing_options
@use_options
@mode_options
@click.option(
    "--mark", "picture", type=click.Path(), metavar="PICTURE", help="Picture shown at --at."
)
@click.option("--mark-size", metavar="W[,H]", help="The picture's size in mm.")
@click.option(
    "--attributes", is_flag=True, help="Sign attributes that hold digest and time (variant B)."
)
@pdf_options
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="CRLs, OCSP responses, certificates (repeatable).",
)
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
    placement: list[Placement] | None,
    tsa: str | None,
    lock: bool,
    protect: str | None,
    leave_open: tuple[str, ...],
    body: int,
    relative_to: int | None,
    entries: bool,
    picture: str | None,
    mark_size: str | None,
    attributes: bool,
    provider: str | None,
    pdf: PdfArguments,
    evidence: tuple[str, ...],
    policy: str | None,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
    use: Any,
) -> int:
    """Sign IN without a seal (数字签名) and write OUT; a --mark shows it on the page.

    \b
    esealkit sign contract.ofd signed.ofd --key me.p12 --mark hand.png --mark-size 40 --at 120,240
    """
    from esealkit.api.sign import open_key
    from esealkit.api.sign import sign as sign_file

    use, pdf = share_reason(use, pdf, source)
    with (
        open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain) as key,
        pdf.also_key() as also_key,
    ):
        receipt = sign_file(
            source,
            destination,
            key=key,
            mark=mark_of(picture, mark_size),
            placement=placement,
            attributes=attributes,
            timestamper=time_stamper(tsa),
            **modes(lock, protect, leave_open, body, relative_to, entries),
            trust=trust_of(trusts, trust_makers),
            policy=policy_of(policy),
            provider=provider,
            evidence=evidence,
            password=pdf.password,
            also_key=also_key,
            pdf=pdf.options,
            use=use,
        )
    say(receipt_text(receipt, chosen_language(ctx, lang)))
    return Exit.PASSED


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@key_options()
@click.option("--tsa", required=True, metavar="URL", help="Time stamp authority.")
@click.option("--policy", metavar="NAME|FILE", help="Policy of the verification afterwards.")
@trust_options
@lang_option
@click.pass_context
def protect(
    ctx: click.Context,
    source: str,
    destination: str,
    key_uri: str,
    cert: str | None,
    chain: tuple[str, ...],
    pin_file: str | None,
    tsa: str,
    policy: str | None,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """List the files of IN, sign the list, and write OUT (GM/T 0099 7.4, 防夹带)."""
    from esealkit.api.entries import protect_entries
    from esealkit.api.sign import open_key
    from esealkit.words import phrase

    with open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain) as key:
        done = protect_entries(
            source,
            destination,
            key=key,
            timestamper=time_stamper(tsa),
            trust=trust_of(trusts, trust_makers),
            policy=policy_of(policy),
        )
    path = str(done.destination)
    say(phrase("receipt.protected", chosen_language(ctx, lang), path=path))
    say(f"  sha256 {done.sha256}")
    return Exit.PASSED


def mark_of(picture: str | None, size: str | None) -> Any:
    """The mark that ``--mark`` and ``--mark-size`` name, or ``None``."""
    from esealkit.api.marks import Mark

    if picture is None:
        return None
    try:
        sides = [float(item) for item in (size or "").split(",")]
    except ValueError:
        raise UsageError("usage.mark_size") from None
    return Mark(picture, sides[0], sides[1] if len(sides) > 1 else None)


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
