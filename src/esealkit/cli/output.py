"""What the command line prints, and with which code it exits.

The rules of its output:

* results go to stdout, everything else to stderr;
* an error is one line ``esealkit: …`` and, where there is advice, one line ``hint: …``; never a
  traceback;
* text that comes from files is inert: no control or bidirectional characters;
* exit codes are the contract's (``docs/reference/exit-codes.md``); click's own are remapped.
"""

from __future__ import annotations

import click

from esealkit import errors, words

__all__ = ["EXIT_BY_VERDICT", "Exit", "complain", "exit_code_of", "say", "worst_exit"]


class Exit:
    """Exit codes (interface contract)."""

    PASSED = 0
    FAILED = 1
    INDETERMINATE = 2
    UNSIGNED = 3
    UNREADABLE = 4
    USAGE = 64
    REFUSED = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    SOFTWARE = 70
    CANNOT_WRITE = 73
    NO_PERMISSION = 77
    INTERRUPTED = 130


EXIT_BY_VERDICT = {
    "passed": Exit.PASSED,
    "failed": Exit.FAILED,
    "indeterminate": Exit.INDETERMINATE,
    "unsigned": Exit.UNSIGNED,
    "unreadable": Exit.UNREADABLE,
}
_GRAVEST_FIRST = (1, 4, 2, 3, 0)

_BY_ERROR: tuple[tuple[type[errors.EsealError], int], ...] = (
    (errors.UsageError, Exit.USAGE),
    (errors.InputError, Exit.NO_INPUT),
    (errors.OutputError, Exit.CANNOT_WRITE),
    (errors.PinRejected, Exit.NO_PERMISSION),
    (errors.NotPermitted, Exit.NO_PERMISSION),
    (errors.KeyNotFound, Exit.NO_INPUT),
    (errors.TokenError, Exit.UNAVAILABLE),
    (errors.NetworkError, Exit.UNAVAILABLE),
    (errors.RegisterUnavailable, Exit.UNAVAILABLE),
    (errors.KeyBackendError, Exit.UNAVAILABLE),
)


def worst_exit(codes: list[int]) -> int:
    """Of several files the worst, in the order 1, 4, 2, 3, 0."""
    return next((code for code in _GRAVEST_FIRST if code in codes), Exit.UNSIGNED)


def exit_code_of(error: errors.EsealError) -> int:
    """The exit code of a refused or failed command; what the input forbids is 65."""
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), Exit.REFUSED)


def say(text: str = "") -> None:
    """A line on stdout."""
    click.echo(text)


def complain(message: str, advice: str = "") -> None:
    """An error, and its hint, on stderr."""
    click.echo(f"esealkit: {words.inert(message)}", err=True)
    if advice:
        click.echo(f"hint: {words.inert(advice)}", err=True)
