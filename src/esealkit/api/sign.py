"""Signing: ``esealkit.stamp``, ``prepare`` and ``complete``, ``load_seal``, ``open_key``.

What is written is verified before it takes its place: the new file, beside its destination,
goes through the verifier; only when no check of the new signature failed, and every earlier
signature stands as it stood, is it renamed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from esealkit.api.clocks import Clock, now_of
from esealkit.api.committing import Judging, Receipt, Standing, commit, digest_of, write_staged
from esealkit.api.entries import write_entries
from esealkit.api.marks import Mark, placed_mark
from esealkit.api.pdf_options import PdfOptions
from esealkit.api.plugins import stamp_through
from esealkit.api.sources import Source, opened, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Trust, verify
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Forbidden, MissingExtra, UnsupportedError, UsageError
from esealkit.fetching import Fetcher
from esealkit.journal.use import Use, recorded_use
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.oes import OesPlugin
from esealkit.keys.opening import open_key
from esealkit.keys.seal_storage import is_device_uri, read_stored
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import SignaturePlan
from esealkit.ofd.entries import entries_parts
from esealkit.ofd.protection import Protection
from esealkit.ofd.signatures import Provider
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.pki.trust import TrustStore, merge
from esealkit.placement import Placement
from esealkit.policy import Policy
from esealkit.seal.kinds import kind_of
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import parse_seal
from esealkit.signing.ofd_signing import (
    Extent,
    PlacedMark,
    finish_staged,
    lay_out,
    lay_out_signature,
)
from esealkit.signing.output import StagedFile
from esealkit.signing.prepared import PreparedValue, StagedSigning
from esealkit.signing.readiness import check_ready, check_signer_ready
from esealkit.verification.results import SignatureResult
from esealkit.verification.verifier import sniff_format

__all__ = [
    "PdfOptions",
    "Prepared",
    "Receipt",
    "complete",
    "load_seal",
    "open_key",
    "open_plugin",
    "prepare",
    "sign",
    "stamp",
]

Places = Placement | Iterable[Placement]
_WHOLE = Extent()


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


def open_plugin(uri: str) -> OesPlugin:
    """A vendor's seal plug-in, ``oes:/path/lib.so?seal=ID``, to be given to :func:`stamp` as key.

    :raises UsageError: the URI is wrong, or the library is none (``token.module_*``).
    """
    return OesPlugin(uri)


def load_seal(
    source: Source,
    *,
    strict: bool = True,
    pin: DevicePinSource = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ElectronicSeal:
    """Read an electronic seal: an ESL file, or one kept in a device.

    A device's seal is named by ``skf:…;file=NAME`` or ``pkcs11:…;object=NAME``, a plug-in's by
    ``oes:/path/lib.so?seal=ID``.

    :param pin: for devices that show the seal only after login.
    :param strict: refuse any departure from the standard; ``False`` reads what vendors write.
    :raises SealFormatError, InputError, LimitExceeded: it cannot be read.
    :raises TokenError, PinRejected: the device does not give it.
    """
    if isinstance(source, str) and source.lower().startswith("oes:"):
        return parse_seal(OesPlugin(source).seal(), strict=strict, limits=limits)
    if isinstance(source, str) and is_device_uri(source):
        return parse_seal(read_stored(source, pin=pin), strict=strict, limits=limits)
    return parse_seal(read_small(source, limits.der_size), strict=strict, limits=limits)


def stamp(
    source: Source,
    destination: str | PathLike[str],
    *,
    seal: ElectronicSeal | Source,
    key: SigningKey | OesPlugin,
    placement: Places,
    lock: bool = False,
    protect: Protection = "whole",
    body: int = 0,
    relative_to: int | None = None,
    entries: bool = False,
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
    use: Use | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Stamp a document with a seal: one seal signature, shown where ``placement`` says.

    :param key: signs; or a seal plug-in, which makes the whole signature (OFD only, and without
        ``timestamper``, ``entries`` and ``also_key``).
    :param destination: written beside, verified, renamed; may be the source itself.
    :param lock: forbid further signatures (OFD: covers the list of signatures too; PDF:
        certifies the document as final, or locks all fields).
    :param protect: OFD: ``whole``; ``all-but-annotations``, so that annotations may be added
        later; or a filter that is asked with each part's name, such as :class:`AllBut`.
    :param body: OFD: document body to sign, from 0, in packages that hold several.
    :param relative_to: OFD: index of the signature this one builds on (GM/T 0099 ``Relative``).
    :param entries: OFD: list the package's files afterwards and sign the list with the same key
        (GM/T 0099-2020 7.4, 防夹带); needs ``timestamper``.
    :param timestamper: adds a time stamp over the signature value (V4, V5).
    :param provider: ``NAME[:VERSION[:COMPANY]]`` written into the signature; readers choose
        their plug-in by it.
    :param clock: gives the signing time; for tests.  The receipt says so.
    :param password: of an encrypted PDF.
    :param also_key: a further signature without a seal by this key, RSA or ECDSA for readers
        that know no SM2 (双算法); PDF only.
    :param pdf: what only a PDF can have: level, field, certification.
    :param use: records the use in a journal, before and after; a 公章 then needs an approval.
    :raises JournalError: the use cannot be recorded; nothing is signed.
    :raises SealError, CertificateError: seal or certificate must not be used now.
    :raises Forbidden: the document or an earlier signature does not allow it.
    :raises PlacementError: a stamp does not lie on its page.
    :raises OutputError: the destination could not be written; it is unchanged.
    """
    extent = Extent(body=body, lock=lock, protect=protect, relative_to=relative_to)
    if isinstance(key, OesPlugin):
        _not_by_plugin(timestamper=timestamper, entries=entries or None, password=password)
        _only_for_pdf(also_key=also_key, pdf=pdf)
        judging = Judging(trust, policy, tuple(evidence), fetch, limits)
        now = now_of(clock)
        with opened(source, limits=limits) as found:
            if _format_of(found.content) != "ofd":
                _not_by_plugin(pdf=True)
            return stamp_through(
                key,
                _package(found.content, limits, entries=False),
                destination,
                seal=seal if isinstance(seal, ElectronicSeal) else load_seal(seal, limits=limits),
                placement=placement,
                extent=extent,
                judging=judging,
                before=judging.standing(found.content, None if clock is None else now),
                now=now,
                clock_is_system=clock is None,
                provider=_provider(provider),
            )
    request = _Request(seal, key.certificate, key.chain, clock, trust, provider, limits)
    judging = Judging(trust, policy, tuple(evidence), fetch, limits, password)
    with (
        opened(source, limits=limits) as found,
        recorded_use(
            use,
            seal_id=request.seal.seal_id,
            seal_name=request.seal.name,
            official=kind_of(request.seal.type_code, request.seal.edition) in ("official", "unit"),
            document=Path(found.path).name,
            document_sha256=found.sha256,
            signer=request.certificate.subject,
        ) as finished,
    ):
        if _format_of(found.content) == "pdf":
            _only_for_ofd(extent, entries=entries)
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
            finished(receipt.sha256)
            return receipt
        _only_for_pdf(password=password, also_key=also_key, pdf=pdf)
        document = _package(found.content, limits, entries=entries)
        before = judging.standing(found.content, None if clock is None else request.now)
        laid, value = request.lay_out(document, placement, extent)
        out = _Output(destination, judging, before, extent.body, clock is None)
        receipt = _signed(laid, value, key, timestamper, out, entries=entries)
        finished(receipt.sha256)
        return receipt


