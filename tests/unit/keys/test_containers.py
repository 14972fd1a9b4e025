"""Reading key containers: what is refused, how, and that nothing untyped escapes."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esealkit.asn1 import build, oids
from esealkit.crypto import sm2
from esealkit.errors import (
    EsealError,
    KeyFormatError,
    LimitExceeded,
    PinRejected,
    UnsupportedError,
    UsageError,
)
from esealkit.keys import (
    SoftwareKey,
    read_container,
    write_encrypted_pkcs8,
    write_pkcs8,
    write_pkcs12,
)
from esealkit.keys.derivation import pbkdf2, pkcs12_key, sm2_kdf
from esealkit.keys.encryption import cbc_encrypt
from esealkit.keys.pem import write_pem
from esealkit.limits import Limits

N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
CHEAP = 1000
KEY = SoftwareKey(sm2.PrivateKey.from_bytes(bytes(range(32))))
OTHER = SoftwareKey(sm2.PrivateKey.from_bytes(bytes(range(1, 33))))


def sec1(secret: int, public: bytes | None = None, *, named: bool = True) -> bytes:
    """An ECPrivateKey of 32 octets."""
    parts = [build.integer(1), build.octet_string(secret.to_bytes(32, "big"))]
    if named:
        parts.append(build.context(0, build.oid(oids.SM2_CURVE)))
    if public is not None:
        parts.append(build.context(1, build.bit_string(public)))
    return build.sequence(*parts)


def pkcs8(inner: bytes, *algorithm: str, more: bytes = b"") -> bytes:
    """A PrivateKeyInfo under the OIDs given."""
    named = build.sequence(*map(build.oid, algorithm or (oids.EC_PUBLIC_KEY, oids.SM2_CURVE)))
    return build.sequence(build.integer(0), named, build.octet_string(inner), more)


@pytest.mark.parametrize("secret", [0, N - 1, N, N + 1, 2**256 - 1])
def test_private_key_out_of_range_is_refused(secret: int) -> None:
    """d = 0, n-1, n and above n are refused: 1 + d must have an inverse."""
    for encoded in (sec1(secret), pkcs8(sec1(secret))):
        with pytest.raises(KeyFormatError) as refused:
            read_container(encoded)
        assert refused.value.code == "key.range"


def test_largest_and_smallest_private_keys_are_read() -> None:
    """d = 1 and d = n-2 are valid keys."""
    for secret in (1, N - 2):
        assert len(read_container(sec1(secret)).keys) == 1


@pytest.mark.parametrize("public", [OTHER.public_key.to_bytes(), b"\4" + bytes(64), b"", b"\0"])
def test_inconsistent_public_key_is_refused(public: bytes) -> None:
    """A public key that is another one, or no point, is refused in SEC1 and PKCS#8."""
    inner = sec1(7, public)
    outer = build.context(1, b"\0" + public, constructed=False)
    for encoded in (inner, pkcs8(inner), pkcs8(sec1(7), more=outer)):
        with pytest.raises(KeyFormatError) as refused:
            read_container(encoded)
        assert refused.value.code == "key.inconsistent"


@pytest.mark.parametrize(
    "algorithm",
    [(oids.EC_PUBLIC_KEY, oids.SM2_CURVE), (oids.SM2_CURVE, oids.SM2_CURVE), (oids.SM2_CURVE,),
     (oids.SM2_SIGN,), (oids.EC_PUBLIC_KEY, oids.SM2_SIGN)],
)  # fmt: skip
def test_every_name_of_the_sm2_algorithm_is_read(algorithm: tuple[str, ...]) -> None:
    """PKCS#8 may name SM2 as the curve or as the algorithm itself."""
    (key,) = read_container(pkcs8(sec1(7, named=False), *algorithm)).keys
    assert key.algorithm == "sm2"


def test_sec1_without_curve_needs_its_public_key() -> None:
    """A bare SEC1 key is SM2 where its public key proves it or its label says so."""
    public = sm2.PrivateKey.from_bytes((7).to_bytes(32, "big")).public_key.to_bytes()
    assert read_container(sec1(7, public, named=False)).keys[0].algorithm == "sm2"
    with pytest.raises(UnsupportedError):
        read_container(sec1(7, named=False))
    assert read_container(write_pem("SM2 PRIVATE KEY", sec1(7, named=False))).keys
    parameters = write_pem("EC PARAMETERS", build.oid(oids.SM2_CURVE))
    assert read_container(parameters + write_pem("EC PRIVATE KEY", sec1(7, named=False))).keys


