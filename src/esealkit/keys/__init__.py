"""Key backends: where a :class:`~esealkit.crypto.signing_key.SigningKey` comes from.

Software keys are read from PKCS#8, SEC1, PKCS#12, encrypted PEM and CFCA ``.sm2`` files::

    with open_key("signer.p12", pin=lambda: getpass("PIN: ")) as key:
        signature = key.sign(message)

Software keys are for tests, sandboxes and small installations; seals in production belong in
a device.
"""

from __future__ import annotations

from esealkit.keys.containers import KeyContainer, read_container
from esealkit.keys.opening import open_key
from esealkit.keys.software import SoftwareKey
from esealkit.keys.writing import write_encrypted_pkcs8, write_pkcs8, write_pkcs12

__all__ = [
    "KeyContainer",
    "SoftwareKey",
    "open_key",
    "read_container",
    "write_encrypted_pkcs8",
    "write_pkcs8",
    "write_pkcs12",
]
