"""``esealkit seal draw``, ``lint``, ``imprint``, ``compare``, ``confirm``: seal pictures."""

from __future__ import annotations

import json

import click

from esealkit.cli.options import chosen_language, lang_option
from esealkit.cli.output import Exit, say
from esealkit.errors import UsageError

__all__ = ["compare", "confirm", "draw", "imprint", "lint"]


@click.command()
@click.option("--kind", required=True, metavar="KIND", help="Kind, e.g. official or 公章.")
@click.option("--name", required=True, metavar="TEXT", help="Name on the seal, 2 to 40 characters.")
@click.option("--shape", type=click.Choice(["round", "oval", "square", "rectangle"]), help="Shape.")
@click.option("--size", metavar="MM|W,H", help="Diameter, or width and height; default: by rule.")
@click.option("--rank", metavar="RANK", help="Rank of the body, e.g. 有限公司 or 省.")
@click.option("--label", metavar="TEXT", help="Text below the star; default: the kind's own.")
@click.option("--centre", default="", metavar="TEXT", help="Text in the middle, e.g. a tax number.")
@click.option("--emblem", type=click.Path(), metavar="FILE", help="SVG path data for the centre.")
@click.option("--number", type=int, metavar="N", help="Number among seals of one kind: (1).")
@click.option("--code", default="", metavar="CODE", help="Code along the bottom arc (防伪编码).")
@click.option("--second-name", default="", metavar="TEXT", help="The name in a second script.")
@click.option(
    "--second-place",
    type=click.Choice(["outer", "lower"]),
    default="outer",
    show_default=True,
    help="Where the second name stands.",
)
@click.option(
    "--suffix", type=click.Choice(["", "印", "之印"]), default="", help="After a person's name."
)
@click.option("--no-frame", is_flag=True, help="A person's seal without a frame.")
@click.option("--carved-away", is_flag=True, help="White characters in red (阴文).")
@click.option("--rows", is_flag=True, help="A person's name in one row, from left to right.")
@click.option("--pattern", type=click.Choice(["rosette", "waves"]), help="Security lines.")
@click.option("--font", type=click.Path(), metavar="FILE", help="Song or FangSong font.")
@click.option("--second-font", type=click.Path(), metavar="FILE", help="Font of --second-name.")
@click.option(
    "--profile",
    type=click.Choice(["cn-2025", "sh-2018", "bj-2019"]),
    default="cn-2025",
    show_default=True,
    help="Rules of which place.",
)
@click.option("--dpi", type=float, default=600, show_default=True, help="Resolution of a PNG.")
@click.option(
    "-o", "--output", required=True, type=click.Path(), metavar="PICTURE", help=".svg, .png, .ofd."
)
@lang_option
@click.pass_context
def draw(
    ctx: click.Context,
    /,
    size: str | None,
    emblem: str | None,
    no_frame: bool,
    pattern: str | None,
    dpi: float,
    output: str,
    lang: str | None,
    **design: object,
) -> int:
    """Draw the seal NAME of the kind KIND and write it to PICTURE."""
    from pathlib import Path
    from typing import Any

    from esealkit.api.pictures import draw_seal
    from esealkit.api.sources import read_small
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    arguments: dict[str, Any] = {**design, "pattern": pattern or ""}
    if emblem is not None:
        arguments["emblem"] = read_small(emblem, 1 << 20).decode("ascii", "replace")
    drawn = draw_seal(size=_size(size), framed=not no_frame, **arguments)
    _write(output, drawn.written_as(Path(output).suffix.lower(), dpi=dpi))
    width, height = f"{drawn.width_mm:g}", f"{drawn.height_mm:g}"
    say(phrase("picture.written", language, path=output, width=width, height=height))
    for notice in drawn.notices:
        click.echo(notice.message(language), err=True)
    return Exit.PASSED


def _size(text: str | None) -> float | tuple[float, float] | None:
    if text is None:
        return None
    try:
        numbers = [float(item) for item in text.split(",")]
    except ValueError:
        raise UsageError("usage.size", text=text) from None
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) != 2:
        raise UsageError("usage.size", text=text)
    return numbers[0], numbers[1]


def _write(path: str, data: bytes) -> None:
    from pathlib import Path

    from esealkit.signing.output import StagedFile

    with StagedFile(Path(path)) as staged:
        staged.write(data)
        staged.commit()


