"""Time stamp tokens built TLV by TLV, and seal signatures that carry them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence

from esealkit.asn1 import build, der, oids
from esealkit.crypto import sm3
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from tests.support.cms import attribute, by_issuer, signed_data, signer_info

_HASHES: dict[str, Callable[[bytes], bytes]] = {
    oids.SM3: sm3,
    oids.SHA1: lambda data: hashlib.sha1(data).digest(),
    oids.SHA256: lambda data: hashlib.sha256(data).digest(),
}


def tst_info(
    data: bytes,
    time: dt.datetime | bytes,
    *,
    algorithm: str = oids.SM3,
    hashed: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """``TSTInfo``; ``time`` as bytes is the GeneralizedTime's content, right or wrong."""
    if hashed is None:
        hashed = _HASHES[algorithm](data)
    if isinstance(time, dt.datetime):
        time = time.strftime("%Y%m%d%H%M%SZ").encode()
    return build.sequence(
        build.integer(1),
        build.oid("1.2.3.4"),
        build.sequence(build.sequence(build.oid(algorithm)), build.octet_string(hashed)),
        build.integer(7),
        der.encode(0x18, time),
        extra,
    )


def token(
    info: bytes,
    key: SoftwareKey,
    certificate: Certificate,
    *,
    signers: int = 1,
    message: bytes | None = None,
    attributes: bool = True,
    attributes_also: Sequence[bytes] = (),
    kind: str = oids.TST_INFO,
    chain: Sequence[bytes] = (),
    outer: str = oids.CMS_SIGNED_DATA,
) -> bytes:
    """A token over ``info``, signed as often as asked."""
    rows = [
        attribute(oids.ATTRIBUTE_CONTENT_TYPE, build.oid(kind)),
        attribute(oids.ATTRIBUTE_MESSAGE_DIGEST, build.octet_string(sm3(info))),
        *attributes_also,
    ]
    made = signer_info(
        message if message is not None else (None if attributes else info),
        attributes=rows if attributes else None,
        key=key,
        certificate=certificate,
        sid=by_issuer(certificate),
        algorithm=oids.SM2_WITH_SM3,
    )
    return signed_data(
        *[made] * signers,
        content=info,
        kind=kind,
        certificates=(certificate.der, *chain),
        outer=outer,
    )


def carrying(make: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Bends a V4 or V5 SES_Signature (or seal) into one that carries ``make(signature octets)``."""

    def bend(finished: bytes) -> bytes:
        parts = der.parse(finished).children
        value = parts[3].bits("signature")[0]
        stamped = build.context(0, build.bit_string(make(value)))
        return build.sequence(*[item.raw for item in parts], stamped)

    return bend
