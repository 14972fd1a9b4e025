"""``esealkit registry``: the seal workshop's register (印章台账), one command a step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from esealkit import words
from esealkit.cli.commands.journal import certificate_in, read
from esealkit.cli.commands.stamp import key_options, time_stamper
from esealkit.cli.options import pin_of, time_of, trust_of, trust_options
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

if TYPE_CHECKING:
    from esealkit.registry import Register, SealRecord
    from esealkit.words import Language

__all__ = ["registry"]

_Any = Callable[..., Any]


class _Desk:
    """What every command of the group shares."""

    def __init__(self, url: str, member: str, keyfile: str | None, witness: str | None) -> None:
        self.url = url
        self.member = member
        self.keyfile = keyfile
        self.witness = witness
        self.language: Language = "zh"

    @contextmanager
    def open(self) -> Iterator[Register]:
        """The register, for the acting member."""
        from esealkit.registry import Register

        with Register.open(
            self.url, member=self.member, keyfile=self.keyfile, witness=self.witness
        ) as register:
            yield register

    def tell(self, record: SealRecord) -> int:
        """One line about a record, and its open filing."""
        say(_line(record, self.language))
        for item in record.filings:
            if item.state in ("pending", "returned"):
                state = words.phrase(f"registry.filing.{item.state}", self.language)
                text = words.phrase(
                    "registry.filed", self.language, kind=item.kind, state=state, due=item.due_at
                )
                say(f"  {text}")
        return Exit.PASSED


def _line(record: SealRecord, language: Language) -> str:
    state = words.phrase(f"registry.state.{record.state.value}", language)
    if record.trial:
        state += " · " + words.phrase("registry.trial", language)
    number = "" if record.number is None else f" {record.number}"
    return words.phrase(
        "registry.line",
        language,
        reference=record.reference,
        code=record.seal_code or "-",
        name=record.name,
        kind=record.kind + number,
        state=state,
    )


_pass_desk = click.make_pass_decorator(_Desk)


@click.group()
@click.option("--db", "url", default="registry.db", show_default=True, metavar="FILE|URL",
              help="The register: a SQLite file, or postgresql+psycopg://….")  # fmt: skip
@click.option("--as", "member", default="", metavar="NAME", help="Who acts.")
@click.option("--keyfile", type=click.Path(), metavar="F", help="Key of the private fields.")
@click.option("--witness", type=click.Path(), metavar="F", help="Journal file beside the database.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language.")
@click.pass_context
def registry(
    ctx: click.Context,
    url: str,
    member: str,
    keyfile: str | None,
    witness: str | None,
    lang: str | None,
) -> None:
    """The seal workshop's register (印章台账), from application to cancellation."""
    above = (ctx.obj or {}).get("lang", "zh")
    ctx.obj = _Desk(url, member, keyfile, witness)
    ctx.obj.language = lang or above


