"""The picture of a digital signature's mark (GM/T 0099-2020 annex B, Seal/ImageLoc).

A seal's picture lies inside the signed value; a mark's lies in the package, and only the
signature's own references protect it.
"""

from __future__ import annotations

from collections.abc import Iterable

from esealkit.findings import Finding, not_applicable, passed, unknown
from esealkit.ofd.references import ReferenceResult
from esealkit.ofd.signatures import SignatureEntry
from esealkit.picture.measure import sniff_picture

__all__ = ["check_mark"]

CHECK = "signature.mark"
CLAUSE = "GM/T 0099-2020 B"


def check_mark(entry: SignatureEntry, results: Iterable[ReferenceResult]) -> Finding:
    """``signature.mark``: the picture is there, is a picture, and this signature protects it."""
    if not entry.image_path:
        return not_applicable(CHECK, CLAUSE)
    if entry.image is None or entry.image_name is None:
        return unknown(CHECK, CLAUSE, code="signature.mark_missing", path=entry.image_path)
    if not any(row.name == entry.image_name and row.state == "ok" for row in results):
        return unknown(CHECK, CLAUSE, code="signature.mark_uncovered", path=entry.image_path)
    kind = sniff_picture(entry.image)
    if kind is None:
        return unknown(CHECK, CLAUSE, code="signature.mark_picture", path=entry.image_path)
    return passed(CHECK, CLAUSE, path=entry.image_path, format=kind.written)
