"""Seals and seal signatures, every field replaceable (GM/T 0031-2014, GB/T 38540-2020).

A field is replaced by giving its TLV under its name; ``b""`` leaves it out.  What is signed is
signed after the replacement, so that a case has the one fault it is made for.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

from vectors.gen import der_writer as der
from vectors.gen import pki
from vectors.gen.sm2_oracle import DEFAULT_ID, Key, sm3

ROOT_NAME = pki.name("向量根证书")
MAKER_NAME = pki.name("向量制章者")
SIGNER_NAME = pki.name("向量科技有限公司")
ROOT, MAKER, SIGNER = Key.named("seal root"), Key.named("seal maker"), Key.named("seal signer")
ORIGINAL = b"The text under the seal signatures of these vectors.\n"
NOW = "2026-06-01T00:00:00Z"

ROOT_CERT = pki.certificate(
    ROOT_NAME, ROOT, ROOT_NAME, ROOT, serial=100, extensions=pki.ca_extensions()
)


def issued(subject: bytes, key: Key, serial: int, **fields: Any) -> bytes:
    """A certificate from the root."""
    return pki.certificate(subject, key, ROOT_NAME, ROOT, serial=serial, **fields)


MAKER_CERT = issued(MAKER_NAME, MAKER, 101)
SIGNER_CERT = issued(SIGNER_NAME, SIGNER, 102)
CRL = pki.crl(ROOT_NAME, ROOT, [(190, "250101000000Z")])


def png(width: int = 8, height: int = 8) -> bytes:
    """A red square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">L", zlib.crc32(kind + data))
        return struct.pack(">L", len(data)) + kind + data + crc

    row = b"\0" + b"\xe0\x10\x10" * width
    # Stored, not deflated: the bytes must not depend on the zlib at hand.
    raw = row * height
    adler = struct.pack(">L", zlib.adler32(raw))
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF) + raw + adler
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


PNG = png()


def info(edition: str, **fields: bytes) -> bytes:
    """``SES_SealInfo``."""
    v1 = edition == "v1"
    time = der.utc if v1 else der.generalized
    century = "" if v1 else "20"

    def get(key: str, default: bytes) -> bytes:
        return fields.pop(key, default)

    number = {"v1": 1, "v4": 4, "v5": 5}[edition]
    header = get(
        "header",
        der.sequence(
            get("ID", der.ia5("ES")),
            get("version", der.integer(number)),
            get("Vid", der.ia5("vector")),
        ),
    )
    properties = get(
        "property",
        der.sequence(
            get("type", der.integer(1)),
            get("name", der.utf8("向量科技有限公司")),
            get("certListType", b"" if v1 else der.integer(1)),
            get("certList", der.sequence(der.octets(SIGNER_CERT))),
            get("createDate", time(century + "250101000000Z")),
            get("validStart", time(century + "250101000000Z")),
            get("validEnd", time(century + "350101000000Z")),
            get("property_more", b""),
        ),
    )
    picture = get(
        "picture",
        der.sequence(
            get("picture_type", der.ia5("PNG")),
            get("data", der.octets(PNG)),
            get("width", der.integer(40)),
            get("height", der.integer(40)),
        ),
    )
    parts = [header, get("esID", der.ia5("11010000000099")), properties, picture]
    parts.append(get("extDatas", b""))
    parts.append(get("info_more", b""))
    assert not fields, fields
    return der.sequence(*parts)


_SEAL = ("cert", "alg", "value", "more", "sign", "wrap", "signer_id", "key", "signed")
_SIGNATURE = ("tbs_version", "time", "hash", "path", "tbs_ext", "tbs_more")


def seal(edition: str = "v4", **fields: Any) -> bytes:
    """``SESeal``; ``sign`` turns (r, s) into the octets of the value, ``wrap`` those into a TLV."""
    own = {key: fields.pop(key) for key in _SEAL if key in fields}
    body = own.get("info") or info(edition, **fields)
    cert = own.get("cert", der.octets(MAKER_CERT))
    algorithm = own.get("alg", der.oid(pki.SM2_WITH_SM3))
    message = der.sequence(body, cert, algorithm) if edition == "v1" else body
    value = own.get("value") or _value(own.get("signed", message), own, MAKER)
    if edition == "v1":
        return der.sequence(body, der.sequence(cert, algorithm, value), own.get("more", b""))
    return der.sequence(body, cert, algorithm, value, own.get("more", b""))


def _value(message: bytes, own: dict[str, Any], key: Key) -> bytes:
    pair = own.get("key", key).sign(message, own.get("signer_id", DEFAULT_ID))
    octets = own["sign"](*pair) if "sign" in own else der.signature(*pair)
    wrapped: bytes = own["wrap"](octets) if "wrap" in own else der.bits(octets)
    return wrapped


def signature(edition: str = "v4", embedded: bytes | None = None, **fields: Any) -> bytes:
    """``SES_Signature`` over ``ORIGINAL``."""
    own = {key: fields.pop(key) for key in (*_SEAL, *_SIGNATURE) if key in fields}
    assert not fields, fields
    v1 = edition == "v1"
    cert = own.get("cert", der.octets(SIGNER_CERT))
    algorithm = own.get("alg", der.oid(pki.SM2_WITH_SM3))
    moment = der.bits(der.utc("260501000000Z")) if v1 else der.generalized("20260501000000Z")
    number = {"v1": 1, "v4": 4, "v5": 5}[edition]
    tbs = der.sequence(
        own.get("tbs_version", der.integer(number)),
        seal(edition) if embedded is None else embedded,
        own.get("time", moment),
        own.get("hash", der.bits(sm3(ORIGINAL))),
        own.get("path", der.ia5("/Doc_0/Signs/Sign_0/Signature.xml")),
        *([cert, algorithm] if v1 else []),
        own.get("tbs_ext", b""),
        own.get("tbs_more", b""),
    )
    value = own.get("value") or _value(own.get("signed", tbs), own, SIGNER)
    if v1:
        return der.sequence(tbs, value, own.get("more", b""))
    return der.sequence(tbs, cert, algorithm, value, own.get("more", b""))


def cms(original: bytes = ORIGINAL, **fields: Any) -> bytes:
    """SignedData of GB/T 35275 over ``original``, detached, with signed attributes."""
    attributes = fields.get(
        "attributes",
        [
            _attribute("1.2.840.113549.1.9.3", der.oid("1.2.156.10197.6.1.4.2.1")),
            _attribute("1.2.840.113549.1.9.4", der.octets(sm3(original))),
            _attribute("1.2.840.113549.1.9.5", der.utc("260501000000Z")),
        ],
    )
    signed = der.set_of(attributes)
    digest = der.sequence(der.oid(pki.SM3))
    info = der.sequence(
        der.integer(1),
        der.sequence(ROOT_NAME, der.integer(102)),
        digest,
        b"\xa0" + signed[1:],
        der.sequence(der.oid("1.2.156.10197.1.301.1")),
        der.octets(der.signature(*SIGNER.sign(signed))),
    )
    body = der.sequence(
        der.integer(1),
        der.set_of([digest]),
        der.sequence(der.oid("1.2.156.10197.6.1.4.2.1")),
        der.tlv(0xA0, SIGNER_CERT),
        der.set_of(fields.get("signers", [info])),
    )
    return der.sequence(der.oid("1.2.156.10197.6.1.4.2.2"), der.tlv(0xA0, body))


def _attribute(kind: str, value: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of([value]))
