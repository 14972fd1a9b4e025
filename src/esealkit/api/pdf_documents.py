"""PDF documents under the public verbs: one stream carried from its signature to its level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from esealkit.api.committing import Judging, Receipt, commit, write_staged
from esealkit.api.downloads import download_for
from esealkit.api.pdf_options import LEVELS, Level, PdfOptions
from esealkit.api.sources import read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import PdfError, UnsupportedError, UsageError
from esealkit.ofd.signatures import Provider
from esealkit.pdf.repair import repaired
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.timestamp import certificates_of, parse_token
from esealkit.pki.trust import merge
from esealkit.placement import Placement
from esealkit.seal.model import Edition, ElectronicSeal
from esealkit.signing.output import StagedFile
from esealkit.signing.pdf_signing import (
    PdfForm,
    PdfLayout,
    add_document_time_stamp,
    add_validation_data,
    finish_staged_pdf,
    holds_signatures,
    lay_out_seal,
    sign_with_message,
    sign_with_seal,
    token_room,
)
from esealkit.signing.pdf_stamps import writable_copy
from esealkit.signing.prepared import PreparedValue, Signed, StagedSigning
from esealkit.signing.readiness import check_signer_ready
from esealkit.signing.validation_data import gather_validation_data

__all__ = ["Circumstances", "SealParts", "finish", "prepare", "sign", "stamp"]


@dataclass(frozen=True, slots=True)
class SealParts:
    """What a stamp is made of."""

    seal: ElectronicSeal
    key: SigningKey
    placement: Placement | Iterable[Placement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Under what a document is signed."""

    now: dt.datetime
    clock_is_system: bool
    judging: Judging
    options: PdfOptions
    provider: Provider | None = None
    timestamper: TimeStamper | None = None
    lock: bool = False
    also_key: SigningKey | None = None

    def level(self) -> Level:
        """The level asked for.

        :raises UsageError: it does not exist, or needs a time stamper.
        """
        level = self.options.level or ("B-T" if self.timestamper else "B-B")
        if level not in LEVELS:
            raise UsageError("pdf.level", found=level, known=", ".join(LEVELS))
        if level == "B-B" and self.timestamper is not None:
            raise UsageError("pdf.level_with_tsa")
        if level != "B-B" and self.timestamper is None:
            raise UsageError("pdf.level_needs_tsa", level=level)
        return level

    def form(self, *, first: bool, last: bool) -> PdfForm:
        """How one of the signatures stands; only the first takes a field, the last a lock."""
        options = self.options
        provider = self.provider
        form = PdfForm(
            sub_filter=options.sub_filter if first else None,
            filter=options.filter if first else None,
            field=options.field if first else None,
            certify=options.certify if first else None,
            lock_fields=options.lock_fields if last else None,
            reason=options.reason,
            location=options.location,
        )
        if provider is not None:
            form = replace(form, application=(provider.name, provider.version))
        return form


@dataclass(slots=True)
class _Tokens:
    """A time stamper that remembers what it gave: the TSA's path belongs to the level."""

    stamper: TimeStamper
    given: list[bytes] = field(default_factory=list)

    def stamp(self, data: bytes) -> bytes:
        token = self.stamper.stamp(data)
        self.given.append(token)
        return token


def stamp(
    content: bytes | BinaryIO, destination: Path, parts: SealParts, around: Circumstances
) -> Receipt:
    """A seal signature on a PDF; see :func:`esealkit.api.sign.stamp`."""
    seal, key = parts.seal, parts.key
    certificate = Certificate(key.certificate or b"")

    def first(stream: BinaryIO, form: PdfForm, token: Callable[[bytes], bytes] | None) -> PdfLayout:
        return sign_with_seal(
            stream,
            seal=seal,
            key=key,
            certificate=certificate,
            placement=parts.placement,
            when=around.now,
            form=form,
            stamp=token,
            password=around.judging.password,
            limits=around.judging.limits,
        )

    leaves = [(certificate, "signers"), (Certificate(seal.maker_certificate), "makers")]
    return _signed(content, destination, first, leaves, key.chain, around)


def sign(
    content: bytes | BinaryIO, destination: Path, key: SigningKey, around: Circumstances
) -> Receipt:
    """A CMS signature on a PDF; see :func:`esealkit.api.sign.sign`."""

    def first(stream: BinaryIO, form: PdfForm, token: Callable[[bytes], bytes] | None) -> PdfLayout:
        return _message(stream, key, form, token, around)

    leaves = [(Certificate(key.certificate or b""), "signers")]
    return _signed(content, destination, first, leaves, key.chain, around)


def prepare(
    content: bytes | BinaryIO,
    seal: ElectronicSeal,
    certificate: Certificate,
    placement: Placement | Iterable[Placement],
    around: Circumstances,
) -> tuple[PdfLayout, PreparedValue]:
    """Lay out a seal signature to be signed elsewhere; room is kept for a time stamp token."""
    if around.options.level not in (None, "B-B", "B-T"):
        raise UnsupportedError("pdf.level_prepared", level=around.options.level)
    stream = _opened(content, around)
    return lay_out_seal(
        stream,
        seal=seal,
        certificate=certificate,
        placement=placement,
        when=around.now,
        form=_locked(stream, around, around.form(first=True, last=True)),
        token_room=0 if seal.edition is Edition.V1 else token_room(),
        password=around.judging.password,
        limits=around.judging.limits,
    )


