"""Paths to trust: what anchors, what breaks a path, and that OpenSSL agrees."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.ca import (
    CLASSICAL,
    END,
    NOW,
    START,
    Authority,
    added_extension,
    extension,
    key_named,
    name_of,
    root,
    signed_body,
    with_parts,
)

from esealkit.asn1 import build
from esealkit.keys.pem import write_pem
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import ChainOutcome, build_chain

ROOT = root("链根")
INNER = ROOT.below("中间")
LEAF = INNER.issue("叶")
OTHER = root("别的根")
DAY = dt.timedelta(days=1)


def outcome(
    leaf: Certificate,
    *anchors: Certificate,
    through: tuple[Certificate, ...] = (INNER.certificate,),
    at: dt.datetime = NOW,
) -> ChainOutcome:
    return build_chain(leaf, anchors=anchors, intermediates=through, moment=at).outcome


def test_path_through_an_intermediate() -> None:
    """A path to a trusted root is found through given intermediates and listed from the leaf up."""
    found = build_chain(
        LEAF, anchors=[ROOT.certificate], intermediates=[INNER.certificate], moment=NOW
    )
    assert found.outcome is ChainOutcome.TRUSTED
    assert found.path == (LEAF, INNER.certificate, ROOT.certificate)
    assert found.trusted


def test_a_trusted_intermediate_anchors() -> None:
    """A CA certificate that is no root anchors as well."""
    found = build_chain(LEAF, anchors=[INNER.certificate], moment=NOW)
    assert (found.outcome, found.path[-1]) == (ChainOutcome.TRUSTED, INNER.certificate)


def test_a_pinned_leaf_needs_no_path() -> None:
    """The leaf itself as an anchor pins it; another leaf's pin does nothing."""
    assert outcome(LEAF, LEAF) is ChainOutcome.PINNED
    assert outcome(LEAF, INNER.issue("另一叶")) is ChainOutcome.NO_ANCHOR
    assert outcome(LEAF, INNER.issue("叶")) is ChainOutcome.NO_ANCHOR


def test_without_the_right_anchor_there_is_no_path() -> None:
    """reg:SH-02 reg:SH-09 No anchor, another root, or a missing intermediate: no path, which is not a broken one."""
    assert outcome(LEAF) is ChainOutcome.NO_ANCHOR
    assert outcome(LEAF, OTHER.certificate) is ChainOutcome.NO_ANCHOR
    assert outcome(LEAF, ROOT.certificate, through=()) is ChainOutcome.NO_ANCHOR


def test_one_who_signed_for_himself_leads_nowhere() -> None:
    """A self-signed certificate that nobody trusts has no path, which is not a broken one; trusted
    it is pinned."""
    alone = OTHER.certificate
    assert outcome(alone, ROOT.certificate, through=()) is ChainOutcome.NO_ANCHOR
    assert outcome(alone, alone, through=()) is ChainOutcome.PINNED


def test_root_of_the_same_name_is_not_trusted() -> None:
    """A root with the trusted root's name and another key anchors nothing (S-19)."""
    impostor = root("链根", key=key_named("冒"))
    assert impostor.certificate.subject == ROOT.certificate.subject
    assert outcome(LEAF, impostor.certificate) is not ChainOutcome.TRUSTED


def test_broken_signature_breaks_the_path() -> None:
    """A leaf or intermediate whose signature does not hold has no trusted path."""
    forged = Certificate(signed_body(LEAF.tbs, key_named("冒")))
    assert outcome(forged, ROOT.certificate) is ChainOutcome.BROKEN
    inner = Certificate(signed_body(INNER.certificate.tbs, key_named("冒")))
    assert outcome(LEAF, ROOT.certificate, through=(inner,)) is ChainOutcome.BROKEN


def test_path_length_is_kept() -> None:
    """A CA whose path length is 0 may not have another CA below it (S-15)."""
    short = ROOT.below("短", path_length=0)
    assert outcome(short.issue("x"), ROOT.certificate, through=(short.certificate,)) is (
        ChainOutcome.TRUSTED
    )
    deeper = short.below("更深")
    through = (short.certificate, deeper.certificate)
    assert outcome(deeper.issue("y"), ROOT.certificate, through=through) is ChainOutcome.BROKEN


