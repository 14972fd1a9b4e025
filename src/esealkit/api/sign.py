"""Signing: ``esealkit.stamp``, ``prepare`` and ``complete``, ``load_seal``, ``open_key``.

What is written is verified before it takes its place: the new file, beside its destination,
goes through the verifier; only when no check of the new signature failed, and every earlier
signature stands as it stood, is it renamed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from esealkit.api.sources import Source, opened, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.api.verify import Report, Trust, verify
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import (
    OutputError,
    UnsupportedError,
    UsageError,
)
from esealkit.fetching import Fetcher
from esealkit.findings import Outcome
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
from esealkit.verification.judgement import Verdict
from esealkit.verification.results import SignatureResult
from esealkit.verification.verifier import sniff_format

__all__ = ["Prepared", "Receipt", "complete", "load_seal", "open_key", "prepare", "sign", "stamp"]

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was signed, and how the finished file verified."""

    destination: Path
    """The finished file."""
    sha256: str
    """Its digest."""
    signing_time: dt.datetime
    """``timeInfo``, UTC."""
    clock_is_system: bool
    """``False`` when the time came from a ``clock`` given by the caller."""
    signature: SignatureResult
    """The new signature as the verifier saw it: stamps, signer, seal, checks."""
    report: Report
    """Verification of the finished file, under the trust that was given."""

    @property
    def chain_unknown(self) -> bool:
        """Whether the signer's or maker's path could not be decided under the given trust."""
        return any(
            item.finding.check in ("signer.chain", "seal.maker_chain", "seal.maker_authority")
            and item.finding.outcome is Outcome.UNKNOWN
            for item in self.signature.checks
        )


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
    placement: Placement | Sequence[Placement],
    lock: bool = False,
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
    :param timestamper: adds a time stamp over the signature value (V4, V5).
    :param provider: ``NAME[:VERSION[:COMPANY]]`` written into the signature; readers choose
        their plug-in by it.
    :param clock: gives the signing time; for tests.  The receipt says so.
    :raises SealError, CertificateError: seal or certificate must not be used now.
    :raises Forbidden: the document or an earlier signature does not allow it.
    :raises PlacementError: a stamp does not lie on its page.
    :raises OutputError: the destination could not be written; it is unchanged.
    """
    request = _Request(seal, key.certificate, key.chain, clock, trust, provider, limits)
    _not_built(password=password)
    with opened(source, limits=limits) as found:
        before = _standing_of(verify(found.content, trust=trust, policy=policy, when=request.now))
        document = _ofd(found.content, limits)
        laid, value = request.lay_out(document, placement, lock=lock)
        signature = key.sign(value.to_be_signed)
        signed = value.signed(signature, timestamper.stamp if timestamper else None)
        with StagedFile(Path(destination)) as staged:
            _written(staged, lambda out: laid.write(out, signed.value))
            return _committed(
                staged,
                value.signed_at,
                clock is None,
                before,
                lambda path, when: verify(
                    path,
                    trust=trust,
                    policy=policy,
                    when=when,
                    evidence=evidence,
                    fetch=fetch,
                    limits=limits,
                ),
            )


def sign(
    source: Source,
    destination: str | PathLike[str],
    *,
    key: SigningKey,
    lock: bool = False,
    attributes: bool = False,
    trust: Trust = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    provider: str | None = None,
    clock: Clock | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Receipt:
    """Sign a document without a seal (数字签名; GM/T 0099-2020 7.2, GB/T 35275-2017).

    :param attributes: put the digest and the signing time into signed attributes; otherwise the
        digest itself is signed and the time is claimed by the document only.
    :raises CertificateError, Forbidden, OutputError: as for :func:`stamp`.
    """
    moment = _now(clock)
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    certificate = Certificate(key.certificate)
    chain = [Certificate(item) for item in key.chain]
    check_signer_ready(certificate, now=moment, stores=merge(trust), intermediates=chain)
    with opened(source, limits=limits) as found:
        before = _standing_of(verify(found.content, trust=trust, policy=policy, when=moment))
        laid = lay_out_signature(
            _ofd(found.content, limits), when=moment, lock=lock, provider=_provider(provider)
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
            _written(staged, lambda out: laid.write(out, signed.value))
            return _committed(
                staged,
                moment.replace(microsecond=0),
                clock is None,
                before,
                lambda path, when: verify(
                    path, trust=trust, policy=policy, when=when, evidence=evidence, limits=limits
                ),
            )


def prepare(
    source: Source,
    destination: str | PathLike[str],
    *,
    seal: ElectronicSeal | Source,
    certificate: Source,
    placement: Placement | Sequence[Placement],
    lock: bool = False,
    trust: Trust = None,
    provider: str | None = None,
    clock: Clock | None = None,
    chain: Iterable[Source] = (),
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
    with opened(source, limits=limits) as found:
        document = _ofd(found.content, limits)
        laid, value = request.lay_out(document, placement, lock=lock)
        with StagedFile(Path(destination), suffix=".esealkit-prepared") as staged:
            _written(staged, laid.write_staged)
            digest = _digest(staged)
            staged.keep()
            return Prepared(
                staged=StagedSigning(
                    value=value,
                    staged=staged.path,
                    sha256=digest,
                    destination=Path(destination).absolute(),
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
        _written(staged, lambda out: finish_staged(waiting, signed, out))
        receipt = _committed(
            staged,
            waiting.value.signed_at,
            True,
            None,
            lambda path, when: verify(
                path, trust=trust, policy=policy, when=when, evidence=evidence, limits=limits
            ),
        )
    waiting.staged.unlink(missing_ok=True)
    return receipt


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
        self, document: OfdDocument, placement: Placement | Sequence[Placement], *, lock: bool
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


def _written(staged: StagedFile, write: Callable[[BinaryIO], None]) -> None:
    try:
        write(staged.stream)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("output.failed", path=str(staged.destination), reason=reason) from error
    staged.seal_off()


def _digest(staged: StagedFile) -> str:
    staged.stream.seek(0)
    digest = hashlib.sha256()
    while block := staged.stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _standing_of(report: Report) -> tuple[tuple[Verdict, str], ...]:
    """How the signatures stand, one by one."""
    return tuple((item.verdict, item.code) for item in report.documents[0].signatures)


def _committed(
    staged: StagedFile,
    signed_at: dt.datetime,
    clock_is_system: bool,
    before: tuple[tuple[Verdict, str], ...] | None,
    check: Callable[[Path, dt.datetime | None], Report],
) -> Receipt:
    """Verify the staged file, rename it, and say what was done.

    :param before: how the earlier signatures stood; they must stand so still.
    :param check: verifies a path as of a time.
    """
    report = check(staged.path, None if clock_is_system else signed_at)
    results = report.documents[0].signatures
    if not results:
        raise OutputError("signing.self_check", reason=report.code or "no signature found")
    new = results[-1]
    broken = [item.finding.reason for item in new.checks if item.finding.outcome is Outcome.FAILED]
    if broken:
        raise OutputError("signing.self_check", reason=broken[0])
    if before is not None and _standing_of(report)[:-1] != before:
        raise OutputError("signing.earlier_changed")
    digest = report.documents[0].sha256
    report = report.renamed(str(staged.destination))
    staged.commit()
    return Receipt(
        destination=staged.destination,
        sha256=digest,
        signing_time=signed_at,
        clock_is_system=clock_is_system,
        signature=new,
        report=report,
    )
