"""Known answers, asked of every variant of the body (GB/T 32905 annex A, GB/T 32918.5 annex A)."""

from __future__ import annotations

from functools import cache
from threading import Lock

from esealkit.crypto._backend import BAD_ENCODING, BAD_SIGNATURE, HOLDS, active
from esealkit.errors import EsealError

__all__ = ["self_test", "self_test_once"]

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


# SM3 over the digests of bytes(0), bytes(7), bytes(14) ... of 33 messages: more than any lanes.
_MANY = [bytes(7 * length) for length in range(33)]
_MANY_DIGEST = "f1b5b533d7e93048fbdb081f5b4371da1370f107fff845befd7578d8a82abae9"
# Enough for every path of the batches; pure Python has but one and is slow.
_BATCH = 20 if active.COMPILED else 1

_one_at_a_time = Lock()


def self_test() -> None:
    """Ask every variant that this machine can run for known answers, and for signatures that the
    same variant, one by one and in a batch, accepts and refuses (pairwise consistency).

    Raises :class:`~esealkit.errors.EsealError` (``crypto.self_test``) naming what failed.  Keys are
    only opened after this has passed once in the process.  Other threads may go on computing; they
    use whichever variant is being tested.
    """
    with _one_at_a_time:
        for variant in active.variants():
            with active.using(variant):
                _hashing(variant)
                _signatures(variant)


@cache
def self_test_once() -> None:
    """:func:`self_test`, unless it has passed in this process."""
    self_test()


def _hashing(variant: str) -> None:
    _require(f"SM3 ({variant})", active.sm3(b"abc").hex() == _ABC)
    digests = active.sm3_many(_MANY)
    _require(f"SM3 of many ({variant})", active.sm3(b"".join(digests)).hex() == _MANY_DIGEST)
    running = active.sm3_new()
    for message in _MANY:
        active.sm3_update(running, message)
    whole = active.sm3(b"".join(_MANY))
    _require(f"SM3 in parts ({variant})", active.sm3_digest(running) == whole)


def _signatures(variant: str) -> None:
    signature = bytes.fromhex(_SIGNATURE)
    public = active.public_load(bytes.fromhex(_PUBLIC))
    private = active.private_load(bytes.fromhex(_D))
    _require(f"SM2 public key ({variant})", public is not None)
    _require(f"SM2 private key ({variant})", private is not None)
    own_public = active.private_public(private)
    _require(f"SM2 key pair ({variant})", active.public_bytes(own_public).hex() == _PUBLIC)
    _require(f"SM2 Z ({variant})", active.z(public, _ID).hex() == _Z)
    outcomes = [
        active.verify(public, signature, _ID, _MESSAGE),
        active.verify(public, signature, _ID, b"other"),
        active.verify(public, signature + b"\0", _ID, _MESSAGE),
    ]
    _require(f"SM2 verify ({variant})", outcomes == [HOLDS, BAD_SIGNATURE, BAD_ENCODING])
    made = active.sign(private, _ID, _MESSAGE)
    _require(f"SM2 sign ({variant})", active.verify(public, made, _ID, _MESSAGE) == HOLDS)
    messages = [index.to_bytes(2, "big") for index in range(_BATCH)]
    batch = active.sign_many(private, _ID, messages)
    active.private_wipe(private)
    publics = [public] * (_BATCH + 1)
    found = active.verify_many(publics, [*batch, made], _ID, [*messages, b"other"])
    _require(f"SM2 of many ({variant})", found == [HOLDS] * _BATCH + [BAD_SIGNATURE])


def _require(what: str, holds: bool) -> None:
    if not holds:
        raise EsealError("crypto.self_test", what=what)
