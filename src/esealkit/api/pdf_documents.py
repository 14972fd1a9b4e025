"""PDF documents under the public verbs: one stream carried from its signature to its level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from esealkit.api.circumstances import Circumstances, Request
from esealkit.api.committing import (
    Judging,
    Receipt,
    commit,
    digest_of,
    integrity_of,
    write_staged,
)
from esealkit.api.downloads import download_for
from esealkit.api.pdf_options import LEVELS, Level, PdfOptions
from esealkit.api.sources import Source, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import PdfError, UnsupportedError, UsageError
from esealkit.ofd.signatures import Provider
from esealkit.pdf.repair import repaired
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.signed_bytes import SignedBytes
from esealkit.pki.timestamp import parse_token
from esealkit.pki.trust import merge
from esealkit.seal.model import Edition
from esealkit.seal.parse import parse_seal_signature
from esealkit.signing.output import StagedFile, staged_for
from esealkit.signing.pdf_layout import TOKEN_ROOM, PdfForm, PdfLayout, holds_signatures
from esealkit.signing.pdf_levels import add_document_time_stamp, add_validation_data
from esealkit.signing.pdf_signing import (
    embedded,
    lay_out_message,
    lay_out_seal,
    sign_laid_out,
)
from esealkit.signing.pdf_stamps import writable_copy
from esealkit.signing.prepared import PdfRest, PreparedValue, StagedSigning
from esealkit.signing.validation_data import gather_validation_data

__all__ = ["complete", "prepare", "sign"]


@dataclass(slots=True)
class _Tokens:
    """A time stamper that remembers what it gave: the TSA's path belongs to the level."""

    stamper: TimeStamper
    given: list[bytes] = field(default_factory=list)

    def stamp(self, data: bytes) -> bytes:
        self.given.append(self.stamper.stamp(data))
        return self.given[-1]

    def stamp_document(self, data: SignedBytes) -> bytes:
        """Over a whole document, which is copied only for stampers that must have it so."""
        stamper: Any = self.stamper
        pieces = getattr(stamper, "takes_pieces", False)
        self.given.append(stamper.stamp(data if pieces else data.joined()))
        return self.given[-1]


def sign(
    content: bytes | BinaryIO,
    destination: Path | BinaryIO,
    key: SigningKey,
    request: Request,
    around: Circumstances,
) -> Receipt:
    """A seal signature or a CMS signature; see :func:`esealkit.api.sign.stamp`."""
    around.allow_pdf(mark=request.mark)
    level = _level(around)
    also = around.also_key
    if also is not None:
        _check_also(also, around)
    tokens = _Tokens(around.timestamper) if around.timestamper else None
    with _opened(content, around) as stream:
        form = _first_form(stream, around, further=also is not None)
        lay_out = _laying_out(stream, request, form, around)
        layout = sign_laid_out(stream, lay_out, key, tokens.stamp if tokens else None)
        before = around.judging.standing(content, around.now) if layout.earlier else ()
        new = _carry_on(stream, level, _leaves(request), request.chain, tokens, around)
        with staged_for(destination) as staged:
            write_staged(staged, layout.copy_to)
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
    options = around.pdf or PdfOptions()
    if options.level is not None and options.level not in LEVELS:
        raise UsageError("pdf.level", found=options.level, known=", ".join(LEVELS))
    v1 = request.seal is not None and request.seal.edition is Edition.V1
    with _opened(content, around) as stream:
        form = _first_form(stream, around, further=around.further)
        layout, value = _laying_out(stream, request, form, around)(0 if v1 else TOKEN_ROOM)
        earlier = integrity_of(content, value.signed_at, around.judging) if layout.earlier else ()
        with StagedFile(destination, suffix=".esealkit-prepared") as staged:
            write_staged(staged, layout.copy_to)
            digest = digest_of(staged)
            staged.keep()
    provider = around.provider
    return StagedSigning(
        value=value,
        staged=staged.path,
        sha256=digest,
        destination=destination.absolute(),
        clock_is_system=around.clock_is_system,
        earlier=earlier,
        pdf=PdfRest(
            gap=(layout.gap.start, layout.gap.stop, layout.gap.end),
            level=options.level,
            further=around.further,
            lock=around.further and around.extent.lock,
            lock_fields=options.lock_fields if around.further else None,
            pss=options.pss,
            reason=options.reason,
            location=options.location,
            program=None if provider is None else (provider.name, provider.version),
        ),
    )


def complete(waiting: StagedSigning, signature: bytes, around: Circumstances) -> Receipt:
    """The staged file with its value, carried on; see :func:`esealkit.api.sign.complete`."""
    around = _resumed(waiting, around)
    level = _level(around)
    also = around.also_key
    if also is not None:
        _check_also(also, around)
    tokens = _Tokens(around.timestamper) if around.timestamper else None
    value = waiting.value
    signed = value.signed(signature, tokens.stamp if tokens else None)
    leaves = [(Certificate(value.certificate), "signers")]
    if value.is_seal:
        seal = parse_seal_signature(signed.value, limits=around.judging.limits).seal
        leaves.append((Certificate(seal.maker_certificate), "makers"))
    with embedded(waiting, signed) as layout, StagedFile(waiting.destination) as staged:
        new = _carry_on(layout.stream, level, leaves, value.chain, tokens, around)

        def stood(path: Source) -> bool:
            found = integrity_of(path, value.signed_at, around.judging)
            return waiting.earlier is None or found[:-new] == waiting.earlier

        write_staged(staged, layout.copy_to)
        return commit(
            staged,
            value.signed_at,
            around.judging,
            clock_is_system=around.clock_is_system,
            before=None,
            new=new,
            stood=stood,
            now=around.now,
        )