def test_a_leaf_issues_nothing() -> None:
    """A certificate that is no CA, or a CA without keyCertSign, cannot stand in a path (S-15)."""
    plain = Authority("叶", key_named("叶"), LEAF, name_of("叶"))
    assert outcome(plain.issue("z"), ROOT.certificate, through=(INNER.certificate, LEAF)) is not (
        ChainOutcome.TRUSTED
    )
    weak = ROOT.below("无权", key_usage=("crl_sign",))
    assert outcome(weak.issue("z"), ROOT.certificate, through=(weak.certificate,)) is (
        ChainOutcome.BROKEN
    )


def test_expired_issuer_breaks_the_path() -> None:
    """An issuer outside its validity at the moment breaks the path; the leaf's own end does not."""
    gone = ROOT.below("过期", not_after=NOW - DAY)
    assert outcome(gone.issue("x"), ROOT.certificate, through=(gone.certificate,)) is (
        ChainOutcome.BROKEN
    )
    assert outcome(gone.issue("x"), ROOT.certificate, through=(gone.certificate,),
                   at=NOW - 2 * DAY) is ChainOutcome.TRUSTED  # fmt: skip
    ended = INNER.issue("已止", not_after=NOW - DAY)
    assert outcome(ended, ROOT.certificate) is ChainOutcome.TRUSTED


def test_unknown_critical_extension_breaks_the_path() -> None:
    """A critical extension nobody knows, in the leaf or above it, breaks the path (S-15)."""
    mark = extension("1.2.3.4", b"\x05\x00", critical=True)
    leaf = Certificate(added_extension(LEAF, INNER.key, mark))
    assert outcome(leaf, ROOT.certificate) is ChainOutcome.BROKEN
    inner = Certificate(added_extension(INNER.certificate, ROOT.key, mark))
    assert outcome(LEAF, ROOT.certificate, through=(inner,)) is ChainOutcome.BROKEN


def test_inner_and_outer_algorithm_must_agree() -> None:
    """A certificate whose two algorithm fields differ has no trusted path (S-16)."""
    null = build.sequence(build.oid("1.2.156.10197.1.501"), build.NULL)
    bent = Certificate(signed_body(LEAF.tbs, INNER.key, null))
    assert outcome(bent, ROOT.certificate) is ChainOutcome.BROKEN
    both = with_parts(LEAF, INNER.key, algorithm=null)
    agreeing = Certificate(signed_body(Certificate(both).tbs, INNER.key, null))
    assert outcome(agreeing, ROOT.certificate) is ChainOutcome.TRUSTED


def test_odd_email_does_not_break_the_path() -> None:
    """A genuine kind of name, UTF-8 in an IA5String, neither breaks nor makes a path."""
    from esealkit.asn1 import der

    row = build.set_of([build.sequence(build.oid("1.2.840.113549.1.9.1"),
                                       der.encode(0x16, "邮箱".encode()))])  # fmt: skip
    subject = build.sequence(*[node.raw for node in der.parse(LEAF.tbs)[5]], row)
    odd = Certificate(with_parts(LEAF, INNER.key, subject=subject))
    assert outcome(odd, ROOT.certificate) is ChainOutcome.TRUSTED
    assert outcome(odd, OTHER.certificate) is ChainOutcome.NO_ANCHOR


def test_loops_and_crowds_end() -> None:
    """Cross-certified loops and many candidates end quickly without a path (S-32)."""
    crossed = Authority("中间", INNER.key, INNER.certificate, INNER.subject)
    loop = crossed.issue("链根", ca=True, key=ROOT.key)
    many = tuple(ROOT.issue("中间", ca=True, key=INNER.key) for _ in range(40))
    assert outcome(LEAF, OTHER.certificate, through=(INNER.certificate, loop, *many)) is (
        ChainOutcome.NO_ANCHOR
    )


