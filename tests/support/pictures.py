"""Seeded pictures of seals, and what happens to a picture on its way into a document."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator

from PIL import Image

from esealkit.picture.raster import Pixels, raster_picture, svg_pixels

RED = "#e60012"
_NAMES = "北京上海广州深圳天津重庆成都武汉杭州南京东方华夏长江黄河金桥银河科技贸易实业工程建设文化传媒电子信息物流"


def company(rng: random.Random) -> str:
    """An invented company's name, 11 to 14 characters."""
    return "".join(rng.sample(_NAMES, rng.randint(5, 8))) + "有限公司"


def round_seal(name: str, *, foot: str = "", side: float = 42, pen: float = 1.2) -> bytes:
    """A round official seal as SVG: ring, star, ``name`` along the upper arc."""
    c = side / 2
    size = min(side * 0.13, 0.9 * math.radians(250) * (c * 0.72) / len(name))
    letters = []
    for i, char in enumerate(name):
        turn = (i - (len(name) - 1) / 2) * 250 / len(name)
        letters.append(
            f'<text x="{c - size / 2:.2f}" y="{side * 0.05 + size:.2f}" font-size="{size:.2f}" '
            f'transform="rotate({turn:.2f} {c} {c})">{char}</text>'
        )
    star = " ".join(
        f"{c + r * math.sin(math.pi * i / 5):.2f},{c - r * math.cos(math.pi * i / 5):.2f}"
        for i in range(10)
        for r in [side * (0.16 if i % 2 == 0 else 0.061)]
    )
    small = side * 0.075
    bottom = "".join(
        f'<text x="{c + (i - len(foot) / 2) * small:.2f}" y="{side * 0.8:.2f}" '
        f'font-size="{small:.2f}">{char}</text>'
        for i, char in enumerate(foot)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}mm" height="{side}mm" '
        f'viewBox="0 0 {side} {side}"><g fill="{RED}">'
        f'<circle cx="{c}" cy="{c}" r="{c - pen / 2}" fill="none" stroke="{RED}" '
        f'stroke-width="{pen}"/><polygon points="{star}"/>{"".join(letters)}{bottom}</g></svg>'
    ).encode()


def square_seal(name: str, side: float = 20) -> bytes:
    """A personal seal as SVG: a square frame and two by two characters."""
    half = side / 2
    texts = "".join(
        f'<text x="{(1 - i // 2) * half + side * 0.05:.2f}" y="{(i % 2) * half + half * 0.88:.2f}" '
        f'font-size="{half * 0.85:.2f}">{char}</text>'
        for i, char in enumerate(name[:4])
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}mm" height="{side}mm" '
        f'viewBox="0 0 {side} {side}"><g fill="{RED}"><rect x="0.4" y="0.4" '
        f'width="{side - 0.8}" height="{side - 0.8}" fill="none" stroke="{RED}" '
        f'stroke-width="0.8"/>{texts}</g></svg>'
    ).encode()


def seal(rng: random.Random) -> tuple[str, bytes]:
    """A seal of a random kind and name: (name, SVG)."""
    if rng.random() < 0.3:
        name = "".join(rng.sample(_NAMES, 3)) + "印"
        return name, square_seal(name)
    name = company(rng)
    return name, round_seal(name, foot=rng.choice(["", "合同专用章", "财务专用章"]))


def renamed(rng: random.Random, name: str, svg: bytes, letters: int) -> bytes:
    """The same seal with ``letters`` characters of its name changed."""
    changed = list(name)
    for i in rng.sample(range(len(name) - (4 if len(name) > 4 else 1)), letters):
        changed[i] = rng.choice([char for char in _NAMES if char not in name])
    text = svg.decode()
    out = []
    position = 0
    for piece in text.split("</text>"):
        head, mark, char = piece.rpartition(">")
        if position < len(name) and char == name[position]:
            char = changed[position]
            position += 1
        out.append(head + mark + char)
    return "</text>".join(out).encode()


def image_of(pixels: Pixels) -> Image.Image:
    """A Pillow image of ``pixels``."""
    return Image.frombytes("RGBA", (pixels.width, pixels.height), pixels.rgba)


def pixels_of(image: Image.Image) -> Pixels:
    """``image`` as pixels."""
    rgba = image.convert("RGBA")
    return Pixels(width=rgba.width, height=rgba.height, rgba=rgba.tobytes())


def drawn(svg: bytes, dpi: float = 300) -> Pixels:
    """An SVG seal drawn in the pinned fonts."""
    return svg_pixels(svg, dpi=dpi, fonts=True)


def travelled(rng: random.Random, svg: bytes) -> Pixels:
    """The seal as a document may hold it: another resolution, ground, encoding, margin."""
    image = image_of(drawn(svg, rng.choice([96, 120, 150, 200, 300, 400])))
    if rng.random() < 0.3:
        alpha = image.getchannel("A").point(lambda a: int(a * 0.6))
        image.putalpha(alpha)
    margin = rng.randint(0, image.width // 12)
    ground = Image.new("RGBA", (image.width + margin, image.height + margin), (255, 255, 255, 0))
    ground.paste(image, (rng.randint(0, margin), rng.randint(0, margin)))
    if rng.random() < 0.5:
        scale = rng.uniform(0.6, 1.5)
        size = (round(ground.width * scale), round(ground.height * scale))
        ground = ground.resize(size, Image.Resampling.BICUBIC)
    kind = rng.choice(["PNG", "GIF", "JPEG", "JPEG", "BMP", "grey"])
    if kind == "PNG":
        return pixels_of(ground)
    white = Image.new("RGBA", ground.size, "white")
    white.alpha_composite(ground)
    out = io.BytesIO()
    if kind == "grey":
        white.convert("L").save(out, "PNG")
    else:
        options = {"quality": rng.choice([30, 50, 75, 90])} if kind == "JPEG" else {}
        white.convert("RGB").save(out, kind, **options)
    return raster_picture(out.getvalue())


def pairs(seed: int, count: int) -> Iterator[tuple[str, Pixels, Pixels]]:
    """(``same``, ``renamed N`` or ``other``, one picture, another), ``count`` of each sort."""
    rng = random.Random(seed)
    for _ in range(count):
        name, svg = seal(rng)
        yield "same", drawn(svg), travelled(rng, svg)
        for letters in (1, 2, 3):
            if len(name) > letters + 4 or letters < 3:
                other = renamed(rng, name, svg, letters)
                yield f"renamed {letters}", drawn(svg), travelled(rng, other)
        yield "other", drawn(svg), travelled(rng, seal(rng)[1])
