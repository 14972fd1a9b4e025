"""Which clause of which edition asks for a check.

GM/T 0031-2014 was read itself (6.1.2, 6.2.3).  The step letters of GB/T 38540-2020 6.3 and 7.3
and of GM/T 0031-2025 follow secondary texts that restate them; clause *numbers* are certain,
letters are likely.
"""

from __future__ import annotations

from esealkit.seal.model import Edition

__all__ = ["clause"]

_V1 = {
    "seal.form": "6.1.2 a)",
    "seal.maker_signature": "6.1.2 b)",
    "seal.maker_chain": "6.1.2 c)",
    "seal.maker_key_usage": "6.1.2 c)",
    "seal.maker_validity": "6.1.2 c)",
    "seal.maker_revocation": "6.1.2 c)",
    "seal.maker_authority": "6.1.2 c)",
    "seal.validity": "6.1.2 d), 6.2.3 f)",
    "signature.form": "6.2.3 a)",
    "signature.value": "6.2.3 b)",
    "signer.chain": "6.2.3 c)",
    "signer.key_usage": "6.2.3 c)",
    "signer.validity": "6.2.3 c), d)",
    "signer.revocation": "6.2.3 c), d)",
    "signer.in_seal": "6.2.2 c)",
    "time.rules": "6.2.3 d), f)",
    "document.digest": "6.2.3 e)",
}
_V4 = {
    "seal.form": "6.3 a)",
    "seal.maker_signature": "6.3 b)",
    "seal.maker_chain": "6.3 c)",
    "seal.maker_key_usage": "6.3 c)",
    "seal.maker_validity": "6.3 c)",
    "seal.maker_revocation": "6.3 c)",
    "seal.maker_authority": "6.3 c)",
    "seal.validity": "6.3 d), 7.3",
    "signature.form": "7.3 a)",
    "signature.value": "7.3 b)",
    "signer.in_seal": "7.3 c)",
    "signer.chain": "7.3 d)",
    "signer.key_usage": "7.3 d)",
    "signer.validity": "7.3 d), e)",
    "signer.revocation": "7.3 d), e)",
    "time.rules": "7.3 e)",
    "document.digest": "7.3 f)",
    "time.stamp": "7.3 g)",
}
_BY_EDITION = {
    Edition.V1: ("GM/T 0031-2014", _V1),
    Edition.V4: ("GB/T 38540-2020", _V4),
    Edition.V5: ("GM/T 0031-2025", {}),
    Edition.ZWFW: ("GB/T 38540-2020", _V4),
}
_PARTS = {"seal": "seal verification", "signature": "seal-signature verification"}


def clause(edition: Edition | None, check: str) -> str:
    """The clause of ``edition`` that asks for ``check``, ``""`` where none is known.

    GM/T 0031-2025 was not at hand as a text; its checks cite the flow by name.
    """
    if edition is None:
        edition = Edition.V4
    standard, table = _BY_EDITION[edition]
    if edition is Edition.V5 and check in _V4:
        part = _PARTS["seal" if check.startswith("seal.") else "signature"]
        return f"{standard}, {part}"
    found = table.get(check)
    return f"{standard} {found}" if found else ""
