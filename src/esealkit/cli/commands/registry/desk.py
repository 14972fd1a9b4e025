"""The group ``registry``: who acts on which register, and what its commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from esealkit import words
from esealkit.cli.commands.journal import read
from esealkit.cli.options import pin_of
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

if TYPE_CHECKING:
    from esealkit.registry import Register, SealRecord
    from esealkit.words import Language

__all__ = [
    "Desk",
    "as_json",
    "fields_of",
    "line_of",
    "material",
    "materials_of",
    "output_to",
    "pairs_of",
    "pass_desk",
    "private_fields",
    "private_of",
    "progress",
    "reason",
    "reference",
    "registry",
    "where",
    "with_options",
    "write",
]

Decorator = Callable[[Any], Any]


class Desk:
    """What every command of the group shares."""

    def __init__(
        self, url: str, member: str, keyfile: str | None, witness: str | None, **head: str | None
    ) -> None:
        self.url = url
        self.keyfile = keyfile
        self.witness = witness
        self.language: Language = "zh"
        self._member = member
        self._head = head

    @property
    def member(self) -> str:
        """Who acts.

        :raises UsageError: nobody was named.
        """
        if not self._member:
            raise UsageError("usage.member")
        return self._member

    @property
    def shown_url(self) -> str:
        """The register without a password in its address."""
        return self.url.rpartition("@")[2]

    @contextmanager
    def open(self) -> Iterator[Register]:
        """The register, for the acting member."""
        from esealkit.registry import Register

        with ExitStack() as stack:
            yield stack.enter_context(
                Register.open(
                    self.url,
                    member=self.member,
                    keyfile=self.keyfile,
                    witness=self.witness,
                    key=self.head_key(stack),
                )
            )

    def head_key(self, stack: ExitStack) -> Any:
        """The key that signs the witness's head, where one was named."""
        if self._head["head_key"] is None:
            return None
        from esealkit.api.sign import open_key

        key: Any = open_key(
            self._head["head_key"],
            certificate=self._head["head_cert"],
            pin=pin_of(self._head["head_pin_file"]),
        )
        return stack.enter_context(key)

    def phrase(self, code: str, /, **values: Any) -> str:
        """A phrase in the language of the command."""
        return words.phrase(code, self.language, **values)

    def tell(self, record: SealRecord) -> int:
        """One line about a record, and one for each open filing."""
        say(line_of(record, self.language))
        for item in record.filings:
            if item.state in ("pending", "returned"):
                kind = self.phrase(f"registry.filing_of.{item.kind}")
                state = self.phrase(f"registry.filing.{item.state}")
                say("  " + self.phrase("registry.filed", kind=kind, state=state, due=item.due_at))
        return Exit.PASSED


def line_of(record: SealRecord, language: Language) -> str:
    """A record in one line."""
    state = words.phrase(f"registry.state.{record.state.value}", language)
    if record.trial:
        state += " · " + words.phrase("registry.trial", language)
    return words.phrase(
        "registry.line",
        language,
        reference=record.reference,
        code=record.seal_code or "-",
        name=record.name,
        kind=record.kind_in(language),
        state=state,
    )


pass_desk = click.make_pass_decorator(Desk)


@click.group()
@click.option("--db", "url", default="registry.db", show_default=True, metavar="FILE|URL",
              help="The register: a SQLite file, or postgresql+psycopg://….")  # fmt: skip
@click.option("--as", "member", default="", metavar="NAME", help="Who acts.")
@click.option("--keyfile", type=click.Path(), metavar="F", help="Key of the private fields.")
@click.option("--witness", type=click.Path(), metavar="F", help="Journal file beside the database.")
@click.option("--head-key", metavar="URI", help="Key that signs the journal's head.")
@click.option("--head-cert", type=click.Path(), metavar="PEM", help="Its certificate.")
@click.option("--head-pin-file", type=click.Path(), metavar="F", help="Its PIN; - is stdin.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language.")
@click.pass_context
def registry(
    ctx: click.Context,
    /,
    url: str,
    member: str,
    keyfile: str | None,
    witness: str | None,
    lang: Language | None,
    **head: str | None,
) -> None:
    """The seal workshop's register (印章台账), from application to cancellation."""
    above = (ctx.obj or {}).get("lang", "zh")
    ctx.obj = Desk(url, member, keyfile, witness, **head)
    ctx.obj.language = lang or above


def with_options(options: Sequence[Decorator]) -> Decorator:
    """Several options as one decorator, in their order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


reference = click.argument("reference", metavar="REF")
reason = click.option("--reason", default="", metavar="TEXT", help="Why.")
as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")
material = click.option(
    "--material", "materials", multiple=True, metavar="NAME=FILE", help="A paper (repeatable)."
)
where = click.option(
    "--where", "fields", multiple=True, metavar="FIELD=VALUE",
    help="Any field; a trailing * asks for a beginning (repeatable).",
)  # fmt: skip
private_fields = with_options(
    [
        click.option("--private", multiple=True, metavar="FIELD=VALUE",
                     help="representative handler handler_id handler_phone keeper keeper_phone."),
        click.option("--private-file", type=click.Path(), metavar="F",
                     help="The same, FIELD=VALUE a line: commands can be seen by others."),
    ]
)  # fmt: skip


def output_to(metavar: str = "F", *, required: bool = True, text: str = "Output.") -> Decorator:
    """``-o``."""
    return click.option(
        "-o", "--output", required=required, type=click.Path(), metavar=metavar, help=text
    )


def pairs_of(items: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` as a dictionary.

    :raises UsageError: an item is none.
    """
    found: dict[str, str] = {}
    for item in items:
        name, sign, value = item.partition("=")
        if not sign or not name:
            raise UsageError("usage.pair", text=item)
        found[name] = value
    return found


def fields_of(items: Sequence[str]) -> dict[str, Any]:
    """``--where`` as fields of a query.

    :raises UsageError: a field that there is not, or a value that it never has: a slip, not a
        question without an answer.
    """
    from esealkit.registry.finding import CHOICES, FIELDS
    from esealkit.registry.private import PRIVATE_FIELDS

    found, known = pairs_of(items), (*FIELDS, *PRIVATE_FIELDS)
    for name in found:
        if name not in known:
            raise UsageError("registry.field", field=name, known=list(known))
    for name, choices in CHOICES.items():
        value = found.get(name, "*")
        if not value.endswith("*") and value not in choices:
            raise UsageError("registry.field_value", field=name, value=value, known=choices)
    return dict(found)


def materials_of(items: Sequence[str]) -> dict[str, bytes]:
    """``NAME=FILE`` as names and contents."""
    return {name: read(path) for name, path in pairs_of(items).items()}


def private_of(given: Sequence[str], file: str | None) -> dict[str, str]:
    """Private fields of the command line and of a file."""
    lines = () if file is None else read(file).decode("utf-8", "replace").splitlines()
    return pairs_of([*(line.strip() for line in lines if line.strip()), *given])


def write(path: str | None, data: bytes) -> None:
    """Write a file whole, where one was named."""
    from esealkit.signing.output import StagedFile

    if path is not None:
        with StagedFile(Path(path)) as staged:
            staged.write(data)
            staged.commit()


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal's stderr; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told
