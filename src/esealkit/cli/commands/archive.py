"""``esealkit archive IN OUT``, ``archive verify DIR``, ``archive ask`` and ``archive answer``."""

from __future__ import annotations

from typing import Any

import click

from esealkit import words
from esealkit.cli.options import (
    chosen_language,
    lang_option,
    pin_of,
    policy_of,
    time_of,
    trust_of,
    trust_options,
)
from esealkit.cli.output import EXIT_BY_VERDICT, Exit, complain, say
from esealkit.errors import NotPassed

__all__ = ["archive"]


class _InOrVerb(click.Group):
    """A group whose first argument may be a file: then it archives that."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["write", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["write", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_InOrVerb)
def archive() -> None:
    """Hand a document over: IN OUT writes the directory OUT, verify DIR checks one back.

    \b
      esealkit archive IN OUT [--key URI] [--strip]
      esealkit archive verify DIR
      esealkit archive ask IN DIR --authority NAME
      esealkit archive answer DIR --by NAME --says confirmed
    """


def _key(uri: str | None, certificate: str | None, pin_file: str | None) -> Any:
    """The key that signs the record, ``None`` without one."""
    if uri is None:
        return None
    from esealkit.api.sign import open_key

    return open_key(uri, certificate=certificate, pin=pin_of(pin_file))


@archive.command("write")
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="OUT", type=click.Path())
@click.option("--key", "key_uri", metavar="URI", help="Sign the record with this key.")
@click.option("--cert", type=click.Path(), metavar="PEM", help="The key's certificate.")
@click.option("--pin-file", type=click.Path(), metavar="F", help="PIN of the key, '-' for stdin.")
@click.option("--strip", is_flag=True, help="Drop the original; nobody can verify it again.")
@click.option("--any-verdict", is_flag=True, help="Archive also what failed or is unsigned.")
@click.option("--policy", metavar="NAME|FILE", help="default, strict, integrity or a file.")
@click.option(
    "--evidence", multiple=True, type=click.Path(), metavar="FILE", help="CRLs and the like."
)
@click.option("--when", metavar="TIME", help="Judge as of this time.")
@trust_options
@lang_option
@click.pass_context
def write(
    ctx: click.Context,
    source: str,
    destination: str,
    key_uri: str | None,
    cert: str | None,
    pin_file: str | None,
    strip: bool,
    any_verdict: bool,
    policy: str | None,
    evidence: tuple[str, ...],
    when: str | None,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """Verify IN and write the directory OUT: original, reading copy, report, record."""
    from esealkit.archive import archive as write_archive

    language = chosen_language(ctx, lang)
    try:
        done = write_archive(
            source,
            destination,
            trust=trust_of(trusts, trust_makers),
            key=_key(key_uri, cert, pin_file),
            policy=policy_of(policy),
            evidence=evidence,
            when=time_of(when),
            strip=strip,
            any_verdict=any_verdict,
        )
    except NotPassed as error:
        complain(error.message(language), error.advice(language))
        return EXIT_BY_VERDICT[str(error.details["verdict"])]
    verdict = words.phrase(f"verdict.{done.verdict.value}", language)
    path, count = str(done.directory), len(done.files)
    say(words.phrase("archive.written", language, path=path, verdict=verdict, count=count))
    if not done.record_signed:
        say("  " + words.phrase("archive.unsigned", language))
    if done.stripped:
        say("  " + words.phrase("archive.stripped", language))
    return EXIT_BY_VERDICT[done.verdict.value]


@archive.command("verify")
@click.argument("directory", metavar="DIR", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--policy", metavar="NAME|FILE", help="default, strict, integrity or a file.")
@click.option(
    "--evidence", multiple=True, type=click.Path(), metavar="FILE", help="CRLs and the like."
)
@click.option("--when", metavar="TIME", help="Judge as of this time.")
@trust_options
@lang_option
@click.pass_context
def verify(
    ctx: click.Context,
    directory: str,
    as_json: bool,
    policy: str | None,
    evidence: tuple[str, ...],
    when: str | None,
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """Check DIR back: the record's signature, every digest, nothing added."""
    from esealkit.archive import check_archive

    language = chosen_language(ctx, lang)
    found = check_archive(
        directory,
        trust=trust_of(trusts, trust_makers),
        policy=policy_of(policy),
        evidence=evidence,
        when=time_of(when),
    )
    if as_json:
        say(found.to_json())
        return EXIT_BY_VERDICT[found.verdict.value]
    say(f"{words.inert(found.path)}: {words.phrase(f'verdict.{found.verdict.value}', language)}")
    for item in found.checks:
        title = words.phrase(f"archive.check.{item.id}", language)
        say(f"  {title}: {item.message(language)}")
    if not found.original_kept:
        say("  " + words.phrase("archive.stripped", language))
    return EXIT_BY_VERDICT[found.verdict.value]


@archive.command("ask")
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("destination", metavar="DIR", type=click.Path())
@click.option("--authority", required=True, metavar="NAME", help="Whom it is addressed to.")
@click.option(
    "--question", "questions", multiple=True, metavar="TEXT", help="A further one (repeatable)."
)
@click.option("--key", "key_uri", metavar="URI", help="Sign the request with this key.")
@click.option("--cert", type=click.Path(), metavar="PEM", help="The key's certificate.")
@click.option("--pin-file", type=click.Path(), metavar="F", help="PIN of the key, '-' for stdin.")
@click.option("--policy", metavar="NAME|FILE", help="default, strict, integrity or a file.")
@click.option(
    "--evidence", multiple=True, type=click.Path(), metavar="FILE", help="CRLs and the like."
)
@trust_options
@lang_option
@click.pass_context
def ask(
    ctx: click.Context,
    source: str,
    destination: str,
    authority: str,
    questions: tuple[str, ...],
    key_uri: str | None,
    cert: str | None,
    pin_file: str | None,
    policy: str | None,
    evidence: tuple[str, ...],
    trusts: tuple[str, ...],
    trust_makers: tuple[str, ...],
    lang: str | None,
) -> int:
    """Write DIR to ask an authority about the seals of IN: file, report, questions."""
    from esealkit.archive import enquire

    language = chosen_language(ctx, lang)
    done = enquire(
        source,
        destination,
        trust=trust_of(trusts, trust_makers),
        authority=authority,
        questions=questions,
        key=_key(key_uri, cert, pin_file),
        policy=policy_of(policy),
        evidence=evidence,
        lang=language,
    )
    values = {"path": str(done.directory), "count": len(done.files)}
    said = words.phrase("enquiry.written", language, questions=len(done.questions), **values)
    say(said)
    return Exit.PASSED


@archive.command("answer")
@click.argument("directory", metavar="DIR", type=click.Path())
@click.option("--by", required=True, metavar="NAME", help="Who answered.")
@click.option(
    "--says",
    required=True,
    type=click.Choice(["confirmed", "denied", "undecided"]),
    help="What was said of the seal.",
)
@click.option("--file", "answer", type=click.Path(), metavar="F", help="The answer itself.")
@click.option("--note", default="", metavar="TEXT", help="In a few words.")
@lang_option
@click.pass_context
def answer_command(
    ctx: click.Context,
    directory: str,
    by: str,
    says: str,
    answer: str | None,
    note: str,
    lang: str | None,
) -> int:
    """Keep what the authority answered, in the directory that ``ask`` wrote."""
    from esealkit.archive import keep_answer

    kept = keep_answer(directory, says=says, by=by, answer=answer, note=note)
    say(words.phrase("enquiry.kept", chosen_language(ctx, lang), path=str(kept)))
    return Exit.PASSED
