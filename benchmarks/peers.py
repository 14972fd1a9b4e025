"""Other people's packages, each where it is installed: SM3, SM2 signing and verifying.

A peer is a function that returns its three operations, any of them None; it raises ImportError
where its package is missing.  ``make bench`` tries to install them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

MESSAGE = bytes(64)


@dataclass(frozen=True)
class Peer:
    """What a package can do: digest of bytes, and SM2 over :data:`MESSAGE`."""

    sm3: Callable[[bytes], object] | None = None
    sign: Callable[[], object] | None = None
    verify: Callable[[], object] | None = None


def _hashlib() -> Peer:
    hashlib.new("sm3", b"")
    return Peer(sm3=lambda data: hashlib.new("sm3", data).digest())


def _cryptography() -> Peer:
    from cryptography.hazmat.primitives import hashes

    def sm3(data: bytes) -> bytes:
        running = hashes.Hash(hashes.SM3())
        running.update(data)
        return running.finalize()

    return Peer(sm3=sm3)


def _gmssl() -> Peer:
    from gmssl.sm2 import CryptSM2

    from esealkit.crypto import sm2

    ours = sm2.PrivateKey.generate()
    key = CryptSM2(private_key=ours.to_bytes().hex(), public_key="")
    key.public_key = ours.public_key.to_bytes()[1:].hex()  # its constructor eats leading 0 and 4
    signature = key.sign_with_sm3(MESSAGE)
    return Peer(
        sign=lambda: key.sign_with_sm3(MESSAGE),
        verify=lambda: key.verify_with_sm3(signature, MESSAGE),
    )


def _gmssl_pyx() -> Peer:
    import gmssl_pyx

    public, private = gmssl_pyx.sm2_key_generate()
    signature = gmssl_pyx.sm2_sign(private, public, MESSAGE)
    return Peer(
        sm3=gmssl_pyx.sm3_hash,
        sign=lambda: gmssl_pyx.sm2_sign(private, public, MESSAGE),
        verify=lambda: gmssl_pyx.sm2_verify(public, MESSAGE, signature),
    )


def _tongsuopy() -> Peer:
    from tongsuopy.crypto import hashes
    from tongsuopy.crypto.asymciphers import ec

    key = ec.generate_private_key(ec.SM2())
    public, algorithm = key.public_key(), ec.ECDSA(hashes.SM3())
    signature = key.sign(MESSAGE, algorithm)

    def sm3(data: bytes) -> object:
        running = hashes.Hash(hashes.SM3())
        running.update(data)
        return running.finalize()

    return Peer(
        sm3=sm3,
        sign=lambda: key.sign(MESSAGE, algorithm),
        verify=lambda: public.verify(signature, MESSAGE, algorithm),
    )


def _gmalg() -> Peer:
    import gmalg

    from esealkit.crypto import sm2

    ours = sm2.PrivateKey.generate()
    key = gmalg.SM2(ours.to_bytes(), b"1234567812345678", ours.public_key.to_bytes())
    r, s = key.sign(MESSAGE)
    return Peer(sign=lambda: key.sign(MESSAGE), verify=lambda: key.verify(MESSAGE, r, s))


_MAKERS: dict[str, Callable[[], Peer]] = {
    "hashlib": _hashlib,
    "cryptography": _cryptography,
    "gmssl-pyx": _gmssl_pyx,
    "tongsuopy": _tongsuopy,
    "gmssl": _gmssl,
    "gmalg": _gmalg,
}


def installed() -> tuple[dict[str, Peer], list[str]]:
    """The peers that are there, and a line for each that is not."""
    found, missing = {}, []
    for name, make in _MAKERS.items():
        try:
            found[name] = make()
        except Exception as error:  # noqa: BLE001 - a broken peer must not stop the measurement
            missing.append(f"{name}: {type(error).__name__}: {error}")
    return found, missing
