"""Options that several verbs share."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from esealkit import words
from esealkit.errors import InputError, UsageError, input_unreadable
from esealkit.policy import Policy

if TYPE_CHECKING:  # reading certificates is slow to load
    from esealkit.pki.trust import TrustStore

__all__ = [
    "chosen_language",
    "lang_option",
    "pin_of",
    "policy_of",
    "time_of",
    "trust_of",
    "trust_options",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def lang_option(command: _Command) -> _Command:
    """``--lang`` on a command, beside the one before it."""
    option = click.option("--lang", type=click.Choice(["zh", "en"]), help="Language.")
    return option(command)


def chosen_language(ctx: click.Context, lang: str | None) -> words.Language:
    """The command's ``--lang``, else the group's."""
    found = lang or (ctx.obj or {}).get("lang", "zh")
    return "en" if found == "en" else "zh"


def trust_options(command: _Command) -> _Command:
    """``--trust`` and ``--trust-maker``."""
    for option in (
        click.option(
            "--trust-maker",
            "trust_makers",
            multiple=True,
            type=click.Path(),
            metavar="PATH",
            help="Certificates that may make seals (repeatable).",
        ),
        click.option(
            "--trust",
            "trusts",
            multiple=True,
            type=click.Path(),
            metavar="PATH",
            help="Trusted certificates: a file or a directory (repeatable).",
        ),
    ):
        command = option(command)
    return command


def trust_of(trusts: tuple[str, ...], makers: tuple[str, ...]) -> tuple[TrustStore, ...] | None:
    """The stores named on the command line; ``None`` where there is none."""
    if not trusts and not makers:
        return None
    from esealkit.pki.trust import TrustStore

    stores = [TrustStore.from_path(item) for item in trusts]
    stores += [TrustStore.of_makers(item) for item in makers]
    return tuple(stores)


def policy_of(name: str | None) -> Policy | None:
    """A shipped policy by name, or one from a file."""
    if name is None:
        return None
    if name in ("default", "strict", "integrity"):
        return Policy.named(name)
    return Policy.from_file(name)


def time_of(text: str | None) -> dt.datetime | None:
    """An RFC 3339 time, or a date; without a zone it is UTC.

    :raises UsageError: not a time.
    """
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("usage.time", text=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def pin_of(pin_file: str | None) -> Callable[[], bytes]:
    """Ask for the PIN only when a key needs it: from a file, standard input, or a terminal."""

    def ask() -> bytes:
        if pin_file == "-":
            return sys.stdin.buffer.readline().rstrip(b"\r\n")
        if pin_file is not None:
            try:
                return Path(pin_file).read_bytes().rstrip(b"\r\n")
            except FileNotFoundError:
                raise InputError("input.missing", path=pin_file) from None
            except OSError as error:
                raise input_unreadable(pin_file, error) from error
        if not sys.stdin.isatty():
            raise UsageError("usage.pin")
        text: str = click.prompt("PIN", hide_input=True, err=True)
        return text.encode("utf-8")

    return ask
