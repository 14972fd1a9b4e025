"""``esealkit keys``: what a device holds, and what its mechanisms sign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from esealkit.cli.options import chosen_language, lang_option, pin_of
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError
from esealkit.words import Language, error_message, inert, phrase

__all__ = ["keys"]


@click.group()
def keys() -> None:
    """Keys in devices (密钥设备): list, probe."""


@keys.command(name="list")
@click.argument("uri", metavar="URI")
@click.option("--login", is_flag=True, help="Log in first: private keys may show only then.")
@click.option("--pin-file", type=click.Path(), metavar="F", help="File with the PIN; - is stdin.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@lang_option
@click.pass_context
def list_command(
    ctx: click.Context, uri: str, login: bool, pin_file: str | None, as_json: bool, lang: str | None
) -> int:
    """List the keys and certificates of the device that URI names.

    URI is like pkcs11:token=LABEL?module-path=/path/lib.so
    """
    from esealkit.keys.doctor import list_keys

    language = chosen_language(ctx, lang)
    pin = pin_of(pin_file) if login or pin_file else None
    found = list_keys(uri, pin=pin)
    if as_json:
        _print_json(asdict(found))
        return Exit.PASSED
    _print_device(found.device)
    for row in found.keys:
        title = phrase(f"keys.{row.kind}", language)
        use = phrase(f"keys.use_{row.use}", language) if row.use else ""
        say(f"{title}: {inert(row.label)} [{row.identifier}] {use}".rstrip())
        if row.subject:
            say(f"    {inert(row.subject)} {row.valid}")
        if row.uri:
            say(f"    {inert(row.uri)}")
    if found.mechanisms:
        say(f"{phrase('keys.mechanisms', language)} {', '.join(found.mechanisms)}")
    return Exit.PASSED


@keys.command()
@click.argument("uri", metavar="URI")
@click.option("--cert", type=click.Path(), metavar="PEM", help="Certificate of the key.")
@click.option("--yes", is_flag=True, help="Agree to test signatures with this key.")
@click.option("--pin-file", type=click.Path(), metavar="F", help="File with the PIN; - is stdin.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@lang_option
@click.pass_context
def probe(
    ctx: click.Context,
    uri: str,
    cert: str | None,
    yes: bool,
    pin_file: str | None,
    as_json: bool,
    lang: str | None,
) -> int:
    """Sign a fixed test message with each mechanism of the device, and say what each one signs.

    Prints the profile to use for a device that esealkit does not know.  The key is used: nothing
    is signed without your consent (--yes, or an answer at the prompt).
    """
    from esealkit.api.sources import read_small
    from esealkit.keys.doctor import probe_key
    from esealkit.limits import DEFAULT_LIMITS

    language = chosen_language(ctx, lang)
    if not yes:
        _ask_consent(language)
    given = read_small(cert, DEFAULT_LIMITS.key_file) if cert else None
    found = probe_key(uri, pin=pin_of(pin_file), certificate=given)
    if as_json:
        _print_json(asdict(found))
        return Exit.PASSED if found.usable else Exit.REFUSED
    _print_device(found.device)
    for row in found.mechanisms:
        said = (
            phrase("keys.good", language)
            if row.outcome == "good"
            else error_message(row.outcome, language, {"device": "", "function": "C_Sign"})
        )
        say(f"{row.name} ({row.given}): {inert(said)} {row.form}".rstrip())
    if not found.usable:
        say(phrase("keys.nothing_good", language))
        return Exit.REFUSED
    if found.profile:
        say(phrase("keys.profile", language))
        say(found.profile)
    return Exit.PASSED


def _ask_consent(language: Language) -> None:
    import sys

    if not sys.stdin.isatty():
        raise UsageError("usage.consent")
    if not click.confirm(phrase("keys.consent", language), err=True):
        raise click.Abort


def _print_device(device: Mapping[str, str]) -> None:
    for name, value in device.items():
        if value:
            say(f"{name}: {inert(value)}")


def _print_json(value: Any) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))