def sign(
    source: Source,
    destination: str | PathLike[str],
    *,
    key: SigningKey,
    mark: Mark | None = None,
    placement: Places | None = None,
    lock: bool = False,
    protect: Protection = "whole",
    body: int = 0,
    relative_to: int | None = None,
    entries: bool = False,
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

    :param mark: OFD: a picture, such as handwriting, that shows the signature where
        ``placement`` says; without one the signature shows nothing on the page.
    :param attributes: OFD: put the digest and the signing time into signed attributes; otherwise
        the digest itself is signed and the time is claimed by the document only.
    :param timestamper: adds a time stamp over the signature value (PDF: PAdES B-T).
    :raises CertificateError, Forbidden, OutputError: as for :func:`stamp`, as are the other
        parameters.
    """
    moment = now_of(clock)
    extent = Extent(body=body, lock=lock, protect=protect, relative_to=relative_to)
    shown = placed_mark(mark, placement, limits)
    judging = Judging(trust, policy, tuple(evidence), fetch, limits, password)
    _check_signer(key, moment, trust)
    with opened(source, limits=limits) as found:
        if _format_of(found.content) == "pdf":
            _only_for_ofd(extent, entries=entries, mark=mark)
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
        _only_for_pdf(password=password, also_key=also_key, pdf=pdf)
        certificate = Certificate(key.certificate or b"")
        if not certificate.uses_sm2:
            raise UsageError("signing.not_sm2", subject=certificate.subject)
        document = _package(found.content, limits, entries=entries)
        before = judging.standing(found.content, None if clock is None else moment)
        laid, value = lay_out_signature(
            document,
            certificate=certificate,
            chain=key.chain,
            when=moment,
            extent=extent,
            mark=shown,
            attributes=attributes,
            provider=_provider(provider),
        )
        out = _Output(destination, judging, before, extent.body, clock is None)
        return _signed(laid, value, key, timestamper, out, entries=entries)


@dataclass(frozen=True, slots=True)
class _Output:
    """Where an OFD goes, and what it is held against before it takes its place."""

    destination: str | PathLike[str]
    judging: Judging
    before: Standing
    body: int
    clock_is_system: bool

    def commit(self, staged: StagedFile, signed_at: dt.datetime) -> Receipt:
        return commit(
            staged,
            signed_at,
            self.judging,
            clock_is_system=self.clock_is_system,
            before=self.before,
            body=self.body,
        )


def _signed(
    laid: SignaturePlan,
    value: PreparedValue,
    key: SigningKey,
    timestamper: TimeStamper | None,
    out: _Output,
    *,
    entries: bool,
) -> Receipt:
    """Sign, write, list the files where that is asked for, verify, rename."""
    if entries and timestamper is None:
        raise UsageError("signing.entries_need_time_stamp")
    signature = key.sign(value.to_be_signed)
    signed = value.signed(signature, timestamper.stamp if timestamper else None)
    with StagedFile(Path(out.destination)) as first:
        write_staged(first, lambda stream: laid.write(stream, signed.value))
        if not entries or timestamper is None:
            return out.commit(first, value.signed_at)
        stamper, limits = timestamper, out.judging.limits
        with StagedFile(Path(out.destination)) as second:
            finished = OfdDocument.open(first.stream, limits=limits)
            write_staged(
                second, lambda to: write_entries(finished, to, key, stamper, value.signed_at)
            )
            first.discard()
            return out.commit(second, value.signed_at)


def _package(content: bytes | BinaryIO, limits: Limits, *, entries: bool) -> OfdDocument:
    """The package to be signed.

    :raises Forbidden: it has a signed file list, which the signature would lie outside of.
    """
    document = OfdDocument.open(content, limits=limits)
    if not entries and entries_parts(document):
        raise Forbidden("document.entries_protected")
    return document


def prepare(
    source: Source,
    destination: str | PathLike[str],
    *,
    certificate: Source,
    seal: ElectronicSeal | Source | None = None,
    mark: Mark | None = None,
    placement: Places | None = None,
    lock: bool = False,
    protect: Protection = "whole",
    body: int = 0,
    relative_to: int | None = None,
    attributes: bool = False,
    trust: Trust = None,
    provider: str | None = None,
    clock: Clock | None = None,
    chain: Iterable[Source] = (),
    password: str | bytes | None = None,
    pdf: PdfOptions | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Prepared:
    """Lay out a signature and stage the file, to be signed elsewhere; see :func:`complete`.

    With a ``seal`` it is a seal signature as of :func:`stamp`, without one a digital signature
    as of :func:`sign` (OFD only).  The staged file lies beside ``destination``.  Errors as there.
    """
    extent = Extent(body=body, lock=lock, protect=protect, relative_to=relative_to)
    if seal is not None and mark is not None:
        raise UsageError("usage.seal_or_mark")
    if seal is not None and placement is None:
        raise UsageError("usage.no_placement")
    shown = placed_mark(mark, placement, limits) if seal is None else None
    places: Places = () if placement is None else placement
    own = load_certificates(read_small(certificate, limits.der_size), limits=limits)
    others = [
        item.der
        for entry in chain
        for item in load_certificates(read_small(entry, limits.der_size), limits=limits)
    ]
    request = _Request(seal, own[0].der, tuple(others), clock, trust, provider, limits)
    gap: tuple[int, int, int] | None = None
    with opened(source, limits=limits) as found:
        earlier: tuple[tuple[str, str], ...] | None = None
        if _format_of(found.content) == "pdf":
            _only_for_ofd(extent, mark=mark)
            pdf_documents = _pdf_documents()
            layout, value = pdf_documents.prepare(
                found.content,
                request.seal,
                request.certificate,
                places,
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
            document = _package(found.content, limits, entries=False)
            laid, value = request.lay_out(
                document, places, extent, mark=shown, attributes=attributes
            )
            earlier = _briefly(_integrity_of(found.content, value, limits))
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
                    body=body,
                    clock_is_system=clock is None,
                    earlier=earlier,
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

        def stood(path: Path) -> bool:
            if waiting.earlier is None:
                return True
            results = _integrity_of(path, waiting.value, limits)
            new = [item.index for item in results if item.body == waiting.body][-1:]
            return _briefly(item for item in results if item.index not in new) == waiting.earlier

        receipt = commit(
            staged,
            waiting.value.signed_at,
            judging,
            clock_is_system=waiting.clock_is_system,
            before=None,
            body=waiting.body if waiting.format == "ofd" else None,
            stood=stood,
        )
    waiting.staged.unlink(missing_ok=True)
    return receipt


def _integrity_of(
    source: Source, value: PreparedValue, limits: Limits
) -> tuple[SignatureResult, ...]:
    """Every signature as far as no trust is needed: what two processes can agree on."""
    report = verify(source, trust=None, policy="integrity", when=value.signed_at, limits=limits)
    return report.documents[0].signatures


def _briefly(results: Iterable[SignatureResult]) -> tuple[tuple[str, str], ...]:
    return tuple((item.verdict.value, item.code) for item in results)


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
    """What a signature is made with, checked before any document is opened."""

    def __init__(
        self,
        seal: ElectronicSeal | Source | None,
        certificate: bytes | None,
        chain: tuple[bytes, ...],
        clock: Clock | None,
        trust: Trust,
        provider: str | None,
        limits: Limits,
    ) -> None:
        self.now = now_of(clock)
        if seal is not None and not isinstance(seal, ElectronicSeal):
            seal = load_seal(seal, limits=limits)
        self._seal = seal
        if certificate is None:
            raise UsageError("signing.no_certificate")
        self.certificate = Certificate(certificate)
        self.chain = chain
        self.provider = _provider(provider)
        self.stores: tuple[TrustStore, ...] = merge(trust)
        others = [Certificate(item) for item in chain]
        if seal is None:
            check_signer_ready(
                self.certificate, now=self.now, stores=self.stores, intermediates=others
            )
        else:
            check_ready(
                seal, self.certificate, now=self.now, stores=self.stores, intermediates=others
            )

    @property
    def seal(self) -> ElectronicSeal:
        """The seal.

        :raises UnsupportedError: there is none, and the format needs one.
        """
        if self._seal is None:
            raise UnsupportedError("signing.only_ofd", what="prepare")
        return self._seal

    def lay_out(
        self,
        document: OfdDocument,
        placement: Places,
        extent: Extent,
        *,
        mark: PlacedMark | None = None,
        attributes: bool = False,
    ) -> tuple[SignaturePlan, PreparedValue]:
        """The plan and the value to be signed."""
        if self._seal is None:
            return lay_out_signature(
                document,
                certificate=self.certificate,
                chain=self.chain,
                when=self.now,
                extent=extent,
                mark=mark,
                attributes=attributes,
                provider=self.provider,
            )
        return lay_out(
            document,
            seal=self._seal,
            certificate=self.certificate,
            placement=placement,
            when=self.now,
            extent=extent,
            provider=self.provider,
        )


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


def _not_by_plugin(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise UnsupportedError("signing.not_by_plugin", what=name)


def _only_for_ofd(extent: Extent, **given: object) -> None:
    """Options of GB/T 33190 and GM/T 0099 that a PDF has no place for; ``lock`` it has."""
    chosen = {
        "protect": extent.protect != _WHOLE.protect,
        "body": extent.body,
        "relative_to": extent.relative_to is not None,
        **given,
    }
    for name, value in chosen.items():
        if value:
            raise UnsupportedError("signing.only_ofd", what=name)


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
