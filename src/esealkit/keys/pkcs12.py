"""PKCS#12 files (RFC 7292): reading with the MAC checked first, and writing.

OpenSSL 3's forms are read: PBES2 with AES or SM4, MAC with SHA-1, SHA-2 or SM3; also BER, as
Java tools write it.  RC2 and Triple DES are not: the error says how to convert the file.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hmac import HMAC

from esealkit.asn1 import build, der, oids
from esealkit.errors import (
    KeyFormatError,
    LimitExceeded,
    MalformedError,
    PinRejected,
    UnsupportedError,
    UsageError,
)
from esealkit.keys.derivation import DIGESTS, digest_of, pkcs12_key
from esealkit.keys.encryption import decrypt_pbes, encrypt_pbes2
from esealkit.keys.pins import Pin
from esealkit.keys.private_keys import read_decrypted_pkcs8, read_pkcs8
from esealkit.keys.software import SoftwareKey
from esealkit.limits import DEFAULT_LIMITS

__all__ = ["looks_like_pkcs12", "read_pkcs12", "write_pkcs12"]

_DEEPEST_BAG = 4


@dataclass(slots=True)
class _Found:
    keys: list[SoftwareKey] = field(default_factory=list)
    certificates: list[bytes] = field(default_factory=list)
    bags: int = 0


def looks_like_pkcs12(root: der.Node) -> bool:
    """Whether ``root`` has the outline of a PFX."""
    return (
        root.is_universal(der.Tag.SEQUENCE)
        and len(root) in (2, 3)
        and root[0].is_universal(der.Tag.INTEGER)
        and root[0].content == b"\x03"
        and root[1].is_universal(der.Tag.SEQUENCE)
    )


def read_pkcs12(root: der.Node, pin: Pin) -> tuple[list[SoftwareKey], list[bytes]]:
    """The keys and certificates (DER) of a PFX.

    Raises :class:`PinRejected` for a wrong password; :class:`KeyFormatError`,
    :class:`UnsupportedError` or :class:`LimitExceeded` for what cannot be read.
    """
    parts = root.sequence("PFX", 2, 3)
    content = _content(parts[1], oids.CMS_DATA).octets("authSafe")
    if len(parts) == 3:
        _check_mac(parts[2], content, pin.octets())
    found = _Found()
    try:
        for info in der.parse(content, notes=[]).sequence("AuthenticatedSafe"):
            _read_bags(_safe_contents(info, pin), pin, found, 0)
    except PinRejected as error:
        if len(parts) == 3 and error.code == "key.pin_rejected":
            # The MAC has proven the password, so the bags disagree with it.
            raise KeyFormatError("key.malformed", what="PKCS#12 bags") from None
        raise
    return found.keys, found.certificates


def _content(info: der.Node, kind: str) -> der.Node:
    """The content of a ContentInfo of the type ``kind``."""
    parts = info.sequence("ContentInfo", 2, 2)
    found = parts[0].oid("content type")
    if found != kind:
        raise UnsupportedError("key.unsupported_cipher", name=found)
    if not parts[1].is_context(0) or len(parts[1]) != 1:
        raise KeyFormatError("key.malformed", what="ContentInfo")
    return parts[1][0]


def _check_mac(node: der.Node, content: bytes, password: bytes) -> None:
    """MacData { DigestInfo, macSalt, iterations DEFAULT 1 } over the authSafe's octets."""
    parts = node.sequence("MacData", 2, 3)
    algorithm, expected = parts[0].sequence("MAC", 2, 2)
    oid = algorithm.sequence("MAC algorithm", 1, 2)[0].oid("MAC algorithm")
    if oid not in DIGESTS:
        raise UnsupportedError("key.unsupported_cipher", name=oid)
    name = DIGESTS[oid]
    iterations = parts[2].integer("iterations") if len(parts) == 3 else 1
    salt = parts[1].octets("MAC salt")
    for form in _bmp_forms(password):
        key = pkcs12_key(
            form,
            salt=salt,
            iterations=iterations,
            length=digest_of(name).digest_size,
            digest=name,
            purpose=3,
        )
        if hmac.compare_digest(_hmac(key, content, name), expected.octets("MAC")):
            return
    raise PinRejected("key.pin_rejected")


def _bmp_forms(password: bytes) -> list[bytes]:
    """The password as a BMPString with closing zeros (RFC 7292 B.1); two forms when empty."""
    if not password:
        return [b"\0\0", b""]
    try:
        text = password.decode("utf-8")
    except UnicodeDecodeError:
        text = password.decode("latin-1")
    return [text.encode("utf-16-be") + b"\0\0"]


def _hmac(key: bytes, content: bytes, name: str) -> bytes:
    context = HMAC(key, digest_of(name))
    context.update(content)
    return context.finalize()


def _safe_contents(info: der.Node, pin: Pin) -> der.Node:
    """The SafeContents of one ContentInfo, decrypted where it is encrypted."""
    if info.sequence("ContentInfo", 2, 2)[0].oid("content type") == oids.CMS_DATA:
        return der.parse(_content(info, oids.CMS_DATA).octets("data"), notes=[])
    encrypted = _content(info, oids.CMS_ENCRYPTED_DATA).sequence("EncryptedData", 2, 3)
    parts = encrypted[1].sequence("EncryptedContentInfo", 3, 3)
    if not parts[2].is_context(0):
        raise KeyFormatError("key.malformed", what="EncryptedContentInfo")
    plain = decrypt_pbes(parts[1], _implicit_octets(parts[2]), pin.octets())
    try:
        return der.parse(plain, notes=[])
    except MalformedError:
        raise PinRejected("key.pin_rejected") from None


