"""Seals as XObjects (ISO 32000-1 8.8 to 8.10): written once, shown by every stamp of an update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyhanko.pdf_utils.generic import (
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from esealkit.pdf._pyhanko.objects import numbers, plain
from esealkit.pdf.artwork import Artwork, Layer
from esealkit.pdf.drawing import Drawing, Image
from esealkit.pdf.geometry import Rectangle
from esealkit.placement.affine import Matrix

__all__ = ["SealForms", "add_stream"]

_TURNS: dict[int, Matrix] = {
    90: (0, 1, -1, 0, 0, 0),
    180: (-1, 0, 0, -1, 0, 0),
    270: (0, -1, 1, 0, 0, 0),
}
"""Form matrices that make an appearance stand upright on a page turned clockwise."""
_FORM = {"/Type": NameObject("/XObject"), "/Subtype": NameObject("/Form")}


def add_stream(
    writer: Any, entries: Mapping[str, Any], content: bytes, *, deflated: bool = False
) -> Any:
    """Add a stream; ``deflated`` says that ``content`` went through the filter already."""
    named = DictionaryObject({NameObject(key): value for key, value in entries.items()})
    if not deflated:
        return writer.add_object(StreamObject(named, stream_data=content))
    named[NameObject("/Filter")] = NameObject("/FlateDecode")
    return writer.add_object(StreamObject(named, encoded_data=content))


class SealForms:
    """The XObjects of one update."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._inks: dict[int, tuple[Artwork | Image, Any]] = {}
        self._forms: dict[tuple[int, float, float, Rectangle, int], Any] = {}

    def form(self, drawing: Drawing, clip: Rectangle, rotate: int = 0) -> Any:
        """A Form XObject showing the part ``clip`` (points, from the bottom left) of ``drawing``.

        It is no transparency group, so that *Multiply* blends with the page below it and black
        text stays black under a red seal (11.3.5.2, 12.5.5).

        :param rotate: degrees by which the page it is a widget's appearance on is turned.
        """
        key = (id(drawing.ink), drawing.width, drawing.height, clip, rotate)
        known = self._forms.get(key)
        if known is None:
            multiply = DictionaryObject(
                {"/Type": NameObject("/ExtGState"), "/BM": NameObject("/Multiply")}
            )
            resources = DictionaryObject(
                {
                    "/XObject": DictionaryObject({"/Seal": self._ink(drawing.ink)}),
                    "/ExtGState": DictionaryObject({"/Ink": multiply}),
                }
            )
            entries: dict[str, Any] = {**_FORM, "/BBox": numbers(clip), "/Resources": resources}
            if rotate:
                entries["/Matrix"] = numbers(_TURNS[rotate])
            content = f"q /Ink gs {_fitted(drawing)} cm /Seal Do Q"
            known = add_stream(self._writer, entries, content.encode("ascii"))
            self._forms[key] = known
        return known

    def _ink(self, ink: Artwork | Image) -> Any:
        # The ink is kept beside its reference: an id is only one while its object lives.
        if id(ink) not in self._inks:
            made = (
                self._image(ink)
                if isinstance(ink, Image)
                else self._layer(ink.layer, (ink.width, ink.height))
            )
            self._inks[id(ink)] = (ink, made)
        return self._inks[id(ink)][1]

    def _image(self, image: Image) -> Any:
        entries = {
            "/Type": NameObject("/XObject"),
            "/Subtype": NameObject("/Image"),
            "/Width": NumberObject(image.columns),
            "/Height": NumberObject(image.rows),
            "/BitsPerComponent": NumberObject(8),
        }
        colours = {**entries, "/ColorSpace": NameObject("/DeviceRGB")}
        if image.opacity is not None:
            mask = {**entries, "/ColorSpace": NameObject("/DeviceGray")}
            colours["/SMask"] = add_stream(self._writer, mask, image.opacity, deflated=True)
        return add_stream(self._writer, colours, image.colours, deflated=True)

    def _layer(self, layer: Layer, size: tuple[float, float]) -> Any:
        """A transparency group: within it shapes cover each other, whatever it is blended with."""
        alphas = {
            f"/A{number}": DictionaryObject(
                {
                    "/Type": NameObject("/ExtGState"),
                    "/ca": FloatObject(plain(alpha)),
                    "/CA": FloatObject(plain(alpha)),
                }
            )
            for number, alpha in enumerate(layer.alphas)
        }
        layers = {
            f"/L{number}": self._layer(inner, size) for number, inner in enumerate(layer.layers)
        }
        named = {"/ExtGState": alphas, "/XObject": layers}
        resources = {key: DictionaryObject(found) for key, found in named.items() if found}
        group = DictionaryObject(
            {
                "/S": NameObject("/Transparency"),
                "/CS": NameObject("/DeviceRGB"),
                "/I": BooleanObject(True),
            }
        )
        entries = {
            **_FORM,
            "/BBox": numbers((0, 0, *size)),
            "/Group": group,
            "/Resources": DictionaryObject(resources),
        }
        return add_stream(self._writer, entries, layer.operators, deflated=True)


def _fitted(drawing: Drawing) -> str:
    """The matrix under which the ink fills the drawing: an image is one unit wide and high."""
    width, height = drawing.width, drawing.height
    if isinstance(drawing.ink, Image):
        return f"{plain(width)} 0 0 {plain(height)} 0 0"
    across, down = width / drawing.ink.width, height / drawing.ink.height
    return f"{plain(across, 9)} 0 0 {plain(-down, 9)} 0 {plain(height)}"
