"""Writing an archive directory, whole or not at all."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from esealkit import words
from esealkit.api.sources import Opened, Source, ofd_document, opened
from esealkit.api.verify import Report, Trust, verify
from esealkit.archive.directory import NewDirectory
from esealkit.archive.record import RECORD, SIGNATURE, record_bytes
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import (
    EsealError,
    NotPassed,
    OutputError,
    UnsupportedError,
    UsageError,
)
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.document import Box
from esealkit.ofd.reading_copy import DrawnSeal, write_reading_copy
from esealkit.picture.measure import PictureKind, measure_picture
from esealkit.picture.png import encode_png
from esealkit.picture.raster import raster_picture
from esealkit.pki.certificate import Certificate
from esealkit.pki.statement import sign_statement
from esealkit.policy import Policy
from esealkit.verification.judgement import Verdict
from esealkit.verification.results import DocumentResult, SignatureResult

__all__ = ["Archived", "archive"]

_PLAIN = {PictureKind.PNG: "png", PictureKind.JPEG: "jpg", PictureKind.BMP: "bmp"}
_KEPT = (Verdict.PASSED, Verdict.INDETERMINATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What was archived."""

    directory: Path
    verdict: Verdict
    """The document's verdict, as the record says it."""
    files: tuple[str, ...]
    """Names in the directory."""
    record_signed: bool
    stripped: bool
    """Whether the original was dropped."""
    report: Report


