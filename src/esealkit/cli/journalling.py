"""Options that record the use of a seal in a journal."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from esealkit.cli.pdf_arguments import PdfArguments
from esealkit.errors import UsageError

if TYPE_CHECKING:
    from esealkit.journal import Use

__all__ = ["share_reason", "use_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def use_options(command: _Command) -> _Command:
    """``--journal FILE --operator … --approval …`` as one argument ``use``.

    ``--reason`` is an option of PDF signatures too; see :func:`share_reason`.
    """

    @functools.wraps(command)
    def with_use(*args: Any, **kwargs: Any) -> Any:
        names = ("journal", "operator", "approval")
        given = {name: kwargs.pop(name) for name in names}
        kwargs["use"] = _use(**given)
        return command(*args, **kwargs)

    wrapped: Any = with_use
    for option in (
        click.option("--approval", metavar="TEXT", help="Approval it rests on; a 公章 needs one."),
        click.option("--operator", metavar="NAME", help="Who stamps."),
        click.option(
            "--journal", type=click.Path(), metavar="FILE", help="Record the use in this journal."
        ),
    ):
        wrapped = option(wrapped)
    found: _Command = wrapped
    return found


def _use(journal: str | None, operator: str | None, approval: str | None) -> Use | None:
    if journal is None:
        if operator or approval:
            raise UsageError("usage.no_journal")
        return None
    from esealkit.journal import Journal, Use

    return Use(journal=Journal(journal), operator=operator or "", approval=approval or "")


def share_reason(
    use: Use | None, pdf: PdfArguments, source: str
) -> tuple[Use | None, PdfArguments]:
    """``--reason`` goes into the journal, and into the signature where a PDF can hold it."""
    if use is None or pdf.options is None or pdf.options.reason is None:
        return use, pdf
    told = replace(use, reason=pdf.options.reason)
    with suppress(OSError), Path(source).open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            rest = replace(pdf.options, reason=None)
            plain = rest == type(rest)()
            return told, replace(pdf, options=None if plain else rest)
    return told, pdf
