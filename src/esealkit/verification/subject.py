"""What a document format hands to the verifier for each signature, whatever the format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from esealkit.findings import Deviation, Finding
from esealkit.ofd.relative import Base
from esealkit.pki.signed_bytes import Signed
from esealkit.seal.model import ElectronicSeal
from esealkit.verification.results import MarkFacts, StampFacts
from esealkit.verification.time_steps import ProvenTime

__all__ = ["Subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One signature of a document, before it is judged."""

    index: int
    """Position among the document's signatures, from 0."""
    body: int
    """Document body."""
    declared_kind: str
    """``seal`` or ``signature`` as the unsigned list says; only ever compared."""
    signed_value: bytes | None
    """The signed value's bytes, ``None`` when missing."""
    signed_data: Signed | None
    """What the data hash is over: Signature.xml for OFD; ``None`` when missing."""
    findings: tuple[Finding, ...]
    """The format's own findings: form, references, changes."""
    deviations: tuple[Deviation, ...]
    """The format's own deviations."""
    claimed_time: dt.datetime | None
    """A time the document claims beside the value (XML's SignatureDateTime); never decisive
    where the signed value has one of its own."""
    stamps: tuple[StampFacts, ...]
    """Where it is shown."""
    seal_file: bytes | None
    """A seal stored beside the signed value (Seal.esl)."""
    bind_path: Callable[[str], tuple[Finding, tuple[Deviation, ...]]]
    """``propertyInfo`` → ``document.path_binding``."""
    stamp_checks: Callable[[ElectronicSeal | None], tuple[Finding, ...]] = field(
        default=lambda _: ()
    )
    """The seal, if there is one → how its stamps show it (``stamp.*``)."""
    coverage: Callable[[bool], tuple[Finding, ...]]
    """Whether ``seal_file`` equals the embedded seal → ``document.coverage``."""
    mark: MarkFacts | None = None
    """A picture shown where there is no seal."""
    base: Base | None = None
    """The signature that this one builds on (Relative)."""
    unrecognised: Finding | None = None
    """What to say of a value that is of no kind known here; malformed without it."""
    document_stamp: ProvenTime | None = None
    """A time stamp over the whole document, made later, that proves the signature existed."""
    detached: bool = False
    """Whether the format wants messages without content (PDF's detached SubFilters)."""
    sha1_content: bool = False
    """Whether a message's content may be the SHA-1 of what is signed (PDF's adbe.pkcs7.sha1)."""
    certificates: tuple[bytes, ...] = ()
    """Certificates that the format keeps beside the value, DER, the signer's first."""
    attributes_required: bool = False
    """Whether the format wants signed attributes (CAdES)."""
    clauses: Mapping[str, str] = field(default_factory=dict)
    """Check → clause, where the format has its own."""
