"""``esealkit verify``: judge files, say why, exit with the verdict."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from esealkit.cli.options import (
    chosen_language,
    lang_option,
    policy_of,
    time_of,
    trust_of,
    trust_options,
)
from esealkit.cli.output import EXIT_BY_VERDICT, complain, say, worst_exit
from esealkit.errors import InputError

__all__ = ["verify"]

_SUFFIXES = frozenset({".ofd", ".pdf", ".esl"})


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE|DIR...")
@trust_options
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="Certificates beside the file (repeatable).",
)
@click.option("--when", metavar="TIME", help="Judge as of this time (RFC 3339) instead of now.")
@click.option("--policy", metavar="NAME|FILE", help="default, strict, integrity, or a policy file.")
@click.option(
    "--expect-seal",
    "expected",
    multiple=True,
    metavar="NAME|CODE",
    help="A seal that must be among the passed ones (repeatable).",
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("--ndjson", is_flag=True, help="One JSON report a line and file.")
@lang_option
@click.pass_context
def verify(
    ctx: click.Context,
    files: tuple[str, ...],
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    evidence: tuple[str, ...],
    when: str | None,
    policy: str | None,
    expected: tuple[str, ...],
    as_json: bool,
    ndjson: bool,
    lang: str | None,
) -> int:
    """Verify every signature of every FILE; a DIR stands for the documents below it."""
    from esealkit.api.verify import merge_reports
    from esealkit.api.verify import verify as verify_file
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    stores = trust_of(trusts, trust_makers)
    moment, rules = time_of(when), policy_of(policy)
    reports = []
    codes: list[int] = []
    listed = list(_expanded(files))
    if len(listed) == 1 and not os.path.exists(listed[0]):
        raise InputError("input.missing", path=listed[0])
    for path in listed:
        report = verify_file(
            path,
            trust=stores,
            when=moment,
            policy=rules,
            evidence=evidence,
            expect=expected,
        )
        codes.append(EXIT_BY_VERDICT[report.verdict.value])
        if ndjson:
            say(report.to_json(language, indent=None))
        elif as_json:
            reports.append(report)
        else:
            say(report.to_text(language).rstrip("\n"))
    if as_json and reports:
        say(merge_reports(reports).to_json(language))
    if stores is None and not (as_json or ndjson):
        complain_hint(phrase("hint.no_trust", language))
    return worst_exit(codes)


def complain_hint(text: str) -> None:
    """A hint without an error."""
    click.echo(f"hint: {text}", err=True)


def _expanded(files: tuple[str, ...]) -> Iterator[str]:
    """Files as given; below a folder every document, in a stable order."""
    for item in files:
        if not os.path.isdir(item):
            yield item
            continue
        found = False
        for root, folders, names in os.walk(item):
            folders.sort()
            for name in sorted(names):
                if Path(name).suffix.lower() in _SUFFIXES:
                    found = True
                    yield os.path.join(root, name)
        if not found:
            complain(f"{item}: no documents (.ofd .pdf .esl) below this folder")
