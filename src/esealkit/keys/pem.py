"""PEM text (RFC 7468, and RFC 1421 headers as OpenSSL writes them)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from esealkit.errors import KeyFormatError

__all__ = ["PemBlock", "looks_like_pem", "read_pem", "write_pem"]

_BEGIN = re.compile(rb"^-----BEGIN ([ -,.-~]{1,64})-----[ \t]*\r?$", re.MULTILINE)
_HEADER = re.compile(rb"\A[ \t\r\n]*((?:[A-Za-z][A-Za-z-]*:[^\n]*\n)+)[ \t\r]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class PemBlock:
    """One block between BEGIN and END."""

    label: str
    """E.g. ``PRIVATE KEY``."""
    headers: dict[str, str]
    """RFC 1421 headers, names in lower case; usually none."""
    body: bytes
    """The decoded content."""

    def __repr__(self) -> str:
        return f"<PemBlock {self.label!r}>"


def looks_like_pem(content: bytes) -> bool:
    """Whether ``content`` holds the beginning of a PEM block."""
    return b"-----BEGIN " in content


def read_pem(content: bytes) -> list[PemBlock]:
    """All blocks of ``content``; text around them is ignored.

    Raises :class:`KeyFormatError` ``key.pem`` for a block without end or with broken base64.
    """
    blocks: list[PemBlock] = []
    at = 0
    while begin := _BEGIN.search(content, at):
        end_line = b"-----END " + begin[1] + b"-----"
        end = content.find(end_line, begin.end())
        if end < 0:
            raise KeyFormatError("key.pem")
        blocks.append(_block(begin[1].decode("ascii"), content[begin.end() : end]))
        at = end + len(end_line)
    return blocks


def _block(label: str, inside: bytes) -> PemBlock:
    headers: dict[str, str] = {}
    if found := _HEADER.match(inside):
        inside = inside[found.end() :]
        for line in found[1].decode("latin-1").splitlines():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
    try:
        body = base64.b64decode(b"".join(inside.split()), validate=True)
    except (binascii.Error, ValueError):
        raise KeyFormatError("key.pem") from None
    return PemBlock(label=label, headers=headers, body=body)


def write_pem(label: str, body: bytes) -> bytes:
    """One PEM block with lines of 64 characters."""
    text = base64.b64encode(body)
    lines = b"".join(text[i : i + 64] + b"\n" for i in range(0, len(text), 64))
    name = label.encode("ascii")
    return b"-----BEGIN " + name + b"-----\n" + lines + b"-----END " + name + b"-----\n"
