"""What was just written, looked at once more: coverage, digest and signature of each value.

The verifier does far more; this is the least that must hold before a file takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from esealkit.asn1 import der, oids
from esealkit.crypto import sm3
from esealkit.errors import EsealError, InvalidSignature
from esealkit.findings import Finding, failed, passed
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms import (
    find_message,
    parse_signed_message,
    select_certificate,
    verify_signer,
)
from esealkit.pki.timestamp import parse_token, verify_token
from esealkit.seal.parse import is_seal_signature, parse_seal_signature

__all__ = ["check_written"]

_RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]")


def check_written(data: bytes, new: int) -> list[list[Finding]]:
    """Findings on each of the ``new`` last signatures of the file ``data``, in file order."""
    return [list(_checked(data, match)) for match in list(_RANGE.finditer(data))[-new:]]


def _checked(data: bytes, match: re.Match[bytes]) -> Iterator[Finding]:
    zero, first, second, rest = (int(number) for number in match.groups())
    ended = data[second : second + rest].rstrip().endswith(b"%%EOF")
    if zero or data[first : first + 1] != b"<" or data[second - 1 : second] != b">" or not ended:
        yield failed("document.coverage")
        return
    yield passed("document.coverage")
    covered = data[:first] + data[second : second + rest]
    try:
        value = bytes.fromhex(data[first + 1 : second - 1].decode("ascii"))
        value = value[: der.parse(value, allow_trailing=True).end]
        if is_seal_signature(value):
            _check_seal(value, covered)
        else:
            _check_message(value, covered)
    except (EsealError, ValueError):
        yield failed("signature.value")
        return
    yield passed("document.digest", algorithm="")
    yield passed("signature.value", algorithm="")


def _check_seal(value: bytes, covered: bytes) -> None:
    found = parse_seal_signature(value)
    if found.data_hash != sm3(covered):
        raise InvalidSignature("signing.wrong_signature")
    certificate = Certificate(found.certificate)
    certificate.sm2_key.verify(found.signature.der or b"", found.signed_bytes)


def _check_message(value: bytes, covered: bytes) -> None:
    message = parse_signed_message(value)
    signer = message.signers[0]
    certificate = select_certificate(message, signer, ())
    if certificate is None:
        raise InvalidSignature("signing.wrong_signature")
    if message.encapsulated_type == oids.TST_INFO:
        verify_token(parse_token(value), {"document": covered})
        return
    readings = find_message(message, signer, covered)
    if not readings[0].digest_matches:
        raise InvalidSignature("signing.wrong_signature")
    verify_signer(signer, certificate, readings, covered)
