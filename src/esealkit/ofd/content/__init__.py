"""What pages draw: texts, paths and images with everything that surrounds them resolved.

::

    reader = ContentReader(document)
    for item in reader.page(0):
        item.matrix, item.fill
    reader.left_out        # what could not be read
"""

from __future__ import annotations

from esealkit.ofd.content.glyphs import glyphs_of
from esealkit.ofd.content.model import ImageItem, Item, PathItem, TextItem
from esealkit.ofd.content.reader import Annotation, ContentReader

__all__ = [
    "Annotation",
    "ContentReader",
    "ImageItem",
    "Item",
    "PathItem",
    "TextItem",
    "glyphs_of",
]