def finish(prepared: StagedSigning, signed: Signed, out: BinaryIO) -> None:
    """State *Embedded* of a prepared signing; see :func:`esealkit.api.sign.complete`."""
    finish_staged_pdf(prepared, signed, out)


First = Callable[[BinaryIO, PdfForm, Callable[[bytes], bytes] | None], PdfLayout]


def _signed(
    content: bytes | BinaryIO,
    destination: Path,
    first: First,
    leaves: list[tuple[Certificate, str]],
    chain: Iterable[bytes],
    around: Circumstances,
) -> Receipt:
    """The first signature, the second algorithm's, the level, and the finished file."""
    level = around.level()
    tokens = _Tokens(around.timestamper) if around.timestamper else None
    also = around.also_key
    if also is not None:
        leaves.append((_checked(also, around), "signers"))
    stream = _opened(content, around)
    form = around.form(first=True, last=also is None)
    if also is None:
        form = _locked(stream, around, form)
    give = tokens.stamp if tokens else None
    layout = first(stream, form, give)
    new = 1
    if also is not None:
        second = _locked(stream, around, around.form(first=False, last=True))
        _message(stream, also, second, give, around)
        new += 1
    if level in ("B-LT", "B-LTA"):
        _raise(stream, leaves, [*chain, *(also.chain if also else ())], tokens, around)
    if level == "B-LTA" and tokens is not None:
        add_document_time_stamp(
            stream, tokens.stamp, password=around.judging.password, limits=around.judging.limits
        )
        new += 1
    before = around.judging.standing(content, around.now) if layout.earlier else ()
    whole = PdfLayout(stream=stream, gap=layout.gap, earlier=layout.earlier)
    with StagedFile(destination) as staged:
        write_staged(staged, whole.copy_to)
        return commit(
            staged,
            around.now.replace(microsecond=0),
            around.judging,
            clock_is_system=around.clock_is_system,
            before=before,
            new=new,
        )


def _message(
    stream: BinaryIO,
    key: SigningKey,
    form: PdfForm,
    token: Callable[[bytes], bytes] | None,
    around: Circumstances,
) -> PdfLayout:
    return sign_with_message(
        stream,
        key=key,
        certificate=Certificate(key.certificate or b""),
        chain=key.chain,
        when=around.now,
        form=form,
        stamp=token,
        password=around.judging.password,
        limits=around.judging.limits,
    )


def _checked(key: SigningKey, around: Circumstances) -> Certificate:
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    certificate = Certificate(key.certificate)
    check_signer_ready(
        certificate,
        now=around.now,
        stores=merge(around.judging.trust),
        intermediates=[Certificate(item) for item in key.chain],
        sm2_only=False,
    )
    return certificate


def _opened(content: bytes | BinaryIO, around: Circumstances) -> BinaryIO:
    """A private copy to append to; a damaged file is rewritten first where that was asked for."""
    judging = around.judging
    stream = writable_copy(content)
    if not around.options.repair:
        return stream
    try:
        holds_signatures(stream, judging.password, judging.limits)
    except (PdfError, UnsupportedError):
        stream.seek(0)
        return writable_copy(repaired(stream.read(), judging.password))
    return stream


def _locked(stream: BinaryIO, around: Circumstances, form: PdfForm) -> PdfForm:
    """``lock``: a first signature certifies that nothing follows, a later one locks fields."""
    if not around.lock or form.certify is not None:
        return form
    if holds_signatures(stream, around.judging.password, around.judging.limits):
        return replace(form, lock_fields=())
    return replace(form, certify=1)


def _raise(
    stream: BinaryIO,
    leaves: list[tuple[Certificate, str]],
    chain: Iterable[bytes],
    tokens: _Tokens | None,
    around: Circumstances,
) -> None:
    """B-LT: gather what later readers need and enter it in the document."""
    judging = around.judging
    intermediates = [Certificate(item) for item in chain]
    for token in tokens.given if tokens else ():
        others = certificates_of(parse_token(token, limits=judging.limits))
        intermediates += others
        leaves.extend((item, "tsa") for item in others if not item.is_ca)
    items = [read_small(item, judging.limits.crl_size) for item in judging.evidence]
    data = gather_validation_data(
        dict.fromkeys(leaves),
        stores=merge(judging.trust),
        intermediates=intermediates,
        evidence=sort_evidence(items, limits=judging.limits),
        now=around.now,
        download=_downloads(judging),
    )
    add_validation_data(stream, data, password=judging.password, limits=judging.limits)


def _downloads(judging: Judging) -> Callable[[Certificate, Certificate], Iterable[bytes]] | None:
    """How revocation data that is not at hand is fetched, where the caller allows it."""
    fetcher = judging.fetch
    if fetcher is None:
        return None
    return lambda certificate, issuer: download_for(certificate, issuer, fetcher, judging.limits)
