"""Chinese electronic seals (电子印章) and seal signatures (电子签章).

::

    import esealkit as ek

    report = ek.verify("contract.ofd", trust=ek.TrustStore.from_path("trust"))
    report.raise_unless_passed()

Everything public is here; names are loaded when first used (PEP 562), so that importing the
package costs nothing that is not needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from esealkit._version import __version__

if TYPE_CHECKING:
    from esealkit import crypto, errors
    from esealkit.api.committing import Receipt
    from esealkit.api.entries import Protected, protect_entries
    from esealkit.api.imprints import compare_imprint, confirm_picture, import_imprint
    from esealkit.api.inspect import Inspection, inspect, signed_revision
    from esealkit.api.make import make_seal
    from esealkit.api.marks import Mark
    from esealkit.api.pdf_options import PdfOptions
    from esealkit.api.pictures import SealPicture, draw_seal, lint_picture
    from esealkit.api.preview import Places, Preview, places, preview
    from esealkit.api.remove import Removal, remove_signature
    from esealkit.api.sign import (
        Prepared,
        complete,
        load_seal,
        open_key,
        open_plugin,
        prepare,
        sign,
        stamp,
    )
    from esealkit.api.verify import Report, verify, verify_seal
    from esealkit.crypto import SM3, sm3
    from esealkit.errors import EsealError
    from esealkit.limits import Limits
    from esealkit.ofd.protection import AllBut
    from esealkit.picture.imprint import Imprint
    from esealkit.picture.notice import Notice
    from esealkit.picture.registration import Comparison
    from esealkit.pki.trust import TrustStore
    from esealkit.placement import At, EveryPage, InAnnotation, Keyword, Seam
    from esealkit.policy import Policy
    from esealkit.seal.model import ElectronicSeal
    from esealkit.verification.judgement import Verdict

_HOMES = {
    "SM3": "esealkit.crypto",
    "AllBut": "esealkit.ofd.protection",
    "At": "esealkit.placement",
    "Comparison": "esealkit.picture.registration",
    "ElectronicSeal": "esealkit.seal.model",
    "EsealError": "esealkit.errors",
    "EveryPage": "esealkit.placement",
    "Imprint": "esealkit.picture.imprint",
    "InAnnotation": "esealkit.placement",
    "Inspection": "esealkit.api.inspect",
    "Keyword": "esealkit.placement",
    "Limits": "esealkit.limits",
    "Mark": "esealkit.api.marks",
    "Notice": "esealkit.picture.notice",
    "PdfOptions": "esealkit.api.pdf_options",
    "Places": "esealkit.api.preview",
    "Policy": "esealkit.policy",
    "Prepared": "esealkit.api.sign",
    "Removal": "esealkit.api.remove",
    "Preview": "esealkit.api.preview",
    "Protected": "esealkit.api.entries",
    "Receipt": "esealkit.api.committing",
    "Report": "esealkit.api.verify",
    "SealPicture": "esealkit.api.pictures",
    "Seam": "esealkit.placement",
    "TrustStore": "esealkit.pki.trust",
    "Verdict": "esealkit.verification.judgement",
    "compare_imprint": "esealkit.api.imprints",
    "complete": "esealkit.api.sign",
    "confirm_picture": "esealkit.api.imprints",
    "draw_seal": "esealkit.api.pictures",
    "import_imprint": "esealkit.api.imprints",
    "inspect": "esealkit.api.inspect",
    "signed_revision": "esealkit.api.inspect",
    "lint_picture": "esealkit.api.pictures",
    "load_seal": "esealkit.api.sign",
    "make_seal": "esealkit.api.make",
    "open_key": "esealkit.api.sign",
    "open_plugin": "esealkit.api.sign",
    "places": "esealkit.api.preview",
    "prepare": "esealkit.api.sign",
    "remove_signature": "esealkit.api.remove",
    "preview": "esealkit.api.preview",
    "protect_entries": "esealkit.api.entries",
    "sign": "esealkit.api.sign",
    "sm3": "esealkit.crypto",
    "stamp": "esealkit.api.sign",
    "verify": "esealkit.api.verify",
    "verify_seal": "esealkit.api.verify",
}
_MODULES = frozenset({"crypto", "errors"})

__all__ = [
    "SM3",
    "AllBut",
    "At",
    "Comparison",
    "ElectronicSeal",
    "EsealError",
    "EveryPage",
    "Imprint",
    "InAnnotation",
    "Inspection",
    "Keyword",
    "Limits",
    "Mark",
    "Notice",
    "PdfOptions",
    "Places",
    "Policy",
    "Prepared",
    "Preview",
    "Protected",
    "Receipt",
    "Removal",
    "Report",
    "SealPicture",
    "Seam",
    "TrustStore",
    "Verdict",
    "__version__",
    "compare_imprint",
    "complete",
    "confirm_picture",
    "crypto",
    "draw_seal",
    "errors",
    "import_imprint",
    "inspect",
    "lint_picture",
    "load_seal",
    "make_seal",
    "open_key",
    "open_plugin",
    "places",
    "prepare",
    "preview",
    "protect_entries",
    "remove_signature",
    "sign",
    "signed_revision",
    "sm3",
    "stamp",
    "verify",
    "verify_seal",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"esealkit.{name}")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'esealkit' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
