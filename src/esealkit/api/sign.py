"""Signing: ``esealkit.stamp``, ``prepare`` and ``complete``, ``load_seal``, ``open_key``.

What is written is verified before it takes its place: the new file, beside its destination,
goes through the verifier; only when no check of the new signature failed, and every earlier
signature stands as it stood, is it renamed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Protocol

from esealkit.api import ofd_documents
from esealkit.api.circumstances import Circumstances, Places, Request, provider_of
from esealkit.api.clocks import Clock, now_of
from esealkit.api.committing import Judging, Receipt
from esealkit.api.marks import Mark, placed_mark
from esealkit.api.pdf_options import Level, PdfOptions
from esealkit.api.plugins import stamp_through
from esealkit.api.seals import load_seal, open_plugin
from esealkit.api.sources import Opened, Source, kind_of, opened, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Trust
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import MissingExtra, UnsupportedError, UsageError
from esealkit.fetching import Fetcher
from esealkit.journal.use import Matter, Use, begin_use, ended_use, failing_use, recorded_use
from esealkit.keys.oes import OesPlugin
from esealkit.keys.opening import open_key
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.protection import Protection
from esealkit.pki.certificate import load_certificates
from esealkit.policy import Policy
from esealkit.seal.kinds import kind_of as kind_of_seal
from esealkit.seal.model import ElectronicSeal
from esealkit.signing.ofd_signing import Extent
from esealkit.signing.output import Destination, target_of
from esealkit.signing.prepared import StagedSigning

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A signing that waits for its signature; :func:`complete` finishes it, in any process."""

    staged: StagedSigning

    @property
    def to_be_signed(self) -> bytes:
        """What is to be signed, such as TBS_Sign; for SM2 under the default signer id, for RSA
        (PKCS#1 v1.5, or PSS where asked for) and ECDSA with SHA-256.
        """
        return self.staged.value.to_be_signed

    @property
    def e(self) -> bytes:
        """``SM3(Z ‖ to_be_signed)``, for RSA and ECDSA SHA-256, for devices that take a digest."""
        return self.staged.value.e

    def to_json(self) -> str:
        """For another process; holds no secret."""
        return self.staged.to_json()


