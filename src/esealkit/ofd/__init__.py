"""OFD documents (GB/T 33190-2016): read, examined, stamped, composed.

::

    from esealkit.ofd import OfdDocument, examine, plan

    examination = examine(OfdDocument.open(data))     # facts for verification
    signing = plan(document, stamps=[...], seal=esl, when=now)
"""

from __future__ import annotations

from esealkit.ofd.compose import ComposedPage, Picture, Shape, TextRun, compose
from esealkit.ofd.coverage import Coverage, PartCoverage, coverage, coverage_findings
from esealkit.ofd.document import Body, Box, OfdDocument, OfdPage, PageArea, Permissions
from esealkit.ofd.embed import SignaturePlan, StampBox, complete, plan
from esealkit.ofd.examination import (
    BodyState,
    Examination,
    ExaminedSignature,
    examine,
    path_binding,
)
from esealkit.ofd.package import Package, Part
from esealkit.ofd.paths import Located, locate
from esealkit.ofd.references import ReferenceResult, check_references
from esealkit.ofd.signatures import (
    Provider,
    Reference,
    SignatureEntry,
    SignatureLists,
    read_signatures,
)
from esealkit.ofd.stamps import Stamp
from esealkit.ofd.surface import OfdSurface
from esealkit.ofd.writer import PackageWriter, rewrite

__all__ = [
    "Body",
    "BodyState",
    "Box",
    "ComposedPage",
    "Coverage",
    "Examination",
    "ExaminedSignature",
    "Located",
    "OfdDocument",
    "OfdPage",
    "OfdSurface",
    "Package",
    "PackageWriter",
    "PageArea",
    "Part",
    "PartCoverage",
    "Permissions",
    "Picture",
    "Provider",
    "Reference",
    "ReferenceResult",
    "Shape",
    "SignatureEntry",
    "SignatureLists",
    "SignaturePlan",
    "Stamp",
    "StampBox",
    "TextRun",
    "check_references",
    "complete",
    "compose",
    "coverage",
    "coverage_findings",
    "examine",
    "locate",
    "path_binding",
    "plan",
    "read_signatures",
    "rewrite",
]
