"""What only a PDF signature can have, as one argument of the signing verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LEVELS", "Level", "PdfOptions"]

Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]
LEVELS: tuple[Level, ...] = ("B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfOptions:
    """What only a PDF signature can have; every entry has a usual value."""

    level: Level | None = None
    """PAdES level (ETSI EN 319 142-1 6): ``B-B`` signature, ``B-T`` with a time stamp, ``B-LT``
    with validation data, ``B-LTA`` with a document time stamp over all of it.  ``B-T`` where a
    time stamper is given, else ``B-B``."""
    sub_filter: str | None = None
    """``/SubFilter``: for seals ``GM.sm2seal``; for signatures ``ETSI.CAdES.detached``,
    ``adbe.pkcs7.detached`` or ``GM.sm2cms.detached``."""
    filter: str | None = None
    """``/Filter``: the handler that readers prefer."""
    field: str | None = None
    """An empty signature field to sign, by its full name; a seal is centred in it."""
    certify: int | None = None
    """Certify the document: afterwards 1 nothing, 2 form filling and signing, 3 also annotations
    are allowed.  Only the first signature may."""
    lock_fields: tuple[str, ...] | None = None
    """Form fields that nobody may change afterwards; ``()`` is all of them."""
    pss: bool = False
    """RSA keys sign by RSASSA-PSS (RFC 8017) with SHA-256 instead of PKCS#1 v1.5."""
    reason: str | None = None
    """Why it was signed, as readers show it."""
    location: str | None = None
    """Where it was signed, as readers show it."""
    repair: bool = False
    """Rewrite a damaged file before its first signature; the output then does not begin with
    the input's bytes."""
