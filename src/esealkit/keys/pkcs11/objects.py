"""The keys and certificates on a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from esealkit.asn1 import oids
from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import EsealError
from esealkit.keys.pkcs11 import _cryptoki as ck
from esealkit.keys.pkcs11.module import Module, failure
from esealkit.keys.profiles import Point

__all__ = ["StoredCertificate", "StoredKey", "certificates", "keys", "store_data", "stored_data"]

_MOST_OBJECTS = 4096
_MOST_VALUE = 1 << 20
_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A private key's handle and what its public attributes say."""

    handle: int
    label: str
    identifier: bytes
    """CKA_ID; may be empty."""
    key_type: int | None
    params: bytes | None
    """CKA_EC_PARAMS, DER."""
    public_key: PublicKey | None
    """From its own or its public object's point; None where the token keeps neither."""
    asks_each_time: bool
    """CKA_ALWAYS_AUTHENTICATE: a login between C_SignInit and C_Sign."""

    @property
    def elliptic_on_sm2(self) -> bool:
        """A plain EC key on the SM2 curve: its only mechanism is ECDSA, which is not SM2."""
        return self.key_type == ck.CKK_EC and self.params is not None and _SM2_CURVE in self.params


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCertificate:
    """An X.509 certificate on the token."""

    label: str
    identifier: bytes
    der: bytes


_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
assert oids.SM2_CURVE == "1.2.156.10197.1.301"


def certificates(module: Module, session: int) -> list[StoredCertificate]:
    """Every X.509 certificate object with a value."""
    found = []
    for handle in _handles(module, session, ck.CKO_CERTIFICATE):
        value = _attribute(module, session, handle, ck.CKA_VALUE)
        if value:
            found.append(
                StoredCertificate(
                    label=_label(module, session, handle),
                    identifier=_attribute(module, session, handle, ck.CKA_ID) or b"",
                    der=value,
                )
            )
    return found


def keys(module: Module, session: int, points: Iterable[Point]) -> list[StoredKey]:
    """Every private key object that may sign, with its public point from wherever it is kept."""
    forms = tuple(points)
    public: dict[tuple[bytes, str], PublicKey | None] = {}
    for handle in _handles(module, session, ck.CKO_PUBLIC_KEY):
        point = _public_point(module, session, handle, forms)
        if point is not None:
            identifier = _attribute(module, session, handle, ck.CKA_ID) or b""
            name = (identifier, _label(module, session, handle))
            # Two pairs under one name: neither point says whose it is.
            public[name] = None if name in public else point
    found = []
    for handle in _handles(module, session, ck.CKO_PRIVATE_KEY):
        identifier = _attribute(module, session, handle, ck.CKA_ID) or b""
        label = _label(module, session, handle)
        if _attribute(module, session, handle, ck.CKA_SIGN) == b"\0":
            continue
        point = _public_point(module, session, handle, forms)
        # The public object that goes with it: same id and label, else the same id.
        point = point or public.get((identifier, label))
        if point is None and identifier:
            same = [key for (each, _), key in public.items() if each == identifier]
            point = same[0] if len(same) == 1 else None
        always = _attribute(module, session, handle, ck.CKA_ALWAYS_AUTHENTICATE)
        found.append(
            StoredKey(
                handle=handle,
                label=label,
                identifier=identifier,
                key_type=_number(_attribute(module, session, handle, ck.CKA_KEY_TYPE)),
                params=_attribute(module, session, handle, ck.CKA_EC_PARAMS),
                public_key=point,
                asks_each_time=bool(always and any(always)),
            )
        )
    return found


def stored_data(module: Module, session: int) -> Mapping[str, bytes]:
    """The values of data objects by label, where a token keeps files such as seals."""
    found: dict[str, bytes] = {}
    for handle in _handles(module, session, ck.CKO_DATA):
        value = _attribute(module, session, handle, ck.CKA_VALUE)
        if value:
            found.setdefault(_label(module, session, handle), value)
    return found


def store_data(module: Module, session: int, label: str, value: bytes) -> None:
    """Keep ``value`` as a data object; ``session`` must be read-write."""
    ffi = ck.ffi()
    number, yes, no = ffi.new("CK_ULONG *", ck.CKO_DATA), ffi.new("char *", b"\1"), b"\0"
    name, content = ffi.from_buffer(label.encode()), ffi.from_buffer(value)
    rows = (
        (ck.CKA_CLASS, number, ffi.sizeof("CK_ULONG")),
        (ck.CKA_TOKEN, yes, 1),
        (ck.CKA_PRIVATE, ffi.from_buffer(no), 1),
        (ck.CKA_LABEL, name, len(name)),
        (ck.CKA_VALUE, content, len(content)),
    )
    template = ffi.new("CK_ATTRIBUTE[]", len(rows))
    for row, (kind, pointer, length) in zip(template, rows, strict=True):
        row.type, row.pValue, row.ulValueLen = kind, ffi.cast("void *", pointer), length
    module.call("C_CreateObject", session, template, len(rows), ffi.new("CK_ULONG *"))


