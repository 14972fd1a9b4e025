"""A stamped file, a tampered one and hostile facts, judged once for all tests of this room."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.cli.main import run
from esealkit.findings import Deviation, failed, passed
from esealkit.report.run import Run, TrustShown
from esealkit.verification.judgement import JudgedCheck, Reservation

HOSTILE = (
    "</title><script>alert(1)</script>\"'><img src=x onerror=y>\x1b[31m\u202e\u2028\ud800&amp;"
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder: sealed.ofd, tampered.ofd, trust."""
    folder = tmp_path_factory.mktemp("demo")
    assert run(["demo", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def sealed(demo: Path) -> ek.Report:
    """A report on a stamped file that passes."""
    return ek.verify(demo / "sealed.ofd", trust=demo / "trust")


@pytest.fixture(scope="session")
def hostile(sealed: ek.Report) -> Run:
    """The same run with a hostile string in every field that a document can fill."""
    document = sealed.documents[0]
    signature = document.signatures[0]
    assert signature.seal
    assert signature.signer
    certificate = replace(signature.signer, subject=HOSTILE, issuer=HOSTILE, serial=HOSTILE)
    seal = replace(
        signature.seal,
        name=HOSTILE,
        id=HOSTILE,
        maker=certificate,
        picture=replace(signature.seal.picture, format=HOSTILE),
    )
    deviation = Deviation(id="picture.type", where=HOSTILE, evidence={"found": HOSTILE})
    finding = failed("signer.chain", HOSTILE, code="signer.chain_no_anchor", issuer=HOSTILE)
    checks = (JudgedCheck(finding=finding, required=True, effect=None),)
    judged = replace(signature.judgement, checks=(*signature.judgement.checks, *checks))
    signature = replace(
        signature, seal=seal, signer=certificate, deviations=(deviation,), judgement=judged
    )
    parts = tuple(replace(part, name=HOSTILE + str(n)) for n, part in enumerate(document.parts))
    whole = passed("container.form", HOSTILE)
    document = replace(
        document,
        path=HOSTILE,
        signatures=(signature,),
        parts=parts,
        deviations=(deviation,),
        reservations=(Reservation(code=HOSTILE, evidence={"x": HOSTILE}),),
        checks=(JudgedCheck(finding=whole, required=True, effect=None),),
    )
    return replace(
        sealed.run,
        documents=(document, document),
        policy=HOSTILE,
        trust=(TrustShown(name=HOSTILE, sha256="0" * 64),),
        when=dt.datetime.max.replace(tzinfo=dt.UTC),
    )