def _pairs(items: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        name, sign, value = item.partition("=")
        if not sign or not name:
            raise UsageError("usage.pair", text=item)
        found[name] = value
    return found


def _materials(items: tuple[str, ...]) -> dict[str, bytes]:
    """``NAME=FILE``: the file's bytes are kept by digest."""
    return {name: read(path) for name, path in _pairs(items).items()}


_material = click.option(
    "--material", "materials", multiple=True, metavar="NAME=FILE", help="A paper (repeatable)."
)
_reason = click.option("--reason", default="", metavar="TEXT", help="Why.")
_reference = click.argument("reference", metavar="REF")
_as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


# -- setting up ------------------------------------------------------------------------------


@registry.command()
@click.option("--profile", default="cn-2025", show_default=True, metavar="NAME|FILE",
              help="Rules: cn-2025, sh-2018, bj-2019, government, or a file.")  # fmt: skip
@click.option("--member", "members", multiple=True, metavar="NAME=ROLE[,ROLE]", required=True,
              help="Roles: clerk examiner maker system security audit (repeatable).")  # fmt: skip
@click.option("--workshop", default="", metavar="NAME", help="The workshop (印章制作单位).")
@click.option("--licence", default="", metavar="NO", help="Its licence.")
@click.option("--licence-until", metavar="TIME", help="End of the licence.")
@_pass_desk
def init(
    desk: _Desk,
    profile: str,
    members: tuple[str, ...],
    workshop: str,
    licence: str,
    licence_until: str | None,
) -> int:
    """Make a new register, and its keyfile where there is none."""
    from esealkit.registry import Profile, Register, new_keyfile
    from esealkit.registry.profile import SHIPPED

    if desk.keyfile is None:
        raise UsageError("registry.no_keyfile")
    rules = Profile.named(profile) if profile in SHIPPED else Profile.from_file(profile)
    if not Path(desk.keyfile).exists():
        new_keyfile(desk.keyfile)
    Register.create(
        desk.url,
        profile=rules,
        members={name: _roles(roles) for name, roles in _pairs(members).items()},
        member=desk.member,
        keyfile=desk.keyfile,
        workshop=workshop,
        licence=licence,
        licence_until=time_of(licence_until),
        witness=desk.witness,
    ).close()
    path = desk.url.rpartition("@")[2]
    say(words.phrase("registry.created", desk.language, path=path, profile=rules.name))
    return Exit.PASSED


def _roles(text: str) -> Any:
    from esealkit.registry import Role

    try:
        return {Role(item.strip()) for item in text.split(",") if item.strip()}
    except ValueError:
        raise UsageError("usage.role", text=text, known=[item.value for item in Role]) from None


@registry.command()
@click.argument("name", metavar="NAME")
@click.argument("roles", metavar="ROLE[,ROLE]")
@_pass_desk
def grant(desk: _Desk, name: str, roles: str) -> int:
    """Set what NAME may do (security administrator)."""
    with desk.open() as register:
        register.grant(name, _roles(roles))
    say(words.phrase("registry.granted", desk.language, member=name, roles=roles))
    return Exit.PASSED


@registry.command()
@click.argument("file", metavar="FILE", type=click.Path())
@click.option("--block", default="block", metavar="NAME", help="Name of the block.")
@_pass_desk
def codes(desk: _Desk, file: str, block: str) -> int:
    """Import a block of e-seal codes: 14 digits a line, or FIRST-LAST."""
    try:
        text = read(file).decode("ascii")
    except UnicodeDecodeError:
        raise UsageError("registry.code_block", line="?") from None
    with desk.open() as register:
        count = register.import_codes(text, block=block)
    say(words.phrase("registry.codes", desk.language, count=count))
    return Exit.PASSED


# -- applying and examining ------------------------------------------------------------------


_APPLICATION: tuple[Callable[[_Any], _Any], ...] = (
    click.option("--owner", required=True, metavar="NAME", help="Legal name."),
    click.option("--unit-code", default="", metavar="CODE", help="Unified social credit code."),
    click.option("--kind", required=True, metavar="KIND", help="Kind, e.g. 公章."),
    click.option("--name", default="", metavar="TEXT", help="Name on the seal; default: owner."),
    click.option("--short-name", default="", metavar="TEXT", help="规范化简称."),
    click.option("--department", default="", metavar="TEXT", help="所属单位."),
    click.option("--picture", type=click.Path(), metavar="P", help="The seal's picture."),
    click.option("--size", default="40,40", show_default=True, metavar="W,H", help="mm."),
    click.option("--drawn", is_flag=True, help="The picture was drawn, not taken from a seal."),
    click.option("--physical-code", default="", metavar="CODE", help="Code of the physical seal."),
    click.option("--translation", default="", metavar="TEXT", help="Confirmed translation."),
    click.option("--foreign-text", is_flag=True, help="It carries foreign or minority text."),
    click.option("--new-unit", is_flag=True, help="Papers of a new unit are shared."),
    click.option("--private", "private", multiple=True, metavar="FIELD=VALUE",
                 help="representative handler handler_id handler_phone keeper keeper_phone."),
    _material,
)  # fmt: skip


def _application_options(command: _Any) -> _Any:
    for option in reversed(_APPLICATION):
        command = option(command)
    return command


def _application(given: dict[str, Any]) -> Any:
    from esealkit.cli.commands.seal import size_of
    from esealkit.registry import Application

    width, height = size_of(given.pop("size"))
    materials, private = given.pop("materials"), given.pop("private")
    return Application(
        width_mm=width,
        height_mm=height,
        materials=_materials(materials),
        private=_pairs(private),
        **given,
    )


@registry.command()
@_application_options
@_pass_desk
def apply(desk: _Desk, /, **given: Any) -> int:
    """Enter an application (申请)."""
    with desk.open() as register:
        return desk.tell(register.apply(_application(given)))


@registry.command()
@_reference
@_material
@click.option("--picture", type=click.Path(), metavar="P", help="The seal's picture.")
@click.option("--translation", default="", metavar="TEXT", help="Confirmed translation.")
@_pass_desk
def supplement(
    desk: _Desk, reference: str, materials: tuple[str, ...], picture: str | None, translation: str
) -> int:
    """Bring what was missing (补正)."""
    with desk.open() as register:
        return desk.tell(
            register.supplement(
                reference,
                materials=_materials(materials),
                picture=picture,
                translation=translation,
            )
        )


@registry.command()
@_reference
@click.option("--approve", is_flag=True, help="All is there.")
@click.option("--refuse", metavar="REASON", help="Refuse, and why.")
@_pass_desk
def examine(desk: _Desk, reference: str, approve: bool, refuse: str | None) -> int:
    """Approve an application or refuse it (审核)."""
    if approve == (refuse is not None):
        raise UsageError("usage.examine")
    with desk.open() as register:
        if approve:
            return desk.tell(register.approve(reference))
        return desk.tell(register.refuse(reference, reason=refuse or ""))


@registry.command()
@_reference
@_reason
@_pass_desk
def withdraw(desk: _Desk, reference: str, reason: str) -> int:
    """Take an application back (撤回)."""
    with desk.open() as register:
        return desk.tell(register.withdraw(reference, reason=reason))


@registry.command()
@_reference
@click.argument("imprint", metavar="PICTURE", type=click.Path())
@click.option("--confirm", "source", metavar="SOURCE", help="Confirm it; where it comes from.")
@click.option("--despite", default="", metavar="TEXT", help="Why a low score is confirmed.")
@_pass_desk
def imprint(desk: _Desk, reference: str, imprint: str, source: str | None, despite: str) -> int:
    """Compare the seal's picture with an imprint (印模); with --confirm, record it."""
    with desk.open() as register:
        if source is None:
            score = register.compare_imprint(reference, imprint)
            say(words.phrase("registry.score", desk.language, score=f"{score:.3f}"))
            return Exit.PASSED
        return desk.tell(
            register.confirm_imprint(reference, imprint, source=source, despite=despite)
        )


# -- making ----------------------------------------------------------------------------------


_BENCH: tuple[Callable[[_Any], _Any], ...] = (
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
    click.option("-o", "--output", type=click.Path(), metavar="ESL", help="Write the seal here."),
    trust_options,
)  # fmt: skip


def _bench_options(command: _Any) -> _Any:
    for option in reversed(_BENCH):
        command = option(command)
    return command


@contextmanager
def _bench(given: dict[str, Any]) -> Iterator[Any]:
    from contextlib import ExitStack

    from esealkit.api.sign import open_key
    from esealkit.registry import Workbench

    pin = pin_of(given["pin_file"])
    with ExitStack() as stack:
        key: Any = stack.enter_context(
            open_key(given["key_uri"], certificate=given["cert"], pin=pin, chain=given["chain"])
        )
        approver: Any = None
        if given["approver"] is not None:
            approver = stack.enter_context(
                open_key(given["approver"], certificate=given["approver_cert"], pin=pin)
            )
        yield Workbench(
            key=key,
            signers=given["signers"],
            carrier=given["carrier"],
            edition=given["edition"],
            timestamper=time_stamper(given["tsa"]),
            valid_until=time_of(given["valid_until"]),
            validity_reason=given["validity_reason"],
            approver=approver,
            trust=trust_of(given["trusts"], given["trust_makers"]),
        )


def _write(path: str | None, data: bytes) -> None:
    from esealkit.signing.output import StagedFile

    if path is not None:
        with StagedFile(Path(path)) as staged:
            staged.write(data)
            staged.commit()


@registry.command()
@_reference
@click.option("--code", default="", metavar="CODE", help="Its e-seal code; default: the next.")
@_bench_options
@_pass_desk
def make(desk: _Desk, /, reference: str, code: str, **given: Any) -> int:
    """Make an approved seal (制作); its filing is due from then on."""
    with _bench(given) as bench, desk.open() as register:
        record = register.make(reference, bench, code=code)
    _write(given["output"], record.seals[-1].esl)
    return desk.tell(record)


@registry.command()
@_reference
@_bench_options
@_pass_desk
def renew(desk: _Desk, /, reference: str, **given: Any) -> int:
    """Make the seal anew for renewed certificates (更新)."""
    with _bench(given) as bench, desk.open() as register:
        record = register.renew(reference, bench)
    _write(given["output"], record.seals[-1].esl)
    return desk.tell(record)


@registry.command("add-carrier")
@_reference
@_bench_options
@_pass_desk
def add_carrier(desk: _Desk, /, reference: str, **given: Any) -> int:
    """Make the same seal for a further carrier (一章多载体)."""
    with _bench(given) as bench, desk.open() as register:
        record = register.add_carrier(reference, bench)
    _write(given["output"], record.seals[-1].esl)
    return desk.tell(record)


@registry.command("import-made")
@_reference
@click.argument("esl", metavar="ESL", type=click.Path())
@click.option("--carrier", default="file", metavar="SERIAL", help="The device it is in.")
@trust_options
@_pass_desk
def import_made(
    desk: _Desk,
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


# -- filing, delivery, use -------------------------------------------------------------------


@registry.command("file")
@_reference
@click.option("--report", "authority", metavar="AUTHORITY", help="It was sent there (已报送).")
@click.option("--accept", "receipt", metavar="RECEIPT", help="It was filed (已备案).")
@click.option("--return", "returned", metavar="REASON", help="It came back (退回).")
@click.option("--filing", "kind", default="", metavar="KIND",
              help="making, cancellation or unclaimed; default: the open one.")  # fmt: skip
@_pass_desk
def file_(
    desk: _Desk,
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
@_reference
@click.option("--template", default="generic-json", show_default=True, metavar="NAME|FILE",
              help="generic-json, generic-xml, generic-csv, or a TOML file.")  # fmt: skip
@click.option("--filing", "kind", default="", metavar="KIND", help="Which filing.")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="F", help="Output.")
@_pass_desk
def export_filing(desk: _Desk, reference: str, template: str, kind: str, output: str) -> int:
    """Write a filing in an authority's own form."""
    with desk.open() as register:
        _write(output, register.export_filing(reference, template=template, kind=kind))
    return Exit.PASSED


@registry.command()
@_reference
@_material
@_pass_desk
def deliver(desk: _Desk, reference: str, materials: tuple[str, ...]) -> int:
    """Hand the seal over (领取)."""
    with desk.open() as register:
        return desk.tell(register.deliver(reference, materials=_materials(materials)))


@registry.command()
@_reference
@click.argument("document", metavar="DOCUMENT", type=click.Path())
@click.option("--operator", required=True, metavar="NAME", help="Who stamped.")
@click.option("--approval", default="", metavar="TEXT", help="Approval it rests on.")
@_reason
@_pass_desk
def use(
    desk: _Desk, reference: str, document: str, operator: str, approval: str, reason: str
) -> int:
    """Enter a use of the seal (用印登记); the document is kept by digest."""
    import hashlib

    digest = hashlib.sha256(read(document)).hexdigest()
    with desk.open() as register:
        record = register.use(
            reference,
            document=Path(document).name,
            sha256=digest,
            operator=operator,
            approval=approval,
            reason=reason,
        )
    return desk.tell(record)


# -- changes and the end ---------------------------------------------------------------------


@registry.command()
@_reference
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE",
              help="short_name department physical_code (repeatable).")  # fmt: skip
@click.option("--private", multiple=True, metavar="FIELD=VALUE", help="Private field (repeatable).")
@_material
@_reason
@_pass_desk
def amend(
    desk: _Desk,
    reference: str,
    values: tuple[str, ...],
    private: tuple[str, ...],
    materials: tuple[str, ...],
    reason: str,
) -> int:
    """Change keeper, contact, department (变更)."""
    with desk.open() as register:
        return desk.tell(
            register.amend(
                reference,
                values=_pairs(values),
                private=_pairs(private),
                materials=_materials(materials),
                reason=reason,
            )
        )


@registry.command("hand-over")
@_reference
@click.option("--keeper", required=True, metavar="NAME", help="The new keeper.")
@click.option("--phone", default="", metavar="NO", help="His telephone.")
@_pass_desk
def hand_over(desk: _Desk, reference: str, keeper: str, phone: str) -> int:
    """Enter another keeper (保管人移交)."""
    with desk.open() as register:
        return desk.tell(register.hand_over(reference, keeper=keeper, phone=phone))


@registry.command("reset-pin")
@_reference
@_material
@_pass_desk
def reset_pin(desk: _Desk, reference: str, materials: tuple[str, ...]) -> int:
    """Enter that the PIN was reset on request."""
    with desk.open() as register:
        return desk.tell(register.reset_pin(reference, materials=_materials(materials)))


def _reasoned(name: str, help_text: str) -> None:
    """``suspend``, ``resume``, ``retire``: a reference, a reason, materials."""

    @registry.command(name, help=help_text)
    @_reference
    @_reason
    @_material
    @_pass_desk
    def step(desk: _Desk, reference: str, reason: str, materials: tuple[str, ...]) -> int:
        with desk.open() as register:
            verb = getattr(register, name)
            return desk.tell(verb(reference, reason=reason, materials=_materials(materials)))


_reasoned("suspend", "Suspend the seal (暂停).")
_reasoned("resume", "Put a suspended seal in use again (恢复).")
_reasoned("retire", "Stop the use of a seal (停止使用).")


@registry.command("report-loss")
@_reference
@click.option("--reason", type=click.Choice(["lost", "key-compromise"]), default="lost",
              show_default=True, help="What is lost.")  # fmt: skip
@_pass_desk
def report_loss(desk: _Desk, reference: str, reason: str) -> int:
    """Report a seal or its key lost: suspended at once (挂失)."""
    with desk.open() as register:
        return desk.tell(register.report_loss(reference, reason=reason))


@registry.command()
@_reference
@_reason
@click.option("--step-material", "step_materials", multiple=True, metavar="NAME=FILE",
              help="A paper for the replacement itself (repeatable).")  # fmt: skip
@_application_options
@_pass_desk
def replace(
    desk: _Desk, /, reference: str, reason: str, step_materials: tuple[str, ...], **given: Any
) -> int:
    """Apply for a seal in the place of this one (换领)."""
    with desk.open() as register:
        return desk.tell(
            register.replace(
                reference,
                _application(given),
                reason=reason,
                materials=_materials(step_materials),
            )
        )


@registry.command()
@_reference
@click.option("--ground", required=True, metavar="TEXT", help="One of the profile's grounds.")
@click.option("--effective", metavar="TIME", help="When it took effect; default: now.")
@_material
@_pass_desk
def cancel(
    desk: _Desk, reference: str, ground: str, effective: str | None, materials: tuple[str, ...]
) -> int:
    """Cancel a seal for good (注销)."""
    with desk.open() as register:
        return desk.tell(
            register.cancel(
                reference,
                ground=ground,
                effective=time_of(effective),
                materials=_materials(materials),
            )
        )


@registry.command()
@_pass_desk
def sweep(desk: _Desk) -> int:
    """Cancel made seals that nobody fetched in time (逾期未领)."""
    with desk.open() as register:
        found = register.sweep()
    say(words.phrase("registry.swept", desk.language, count=len(found)))
    for record in found:
        say("  " + _line(record, desk.language))
    return Exit.PASSED


# -- asking ----------------------------------------------------------------------------------


@registry.command()
@click.argument("text", metavar="[TEXT]", default="")
@click.option("--where", "fields", multiple=True, metavar="FIELD=VALUE",
              help="Any field; a trailing * asks for a beginning (repeatable).")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True,
              help="At most so many.")  # fmt: skip
