"""Opening a key by ``pkcs11:`` URI and signing with it (RFC 7512)."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from esealkit.crypto.sm2 import DEFAULT_ID
from esealkit.errors import KeyFormatError, KeyNotFound, TokenError, UnsupportedError, UsageError
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_pins import DevicePin, DevicePinSource
from esealkit.keys.device_uris import DeviceUri, parse_device_uri
from esealkit.keys.pkcs11 import _cryptoki as ck
from esealkit.keys.pkcs11 import objects
from esealkit.keys.pkcs11.module import Module, TokenFailure, failure, load_module
from esealkit.keys.pkcs11.token import Token, select_token
from esealkit.keys.profiles import Mechanism, Profile, load_profiles, matching
from esealkit.keys.raw_signatures import Form
from esealkit.keys.selection import Candidate, Chosen, Holder, choose
from esealkit.keys.timed import timed
from esealkit.pki.certificate import Certificate

__all__ = [
    "OpenedToken",
    "Pkcs11Signer",
    "named_keys",
    "open_pkcs11",
    "opened_token",
    "parse_pkcs11_uri",
    "sign_once",
]

_PATH = (
    "token", "manufacturer", "model", "serial", "slot-id", "object", "id", "type",
    "library-manufacturer", "library-description", "library-version",
)  # fmt: skip
_QUERY = ("module-path",)
_ANSWER = 1024


def parse_pkcs11_uri(uri: str) -> DeviceUri:
    """A ``pkcs11:`` URI.  Raises :class:`UsageError` ``key.uri*``."""
    return parse_device_uri(uri, path=_PATH, query=_QUERY)


@dataclass(frozen=True, slots=True)
class OpenedToken:
    """A token that is logged in, and what is known of it."""

    token: Token
    profile: Profile
    profiles: dict[str, Profile]
    mechanisms: tuple[int, ...]
    timeout: float


def opened_token(uri: DeviceUri, pin: DevicePinSource, *, login: bool = True) -> OpenedToken:
    """Load the module, find the token, log in unless told otherwise.

    Raises :class:`UsageError` (``token.module_*``, ``token.several``, ``token.no_module``,
    ``profile.*``), :class:`KeyNotFound` ``token.none``, :class:`PinRejected` and
    :class:`TokenError`.
    """
    if uri.query.get("module-path") is None:
        raise UsageError("token.no_module")
    profiles = load_profiles(uri.text("x-profiles"))
    path = (uri.text("module-path") or "").removeprefix("file://")

    def connect() -> OpenedToken:
        module = load_module(path)
        found = select_token(module, uri)
        profile = _profile(uri, profiles, module, found.manufacturer, found.model)
        # A PIN that the URI points at is used before anyone is asked.
        source = uri.pin if uri.has_pin and (pin is None or callable(pin)) else pin
        token = Token(module, found, DevicePin(source), alone=profile.single_session, login=login)
        try:
            mechanisms = tuple(module.mechanisms(found.slot))
        except BaseException:
            token.close()
            raise
        return OpenedToken(token, profile, profiles, mechanisms, uri.timeout)

    return timed(
        connect, timeout=uri.timeout, device=path, late=lambda opened: opened.token.close()
    )


def _profile(
    uri: DeviceUri, profiles: dict[str, Profile], module: Module, manufacturer: str, model: str
) -> Profile:
    wanted = uri.text("x-profile")
    if wanted is not None:
        if wanted not in profiles:
            raise UsageError("profile.unknown", name=wanted, known=sorted(profiles))
        return profiles[wanted]
    info = module.info()
    facts = {
        "manufacturer": f"{manufacturer}\n{info['library-manufacturer']}",
        "description": info["library-description"],
        "model": model,
        "path": module.path,
    }
    return matching(profiles, facts) or profiles["generic"]


def open_pkcs11(
    uri: str,
    *,
    pin: DevicePinSource,
    given: Sequence[Certificate],
    extra: Iterable[Certificate],
) -> DeviceKey:
    """The key that ``uri`` names, with ``given`` or the token's own certificate.

    Raises as :func:`opened_token` and :func:`~esealkit.keys.selection.choose`, and
    :class:`UnsupportedError` ``token.ecdsa_only`` (the key signs ECDSA, not SM2),
    ``token.no_mechanism`` or ``token.no_z``.
    """
    parsed = parse_pkcs11_uri(uri)
    opened = opened_token(parsed, pin)
    token = opened.token
    try:
        chosen, stored = timed(
            lambda: _choose(opened, parsed, given), timeout=opened.timeout, device=token.name
        )
        mechanism = _mechanism(opened, chosen.key)
    except BaseException:
        token.close()
        raise
    signer = Pkcs11Signer(opened, mechanism, chosen)
    if chosen.certificate is None:
        return DeviceKey(signer, chosen.public_key)
    return DeviceKey.certified(signer, chosen.certificate, known=[*given, *stored], extra=extra)


def _choose(
    opened: OpenedToken, uri: DeviceUri, given: Sequence[Certificate]
) -> tuple[Chosen[objects.StoredKey], list[Certificate]]:
    token = opened.token
    with token.session(timeout=opened.timeout) as (session, _):
        keys = objects.keys(token.module, session, opened.profile.points)
        stored = objects.certificates(token.module, session)
    holders = []
    for each in stored:
        with suppress(KeyFormatError):
            holders.append(
                Holder(
                    certificate=Certificate(each.der), label=each.label, identifier=each.identifier
                )
            )
    wanted = named_keys(keys, stored, uri)
    candidates = [
        Candidate(key=k, label=k.label, identifier=k.identifier, public_key=k.public_key)
        for k in wanted
    ]
    return choose(candidates, holders, given), [each.certificate for each in holders]


def named_keys(
    keys: Sequence[objects.StoredKey],
    stored: Iterable[objects.StoredCertificate],
    uri: DeviceUri,
) -> list[objects.StoredKey]:
    """The keys that the URI's ``object`` and ``id`` name, by themselves or their certificate."""
    if uri.text("type") not in (None, "private"):
        raise UsageError("key.uri_value", name="type")
    label, identifier = uri.text("object"), uri.path.get("id")
    found = [key for key in keys if identifier is None or key.identifier == identifier]
    if label is not None:
        ids = {each.identifier for each in stored if each.label == label and each.identifier}
        found = [key for key in found if key.label == label] or [
            key for key in found if key.identifier in ids
        ]
    if not found:
        raise KeyNotFound("token.no_key", labels=[key.label for key in keys])
    return found


