"""Encrypted packages (GM/T 0099-2020 7.3, annex C), opened by password or by certificate key.

``/Encryptions.xml`` lists encryptions; each names a key file (``decryptseed.dat``), in which the
package key is wrapped for every user, and a map (``entriesmap.dat``, itself encrypted) from the
encrypted parts to the paths they stand for.  Encryptions made one on the other are linked by
Relative and undone from the last to the first.

What comes out is a plain package, written to a private file: everything above sees, hashes and
judges that one view, part by part, so that no more than one part is in memory.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from esealkit.crypto.sm2_cipher import DecryptionKey, derive_key
from esealkit.crypto.sm4 import BLOCK, cbc_decrypt
from esealkit.errors import (
    EsealError,
    LimitExceeded,
    MalformedError,
    PackageError,
    PinRejected,
    UnsupportedError,
    XmlError,
)
from esealkit.ofd._names import _unsafe
from esealkit.ofd._xml import Element, parse_xml
from esealkit.ofd.package import Package
from esealkit.ofd.writer import PackageWriter

__all__ = ["Credentials", "decrypt_package", "is_encrypted"]

_DESCRIPTION = "Encryptions.xml"
_BY_PASSWORD = "1.1.1"  # noqa: S105 - GM/T 0099-2020 annex A
_BY_CERTIFICATE = "1.1.2"
_MOST_LAYERS = 16
_MOST_USERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a package may be opened with."""

    password: bytes | None = field(default=None, repr=False)
    """UTF-8."""
    key: DecryptionKey | None = field(default=None, repr=False)
    """A key whose certificate the package was encrypted for."""

    def __bool__(self) -> bool:
        return self.password is not None or self.key is not None


@dataclass(frozen=True, slots=True)
class _Source:
    """A part as it lies in the package, and the keys it must be opened with, outermost first."""

    part: str
    keys: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class _Layer:
    """One EncryptInfo."""

    id: str
    relative: str
    seed: str
    map: str


def is_encrypted(package: Package) -> bool:
    """Whether the package is encrypted as GM/T 0099 has it."""
    return package.same_but_case(_DESCRIPTION) is not None


def decrypt_package(package: Package, credentials: Credentials, out: BinaryIO) -> int:
    """Writes the package as it was before it was encrypted; gives how many parts were opened.

    Raises `PinRejected` (``document.password_wrong``) and `UnsupportedError`
    (``document.key_not_addressed``, ``document.encryption_scheme``, ``document.encrypted``)
    where the credentials do not open it, `XmlError`, `MalformedError`, `PackageError` or
    `LimitExceeded` where the description is wrong.
    """
    name = package.same_but_case(_DESCRIPTION)
    if name is None:
        raise UnsupportedError("document.encrypted")
    files = {part: _Source(part) for part in package.names}
    opened = 0
    for layer in _last_first(list(_layers(package, files, name))):
        opened += _open_layer(package, files, layer, credentials)
    files.pop(name, None)
    writer = PackageWriter(out)
    for path, source in files.items():
        if source.keys or path != source.part:
            writer.add(path, _read(package, source))
        else:
            writer.copy(package, path)
    writer.close()
    return opened


def _read(package: Package, source: _Source) -> bytes:
    data = package.read(source.part)
    for key, iv in source.keys:
        data = cbc_decrypt(key, iv, data)
    return data


def _layers(package: Package, files: dict[str, _Source], name: str) -> Iterator[_Layer]:
    rows = _xml(package, files, name, "Encryptions").children("EncryptInfo")
    if not rows or len(rows) > _MOST_LAYERS:
        raise LimitExceeded("document.encryption_count", count=len(rows), limit=_MOST_LAYERS)
    for row in rows:
        yield _Layer(
            id=row.get("ID") or "",
            relative=(row.get("Relative") or "").strip(),
            seed=_part_name(row.need("DecryptSeedLoc").text(), name),
            map=_part_name(row.need("EntriesMapLoc").text(), name),
        )


def _last_first(layers: list[_Layer]) -> Iterator[_Layer]:
    """Each encryption before the one it was made on; without Relative the later row first."""
    left = list(reversed(layers))
    ids = [layer.id for layer in left]
    while left:
        inner = {layer.relative for layer in left if layer.relative}
        free = next((layer for layer in left if layer.id not in inner), None)
        if free is None or (free.relative and ids.count(free.relative) != 1):
            raise XmlError("document.encryption_chain", id=(free or left[0]).relative)
        left.remove(free)
        yield free


