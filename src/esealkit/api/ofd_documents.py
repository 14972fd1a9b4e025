"""OFD documents under the public verbs: laid out, signed, listed, verified, renamed."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from esealkit.api.circumstances import Circumstances, Request
from esealkit.api.committing import Receipt, Standing, commit, digest_of, integrity_of, write_staged
from esealkit.api.entries import write_entries
from esealkit.api.sources import Source
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import Forbidden, UsageError
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.embed import SignaturePlan
from esealkit.ofd.entries import entries_parts
from esealkit.signing.ofd_signing import finish_staged, lay_out, lay_out_signature
from esealkit.signing.output import Staged, StagedFile, staged_for
from esealkit.signing.prepared import PreparedValue, StagedSigning

__all__ = ["complete", "package_to_sign", "prepare", "sign"]


def sign(
    content: bytes | BinaryIO,
    destination: Path | BinaryIO,
    key: SigningKey,
    request: Request,
    around: Circumstances,
) -> Receipt:
    """A seal signature or a digital signature; see :func:`esealkit.api.sign.stamp`."""
    _check(request, around)
    document = package_to_sign(content, around)
    before = around.judging.standing(content, around.when)
    laid, value = _laid_out(document, request, around)
    timestamper = around.timestamper
    signature = key.sign(value.to_be_signed)
    signed = value.signed(signature, timestamper.stamp if timestamper else None)
    with staged_for(destination) as first:
        write_staged(first, lambda stream: laid.write(stream, signed.value))
        if not around.entries or timestamper is None:
            return _committed(first, value, before, around)
        stamper = timestamper
        with staged_for(destination) as second:
            finished = OfdDocument.open(first.stream, limits=around.judging.limits)
            write_staged(
                second, lambda to: write_entries(finished, to, key, stamper, value.signed_at)
            )
            first.discard()
            return _committed(second, value, before, around)


def prepare(
    content: bytes | BinaryIO, destination: Path, request: Request, around: Circumstances
) -> StagedSigning:
    """A staged package to be signed elsewhere; see :func:`esealkit.api.sign.prepare`."""
    _check(request, around)
    document = package_to_sign(content, around)
    laid, value = _laid_out(document, request, around)
    earlier = integrity_of(content, value.signed_at, around.judging)
    with StagedFile(destination, suffix=".esealkit-prepared") as staged:
        write_staged(staged, laid.write_staged)
        digest = digest_of(staged)
        staged.keep()
    return StagedSigning(
        value=value,
        staged=staged.path,
        sha256=digest,
        destination=destination.absolute(),
        body=around.extent.body,
        clock_is_system=around.clock_is_system,
        earlier=earlier,
    )


def complete(waiting: StagedSigning, signature: bytes, around: Circumstances) -> Receipt:
    """The staged package with its value; see :func:`esealkit.api.sign.complete`."""
    around.allow_ofd()
    timestamper = around.timestamper
    signed = waiting.value.signed(signature, timestamper.stamp if timestamper else None)

    def stood(path: Source) -> bool:
        if waiting.earlier is None:
            return True
        found = integrity_of(
            path, waiting.value.signed_at, around.judging, except_body=waiting.body
        )
        return found == waiting.earlier

    with StagedFile(waiting.destination) as staged:
        write_staged(staged, lambda out: finish_staged(waiting, signed, out))
        return commit(
            staged,
            waiting.value.signed_at,
            around.judging,
            clock_is_system=around.clock_is_system,
            before=None,
            body=waiting.body,
            stood=stood,
            now=around.now,
        )


def _check(request: Request, around: Circumstances) -> None:
    """What needs no look into the package."""
    around.allow_ofd()
    if not request.certificate.uses_sm2:
        raise UsageError("signing.not_sm2", subject=request.certificate.subject)
    if around.entries and around.timestamper is None:
        raise UsageError("signing.entries_need_time_stamp")


def package_to_sign(content: bytes | BinaryIO, around: Circumstances) -> OfdDocument:
    """The package to be signed.

    :raises Forbidden: it has a signed file list, which the signature would lie outside of.
    """
    document = OfdDocument.open(content, limits=around.judging.limits)
    if not around.entries and entries_parts(document):
        raise Forbidden("document.entries_protected")
    return document


def _laid_out(
    document: OfdDocument, request: Request, around: Circumstances
) -> tuple[SignaturePlan, PreparedValue]:
    """The plan and the value to be signed."""
    if request.seal is None:
        return lay_out_signature(
            document,
            certificate=request.certificate,
            chain=request.chain,
            when=around.now,
            extent=around.extent,
            mark=request.mark,
            attributes=request.attributes,
            provider=around.provider,
        )
    return lay_out(
        document,
        seal=request.seal,
        certificate=request.certificate,
        placement=request.placement,
        when=around.now,
        extent=around.extent,
        provider=around.provider,
    )


def _committed(
    staged: Staged, value: PreparedValue, before: Standing, around: Circumstances
) -> Receipt:
    return commit(
        staged,
        value.signed_at,
        around.judging,
        clock_is_system=around.clock_is_system,
        before=before,
        body=around.extent.body,
    )
