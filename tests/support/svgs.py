"""SVG drawings made by chance from what seals are drawn with, and pictures of them side by side."""

from __future__ import annotations

import io
import math
import random
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.compose import Page, compose
from esealkit.pdf.drawing import Drawing
from esealkit.picture.raster import svg_pixels

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HEAD = 'width="40mm" height="40mm" viewBox="0 0 40 40"'


def svg(inside: str, head: str = HEAD) -> bytes:
    """A drawing 40 mm wide and high."""
    return f"<svg {NS} {head}>{inside}</svg>".encode()


# -- pictures ----------------------------------------------------------------------------------


def pdf_of(drawing: Drawing, width: float, height: float) -> bytes:
    """A page of ``width`` × ``height`` mm with nothing but the drawing."""
    stream = io.BytesIO(compose([Page(items=(), width=width, height=height)]))
    update = PdfUpdate(stream)
    page = update.page(0)
    update.draw(page, drawing, drawing.whole, page.geometry.matrix(0, 0, height))
    update.write()
    return stream.getvalue()


def shown(pdf: bytes, dpi: float) -> Any:
    """The first page as PDFium draws it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72).to_pil().convert("RGB")


def rastered(picture: bytes, dpi: float) -> Any:
    """The drawing on white as resvg draws it."""
    found = svg_pixels(picture, dpi=dpi, fonts=True)
    image = Image.frombytes("RGBA", (found.width, found.height), found.rgba)
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def apart(one: Any, other: Any) -> int:
    """How far two pictures differ at worst, 0 to 255, edges of one or two pixels forgiven."""
    blurred = [item.resize(one.size).filter(ImageFilter.GaussianBlur(2)) for item in (one, other)]
    return int(ImageChops.difference(*blurred).convert("L").getextrema()[1])


# -- chance ------------------------------------------------------------------------------------


class Chance:
    """Drawings without cusps, so that all rasterisers agree on joins."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def drawing(self) -> bytes:
        """A drawing with clips, copies, classes and a view of some kind."""
        pick = self._random.choice
        sheet = pick(["", "<style>.a{fill:#093} .b, .c{stroke:blue;stroke-width:1}</style>"])
        clips = (
            '<clipPath id="k0"><rect x="5" y="5" width="25" height="28"/></clipPath>'
            '<clipPath id="k1"><circle cx="20" cy="20" r="15" transform="translate(3 1)"/></clipPath>'
            '<clipPath id="k2"><path clip-rule="evenodd" d="M0 0H40V40H0ZM10 10H30V30H10Z"/></clipPath>'
        )
        first, second = self._shape(' id="u0"'), self._shape()
        copied = f'{first}<g id="u1" opacity=".7">{second}</g>'
        body = "".join(self._element(0) for _ in range(self._random.randint(1, 4)))
        view = pick(
            [
                'viewBox="0 0 40 40"',
                'viewBox="0,0,40,40" style="fill-rule:evenodd"',
                'viewBox="2 3 50 30" preserveAspectRatio="xMinYMax slice"',
                'viewBox="2 3 30 50"',
                'viewBox="1 1 40 40" preserveAspectRatio="none"',
            ]
        )
        return svg(
            f"{sheet}<defs>{clips}{copied}</defs>{body}", f'width="40mm" height="40mm" {view}'
        )

    def _number(self, low: float, high: float) -> str:
        return f"{self._random.uniform(low, high):.{self._random.choice([0, 1, 3])}f}"

    def _maybe(self, share: float) -> bool:
        return self._random.random() < share

    def _element(self, depth: int) -> str:
        attributes = ""
        if self._maybe(0.35):
            attributes += f' transform="{self._transform()}"'
        if self._maybe(0.15):
            attributes += f' clip-path="url(#k{self._random.randint(0, 2)})"'
        if self._maybe(0.3):
            attributes += f' class="{self._random.choice(["a", "b", "a b", "c"])}"'
        style = self._style()
        if self._maybe(0.4):
            attributes += f' style="{";".join(f"{key}:{value}" for key, value in style.items())}"'
        else:
            attributes += "".join(f' {key}="{value}"' for key, value in style.items())
        if depth < 2 and self._maybe(0.25):
            inner = "".join(self._element(depth + 1) for _ in range(self._random.randint(1, 3)))
            return f"<g{attributes}>{inner}</g>"
        if self._maybe(0.1):
            place = f'x="{self._number(-5, 5)}" y="{self._number(-5, 5)}"'
            return f'<use xlink:href="#u{self._random.randint(0, 1)}" {place}{attributes}/>'
        return self._shape(attributes)

    def _transform(self) -> str:
        n = self._number
        return self._random.choice(
            [
                f"translate({n(-8, 8)},{n(-8, 8)})",
                f"rotate({n(-90, 90)})",
                f"rotate({n(-180, 180)} 20 20) translate(2)",
                f"scale({n(0.6, 1.6)})",
                "scale(-1 1) translate(-40)",
                f"skewX({n(-20, 20)})",
                f"matrix(.8 0 .1 1.1 {n(0, 4)} 3)",
            ]
        )

    def _style(self) -> dict[str, str]:
        colour = ["#e60012", "#f00", "#1234aB", "red", "DarkRed", "rgb(200, 10,20)", "navy"]
        pick, n = self._random.choice, self._number
        found = {"fill": pick([*colour, "none"])} if self._maybe(0.8) else {}
        if self._maybe(0.6):
            width = pick([n(1, 3), f"{n(1, 3)}px", "0.4mm"])
            found |= {"stroke": pick(colour), "stroke-width": width}
        for share, key, values in (
            (0.3, "fill-opacity", [n(0.1, 1)]),
            (0.3, "stroke-opacity", [n(0.2, 1)]),
            (0.3, "stroke-linecap", ["butt", "round", "square"]),
            (0.3, "stroke-linejoin", ["round", "bevel"]),
            (0.3, "fill-rule", ["evenodd", "nonzero"]),
            (0.3, "opacity", [n(0.2, 1)]),
        ):
            if self._maybe(share):
                found[key] = pick(values)
        return found

    def _shape(self, attributes: str = "") -> str:
        pick, n = self._random.choice, self._number
        cx, cy, r = n(10, 30), n(10, 30), n(5, 9)
        box = f'x="{cx}" y="{cy}" width="{n(8, 16)}" height="{n(8, 16)}"'
        kinds = [
            f"<rect {box}{attributes}/>",
            f'<rect {box} rx="{n(1, 9)}"{attributes}/>',
            f'<rect {box} rx="{n(1, 3)}" ry="{n(1, 3)}"{attributes}/>',
            f'<circle cx="{cx}" cy="{cy}" r="{r}"{attributes}/>',
            f'<ellipse cx="{cx}" cy="{cy}" rx="{r}" ry="{n(5, 9)}"{attributes}/>',
            f'<line x1="{n(2, 9)}" y1="{n(2, 38)}" x2="{n(30, 38)}" y2="{n(2, 38)}" '
            f'stroke-dasharray="3 2,1" stroke-dashoffset="{pick(["-1.5", "0.7"])}"{attributes}/>',
            f'<polygon points="{self._star()}"{attributes}/>',
            f'<polyline points="{self._star()}"{attributes}/>',
            f'<path d="{self._curves()}"{attributes}/>',
        ]
        return self._random.choice(kinds)

    def _star(self) -> str:
        corners = self._random.randint(3, 6)
        turn = self._random.uniform(0, math.tau)
        points = [
            (
                20 + 14 * math.cos(turn + at * math.tau / corners),
                20 + 14 * math.sin(turn + at * math.tau / corners),
            )
            for at in range(corners)
        ]
        return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)

    def _curves(self) -> str:
        n, r = self._number, self._number(4, 8)
        return self._random.choice(
            [
                # A ring of two half circles, flags without blanks; a hole cut the same way.
                "M10 20a10 10 0 0110-10 10 10 0 01 10 10 10 10 0 11-20 0z"
                "m5 0a5 5 0 1110 0 5 5 0 01-10 0z",
                f"M6 {n(18, 22)}C10 8 18 8 20 20S30 32 34 20V30H6Z",
                f"m6 20q5 -{r} 10 0t10 0 8 0l0 12 -28 0z",
                f"M8 8h24v24h-24zl-4 {r}",
                f"M30 {n(12, 16)}A{r} {r} 30 0 0 12 14s-4 8 2 12 12 4 16 -12",
            ]
        )
