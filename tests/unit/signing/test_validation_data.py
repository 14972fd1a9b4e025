"""What a long-term signature keeps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.stamped import Workbench

from esealkit import errors
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.trust import TrustStore
from esealkit.signing.validation_data import gather_validation_data


def gathered(bench: Workbench, name: str = "signer", **changes: Any) -> Any:
    box = bench.kit.directory
    root = load_certificates((box / "root.pem").read_bytes())
    arguments: dict[str, Any] = {
        "stores": [TrustStore(name="root", signers=root)],
        "intermediates": (),
        "evidence": sort_evidence([]),
        "now": bench.now,
    }
    return gather_validation_data([(bench.certificate(name), "signers")], **(arguments | changes))


def test_given_data_is_kept(bench: Workbench) -> None:
    """A path's certificates and the CRL that says they are good are kept, each once."""
    crl = (bench.kit.directory / "root.crl").read_bytes()
    found = gathered(bench, evidence=sort_evidence([crl, crl]))
    assert len(found.certificates) == 2
    assert len(found.crls) == 1
    assert found.ocsps == ()


def test_missing_data_is_downloaded_for_its_certificate(bench: Workbench) -> None:
    """Only where nothing is known, the download is asked, with certificate and issuer; what it
    gives must say *good* like any other."""
    crl = (bench.kit.directory / "root.crl").read_bytes()
    asked: list[tuple[Certificate, Certificate]] = []

    def download(certificate: Certificate, issuer: Certificate) -> list[bytes]:
        asked.append((certificate, issuer))
        return [crl]

    assert len(gathered(bench, download=download).crls) == 1
    (pair,) = asked
    assert pair[0] == bench.certificate("signer")
    assert pair[1].subject == pair[0].issuer
    assert gathered(bench, download=download, evidence=sort_evidence([crl])).crls
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["signer", "revoked"])
def test_what_is_not_known_good_is_an_error(name: str, bench: Workbench) -> None:
    """Without data, and with data that says *revoked*, the level cannot be reached."""
    crl = (bench.kit.directory / "root.crl").read_bytes()
    given = sort_evidence([crl] if name == "revoked" else [])
    with pytest.raises(errors.RevocationUnknown):
        gathered(bench, name, evidence=given)


def test_path_must_reach_trust(bench: Workbench) -> None:
    """A certificate of another root has no path, and no data is kept."""
    with pytest.raises(errors.ChainError):
        gathered(bench, "stranger")
