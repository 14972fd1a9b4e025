"""Making: ``make``, ``renew``, ``add-carrier``, ``import-made``, ``deliver``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from esealkit.cli.commands.registry.desk import (
    Desk,
    material,
    materials_of,
    output_to,
    pass_desk,
    reference,
    registry,
    with_options,
    write,
)
from esealkit.cli.commands.stamp import key_options, time_stamper
from esealkit.cli.options import pin_of, time_of, trust_of, trust_options

if TYPE_CHECKING:
    from esealkit.registry import Workbench

_bench = with_options(
    [
        key_options(),
        click.option("--signer", "signers", multiple=True, required=True, type=click.Path(),
                     metavar="PEM", help="Certificate that may sign with it (repeatable)."),
        click.option("--carrier", default="file", show_default=True, metavar="SERIAL",
                     help="The device that the seal goes to."),
        click.option("--edition", type=click.Choice(["v4", "v1", "v5"]), default="v4",
                     show_default=True, help="Edition of the seal."),
        click.option("--tsa", metavar="URL", help="Time stamp on the seal itself (v5)."),
        click.option("--valid-until", metavar="TIME", help="Earlier end; needs --validity-reason."),
        click.option("--validity-reason", default="", metavar="TEXT", help="Why it ends earlier."),
        click.option("--approver", metavar="URI", help="The second key."),
        click.option("--approver-cert", type=click.Path(), metavar="PEM", help="Its certificate."),
        click.option("--approver-pin-file", type=click.Path(), metavar="F", help="Its PIN."),
        click.option("--patience", type=click.IntRange(1, 1440), default=10, show_default=True,
                     metavar="MINUTES", help="How long the devices may take."),
        click.option("--take-over", is_flag=True,
                     help="Take over a making whose maker is gone."),
        output_to("ESL", required=False, text="Write the seal here."),
        trust_options,
    ]
)  # fmt: skip


@contextmanager
def _opened(given: dict[str, Any]) -> Iterator[Workbench]:
    from esealkit.api.sign import open_key
    from esealkit.registry import Workbench

    with ExitStack() as stack:

        def opened(uri: str, certificate: str | None, pin_file: str | None, chain: Any = ()) -> Any:
            key: Any = open_key(uri, certificate=certificate, pin=pin_of(pin_file), chain=chain)
            return stack.enter_context(key)

        approver = given["approver"]
        yield Workbench(
            key=opened(given["key_uri"], given["cert"], given["pin_file"], given["chain"]),
            approver=None
            if approver is None
            else opened(approver, given["approver_cert"], given["approver_pin_file"]),
            signers=given["signers"],
            carrier=given["carrier"],
            edition=given["edition"],
            timestamper=time_stamper(given["tsa"]),
            valid_until=time_of(given["valid_until"]),
            validity_reason=given["validity_reason"],
            trust=trust_of(given["trusts"], given["trust_makers"]),
            patience=dt.timedelta(minutes=given["patience"]),
            take_over=given["take_over"],
        )


def _carry_out(desk: Desk, verb: str, reference: str, given: dict[str, Any], **more: str) -> int:
    with _opened(given) as bench, desk.open() as register:
        record = getattr(register, verb)(reference, bench, **more)
    write(given["output"], record.seals[-1].esl)
    return desk.tell(record)


@registry.command()
@reference
@click.option("--code", default="", metavar="CODE", help="Its e-seal code; default: the next.")
@_bench
@pass_desk
def make(desk: Desk, /, reference: str, code: str, **given: Any) -> int:
    """Make an approved seal (制作); its filing is due from then on."""
    return _carry_out(desk, "make", reference, given, code=code)


@registry.command()
@reference
@_bench
@pass_desk
def renew(desk: Desk, /, reference: str, **given: Any) -> int:
    """Make the seal anew for renewed certificates (更新)."""
    return _carry_out(desk, "renew", reference, given)


@registry.command("add-carrier")
@reference
@_bench
@pass_desk
def add_carrier(desk: Desk, /, reference: str, **given: Any) -> int:
    """Make the same seal for a further carrier (一章多载体)."""
    return _carry_out(desk, "add_carrier", reference, given)


@registry.command("import-made")
@reference
@click.argument("esl", metavar="ESL", type=click.Path())
@click.option("--carrier", default="file", metavar="SERIAL", help="The device it is in.")
@trust_options
@pass_desk
def import_made(
    desk: Desk,
    reference: str,
    esl: str,
    carrier: str,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
) -> int:
    """Enter a seal that another making system made."""
    with desk.open() as register:
        trust = trust_of(trusts, trust_makers)
        return desk.tell(register.import_made(reference, esl, trust=trust, carrier=carrier))


@registry.command()
@reference
@material
@pass_desk
def deliver(desk: Desk, reference: str, materials: tuple[str, ...]) -> int:
    """Hand the seal over (领取)."""
    with desk.open() as register:
        return desk.tell(register.deliver(reference, materials=materials_of(materials)))
