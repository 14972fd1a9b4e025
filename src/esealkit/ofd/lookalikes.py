"""Pictures on the pages that look like seals but are no stamps (catalogue O-39).

Anyone can paste the picture of a seal into a page; readers take it for one.  Image objects of
pages and annotations that have the size of a seal are compared with the pictures of the
signatures' seals; where there is nothing to compare with (no signature, or a seal drawn as SVG
or OFD, which a verifier never parses), they are asked whether they look like a red seal.  What
comes of it is a notice; it never touches a verdict.

Pictures are decoded only here, only where such an image object exists, and within bounds.
Pictures without colour (codes, scans in grey) are not looked at further.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from esealkit.errors import EsealError
from esealkit.findings import Finding, failed, not_applicable, passed, unknown
from esealkit.limits import Limits
from esealkit.ofd._xml import box, number
from esealkit.ofd.document import plain_id
from esealkit.ofd.examination import Examination
from esealkit.ofd.reach import PageImage, Reach
from esealkit.picture.measure import is_colourless

__all__ = ["check_lookalikes"]

CHECK = "stamp.lookalike"
_SMALLEST_MM, _LARGEST_MM = 8.0, 75.0
"""Sides of a picture that could pass for a seal: personal seals have 10 mm, the largest
official ones 60."""
_NARROWEST = 0.4
_MOST_PICTURES = 8
"""Pictures of one document that are decoded."""
_MOST_SEALS = 4
"""Pictures of seals they are held against."""
_MOST_PIXELS = 1_250_000
_RED_SEAL = 0
"""What a picture shows that is no known seal but looks like one."""


def check_lookalikes(examination: Examination, seals: Sequence[tuple[int, bytes]]) -> Finding:
    """``stamp.lookalike`` of the whole document.

    :param seals: index and seal picture of every signature that has one.
    """
    candidates = list(_candidates(examination))
    if not candidates:
        return not_applicable(CHECK)
    pictures = dict(reversed([(data, index) for index, data in seals]))
    known = {data: index + 1 for data, index in pictures.items() if data}
    copies: dict[str, int] = {}
    red: list[str] = []
    unseen: EsealError | None = None
    for name in candidates[:_MOST_PICTURES]:
        try:
            found = _judge(examination, name, known)
        except EsealError as error:
            unseen = unseen or error
            continue
        if found == _RED_SEAL:
            red.append(name)
        elif found is not None:
            copies[name] = found
    if copies:
        numbers = sorted(set(copies.values()))
        return failed(CHECK, code="stamp.copy_of_seal", parts=list(copies), signatures=numbers)
    if red:
        return failed(CHECK, code="stamp.red_seal", parts=red)
    if unseen is not None:
        return unknown(CHECK, code="stamp.unseen", **{**unseen.details, "reason": unseen.code})
    if len(candidates) > _MOST_PICTURES:
        return unknown(CHECK, code="stamp.unseen", reason="limit", pictures=len(candidates))
    return passed(CHECK, pictures=len(candidates))


def _judge(examination: Examination, name: str, known: dict[bytes, int]) -> int | None:
    """The number of the signature whose seal the part shows, `_RED_SEAL`, or ``None``."""
    document = examination.document
    limits = replace(
        document.limits,
        picture_pixels=min(document.limits.picture_pixels, _MOST_PIXELS),
    )
    if document.package.parts[name].size > limits.picture_size:
        return None
    data = document.package.read(name)
    if data in known:
        return known[data]
    if is_colourless(data):
        return None
    return _look(data, known, limits)


def _look(data: bytes, known: dict[bytes, int], limits: Limits) -> int | None:
    from esealkit.picture.compare import SAME, normal, similarity
    from esealkit.picture.measure import PictureKind, sniff_picture
    from esealkit.picture.raster import raster_picture
    from esealkit.picture.seal_like import is_coloured, looks_like_a_seal

    still = (PictureKind.PNG, PictureKind.JPEG, PictureKind.GIF, PictureKind.BMP)
    if sniff_picture(data) not in still:
        return None
    pixels = raster_picture(data, limits=limits)
    if not is_coloured(pixels):
        return None
    comparable = [seal for seal in known if sniff_picture(seal) in still]
    shown = normal(pixels) if comparable else None
    for seal in comparable[:_MOST_SEALS] if shown else ():
        if similarity(shown or pixels, raster_picture(seal, limits=limits)) >= SAME:
            return known[seal]
    compared = known and len(comparable) == len(known)
    return None if compared or not looks_like_a_seal(pixels) else _RED_SEAL


# -- which pictures -------------------------------------------------------------------------


def _candidates(examination: Examination) -> Iterator[str]:
    """Parts shown at the size of a seal, each once, in the order they are met."""
    seen: set[str] = set()
    for found in examination.coverage.reaches:
        for image in found.images:
            if not _sized_like_a_seal(image):
                continue
            for name in _media(found, image):
                if name not in seen and name in examination.document.package:
                    seen.add(name)
                    yield name


def _media(found: Reach, image: PageImage) -> Iterator[str]:
    yield from found.media.get(plain_id(image.resource), ())


def _sized_like_a_seal(image: PageImage) -> bool:
    """By its matrix, which maps the unit square, within its boundary (GB/T 33190-2016 10)."""
    try:
        _, _, wide, high = box(image.boundary, where=image.part)
        matrix = [number(item, where=image.part) for item in image.matrix.split()]
    except EsealError:
        return False
    if len(matrix) == 6:
        a, b, c, d = matrix[:4]
        wide = min(wide, (a * a + b * b) ** 0.5)
        high = min(high, (c * c + d * d) ** 0.5)
    if not (_SMALLEST_MM <= wide <= _LARGEST_MM and _SMALLEST_MM <= high <= _LARGEST_MM):
        return False
    return _NARROWEST <= wide / high <= 1 / _NARROWEST