def _implicit_octets(node: der.Node) -> bytes:
    """The value of an implicitly tagged OCTET STRING; BER may cut it into pieces."""
    if not node.constructed:
        return node.content
    return b"".join(child.octets("ciphertext") for child in node)


def _read_bags(contents: der.Node, pin: Pin, found: _Found, depth: int) -> None:
    if depth > _DEEPEST_BAG:
        raise LimitExceeded("limit.key_bags", allowed=DEFAULT_LIMITS.key_bags)
    for bag in contents.sequence("SafeContents"):
        found.bags += 1
        if found.bags > DEFAULT_LIMITS.key_bags:
            raise LimitExceeded("limit.key_bags", allowed=DEFAULT_LIMITS.key_bags)
        parts = bag.sequence("SafeBag", 2, 3)
        kind = parts[0].oid("bag type")
        if not parts[1].is_context(0) or len(parts[1]) != 1:
            raise KeyFormatError("key.malformed", what="SafeBag")
        value = parts[1][0]
        if kind == oids.BAG_KEY:
            found.keys.append(read_pkcs8(value.raw))
        elif kind == oids.BAG_SHROUDED_KEY:
            scheme, ciphertext = value.sequence("EncryptedPrivateKeyInfo", 2, 2)
            plain = decrypt_pbes(scheme, ciphertext.octets("ciphertext"), pin.octets())
            found.keys.append(read_decrypted_pkcs8(plain))
        elif kind == oids.BAG_CERTIFICATE:
            found.certificates.extend(_certificate(value))
        elif kind == oids.BAG_SAFE_CONTENTS:
            _read_bags(value, pin, found, depth + 1)


def _certificate(value: der.Node) -> Iterator[bytes]:
    kind, wrapped = value.sequence("CertBag", 2, 2)
    if kind.oid("certificate type") == oids.BAG_X509 and len(wrapped) == 1:
        yield wrapped[0].octets("certificate")


def write_pkcs12(
    key: SoftwareKey,
    password: str,
    *,
    name: str = "",
    iterations: int = 100_000,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> bytes:
    """``key`` with its certificate and chain as a PFX that OpenSSL 3 reads.

    PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, MAC with SHA-256, ``iterations`` rounds
    each; ``name`` is the friendly name.  Raises :class:`UsageError` ``key.pin_required`` for
    an empty password.
    """
    if not password:
        raise UsageError("key.pin_empty")
    secret = password.encode("utf-8")
    own = _attributes(key.certificate, name)
    certificates = [] if key.certificate is None else [_cert_bag(key.certificate, own)]
    certificates += [_cert_bag(each, b"") for each in key.chain]
    scheme, ciphertext = encrypt_pbes2(
        key.private_key_info(), secret, salt=random(16), iv=random(16), iterations=iterations
    )
    shrouded = build.sequence(scheme, build.octet_string(ciphertext))
    key_bag = build.sequence(build.oid(oids.BAG_SHROUDED_KEY), build.context(0, shrouded), own)
    safes = [_data(build.sequence(key_bag))]
    if certificates:
        plain = build.sequence(*certificates)
        scheme, ciphertext = encrypt_pbes2(
            plain, secret, salt=random(16), iv=random(16), iterations=iterations
        )
        safes.insert(0, _encrypted_data(scheme, ciphertext))
    content = build.sequence(*safes)
    mac = _mac_data(content, password, random(16), iterations)
    return build.sequence(build.integer(3), _data(content), mac)


def _data(content: bytes) -> bytes:
    return build.sequence(build.oid(oids.CMS_DATA), build.context(0, build.octet_string(content)))


def _encrypted_data(scheme: bytes, ciphertext: bytes) -> bytes:
    info = build.sequence(
        build.oid(oids.CMS_DATA), scheme, build.context(0, ciphertext, constructed=False)
    )
    value = build.sequence(build.integer(0), info)
    return build.sequence(build.oid(oids.CMS_ENCRYPTED_DATA), build.context(0, value))


def _cert_bag(certificate: bytes, attributes: bytes) -> bytes:
    wrapped = build.context(0, build.octet_string(certificate))
    value = build.sequence(build.oid(oids.BAG_X509), wrapped)
    return build.sequence(build.oid(oids.BAG_CERTIFICATE), build.context(0, value), attributes)


def _attributes(certificate: bytes | None, name: str) -> bytes:
    """LocalKeyId ties the key to its certificate; friendlyName is what dialogues show."""
    rows: list[tuple[str, bytes]] = []
    if certificate is not None:
        mark = hashlib.sha1(certificate, usedforsecurity=False).digest()
        rows.append((oids.ATTRIBUTE_LOCAL_KEY_ID, build.octet_string(mark)))
    if name:
        text = der.encode(0x1E, name.encode("utf-16-be"))
        rows.append((oids.ATTRIBUTE_FRIENDLY_NAME, text))
    attributes: Iterable[bytes] = (
        build.sequence(build.oid(kind), build.set_of([value])) for kind, value in rows
    )
    return build.set_of(attributes) if rows else b""


def _mac_data(content: bytes, password: str, salt: bytes, iterations: int) -> bytes:
    form = password.encode("utf-16-be") + b"\0\0"
    key = pkcs12_key(form, salt=salt, iterations=iterations, length=32, digest="sha256", purpose=3)
    algorithm = build.sequence(build.oid(oids.SHA256), build.NULL)
    digest = build.sequence(algorithm, build.octet_string(_hmac(key, content, "sha256")))
    return build.sequence(digest, build.octet_string(salt), build.integer(iterations))