def archive(
    source: Source,
    destination: str | PathLike[str],
    *,
    trust: Trust,
    key: SigningKey | None = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    when: dt.datetime | None = None,
    strip: bool = False,
    any_verdict: bool = False,
    mark: str = "副本",
    clock: dt.datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Archived:
    """Verify a document and write a directory for the archive.

    The directory holds the original bytes, a reading copy with each seal's picture in place, no
    signature data and ``mark`` on every page, the report (JSON and HTML), each seal's picture,
    and a record of all of them, signed when ``key`` is given.

    :param destination: a directory that does not exist yet; it appears whole or not at all.
    :param strip: drop the original; then nobody can verify the seals again.
    :param any_verdict: archive also what failed or is unsigned; the record says so.
    :param clock: the time of the record, for tests.
    :raises NotPassed: the verdict is neither passed nor indeterminate, without ``any_verdict``.
    :raises UnsupportedError: no OFD document; its reading copy cannot be made.
    :raises OutputError: the destination exists, or cannot be written.
    """
    target = Path(os.path.abspath(destination))
    if target.exists() or target.is_symlink():
        raise OutputError("archive.exists", path=str(target))
    if key is not None and key.certificate is None:
        raise UsageError("signing.no_certificate")
    moment = clock or dt.datetime.now(dt.UTC)
    with opened(source, limits=limits) as found:
        report = verify(
            found.content, trust=trust, policy=policy, evidence=evidence, when=when, limits=limits
        )
        document = report.documents[0]
        if document.format != "ofd" and document.verdict is not Verdict.UNREADABLE:
            raise UnsupportedError("archive.format", format=document.format.upper() or "?")
        if document.verdict is Verdict.UNREADABLE or (
            document.verdict not in _KEPT and not any_verdict
        ):
            raise NotPassed(
                "archive.not_passed", verdict=document.verdict.value, reason=document.code
            )
        pictures = _seal_files(document)
        copy = _reading_copy(found, document, mark, limits)
        with NewDirectory(target) as folder:
            rows = [] if strip else [folder.copy("original.ofd", "original", found)]
            rows.append(folder.write("reading-copy.ofd", "reading copy", copy))
            shown = report.renamed(Path(found.path).name)
            rows.append(folder.write("report.json", "report", shown.to_json().encode()))
            rows.append(folder.write("report.html", "report", shown.to_html().encode()))
            rows += [folder.write(name, "seal picture", data) for name, data in pictures.items()]
            signer = Certificate(key.certificate).subject if key and key.certificate else None
            record = record_bytes(
                report,
                source={
                    "name": words.inert(Path(found.path).name),
                    "sha256": found.sha256,
                    "kept": not strip,
                },
                files=rows,
                made_at=moment,
                signer=signer,
            )
            folder.write(RECORD, "record", record)
            if key is not None and key.certificate is not None:
                value = sign_statement(record, key=key, moment=moment, detached=True)
                folder.write(SIGNATURE, "signature of the record", value)
            folder.commit()
    return Archived(
        directory=target,
        verdict=document.verdict,
        files=tuple(folder.names),
        record_signed=key is not None,
        stripped=strip,
        report=shown,
    )


# -- the reading copy -------------------------------------------------------------------------


def _reading_copy(found: Opened, document: DocumentResult, mark: str, limits: Limits) -> bytes:
    seals = [seal for signature in document.signatures for seal in _drawn(signature, limits)]
    out = io.BytesIO()
    write_reading_copy(ofd_document(found.content, limits), seals, out, mark=mark)
    return out.getvalue()


def _drawn(signature: SignatureResult, limits: Limits) -> Iterable[DrawnSeal]:
    if signature.seal is None or not signature.stamps:
        return
    data = signature.seal.picture.data
    picture, suffix = _drawable(data, limits)
    for stamp in signature.stamps:
        if stamp.page is None:
            continue
        box, clip = (stamp.x_mm, stamp.y_mm, stamp.width_mm, stamp.height_mm), stamp.clip
        shown, kind = picture, suffix
        if clip is not None and (cut := _cut(data, box, clip, limits)) is not None:
            shown, kind, box, clip = cut, "png", _visible(box, clip), None
        yield DrawnSeal(
            body=signature.body,
            page=stamp.page,
            box=box,
            clip=clip,
            picture=shown,
            suffix=kind,
            name=words.inert(signature.seal.name),
        )


def _visible(box: Box, clip: Box) -> Box:
    """The part of a stamp that its clip shows, on the page."""
    left, top = max(clip[0], 0.0), max(clip[1], 0.0)
    right, bottom = min(clip[0] + clip[2], box[2]), min(clip[1] + clip[3], box[3])
    return box[0] + left, box[1] + top, right - left, bottom - top


def _cut(data: bytes, box: Box, clip: Box, limits: Limits) -> bytes | None:
    """That part of the picture as a picture of its own: readers differ in what they clip.

    ``None`` where pictures cannot be decoded here; then the reader is asked to clip.
    """
    try:
        pixels = raster_picture(data, dpi=300, limits=limits)
    except EsealError:
        return None
    x, y, width, height = _visible(box, clip)
    if width <= 0 or height <= 0:
        return None
    across, down = pixels.width / box[2], pixels.height / box[3]
    left, right = round((x - box[0]) * across), round((x - box[0] + width) * across)
    top, bottom = round((y - box[1]) * down), round((y - box[1] + height) * down)
    if right <= left or bottom <= top:
        return None
    stride = 4 * pixels.width
    rows = (
        pixels.rgba[row * stride + 4 * left : row * stride + 4 * right]
        for row in range(top, bottom)
    )
    return encode_png(b"".join(rows), width=right - left, height=bottom - top, dpi=300)


def _drawable(data: bytes, limits: Limits) -> tuple[bytes | None, str]:
    """The picture as OFD holds pictures; drawings are rastered where that can be done here."""
    measured = measure_picture(data)
    if measured is not None and measured.kind in _PLAIN:
        return data, _PLAIN[measured.kind]
    try:
        pixels = raster_picture(data, dpi=300, limits=limits)
    except EsealError:
        return None, ""
    return encode_png(pixels.rgba, width=pixels.width, height=pixels.height, dpi=300), "png"


def _seal_files(document: DocumentResult) -> dict[str, bytes]:
    """Each seal's picture as the seal holds it."""
    found: dict[str, bytes] = {}
    for signature in document.signatures:
        if signature.seal is not None:
            measured = measure_picture(signature.seal.picture.data)
            suffix = measured.kind.value if measured else "bin"
            found[f"seal-{signature.index + 1}.{suffix}"] = signature.seal.picture.data
    return found