def _resumed(waiting: StagedSigning, around: Circumstances) -> Circumstances:
    """The circumstances of what is left to do, as ``prepare`` was told them.

    :raises UsageError: a further signature was announced, and there is no key for it.
    """
    rest = waiting.pdf
    assert rest is not None
    if rest.further and around.also_key is None:
        raise UsageError("signing.also_needed")
    level = around.pdf.level if around.pdf else cast("Level | None", rest.level)
    name, version = rest.program or ("", "")
    return replace(
        around,
        extent=replace(around.extent, lock=rest.lock),
        provider=Provider(name=name, version=version) if rest.program else None,
        pdf=PdfOptions(
            level=level,
            lock_fields=rest.lock_fields,
            pss=rest.pss,
            reason=rest.reason,
            location=rest.location,
        ),
    )


def _carry_on(
    stream: BinaryIO,
    level: Level,
    leaves: list[tuple[Certificate, str]],
    chain: Iterable[bytes],
    tokens: _Tokens | None,
    around: Circumstances,
) -> int:
    """The second algorithm's signature, and the level; gives how many signatures are new."""
    judging, also = around.judging, around.also_key
    new = 1
    if also is not None:
        second = Request(certificate=Certificate(also.certificate or b""), chain=also.chain)
        form = _locked(stream, around, _form(around, first=False, last=True))
        lay_out = _laying_out(stream, second, form, around)
        sign_laid_out(stream, lay_out, also, tokens.stamp if tokens else None)
        leaves = [*leaves, *_leaves(second)]
        chain = [*chain, *also.chain]
        new += 1
    if level in ("B-LT", "B-LTA"):
        _raise(stream, leaves, chain, tokens, around)
    if level == "B-LTA" and tokens is not None:
        add_document_time_stamp(
            stream, tokens.stamp_document, password=judging.password, limits=judging.limits
        )
        new += 1
    return new


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
        pss=options.pss,
        reason=options.reason,
        location=options.location,
    )
    if provider is not None:
        form = replace(form, application=(provider.name, provider.version))
    return form


def _first_form(stream: BinaryIO, around: Circumstances, *, further: bool) -> PdfForm:
    """Of the first signature; what locks the document is left to the one that ``further`` means."""
    form = _form(around, first=True, last=not further)
    return form if further else _locked(stream, around, form)


def _laying_out(
    stream: BinaryIO, request: Request, form: PdfForm, around: Circumstances
) -> Callable[[int], tuple[PdfLayout, PreparedValue]]:
    """How a revision with the requested signature is laid out, given the room for a token."""
    given: dict[str, Any] = {
        "certificate": request.certificate,
        "chain": request.chain,
        "when": around.now,
        "form": form,
        "password": around.judging.password,
        "limits": around.judging.limits,
    }
    seal = request.seal
    if seal is None:
        return lambda room: lay_out_message(stream, token_room=room, **given)
    return lambda room: lay_out_seal(
        stream, seal=seal, placement=request.placement, token_room=room, **given
    )


def _leaves(request: Request) -> list[tuple[Certificate, str]]:
    """The certificates whose paths the level proves, with their role."""
    leaves = [(request.certificate, "signers")]
    if request.seal is not None:
        leaves.append((Certificate(request.seal.maker_certificate), "makers"))
    return leaves


def _check_also(key: SigningKey, around: Circumstances) -> None:
    """The second algorithm's certificate may sign now."""
    Request.ready(key.certificate, key.chain, around)


def _opened(content: bytes | BinaryIO, around: Circumstances) -> BinaryIO:
    """A private copy to append to; a damaged file is rewritten first where that was asked for."""
    judging = around.judging
    stream = writable_copy(content)
    if around.pdf is None or not around.pdf.repair:
        return stream
    try:
        holds_signatures(stream, judging.password, judging.limits)
    except (PdfError, UnsupportedError):
        with stream:
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
        others = parse_token(token, limits=judging.limits).message.embedded
        intermediates += others
        leaves.extend((item, "tsa") for item in others if not item.is_ca)
    items = [read_small(item, judging.limits.crl_size) for item in judging.evidence]
    data = gather_validation_data(
        dict.fromkeys(leaves),
        stores=merge(judging.trust),
        intermediates=intermediates,
        evidence=sort_evidence(items, limits=judging.limits),
        now=around.now,
        download=_downloads(judging, around.now),
    )
    add_validation_data(stream, data, password=judging.password, limits=judging.limits)


def _downloads(
    judging: Judging, now: dt.datetime
) -> Callable[[Certificate, Certificate], Iterable[bytes]] | None:
    """How revocation data that is not at hand is fetched, where the caller allows it."""
    fetcher = judging.fetch
    if fetcher is None:
        return None
    return lambda certificate, issuer: download_for(
        certificate, issuer, fetcher, now=now, limits=judging.limits
    )