def _open_layer(
    package: Package, files: dict[str, _Source], layer: _Layer, credentials: Credentials
) -> int:
    """Replaces the encrypted parts of one layer by what they stand for."""
    keys: dict[str, tuple[bytes, bytes]] = {}

    def key_of(seed: str) -> tuple[bytes, bytes]:
        if seed not in keys:
            keys[seed] = _package_key(package, files, seed, credentials)
        return keys[seed]

    rows = _map(package, files, layer, key_of(layer.seed))
    opened: dict[str, _Source] = {}
    hidden: set[str] = set()
    seeds = {layer.seed}
    for row in rows:
        path = _part_name(row.must("Path"), layer.map)
        encrypted = _part_name(row.must("EPath"), layer.map)
        seed = row.get("DecryptSeedLoc")
        own = _part_name(seed, layer.map) if seed else layer.seed
        seeds.add(own)
        if encrypted not in files:
            raise PackageError("package.no_part", name=encrypted)
        if path in opened or encrypted in hidden:
            raise PackageError("document.encryption_conflict", path=path)
        source = files[encrypted]
        opened[path] = _Source(source.part, (*source.keys, key_of(own)))
        hidden.add(encrypted)
    for gone in (*hidden, *opened, *seeds, layer.map):
        # A plain file that was replaced and not removed gives way to what was encrypted.
        files.pop(gone, None)
    files.update(opened)
    return len(opened)


def _map(
    package: Package, files: dict[str, _Source], layer: _Layer, key: tuple[bytes, bytes]
) -> list[Element]:
    """The rows of entriesmap.dat, which is encrypted with the package key as the last part."""
    if layer.map not in files:
        raise PackageError("package.no_part", name=layer.map)
    _check_size(package, files[layer.map].part)
    data = cbc_decrypt(*key, _read(package, files[layer.map]))
    top = parse_xml(data, where=layer.map, root="EncryptEntries", limits=package.limits).root
    rows = top.children("EncryptEntry")
    limit = package.limits.package_entries
    if len(rows) > limit:
        raise LimitExceeded("document.encryption_count", count=len(rows), limit=limit)
    return rows


def _package_key(
    package: Package, files: dict[str, _Source], seed: str, credentials: Credentials
) -> tuple[bytes, bytes]:
    """Key and initial vector of the package, unwrapped for one of its users."""
    top = _xml(package, files, seed, "DecyptSeed", "DecryptSeed")
    scheme = (top.get("EncryptCaseId") or "").strip()
    if scheme not in ("", _BY_PASSWORD, _BY_CERTIFICATE):
        raise UnsupportedError("document.encryption_scheme", scheme=scheme[:40])
    users = top.children("UserInfo")
    if not users or len(users) > _MOST_USERS:
        raise LimitExceeded("document.encryption_count", count=len(users), limit=_MOST_USERS)
    refused: EsealError = UnsupportedError("document.encrypted")
    for user in users:
        certificate = user.text_of("UserCert")
        by_certificate = scheme == _BY_CERTIFICATE or (not scheme and bool(certificate))
        wrapped = _bytes(user.need("EncryptedWK").text(), seed)
        written = user.text_of("IVValue")
        iv = _bytes(written, seed) if written else bytes(BLOCK)
        if len(iv) != BLOCK:
            raise XmlError("document.encryption_malformed", where=seed, reason="IVValue")
        try:
            if by_certificate:
                found = _by_certificate(credentials, certificate, wrapped, seed)
            else:
                found = _by_password(credentials, wrapped, iv)
        except EsealError as error:
            refused = error
            continue
        if found is not None and len(found) == BLOCK:
            return found, iv
    raise refused


def _by_password(credentials: Credentials, wrapped: bytes, iv: bytes) -> bytes | None:
    if credentials.password is None:
        return None
    try:
        return cbc_decrypt(derive_key(credentials.password, BLOCK), iv, wrapped)
    except MalformedError:
        raise PinRejected("document.password_wrong") from None


def _by_certificate(
    credentials: Credentials, certificate: str | None, wrapped: bytes, seed: str
) -> bytes | None:
    key = credentials.key
    if key is None:
        return None
    own = key.certificate
    # A key whose certificate is known is used for its own row only.
    if own is not None and certificate and _bytes(certificate, seed) != own:
        raise UnsupportedError("document.key_not_addressed")
    try:
        return key.decrypt(wrapped)
    except MalformedError:
        raise UnsupportedError("document.key_not_addressed") from None


def _xml(package: Package, files: dict[str, _Source], name: str, *roots: str) -> Element:
    """A part of the description, by any of its root elements' names."""
    if name not in files:
        raise PackageError("package.no_part", name=name)
    _check_size(package, files[name].part)
    data = _read(package, files[name])
    for root in roots[:-1]:
        try:
            return parse_xml(data, where=name, root=root, limits=package.limits).root
        except XmlError as error:
            if error.code != "xml.root":
                raise
    return parse_xml(data, where=name, root=roots[-1], limits=package.limits).root


def _check_size(package: Package, part: str) -> None:
    size, limit = package.parts[part].size, package.limits.xml_size
    if size > limit:
        raise LimitExceeded("xml.size", where=part, size=size, limit=limit)


def _part_name(path: str, where: str) -> str:
    """The part that an absolute path of the description names."""
    name = path.strip().replace("\\", "/").lstrip("/")
    if not name or name.endswith("/") or _unsafe(name):
        raise XmlError("path.refused", where=where, path=path[:200], why="encryption")
    return name


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise XmlError("document.encryption_malformed", where=where, reason="base64") from None
