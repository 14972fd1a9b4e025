"""``sign``: its value is judged by OpenSSL, and a value changed anywhere never passes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.ofds import unpack
from tests.support.openssl import DISTID, NEEDED, openssl, write_certificate
from tests.support.stamped import Workbench, changed, deviations, outcomes

import esealkit as ek
from esealkit.crypto import sm3
from esealkit.pki.cms import parse_signed_message


def signed(bench: Workbench, folder: Path, *, attributes: bool) -> bytes:
    out = folder / f"{attributes}.ofd"
    ek.sign(bench.kit.directory / "sample.ofd", out, key=bench.key("signer"),
            attributes=attributes, trust=bench.trust)  # fmt: skip
    return out.read_bytes()


def value_name(data: bytes) -> str:
    [found] = [name for name in unpack(data) if name.endswith("SignedValue.dat")]
    return found


@NEEDED
@pytest.mark.parametrize("attributes", [False, True])
def test_openssl_verifies_the_value(attributes: bool, bench: Workbench, tmp_path: Path) -> None:
    """reg:GW-08 Both variants of ``sign`` pass our verifier, and OpenSSL verifies the signature over the
    attributes, or over the digest of Signature.xml, as they stand in the file."""
    data = signed(bench, tmp_path, attributes=attributes)
    assert bench.verify(data).verdict is ek.Verdict.PASSED
    parts = unpack(data)
    name = value_name(data)
    xml = parts[name.replace("SignedValue.dat", "Signature.xml")]
    [signer] = (message := parse_signed_message(parts[name])).signers
    assert (signer.attributes is not None) == attributes
    if not attributes:
        assert message.content == sm3(xml)
    (tmp_path / "m").write_bytes(signer.attributes or message.content or b"")
    (tmp_path / "s").write_bytes(signer.signature)
    write_certificate(tmp_path / "c.pem", bench.certificate("signer"))
    openssl("x509", "-in", "c.pem", "-pubkey", "-noout", "-out", "pub.pem", folder=tmp_path)
    out = openssl("pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-digest", "sm3",
                  "-pkeyopt", DISTID, "-in", "m", "-sigfile", "s", folder=tmp_path)  # fmt: skip
    assert b"Verified Successfully" in out


@pytest.mark.parametrize("attributes", [False, True])
def test_value_of_another_document_fails(
    attributes: bool, bench: Workbench, tmp_path: Path
) -> None:
    """A signature value moved to another document fails there by its digest."""
    data = signed(bench, tmp_path, attributes=attributes)
    name = value_name(data)

    def change(parts: dict[str, bytes]) -> None:
        xml = name.replace("SignedValue.dat", "Signature.xml")
        parts[xml] = parts[xml].replace(b"</ofd:Signature>", b" </ofd:Signature>")

    report = bench.verify(changed(data, change))
    assert (report.verdict.value, report.code) == ("failed", "document.digest")


def test_value_in_base64_is_a_departure(bench: Workbench, tmp_path: Path) -> None:
    """A SignedValue.dat that one vendor writes as Base64 text is read with a row and refused by
    strict; text that is no Base64 of a value fails (row 23)."""
    data = signed(bench, tmp_path, attributes=True)
    name = value_name(data)

    def with_value(bend: Callable[[bytes], bytes]) -> bytes:
        return changed(data, lambda parts: parts.update({name: bend(parts[name])}))

    for bend in (base64.b64encode, base64.encodebytes):
        text = with_value(bend)
        assert bench.verify(text).verdict is ek.Verdict.PASSED
        assert deviations(bench.verify(text)) == {"signature.base64"}
        assert bench.verify(text, policy="strict").verdict is ek.Verdict.FAILED
    for wrong in (lambda v: base64.b64encode(v)[:-5], lambda v: b"M===", lambda v: b"MAAA"):
        report = bench.verify(with_value(wrong))
        assert (report.verdict.value, outcomes(report)["signature.form"]) == ("failed", "failed")
