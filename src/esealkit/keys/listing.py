"""``keys list`` and ``keys probe`` for devices whose functions are fixed: SKF, SDF, services, OES.

They sign e and nothing else, so that a probe only has to see whether what comes back holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from esealkit.crypto import sm3
from esealkit.errors import EsealError, TokenError, UsageError
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.device_uris import escaped
from esealkit.keys.inventory import Inventory, ListedKey, Probe, ProbedMechanism, described
from esealkit.keys.oes import OesPlugin
from esealkit.keys.skf.key import Connection, parse_skf_uri
from esealkit.keys.timed import timed
from esealkit.pki.certificate import Certificate

__all__ = ["LISTERS", "probed"]

_MESSAGE = b"esealkit: what does this device sign?"


def _skf(uri: str, pin: DevicePinSource) -> Inventory:
    parsed = parse_skf_uri(uri)
    query = uri.partition("?")[2]

    def read() -> Inventory:
        connection = Connection(parsed, pin)
        try:
            rows = []
            for each in connection.containers():
                subject, valid, use, sm2 = described(each.certificate or b"")
                name = each.name.decode("utf-8", "replace")
                rows.append(
                    ListedKey(
                        kind="key",
                        label=name,
                        identifier=name,
                        use=use or "sign",
                        sm2=sm2 or each.public_key is not None,
                        subject=subject,
                        valid=valid,
                        uri=f"skf:container={escaped(each.name)}?{query}",
                    )
                )
            device = {
                "label": connection.label,
                "serial": connection.serial,
                "library": connection.library.path,
            }
            return Inventory(device=device, keys=rows)
        finally:
            connection.close()

    return timed(read, timeout=parsed.timeout, device=uri.partition("?")[0])


def _one_key(uri: str, pin: DevicePinSource) -> Inventory:
    """A device or service that is asked for one key: what that key is."""
    with _opened(uri, pin, None) as key:
        subject, valid, use, _ = described(key.certificate or b"")
        row = ListedKey(
            kind="key",
            label=key.device,
            identifier="",
            use=use,
            sm2=True,
            subject=subject,
            valid=valid,
            uri=uri,
        )
        return Inventory(device={"label": key.device}, keys=[row])


def _oes(uri: str, _pin: DevicePinSource) -> Inventory:
    plugin = OesPlugin(uri)
    path = uri.partition("?")[0]
    rows = [
        ListedKey(
            kind="key",
            label=each.name,
            identifier=each.identifier,
            use="sign",
            sm2=True,
            subject="",
            valid="",
            uri=f"{path}?seal={escaped(each.identifier.encode())}",
        )
        for each in plugin.seals()
    ]
    return Inventory(device={"library": plugin.name, **plugin.provider()}, keys=rows)


LISTERS: Mapping[str, Callable[[str, DevicePinSource], Inventory]] = {
    "skf": _skf,
    "sdf": _one_key,
    "https": _one_key,
    "oes": _oes,
}


def probed(uri: str, pin: DevicePinSource, certificate: Certificate | None) -> Probe:
    """Sign the e of a fixed message and say whether it holds.

    Raises :class:`UsageError` ``key.is_plugin`` for a plug-in, which signs documents only.
    """
    if uri.lower().startswith("oes:"):
        raise UsageError("key.is_plugin", uri=uri.partition("?")[0])
    outcome = "good"
    with _opened(uri, pin, certificate) as key:
        try:
            key.sign_e(sm3(key.public_key.z() + _MESSAGE))
        except TokenError as error:
            outcome = error.code
        row = ProbedMechanism(name=key.device, given="e", outcome=outcome, form="rs")
        device = {"label": key.device}
    return Probe(device=device, mechanisms=[row])


def _opened(uri: str, pin: DevicePinSource, certificate: Certificate | None) -> DeviceKey:
    from esealkit.keys.opening import open_key

    key = open_key(uri, pin=pin, certificate=certificate.der if certificate else None)
    if not isinstance(key, DeviceKey):
        with suppress(EsealError):
            key.close()
        raise UsageError("key.uri", uri=uri.partition(":")[0])
    return key
