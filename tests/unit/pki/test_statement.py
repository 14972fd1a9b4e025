"""Statements: what one signer signed, inside a message or apart from it."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from tests.support.openssl import NEEDED, openssl

from esealkit.asn1 import der
from esealkit.crypto import sm3
from esealkit.errors import EsealError, InvalidSignature, UsageError
from esealkit.pki.statement import (
    Statement,
    plain_json,
    read_statement,
    read_statements,
    sign_statement,
    write_statement,
)
from esealkit.sandbox import Sandbox

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65_535, 65_536, 3_000_000])
def test_a_written_statement_is_strict_der(kit: Sandbox, size: int) -> None:
    """Written from file to file at any size, a statement is strict DER, reads back as signed, and
    the digest handed out is that of the file."""
    key, content = kit.pki.holders["maker"], bytes(size)
    out = io.BytesIO()
    digest = write_statement(out, io.BytesIO(content), key=key, moment=NOW)
    data = out.getvalue()
    assert digest == sm3(data)
    assert der.parse(data).end == len(data)
    found = read_statement(data)
    assert (found.content, found.signer.der) == (content, key.certificate)


def test_a_statement_is_signed_in_memory_alike(kit: Sandbox) -> None:
    """In memory and from a file the same octets surround the content, up to the signature."""
    key, content = kit.pki.holders["maker"], plain_json({"b": "值", "a": 1})
    out = io.BytesIO()
    write_statement(out, io.BytesIO(content), key=key, moment=NOW)
    at = out.getvalue().index(content)
    assert abs(len(sign_statement(content, key=key, moment=NOW)) - len(out.getvalue())) <= 4
    assert sign_statement(content, key=key, moment=NOW).index(content) == at
    assert content == '{"a":1,"b":"值"}'.encode()


def test_a_detached_statement_needs_its_content(kit: Sandbox) -> None:
    """Apart from its content a statement is read with just that content, and with no other."""
    data = sign_statement(b"text", key=kit.pki.holders["maker"], moment=NOW, detached=True)
    assert read_statement(data, content=b"text").content == b"text"
    for content in (b"texT", None):
        with pytest.raises(EsealError):
            read_statement(data, content=content)
    inside = sign_statement(b"text", key=kit.pki.holders["maker"], moment=NOW)
    with pytest.raises(EsealError):
        read_statement(inside, content=b"text")


def test_many_are_read_at_once(kit: Sandbox) -> None:
    """Of many statements each is read or refused for itself, whoever signed it."""
    holders = kit.pki.holders
    rows = [
        (sign_statement(bytes([n]), key=holders["maker" if n % 2 else "signer"], moment=NOW), None)
        for n in range(8)
    ]
    bent = bytearray(rows[3][0])
    bent[-1] ^= 1
    rows[3], rows[5] = (bytes(bent), None), (b"\x30\x00", None)
    found = read_statements(rows)
    assert [isinstance(item, Statement) for item in found] == [n not in (3, 5) for n in range(8)]
    assert isinstance(found[3], InvalidSignature)
    assert [item.content for item in found if isinstance(item, Statement)] == [
        bytes([n]) for n in (0, 1, 2, 4, 6, 7)
    ]


def test_a_key_without_certificate_signs_none(kit: Sandbox) -> None:
    """Without a certificate nobody could tell who signed."""
    bare = kit.pki.holders["maker"].with_certificates(None, ())
    with pytest.raises(UsageError):
        sign_statement(b"", key=bare, moment=NOW)


@NEEDED
def test_openssl_reads_what_was_written(kit: Sandbox, tmp_path: Path) -> None:
    """OpenSSL finds the same structure: the content whole, at its place."""
    content = b"x" * 70_000
    with (tmp_path / "s.p7").open("wb") as out:
        write_statement(out, io.BytesIO(content), key=kit.pki.holders["maker"], moment=NOW)
    shown = openssl("asn1parse", "-inform", "DER", "-in", "s.p7", folder=tmp_path)
    assert b"l=70000 prim: OCTET STRING" in shown
