"""Writing signed messages: GB/T 35275-2017 and, under the standard OIDs, RFC 5652.

Strict DER, one signer: SM2 with SM3, or RSA and ECDSA with SHA-256.  The two OFD usages of
GB/T 35275 differ in what is signed:
``content`` holds the digest and is signed itself (variant A, the literal reading of GM/T 0099),
or signed attributes hold it (variant B, what one widespread reader accepts).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.errors import UnsupportedError
from esealkit.pki.certificate import Certificate
from esealkit.pki.pss import PSS_SHA256
from esealkit.pki.signed_bytes import digest_named

__all__ = [
    "Family",
    "MessageDraft",
    "build_signed_message",
    "draft_signed_message",
    "signing_certificate_attribute",
    "timestamp_attribute",
]

_INTEGER_1 = build.integer(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Which OIDs a message is written under."""

    signed_data: str
    data: str
    signature_algorithm: str
    digest: str = oids.SM3
    """The digest that goes with it."""
    parameters: bytes = b""
    """DER behind the signature algorithm's OID."""

    @classmethod
    def gm(cls) -> Family:
        """GB/T 35275: own content types, SM2-1 as the signature algorithm."""
        return cls(
            signed_data=oids.GM_SIGNED_DATA, data=oids.GM_DATA, signature_algorithm=oids.SM2_SIGN
        )

    @classmethod
    def standard(cls, algorithm: str = "sm2") -> Family:
        """RFC 5652 types, as PDF readers expect, for ``sm2``, ``rsa``, ``rsa-pss``, ``ecdsa``.

        :raises UnsupportedError: another algorithm.
        """
        if algorithm not in _STANDARD:
            raise UnsupportedError("signature.algorithm_unknown", algorithm=algorithm)
        signature, digest, parameters = _STANDARD[algorithm]
        return cls(
            signed_data=oids.CMS_SIGNED_DATA,
            data=oids.CMS_DATA,
            signature_algorithm=signature,
            digest=digest,
            parameters=parameters,
        )


_STANDARD = {
    "sm2": (oids.SM2_WITH_SM3, oids.SM3, b""),
    # RFC 4055 5 wants NULL behind RSA, RFC 5758 3.2 nothing behind ECDSA.
    "rsa": (oids.RSA_WITH_SHA256, oids.SHA256, build.NULL),
    "ecdsa": (oids.ECDSA_WITH_SHA256, oids.SHA256, b""),
    "rsa-pss": (oids.RSASSA_PSS, oids.SHA256, PSS_SHA256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """A message that lacks only its signature; it may be signed in another process."""

    to_be_signed: bytes
    """The message to sign: the attributes' SET, or the content."""
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
        size = None if self.content is None else len(self.content)
        head, tail = self.around(value, size, unsigned_attributes)
        return head + (self.content or b"") + tail

    def around(
        self, value: bytes, size: int | None, unsigned_attributes: Sequence[bytes] = ()
    ) -> tuple[bytes, bytes]:
        """What stands before and behind ``size`` encapsulated octets (``None``: detached).

        Content that does not fit into memory is written between the two by the caller.
        """
        kind = build.oid(self.kind)
        digest = build.sequence(build.oid(self.family.digest))
        certificates = list(dict.fromkeys([self.certificate, *self.chain]))
        before = (_INTEGER_1 if self.kind == self.family.data else build.integer(3)) + (
            build.set_of([digest])
        )
        tail = der.encode(0xA0, *sorted(certificates)) + build.set_of(
            [self._signer_info(value, digest, unsigned_attributes)]
        )
        inner = size or 0
        head = b""
        if size is not None:
            head = _opened(0xA0, _opened(0x04, b"", inner), inner)
        head = before + _opened(0x30, kind + head, inner)
        # SignedData within [0] within ContentInfo.
        inner += len(tail)
        head = _opened(0xA0, _opened(0x30, head, inner), inner)
        return _opened(0x30, build.oid(self.family.signed_data) + head, inner), tail

    def _signer_info(
        self, value: bytes, digest: bytes, unsigned_attributes: Sequence[bytes]
    ) -> bytes:
        signer = Certificate(self.certificate)
        signed = self.attributes
        return build.sequence(
            _INTEGER_1,
            build.sequence(signer.issuer_der, build.integer(signer.serial)),
            digest,
            # The attributes are stored under [0] IMPLICIT, and signed as the SET they are.
            *([b"\xa0" + signed[1:]] if signed is not None else []),
            build.sequence(build.oid(self.family.signature_algorithm), self.family.parameters),
            build.octet_string(value),
            *([der.encode(0xA1, *sorted(unsigned_attributes))] if unsigned_attributes else []),
        )


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
    digest: bytes | None = None,
) -> MessageDraft:
    """A message over ``document`` laid out; arguments as for :func:`build_signed_message`."""
    family = family or Family.gm()
    kind = content_type or family.data
    signed: bytes | None = None
    if attributes:
        _, function = digest_named(family.digest)
        stated = digest or function(document if content is None else content)
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
    sign: Callable[[bytes], bytes],
    certificate: bytes,
    chain: Sequence[bytes] = (),
    family: Family | None = None,
    attributes: bool = False,
    content: bytes | None = None,
    content_type: str | None = None,
    signing_time: dt.datetime | None = None,
    extra_attributes: Sequence[bytes] = (),
    digest: bytes | None = None,
    stamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A ContentInfo with SignedData over ``document``.

    :param sign: gives the signature value of a message: a key's ``sign``.
    :param attributes: variant B: sign attributes whose messageDigest is the digest of
        ``document`` (or of ``content``).
    :param content: encapsulated octets; without attributes they are what is signed (variant A
        passes ``sm3(document)``).
    :param content_type: OID of the encapsulated content; the family's data by default.
    :param extra_attributes: further signed attributes, each a DER ``Attribute``.
    :param digest: of ``document``, where it is known already; ``document`` is not read then.
    :param stamp: gives a time stamp token over the signature value (RFC 3161 appendix A), which
        becomes an unsigned attribute.
    Raises what ``sign`` and ``stamp`` raise.
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
        digest=digest,
    )
    value = sign(draft.to_be_signed)
    return draft.signed(value, [timestamp_attribute(stamp(value))] if stamp else [])


def timestamp_attribute(token: bytes) -> bytes:
    """The unsigned attribute that carries a time stamp token (RFC 3161 appendix A)."""
    return _attribute(oids.ATTRIBUTE_TIMESTAMP_TOKEN, token)


def signing_certificate_attribute(certificate: bytes, digest: str = oids.SM3) -> bytes:
    """ESS signing-certificate-v2 (RFC 5035 3) naming ``certificate`` (DER) by ``digest``."""
    _, function = digest_named(digest)
    # SHA-256 is the default, which DER leaves out.
    named = () if digest == oids.SHA256 else (build.sequence(build.oid(digest)),)
    reference = build.sequence(*named, build.octet_string(function(certificate)))
    return _attribute(
        oids.ATTRIBUTE_SIGNING_CERTIFICATE_V2, build.sequence(build.sequence(reference))
    )


def _opened(identifier: int, head: bytes, rest: int) -> bytes:
    """A TLV that begins with ``head`` and goes on for ``rest`` octets more."""
    return bytes((identifier,)) + der.encode_length(len(head) + rest) + head


def _attribute(oid: str, *values: bytes) -> bytes:
    return build.sequence(build.oid(oid), build.set_of(list(values)))
