"""Kinds of seals and their type codes.

V1 leaves ``type`` at "1 unit, 2 personal"; V4 and V5 let the business define it.  The two-digit
codes below are those of public-security registers and the national platform as two code bases
use them (confidence: likely); tax-invoice seals write 3 as well.  A report therefore always
shows the raw code beside the kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from esealkit.errors import UsageError
from esealkit.seal.model import Edition

__all__ = ["KINDS", "SealKind", "kind_named", "kind_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKind:
    """One kind of seal."""

    id: str
    """Stable English id."""
    code: int
    """Type code written into V4 and V5 seals."""
    names: tuple[str, ...]
    """Chinese names, the usual one first."""
    personal: bool = False
    """Whether V1 counts it as a personal seal (2)."""

    def code_in(self, edition: Edition) -> int:
        """The type code written in an edition: V1 knows units (1) and persons (2) alone."""
        if edition is Edition.V1:
            return 2 if self.personal else 1
        return self.code


KINDS: tuple[SealKind, ...] = (
    SealKind(id="official", code=1, names=("公章", "法定名称章")),
    SealKind(id="finance", code=2, names=("财务专用章",)),
    SealKind(id="invoice", code=3, names=("发票专用章",)),
    SealKind(id="contract", code=4, names=("合同专用章",)),
    SealKind(
        id="legal-representative",
        code=5,
        names=("法定代表人名章", "法定代表人章"),
        personal=True,
    ),
    SealKind(id="position", code=6, names=("职务章",), personal=True),
    SealKind(id="personal", code=7, names=("私章", "个人名章"), personal=True),
    SealKind(id="other", code=99, names=("其他",)),
    # No register is known to give these a code of their own.
    SealKind(id="internal", code=99, names=("内设机构章", "部门章")),
    SealKind(id="branch", code=99, names=("分支机构章", "分公司章")),
    SealKind(id="inspection", code=99, names=("审验专用章",)),
    SealKind(id="customs", code=99, names=("报关专用章",)),
    SealKind(id="personnel", code=99, names=("人事专用章",)),
)


def kind_named(name: str) -> SealKind:
    """The kind with this id or Chinese name.

    :raises UsageError: there is none.
    """
    for kind in KINDS:
        if name == kind.id or name in kind.names:
            return kind
    known = [kind.names[0] for kind in KINDS]
    raise UsageError("seal.kind_unknown", name=name, known=known)


def kind_of(type_code: int, edition: Edition) -> str:
    """The kind's id for a code read from a seal, ``""`` where the code says nothing."""
    if edition is Edition.V1:
        return {1: "unit", 2: "personal"}.get(type_code, "")
    return next((kind.id for kind in KINDS if kind.code == type_code), "")
