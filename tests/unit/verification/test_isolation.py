"""Verifying touches nothing but what it was given (G-07), and foreign SM2 identities never pass."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.stamped import Workbench, reasons

import esealkit as ek
from esealkit.asn1 import der

PROBE = """
import json, sys
import esealkit as ek
path, trust = sys.argv[1:3]
data = open(path, "rb").read()
stores = ek.TrustStore.from_path(trust)
ek.verify(data, trust=stores).to_json()   # everything is imported now
seen = []
def hook(event, args):
    if event == "open" or event.startswith(("socket.", "subprocess.", "os.system", "os.exec",
                                            "os.posix_spawn", "urllib.", "shutil.", "ctypes.")):
        seen.append([event, str(args[0])[:200]])
sys.addaudithook(hook)
report = ek.verify(data, trust=stores)
text = report.to_json() + report.to_text("zh")
print(json.dumps([report.verdict.value, seen]))
"""


def test_no_file_no_network_no_process(bench: Workbench, tmp_path: Path) -> None:
    """Verifying bytes opens no file but esealkit's own data, no socket and no process."""
    path = tmp_path / "a.ofd"
    path.write_bytes(bench.stamped)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(path), str(bench.trust)],
        capture_output=True,
        text=True,
        check=True,
    )
    verdict, seen = json.loads(done.stdout)
    assert verdict == "passed"
    package = str(Path(ek.__file__).parent)
    assert [item for item in seen if item[0] != "open" or not item[1].startswith(package)] == []


@pytest.mark.parametrize("identity", [b"", b"ALICE123@YAHOO.COM"])
def test_other_identity_fails(identity: bytes, bench: Workbench) -> None:
    """A signature made under another SM2 identity than the default one does not hold (S-37)."""
    private = bench.key("signer")._opened()

    def signed_otherwise(value: bytes) -> bytes:
        parts = [node.raw for node in der.parse(value)]
        signature = private.sign(parts[0], signer_id=identity)  # type: ignore[union-attr]
        parts[3] = der.encode(0x03, b"\0" + signature)
        return der.encode(0x30, *parts)

    report = bench.verify(bench.sign(value=signed_otherwise))
    assert report.verdict is ek.Verdict.FAILED
    assert "signature.value" in reasons(report)


def test_signature_without_z_fails(bench: Workbench) -> None:
    """A signature over SM3 of the message alone, without Z, does not hold (S-37)."""
    from esealkit.crypto import sm3

    def without_z(value: bytes) -> bytes:
        parts = [node.raw for node in der.parse(value)]
        parts[3] = der.encode(0x03, b"\0" + bench.key("signer").sign_e(sm3(parts[0])))
        return der.encode(0x30, *parts)

    assert bench.verify(bench.sign(value=without_z)).verdict is ek.Verdict.FAILED


def test_replaced_outer_certificate_fails(bench: Workbench) -> None:
    """The certificate outside TBS_Sign replaced by another one of the same key is not the listed
    one (S-08)."""
    from esealkit.pki.issuing import issue_certificate

    key = bench.key("signer")
    root = bench.kit.pki.root
    own = bench.certificate("signer")
    node = der.parse(own.tbs)
    twin = issue_certificate(
        subject=node[5].raw,
        issuer_name=node[3].raw,
        subject_public_key=key.public_key,
        signing_key=root,
        serial=own.serial,
        not_before=own.not_before,
        not_after=own.not_after,
    )

    def replaced(value: bytes) -> bytes:
        parts = [part.raw for part in der.parse(value)]
        parts[1] = der.encode(0x04, twin)
        return der.encode(0x30, *parts)

    report = bench.verify(bench.sign(value=replaced))
    assert report.verdict is ek.Verdict.FAILED
    assert report.code == "signer.in_seal"


@pytest.mark.parametrize("algorithm", ["1.2.840.10045.4.3.2", "1.2.840.113549.1.1.5", "1.2.3.4"])
def test_replaced_outer_algorithm_never_passes(algorithm: str, bench: Workbench) -> None:
    """The algorithm outside TBS_Sign cannot be changed to another one (S-09, O-48)."""
    from esealkit.asn1 import build

    def replaced(value: bytes) -> bytes:
        parts = [part.raw for part in der.parse(value)]
        parts[2] = build.oid(algorithm)
        return der.encode(0x30, *parts)

    report = bench.verify(bench.sign(value=replaced))
    expected = ek.Verdict.INDETERMINATE if algorithm == "1.2.3.4" else ek.Verdict.FAILED
    assert report.verdict is expected


def test_a_fault_in_one_signature_fails_closed(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unforeseen error while judging a signature leaves it undecided; nothing is raised and
    nothing passes (G-01)."""
    from esealkit.verification import one_signature

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(one_signature, "judge_seal_signature", broken)
    report = bench.verify(bench.stamped)
    assert (report.verdict.value, report.code) == ("indeterminate", "signature.internal_error")
