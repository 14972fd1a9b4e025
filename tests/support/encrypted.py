"""Encrypted packages (GM/T 0099-2020 7.3) made with gmssl: an implementation that is not ours."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping

from gmssl.sm2 import CryptSM2
from gmssl.sm3 import sm3_kdf
from gmssl.sm4 import SM4_ENCRYPT, CryptSM4

from esealkit.crypto.sm2 import PublicKey
from tests.support.ofds import NS

KEY = bytes(range(16))
IV = bytes(range(100, 116))


def sm4(key: bytes, iv: bytes, data: bytes) -> bytes:
    """SM4-CBC with PKCS#7."""
    engine = CryptSM4()
    engine.set_key(key, SM4_ENCRYPT)
    return bytes(engine.crypt_cbc(iv, data))


def password_key(password: bytes) -> bytes:
    """The key-encrypting key of a password."""
    return bytes.fromhex(sm3_kdf(password.hex().encode(), 16))


def sm2(public: PublicKey, data: bytes) -> bytes:
    """``04 ‖ C1 ‖ C3 ‖ C2``."""
    engine = CryptSM2(private_key="", public_key="", mode=1)
    engine.public_key = public.to_bytes()[1:].hex()
    return b"\x04" + bytes(engine.encrypt(data))


def user(wrapped: bytes, *, iv: bytes | None = IV, certificate: bytes | None = None) -> str:
    """One UserInfo."""
    owner = f"<ofd:UserCert>{_b64(certificate)}</ofd:UserCert>" if certificate else ""
    vector = f"<ofd:IVValue>{_b64(iv)}</ofd:IVValue>" if iv is not None else ""
    return (
        f'<ofd:UserInfo UserName="u">{owner}<ofd:EncryptedWK>{_b64(wrapped)}</ofd:EncryptedWK>'
        f"{vector}</ofd:UserInfo>"
    )


def by_password(password: bytes, *, key: bytes = KEY, iv: bytes | None = IV) -> str:
    """A user who knows a password."""
    return user(sm4(password_key(password), iv or bytes(16), key), iv=iv)


def by_certificate(public: PublicKey, certificate: bytes, *, key: bytes = KEY) -> str:
    """A user who has the key of a certificate."""
    return user(sm2(public, key), certificate=certificate)


def seed(users: str, scheme: str | None) -> bytes:
    """decryptseed.dat."""
    case = f' EncryptCaseId="{scheme}"' if scheme else ""
    return f'<ofd:DecyptSeed {NS} ID="1"{case}>{users}</ofd:DecyptSeed>'.encode()


def rows(names: Mapping[str, str]) -> bytes:
    """entriesmap.dat before it is encrypted: path → encrypted path."""
    listed = "".join(
        f'<ofd:EncryptEntry Path="/{path}" EPath="/{hidden}"/>' for path, hidden in names.items()
    )
    return f'<ofd:EncryptEntries {NS} ID="1">{listed}</ofd:EncryptEntries>'.encode()


def info(number: int, relative: int | None = None) -> str:
    """One EncryptInfo."""
    based = f' Relative="{relative}"' if relative is not None else ""
    return (
        f'<ofd:EncryptInfo ID="{number}"{based}><ofd:Provider ProviderName="t"/>'
        "<ofd:EncryptScope>All</ofd:EncryptScope>"
        f"<ofd:DecryptSeedLoc>/decryptseed{number}.dat</ofd:DecryptSeedLoc>"
        f"<ofd:EntriesMapLoc>/entriesmap{number}.dat</ofd:EntriesMapLoc></ofd:EncryptInfo>"
    )


def encryptions(*infos: str) -> bytes:
    """Encryptions.xml."""
    return f"<ofd:Encryptions {NS}>{''.join(infos)}</ofd:Encryptions>".encode()


def encrypted(
    parts: Mapping[str, bytes],
    users: str,
    *,
    scheme: str | None = "1.1.1",
    number: int = 1,
    relative: int | None = None,
    hide: Collection[str] | None = None,
    key: bytes = KEY,
    iv: bytes = IV,
) -> dict[str, bytes]:
    """The parts with ``hide`` (default all) encrypted as one more layer."""
    hide = tuple(parts) if hide is None else hide
    listing = parts.get("Encryptions.xml", b"")
    earlier = listing.decode().partition(">")[2].rpartition("</")[0]
    names = {
        name: f"enc{number}/{n}.dat" for n, name in enumerate(hide) if name != "Encryptions.xml"
    }
    made = {name: data for name, data in parts.items() if name not in names}
    made |= {hidden: sm4(key, iv, parts[name]) for name, hidden in names.items()}
    made[f"decryptseed{number}.dat"] = seed(users, scheme)
    made[f"entriesmap{number}.dat"] = sm4(key, iv, rows(names))
    made["Encryptions.xml"] = encryptions(earlier, info(number, relative))
    return made


def _b64(data: bytes | None) -> str:
    return base64.b64encode(data or b"").decode()