def test_sm9_and_unknown_keys_are_named() -> None:
    """Keys of SM9 and of unknown algorithms are unsupported, not malformed."""
    for oid, name in ((oids.SM9_PREFIX, "SM9"), ("1.3.101.112", "1.3.101.112")):
        with pytest.raises(UnsupportedError) as refused:
            read_container(pkcs8(b"", oid))
        assert refused.value.details == {"name": name}


def encrypted(scheme: str, derivation: str, cipher: str, prf: str, *, rounds: int = 5) -> bytes:
    """An EncryptedPrivateKeyInfo under the OIDs given, password "p"."""
    salt, iv = b"salt-of-16-bytes", bytes(16)
    name = "sm3" if not prf or prf in (oids.SM3_KEYED, oids.HMAC_SM3) else "sha256"
    secret = pbkdf2(b"p", salt=salt, iterations=min(rounds, 5), length=16, prf=name)
    chosen = build.sequence(build.oid(prf)) if prf else b""
    parameters = build.sequence(build.octet_string(salt), build.integer(rounds), chosen)
    key = build.sequence(build.oid(derivation), parameters)
    symmetric = build.sequence(build.oid(cipher), build.octet_string(iv))
    how = build.sequence(build.oid(scheme), build.sequence(key, symmetric))
    body = cbc_encrypt(secret, iv, KEY.private_key_info(), sm4=True)
    return build.sequence(how, build.octet_string(body))


@pytest.mark.parametrize(
    ("scheme", "derivation", "cipher", "prf"),
    [
        (oids.PBES2, oids.PBKDF2, oids.SM4_CBC, oids.SM3_KEYED),
        (oids.PBES2, oids.PBKDF2, oids.SM4_CBC, oids.HMAC_SM3),
        (oids.GM_PBES2, oids.GM_PBKDF2, oids.SM4_CBC, oids.SM3_KEYED),
        (oids.GM_PBES2, oids.GM_PBKDF2, oids.SM4, ""),
    ],
)
def test_chinese_names_of_pbes2_are_read(
    scheme: str, derivation: str, cipher: str, prf: str
) -> None:
    """PBES2 with HMAC-SM3 and SM4 is read under the PKCS OIDs and the Chinese ones."""
    found = read_container(encrypted(scheme, derivation, cipher, prf), pin="p")
    assert found.keys[0].public_key == KEY.public_key


def test_password_rounds_are_limited() -> None:
    """A file may not ask for more than ten million rounds, nor for none."""
    parts = (oids.PBES2, oids.PBKDF2, oids.SM4_CBC, oids.SM3_KEYED)
    with pytest.raises(LimitExceeded) as refused:
        read_container(encrypted(*parts, rounds=10_000_001), pin="p")
    assert refused.value.code == "limit.key_iterations"
    with pytest.raises(LimitExceeded):
        pkcs12_key(b"", salt=b"s", iterations=2**40, length=32, digest="sm3", purpose=3)
    with pytest.raises(KeyFormatError):
        pbkdf2(b"p", salt=b"", iterations=0, length=16, prf="sm3")


def test_pkcs12_derivation_matches_known_answer() -> None:
    """The PKCS#12 derivation gives the known answer for "smeg" with SHA-1."""
    password = "smeg".encode("utf-16-be") + b"\0\0"
    salt = bytes.fromhex("0A58CF64530D823F")
    key = pkcs12_key(password, salt=salt, iterations=1, length=24, digest="sha1", purpose=1)
    assert key.hex().upper() == "8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3"


def cfca(secret: bytes, certificate: bytes, password: bytes) -> bytes:
    """A CFCA file."""
    both = sm2_kdf(password, 32)
    locked = cbc_encrypt(both[16:], both[:16], secret, sm4=True)
    data = build.oid(oids.GM_DATA)
    return build.sequence(
        build.integer(1),
        build.sequence(data, build.oid(oids.SM4), build.octet_string(locked)),
        build.sequence(data, build.octet_string(certificate)),
    )


