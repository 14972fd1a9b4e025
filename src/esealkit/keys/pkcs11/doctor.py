"""Looking into a PKCS#11 token: its content, and what its mechanisms sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from esealkit.crypto import sm3
from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import EsealError, KeyFormatError, KeyNotFound
from esealkit.keys.device_key import what_was_signed
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.device_uris import escaped
from esealkit.keys.inventory import Inventory, ListedKey, Probe, ProbedMechanism, described
from esealkit.keys.pkcs11 import _cryptoki as ck
from esealkit.keys.pkcs11 import objects
from esealkit.keys.pkcs11.key import (
    OpenedToken,
    named_keys,
    opened_token,
    parse_pkcs11_uri,
    sign_once,
)
from esealkit.keys.profiles import Mechanism
from esealkit.keys.raw_signatures import readings
from esealkit.keys.timed import timed
from esealkit.pki.certificate import Certificate

__all__ = ["listed", "probed"]

_MESSAGE = b"esealkit: what does this mechanism sign?"
_VENDOR = 0x8000_0000


def listed(uri: str, pin: DevicePinSource) -> Inventory:
    """The content of the token; see :func:`esealkit.keys.doctor.list_keys`."""
    parsed = parse_pkcs11_uri(uri)
    opened = opened_token(parsed, pin, login=pin is not None or parsed.has_pin)
    try:
        with opened.token.session(timeout=opened.timeout) as (session, _):
            keys = objects.keys(opened.token.module, session, opened.profile.points)
            stored = objects.certificates(opened.token.module, session)
    finally:
        opened.token.close()
    return Inventory(
        device=_device(opened),
        keys=[*_keys(uri, keys, stored), *_certificates(stored)],
        mechanisms=[f"0x{each:08X}" for each in opened.mechanisms],
    )


def _device(opened: OpenedToken) -> Mapping[str, str]:
    found = opened.token.found
    return {
        "label": found.label,
        "manufacturer": found.manufacturer,
        "model": found.model,
        "serial": found.serial,
        "slot": str(found.slot),
        "library": opened.token.module.path,
        **opened.token.module.info(),
        "profile": opened.profile.name,
        "profile-verified": opened.profile.verified,
    }


def _keys(
    uri: str,
    keys: Sequence[objects.StoredKey],
    stored: Sequence[objects.StoredCertificate],
) -> list[ListedKey]:
    query = uri.partition("?")[2]
    rows = []
    for key in keys:
        mine = [each for each in stored if each.identifier == key.identifier and key.identifier]
        subject, valid, use, _ = described(mine[0].der) if mine else ("", "", "", False)
        path = f"object={escaped(key.label.encode())}"
        if key.identifier:
            path += f";id={escaped(key.identifier)}"
        rows.append(
            ListedKey(
                kind="key",
                label=key.label,
                identifier=key.identifier.hex(),
                use=use,
                sm2=key.key_type not in (ck.CKK_EC, ck.CKK_RSA),
                subject=subject,
                valid=valid,
                uri=f"pkcs11:{path}?{query}",
            )
        )
    return rows


def _certificates(stored: Sequence[objects.StoredCertificate]) -> list[ListedKey]:
    rows = []
    for each in stored:
        subject, valid, use, sm2 = described(each.der)
        rows.append(
            ListedKey(
                kind="certificate",
                label=each.label,
                identifier=each.identifier.hex(),
                use=use,
                sm2=sm2,
                subject=subject,
                valid=valid,
                uri="",
            )
        )
    return rows


def probed(uri: str, pin: DevicePinSource, certificate: Certificate | None) -> Probe:
    """Every vendor mechanism tried on a fixed message; see :func:`inventory.probe_key`."""
    parsed = parse_pkcs11_uri(uri)
    opened = opened_token(parsed, pin)
    try:
        with opened.token.session(timeout=opened.timeout) as (session, _):
            stored = objects.certificates(opened.token.module, session)
            keys = objects.keys(opened.token.module, session, opened.profile.points)
            key = named_keys(keys, stored, parsed)[0]
        public_key = _public_key(key, stored, certificate)
        rows = [
            row
            for number in opened.mechanisms
            if number >= _VENDOR or any(number == m.number for m in _known(opened))
            for row in _tried(opened, key, public_key, number)
        ]
    finally:
        opened.token.close()
    return Probe(device=_device(opened), mechanisms=rows, profile=_profile(opened, key, rows))


def _known(opened: OpenedToken) -> Sequence[Mechanism]:
    return [each for profile in opened.profiles.values() for each in profile.mechanisms]


def _public_key(
    key: objects.StoredKey,
    stored: Sequence[objects.StoredCertificate],
    certificate: Certificate | None,
) -> PublicKey:
    if certificate is not None:
        return certificate.sm2_key
    if key.public_key is not None:
        return key.public_key
    for each in stored:
        if each.identifier == key.identifier:
            with suppress(KeyFormatError):
                return Certificate(each.der).sm2_key
    raise KeyNotFound("token.no_public_key", label=key.label)


def _tried(
    opened: OpenedToken, key: objects.StoredKey, public_key: PublicKey, number: int
) -> list[ProbedMechanism]:
    """What mechanism ``number`` does when it is given e, and when it is given a message."""
    e = sm3(public_key.z() + _MESSAGE)
    rows = []
    for given, data in (("e", e), ("message", _MESSAGE)):
        parameters = ("none", "id") if given == "message" else ("none",)
        for parameter in parameters:
            mechanism = Mechanism(
                number=number,
                takes="e" if given == "e" else "message",
                gives="auto",
                parameter="id" if parameter == "id" else "none",
            )
            outcome, form = _outcome(opened, key, public_key, mechanism, data, e)
            rows.append(
                ProbedMechanism(
                    name=f"0x{number:08X}" + (" (id)" if parameter == "id" else ""),
                    given=given,
                    outcome=outcome,
                    form=form,
                )
            )
    return rows


def _outcome(
    opened: OpenedToken,
    key: objects.StoredKey,
    public_key: PublicKey,
    mechanism: Mechanism,
    data: bytes,
    e: bytes,
) -> tuple[str, str]:
    def sign() -> bytes:
        with opened.token.session(timeout=opened.timeout) as (session, _):
            return sign_once(
                opened.token, session, key.handle, mechanism, data, asks=key.asks_each_time
            )

    try:
        raw = timed(sign, timeout=opened.timeout, device=opened.token.name)
    except EsealError as error:
        return error.code, ""
    form = "der" if raw[:1] == b"\x30" and len(raw) != 64 else "rs"
    pairs = readings(raw, "auto")
    if not pairs:
        return "token.signature_form", ""
    message = data if mechanism.takes == "message" else None
    codes = [what_was_signed(public_key, pair, e, message) for pair in pairs]
    return ("good" if "token.signed_e" in codes else codes[0]), form


def _profile(opened: OpenedToken, key: objects.StoredKey, rows: Sequence[ProbedMechanism]) -> str:
    """The profile row to use, in TOML; empty where no mechanism is good."""
    good = [row for row in rows if row.outcome == "good"]
    bad = [row for row in rows if row.outcome == "token.signed_no_z"]
    if not good:
        return ""
    lines = [
        "[mine]",
        f'title = "{_quoted(opened.token.found.manufacturer)} {_quoted(opened.token.found.model)}"',
        'verified = "probed"',
        f"key_types = [0x{key.key_type or 0:08X}]",
        "mechanisms = [",
    ]
    for row in good:
        number, _, parameter = row.name.partition(" ")
        extra = ', parameter = "id"' if parameter else ""
        lines.append(
            f'  {{ number = {number}, takes = "{row.given}", gives = "{row.form}"{extra} }},'
        )
    for row in bad:
        lines.append(
            f'  {{ number = {row.name.partition(" ")[0]}, takes = "message_no_z", '
            f'gives = "{row.form}" }},'
        )
    return "\n".join([*lines, "]", ""])


def _quoted(text: str) -> str:
    """Device text inside a TOML string."""
    return "".join(c for c in text if c.isprintable() and c not in '"\\')
