"""``esealkit verify``: judge files, say why, exit with the verdict."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from esealkit.cli.options import (
    chosen_language,
    lang_option,
    pin_of,
    policy_of,
    time_of,
    trust_of,
    trust_options,
)
from esealkit.cli.output import EXIT_BY_VERDICT, complain, say, worst_exit
from esealkit.errors import InputError, UsageError
from esealkit.words import Language, phrase

if TYPE_CHECKING:
    from esealkit.api.verify import Report

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
    help="Certificates, CRLs or OCSP responses beside the file (repeatable).",
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
@click.option("--json", "as_json", is_flag=True, help="Report as JSON: one for all files.")
@click.option("--ndjson", is_flag=True, help="One JSON report a line and file.")
@click.option("--html", "html_out", type=click.Path(), metavar="OUT", help="Write an HTML page.")
@click.option("--csv", "csv_out", type=click.Path(), metavar="OUT", help="Write a table for Excel.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    metavar="N",
    help="Files verified side by side.",
)
@click.option(
    "--fetch",
    is_flag=True,
    help="Download CRLs and OCSP responses that trusted certificates name.",
)
@click.option(
    "--password-file",
    type=click.Path(),
    metavar="F",
    help="File with the password of an encrypted document; - is stdin.",
)
@click.option(
    "--decrypt-key", metavar="URI", help="Key of the certificate a package is encrypted for."
)
@click.option("--decrypt-cert", type=click.Path(), metavar="PEM", help="That certificate.")
@click.option(
    "--decrypt-pin-file", type=click.Path(), metavar="F", help="File holding that key's PIN."
)
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
    html_out: str | None,
    csv_out: str | None,
    jobs: int,
    fetch: bool,
    password_file: str | None,
    decrypt_key: str | None,
    decrypt_cert: str | None,
    decrypt_pin_file: str | None,
    lang: str | None,
) -> int:
    """Verify every signature of every FILE; a DIR stands for the documents below it.

    \b
    esealkit verify contract.ofd --trust trust/
    esealkit verify inbox/ --trust trust/ --jobs 4 --csv result.csv
    """
    from esealkit.api.verify import verify as verify_file
    from esealkit.batch import verify_many
    from esealkit.fetching import Fetcher

    if as_json and ndjson:
        raise UsageError("usage.json_twice")
    language = chosen_language(ctx, lang)
    stores = trust_of(trusts, trust_makers)
    listed = list(_expanded(files, language))
    if len(listed) == 1 and not os.path.exists(listed[0]):
        raise InputError("input.missing", path=listed[0])
    around: dict[str, Any] = {
        "trust": stores,
        "when": time_of(when),
        "policy": policy_of(policy),
        "evidence": evidence,
        "fetch": Fetcher() if fetch else None,
        "expect": expected,
        "password": pin_of(password_file)() if password_file is not None else None,
        "decryption_key": _decryption_key(decrypt_key, decrypt_cert, decrypt_pin_file),
    }
    # Alone, a fault of ours is a fault; among many it must not stop the others.
    reports = (
        iter((verify_file(listed[0], **around),))
        if len(listed) == 1
        else verify_many(listed, jobs=min(jobs, max(1, len(listed))), **around)
    )
    counted: Counter[str] = Counter()
    with ExitStack() as stack:
        takers = list(_takers(stack, language, as_json, ndjson, len(listed), html_out, csv_out))
        advance = stack.enter_context(_progress(len(listed), language))
        for report in reports:
            counted[report.verdict.value] += 1
            for take in takers:
                take(report)
            advance()
    if not (as_json or ndjson):
        _conclude(counted, language, trusted=stores is not None)
    return worst_exit([EXIT_BY_VERDICT[verdict] for verdict in counted])


def _decryption_key(uri: str | None, certificate: str | None, pin_file: str | None) -> Any:
    """The key for packages that were encrypted for a certificate, or ``None``."""
    if uri is None:
        return None
    from esealkit.keys.opening import open_key

    return open_key(uri, certificate=certificate, pin=pin_of(pin_file))


def _conclude(counted: Counter[str], language: Language, *, trusted: bool) -> None:
    """Totals for several files, and a hint where identities could not be decided."""
    if counted.total() > 1:
        parts = [f"{phrase(f'verdict.{key}', language)} {counted[key]}" for key in EXIT_BY_VERDICT]
        say(f"{phrase('batch.total', language, count=counted.total())}: " + " · ".join(parts))
    if not trusted:
        complain_hint(phrase("hint.no_trust", language))


def complain_hint(text: str) -> None:
    """A hint without an error."""
    click.echo(f"hint: {text}", err=True)


# -- where reports go -------------------------------------------------------------------------


def _takers(
    stack: ExitStack,
    language: Language,
    as_json: bool,
    ndjson: bool,
    count: int,
    html_out: str | None,
    csv_out: str | None,
) -> Iterator[Callable[[Report], None]]:
    """What is done with each report; only one JSON report and the HTML page keep them all."""
    if ndjson:
        yield lambda report: say(report.to_json(language, indent=None))
    elif as_json:
        yield stack.enter_context(_kept(lambda one: say(one.to_json(language))))
    elif count == 1:
        yield lambda report: say(report.to_text(language).rstrip("\n"))
    else:
        yield lambda report: say(_rows(report, language))
    if html_out is not None:
        yield stack.enter_context(_html(html_out, language))
    if csv_out is not None:
        yield stack.enter_context(_csv(csv_out, language))


def _rows(report: Report, language: Language) -> str:
    from esealkit.report.as_text import report_row

    return "\n".join(report_row(item, language, report.run.policy) for item in report.documents)


@contextmanager
def _kept(done: Callable[[Report], None]) -> Iterator[Callable[[Report], None]]:
    """Keep all reports and hand them over as one."""
    from esealkit.api.verify import merge_reports

    kept: list[Report] = []
    yield kept.append
    if kept:
        done(merge_reports(kept))


@contextmanager
def _html(path: str, language: Language) -> Iterator[Callable[[Report], None]]:
    from esealkit.signing.output import StagedFile

    with StagedFile(Path(path)) as staged:

        def write(report: Report) -> None:
            staged.write(report.to_html(language).encode("utf-8"))
            staged.commit()

        with _kept(write) as take:
            yield take


@contextmanager
def _csv(path: str, language: Language) -> Iterator[Callable[[Report], None]]:
    from esealkit.report.as_csv import csv_head, csv_rows
    from esealkit.signing.output import StagedFile
    from esealkit.words.tables import BOM

    with StagedFile(Path(path)) as staged:
        staged.write((BOM + csv_head(language)).encode("utf-8"))

        def take(report: Report) -> None:
            staged.write(csv_rows(report.run, language).encode("utf-8"))

        yield take
        staged.commit()


# -- progress ---------------------------------------------------------------------------------


@contextmanager
def _progress(total: int, language: Language) -> Iterator[Callable[[], None]]:
    """A bar on standard error, only for several files and only on a terminal."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shared = sys.stdout.isatty()
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=shared,
        redirect_stderr=shared,
    ) as bar:
        task = bar.add_task(phrase("batch.verifying", language), total=total)
        yield lambda: bar.advance(task)


def _expanded(files: tuple[str, ...], language: Language) -> Iterator[str]:
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
            complain(phrase("batch.empty_folder", language, path=item))
