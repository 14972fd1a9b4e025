"""``verify`` never raises for a bad document, and always for a wrong argument."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from tests.support.sample import sample
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit import errors
from esealkit.limits import Limits


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"when": dt.datetime(2026, 1, 1)}, "usage.naive_time"),
        ({"policy": "lenient"}, "policy.unknown"),
        ({"expect": "one seal"}, "usage.expect"),
        ({"evidence": b"bytes"}, "usage.evidence"),
        ({"evidence": [b"no evidence"]}, "usage.evidence_unknown"),
        ({"trust": 5}, "usage.trust"),
        ({"trust": "/no/such/trust"}, "input.missing"),
    ],
)
def test_wrong_argument_raises(changes: dict[str, Any], code: str) -> None:
    """A wrong argument is an error of its own before any file is read."""
    with pytest.raises(errors.EsealError) as refused:
        ek.verify(b"x", **({"trust": None} | changes))
    assert refused.value.code == code


def test_trust_must_be_given() -> None:
    """Whom to trust is never assumed: leaving ``trust`` out is an error."""
    with pytest.raises(TypeError):
        ek.verify(b"x")  # type: ignore[call-arg]


def test_source_of_every_kind(bench: Workbench, tmp_path: Path) -> None:
    """Bytes, paths and binary files give the same verdict and digest; the file is unchanged."""
    data = bench.stamped
    path = tmp_path / "a.ofd"
    path.write_bytes(data)
    digests = set()
    with path.open("rb") as stream:
        for source in (data, bytearray(data), memoryview(data), str(path), path, stream,
                       io.BytesIO(data)):  # fmt: skip
            report = bench.verify(source)  # type: ignore[arg-type]
            assert report.verdict is ek.Verdict.PASSED
            digests.add(report.documents[0].sha256)
    assert len(digests) == 1
    assert path.read_bytes() == data


def test_large_input_is_spooled(bench: Workbench) -> None:
    """An input above the spool budget is read from a private file with the same result."""
    report = bench.verify(bench.stamped, limits=Limits(spool=100))
    assert report.verdict is ek.Verdict.PASSED
    report = ek.verify(io.BytesIO(bench.stamped), trust=bench.trust, limits=Limits(spool=100))
    assert report.verdict is ek.Verdict.PASSED


def test_missing_or_oversized_file_is_a_verdict(tmp_path: Path) -> None:
    """A file that is missing, a folder, or over the budget is unreadable, with its reason."""
    (tmp_path / "big").write_bytes(bytes(1000))
    for source, limits, code in (
        (tmp_path / "none.ofd", Limits(), "input.missing"),
        (tmp_path, Limits(), "input.directory"),
        (tmp_path / "big", Limits(source_size=999), "limit.source_size"),
    ):
        report = ek.verify(source, trust=None, limits=limits)
        assert (report.verdict.value, report.code) == ("unreadable", code)
        assert code not in report.to_text("en").split("[")[0]


def test_wrong_kind_of_source_raises() -> None:
    """Something that is no source at all is a usage error."""
    for wrong in (5, None, object(), io.StringIO("x")):
        with pytest.raises(errors.UsageError):
            ek.verify(wrong, trust=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("problem", [MemoryError, RecursionError])
def test_exhausted_resources_never_pass(
    problem: type[BaseException], bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Running out of memory or stack while judging is unreadable, never passed (G-01)."""
    from esealkit.verification import ofd_documents, one_signature

    def exhausted(*_: object, **__: object) -> object:
        raise problem

    for room, name in (
        (ofd_documents, "examine"),
        (one_signature, "judge_seal_signature"),
        (one_signature, "fold"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, exhausted)
            try:
                report = bench.verify(bench.stamped)
            except problem:
                continue  # a verdict that was never given cannot be a pass
            assert report.verdict is not ek.Verdict.PASSED


def test_interruption_is_not_swallowed(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyboard interrupt leaves verify as such (G-01)."""
    from esealkit.verification import ofd_documents

    def interrupted(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(ofd_documents, "examine", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.verify(bench.stamped)


def test_same_input_same_verdict(bench: Workbench) -> None:
    """Verification is deterministic: the same file, trust and time give the same report."""
    import json

    values = []
    for _ in range(2):
        value = json.loads(bench.verify(bench.stamped, when=bench.now).to_json())
        value.pop("verified_at")
        values.append(value)
    assert values[0] == values[1]


def test_evidence_completes_a_path(bench: Workbench) -> None:
    """Evidence is told apart by content: certificates and CRLs, in PEM or DER, in any order."""
    crl = (bench.kit.directory / "root.crl").read_bytes()
    signer = bench.kit.directory / "signer.pem"
    from dataclasses import replace

    trust = replace(ek.TrustStore.from_path(bench.trust), crls=())
    open_codes = {item.code for item in bench.verify(bench.sign(), trust=trust).reservations}
    assert "signer.revocation_unchecked" in open_codes
    report = bench.verify(bench.sign(), trust=trust, evidence=[signer, crl])
    assert "signer.revocation_unchecked" not in {item.code for item in report.reservations}


def test_unsigned_document_stays_unsigned_under_every_policy(bench: Workbench) -> None:
    """A document without signatures is unsigned under every policy, never passed."""
    for policy in ("default", "strict", "integrity"):
        assert bench.verify(sample(), policy=policy).verdict is ek.Verdict.UNSIGNED
