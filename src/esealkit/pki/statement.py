"""Statements: octets that one signer signed, with the time, as a GB/T 35275 message.

The shape of everything that esealkit itself signs and is no document: status lists, records of
making, certificates as data, heads of a journal.  The content travels inside, or apart from it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from esealkit.asn1 import oids
from esealkit.crypto import SM3, sm2, sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import EsealError, InvalidSignature, SealFormatError, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import SignedMessage, SignerInfo, parse_signed_message
from esealkit.pki.cms_build import MessageDraft, draft_signed_message
from esealkit.pki.cms_verify import (
    Message,
    find_message,
    select_certificate,
    verify_signer,
)

__all__ = [
    "Statement",
    "plain_json",
    "read_statement",
    "read_statements",
    "sign_statement",
    "write_statement",
]

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose signature holds; whether its signer is trusted is the caller's."""

    content: bytes
    signer: Certificate


def plain_json(value: Mapping[str, Any]) -> bytes:
    """``value`` as JSON of one form: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sign_statement(
    content: bytes, *, key: SigningKey, moment: dt.datetime, detached: bool = False
) -> bytes:
    """``content``, signed; ``detached``: the message does not carry it.

    :raises UsageError: the key has no certificate.
    """
    draft = _draft(sm3(content), key, moment)
    value = key.sign(draft.to_be_signed)
    return replace(draft, content=None if detached else content).signed(value)


def write_statement(
    out: BinaryIO, content: BinaryIO, *, key: SigningKey, moment: dt.datetime
) -> bytes:
    """As :func:`sign_statement`, from one file into another; gives the SM3 of what was written.

    DER says a length before its octets, so the content has to be finished before; memory does not
    grow with it.

    :param content: seekable, read from its beginning.
    :raises UsageError: the key has no certificate.
    """
    digest, size = SM3(), 0
    for block in _blocks(content):
        digest.update(block)
        size += len(block)
    draft = _draft(digest.digest(), key, moment)
    head, tail = draft.around(key.sign(draft.to_be_signed), size)
    whole = SM3()

    def put(data: bytes) -> None:
        whole.update(data)
        out.write(data)

    put(head)
    for block in _blocks(content):
        put(block)
    put(tail)
    return whole.digest()


def _blocks(content: BinaryIO) -> Iterable[bytes]:
    content.seek(0)
    return iter(lambda: content.read(_BLOCK), b"")


def _draft(digest: bytes, key: SigningKey, moment: dt.datetime) -> MessageDraft:
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    return draft_signed_message(
        b"",
        digest=digest,
        certificate=key.certificate,
        chain=key.chain,
        attributes=True,
        content_type=oids.GM_DATA,
        signing_time=moment,
    )


def read_statement(
    data: bytes, *, content: bytes | None = None, limits: Limits = DEFAULT_LIMITS
) -> Statement:
    """Read and verify a statement.

    :param content: what a detached one is about.
    :raises SealFormatError, LimitExceeded: it is none.
    :raises InvalidSignature: its signature does not hold.
    """
    [found] = read_statements([(data, content)], limits=limits)
    if isinstance(found, EsealError):
        raise found
    return found


def read_statements(
    rows: Iterable[tuple[bytes, bytes | None]], *, limits: Limits = DEFAULT_LIMITS
) -> list[Statement | EsealError]:
    """Many statements with their contents, their SM2 signatures verified in one batch.

    Gives for each row the statement, or the error that :func:`read_statement` would raise.
    """
    known: dict[bytes, Certificate] = {}
    found: list[Statement | EsealError] = []
    batch: list[tuple[int, sm2.PublicKey, bytes, bytes]] = []
    for number, (data, content) in enumerate(rows):
        try:
            read = _read(data, content, limits)
            certificate = known.setdefault(read.certificate.der, read.certificate)
            found.append(Statement(read.content, certificate))
            if certificate.uses_sm2 and _plainly_sm2(read.signer):
                key = certificate.sm2_key
                batch.append((number, key, read.signer.signature, read.signer.attributes or b""))
            else:
                verify_signer(read.signer, certificate, [read.message], read.content)
        except EsealError as error:
            found[number:] = [error]
    held = sm2.verify_many([row[1:] for row in batch])
    for (number, *_), holds in zip(batch, held, strict=True):
        if not holds:
            found[number] = InvalidSignature("crypto.invalid_signature")
    return found


def _plainly_sm2(signer: SignerInfo) -> bool:
    return signer.digest_algorithm == oids.SM3 and signer.signature_algorithm in (
        oids.SM2_SIGN,
        oids.SM2_WITH_SM3,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    content: bytes
    signer: SignerInfo
    certificate: Certificate
    message: Message


def _read(data: bytes, content: bytes | None, limits: Limits) -> _Read:
    parsed = parse_signed_message(data, limits=limits)
    carried = _about(parsed, content)
    [signer] = parsed.signers
    certificate = select_certificate(parsed, signer)
    if certificate is None or signer.attributes is None:
        raise SealFormatError("cms.structure", what="signer")
    [message] = find_message(parsed, signer, carried)
    if not message.digest_matches:
        raise SealFormatError("cms.structure", what="messageDigest")
    return _Read(carried, signer, certificate, message)


def _about(parsed: SignedMessage, content: bytes | None) -> bytes:
    """What it is about; inside, or given, never both nor neither."""
    if len(parsed.signers) != 1 or (parsed.content is None) == (content is None):
        raise SealFormatError("cms.structure", what="one signer over one content")
    return content if content is not None else (parsed.content or b"")
