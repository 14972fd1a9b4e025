"""Options of PDF documents that stamping and signing share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from typing import Any

import click

from esealkit.api.pdf_options import LEVELS, PdfOptions
from esealkit.cli.options import pin_of

__all__ = ["PdfArguments", "password_of", "pdf_options"]

_OPTIONS = (
    click.option(
        "--level", type=click.Choice(LEVELS), help="PDF: PAdES level; above B-B with --tsa."
    ),
    click.option("--also-key", metavar="URI", help="PDF: sign once more, with RSA or ECDSA."),
    click.option("--also-cert", type=click.Path(), metavar="PEM", help="Its certificate."),
    click.option("--also-pin-file", type=click.Path(), metavar="F", help="File holding its PIN."),
    click.option("--field", metavar="NAME", help="PDF: sign this empty signature field."),
    click.option(
        "--certify",
        type=click.IntRange(1, 3),
        help="PDF: afterwards allow 1 nothing, 2 forms and signatures, 3 also annotations.",
    ),
    click.option(
        "--lock-field",
        "lock_fields",
        multiple=True,
        metavar="NAME",
        help="PDF: nobody may change this field afterwards (repeatable).",
    ),
    click.option("--pss", is_flag=True, help="PDF: RSA keys sign by RSASSA-PSS."),
    click.option("--sub-filter", metavar="NAME", help="PDF: what /Contents is."),
    click.option("--filter", "handler", metavar="NAME", help="PDF: handler that readers prefer."),
    click.option("--reason", metavar="TEXT", help="PDF: why it is signed."),
    click.option("--location", metavar="TEXT", help="PDF: where it is signed."),
    click.option("--repair", is_flag=True, help="PDF: rewrite a damaged file first."),
    click.option(
        "--password-file", type=click.Path(), metavar="F", help="PDF: file holding its password."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfArguments:
    """What the options say."""

    options: PdfOptions | None
    """``None`` where none was given, so that an OFD document is not refused."""
    password: bytes | None
    also: tuple[str, str | None, str | None] | None
    """URI, certificate and PIN file of the further key."""

    @contextmanager
    def also_key(self) -> Iterator[Any]:
        """The further key, opened; ``None`` where there is none."""
        if self.also is None:
            yield None
            return
        from esealkit.keys.opening import open_key

        uri, certificate, pin_file = self.also
        with open_key(uri, certificate=certificate, pin=pin_of(pin_file)) as key:
            yield key


def pdf_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """All of them; the command gets them as one argument ``pdf``."""

    @functools.wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        own = {name: given.pop(name) for name in signature(_arguments).parameters}
        return command(*args, pdf=_arguments(**own), **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _arguments(
    *,
    level: Any,
    also_key: str | None,
    also_cert: str | None,
    also_pin_file: str | None,
    field: str | None,
    certify: int | None,
    lock_fields: tuple[str, ...],
    pss: bool,
    sub_filter: str | None,
    handler: str | None,
    reason: str | None,
    location: str | None,
    repair: bool,
    password_file: str | None,
) -> PdfArguments:
    options = PdfOptions(
        level=level,
        sub_filter=sub_filter,
        filter=handler,
        field=field,
        certify=certify,
        lock_fields=lock_fields or None,
        pss=pss,
        reason=reason,
        location=location,
        repair=repair,
    )
    return PdfArguments(
        options=None if options == PdfOptions() else options,
        password=password_of(password_file),
        also=None if also_key is None else (also_key, also_cert, also_pin_file),
    )


def password_of(path: str | None) -> bytes | None:
    """The password in a file, ``-`` for standard input; ``None`` where no file is named."""
    return None if path is None else pin_of(path)()
