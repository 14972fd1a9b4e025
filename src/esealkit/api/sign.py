"""Signing: ``esealkit.stamp``, ``sign``, ``prepare`` and ``complete``, ``load_seal``.

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
from typing import BinaryIO

from esealkit.api.clocks import Clock, now_of
from esealkit.api.committing import Check, Receipt, commit, digest_of, standing_of, write
from esealkit.api.entries import write_entries
from esealkit.api.marks import Mark, placed_mark
from esealkit.api.sources import Source, opened, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Report, Trust, verify
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Forbidden, UnsupportedError, UsageError
from esealkit.fetching import Fetcher
from esealkit.keys.device_pins import DevicePinSource
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
from esealkit.seal.model import ElectronicSeal
from esealkit.seal.parse import parse_seal
from esealkit.signing.ofd_signing import (
    Extent,
    PlacedMark,
    PreparedValue,
    StagedSigning,
    finish_staged,
    lay_out,
    lay_out_signature,
)
from esealkit.signing.output import StagedFile
from esealkit.signing.readiness import check_ready, check_signer_ready
from esealkit.verification.results import SignatureResult
from esealkit.verification.verifier import sniff_format

__all__ = ["Prepared", "Receipt", "complete", "load_seal", "open_key", "prepare", "sign", "stamp"]

Places = Placement | Iterable[Placement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A signing that waits for its signature; :func:`complete` finishes it, in any process."""

    staged: StagedSigning

    @property
    def to_be_signed(self) -> bytes:
        """The message to sign, with SM2 under the default signer id: DER of TBS_Sign, or what a
        digital signature signs.
        """
        return self.staged.value.to_be_signed

    @property
    def e(self) -> bytes:
        """``SM3(Z ‖ to_be_signed)``, for devices that take the digest."""
        return self.staged.value.e

    def to_json(self) -> str:
        """For another process; holds no secret."""
        return self.staged.to_json()