def test_cfca_files_are_read_in_all_wrappings() -> None:
    """A CFCA file is read as DER, as bare base64 and as PEM, and its password is checked."""
    file = cfca(bytes(range(32)), b"certificate", b"p")
    for form in (file, base64.encodebytes(file), write_pem("CFCA KEY", file)):
        found = read_container(form, pin="p")
        assert found.keys[0].public_key == KEY.public_key
        assert found.certificates == (b"certificate",)
        with pytest.raises(PinRejected):
            read_container(form, pin="q")
    with pytest.raises(PinRejected):
        read_container(cfca(b"short", b"", b"p"), pin="p")


def test_callable_is_asked_once_and_only_when_needed() -> None:
    """A callable PIN is asked once, never retried, and not at all for a plain key."""
    asked: list[str] = []

    def ask() -> str:
        asked.append("asked")
        return "wrong"

    read_container(write_pkcs8(KEY), pin=ask)
    assert asked == []
    locked = write_encrypted_pkcs8(KEY, "right", iterations=CHEAP)
    with pytest.raises(PinRejected):
        read_container(locked, pin=ask)
    assert asked == ["asked"]


def test_missing_and_impossible_pins() -> None:
    """No PIN, a lone surrogate and an endless PIN each give a typed error."""
    locked = write_encrypted_pkcs8(KEY, "right", iterations=CHEAP)
    with pytest.raises(PinRejected) as refused:
        read_container(locked)
    assert refused.value.code == "key.pin_required"
    for pin in ("\ud800", "x" * 2000, lambda: 7):
        with pytest.raises(UsageError):
            read_container(locked, pin=pin)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        write_encrypted_pkcs8(KEY, "")
    with pytest.raises(UsageError):
        write_pkcs12(KEY, "")


def test_changed_pkcs12_is_refused() -> None:
    """A PKCS#12 file whose content was changed fails its MAC like a wrong password."""
    bundle = bytearray(write_pkcs12(KEY, "p", iterations=CHEAP))
    bundle[120] ^= 1
    with pytest.raises(PinRejected) as refused:
        read_container(bytes(bundle), pin="p")
    assert refused.value.code == "key.pin_rejected"


def test_trailing_bytes_and_size() -> None:
    """Zeros behind a key are padding, anything else is refused, and so is a huge file."""
    encoded = KEY.private_key_info()
    assert read_container(encoded + bytes(8)).keys
    with pytest.raises(KeyFormatError):
        read_container(encoded + b"\0x")
    with pytest.raises(LimitExceeded):
        read_container(encoded, limits=Limits(key_file=100))


@pytest.mark.parametrize(
    "text",
    [
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n",
        b"-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN \n",
        b"",
        b"no key",
        write_pem("CERTIFICATE REQUEST", b"\0\0\0"),
    ],
)
def test_text_without_a_key_is_refused(text: bytes) -> None:
    """Broken PEM, other PEM and text that is no key give a format error."""
    with pytest.raises(KeyFormatError):
        read_container(text)


SEEDS: list[tuple[str, Callable[[], bytes]]] = [
    ("pkcs8", KEY.private_key_info),
    ("pem", lambda: write_pkcs8(KEY)),
    ("sec1", lambda: sec1(7)),
    ("encrypted", lambda: write_encrypted_pkcs8(KEY, "p", iterations=2)),
    ("pkcs12", lambda: write_pkcs12(KEY.with_certificates(None, [b"0"]), "p", iterations=2)),
    ("cfca", lambda: cfca(bytes(range(32)), b"", b"p")),
]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.sampled_from(SEEDS))
def test_any_bytes_give_a_key_or_a_typed_error(
    data: st.DataObject, seed: tuple[str, Callable[[], bytes]]
) -> None:
    """However a key file is changed, reading gives a value or an EsealError."""
    content = bytearray(seed[1]())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3)) == 0
    length = data.draw(st.integers(0, len(content))) if cut else len(content)
    try:
        read_container(bytes(content[:length]), pin="p")
    except EsealError:
        pass


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_give_a_typed_error(content: bytes) -> None:
    """Random bytes are never taken for a key and never crash."""
    with pytest.raises(EsealError):
        read_container(content, pin="p")
