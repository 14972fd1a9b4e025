"""``esealkit demo`` and ``esealkit sandbox``."""

from __future__ import annotations

from pathlib import Path

import click

from esealkit import words
from esealkit.cli.options import chosen_language, lang_option
from esealkit.cli.output import EXIT_BY_VERDICT, Exit, say

__all__ = ["demo", "sandbox"]


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path())
@click.option(
    "--serve-tsa",
    type=click.IntRange(0, 65_535),
    metavar="PORT",
    help="Then run its time stamp authority on this loopback port until interrupted.",
)
@lang_option
@click.pass_context
def sandbox(ctx: click.Context, directory: str, serve_tsa: int | None, lang: str | None) -> int:
    """Write a test PKI, seals and sample documents into DIR."""
    from esealkit.sandbox import build
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    built = build(directory)
    say(phrase("sandbox.built", language, path=directory))
    if serve_tsa is not None:
        from esealkit.sandbox.tsa_server import TsaServer

        with TsaServer(built.pki.holders["tsa"], port=serve_tsa) as server:
            say(phrase("sandbox.tsa", language, url=server.url))
            server.serve_forever()
    return Exit.PASSED


@click.command()
@click.argument("directory", metavar="[DIR]", type=click.Path(), default="esealkit-demo")
@lang_option
@click.pass_context
def demo(ctx: click.Context, directory: str, lang: str | None) -> int:
    """The main job from end to end: sandbox → stamp an OFD and a PDF → verify them."""
    from esealkit.api.sign import open_key, stamp
    from esealkit.api.verify import verify
    from esealkit.placement import At
    from esealkit.report.as_text import headline
    from esealkit.sandbox import build
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    folder = Path(directory)
    build(folder)
    say(phrase("sandbox.built", language, path=directory))
    sealed = folder / "sealed.ofd"
    with open_key(folder / "signer.p12", pin="sandbox") as key:
        stamp(
            folder / "sample.ofd",
            sealed,
            seal=folder / "official.esl",
            key=key,
            placement=[At(page=1, x=130, y=30), At(page=3, x=38, y=62)],
            trust=folder / "trust",
        )
    report = verify(sealed, trust=folder / "trust")
    say(report.to_text(language).rstrip("\n"))
    say()
    say(phrase("demo.stamped", language, path=str(sealed)))
    untrusted = verify(sealed, trust=folder / "root.pem")
    say(phrase("demo.root_only", language, verdict=headline(untrusted.documents[0], language)))
    tampered = folder / "tampered.ofd"
    _tamper(sealed, tampered)
    changed = verify(tampered, trust=folder / "trust")
    say(
        phrase(
            "demo.tampered",
            language,
            path=str(tampered),
            verdict=headline(changed.documents[0], language),
            code=changed.code,
        )
    )
    as_expected = (
        report.verdict.value == "passed"
        and untrusted.verdict.value == "indeterminate"
        and changed.verdict.value == "failed"
        and _demo_pdf(folder, language)
    )
    return EXIT_BY_VERDICT[report.verdict.value] if as_expected else Exit.SOFTWARE


def _demo_pdf(folder: Path, language: words.Language) -> bool:
    """The same for a PDF; whether the verdicts are as they should be."""
    from esealkit.api.sign import open_key, stamp
    from esealkit.api.verify import verify
    from esealkit.errors import MissingExtra
    from esealkit.placement import Keyword, Seam
    from esealkit.report.as_text import headline

    sealed, tampered = folder / "sealed.pdf", folder / "tampered.pdf"
    trust = folder / "trust"
    say()
    try:
        with open_key(folder / "signer.p12", pin="sandbox") as key:
            stamp(
                folder / "sample.pdf",
                sealed,
                seal=folder / "official.esl",
                key=key,
                placement=[Keyword("盖章处", nth=1), Seam("right")],
                trust=trust,
            )
    except MissingExtra as error:
        say(error.message(language))
        say(error.advice(language))
        return True
    report = verify(sealed, trust=trust)
    data = sealed.read_bytes()
    # 甲 becomes 乙 in a page's content, where it is written as hexadecimal UTF-16.
    tampered.write_bytes(data.replace(b"<7532", b"<4E59", 1))
    changed = verify(tampered, trust=trust)
    verdict = headline(report.documents[0], language)
    say(words.phrase("demo.pdf_stamped", language, path=str(sealed), verdict=verdict))
    say(
        words.phrase(
            "demo.tampered",
            language,
            path=str(tampered),
            verdict=headline(changed.documents[0], language),
            code=changed.code,
        )
    )
    return (report.verdict.value, changed.verdict.value) == ("passed", "failed")


def _tamper(source: Path, destination: Path) -> None:
    """A copy with one character of a page changed."""
    from esealkit.ofd.package import Package
    from esealkit.ofd.writer import rewrite

    package = Package.open(source.read_bytes())
    name = next(item for item in package.names if item.endswith("Content.xml"))
    page = package.read(name).replace("甲方".encode(), "乙方".encode(), 1)
    with destination.open("wb") as out:
        rewrite(package, out, changed={name: page})
