"""Signing: ``esealkit.stamp``, ``prepare`` and ``complete``, ``load_seal``, ``open_key``.

What is written is verified before it takes its place: the new file, beside its destination,
goes through the verifier; only when no check of the new signature failed, and every earlier
signature stands as it stood, is it renamed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from esealkit.api.committing import Judging, Receipt, commit, digest_of, write_staged
from esealkit.api.pdf_options import PdfOptions
from esealkit.api.sources import Source, opened, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Trust
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import MissingExtra, UnsupportedError, UsageError
from esealkit.fetching import Fetcher
from esealkit.keys.opening import open_key
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import SignaturePlan
from esealkit.ofd.signatures import Provider
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.pki.trust import TrustStore, merge
from esealkit.placement import Placement
from esealkit.policy import Policy
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import parse_seal
from esealkit.signing.ofd_signing import (
    finish_staged,
    lay_out,
    lay_out_signature,
    sign_description,
)
from esealkit.signing.output import StagedFile
from esealkit.signing.prepared import PreparedValue, StagedSigning
from esealkit.signing.readiness import check_ready, check_signer_ready
from esealkit.verification.verifier import sniff_format

__all__ = [
    "PdfOptions",
    "Prepared",
    "Receipt",
    "complete",
    "load_seal",
    "open_key",
    "prepare",
    "sign",
    "stamp",
]

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A signing that waits for its signature; :func:`complete` finishes it, in any process."""

    staged: StagedSigning

    @property
    def to_be_signed(self) -> bytes:
        """DER of TBS_Sign; sign it with SM2 under the default signer id."""
        return self.staged.value.to_be_signed

    @property
    def e(self) -> bytes:
        """``SM3(Z ‖ to_be_signed)``, for devices that take the digest."""
        return self.staged.value.e

    def to_json(self) -> str:
        """For another process; holds no secret."""
        return self.staged.to_json()


def load_seal(
    source: Source, *, strict: bool = True, limits: Limits = DEFAULT_LIMITS
) -> ElectronicSeal:
    """Read an electronic seal (ESL file).

    :param strict: refuse any departure from the standard; ``False`` reads what vendors write.
    :raises SealFormatError, InputError, LimitExceeded: it cannot be read.
    """
    return parse_seal(read_small(source, limits.der_size), strict=strict, limits=limits)