def stamp(
    source: Source,
    destination: Destination,
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
    :param destination: a path: written beside, verified, renamed; may be the source itself.  Or
        a binary stream, such as ``io.BytesIO()``: what is finished and verified is written to
        it, and no file is.
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
    target = target_of(destination)
    around = Circumstances(
        now=now_of(clock),
        clock_is_system=clock is None,
        judging=Judging(trust, policy, tuple(evidence), fetch, limits, password),
        extent=Extent(body=body, lock=lock, protect=protect, relative_to=relative_to),
        entries=entries,
        provider=provider_of(provider),
        timestamper=timestamper,
        also_key=also_key,
        pdf=pdf,
    )
    if isinstance(key, OesPlugin):
        return _stamp_through(key, source, target, seal, placement, around, use)
    request = Request.ready(
        key.certificate, key.chain, around, seal=_seal_of(seal, limits), placement=placement
    )
    with (
        opened(source, limits=limits) as found,
        recorded_use(use, _matter(request, found)) as finished,
    ):
        half = _half_for(_format_of(found.content))
        receipt = half.sign(found.content, target, key, request, around)
        finished(receipt.sha256)
        return receipt


def sign(
    source: Source,
    destination: Destination,
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
    use: Use | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Sign a document without a seal (数字签名; GM/T 0099-2020 7.2, GB/T 35275-2017).

    An OFD document takes SM2 keys; a PDF takes RSA and ECDSA too (ETSI EN 319 142-1).

    :param mark: OFD: a picture, such as handwriting, that shows the signature where
        ``placement`` says; without one the signature shows nothing on the page.
    :param attributes: OFD: put the digest and the signing time into signed attributes; otherwise
        the digest itself is signed and the time is claimed by the document only.
    :param timestamper: adds a time stamp over the signature value (PDF: PAdES B-T).
    :param use: records the use of the key in a journal, under the certificate's SHA-256.
    :raises CertificateError, Forbidden, OutputError: as for :func:`stamp`, as are the other
        parameters.
    """
    target = target_of(destination)
    around = Circumstances(
        now=now_of(clock),
        clock_is_system=clock is None,
        judging=Judging(trust, policy, tuple(evidence), fetch, limits, password),
        extent=Extent(body=body, lock=lock, protect=protect, relative_to=relative_to),
        entries=entries,
        provider=provider_of(provider),
        timestamper=timestamper,
        also_key=also_key,
        pdf=pdf,
    )
    shown = placed_mark(mark, placement, limits)
    request = Request.ready(key.certificate, key.chain, around, mark=shown, attributes=attributes)
    with (
        opened(source, limits=limits) as found,
        recorded_use(use, _matter(request, found)) as finished,
    ):
        half = _half_for(_format_of(found.content))
        receipt = half.sign(found.content, target, key, request, around)
        finished(receipt.sha256)
        return receipt


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
    also_signed: bool = False,
    use: Use | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Prepared:
    """Lay out a signature and stage the file, to be signed elsewhere; see :func:`complete`.

    With a ``seal`` it is a seal signature as of :func:`stamp`, without one a digital signature
    as of :func:`sign`.  The staged file lies beside ``destination``.  Errors as there.

    :param pdf: its level is what :func:`complete` raises the file to.
    :param also_signed: PDF: ``complete`` will be given ``also_key``; ``lock`` and ``lock_fields``
        are then left to that last signature.
    :param use: records the beginning of the use; :func:`complete` records its end.
    """
    if seal is not None and mark is not None:
        raise UsageError("usage.seal_or_mark")
    if seal is not None and placement is None:
        raise UsageError("usage.no_placement")
    around = Circumstances(
        now=now_of(clock),
        clock_is_system=clock is None,
        judging=Judging(trust, None, (), None, limits, password),
        extent=Extent(body=body, lock=lock, protect=protect, relative_to=relative_to),
        provider=provider_of(provider),
        further=also_signed,
        pdf=pdf,
    )
    own, *_ = _certificates(certificate, limits)
    request = Request.ready(
        own,
        [item for entry in chain for item in _certificates(entry, limits)],
        around,
        seal=None if seal is None else _seal_of(seal, limits),
        placement=() if placement is None else placement,
        mark=placed_mark(mark, placement, limits) if seal is None else None,
        attributes=attributes,
    )
    with opened(source, limits=limits) as found:
        half = _half_for(_format_of(found.content))
        begun = None if use is None else begin_use(use, _matter(request, found))
        with failing_use(use, begun):
            staged = half.prepare(found.content, Path(destination), request, around)
        return Prepared(staged=replace(staged, use=begun))


def complete(
    prepared: Prepared | str | bytes,
    signature: bytes,
    *,
    timestamper: TimeStamper | None = None,
    trust: Trust = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    password: str | bytes | None = None,
    also_key: SigningKey | None = None,
    level: Level | None = None,
    clock: Clock | None = None,
    use: Use | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Finish a prepared signing with the signature over its ``to_be_signed``.

    :param prepared: the object, or what its ``to_json`` gave.
    :param signature: DER for SM2 and ECDSA, the octets for RSA.
    :param evidence: also what the levels B-LT and B-LTA put into the document.
    :param fetch: for revocation data that those levels lack.
    :param also_key: PDF: makes a further signature, in another algorithm (双算法).
    :param level: PDF: another level than the one prepared for.
    :param clock: gives the time of completing; for tests.  The time of preparing, where that
        came from a clock too.
    :param use: ends the use whose beginning ``prepare`` recorded, in the same journal.
    :raises InvalidSignature: not the prepared certificate's signature over the value.
    :raises InputError: the staged file is missing or was changed.
    """
    waiting = (
        prepared.staged if isinstance(prepared, Prepared) else StagedSigning.from_json(prepared)
    )
    if clock is None and not waiting.clock_is_system:
        clock = lambda: waiting.value.signed_at  # noqa: E731 - the time of preparing goes on
    around = Circumstances(
        now=now_of(clock),
        clock_is_system=clock is None,
        judging=Judging(trust, policy, tuple(evidence), fetch, limits, password),
        timestamper=timestamper,
        also_key=also_key,
        pdf=None if level is None else PdfOptions(level=level),
    )
    with ended_use(use, waiting.use) as finished:
        receipt = _half_for(waiting.format).complete(waiting, bytes(signature), around)
        finished(receipt.sha256)
    waiting.staged.unlink(missing_ok=True)
    return receipt


class _Half(Protocol):
    """What the module of each format does."""

    def sign(
        self,
        content: bytes | BinaryIO,
        destination: Path | BinaryIO,
        key: SigningKey,
        request: Request,
        around: Circumstances,
    ) -> Receipt: ...

    def prepare(
        self,
        content: bytes | BinaryIO,
        destination: Path,
        request: Request,
        around: Circumstances,
    ) -> StagedSigning: ...

    def complete(
        self, waiting: StagedSigning, signature: bytes, around: Circumstances
    ) -> Receipt: ...


def _half_for(kind: str) -> _Half:
    """The PDF half is loaded when a PDF is there: its libraries are an extra and take long."""
    if kind == "ofd":
        return ofd_documents
    try:
        from esealkit.api import pdf_documents
    except ModuleNotFoundError as error:
        raise MissingExtra("extra.missing", extra="pdf", package=error.name or "") from None
    return pdf_documents


def _format_of(content: bytes | BinaryIO) -> str:
    """``ofd`` or ``pdf``, by content.

    :raises UnsupportedError: neither.
    """
    if (kind := kind_of(content)) not in ("ofd", "pdf"):
        raise UnsupportedError("signing.format", format=kind)
    return kind


def _stamp_through(
    plugin: OesPlugin,
    source: Source,
    destination: Path | BinaryIO,
    seal: ElectronicSeal | Source,
    placement: Places,
    around: Circumstances,
    use: Use | None,
) -> Receipt:
    around.allow_plugin()
    limits = around.judging.limits
    with opened(source, limits=limits) as found:
        if _format_of(found.content) != "ofd":
            raise UnsupportedError("signing.not_by_plugin", what="pdf")
        loaded = _seal_of(seal, limits)
        with recorded_use(use, _matter_of_seal(loaded, plugin.name, found)) as finished:
            receipt = stamp_through(
                plugin,
                found.content,
                destination,
                seal=loaded,
                placement=placement,
                around=around,
            )
            finished(receipt.sha256)
            return receipt


def _matter(request: Request, found: Opened) -> Matter:
    """What the journal is told of a signing."""
    signer = request.certificate
    if request.seal is not None:
        return _matter_of_seal(request.seal, signer.subject, found)
    return Matter(
        subject=hashlib.sha256(signer.der).hexdigest(),
        document=Path(found.path).name,
        document_sha256=found.sha256,
        signer=signer.subject,
    )


def _matter_of_seal(seal: ElectronicSeal, signer: str, found: Opened) -> Matter:
    return Matter(
        subject=seal.seal_id,
        seal=seal.name,
        official=kind_of_seal(seal.type_code, seal.edition) in ("official", "unit"),
        document=Path(found.path).name,
        document_sha256=found.sha256,
        signer=signer,
    )


def _seal_of(seal: ElectronicSeal | Source, limits: Limits) -> ElectronicSeal:
    return seal if isinstance(seal, ElectronicSeal) else load_seal(seal, limits=limits)


def _certificates(source: Source, limits: Limits) -> list[bytes]:
    data = read_small(source, limits.der_size)
    return [item.der for item in load_certificates(data, limits=limits)]
