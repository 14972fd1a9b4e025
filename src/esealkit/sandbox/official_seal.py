"""The sandbox's official seal, in any edition that is written.

Built below the checked ceremony of :func:`esealkit.make_seal`, because its list also names an
expired, a revoked and a foreign certificate: in the sandbox only a certificate's own state
decides, never its absence from the list.
"""

from __future__ import annotations

import datetime as dt

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.pki.certificate import Certificate
from esealkit.pki.timestamp import build_token
from esealkit.sandbox.pki_kit import SandboxPki
from esealkit.seal.build import SealContent, build_seal, build_seal_info, seal_signing_input
from esealkit.seal.kinds import kind_named
from esealkit.seal.model import Edition, Picture

__all__ = ["OFFICIAL_SEAL_ID", "OFFICIAL_SEAL_NAME", "official_seal"]

OFFICIAL_SEAL_NAME = "示例科技有限公司"
OFFICIAL_SEAL_ID = "11010000000001"
"""Fourteen digits: division 110100 and a serial number, as seal codes are formed."""
_LISTED = ("signer", "revoked", "expired", "stranger")
_SIZE_MM = 40


def official_seal(kit: SandboxPki, png: bytes, edition: Edition, *, now: dt.datetime) -> bytes:
    """The seal 示例科技有限公司, DER, signed by the kit's maker and valid from 59 days ago."""
    maker = kit.holders["maker"]
    listed = [kit.holders[name].certificate for name in _LISTED]
    certificates = [item for item in listed if item is not None]
    if maker.certificate is None or len(certificates) != len(_LISTED):
        raise AssertionError("the kit's keys carry their certificates")
    start = now.replace(microsecond=0) - dt.timedelta(days=59)
    kind = kind_named("公章")
    content = SealContent(
        seal_id=OFFICIAL_SEAL_ID,
        name=OFFICIAL_SEAL_NAME,
        type_code=kind.code_in(edition),
        picture=Picture(type="PNG", data=png, width_mm=_SIZE_MM, height_mm=_SIZE_MM),
        created=start,
        valid_from=start,
        valid_until=Certificate(certificates[0]).not_after,
        certificates=certificates,
        vendor_id="esealkit",
    )
    info = build_seal_info(content, edition)
    signature = maker.sign(seal_signing_input(info, maker.certificate, edition))
    token = _time_stamp(kit, signature, start) if edition is Edition.V5 else None
    return build_seal(info, maker.certificate, signature, edition, timestamp=token)


def _time_stamp(kit: SandboxPki, signature: bytes, made: dt.datetime) -> bytes:
    """V5 puts a time stamp on the seal itself (GM/T 0031-2025), here by the kit's authority."""
    return build_token(
        hash_algorithm=oids.SM3,
        hashed=sm3(signature),
        key=kit.holders["tsa"],
        time=made,
        serial=1,
        policy="1.2.3.4.1",
    )
