"""Seals kept in the device beside the key: read and stored.

An SKF device keeps files in its application (``skf:…;file=NAME``), a PKCS#11 token data objects
(``pkcs11:…;object=NAME``).  What is read is bytes like those of any file: nothing is trusted for
where it came from.
"""

from __future__ import annotations

import re
from contextlib import suppress

from esealkit.errors import InputError, TokenError, UsageError
from esealkit.keys.device_pins import DevicePinSource
from esealkit.keys.device_uris import DeviceUri
from esealkit.keys.timed import timed
from esealkit.limits import DEFAULT_LIMITS

__all__ = ["is_device_uri", "read_stored", "store"]

_SCHEMES = ("skf", "pkcs11")
_BLOCK = 1024
_ANYONE = 0xFF
_USER = 0x10


def is_device_uri(text: str) -> bool:
    """Whether ``text`` names something in a device rather than a file."""
    return re.match(rf"(?i)({'|'.join(_SCHEMES)}):", text) is not None


def read_stored(uri: str, *, pin: DevicePinSource = None) -> bytes:
    """The bytes of the file or data object that ``uri`` names.

    Without ``pin`` only what shows before login can be read.  Raises :class:`InputError`
    ``input.missing``, :class:`UsageError`, :class:`TokenError`, :class:`PinRejected`.
    """
    if uri.lower().startswith("skf:"):
        return _read_skf(uri, pin)
    return _read_pkcs11(uri, pin)


def store(uri: str, content: bytes, *, pin: DevicePinSource = None) -> None:
    """Keep ``content`` under the name that ``uri`` gives, and read it back.

    An SKF file of that name is replaced; a PKCS#11 object of that name is refused.  Raises
    :class:`UsageError` ``token.stored_already`` and as :func:`read_stored`.
    """
    if len(content) > DEFAULT_LIMITS.der_size:
        raise UsageError("token.too_large", length=len(content))
    if uri.lower().startswith("skf:"):
        _store_skf(uri, content, pin)
    else:
        _store_pkcs11(uri, content, pin)
    if read_stored(uri, pin=pin if callable(pin) or pin is None else None) != content:
        raise TokenError("token.stored_differs")


def _name(uri: DeviceUri, what: str) -> str:
    name = uri.text(what)
    if not name:
        raise UsageError("token.name_needed", what=what, present=())
    return name


def _read_skf(uri: str, pin: DevicePinSource) -> bytes:
    from esealkit.keys.skf.key import Connection, parse_skf_uri
    from esealkit.keys.skf.library import SkfFailure

    parsed = parse_skf_uri(uri)
    name = _name(parsed, "file").encode()

    def read() -> bytes:
        connection = Connection(parsed, pin)
        library = connection.library
        try:
            if pin is not None or parsed.has_pin:
                connection.login()
            info = library.ffi.new("unsigned char[]", 256)
            library.checked("SKF_GetFileInfo", connection.application, name, info)
            # FileName[32], then FileSize, of which the lower half is read.
            size = int.from_bytes(bytes(library.ffi.buffer(info))[32:36], "little")
            if size > DEFAULT_LIMITS.der_size:
                raise UsageError("token.too_large", length=size)
            return _blocks(connection, name, size)
        except SkfFailure as error:
            if error.sar == 0x0A000031:
                raise InputError("input.missing", path=uri.partition("?")[0]) from None
            raise
        finally:
            connection.close()

    return timed(read, timeout=parsed.timeout, device=uri.partition("?")[0])


def _blocks(connection: object, name: bytes, size: int) -> bytes:
    from esealkit.keys.skf.key import Connection

    assert isinstance(connection, Connection)
    library = connection.library
    content = bytearray()
    buffer, count = library.ffi.new("unsigned char[]", _BLOCK), library.word()
    while len(content) < size:
        wanted = min(_BLOCK, size - len(content))
        library.checked(
            "SKF_ReadFile", connection.application, name, len(content), wanted, buffer, count
        )
        got = min(int(count[0]) & 0xFFFF_FFFF, wanted)
        if not got:
            break
        content += bytes(library.ffi.buffer(buffer, got))
    return bytes(content)


def _store_skf(uri: str, content: bytes, pin: DevicePinSource) -> None:
    from esealkit.keys.skf.key import Connection, parse_skf_uri

    parsed = parse_skf_uri(uri)
    name = _name(parsed, "file").encode()
    if len(name) > 31:
        raise UsageError("key.uri_value", name="file")

    def write() -> None:
        connection = Connection(parsed, pin)
        library, application = connection.library, connection.application
        try:
            connection.login()
            with suppress(TokenError):
                library.checked("SKF_DeleteFile", application, name)
            library.checked("SKF_CreateFile", application, name, len(content), _ANYONE, _USER)
            for at in range(0, len(content), _BLOCK):
                block = content[at : at + _BLOCK]
                data = library.ffi.from_buffer(block)
                library.checked("SKF_WriteFile", application, name, at, data, len(block))
        finally:
            connection.close()

    timed(write, timeout=parsed.timeout, device=uri.partition("?")[0])


def _read_pkcs11(uri: str, pin: DevicePinSource) -> bytes:
    from esealkit.keys.pkcs11 import objects
    from esealkit.keys.pkcs11.key import opened_token, parse_pkcs11_uri

    parsed = parse_pkcs11_uri(uri)
    name = _name(parsed, "object")
    opened = opened_token(parsed, pin, login=pin is not None or parsed.has_pin)
    try:
        with opened.token.session(timeout=opened.timeout) as (session, _):
            found = objects.stored_data(opened.token.module, session).get(name)
    finally:
        opened.token.close()
    if found is None:
        raise InputError("input.missing", path=uri.partition("?")[0])
    return found


def _store_pkcs11(uri: str, content: bytes, pin: DevicePinSource) -> None:
    from esealkit.keys.pkcs11 import objects
    from esealkit.keys.pkcs11.key import opened_token, parse_pkcs11_uri

    parsed = parse_pkcs11_uri(uri)
    name = _name(parsed, "object")
    opened = opened_token(parsed, pin)
    try:
        with opened.token.session(timeout=opened.timeout) as (session, _):
            if name in objects.stored_data(opened.token.module, session):
                raise UsageError("token.stored_already", name=name)
        with opened.token.writing_session() as session:
            objects.store_data(opened.token.module, session, name, content)
    finally:
        opened.token.close()
