"""PDF documents under the public verbs: one stream carried from its signature to its level."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from esealkit.api.circumstances import Circumstances, Request
from esealkit.api.committing import Judging, Receipt, commit, digest_of, write_staged
from esealkit.api.downloads import download_for
from esealkit.api.pdf_options import LEVELS, Level, PdfOptions
from esealkit.api.sources import read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import PdfError, UnsupportedError, UsageError
from esealkit.pdf.repair import repaired
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.timestamp import certificates_of, parse_token
from esealkit.pki.trust import merge
from esealkit.seal.model import Edition
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
from esealkit.signing.prepared import StagedSigning
from esealkit.signing.readiness import check_signer_ready
from esealkit.signing.validation_data import gather_validation_data

__all__ = ["complete", "prepare", "sign"]


@dataclass(slots=True)
class _Tokens:
    """A time stamper that remembers what it gave: the TSA's path belongs to the level."""

    stamper: TimeStamper
    given: list[bytes] = field(default_factory=list)

    def stamp(self, data: bytes) -> bytes:
        token = self.stamper.stamp(data)
        self.given.append(token)
        return token


def sign(
    content: bytes | BinaryIO,
    destination: Path,
    key: SigningKey,
    request: Request,
    around: Circumstances,
) -> Receipt:
    """A seal signature or a CMS signature; see :func:`esealkit.api.sign.stamp`.

    The first signature, the second algorithm's, the level, and the finished file.
    """
    around.allow_pdf(mark=request.mark)
    level = _level(around)
    tokens = _Tokens(around.timestamper) if around.timestamper else None
    leaves = [(request.certificate, "signers")]
    if request.seal is not None:
        leaves.append((Certificate(request.seal.maker_certificate), "makers"))
    also = around.also_key
    if also is not None:
        leaves.append((_checked(also, around), "signers"))
    stream = _opened(content, around)
    form = _form(around, first=True, last=also is None)
    if also is None:
        form = _locked(stream, around, form)
    give = tokens.stamp if tokens else None
    layout = _first(stream, key, request, form, give, around)
    new = 1
    if also is not None:
        second = _locked(stream, around, _form(around, first=False, last=True))
        _message(stream, also, second, give, around)
        new += 1
    if level in ("B-LT", "B-LTA"):
        _raise(stream, leaves, [*request.chain, *(also.chain if also else ())], tokens, around)
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


def prepare(
    content: bytes | BinaryIO, destination: Path, request: Request, around: Circumstances
) -> StagedSigning:
    """A staged file to be signed elsewhere; room is kept for a time stamp token."""
    around.allow_pdf(mark=request.mark)
    seal, options = request.seal, around.pdf or PdfOptions()
    if seal is None:
        raise UnsupportedError("signing.only_ofd", what="prepare")
    if options.level not in (None, "B-B", "B-T"):
        raise UnsupportedError("pdf.level_prepared", level=options.level)
    stream = _opened(content, around)
    layout, value = lay_out_seal(
        stream,
        seal=seal,
        certificate=request.certificate,
        placement=request.placement,
        when=around.now,
        form=_locked(stream, around, _form(around, first=True, last=True)),
        token_room=0 if seal.edition is Edition.V1 else token_room(),
        password=around.judging.password,
        limits=around.judging.limits,
    )
    with StagedFile(destination, suffix=".esealkit-prepared") as staged:
        write_staged(staged, layout.copy_to)
        digest = digest_of(staged)
        staged.keep()
    return StagedSigning(
        value=value,
        staged=staged.path,
        sha256=digest,
        destination=destination.absolute(),
        clock_is_system=around.clock_is_system,
        gap=(layout.gap.start, layout.gap.stop, layout.gap.end),
    )


def complete(waiting: StagedSigning, signature: bytes, around: Circumstances) -> Receipt:
    """The staged file with its value; see :func:`esealkit.api.sign.complete`."""
    timestamper = around.timestamper
    signed = waiting.value.signed(signature, timestamper.stamp if timestamper else None)
    with StagedFile(waiting.destination) as staged:
        write_staged(staged, lambda out: finish_staged_pdf(waiting, signed, out))
        return commit(
            staged,
            waiting.value.signed_at,
            around.judging,
            clock_is_system=waiting.clock_is_system,
            before=None,
        )


def _level(around: Circumstances) -> Level:
    """The level asked for.

    :raises UsageError: it does not exist, or needs a time stamper.
    """
    asked = around.pdf.level if around.pdf else None
    level = asked or ("B-T" if around.timestamper else "B-B")
    if level not in LEVELS:
        raise UsageError("pdf.level", found=level, known=", ".join(LEVELS))
    if level == "B-B" and around.timestamper is not None:
        raise UsageError("pdf.level_with_tsa")
    if level != "B-B" and around.timestamper is None:
        raise UsageError("pdf.level_needs_tsa", level=level)
    return level


def _form(around: Circumstances, *, first: bool, last: bool) -> PdfForm:
    """How one of the signatures stands; only the first takes a field, the last a lock."""
    options, provider = around.pdf or PdfOptions(), around.provider
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


def _first(
    stream: BinaryIO,
    key: SigningKey,
    request: Request,
    form: PdfForm,
    token: Callable[[bytes], bytes] | None,
    around: Circumstances,
) -> PdfLayout:
    if request.seal is None:
        return _message(stream, key, form, token, around)
    return sign_with_seal(
        stream,
        seal=request.seal,
        key=key,
        certificate=request.certificate,
        placement=request.placement,
        when=around.now,
        form=form,
        stamp=token,
        password=around.judging.password,
        limits=around.judging.limits,
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
    if around.pdf is None or not around.pdf.repair:
        return stream
    try:
        holds_signatures(stream, judging.password, judging.limits)
    except (PdfError, UnsupportedError):
        stream.seek(0)
        return writable_copy(repaired(stream.read(), judging.password))
    return stream


def _locked(stream: BinaryIO, around: Circumstances, form: PdfForm) -> PdfForm:
    """``lock``: a first signature certifies that nothing follows, a later one locks fields."""
    if not around.extent.lock or form.certify is not None:
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
