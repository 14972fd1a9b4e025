"""``esealkit seal``: draw, make and verify electronic seals."""

from __future__ import annotations

import click

from esealkit.cli.commands import seal_pictures
from esealkit.cli.commands.stamp import time_stamper
from esealkit.cli.options import (
    chosen_language,
    lang_option,
    pin_of,
    policy_of,
    time_of,
    trust_of,
    trust_options,
)
from esealkit.cli.output import EXIT_BY_VERDICT, Exit, say
from esealkit.errors import UsageError

__all__ = ["seal"]


@click.group()
def seal() -> None:
    """Electronic seals (电子印章): draw, make, verify."""


for _command in (
    seal_pictures.draw,
    seal_pictures.lint,
    seal_pictures.imprint,
    seal_pictures.compare,
    seal_pictures.confirm,
):
    seal.add_command(_command)


@seal.command()
@click.option("--picture", required=True, type=click.Path(), metavar="P", help="Picture file.")
@click.option(
    "--size", metavar="W,H", help="Shown size in whole millimetres; default: the picture's own."
)
@click.option("--name", required=True, metavar="TEXT", help="Name as registered.")
@click.option("--id", "seal_id", required=True, metavar="ID", help="Unique ASCII code of the seal.")
@click.option("--kind", metavar="KIND", help="Kind, e.g. official or 公章.")
@click.option("--type-code", type=int, metavar="N", help="Type code itself.")
@click.option(
    "--signer",
    "signers",
    multiple=True,
    required=True,
    type=click.Path(),
    metavar="PEM",
    help="Certificate that may sign with the seal (repeatable).",
)
@click.option("--key", "key_uri", required=True, metavar="URI", help="The maker's signing key.")
@click.option("--cert", type=click.Path(), metavar="PEM", help="The maker's certificate.")
@click.option(
    "--pin-file", type=click.Path(), metavar="F", help="File holding the PIN; - is stdin."
)
@click.option(
    "--edition",
    type=click.Choice(["v4", "v1", "v5"]),
    default="v4",
    show_default=True,
    help="GB/T 38540-2020, GM/T 0031-2014 or GM/T 0031-2025.",
)
@click.option("--tsa", metavar="URL", help="Time stamp on the seal itself (v5).")
@click.option("--valid-until", metavar="TIME", help="End of validity; default: the certificates'.")
@click.option(
    "--validity-reason", default="", metavar="TEXT", help="Why it ends before the certificates."
)
@click.option(
    "--profile",
    type=click.Choice(["cn-2025", "sh-2018", "bj-2019"]),
    help="Insist on the imprint and the name as the rules of this place do.",
)
@click.option(
    "--short-name",
    "short_names",
    multiple=True,
    metavar="TEXT",
    help="Recorded short form (repeatable).",
)
@click.option("--trial", is_flag=True, help="A trial seal (试用), without imprint.")
@click.option("--record", type=click.Path(), metavar="FILE", help="Write the signed record here.")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="ESL", help="Output.")
@lang_option
@click.pass_context
def make(
    ctx: click.Context,
    picture: str,
    size: str | None,
    name: str,
    seal_id: str,
    kind: str | None,
    type_code: int | None,
    signers: tuple[str, ...],
    key_uri: str,
    cert: str | None,
    pin_file: str | None,
    edition: str,
    tsa: str | None,
    valid_until: str | None,
    validity_reason: str,
    profile: str | None,
    short_names: tuple[str, ...],
    trial: bool,
    record: str | None,
    output: str,
    lang: str | None,
) -> int:
    """Make an electronic seal and write it to ESL.

    A picture that is marked 新刻/试用 is refused until it is confirmed against the recorded
    imprint (seal confirm). With --profile the name must agree with the certificates', too.
    """
    from pathlib import Path

    from esealkit.api.make import make_seal
    from esealkit.api.making_checks import MakingRules
    from esealkit.api.making_record import Making
    from esealkit.api.sign import open_key
    from esealkit.signing.output import StagedFile
    from esealkit.words import phrase

    def keep(making: Making) -> None:
        with StagedFile(Path(str(record))) as staged:
            staged.write(making.record)
            staged.commit()

    width, height = size_of(size) if size is not None else (None, None)
    rules = MakingRules(
        profile=profile or "",
        check_name=profile is not None or bool(short_names),
        short_names=short_names,
        trial=trial,
    )
    with open_key(key_uri, certificate=cert, pin=pin_of(pin_file)) as key:
        made = make_seal(
            picture=picture,
            width_mm=width,
            height_mm=height,
            name=name,
            seal_id=seal_id,
            kind=kind,
            type_code=type_code,
            signers=signers,
            key=key,
            edition=edition,
            valid_until=time_of(valid_until),
            validity_reason=validity_reason,
            timestamper=time_stamper(tsa),
            rules=rules if rules != MakingRules() else None,
            keep_record=keep if record is not None else None,
        )
    with StagedFile(Path(output)) as staged:
        staged.write(made.der)
        staged.commit()
    language = chosen_language(ctx, lang)
    until = made.valid_until.date().isoformat() if made.valid_until else "?"
    say(phrase("receipt.made", language, path=output, seal=made.name, id=made.seal_id, until=until))
    return Exit.PASSED


def size_of(text: str) -> tuple[int, int]:
    """``W,H`` in whole millimetres.

    :raises UsageError: it is not.
    """
    try:
        width, height = (int(item) for item in text.split(","))
    except ValueError:
        raise UsageError("usage.size", text=text) from None
    return width, height


@seal.command()
@click.argument("source", metavar="ESL", type=click.Path())
@click.argument("uri", metavar="URI")
@click.option("--pin-file", type=click.Path(), metavar="F", help="File with the PIN; - is stdin.")
@lang_option
@click.pass_context
def store(ctx: click.Context, source: str, uri: str, pin_file: str | None, lang: str | None) -> int:
    """Keep the electronic seal ESL in the device that URI names, and read it back.

    URI is like skf:file=NAME?module-path=/path/lib.so or pkcs11:object=NAME?module-path=…
    """
    from esealkit.api.sign import load_seal
    from esealkit.keys.seal_storage import store as store_in_device
    from esealkit.words import phrase

    kept = load_seal(source, strict=False)
    store_in_device(uri, kept.der, pin=pin_of(pin_file))
    language = chosen_language(ctx, lang)
    say(phrase("seal.stored", language, seal=kept.name, uri=uri.partition("?")[0]))
    return Exit.PASSED


@seal.command(name="verify")
@click.argument("source", metavar="ESL", type=click.Path())
@trust_options
@click.option("--when", metavar="TIME", help="Judge as of this time (RFC 3339) instead of now.")
@click.option("--policy", metavar="NAME|FILE", help="default, strict, integrity, or a file.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@lang_option
@click.pass_context
def verify_command(
    ctx: click.Context,
    source: str,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    when: str | None,
    policy: str | None,
    as_json: bool,
    lang: str | None,
) -> int:
    """Verify the electronic seal ESL on its own."""
    from esealkit.api.verify import verify_seal

    language = chosen_language(ctx, lang)
    report = verify_seal(
        source,
        trust=trust_of(trusts, trust_makers),
        when=time_of(when),
        policy=policy_of(policy),
    )
    say(report.to_json(language) if as_json else report.to_text(language).rstrip("\n"))
    return EXIT_BY_VERDICT[report.verdict.value]
