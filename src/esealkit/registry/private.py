"""Private fields: encrypted at rest with SM4-GCM, masked when shown (SH-24).

The key is kept in a file of its own, 16 bytes as hexadecimal; each value is bound to the record
it stands in, so that it cannot be moved to another.

A value is found again by its *mark*, an HMAC-SM3 under a key derived from that one: who knows the
whole value and has the key can ask for it; nobody can ask for a part of it.  Without the key a mark
tells only which records share a value.
"""

from __future__ import annotations

import hmac
import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path

from esealkit.crypto import SM3
from esealkit.crypto.sm4 import BLOCK, NONCE, gcm_decrypt, gcm_encrypt
from esealkit.errors import (
    InputError,
    KeyFormatError,
    MalformedError,
    OutputError,
    RegistryError,
    input_unreadable,
)

__all__ = ["PRIVATE_FIELDS", "PrivateFields", "mask", "new_keyfile"]

PRIVATE_FIELDS = ("representative", "handler", "handler_id", "handler_phone", "keeper",
                  "keeper_phone")  # fmt: skip
"""法定代表人/经营者, 经办人 and his identity and telephone, 保管人 and telephone."""


def new_keyfile(path: str | PathLike[str], *, random: Callable[[int], bytes] = os.urandom) -> None:
    """Write a fresh key, for its owner only.

    :raises OutputError: the file exists or cannot be written.
    """
    staged = Path(path).with_name(f".{Path(path).name}.{random(6).hex()}")
    try:
        file = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, random(BLOCK).hex().encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        try:
            os.link(staged, path)  # whole or not at all, and never over another
        finally:
            os.unlink(staged)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("output.failed", path=str(path), reason=reason) from error


class PrivateFields:
    """Encrypts and decrypts the private fields of records."""

    __slots__ = ("_key", "_marking", "_random")

    def __init__(self, key: bytes, *, random: Callable[[int], bytes] = os.urandom) -> None:
        if len(key) != BLOCK:
            raise KeyFormatError("registry.keyfile")
        self._key = key
        self._marking = _hmac(key, b"esealkit.private-mark/1")
        self._random = random

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> PrivateFields:
        """Read the key.

        :raises InputError, KeyFormatError: the file is missing, or no key.
        """
        try:
            text = Path(path).read_text("ascii").strip()
            return cls(bytes.fromhex(text))
        except FileNotFoundError:
            raise InputError("input.missing", path=str(path)) from None
        except OSError as error:
            raise input_unreadable(path, error) from error
        except ValueError:
            raise KeyFormatError("registry.keyfile") from None

    def lock(self, values: Mapping[str, str], *, record: str) -> bytes:
        """``values`` encrypted for ``record``."""
        nonce = self._random(NONCE)
        plain = json.dumps(dict(values), ensure_ascii=False, sort_keys=True).encode()
        return nonce + gcm_encrypt(self._key, nonce, plain, bound_to=record.encode())

    def unlock(self, blob: bytes, *, record: str) -> dict[str, str]:
        """The values again.

        :raises RegistryError: another key, another record's values, or altered bytes.
        """
        try:
            plain = gcm_decrypt(self._key, blob[:NONCE], blob[NONCE:], bound_to=record.encode())
        except (MalformedError, ValueError):
            raise RegistryError("registry.private", seal=record) from None
        value = json.loads(plain)
        return {str(name): str(item) for name, item in value.items()}

    def mark(self, field: str, value: str) -> str:
        """What a value of a field is found by: alike for values that people take for the same."""
        plain = unicodedata.normalize("NFKC", value).casefold()
        plain = "".join(char for char in plain if char.isalnum())
        return _hmac(self._marking, f"{field}\0{plain}".encode())[:16].hex()

    def __repr__(self) -> str:
        return "<PrivateFields>"

    def __reduce__(self) -> str:
        raise TypeError("cannot pickle a key")


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, SM3).digest()


def mask(field: str, value: str) -> str:
    """The value as everybody may see it: a surname, the ends of a number."""
    if not value:
        return ""
    if field in ("handler_id", "handler_phone", "keeper_phone"):
        ends = (4, 4) if len(value) >= 15 else (3, 2) if len(value) >= 8 else (0, 0)
        middle = len(value) - sum(ends)
        return value[: ends[0]] + "*" * middle + (value[-ends[1] :] if ends[1] else "")
    return value[0] + "*" * max(1, len(value) - 1)
