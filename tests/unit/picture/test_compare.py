"""Whether two pictures show the same seal."""

from __future__ import annotations

import random

import pytest
from PIL import Image
from tests.support.pictures import (
    company,
    drawn,
    image_of,
    pairs,
    pixels_of,
    renamed,
    round_seal,
    square_seal,
)

from esealkit.picture.compare import SAME, has_ink, ink_share, similarity
from esealkit.picture.raster import Pixels

SVG = round_seal("东方华夏长江科技有限公司")
SEAL = drawn(SVG, 200)


def changed(how: str) -> Pixels:
    image = image_of(SEAL)
    if how == "resolution":
        return drawn(SVG, 96)
    if how == "scale":
        return pixels_of(image.resize((500, 500), Image.Resampling.BICUBIC))
    if how == "pale":
        image.putalpha(image.getchannel("A").point(lambda a: a // 3))
        return pixels_of(image)
    ground = Image.new("RGBA", (image.width + 60, image.height + 20), "white")
    ground.alpha_composite(image, (51, 3))
    return pixels_of(ground.convert("L" if how == "grey" else "RGB"))


@pytest.mark.parametrize("how", ["resolution", "scale", "pale", "margins", "grey"])
def test_the_same_seal_stays_the_same(how: str) -> None:
    """Resolution, scale, opacity, margins, ground and colour do not make another seal."""
    assert similarity(SEAL, changed(how)) >= SAME
    assert similarity(SEAL, SEAL) == pytest.approx(1)


def test_another_name_in_the_same_ring_is_another_seal() -> None:
    """Ring and star alone do not make two seals alike: three changed characters are seen."""
    rng = random.Random(7)
    for _ in range(3):
        name = company(rng)
        svg = round_seal(name)
        assert similarity(drawn(svg, 200), drawn(renamed(rng, name, svg, 3), 200)) < SAME


def test_generated_pairs_fall_on_their_side() -> None:
    """Of seeded pairs, travelled copies score above the threshold and other seals far below."""
    for kind, one, other in pairs(seed=20261122, count=6):
        score = similarity(one, other)
        assert 0 <= score <= 1
        if kind == "same":
            assert score >= SAME
        elif kind in ("other", "renamed 3"):
            assert score < SAME


def test_a_picture_without_ink_is_like_nothing() -> None:
    """Blank and transparent pictures have no ink and score 0, even against themselves."""
    for colour in ("#ffffffff", "#00000000", "#ff000005"):
        blank = pixels_of(Image.new("RGBA", (40, 40), colour))
        assert not has_ink(blank)
        assert similarity(blank, blank) == 0
        assert similarity(SEAL, blank) == 0
    assert has_ink(SEAL)
    assert 0.1 < ink_share(SEAL) < 0.5


def test_shape_counts() -> None:
    """A seal stretched to another aspect, or a square one beside a round one, is not the same."""
    stretched = pixels_of(image_of(SEAL).resize((400, 200)))
    assert similarity(SEAL, stretched) < SAME
    assert similarity(SEAL, drawn(square_seal("王小明印"))) < 0.5


def test_the_smallest_pictures_are_compared() -> None:
    """Pictures of a single pixel or line end in a score, not in an error."""
    dot = pixels_of(Image.new("RGBA", (1, 1), "red"))
    line = pixels_of(Image.new("RGBA", (300, 1), "red"))
    assert similarity(dot, SEAL) < SAME
    assert similarity(line, SEAL) < SAME
