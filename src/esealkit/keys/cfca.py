"""CFCA's ``.sm2`` files: one encrypted SM2 key and its certificate.

The layout has no published standard; it is the one that the files of China Financial
Certification Authority show::

    SEQUENCE { 1, SEQUENCE { data, SM4, OCTET STRING encrypted d },
                  SEQUENCE { data, OCTET STRING certificate } }

IV and key are the 32 octets of the SM2 KDF over the password.
"""

from __future__ import annotations

from esealkit.asn1 import der, oids
from esealkit.errors import KeyFormatError, PinRejected, UnsupportedError
from esealkit.keys.derivation import sm2_kdf
from esealkit.keys.encryption import cbc_decrypt
from esealkit.keys.pins import Pin
from esealkit.keys.private_keys import sm2_key
from esealkit.keys.software import SoftwareKey

__all__ = ["looks_like_cfca", "read_cfca"]


def looks_like_cfca(root: der.Node) -> bool:
    """Whether ``root`` has the outline of a CFCA key file."""
    return (
        len(root) == 3
        and root[0].is_universal(der.Tag.INTEGER)
        and all(part.is_universal(der.Tag.SEQUENCE) for part in root.children[1:])
        and [child.number for child in root[1]] == [der.Tag.OID, der.Tag.OID, der.Tag.OCTET_STRING]
        and [child.number for child in root[2]] == [der.Tag.OID, der.Tag.OCTET_STRING]
    )


def read_cfca(root: der.Node, pin: Pin) -> tuple[list[SoftwareKey], list[bytes]]:
    """The key and the certificate (DER) of a CFCA file.

    Raises :class:`PinRejected`, :class:`KeyFormatError` or :class:`UnsupportedError`.
    """
    if root[0].integer("version") != 1:
        raise KeyFormatError("key.malformed", what="CFCA version")
    kind, cipher, encrypted = root[1]
    for data in (kind, root[2][0]):
        if data.oid("content type") != oids.GM_DATA:
            raise KeyFormatError("key.malformed", what="CFCA content type")
    if cipher.oid("cipher") not in (oids.SM4, oids.SM4_CBC):
        raise UnsupportedError("key.unsupported_cipher", name=cipher.oid("cipher"))
    both = sm2_kdf(pin.octets(), 32)
    plain = cbc_decrypt(both[16:], both[:16], encrypted.octets("encrypted key"), sm4=True)
    if len(plain) != 32:
        raise PinRejected("key.pin_rejected")
    return [sm2_key(int.from_bytes(plain, "big"))], [root[2][1].octets("certificate")]
