"""Seeded imprints: drawn seals, pressed unevenly on printed paper and scanned a little askew."""

from __future__ import annotations

import io
import random
from dataclasses import replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from esealkit.picture.drawing import SealDesign, draw

_NAMES = "北京上海广州深圳天津重庆成都武汉杭州南京东方华夏长江黄河金桥银河科技贸易实业工程建设文化传媒电子信息物流"
_ENDINGS = ("有限公司", "股份有限公司", "有限责任公司")
ALIKE = "末未 己已 土士 日曰 人入 大太 天夫 干千 王玉 刀力 木本 田由 由甲 午牛 目自 贝见 治冶 折拆 历厉 鸟乌 住往 侯候".split()
"""Characters that differ by a stroke or by a stroke's length."""


def design(rng: random.Random, *, longest: int = 20, alike: bool = False) -> SealDesign:
    """A seal of a random kind and name.

    :param longest: characters of its name at the most.
    :param alike: whether the name has a character of :data:`ALIKE`.
    """
    kind = rng.choice(["法定代表人名章", "公章", "合同专用章", "发票专用章"])
    more = rng.choice(rng.choice(ALIKE)) if alike else ""
    if kind == "法定代表人名章":
        name = "".join(rng.sample(_NAMES, rng.choice([2, 3])))
        return SealDesign(kind=kind, name=name[: len(name) - len(more)] + more, suffix="印")
    ending = rng.choice(_ENDINGS)
    count = rng.randint(4, 12) if longest <= 20 else rng.randint(30, longest) - len(ending)
    letters = rng.sample(_NAMES, count - len(more))
    letters[rng.randrange(len(letters)) : 0] = more
    name = "".join(letters) + ending
    digits = "".join(rng.choice("0123456789") for _ in range(13))
    if kind == "公章":
        return SealDesign(kind=kind, name=name, code=digits)
    if kind == "合同专用章":
        return SealDesign(kind=rng.choice(["合同专用章", "财务专用章"]), name=name)
    return SealDesign(kind=kind, name=name, centre="91110000MA" + digits[:8])


def renamed(rng: random.Random, seal: SealDesign) -> SealDesign:
    """The same seal with one character of its name changed."""
    place = rng.randrange(max(1, len(seal.name) - 4) if len(seal.name) > 4 else len(seal.name))
    char = rng.choice([char for char in _NAMES if char not in seal.name])
    return replace(seal, name=seal.name[:place] + char + seal.name[place + 1 :])


def nearly_renamed(rng: random.Random, seal: SealDesign) -> SealDesign:
    """The same seal with a character in the place of one that looks like it."""
    pairs = [pair for pair in ALIKE if any(char in seal.name for char in pair)]
    one, other = rng.choice(pairs)
    if one not in seal.name or (other in seal.name and rng.random() < 0.5):
        one, other = other, one
    return replace(seal, name=seal.name.replace(one, other, 1))


def scanned(
    rng: random.Random,
    seal: SealDesign,
    *,
    upright: bool = False,
    dpi: int | None = None,
    copied: bool = False,
) -> tuple[bytes, float, float]:
    """A JPEG scan of the seal's imprint; how far it was turned in degrees, and its scale.

    Strokes swell or thin, in a fifth of them by a pixel on each side; ink is uneven and broken, the
    paper is tinted and may be printed on, the sheet lies up to 12 degrees off (a third of them any
    way up), the scanner adds noise.  A copied one is black and white, a PNG, on paper without print.
    """
    dpi = dpi or rng.choice([300, 400])
    pixels = draw(seal).pixels(dpi=dpi)
    size = (pixels.width, pixels.height)
    ink = Image.frombytes("RGBA", size, pixels.rgba).getchannel("A")
    if rng.random() < 0.2:
        ink = ink.filter(ImageFilter.MaxFilter(3))
    ink = ink.filter(ImageFilter.GaussianBlur(0.6 * dpi / 300))
    cut = 128 - rng.uniform(-0.3, 0.7) * dpi / 300 * 60
    ink = ink.point([max(0, min(255, int((i - cut) * 4 + 128))) for i in range(256)])
    patches = Image.frombytes("L", (8, 8), bytes(rng.randint(150, 255) for _ in range(64)))
    ink = ImageChops.multiply(ink, patches.resize(size, Image.Resampling.BICUBIC))
    wide, high = size[0] // 3 + 1, size[1] // 3 + 1
    grain = Image.frombytes("L", (wide, high), rng.randbytes(wide * high)).resize(size)
    ink = ImageChops.multiply(ink, grain.point([255 if i > 12 else 60 for i in range(256)]))
    side = int(max(size) * 1.5)
    sheet = Image.new("L", (side, side))
    sheet.paste(ink, ((side - size[0]) // 2 + rng.randint(-8, 8), (side - size[1]) // 2))
    askew = rng.uniform(-180, 180) if rng.random() < 0.33 else rng.uniform(-12, 12)
    turn = 0.0 if upright else askew
    scale = rng.uniform(0.97, 1.03)
    sheet = sheet.rotate(turn, Image.Resampling.BICUBIC)
    sheet = sheet.resize((int(side * scale),) * 2, Image.Resampling.BICUBIC)
    return _on_paper(rng, sheet, dpi, copied=copied), turn, scale


def _on_paper(rng: random.Random, ink: Image.Image, dpi: int, *, copied: bool) -> bytes:
    """The sheet's file."""
    side = ink.width
    tint = (rng.randint(235, 255), rng.randint(235, 250), rng.randint(225, 248))
    paper = Image.new("RGB", (side, side), tint)
    if rng.random() < 0.5 and not copied:
        pen = ImageDraw.Draw(paper)
        for y in range(rng.randint(0, 30), side, rng.randint(50, 90)):
            pen.line([(0, y), (side, y)], fill=(30, 30, 30), width=2)
    colour = (rng.randint(190, 235), rng.randint(10, 60), rng.randint(20, 60))
    stamped = ImageChops.multiply(paper, Image.new("RGB", (side, side), colour))
    paper.paste(stamped, (0, 0), ink)
    noise = Image.frombytes("L", (side, side), rng.randbytes(side * side))
    noise = noise.point([i // 16 for i in range(256)])
    paper = ImageChops.subtract(paper, Image.merge("RGB", [noise] * 3))
    paper = paper.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.8)))
    out = io.BytesIO()
    if copied:
        cut = rng.randint(140, 190)
        paper = paper.convert("L").point([255 if i > cut else 0 for i in range(256)])
        paper.save(out, "PNG", dpi=(dpi, dpi))
        return out.getvalue()
    paper.save(out, "JPEG", quality=rng.choice([60, 75, 90]), dpi=(dpi, dpi))
    return out.getvalue()