def _handles(module: Module, session: int, kind: int) -> list[int]:
    """Handles of every object of a class, at most ``_MOST_OBJECTS``."""
    ffi = ck.ffi()
    value = ffi.new("CK_ULONG *", kind)
    template = ffi.new("CK_ATTRIBUTE *")
    template.type, template.pValue = ck.CKA_CLASS, value
    template.ulValueLen = ffi.sizeof("CK_ULONG")
    module.call("C_FindObjectsInit", session, template, 1)
    try:
        found: list[int] = []
        handles, count = ffi.new("CK_ULONG[]", _BATCH), ffi.new("CK_ULONG *")
        while len(found) < _MOST_OBJECTS:
            module.call("C_FindObjects", session, handles, _BATCH, count)
            batch = min(int(count[0]), _BATCH)
            if not batch:
                break
            found += [int(each) for each in handles[0:batch]]
        return found
    finally:
        module.returned("C_FindObjectsFinal", session)


def _attribute(module: Module, session: int, handle: int, kind: int) -> bytes | None:
    """An attribute's bytes; None where the object has none or it is secret."""
    ffi = ck.ffi()
    row = ffi.new("CK_ATTRIBUTE *")
    row.type = kind
    rv = module.returned("C_GetAttributeValue", session, handle, row, 1)
    length = int(ffi.cast("long", row.ulValueLen))
    if rv in (ck.CKR_ATTRIBUTE_SENSITIVE, ck.CKR_ATTRIBUTE_TYPE_INVALID):
        return None
    if rv != ck.CKR_OK:
        raise failure("C_GetAttributeValue", rv)
    if not 0 <= length <= _MOST_VALUE:
        return None
    buffer = ffi.new("unsigned char[]", max(length, 1))
    row.pValue, row.ulValueLen = buffer, length
    rv = module.returned("C_GetAttributeValue", session, handle, row, 1)
    if rv in (ck.CKR_ATTRIBUTE_SENSITIVE, ck.CKR_ATTRIBUTE_TYPE_INVALID):
        return None
    if rv != ck.CKR_OK:
        raise failure("C_GetAttributeValue", rv)
    written = int(ffi.cast("long", row.ulValueLen))
    return bytes(ffi.buffer(buffer, min(max(written, 0), length)))


def _label(module: Module, session: int, handle: int) -> str:
    raw = _attribute(module, session, handle, ck.CKA_LABEL) or b""
    return raw.decode("utf-8", "replace").rstrip("\0 ")


def _number(raw: bytes | None) -> int | None:
    if raw is None or len(raw) != ck.ffi().sizeof("CK_ULONG"):
        return None
    return int(ck.ffi().cast("CK_ULONG *", ck.ffi().from_buffer(raw))[0])


def _public_point(
    module: Module, session: int, handle: int, forms: Iterable[Point]
) -> PublicKey | None:
    """The point of a key object in any of the ways vendors keep it."""
    for form in forms:
        parts = [_attribute(module, session, handle, kind) for kind in form.attributes]
        if all(parts):
            point = _read_point(
                b"".join(_last_32(part) for part in parts if part)
                if form.encoding == "xy"
                else bytes(parts[0] or b"")
            )
            if point is not None:
                return point
    return None


def _last_32(part: bytes) -> bytes:
    """A coordinate, which may stand at the end of a longer field."""
    return part[-32:].rjust(32, b"\0")


def _read_point(raw: bytes) -> PublicKey | None:
    """``04‖X‖Y`` bare, in a DER OCTET STRING or BIT STRING, or X‖Y alone."""
    candidates: list[Any] = [raw]
    if len(raw) == 67 and raw[:2] == b"\x04\x41":
        candidates.insert(0, raw[2:])
    elif len(raw) == 68 and raw[:3] == b"\x03\x42\x00":
        candidates.insert(0, raw[3:])
    elif len(raw) == 64:
        candidates.insert(0, b"\x04" + raw)
    for each in candidates:
        try:
            return PublicKey.from_bytes(each)
        except EsealError:
            continue
    return None