def _mechanism(opened: OpenedToken, key: objects.StoredKey) -> Mechanism:
    profile, name = opened.profile, opened.token.name
    offered = list(opened.mechanisms)
    if key.key_type in (ck.CKK_EC, ck.CKK_RSA) and key.key_type not in profile.key_types:
        code = "token.ecdsa_only" if key.elliptic_on_sm2 else "token.not_sm2_key"
        raise UnsupportedError(code, device=name, label=key.label)
    chosen = profile.chosen(offered)
    if chosen is not None:
        return chosen
    if any(each.takes == "message_no_z" and each.number in offered for each in profile.mechanisms):
        raise UnsupportedError("token.no_z_only", device=name, profile=profile.name)
    raise UnsupportedError(
        "token.no_mechanism",
        device=name,
        profile=profile.name,
        offered=[f"0x{each:08X}" for each in offered if each >= 0x8000_0000 or each > 0xFFFF],
    )


class Pkcs11Signer:
    """Signs with one key of one token; implements the device side of :class:`DeviceKey`."""

    def __init__(
        self, opened: OpenedToken, mechanism: Mechanism, chosen: Chosen[objects.StoredKey]
    ) -> None:
        self._opened = opened
        self._token = opened.token
        self._mechanism = mechanism
        self._chosen = chosen
        self._handle = (opened.token.generation, chosen.key.handle)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Key and token in words."""
        return (
            f"pkcs11 {self._token.name}, {self._chosen.label or self._chosen.key.identifier.hex()}"
        )

    @property
    def takes(self) -> Literal["e", "message"]:
        """What the mechanism wants."""
        return "e" if self._mechanism.takes == "e" else "message"

    @property
    def form(self) -> Form:
        """What the mechanism returns."""
        return self._mechanism.gives

    def sign(self, data: bytes) -> bytes:
        """The token's answer for ``data``; once more after the session was lost.

        SM2 signing may be repeated: another nonce, the same meaning.  A login is not.
        """
        generation = self._token.generation
        try:
            return self._once(data)
        except TokenFailure as error:
            if error.rv not in ck.SESSION_LOST and error.rv not in ck.GONE:
                raise
        timed(
            lambda: self._token.reconnect(generation),
            timeout=self._opened.timeout,
            device=self.name,
        )
        return self._once(data)

    def _once(self, data: bytes) -> bytes:
        return timed(lambda: self._in_session(data), timeout=self._opened.timeout, device=self.name)

    def _in_session(self, data: bytes) -> bytes:
        with self._token.session(timeout=self._opened.timeout) as (session, generation):
            handle = self._key_handle(session, generation)
            return sign_once(
                self._token,
                session,
                handle,
                self._mechanism,
                data,
                asks=self._chosen.key.asks_each_time,
            )

    def _key_handle(self, session: int, generation: int) -> int:
        """The key's handle, found again by id and label after a reconnection."""
        with self._lock:
            if self._handle[0] == generation:
                return self._handle[1]
            wanted = self._chosen.key
            again = [
                each
                for each in objects.keys(self._token.module, session, self._opened.profile.points)
                if (each.label, each.identifier) == (wanted.label, wanted.identifier)
                and each.public_key in (None, wanted.public_key)
            ]
            if len(again) != 1:
                raise KeyNotFound("token.key_gone", device=self._token.name, label=wanted.label)
            self._handle = (generation, again[0].handle)
            return again[0].handle

    def close(self) -> None:
        """Log out and close the sessions."""
        self._token.close()


def sign_once(
    token: Token, session: int, key: int, mechanism: Mechanism, data: bytes, *, asks: bool
) -> bytes:
    """One C_SignInit, C_Sign; with a login between them where the key asks for each signature.

    Raises :class:`TokenFailure`, :class:`PinRejected`.
    """
    ffi, module = ck.ffi(), token.module
    row = ffi.new("CK_MECHANISM *")
    row.mechanism = mechanism.number
    parameter: Any = None
    if mechanism.parameter == "id":
        parameter = ffi.from_buffer(DEFAULT_ID)
        row.pParameter, row.ulParameterLen = ffi.cast("void *", parameter), len(DEFAULT_ID)
    module.call("C_SignInit", session, row, key)
    if asks:
        token.login(session, ck.CKU_CONTEXT_SPECIFIC, again=True)
    answer, length = ffi.new("unsigned char[]", _ANSWER), ffi.new("CK_ULONG *", _ANSWER)
    rv = module.returned("C_Sign", session, ffi.from_buffer(data), len(data), answer, length)
    if rv != ck.CKR_OK:
        raise failure("C_Sign", rv)
    if length[0] > _ANSWER:
        raise TokenError("token.signature_form", device=token.name, length=int(length[0]))
    return bytes(ffi.buffer(answer, int(length[0])))
