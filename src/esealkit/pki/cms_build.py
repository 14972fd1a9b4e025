"""Writing signed messages: GB/T 35275-2017 and, under the standard OIDs, RFC 5652.

Strict DER, one signer, SM2 with SM3.  The two OFD usages of GB/T 35275 differ in what is signed:
``content`` holds the digest and is signed itself (variant A, the literal reading of GM/T 0099),
or signed attributes hold it (variant B, what one widespread reader accepts).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.pki.certificate import Certificate

__all__ = [
    "Family",
    "MessageDraft",
    "build_signed_message",
    "draft_signed_message",
    "timestamp_attribute",
]

_INTEGER_1 = build.integer(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Which OIDs a message is written under."""

    signed_data: str
    data: str
    signature_algorithm: str

    @classmethod
    def gm(cls) -> Family:
        """GB/T 35275: own content types, SM2-1 as the signature algorithm."""
        return cls(
            signed_data=oids.GM_SIGNED_DATA, data=oids.GM_DATA, signature_algorithm=oids.SM2_SIGN
        )

    @classmethod
    def standard(cls) -> Family:
        """RFC 5652 content types, SM2-with-SM3: what PDF readers expect."""
        return cls(
            signed_data=oids.CMS_SIGNED_DATA,
            data=oids.CMS_DATA,
            signature_algorithm=oids.SM2_WITH_SM3,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """A message that lacks only its signature; it may be signed in another process."""

    to_be_signed: bytes
    """The message for SM2: the attributes' SET, or the content."""
    certificate: bytes
    """The signer's certificate, DER."""
    family: Family
    kind: str
    """OID of the encapsulated content."""
    chain: tuple[bytes, ...] = ()
    attributes: bytes | None = None
    """Signed attributes as a SET, or ``None``."""
    content: bytes | None = None
    """Encapsulated octets, or ``None``."""

    def signed(self, value: bytes, unsigned_attributes: Sequence[bytes] = ()) -> bytes:
        """The ContentInfo with ``value``, the DER signature over :attr:`to_be_signed`."""
        signer = Certificate(self.certificate)
        digest = build.sequence(build.oid(oids.SM3))
        signed = self.attributes
        info = build.sequence(
            _INTEGER_1,
            build.sequence(signer.issuer_der, build.integer(signer.serial)),
            digest,
            # The attributes are stored under [0] IMPLICIT, and signed as the SET they are.
            *([b"\xa0" + signed[1:]] if signed is not None else []),
            build.sequence(build.oid(self.family.signature_algorithm)),
            build.octet_string(value),
            *([der.encode(0xA1, *sorted(unsigned_attributes))] if unsigned_attributes else []),
        )
        encapsulated = [build.oid(self.kind)]
        if self.content is not None:
            encapsulated.append(build.context(0, build.octet_string(self.content)))
        certificates = list(dict.fromkeys([self.certificate, *self.chain]))
        body = build.sequence(
            _INTEGER_1 if self.kind == self.family.data else build.integer(3),
            build.set_of([digest]),
            build.sequence(*encapsulated),
            der.encode(0xA0, *sorted(certificates)),
            build.set_of([info]),
        )
        return build.sequence(build.oid(self.family.signed_data), build.context(0, body))


def draft_signed_message(
    document: bytes,
    *,
    certificate: bytes,
    chain: Sequence[bytes] = (),
    family: Family | None = None,
    attributes: bool = False,
    content: bytes | None = None,
    content_type: str | None = None,
    signing_time: dt.datetime | None = None,
    extra_attributes: Sequence[bytes] = (),
) -> MessageDraft:
    """A message over ``document`` laid out; arguments as for :func:`build_signed_message`."""
    family = family or Family.gm()
    kind = content_type or family.data
    signed: bytes | None = None
    if attributes:
        stated = sm3(document if content is None else content)
        rows = [
            _attribute(oids.ATTRIBUTE_CONTENT_TYPE, build.oid(kind)),
            _attribute(oids.ATTRIBUTE_MESSAGE_DIGEST, build.octet_string(stated)),
            *extra_attributes,
        ]
        if signing_time is not None:
            rows.append(_attribute(oids.ATTRIBUTE_SIGNING_TIME, build.time(signing_time)))
        signed = build.set_of(rows)
        message = signed
    else:
        message = document if content is None else content
    return MessageDraft(
        to_be_signed=message,
        certificate=certificate,
        family=family,
        kind=kind,
        chain=tuple(chain),
        attributes=signed,
        content=content,
    )


def build_signed_message(
    document: bytes,
    *,
    key: SigningKey,
    certificate: bytes,
    chain: Sequence[bytes] = (),
    family: Family | None = None,
    attributes: bool = False,
    content: bytes | None = None,
    content_type: str | None = None,
    signing_time: dt.datetime | None = None,
    extra_attributes: Sequence[bytes] = (),
    unsigned_attributes: Sequence[bytes] = (),
) -> bytes:
    """A ContentInfo with SignedData over ``document``.

    :param attributes: variant B: sign attributes whose messageDigest is the digest of
        ``document`` (or of ``content``).
    :param content: encapsulated octets; without attributes they are what is signed (variant A
        passes ``sm3(document)``).
    :param content_type: OID of the encapsulated content; the family's data by default.
    :param extra_attributes: further signed attributes, each a DER ``Attribute``.
    :raises KeyBackendError: the key could not sign.
    """
    draft = draft_signed_message(
        document,
        certificate=certificate,
        chain=chain,
        family=family,
        attributes=attributes,
        content=content,
        content_type=content_type,
        signing_time=signing_time,
        extra_attributes=extra_attributes,
    )
    return draft.signed(key.sign(draft.to_be_signed), unsigned_attributes)


def timestamp_attribute(token: bytes) -> bytes:
    """The unsigned attribute that carries a time stamp token (RFC 3161 appendix A)."""
    return _attribute(oids.ATTRIBUTE_TIMESTAMP_TOKEN, token)


def _attribute(oid: str, *values: bytes) -> bytes:
    return build.sequence(build.oid(oid), build.set_of(list(values)))