@click.command()
@click.argument("picture", metavar="PICTURE", type=click.Path())
@click.option("--kind", metavar="KIND", help="The seal's kind; without it sizes are not judged.")
@click.option("--size", metavar="W,H", help="Size that the seal will state, in mm.")
@click.option(
    "--profile",
    type=click.Choice(["cn-2025", "sh-2018", "bj-2019"]),
    default="cn-2025",
    help="Rules of which place.",
)
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
@lang_option
@click.pass_context
def lint(
    ctx: click.Context,
    picture: str,
    kind: str | None,
    size: str | None,
    profile: str,
    as_json: bool,
    lang: str | None,
) -> int:
    """Say what is wrong with PICTURE as a seal's picture; exit 1 where something is."""
    from esealkit.api.pictures import lint_picture
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    asked = _size(size)
    width, height = asked if isinstance(asked, tuple) else (asked, asked)
    found = lint_picture(picture, kind=kind, width_mm=width, height_mm=height, profile=profile)
    if as_json:
        rows = [
            {
                "code": item.code,
                "gravity": item.gravity,
                "message": item.message(language),
                "source": item.source,
                "details": dict(item.details),
            }
            for item in found
        ]
        say(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        gravities = {
            "wrong": phrase("picture.wrong", language),
            "doubtful": phrase("picture.doubtful", language),
            "note": phrase("picture.note", language),
        }
        for item in found:
            say(f"{gravities[item.gravity]}: {item.message(language)} [{item.code}]")
        if not found:
            say(phrase("picture.clean", language, path=picture))
    return Exit.FAILED if any(item.gravity == "wrong" for item in found) else Exit.PASSED


@click.command()
@click.argument("scan", metavar="SCAN", type=click.Path())
@click.option("--dpi", type=float, help="Resolution of the scan; default: what it says.")
@click.option("--width", type=float, metavar="MM", help="The seal's measured width.")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="PNG", help="Output.")
@lang_option
@click.pass_context
def imprint(
    ctx: click.Context,
    scan: str,
    dpi: float | None,
    width: float | None,
    output: str,
    lang: str | None,
) -> int:
    """Turn the SCAN of an imprint into a seal picture on a transparent ground."""
    from esealkit.api.imprints import import_imprint
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    found = import_imprint(scan, dpi=dpi, width_mm=width)
    _write(output, found.png)
    shown = {"width": f"{found.width_mm:g}", "height": f"{found.height_mm:g}"}
    say(phrase("picture.written", language, path=output, **shown))
    for notice in found.notices:
        click.echo(notice.message(language), err=True)
    return Exit.PASSED


@click.command()
@click.argument("scan", metavar="SCAN", type=click.Path())
@click.argument("picture", metavar="PICTURE", type=click.Path())
@click.option("--dpi", type=float, help="Resolution of the scan, to compare sizes in mm too.")
@click.option("--difference", type=click.Path(), metavar="PNG", help="Write the difference here.")
@lang_option
@click.pass_context
def compare(
    ctx: click.Context,
    scan: str,
    picture: str,
    dpi: float | None,
    difference: str | None,
    lang: str | None,
) -> int:
    """Compare the SCAN of an imprint with a seal's PICTURE; exit 1 where they differ."""
    from esealkit.api.imprints import compare_imprint
    from esealkit.words import phrase

    language = chosen_language(ctx, lang)
    found = compare_imprint(scan, picture, dpi=dpi)
    if difference is not None:
        _write(difference, found.difference)
    verdict = (
        phrase("picture.same", language) if found.same else phrase("picture.different", language)
    )
    say(
        phrase(
            "picture.compared",
            language,
            verdict=verdict,
            score=f"{found.score:.2f}",
            threshold=f"{found.threshold:.2f}",
            rotation=f"{found.rotation:g}",
            scale=f"{found.scale:.3f}",
        )
    )
    for x, y in found.doubtful_mm:
        say(phrase("picture.look_there", language, x=f"{x:g}", y=f"{y:g}"))
    return Exit.PASSED if found.same else Exit.FAILED


@click.command()
@click.argument("picture", metavar="PICTURE", type=click.Path())
@click.option("--imprint", required=True, type=click.Path(), metavar="SCAN", help="The imprint.")
@click.option("--clerk", required=True, metavar="NAME", help="Who compared both and confirms.")
@click.option("--reason", default="", metavar="TEXT", help="Why, where the score is too low.")
@click.option("--dpi", type=float, help="Resolution of the scan, to compare sizes in mm too.")
@click.option("--difference", type=click.Path(), metavar="PNG", help="Write the difference here.")
@click.option("-o", "--output", required=True, type=click.Path(), metavar="OUT", help="Output.")
@lang_option
@click.pass_context
def confirm(
    ctx: click.Context,
    picture: str,
    imprint: str,
    clerk: str,
    reason: str,
    dpi: float | None,
    difference: str | None,
    output: str,
    lang: str | None,
) -> int:
    """Take the mark 新刻/试用 off PICTURE: the CLERK has seen that the imprint SCAN agrees.

    Writes the picture with who confirmed it and the imprint's digest to OUT.
    """
    import datetime as dt

    from esealkit.api.imprints import compare_imprint, confirm_picture
    from esealkit.words import phrase

    found = compare_imprint(imprint, picture, dpi=dpi)
    if difference is not None:
        _write(difference, found.difference)
    now = dt.datetime.now(dt.UTC)
    confirmed = confirm_picture(picture, found, clerk=clerk, when=now, reason=reason)
    _write(output, confirmed)
    language = chosen_language(ctx, lang)
    say(phrase("picture.confirmed", language, path=output, clerk=clerk, score=f"{found.score:.2f}"))
    return Exit.PASSED
