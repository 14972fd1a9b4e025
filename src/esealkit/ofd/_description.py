"""Signature.xml, element by element (GB/T 33190-2016 18.2, GM/T 0099-2020 annex B).

Each piece is read for itself: a stamp that is no box does not hide the references.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from esealkit.errors import EsealError, LimitExceeded, XmlError
from esealkit.findings import Deviation
from esealkit.ofd._xml import Element, box, decode_digest
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.paths import Located, directory_of, locate
from esealkit.ofd.stamps import DeclaredStamp

__all__ = ["DIGEST_SIZES", "SM3_OID", "Description", "digest_name", "read_description"]

SM3_OID = "1.2.156.10197.1.401"
_MOST_FAULTS = 100
"""Faults of one description that are told apart; one is as bad as a thousand."""
DIGEST_SIZES = {"sm3": 32, "sha256": 32, "sha384": 48, "sha512": 64, "sha1": 20, "md5": 16}
_ALIASES = {
    SM3_OID: "sm3",
    f"{SM3_OID}.1": "sm3",
    # SM3 with key; dms360 writes it and means SM3.
    f"{SM3_OID}.2": "sm3",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "1.3.14.3.2.26": "sha1",
    "1.2.840.113549.2.5": "md5",
    **{name: name for name in DIGEST_SIZES},
}
_METHODS = ("1.2.156.10197.", "1.2.840.113549.1.1.", "1.2.840.10045.4.")
"""OIDs of GM/T 0006, PKCS #1 and X9.62."""
_TIMES = (
    (re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[ T](\d\d?):(\d\d):(\d\d)(?:\.\d+)?(Z|\+08:?00)?"), 0),
    (re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?(Z|\+0800)?"), 0),
    (re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z)?"), 2000),
)


@dataclass(slots=True)
class Description:
    """What was read, filled piece by piece."""

    provider: tuple[str, str, str] = ("", "", "")
    signature_method: str = ""
    check_method: str = ""
    digest_name: str = ""
    xml_time: str = ""
    xml_time_guess: datetime | None = None
    references: list[tuple[str, bytes, str | None, str]] = field(default_factory=list)
    value: Located | None = None
    value_bytes: bytes | None = None
    seal: Located | None = None
    seal_bytes: bytes | None = None
    image: Located | None = None
    image_bytes: bytes | None = None
    stamps: list[DeclaredStamp] = field(default_factory=list)
    faults: list[EsealError] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)
    more_faults: int = 0
    method_unknown: bool = False

    def attempt(self, read: Callable[[], None]) -> None:
        """Runs one piece; its error becomes a fault of the description."""
        try:
            read()
        except EsealError as error:
            if len(self.faults) < _MOST_FAULTS:
                self.faults.append(error)
            else:
                self.more_faults += 1

    def note(self, kind: str, where: str, **evidence: object) -> None:
        """A departure that was tolerated."""
        self.deviations.append(Deviation(id=kind, where=where, evidence=evidence))


def read_description(document: OfdDocument, name: str, found: Description) -> None:
    """Fills ``found`` from the part ``name``."""
    try:
        parsed = document.xml(name, root="Signature")
        info = parsed.root.need("SignedInfo")
    except EsealError as error:
        found.faults.append(error)
        return
    found.deviations.extend(parsed.deviations)
    found.attempt(lambda: _read_provider(info, name, found))
    found.attempt(lambda: _read_methods(info, found))
    found.attempt(lambda: _read_references(document, info, name, found))
    found.attempt(lambda: _read_stamps(document, info, name, found))
    found.attempt(lambda: _read_value(document, parsed.root, name, found))
    found.attempt(lambda: _read_seal(document, info, name, found))
    order = parsed.root.order()
    if "SignedValue" in order and order.index("SignedValue") < order.index("SignedInfo"):
        found.note("signature.schema_order", name)


def _read_provider(info: Element, name: str, found: Description) -> None:
    provider = info.child("Provider")
    if provider is None:
        found.note("signature.provider", name)
        return
    values = []
    for field_name in ("ProviderName", "Version", "Company"):
        value = provider.get(field_name)
        if value is None and (child := provider.child(field_name)) is not None:
            value = child.text()
            found.note("signature.provider", name)
        values.append(value or "")
    found.provider = (values[0], values[1], values[2])


def _read_methods(info: Element, found: Description) -> None:
    found.signature_method = info.text_of("SignatureMethod") or ""
    if not found.signature_method.strip():
        found.note("signature.method_missing", info.where)
    elif not _is_known_method(found.signature_method):
        found.method_unknown = True
    found.xml_time = info.text_of("SignatureDateTime") or ""
    found.xml_time_guess = _guess_time(found.xml_time)


def _is_known_method(method: str) -> bool:
    """SM2, RSA or ECDSA by any usual name or OID; the value itself says which it really is.

    A method that nobody knows must not be taken for one that was checked (O-48).
    """
    text = re.sub(r"[-_\s]", "", method.casefold().removeprefix("urn:oid:").removeprefix("oid:"))
    return text.startswith(_METHODS) or any(name in text for name in ("sm2", "rsa", "ecdsa"))


def _guess_time(text: str) -> datetime | None:
    """The instant that a free-form SignatureDateTime most likely names."""
    for pattern, century in _TIMES:
        match = pattern.fullmatch(text.strip())
        if match is None:
            continue
        year, *rest = (int(group) for group in match.groups()[:6])
        try:
            moment = datetime(year + century, *rest)  # type: ignore[arg-type]  # noqa: DTZ001
            zone = match[7]
            if zone == "Z":
                return moment.replace(tzinfo=UTC)
            return datetime.fromisoformat(f"{moment.isoformat()}+08:00") if zone else moment
        except ValueError:
            return None
    return None


def digest_name(method: str) -> str:
    """The digest that CheckMethod names by OID or by any usual spelling, or ``""``."""
    text = method.strip().casefold().removeprefix("urn:oid:").removeprefix("oid:")
    return _ALIASES.get(text) or _ALIASES.get(re.sub(r"[-_\s]", "", text), "")


def _read_references(document: OfdDocument, info: Element, name: str, found: Description) -> None:
    """References and their CheckMethod; the schema's default is MD5 (GB/T 33190-2016 18.2.2)."""
    holder = info.need("References")
    rows = holder.children("Reference")
    limit = document.limits.references
    if len(rows) > limit:
        raise LimitExceeded("document.reference_count", count=len(rows), limit=limit)
    for row in rows:
        found.attempt(partial(_read_reference, document, row, name, found))
    method = holder.get("CheckMethod")
    found.check_method = method or ""
    sizes = {len(digest) for _, digest, _, _ in found.references}
    if method is None:
        # Missing means MD5 by the schema; 32-byte values can only be another digest.
        found.digest_name = "sm3" if sizes == {32} else "md5"
        if sizes == {32}:
            found.note("signature.check_method_missing", name)
    else:
        found.digest_name = digest_name(method)
        if found.digest_name and method.strip() != SM3_OID:
            found.note("signature.check_method", name, method=method)
    expected = DIGEST_SIZES.get(found.digest_name)
    if expected is not None and sizes - {expected}:
        raise XmlError("signature.digest_size", where=name, expected=expected)


def _read_reference(document: OfdDocument, row: Element, name: str, found: Description) -> None:
    path = row.must("FileRef")
    digest = decode_digest(row.need("CheckValue").text(), where=name)
    if not digest:
        raise XmlError("signature.digest_size", where=name, expected=32)
    try:
        located = locate(document.package, path, base=directory_of(name), where=name, strict=True)
    except XmlError as error:
        found.references.append((path, digest, None, error.code))
        raise
    found.deviations.extend(located.deviations)
    found.references.append((path, digest, located.name, ""))


def _read_stamps(document: OfdDocument, info: Element, name: str, found: Description) -> None:
    rows = info.children("StampAnnot")
    limit = document.limits.stamps
    if len(rows) > limit:
        raise LimitExceeded("signature.stamps", count=len(rows), limit=limit)
    for row in rows:
        found.attempt(partial(_read_stamp, row, name, found))


def _read_stamp(row: Element, name: str, found: Description) -> None:
    clip = row.get("Clip")
    found.stamps.append(
        DeclaredStamp(
            id=row.get("ID") or "",
            page_ref=row.must("PageRef"),
            boundary=box(row.must("Boundary"), where=name),
            clip=box(clip, where=name) if clip and clip.strip() else None,
        )
    )


def _read_value(document: OfdDocument, top: Element, name: str, found: Description) -> None:
    loc = top.need("SignedValue").text()
    located = locate(document.package, loc, base=directory_of(name), where=name)
    found.value = located
    found.deviations.extend(located.deviations)
    if located.name is None:
        raise XmlError("signature.no_value", path=located.path)
    _check_size(document, located.name)
    found.value_bytes = document.package.read(located.name)


def _read_seal(document: OfdDocument, info: Element, name: str, found: Description) -> None:
    """Seal/BaseLoc; tax invoices leave it out, the seal is in the signed value too."""
    seal = info.child("Seal")
    _read_image(document, seal, name, found)
    loc = seal.text_of("BaseLoc") if seal is not None else None
    if not loc:
        return
    located = locate(document.package, loc, base=directory_of(name), where=name)
    found.seal = located
    found.deviations.extend(located.deviations)
    if located.name is None:
        found.note("signature.seal_missing", name, path=located.path)
        return
    _check_size(document, located.name)
    found.seal_bytes = document.package.read(located.name)


def _read_image(document: OfdDocument, seal: Element | None, name: str, found: Description) -> None:
    """Seal/ImageLoc (GM/T 0099-2020 annex B): what viewers may show for the seal's picture, or
    where there is no seal.
    """
    loc = seal.text_of("ImageLoc") if seal is not None else None
    if not loc:
        return
    found.image = locate(document.package, loc, base=directory_of(name), where=name)
    found.deviations.extend(found.image.deviations)
    if found.image.name is not None:
        _check_size(document, found.image.name)
        found.image_bytes = document.package.read(found.image.name)


def _check_size(document: OfdDocument, part: str) -> None:
    size = document.package.parts[part].size
    if size > document.limits.der_size:
        raise LimitExceeded("signature.size", name=part, limit=document.limits.der_size)
