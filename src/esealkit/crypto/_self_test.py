"""Known answers, asked of the body that runs (GB/T 32905 annex A, GB/T 32918.5 annex A)."""

from __future__ import annotations

from esealkit.crypto._backend import BAD_ENCODING, BAD_SIGNATURE, HOLDS, active
from esealkit.errors import EsealError

__all__ = ["self_test"]

_ID = b"1234567812345678"
_MESSAGE = b"message digest"
_D = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
_PUBLIC = (
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
_Z = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
_SIGNATURE = (
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def self_test() -> None:
    """Ask the running body for known answers, and one signature both ways.

    Raises :class:`~esealkit.errors.EsealError` (``crypto.self_test``) naming what failed.
    """
    signature = bytes.fromhex(_SIGNATURE)
    _require("SM3", active.sm3(b"abc").hex() == _ABC)
    public = active.public_load(bytes.fromhex(_PUBLIC))
    private = active.private_load(bytes.fromhex(_D))
    _require("SM2 public key", public is not None)
    _require("SM2 private key", private is not None)
    own_public = active.private_public(private)
    _require("SM2 key pair", active.public_bytes(own_public).hex() == _PUBLIC)
    _require("SM2 Z", active.z(public, _ID).hex() == _Z)
    _require("SM2 verify", active.verify(public, signature, _ID, _MESSAGE) == HOLDS)
    _require("SM2 refuse", active.verify(public, signature, _ID, b"other") == BAD_SIGNATURE)
    _require("DER", active.verify(public, signature + b"\0", _ID, _MESSAGE) == BAD_ENCODING)
    made = active.sign(private, _ID, _MESSAGE)
    _require("SM2 sign", active.verify(public, made, _ID, _MESSAGE) == HOLDS)
    active.private_wipe(private)


def _require(what: str, holds: bool) -> None:
    if not holds:
        raise EsealError("crypto.self_test", what=what)