def test_works_inside_a_running_event_loop() -> None:
    """Paths are built while an event loop runs, as in a web service."""

    async def inside() -> ChainOutcome:
        return outcome(LEAF, ROOT.certificate)

    assert asyncio.run(inside()) is ChainOutcome.TRUSTED


FAULTS = ("none", "leaf signature", "inner signature", "expired inner", "inner is no CA",
          "path length", "wrong root", "unknown critical", "no keyCertSign")  # fmt: skip


def spoilt(certificate: Certificate) -> Certificate:
    """The certificate with the last byte of its signature changed."""
    return Certificate(certificate.der[:-1] + bytes([certificate.der[-1] ^ 1]))


def planted(dice: random.Random, number: int, fault: str) -> tuple[list[Certificate], Certificate]:
    """A chain, leaf first, of 1 to 4 certificates below a root, with one fault.

    OpenSSL's command line takes the SM2 identity for the leaf only, so the leaf is signed by SM2
    and the CAs above its issuer by ECDSA.
    """
    depth = dice.randint(1, 5)
    if fault in ("inner signature", "expired inner", "inner is no CA", "path length",
                 "no keyCertSign"):  # fmt: skip
        depth = max(depth, 3)
    authority = top = root(f"根{number}", key=CLASSICAL if depth > 1 else None)
    chain: list[Certificate] = []
    place = dice.randint(1, depth - 1) if depth > 1 else 1
    for level in range(1, depth):
        name = f"i{level}"
        key = key_named(name) if level == depth - 1 else CLASSICAL
        changes: dict[str, Any] = {"key": key}
        if level == place and fault == "expired inner":
            changes["not_after"] = START + DAY
        if level == place and fault == "no keyCertSign":
            changes["key_usage"] = ("crl_sign",)
        if level == 1 and fault == "path length":
            changes["path_length"] = 0
        if level == place and fault == "inner is no CA":
            plain = authority.issue(name, key=key, key_usage=("key_cert_sign",))
            lower = Authority(name, key, plain, name_of(name))
        else:
            lower = authority.below(name, **changes)
        if level == place and fault == "inner signature":
            lower = replace(lower, certificate=spoilt(lower.certificate))
        chain.insert(0, lower.certificate)
        authority = lower
    leaf = authority.issue("leaf")
    if fault == "leaf signature":
        leaf = spoilt(leaf)
    if fault == "unknown critical":
        mark = extension("1.2.3.4", b"\x05\x00", critical=True)
        leaf = Certificate(added_extension(leaf, authority.key, mark))
    return [leaf, *chain], OTHER.certificate if fault == "wrong root" else top.certificate


def test_openssl_agrees_on_random_chains(tmp_path: Path) -> None:
    """A hundred random chains, each with one planted fault or none, are judged as OpenSSL does."""
    if shutil.which("openssl") is None:
        pytest.skip("OPENSSL IS MISSING: paths were not cross-checked")
    dice = random.Random(5280)
    seen = set()
    for number in range(100):
        fault = FAULTS[number % len(FAULTS)]
        [leaf, *others], anchor = planted(dice, number, fault)
        for name, items in (("leaf", [leaf]), ("others", others), ("root", [anchor])):
            text = b"".join(write_pem("CERTIFICATE", item.der) for item in items)
            (tmp_path / f"{name}.pem").write_bytes(text)
        extra = ["-untrusted", "others.pem"] if others else []
        done = subprocess.run(
            ["openssl", "verify", "-CAfile", "root.pem", *extra, "-attime", str(int(NOW.timestamp())),
             "-vfyopt", "distid:1234567812345678", "leaf.pem"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        ours = outcome(leaf, anchor, through=tuple(others)) is ChainOutcome.TRUSTED
        assert ours == (done.returncode == 0), (fault, done.stderr)
        assert ours == (fault == "none"), fault
        seen.add(fault)
    assert seen == set(FAULTS)
    assert END > NOW
