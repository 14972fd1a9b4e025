"""Who a Chinese certificate is about: identity, registration and credit code extensions.

GM/T 0015 and GB/T 20518-2018 5.2.4.2 define five private extensions below 1.2.156.10260.4.1; older
RSA certificates carry the same ones below 1.2.86.11.7.  What CAs write into them varies (a bare
string, a tagged CHOICE, text without any DER), so they are read leniently: they are shown, never
judged.  Numbers of natural persons are masked here, once, so that no report can spill them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from esealkit.asn1 import der
from esealkit.errors import EsealError
from esealkit.pki.certificate import Certificate

__all__ = [
    "ChineseExtension",
    "chinese_extensions",
    "credit_code_holds",
    "is_seal_code",
    "masked",
    "read_chinese_extension",
]

_KINDS = {
    "1.2.156.10260.4.1.1": "identity_code",
    "1.2.156.10260.4.1.1.1": "identity_card",
    "1.2.156.10260.4.1.1.2": "passport",
    "1.2.156.10260.4.1.2": "insurance_number",
    "1.2.156.10260.4.1.3": "registration_number",
    "1.2.156.10260.4.1.4": "organisation_code",
    "1.2.156.10260.4.1.5": "tax_number",
    "1.2.86.11.7.1": "identity_code",
    "1.2.86.11.7.2": "insurance_number",
    "1.2.86.11.7.3": "registration_number",
    "1.2.86.11.7.4": "organisation_code",
    "1.2.86.11.7.5": "tax_number",
}
_PERSONAL = frozenset({"identity_code", "identity_card", "passport", "insurance_number"})
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChineseExtension:
    """One of these extensions, as it may be shown."""

    oid: str
    kind: str
    """``identity_code``, ``identity_card``, ``passport``, ``insurance_number``,
    ``registration_number``, ``organisation_code`` or ``tax_number``."""
    value: str
    """The text; a natural person's number with its middle masked."""
    is_credit_code: bool = False
    """Whether it is a unified social credit code whose check digit holds."""


def chinese_extensions(certificate: Certificate) -> tuple[ChineseExtension, ...]:
    """What ``certificate`` says of its holder, in the order of the certificate."""
    found = []
    for extension in certificate.asn1["tbs_certificate"]["extensions"] or ():
        value = extension["extn_value"].contents or b""
        read = read_chinese_extension(extension["extn_id"].dotted, bytes(value))
        if read is not None:
            found.append(read)
    return tuple(found)


def read_chinese_extension(oid: str, value: bytes) -> ChineseExtension | None:
    """One extension by its OID and the content of its ``extnValue``; ``None`` for others."""
    kind = _KINDS.get(oid)
    if kind is None:
        return None
    text = _text(value)[:_LONGEST]
    return ChineseExtension(
        oid=oid,
        kind=kind,
        value=masked(text) if kind in _PERSONAL else text,
        is_credit_code=credit_code_holds(text),
    )


def _text(value: bytes) -> str:
    try:
        node = der.parse(value, notes=[])
    except EsealError:
        return _decoded(value)
    return " ".join(_texts(node))


def _texts(node: der.Node) -> list[str]:
    """Every text of a value: a string, a tagged CHOICE, or a SEQUENCE of them."""
    if node.constructed:
        return [text for child in node.children for text in _texts(child)]
    if node.is_universal(der.Tag.OID):
        return []
    if node.is_universal(der.Tag.BIT_STRING):
        return [_decoded(node.content[1:])]
    return [_decoded(node.content)]


def _decoded(content: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return content.decode(codec).strip("\0 ")
        except UnicodeDecodeError:
            continue
    return content.hex()


def masked(text: str) -> str:
    """A person's number with all but its first and last two characters hidden."""
    return "*" * len(text) if len(text) < 8 else f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(rf"[{_ALPHABET}]{{2}}\d{{6}}[{_ALPHABET}]{{10}}")


def credit_code_holds(text: str) -> bool:
    """Whether ``text`` is a unified social credit code with a right check digit (GB 32100-2015)."""
    if not _CREDIT_CODE.fullmatch(text):
        return False
    total = sum(_ALPHABET.index(char) * pow(3, at, 31) for at, char in enumerate(text[:17]))
    return _ALPHABET[-total % 31] == text[17]


_SEAL_CODE = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)\d{12}",
)


def is_seal_code(text: str) -> bool:
    """Whether ``text`` looks like a registered seal's code: a region and 12 more digits.

    Fourteen digits that begin with a province's code of GB/T 2260.
    """
    return _SEAL_CODE.fullmatch(text) is not None
