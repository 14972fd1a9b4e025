"""A scan of an imprint as a clerk has it: stamped, turned a little, on tinted paper, as JPEG."""

from __future__ import annotations

import io

from PIL import Image


def scan_of(png: bytes, *, turn: float = 4, dpi: int = 300) -> bytes:
    """A JPEG of the picture as if stamped on paper and scanned."""
    seal = Image.open(io.BytesIO(png)).convert("RGBA")
    side = round(1.3 * max(seal.size))
    sheet = Image.new("RGBA", (side, side))
    sheet.paste(seal, ((side - seal.width) // 2, (side - seal.height) // 2))
    sheet = sheet.rotate(turn, Image.Resampling.BICUBIC)
    paper = Image.new("RGBA", sheet.size, (250, 248, 240, 255))
    paper.alpha_composite(sheet)
    out = io.BytesIO()
    paper.convert("RGB").save(out, "JPEG", quality=90, dpi=(dpi, dpi))
    return out.getvalue()
