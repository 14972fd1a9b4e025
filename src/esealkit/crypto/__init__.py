"""SM3 (GB/T 32905) and SM2 signatures (GB/T 32918.2), and the protocol of signing keys.

::

    from esealkit.crypto import sm2, sm3

    key = sm2.PrivateKey.generate()
    signature = key.sign(b"message")                # DER, default signer id
    key.public_key.verify(signature, b"message")    # raises InvalidSignature

Two bodies give the same answers: the compiled core (``native/``) and, where it was not built, a
pure Python one.  :func:`backend` says which one runs.
"""

from __future__ import annotations

from esealkit.crypto import sm2
from esealkit.crypto._backend import active as _active
from esealkit.crypto._self_test import self_test, self_test_once
from esealkit.crypto.digests import SM3, sm3, sm3_many
from esealkit.crypto.signing_key import DigestSigningKey, SigningKey
from esealkit.crypto.sm2 import PureSigningWarning

__all__ = [
    "SM3",
    "DigestSigningKey",
    "PureSigningWarning",
    "SigningKey",
    "backend",
    "self_test",
    "self_test_once",
    "sm2",
    "sm3",
    "sm3_many",
]


def backend() -> str:
    """The body that computes, chosen once for this CPU.

    ``"native-avx512ifma"``, ``"native-avx2"``, ``"native"`` (portable C) or ``"pure"`` (Python).
    """
    return _active.name()
