"""Signed messages built TLV by TLV, in every variant of the field and wrong in a single way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from esealkit.asn1 import build, der, oids
from esealkit.crypto import sm3
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from esealkit.pki.trust import TrustStore
from esealkit.policy import Policy
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.digital_signature import judge_digital_signature
from esealkit.verification.judgement import Judgement, fold
from esealkit.verification.subject import Subject
from tests.support.ca import NOW, key_named, root

ROOT = root("消息测试根")
KEY = key_named("消息签名者")
SIGNER: Certificate = ROOT.issue("消息签名者")
DOCUMENT = b"<ofd:Signature>what is signed</ofd:Signature>"
SM3_ALGORITHM = build.sequence(build.oid(oids.SM3))
TRUST = TrustStore(name="t", signers=(ROOT.certificate,), tsa=(ROOT.certificate,))


def attribute(oid: str, *values: bytes) -> bytes:
    return build.sequence(build.oid(oid), build.set_of(values))


def content_type(oid: str = oids.GM_DATA) -> bytes:
    return attribute(oids.ATTRIBUTE_CONTENT_TYPE, build.oid(oid))


def message_digest(document: bytes = DOCUMENT) -> bytes:
    return attribute(oids.ATTRIBUTE_MESSAGE_DIGEST, build.octet_string(sm3(document)))


def by_issuer(certificate: Certificate) -> bytes:
    return build.sequence(certificate.issuer_der, build.integer(certificate.serial))


def signer_info(
    message: bytes | None = None,
    *,
    attributes: Sequence[bytes] | None = None,
    key: SoftwareKey = KEY,
    certificate: Certificate = SIGNER,
    sid: bytes | None = None,
    digest: bytes = SM3_ALGORITHM,
    algorithm: str = oids.SM2_SIGN,
    value: bytes | None = None,
    unsigned: Sequence[bytes] = (),
    version: int = 1,
) -> bytes:
    """One SignerInfo; ``message`` is what is really signed, by default what should be."""
    stored = b""
    if attributes is not None:
        signed = build.set_of(attributes)
        stored = b"\xa0" + signed[1:]
        message = signed if message is None else message
    if value is None:
        value = key.sign(DOCUMENT if message is None else message)
    return build.sequence(
        build.integer(version),
        sid or by_issuer(certificate),
        digest,
        stored,
        build.sequence(build.oid(algorithm)),
        build.octet_string(value),
        der.encode(0xA1, *unsigned) if unsigned else b"",
    )


def signed_data(
    *infos: bytes,
    content: bytes | None = None,
    kind: str = oids.GM_DATA,
    certificates: Sequence[bytes] = (SIGNER.der,),
    outer: str | None = oids.GM_SIGNED_DATA,
    digests: bytes = SM3_ALGORITHM,
) -> bytes:
    """A ContentInfo with SignedData; ``outer=None`` leaves it bare."""
    octets = b"" if content is None else build.context(0, build.octet_string(content))
    body = build.sequence(
        build.integer(1),
        build.set_of([digests]),
        build.sequence(build.oid(kind), octets),
        der.encode(0xA0, *certificates) if certificates else b"",
        build.set_of(infos),
    )
    return body if outer is None else build.sequence(build.oid(outer), build.context(0, body))


def with_attributes(**changes: object) -> bytes:
    """Variant 1, right in every way."""
    return signed_data(signer_info(attributes=[content_type(), message_digest()]), **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Judged:
    """A message judged as the value of an OFD signature."""

    judgement: Judgement
    deviations: frozenset[str]

    @property
    def verdict(self) -> str:
        return self.judgement.verdict.value

    @property
    def code(self) -> str:
        return self.judgement.code

    @property
    def reservations(self) -> set[str]:
        return {item.code for item in self.judgement.reservations}

    @property
    def reasons(self) -> set[str]:
        return {
            row.finding.reason
            for row in self.judgement.checks
            if row.finding.outcome.value in ("failed", "unknown")
        }

    def outcome(self, check: str) -> str:
        order = ("not_applicable", "passed", "unknown", "failed")
        found = [r.finding.outcome.value for r in self.judgement.checks if r.finding.check == check]
        return max(found, key=order.index) if found else "absent"

    @property
    def variant(self) -> str:
        [found] = [
            str(row.finding.evidence["variant"])
            for row in self.judgement.checks
            if row.finding.check == "signature.value"
        ]
        return found


def judged(
    value: bytes,
    document: bytes = DOCUMENT,
    *,
    trust: TrustStore | None = TRUST,
    policy: str = "default",
    now: dt.datetime = NOW,
    claimed: dt.datetime | None = NOW,
    certificates: Sequence[Certificate] = (),
) -> Judged:
    """The verdict on a signed message over ``document``, by the rules of a digital signature."""
    around = Circumstances(
        stores=(trust,) if trust else (),
        now=now,
        policy=Policy.named(policy),
        certificates=tuple(certificates),
    )
    subject = Subject(
        index=0,
        body=0,
        declared_kind="signature",
        signed_value=value,
        signed_data=document,
        findings=(),
        deviations=(),
        claimed_time=claimed,
        stamps=(),
        seal_file=None,
        bind_path=lambda _: (_ for _ in ()).throw(AssertionError("no path is signed")),
        coverage=lambda _: (),
    )
    steps = judge_digital_signature(value, subject, around, claimed=claimed)
    return Judged(
        judgement=fold(steps.findings, steps.deviations, around.policy),
        deviations=frozenset(item.id for item in steps.deviations),
    )
