"""RSA and ECDSA beside SM2: chains and V1 seals verify, and weak digests are said."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from tests.support.ca import NOW, root
from tests.support.cms import (
    DOCUMENT,
    attribute,
    content_type,
    judged,
    signed_data,
    signer_info,
)
from tests.support.seals import seal, seal_signature

from esealkit.asn1 import build, oids
from esealkit.findings import passed
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from esealkit.pki.trust import TrustStore
from esealkit.policy import Effect, Policy
from esealkit.seal.parse import parse_seal_signature
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.judgement import Judgement, fold
from esealkit.verification.seal_signature import judge_seal_signature
from esealkit.verification.subject import Subject

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
OIDS = {"sha256": oids.RSA_WITH_SHA256, "sha1": oids.RSA_WITH_SHA1, "md5": oids.RSA_WITH_MD5}
HASHES = {"sha256": hashes.SHA256(), "sha1": hashes.SHA1(), "md5": hashes.MD5()}


class Signer(SoftwareKey):
    """An RSA key that signs with the digest it is told."""

    __slots__ = ("digest",)

    def __init__(self, digest: str) -> None:
        super().__init__(RSA)
        self.digest = digest

    def sign(self, message: bytes) -> bytes:
        return RSA.sign(message, padding.PKCS1v15(), HASHES[self.digest])


def weak_certificate(certificate: Certificate, digest: str) -> Certificate:
    """The certificate signed again with RSA and ``digest``."""
    from esealkit.asn1 import der

    algorithm = build.sequence(build.oid(OIDS[digest]), build.NULL)
    parts = [node.raw for node in der.parse(certificate.tbs)]
    parts[2] = algorithm
    body = build.sequence(*parts)
    return Certificate(build.sequence(body, algorithm, build.bit_string(Signer(digest).sign(body))))


def judge(
    data: bytes, stores: TrustStore, policy: str = "default", signed: bytes = b"xml"
) -> Judgement:
    """The verdict on a seal signature of its own, whose document is ``signed``."""
    around = Circumstances(stores=(stores,), now=NOW, policy=Policy.named(policy))
    subject = Subject(
        index=0, body=0, declared_kind="seal", signed_value=data, signed_data=signed, findings=(),
        deviations=(), claimed_time=None, stamps=(), seal_file=None,
        bind_path=lambda _: (passed("document.path_binding"), ()), coverage=lambda _: ())  # fmt: skip
    steps = judge_seal_signature(parse_seal_signature(data), subject, around)
    return fold(steps.findings, steps.deviations, around.policy)


def reserved(judgement: Judgement) -> set[str]:
    return {item.code for item in judgement.reservations}


def sealed(kind: str, digest: str = "sha256") -> tuple[bytes, TrustStore, bytes]:
    """A V1 seal signature by RSA or ECDSA, its trust and its document."""
    key = SoftwareKey(P256) if kind == "ecdsa" else Signer(digest)
    oid = oids.ECDSA_WITH_SHA256 if kind == "ecdsa" else OIDS[digest]
    strong = SoftwareKey(P256) if kind == "ecdsa" else Signer("sha256")
    authority = root(f"经典根{kind}", key=strong)
    maker, signer = authority.issue("经典制章者", key=key), authority.issue("经典签章者", key=key)
    document = b"<xml/>"
    data_hash = hashlib.new("sha1" if digest == "sha1" else "sha256", document).digest()
    algorithm = build.oid(oid)
    made = seal("v1", maker=build.octet_string(maker.der), algorithm=algorithm, key=key,
                cert_list=build.sequence(build.octet_string(signer.der)))  # fmt: skip
    value = seal_signature("v1", seal=made, certificate=build.octet_string(signer.der),
                           algorithm=algorithm, key=key, data_hash=build.bit_string(data_hash))  # fmt: skip
    store = TrustStore(name="c", signers=(authority.certificate,), makers=(authority.certificate,))
    return value, store, document


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_classical_seal_and_chain_pass(kind: str) -> None:
    """A V1 seal and signature by RSA-2048 or ECDSA P-256 with SHA-256 under a chain of that kind
    pass, and nothing is called weak."""
    value, store, document = sealed(kind)
    found = judge(value, store, signed=document)
    assert found.verdict.value == "passed", found.code
    assert not {item for item in reserved(found) if "weak" in item}
    changed = judge(value, store, signed=document + b" ")
    assert (changed.verdict.value, changed.code) == ("failed", "document.digest")


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_weak_signature_value_is_said(digest: str) -> None:
    """Values made with SHA-1 or MD5 hold, but are a reservation each under default and
    indeterminate under strict; so is a SHA-1 data hash."""
    value, store, document = sealed("rsa", digest)
    found = judge(value, store, signed=document)
    assert found.verdict.value == "passed", found.code
    assert {"signature.value_weak", "seal.maker_signature_weak"} <= reserved(found)
    assert ("document.digest_weak" in reserved(found)) == (digest == "sha1")
    assert found.integrity.value == "unknown"
    weak = {"signature.value_weak", "seal.maker_signature_weak"}
    strict = judge(value, store, "strict", document)
    assert strict.verdict.value != "passed"
    effects = {row.finding.reason: row.effect for row in strict.checks}
    assert all(effects[item] is Effect.INDETERMINATE for item in weak)


def test_weak_value_that_does_not_hold_fails() -> None:
    """A weak algorithm is no excuse: a wrong value fails as ever."""
    value, store, document = sealed("rsa", "sha1")
    bent = value[:-1] + bytes([value[-1] ^ 1])
    found = judge(bent, store, signed=document)
    assert (found.verdict.value, found.code) == ("failed", "signature.value")


@pytest.mark.parametrize("who", ["signer", "maker"])
@pytest.mark.parametrize("digest", ["sha1"])
def test_weak_certificate_is_said(digest: str, who: str) -> None:
    """A certificate signed with SHA-1 is a reservation under default and indeterminate under
    strict, for signers and makers."""
    authority = root("弱根", key=Signer("sha256"))
    key = Signer("sha256")
    strong = {name: authority.issue(name, key=key) for name in ("signer", "maker")}
    strong[who] = weak_certificate(strong[who], digest)
    algorithm = build.oid(oids.RSA_WITH_SHA256)
    document = b"<xml/>"
    made = seal("v1", maker=build.octet_string(strong["maker"].der), algorithm=algorithm, key=key,
                cert_list=build.sequence(build.octet_string(strong["signer"].der)))  # fmt: skip
    value = seal_signature(
        "v1", seal=made, certificate=build.octet_string(strong["signer"].der), algorithm=algorithm,
        key=key, data_hash=build.bit_string(hashlib.sha256(document).digest()))  # fmt: skip
    store = TrustStore(name="c", signers=(authority.certificate,), makers=(authority.certificate,))
    code = "signer.weak_algorithm" if who == "signer" else "seal.maker_weak_algorithm"
    found = judge(value, store, signed=document)
    assert found.verdict.value == "passed", found.code
    assert code in reserved(found)
    strict = judge(value, store, "strict", document)
    effects = {row.finding.reason: row.effect for row in strict.checks}
    assert effects[code] is Effect.INDETERMINATE


@pytest.mark.parametrize("digest", ["sha256", "sha1"])
def test_weak_message_value_is_said(digest: str) -> None:
    """An RSA signed message with SHA-1 is a reservation and indeterminate under strict, whichever
    of its two algorithms says so; with SHA-256 it is neither."""
    from tests.support.cms import ROOT

    key = Signer(digest)
    leaf = ROOT.issue("经典消息者", key=key)
    stated = hashlib.new(digest, DOCUMENT).digest()
    rows = [content_type(), attribute(oids.ATTRIBUTE_MESSAGE_DIGEST, build.octet_string(stated))]
    listed = build.sequence(build.oid(oids.SHA1 if digest == "sha1" else oids.SHA256))
    for algorithm in (OIDS[digest], oids.RSA_ENCRYPTION):
        info = signer_info(attributes=rows, key=key, certificate=leaf, digest=listed,
                           algorithm=algorithm)  # fmt: skip
        value = signed_data(info, certificates=(leaf.der,), digests=listed)
        found = judged(value)
        assert found.verdict == "passed", found.reasons
        assert ("signature.value_weak" in found.reservations) == (digest == "sha1")
        strict = judged(value, policy="strict")
        assert ("signature.value_weak" in strict.reasons) == (digest == "sha1")
        assert strict.verdict == "indeterminate"
