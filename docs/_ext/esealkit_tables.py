"""Tables that are read from the code when the documentation is built, so that they stay true.

``{esealkit} policies | checks | limits | errors | exit-codes | commands | schema``
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from importlib import resources
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> nodes.table:
    """A table; a cell in backquotes is code."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", row(head))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    return nodes.table("", group)


def row(cells: Sequence[str]) -> nodes.row:
    """One row."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell(text))) for text in cells))


def cell(text: str) -> nodes.Node:
    """Code or text."""
    if len(text) > 2 and text[0] == text[-1] == "`":
        return nodes.literal(text=text[1:-1])
    return nodes.Text(text)


def policies() -> list[nodes.Node]:
    """Weights of checks, and effects of reasons, under each shipped policy."""
    from esealkit.policy import CHECKS, Policy

    shipped = [Policy.named(name) for name in ("default", "strict", "integrity")]
    names = [item.name for item in shipped]
    weights = [[f"`{check}`", *(item.weight(check).value for item in shipped)] for check in CHECKS]
    codes = sorted({code for item in shipped for code in item.effects})
    effects = [
        [
            f"`{code}`",
            *(
                item.effects[code].value if code in item.effects else "by its check"
                for item in shipped
            ),
        ]
        for code in codes
    ]
    modes = [["deviations from the standards", *(item.deviations for item in shipped)]]
    return [
        table(["check", *names], weights),
        nodes.paragraph(text="Reasons whose effect is not simply their check's weight:"),
        table(["reason", *names], effects),
        table(["", *names], modes),
    ]


def checks() -> list[nodes.Node]:
    """Check ids with the clause of each edition."""
    from esealkit.policy import CHECKS
    from esealkit.seal.clauses import clause
    from esealkit.seal.model import Edition

    standard = re.compile(r"^G[BM]/T [\d.-]+,? ")
    editions = (Edition.V1, Edition.V4, Edition.V5)
    rows = []
    for check in CHECKS:
        found = [clause(edition, check) for edition in editions]
        rows.append([f"`{check}`", *(standard.sub("", text) for text in found)])
    return [table(["check", *(edition.value.upper() for edition in editions)], rows)]


def limits() -> list[nodes.Node]:
    """Limits with their reasons."""
    from esealkit import limits as module

    body = ast.parse(inspect.getsource(module.Limits)).body[0]
    assert isinstance(body, ast.ClassDef)
    reasons = {
        first.target.id: " ".join(second.value.value.split()).replace("``", "")
        for first, second in zip(body.body, body.body[1:], strict=False)
        if isinstance(first, ast.AnnAssign)
        and isinstance(first.target, ast.Name)
        and isinstance(second, ast.Expr)
        and isinstance(second.value, ast.Constant)
    }
    rows = [
        [f"`{item.name}`", f"{getattr(module.DEFAULT_LIMITS, item.name):,}", reasons[item.name]]
        for item in fields(module.Limits)
    ]
    return [table(["limit", "default", "why"], rows)]


def errors() -> list[nodes.Node]:
    """The tree at the top of the module."""
    from esealkit import errors as module

    drawing = inspect.getdoc(module).partition("::\n\n")[2].partition("\n\nEvery error")[0]
    return [literal(inspect.cleandoc(drawing))]


def exit_codes() -> list[nodes.Node]:
    """Verdicts and exit codes."""
    from esealkit.cli.output import EXIT_BY_VERDICT, Exit

    meanings = {value: f"verdict {verdict}" for verdict, value in EXIT_BY_VERDICT.items()}
    meanings |= {
        Exit.USAGE: "the command line is wrong",
        Exit.REFUSED: "refused: seal expired, signer not on the seal, forbidden by the document, …",
        Exit.NO_INPUT: "a file is missing or unreadable",
        Exit.UNAVAILABLE: "a device or the network failed",
        Exit.SOFTWARE: "a bug of esealkit",
        Exit.CANNOT_WRITE: "the output cannot be written",
        Exit.NO_PERMISSION: "a PIN or a permission was refused",
        Exit.INTERRUPTED: "interrupted",
    }
    named = {value for name, value in vars(Exit).items() if name.isupper()}
    assert named == set(meanings), named ^ set(meanings)
    return [table(["code", "meaning"], [[str(code), meanings[code]] for code in sorted(meanings)])]


def commands() -> list[nodes.Node]:
    """The help of every command."""
    import click

    from esealkit.cli.main import cli

    found: list[nodes.Node] = []

    def walk(command: click.Command, name: str, parent: click.Context | None) -> None:
        context = click.Context(command, info_name=name, parent=parent, max_content_width=96)
        title = context.command_path
        section = nodes.section(ids=[title.replace(" ", "-")])
        section += nodes.title(text=title)
        section += literal(command.get_help(context))
        found.append(section)
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                child = command.get_command(context, below)
                assert child is not None
                walk(child, below, context)

    walk(cli, "esealkit", None)
    return found


def schema() -> list[nodes.Node]:
    """The shipped JSON Schema."""
    text = resources.files("esealkit.report").joinpath("schema/report-v1.json").read_text("utf-8")
    block = literal(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    block["language"] = "json"
    return [block]


def literal(text: str) -> nodes.literal_block:
    """A literal block."""
    return nodes.literal_block(text, text, language="none")


TABLES: dict[str, Any] = {
    "policies": policies,
    "checks": checks,
    "limits": limits,
    "errors": errors,
    "exit-codes": exit_codes,
    "commands": commands,
    "schema": schema,
}


class Esealkit(Directive):
    """``{esealkit} NAME``."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The nodes of one table."""
        return TABLES[self.arguments[0]]()


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive."""
    app.add_directive("esealkit", Esealkit)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
