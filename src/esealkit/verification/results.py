"""What a verification hands out: plain frozen facts, in the names of the report contract."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from esealkit.findings import Deviation
from esealkit.pki.certificate import Certificate
from esealkit.seal.kinds import kind_of
from esealkit.seal.model import ElectronicSeal
from esealkit.verification.judgement import (
    Identity,
    Integrity,
    JudgedCheck,
    Judgement,
    Reservation,
    Status,
    Verdict,
)
from esealkit.verification.view import VerifiedView

__all__ = [
    "BodyResult",
    "CertificateFacts",
    "DocumentResult",
    "MarkFacts",
    "PartFacts",
    "PictureFacts",
    "SealFacts",
    "SignatureResult",
    "StampFacts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """A certificate as reports show it."""

    subject: str
    issuer: str
    serial: str
    """Hexadecimal, upper case."""
    sha256: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    der: bytes = field(repr=False)
    """The certificate itself."""

    @classmethod
    def of(cls, certificate: Certificate) -> CertificateFacts:
        """The facts of ``certificate``."""
        return cls(
            subject=certificate.subject,
            issuer=certificate.issuer,
            serial=certificate.serial_hex,
            sha256=certificate.fingerprint,
            valid_from=certificate.not_before,
            valid_until=certificate.not_after,
            der=certificate.der,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """A seal's picture."""

    format: str
    """Type as written in the seal."""
    width_mm: int
    height_mm: int
    sha256: str
    data: bytes = field(repr=False)
    """The picture file: opaque, never decoded by the verifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFacts:
    """The picture of a digital signature's mark: handwriting, a fingerprint."""

    format: str
    """By its first bytes: ``PNG``, ``JPG``, …; ``""`` where they are no picture's."""
    part: str
    """The package part that holds it."""
    sha256: str
    data: bytes = field(repr=False)
    """The picture file: opaque, never decoded by the verifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFacts:
    """An electronic seal as reports show it."""

    id: str
    name: str
    type_code: int
    kind: str
    """Kind's id where the type code tells it, else ``""``."""
    edition: str
    """``v1``, ``v4``, ``v5``."""
    sha256: str
    maker: CertificateFacts | None
    """The seal maker's certificate; ``None`` when it cannot be read."""
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    picture: PictureFacts
    der: bytes = field(repr=False)
    """The seal itself."""

    @classmethod
    def of(cls, seal: ElectronicSeal, maker: Certificate | None) -> SealFacts:
        """The facts of ``seal``."""
        return cls(
            id=seal.seal_id,
            name=seal.name,
            type_code=seal.type_code,
            kind=kind_of(seal.type_code, seal.edition),
            edition=seal.edition.value,
            sha256=seal.sha256,
            maker=CertificateFacts.of(maker) if maker else None,
            valid_from=seal.valid_from,
            valid_until=seal.valid_until,
            picture=PictureFacts(
                format=seal.picture.type,
                width_mm=seal.picture.width_mm,
                height_mm=seal.picture.height_mm,
                sha256=hashlib.sha256(seal.picture.data).hexdigest(),
                data=seal.picture.data,
            ),
            der=seal.der,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFacts:
    """Where a stamp lies; millimetres from the page's top left."""

    page: int | None
    """Page number from 1, ``None`` when it names no page of the document."""
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    clip: tuple[float, float, float, float] | None = None
    """x, y, width, height of the shown part, relative to the stamp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureResult:
    """One signature, judged."""

    index: int
    """Position among the document's signatures, from 0."""
    body: int
    """Document body it belongs to."""
    signature_kind: str
    """``seal``, ``signature`` or ``timestamp`` (of a whole document), decided from the signed
    value."""
    judgement: Judgement
    signing_time: dt.datetime | None
    """UTC."""
    time_source: str
    """``claimed`` or ``timestamp``."""
    seal: SealFacts | None
    signer: CertificateFacts | None
    stamps: tuple[StampFacts, ...]
    deviations: tuple[Deviation, ...]
    mark: MarkFacts | None = None
    """The picture shown at the stamps of a signature without a seal."""
    time_authority: CertificateFacts | None = None
    """Who stamped the time, where that leads to trust."""

    @property
    def verdict(self) -> Verdict:
        """The signature's verdict."""
        return self.judgement.verdict

    @property
    def code(self) -> str:
        """Why, ``""`` when passed."""
        return self.judgement.code

    @property
    def reservations(self) -> tuple[Reservation, ...]:
        """What the verdict leaves open."""
        return self.judgement.reservations

    @property
    def checks(self) -> tuple[JudgedCheck, ...]:
        """Every check, in report order."""
        return self.judgement.checks

    @property
    def integrity(self) -> Integrity:
        """Whether what was signed is unchanged."""
        return self.judgement.integrity

    @property
    def identity(self) -> Identity:
        """Whether it is known who signed, and who made the seal."""
        return self.judgement.identity

    @property
    def status(self) -> Status:
        """Whether certificates and seal were good when it was signed."""
        return self.judgement.status


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyResult:
    """One document body of an OFD package."""

    index: int
    doc_root: str
    verdict: Verdict
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """One package part and who covers it."""

    name: str
    body: int | None
    covered_by: tuple[int, ...]
    """Indexes of the signatures whose digest of it matched."""
    rendered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """One file, judged."""

    path: str
    format: str
    """``ofd``, ``pdf``, ``seal`` or ``""`` when it is none of them."""
    sha256: str
    verdict: Verdict
    code: str
    reservations: tuple[Reservation, ...]
    checks: tuple[JudgedCheck, ...]
    """Checks on the container and the document as a whole."""
    deviations: tuple[Deviation, ...]
    integrity: Integrity
    identity: Identity
    status: Status
    bodies: tuple[BodyResult, ...] = ()
    signatures: tuple[SignatureResult, ...] = ()
    parts: tuple[PartFacts, ...] = ()
    """Coverage map."""
    view: VerifiedView | None = field(default=None, repr=False, compare=False)
    """The parts as they were hashed; ``None`` where the format has none or nobody kept it."""

    @property
    def material_class(self) -> str:
        """What an office received (长春市网上办事大厅办法 13): ``sealed``, such as an e-licence;
        ``signed`` without a seal; ``copy``, without a signature; ``""`` for what did not pass, of
        which none can be said, and for a seal by itself.
        """
        if self.format == "seal":
            return ""
        if self.verdict is Verdict.UNSIGNED:
            return "copy"
        kinds = {item.signature_kind for item in self.signatures}
        if self.verdict is not Verdict.PASSED:
            return ""
        return "sealed" if "seal" in kinds else "signed" if "signature" in kinds else ""