def stamp(
    source: Source,
    destination: str | PathLike[str],
    *,
    seal: ElectronicSeal | Source,
    key: SigningKey,
    placement: Placement | Iterable[Placement],
    lock: bool = False,
    timestamper: TimeStamper | None = None,
    trust: Trust = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    provider: str | None = None,
    clock: Clock | None = None,
    password: str | bytes | None = None,
    also_key: SigningKey | None = None,
    pdf: PdfOptions | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Stamp a document with a seal: one seal signature, shown where ``placement`` says.

    :param destination: written beside, verified, renamed; may be the source itself.
    :param lock: forbid further signatures (OFD: covers the list of signatures too; PDF:
        certifies the document as final, or locks all fields).
    :param timestamper: adds a time stamp over the signature value (V4, V5).
    :param provider: ``NAME[:VERSION[:COMPANY]]`` written into the signature; readers choose
        their plug-in by it.
    :param clock: gives the signing time; for tests.  The receipt says so.
    :param password: of an encrypted PDF.
    :param also_key: a further signature without a seal by this key, RSA or ECDSA for readers
        that know no SM2 (双算法); PDF only.
    :param pdf: what only a PDF can have: level, field, certification.
    :raises SealError, CertificateError: seal or certificate must not be used now.
    :raises Forbidden: the document or an earlier signature does not allow it.
    :raises PlacementError: a stamp does not lie on its page.
    :raises OutputError: the destination could not be written; it is unchanged.
    """
    request = _Request(seal, key.certificate, key.chain, clock, trust, provider, limits)
    judging = Judging(trust, policy, tuple(evidence), fetch, limits, password)
    with opened(source, limits=limits) as found:
        if _format_of(found.content) == "pdf":
            pdf_documents = _pdf_documents()
            parts = pdf_documents.SealParts(request.seal, key, placement)
            receipt: Receipt = pdf_documents.stamp(
                found.content,
                Path(destination),
                parts,
                pdf_documents.Circumstances(
                    now=request.now,
                    clock_is_system=clock is None,
                    judging=judging,
                    options=pdf or PdfOptions(),
                    provider=request.provider,
                    timestamper=timestamper,
                    lock=lock,
                    also_key=also_key,
                ),
            )
            return receipt
        _only_for_pdf(password=password, also_key=also_key, pdf=pdf)
        before = judging.standing(found.content, request.now)
        document = OfdDocument.open(found.content, limits=limits)
        laid, value = request.lay_out(document, placement, lock=lock)
        signature = key.sign(value.to_be_signed)
        signed = value.signed(signature, timestamper.stamp if timestamper else None)
        with StagedFile(Path(destination)) as staged:
            write_staged(staged, lambda out: laid.write(out, signed.value))
            return commit(
                staged, value.signed_at, judging, clock_is_system=clock is None, before=before
            )


def sign(
    source: Source,
    destination: str | PathLike[str],
    *,
    key: SigningKey,
    lock: bool = False,
    attributes: bool = False,
    timestamper: TimeStamper | None = None,
    trust: Trust = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    provider: str | None = None,
    clock: Clock | None = None,
    password: str | bytes | None = None,
    also_key: SigningKey | None = None,
    pdf: PdfOptions | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Sign a document without a seal (数字签名; GM/T 0099-2020 7.2, GB/T 35275-2017).

    An OFD document takes SM2 keys; a PDF takes RSA and ECDSA too (ETSI EN 319 142-1).

    :param attributes: OFD: put the digest and the signing time into signed attributes; otherwise
        the digest itself is signed and the time is claimed by the document only.
    :param timestamper: PDF: adds a time stamp over the signature value (PAdES B-T).
    :raises CertificateError, Forbidden, OutputError: as for :func:`stamp`, as are the other
        parameters.
    """
    moment = _now(clock)
    judging = Judging(trust, policy, tuple(evidence), fetch, limits, password)
    _check_signer(key, moment, trust)
    with opened(source, limits=limits) as found:
        if _format_of(found.content) == "pdf":
            pdf_documents = _pdf_documents()
            receipt: Receipt = pdf_documents.sign(
                found.content,
                Path(destination),
                key,
                pdf_documents.Circumstances(
                    now=moment,
                    clock_is_system=clock is None,
                    judging=judging,
                    options=pdf or PdfOptions(),
                    provider=_provider(provider),
                    timestamper=timestamper,
                    lock=lock,
                    also_key=also_key,
                ),
            )
            return receipt
        _only_for_pdf(password=password, also_key=also_key, pdf=pdf, timestamper=timestamper)
        certificate = Certificate(key.certificate or b"")
        if not certificate.uses_sm2:
            raise UsageError("signing.not_sm2", subject=certificate.subject)
        before = judging.standing(found.content, moment)
        laid = lay_out_signature(
            OfdDocument.open(found.content, limits=limits),
            when=moment,
            lock=lock,
            provider=_provider(provider),
        )
        signed = sign_description(
            laid,
            key=key,
            certificate=certificate,
            chain=key.chain,
            when=moment,
            attributes=attributes,
        )
        with StagedFile(Path(destination)) as staged:
            write_staged(staged, lambda out: laid.write(out, signed.value))
            signed_at = moment.replace(microsecond=0)
            return commit(staged, signed_at, judging, clock_is_system=clock is None, before=before)


def prepare(
    source: Source,
    destination: str | PathLike[str],
    *,
    seal: ElectronicSeal | Source,
    certificate: Source,
    placement: Placement | Iterable[Placement],
    lock: bool = False,
    trust: Trust = None,
    provider: str | None = None,
    clock: Clock | None = None,
    chain: Iterable[Source] = (),
    password: str | bytes | None = None,
    pdf: PdfOptions | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Prepared:
    """Lay out a signature and stage the file, to be signed elsewhere; see :func:`complete`.

    The staged file lies beside ``destination``.  Errors as for :func:`stamp`.
    """
    own = load_certificates(read_small(certificate, limits.der_size), limits=limits)
    others = [
        item.der
        for entry in chain
        for item in load_certificates(read_small(entry, limits.der_size), limits=limits)
    ]
    request = _Request(seal, own[0].der, tuple(others), clock, trust, provider, limits)
    gap: tuple[int, int, int] | None = None
    with opened(source, limits=limits) as found:
        if _format_of(found.content) == "pdf":
            pdf_documents = _pdf_documents()
            layout, value = pdf_documents.prepare(
                found.content,
                request.seal,
                request.certificate,
                placement,
                pdf_documents.Circumstances(
                    now=request.now,
                    clock_is_system=clock is None,
                    judging=Judging(trust, None, (), None, limits, password),
                    options=pdf or PdfOptions(),
                    provider=request.provider,
                    lock=lock,
                ),
            )
            write, gap = layout.copy_to, (layout.gap.start, layout.gap.stop, layout.gap.end)
        else:
            _only_for_pdf(password=password, pdf=pdf)
            document = OfdDocument.open(found.content, limits=limits)
            laid, value = request.lay_out(document, placement, lock=lock)
            write = laid.write_staged
        with StagedFile(Path(destination), suffix=".esealkit-prepared") as staged:
            write_staged(staged, write)
            digest = digest_of(staged)
            staged.keep()
            return Prepared(
                staged=StagedSigning(
                    value=value,
                    staged=staged.path,
                    sha256=digest,
                    destination=Path(destination).absolute(),
                    gap=gap,
                )
            )


def complete(
    prepared: Prepared | str | bytes,
    signature: bytes,
    *,
    timestamper: TimeStamper | None = None,
    trust: Trust = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    password: str | bytes | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Finish a prepared signing with a DER signature over its ``to_be_signed``.

    :param prepared: the object, or what its ``to_json`` gave.
    :raises InvalidSignature: not the prepared certificate's signature over the value.
    :raises InputError: the staged file is missing or was changed.
    """
    waiting = (
        prepared.staged if isinstance(prepared, Prepared) else StagedSigning.from_json(prepared)
    )
    signed = waiting.value.signed(bytes(signature), timestamper.stamp if timestamper else None)
    finish = finish_staged if waiting.format == "ofd" else _pdf_documents().finish
    with StagedFile(waiting.destination) as staged:
        write_staged(staged, lambda out: finish(waiting, signed, out))
        judging = Judging(trust, policy, tuple(evidence), None, limits, password)
        receipt = commit(
            staged, waiting.value.signed_at, judging, clock_is_system=True, before=None
        )
    waiting.staged.unlink(missing_ok=True)
    return receipt


def _pdf_documents() -> ModuleType:
    """The PDF half, loaded when a PDF is there: its libraries are an extra and take long."""
    try:
        from esealkit.api import pdf_documents
    except ModuleNotFoundError as error:
        raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
    return pdf_documents


def _check_signer(key: SigningKey, moment: dt.datetime, trust: Trust) -> None:
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    check_signer_ready(
        Certificate(key.certificate),
        now=moment,
        stores=merge(trust),
        intermediates=[Certificate(item) for item in key.chain],
        sm2_only=False,
    )


class _Request:
    """What a stamp is made with, checked before any document is opened."""

    def __init__(
        self,
        seal: ElectronicSeal | Source,
        certificate: bytes | None,
        chain: tuple[bytes, ...],
        clock: Clock | None,
        trust: Trust,
        provider: str | None,
        limits: Limits,
    ) -> None:
        self.now = _now(clock)
        self.seal = seal if isinstance(seal, ElectronicSeal) else load_seal(seal, limits=limits)
        if certificate is None:
            raise UsageError("signing.no_certificate")
        self.certificate = Certificate(certificate)
        self.provider = _provider(provider)
        self.stores: tuple[TrustStore, ...] = merge(trust)
        check_ready(
            self.seal,
            self.certificate,
            now=self.now,
            stores=self.stores,
            intermediates=[Certificate(item) for item in chain],
        )

    def lay_out(
        self, document: OfdDocument, placement: Placement | Iterable[Placement], *, lock: bool
    ) -> tuple[SignaturePlan, PreparedValue]:
        """The plan and the value to be signed."""
        return lay_out(
            document,
            seal=self.seal,
            certificate=self.certificate,
            placement=placement,
            when=self.now,
            lock=lock,
            provider=self.provider,
        )


def _now(clock: Clock | None) -> dt.datetime:
    moment = (clock or _system_clock)()
    if moment.tzinfo is None:
        raise UsageError("usage.naive_time", text=moment.isoformat())
    return moment.astimezone(dt.UTC)


def _system_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _provider(text: str | None) -> Provider | None:
    if text is None:
        return None
    parts = [*text.split(":", 2), "", ""][:3]
    if not parts[0].strip():
        raise UsageError("usage.provider", found=text)
    return Provider(name=parts[0], version=parts[1], company=parts[2])


def _only_for_pdf(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise UnsupportedError("signing.only_pdf", what=name)


def _format_of(content: bytes | BinaryIO) -> str:
    """``ofd`` or ``pdf``, by content.

    :raises UnsupportedError: neither.
    """
    head = content[:65_540] if isinstance(content, bytes) else _head(content)
    kind = sniff_format(head)
    if kind not in ("ofd", "pdf"):
        raise UnsupportedError("signing.format", format=kind or "?")
    return kind


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    data = stream.read(65_540)
    stream.seek(0)
    return data