@_as_json
@_pass_desk
def query(desk: _Desk, text: str, fields: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Find records by any field."""
    with desk.open() as register:
        found = register.query(text=text, limit=limit, **_pairs(fields))
    if as_json:
        say(json.dumps([item.to_value() for item in found], ensure_ascii=False, indent=2))
    else:
        for record in found:
            say(_line(record, desk.language))
    return Exit.PASSED


@registry.command()
@_reference
@click.option("--reveal", metavar="REASON", help="Show private fields; the journal says why.")
@_pass_desk
def show(desk: _Desk, reference: str, reveal: str | None) -> int:
    """One record with all that belongs to it, as JSON."""
    with desk.open() as register:
        if reveal is None:
            record = register.get(reference)
        else:
            record = register.reveal(reference, reason=reveal)
    say(json.dumps(record.to_value(), ensure_ascii=False, indent=2))
    return Exit.PASSED


@registry.command()
@_reference
@_pass_desk
def history(desk: _Desk, reference: str) -> int:
    """What happened to a seal, entry by entry."""
    with desk.open() as register:
        for entry in register.history(reference):
            at = entry.at.isoformat(timespec="seconds").replace("+00:00", "Z")
            say(words.inert(f"{entry.number} {at} {entry.event} {entry.actor}"))
    return Exit.PASSED


@registry.command()
@_pass_desk
def overdue(desk: _Desk) -> int:
    """What should have been done by now; exit code 1 where there is something."""
    with desk.open() as register:
        found = register.overdue()
    for item in found:
        say(
            words.phrase(
                "registry.overdue",
                desk.language,
                reference=item.reference,
                owner=item.owner,
                what=item.what,
                due=item.due_at,
            )
        )
    return Exit.FAILED if found else Exit.PASSED


# -- publishing and proof --------------------------------------------------------------------


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal's stderr; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told


@registry.command()
@click.option("-o", "--output", required=True, type=click.Path(), metavar="F", help="Output.")
@click.option("--days", type=click.IntRange(1, 3660), default=7, show_default=True,
              help="Until the next list.")  # fmt: skip
@key_options()
@_pass_desk
def publish(
    desk: _Desk,
    output: str,
    days: int,
    key_uri: str,
    cert: str | None,
    chain: tuple[str, ...],
    pin_file: str | None,
) -> int:
    """Write the signed seal status list (印章状态名录)."""
    from esealkit.api.sign import open_key

    with (
        open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain) as key,
        desk.open() as register,
        _progress("publish") as progress,
    ):
        done = register.publish_status(output, key=key, days=days, progress=progress)
    say(
        words.phrase(
            "registry.published",
            desk.language,
            path=output,
            number=done.number,
            count=done.seals,
            until=done.next_update.date().isoformat(),
        )
    )
    return Exit.PASSED


@registry.command()
@_reference
@click.option("--kind", type=click.Choice(["making", "cancellation"]), required=True,
              help="Which certificate.")  # fmt: skip
@click.option("--seal", required=True, type=click.Path(), metavar="ESL",
              help="The workshop's own seal.")  # fmt: skip
@click.option("-o", "--output", required=True, type=click.Path(), metavar="F",
              help="Output: .ofd or .pdf.")  # fmt: skip
@key_options()
@_pass_desk
def certificate(
    desk: _Desk,
    reference: str,
    kind: str,
    seal: str,
    output: str,
    key_uri: str,
    cert: str | None,
    chain: tuple[str, ...],
    pin_file: str | None,
) -> int:
    """Write a sealed certificate of making or cancellation."""
    from esealkit.api.sign import open_key

    with (
        open_key(key_uri, certificate=cert, pin=pin_of(pin_file), chain=chain) as key,
        desk.open() as register,
    ):
        register.certificate(reference, output, kind=kind, seal=seal, key=key)
    say(words.phrase("registry.certified", desk.language, path=output, kind=kind))
    return Exit.PASSED


@registry.command()
@click.option("--anchor", "anchors", multiple=True, type=click.Path(), metavar="JSON",
              help="A head that was kept elsewhere (repeatable).")  # fmt: skip
@click.option("--signer", type=click.Path(), metavar="PEM", help="Who must have signed the head.")
@_as_json
@_pass_desk
def audit(desk: _Desk, anchors: tuple[str, ...], signer: str | None, as_json: bool) -> int:
    """Prove that nothing was altered, dropped, reordered or rolled back."""
    from esealkit.journal import Anchor

    with desk.open() as register, _progress("audit") as progress:
        found = register.audit(
            anchors=[Anchor.from_json(read(item)) for item in anchors],
            signer=None if signer is None else certificate_in(signer),
            progress=progress,
        )
    if as_json:
        say(found.to_json())
    elif found.sound:
        counts = {"entries": found.entries, "records": found.records}
        say(words.phrase("registry.sound", desk.language, **counts))
    else:
        say(words.phrase("registry.unsound", desk.language, count=len(found.faults)))
        for fault in found.faults:
            say(f"  {fault.message(desk.language)}")
    return Exit.PASSED if found.sound else Exit.FAILED


@registry.command()
@_pass_desk
def anchor(desk: _Desk) -> int:
    """Print how far the journal has come, to be kept outside the workshop."""
    with desk.open() as register:
        say(register.anchor().to_json())
    return Exit.PASSED


@registry.command()
@click.option("-o", "--output", required=True, type=click.Path(), metavar="F", help="Output.")
@_pass_desk
def backup(desk: _Desk, output: str) -> int:
    """Write everything to one file; prints its proof."""
    with desk.open() as register:
        proof = register.backup(output)
    say(words.phrase("registry.backed_up", desk.language, path=output, proof=proof))
    return Exit.PASSED


@registry.command()
@click.argument("source", metavar="FILE", type=click.Path())
@click.option("--proof", default="", metavar="SM3", help="What backup printed.")
@_pass_desk
def restore(desk: _Desk, source: str, proof: str) -> int:
    """Restore a backup into a new register; audit it afterwards."""
    from esealkit.registry import restore as restore_into

    found = restore_into(source, desk.url, proof=proof)
    path = desk.url.rpartition("@")[2]
    say(words.phrase("registry.backed_up", desk.language, path=path, proof=found))
    return Exit.PASSED


@registry.command()
@click.argument("text", metavar="[TEXT]", default="")
@click.option("--where", "fields", multiple=True, metavar="FIELD=VALUE", help="Any field.")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="HTML", help="Output.")
@_pass_desk
def sheet(desk: _Desk, text: str, fields: tuple[str, ...], output: str) -> int:
    """Write a contact sheet of the register's seals, to look at."""
    from esealkit.registry.sheet import contact_sheet
    from esealkit.signing.output import StagedFile

    with (
        desk.open() as register,
        _progress("sheet") as progress,
        StagedFile(Path(output)) as staged,
    ):
        count = register.count(text=text, **_pairs(fields))
        pages = register.pictured(text=text, progress=progress, **_pairs(fields))
        for part in contact_sheet(pages, lang=desk.language):
            staged.write(part.encode())
        staged.commit()
    say(words.phrase("registry.written", desk.language, path=output, count=count))
    return Exit.PASSED