def load_seal(
    source: Source,
    *,
    strict: bool = True,
    pin: DevicePinSource = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ElectronicSeal:
    """Read an electronic seal: an ESL file, or one kept in a device.

    A device's seal is named by ``skf:…;file=NAME`` or ``pkcs11:…;object=NAME``.

    :param pin: for devices that show the seal only after login.
    :param strict: refuse any departure from the standard; ``False`` reads what vendors write.
    :raises SealFormatError, InputError, LimitExceeded: it cannot be read.
    :raises TokenError, PinRejected: the device does not give it.
    """
    if isinstance(source, str) and is_device_uri(source):
        return parse_seal(read_stored(source, pin=pin), strict=strict, limits=limits)
    return parse_seal(read_small(source, limits.der_size), strict=strict, limits=limits)


def stamp(
    source: Source,
    destination: str | PathLike[str],
    *,
    seal: ElectronicSeal | Source,
    key: SigningKey,
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
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Stamp a document with a seal: one seal signature, shown where ``placement`` says.

    :param destination: written beside, verified, renamed; may be the source itself.
    :param lock: forbid further signatures (covers the list of signatures too).
    :param protect: ``whole``; ``all-but-annotations``, so that annotations may be added later;
        or a filter that is asked with each part's name, such as :class:`AllBut`.
    :param body: document body to sign, from 0, in packages that hold several.
    :param relative_to: index of the signature this one builds on (GM/T 0099 ``Relative``).
    :param entries: list the package's files afterwards and sign the list with the same key
        (GM/T 0099-2020 7.4, 防夹带); needs ``timestamper``.
    :param timestamper: adds a time stamp over the signature value (V4, V5).
    :param provider: ``NAME[:VERSION[:COMPANY]]`` written into the signature; readers choose
        their plug-in by it.
    :param clock: gives the signing time; for tests.  The receipt says so.
    :raises SealError, CertificateError: seal or certificate must not be used now.
    :raises Forbidden: the document or an earlier signature does not allow it.
    :raises PlacementError: a stamp does not lie on its page.
    :raises OutputError: the destination could not be written; it is unchanged.
    """
    request = _Request(
        seal=seal,
        placement=placement,
        certificate=key.certificate,
        chain=key.chain,
        clock=clock,
        trust=trust,
        provider=provider,
        extent=Extent(body=body, lock=lock, protect=protect, relative_to=relative_to),
        limits=limits,
    )
    _not_built(password=password)
    check = _check(trust, policy, evidence, fetch, limits)
    return _signed(source, destination, request, key, timestamper, check, entries=entries)


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
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Sign a document without a seal (数字签名; GM/T 0099-2020 7.2, GB/T 35275-2017).

    :param mark: a picture, such as handwriting, that shows the signature where ``placement``
        says; without one the signature shows nothing on the page.
    :param attributes: put the digest and the signing time into signed attributes; otherwise the
        digest itself is signed and the time is claimed by the document only.
    :param timestamper: adds a time stamp over the signature value.

    The other parameters and the errors are those of :func:`stamp`.
    """
    request = _Request(
        mark=placed_mark(mark, placement, limits),
        attributes=attributes,
        certificate=key.certificate,
        chain=key.chain,
        clock=clock,
        trust=trust,
        provider=provider,
        extent=Extent(body=body, lock=lock, protect=protect, relative_to=relative_to),
        limits=limits,
    )
    check = _check(trust, policy, evidence, fetch, limits)
    return _signed(source, destination, request, key, timestamper, check, entries=entries)


def _signed(
    source: Source,
    destination: str | PathLike[str],
    request: _Request,
    key: SigningKey,
    timestamper: TimeStamper | None,
    check: Check,
    *,
    entries: bool,
) -> Receipt:
    """Lay out, sign, write, verify, rename."""
    if entries and timestamper is None:
        raise UsageError("signing.entries_need_time_stamp")
    with opened(source, limits=request.limits) as found:
        document = request.open(found.content, entries=entries)
        before = standing_of(_results(check(found.content, request.judged_at)))
        laid, value = request.lay_out(document)
        signature = key.sign(value.to_be_signed)
        signed = value.signed(signature, timestamper.stamp if timestamper else None)
        with StagedFile(Path(destination)) as first:
            write(first, lambda out: laid.write(out, signed.value))
            if not entries or timestamper is None:
                return request.commit(first, check, value, before)
            with StagedFile(Path(destination)) as second:
                finished = OfdDocument.open(first.stream, limits=request.limits)
                now, stamper = request.now, timestamper
                write(second, lambda out: write_entries(finished, out, key, stamper, now))
                first.discard()
                return request.commit(second, check, value, before)


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
    limits: Limits = DEFAULT_LIMITS,
) -> Prepared:
    """Lay out a signature and stage the file, to be signed elsewhere; see :func:`complete`.

    With a ``seal`` it is a seal signature as of :func:`stamp`, without one a digital signature
    as of :func:`sign`.  The staged file lies beside ``destination``.  Errors as there.
    """
    own = load_certificates(read_small(certificate, limits.der_size), limits=limits)
    others = [
        item.der
        for entry in chain
        for item in load_certificates(read_small(entry, limits.der_size), limits=limits)
    ]
    if seal is not None and mark is not None:
        raise UsageError("usage.seal_or_mark")
    request = _Request(
        seal=seal,
        placement=placement if seal is not None else None,
        mark=placed_mark(mark, placement, limits) if seal is None else None,
        attributes=attributes,
        certificate=own[0].der,
        chain=tuple(others),
        clock=clock,
        trust=trust,
        provider=provider,
        extent=Extent(body=body, lock=lock, protect=protect, relative_to=relative_to),
        limits=limits,
    )
    with opened(source, limits=limits) as found:
        document = request.open(found.content, entries=False)
        laid, value = request.lay_out(document)
        earlier = _integrity_of(found.content, value, limits)
        with StagedFile(Path(destination), suffix=".esealkit-prepared") as staged:
            write(staged, laid.write_staged)
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
                    earlier=_briefly(earlier),
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
    fetch: Fetcher | None = None,
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
    with StagedFile(waiting.destination) as staged:
        write(staged, lambda out: finish_staged(waiting, signed, out))

        def stood(_: tuple[SignatureResult, ...]) -> bool:
            found = _integrity_of(staged.path, waiting.value, limits)
            new = [item.index for item in found if item.body == waiting.body][-1:]
            return _briefly(item for item in found if item.index not in new) == waiting.earlier

        receipt = commit(
            staged,
            _check(trust, policy, evidence, fetch, limits),
            body=waiting.body,
            signed_at=waiting.value.signed_at,
            clock_is_system=waiting.clock_is_system,
            stood=stood,
        )
    waiting.staged.unlink(missing_ok=True)
    return receipt


def _integrity_of(
    source: Source, value: PreparedValue, limits: Limits
) -> tuple[SignatureResult, ...]:
    """Every signature as far as no trust is needed: what two processes can agree on."""
    report = verify(source, trust=None, policy="integrity", when=value.signed_at, limits=limits)
    return _results(report)


def _briefly(results: Iterable[SignatureResult]) -> tuple[tuple[str, str], ...]:
    return tuple((item.verdict.value, item.code) for item in results)


def _results(report: Report) -> tuple[SignatureResult, ...]:
    return report.documents[0].signatures


def _check(
    trust: Trust,
    policy: Policy | str | None,
    evidence: Iterable[Source],
    fetch: Fetcher | None,
    limits: Limits,
) -> Check:
    """Verification under the caller's terms; the evidence is read once."""
    given = tuple(evidence)

    def check(source: Source, when: dt.datetime | None) -> Report:
        return verify(
            source,
            trust=trust,
            policy=policy,
            when=when,
            evidence=given,
            fetch=fetch,
            limits=limits,
        )

    return check


class _Request:
    """What a signature is made with, checked before any document is opened."""

    def __init__(
        self,
        *,
        certificate: bytes | None,
        chain: tuple[bytes, ...],
        clock: Clock | None,
        trust: Trust,
        provider: str | None,
        extent: Extent,
        limits: Limits,
        seal: ElectronicSeal | Source | None = None,
        placement: Places | None = None,
        mark: PlacedMark | None = None,
        attributes: bool = False,
    ) -> None:
        self.now = now_of(clock)
        self.judged_at = None if clock is None else self.now
        self.extent = extent
        self.limits = limits
        self._mark = mark
        self._attributes = attributes
        self._placement = placement
        if certificate is None:
            raise UsageError("signing.no_certificate")
        self._certificate = Certificate(certificate)
        self._chain = chain
        self._provider = _provider(provider)
        stores: tuple[TrustStore, ...] = merge(trust)
        others = [Certificate(item) for item in chain]
        self._seal: ElectronicSeal | None = None
        if seal is None:
            check_signer_ready(self._certificate, now=self.now, stores=stores, intermediates=others)
            return
        if placement is None:
            raise UsageError("usage.no_placement")
        self._seal = seal if isinstance(seal, ElectronicSeal) else load_seal(seal, limits=limits)
        check_ready(
            self._seal, self._certificate, now=self.now, stores=stores, intermediates=others
        )

    def open(self, content: bytes | BinaryIO, *, entries: bool) -> OfdDocument:
        """The document to be signed.

        :raises Forbidden: it has a signed file list, which the signature would lie outside of.
        """
        document = _ofd(content, self.limits)
        if not entries and entries_parts(document):
            raise Forbidden("document.entries_protected")
        return document

    def lay_out(self, document: OfdDocument) -> tuple[SignaturePlan, PreparedValue]:
        """The plan and the value to be signed."""
        if self._seal is not None and self._placement is not None:
            return lay_out(
                document,
                seal=self._seal,
                certificate=self._certificate,
                placement=self._placement,
                when=self.now,
                extent=self.extent,
                provider=self._provider,
            )
        return lay_out_signature(
            document,
            certificate=self._certificate,
            chain=self._chain,
            when=self.now,
            extent=self.extent,
            mark=self._mark,
            attributes=self._attributes,
            provider=self._provider,
        )

    def commit(
        self, staged: StagedFile, check: Check, value: PreparedValue, before: object
    ) -> Receipt:
        """Verify and rename; the earlier signatures must stand as ``before`` says."""
        return commit(
            staged,
            check,
            body=self.extent.body,
            signed_at=value.signed_at,
            clock_is_system=self.judged_at is None,
            stood=lambda earlier: standing_of(earlier) == before,
        )


def _provider(text: str | None) -> Provider | None:
    if text is None:
        return None
    parts = [*text.split(":", 2), "", ""][:3]
    if not parts[0].strip():
        raise UsageError("usage.provider", found=text)
    return Provider(name=parts[0], version=parts[1], company=parts[2])


def _not_built(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise UnsupportedError("signing.not_built", what=name)


def _ofd(content: bytes | BinaryIO, limits: Limits) -> OfdDocument:
    head = content[:65_540] if isinstance(content, bytes) else _head(content)
    kind = sniff_format(head)
    if kind != "ofd":
        raise UnsupportedError("signing.format", format=kind or "?")
    return OfdDocument.open(content, limits=limits)


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    data = stream.read(65_540)
    stream.seek(0)
    return data
