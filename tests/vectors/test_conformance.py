"""The steps of GB/T 38540-2020 and GM/T 0031, one positive and its negatives each (N-01 … N-18)."""

from __future__ import annotations

import pytest

from esealkit.verification.judgement import Verdict
from tests.vectors.test_seals import judge, read

STEPS = {
    "N-01 6.1 header": ("ok-seal-v4", "seal.form", ("s21-id", "d05-empty")),
    "N-02 6.1 esID": ("ok-seal-v4", "seal.form", ("s21-esid-empty",)),
    "N-03 6.1 property, list type": ("ok-digest-list", "signer.in_seal", ("s06-type1-digests",)),
    "N-04 6.1 property, dates": ("ok-seal-v1", "seal.form", ("seal-date-words", "s10-reversed")),
    "N-05 6.1 extensions": ("ok-s23-plain", "seal.form", ("s23-critical", "s23-twice")),
    "N-06 7.1 TBS_Sign": ("ok-s23-tbs", "signature.form", ("s23-tbs-critical", "signature-three")),
    "N-07 6.3 a) format": ("ok-seal-v5", "seal.form", ("d21-cut-seal", "d08-trailing-seal")),
    "N-08 6.3 b) maker's signature": ("ok-seal-v4", "seal.maker_signature", ("s01-other-key-v4", "s22-name")),
    "N-09 6.3 c) maker's certificate": ("ok-seal-v4", "seal.maker_chain", ("s02-no-anchor", "maker-expired", "s12-maker-revoked", "s14-maker-encryption")),
    "N-10 6.3 d) validity": ("ok-s10-start", "seal.validity", ("s10-seal-expired", "s10-seal-early")),
    "N-11 7.3 a) format": ("ok-signature-v4", "signature.form", ("d21-cut-signature", "d16-past-end-signature")),
    "N-12 7.3 b) signature value": ("ok-signature-v5", "signature.value", ("value-other-text", "s37-empty-id-v4")),
    "N-13 7.3 c) signer on the list": ("ok-signature-v1", "signer.in_seal", ("s04-not-listed-v4", "s08-renewed")),
    "N-14 7.3 seal within": ("ok-signature-v4", "seal.maker_signature", ("s01-inside-v4", "s03-own-ca")),
    "N-15 7.3 d) signer's certificate": ("ok-signature-v4", "signer.chain", ("s15-critical", "s14-encryption", "s12-revoked")),
    "N-16 7.3 e) signing time": ("ok-s26-skew", "time.rules", ("s26-future", "signer-expired", "s10-after")),
    "N-17 7.3 f) original": ("ok-signature-v4", "document.digest", ("hash-other", "hash-cut")),
    "N-18 7.3 g) time stamp": ("ok-signature-v4", "time.stamp", ("timestamp-garbage", "s24-token")),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_both_answers(step: str) -> None:
    """Each verification step of the standards passes its positive case, cites its clause, and refuses its negative ones."""
    positive, check, negatives = STEPS[step]
    verdict, checks, _ = judge(read(positive), "strict")
    assert verdict is Verdict.PASSED
    [found] = [item.finding for item in checks if item.finding.check == check]
    assert found.outcome in ("passed", "not_applicable")
    assert found.clause
    for name in negatives:
        for policy in ("default", "strict"):
            assert judge(read(name), policy)[0] is not Verdict.PASSED, name
