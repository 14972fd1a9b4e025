"""Stamped OFD documents, right ones and ones that are wrong in a single way."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import esealkit as ek
from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.keys import SoftwareKey
from esealkit.ofd import OfdDocument, SignaturePlan, StampBox, plan
from esealkit.pki.certificate import Certificate
from esealkit.sandbox import Sandbox
from esealkit.seal.build import (
    SealContent,
    build_seal,
    build_seal_info,
    build_seal_signature,
    build_to_be_signed,
    seal_signing_input,
)
from esealkit.seal.model import Edition, Picture
from tests.support.ofds import pack, unpack
from tests.support.sample import png, sample

Parts = dict[str, bytes]


def changed(data: bytes, change: Callable[[Parts], Any]) -> bytes:
    """The package after ``change`` bent its parts in place."""
    parts = unpack(data)
    change(parts)
    return pack(parts)


def described(laid: SignaturePlan, describe: Callable[[bytes], bytes]) -> SignaturePlan:
    """The plan with another Signature.xml."""
    xml = describe(laid.signature_xml)
    changed = {**laid._changed, laid.property_info.lstrip("/"): xml}
    return dataclasses.replace(laid, signature_xml=xml, _changed=changed)


class Workbench:
    """Makes seals and signatures with the sandbox's keys, past every check of the signer."""

    def __init__(self, kit: Sandbox, folder: Path) -> None:
        self.kit = kit
        self.folder = folder
        self.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self._stamped: bytes | None = None

    @property
    def trust(self) -> Path:
        return self.kit.directory / "trust"

    def key(self, name: str) -> SoftwareKey:
        return self.kit.pki.holders[name]

    def certificate(self, name: str) -> Certificate:
        return Certificate(self.key(name).certificate or b"")

    @property
    def stamped(self) -> bytes:
        """The sample document, stamped through the public verb."""
        if self._stamped is None:
            target = self.folder / "stamped.ofd"
            ek.stamp(
                self.kit.directory / "sample.ofd",
                target,
                seal=self.kit.directory / "official.esl",
                key=self.key("signer"),
                placement=[ek.At(page=1, x=120, y=30), ek.At(page=3, x=30, y=60)],
            )
            self._stamped = target.read_bytes()
        return self._stamped

    def seal(
        self,
        *,
        maker: str = "maker",
        listed: tuple[str, ...] = ("signer", "signer-enc", "revoked", "expired", "stranger"),
        edition: Edition = Edition.V4,
        name: str = "示例科技有限公司",
        valid_from: dt.datetime | None = None,
        valid_until: dt.datetime | None = None,
        **changes: Any,
    ) -> bytes:
        """A seal signed by ``maker``."""
        key = self.key(maker)
        assert key.certificate is not None
        content = SealContent(
            **{
                "seal_id": "11010000000009",
                "name": name,
                "type_code": 1,
                "picture": Picture(type="PNG", data=png(), width_mm=40, height_mm=40),
                "created": self.now - dt.timedelta(days=50),
                "valid_from": valid_from or self.now - dt.timedelta(days=50),
                "valid_until": valid_until or self.now + dt.timedelta(days=500),
                "certificates": [self.certificate(item).der for item in listed],
                **changes,
            }
        )
        info = build_seal_info(content, edition)
        value = key.sign(seal_signing_input(info, key.certificate, edition))
        return build_seal(info, key.certificate, value, edition)

    def sign(
        self,
        source: bytes | None = None,
        *,
        seal: bytes | None = None,
        signer: str = "signer",
        when: dt.datetime | None = None,
        lock: bool = False,
        body: int = 0,
        value: Callable[[bytes], bytes] | None = None,
        signed_message: Callable[[bytes], bytes] | None = None,
        property_info: Callable[[str], str] | None = None,
        edition: Edition = Edition.V4,
        describe: Callable[[bytes], bytes] | None = None,
        box: tuple[float, float, float, float] = (100, 100, 40, 40),
    ) -> bytes:
        """``source`` (default a plain contract) with a seal signature that nobody checked.

        ``box`` is its stamp's place on page 1, x, y, width and height in mm; ``describe`` bends
        Signature.xml before it is hashed, ``value`` the finished SES_Signature,
        ``signed_message`` what is really signed.
        """
        document = OfdDocument.open(sample() if source is None else source)
        seal = seal or self.seal()
        when = when or self.now
        laid = plan(
            document,
            when=when,
            stamps=[
                StampBox(
                    page_index=0, x=box[0], y=box[1], width=box[2], height=box[3], off_page=True
                )
            ],
            body=body,
            seal=seal,
            lock=lock,
        )
        if describe is not None:
            laid = described(laid, describe)
        key = self.key(signer)
        assert key.certificate is not None
        named = laid.property_info
        to_be_signed = build_to_be_signed(
            seal,
            edition,
            time=when,
            data_hash=sm3(laid.signature_xml),
            property_info=property_info(named) if property_info else named,
            signer_certificate=key.certificate,
        )
        signature = key.sign(signed_message(to_be_signed) if signed_message else to_be_signed)
        finished = build_seal_signature(
            to_be_signed, key.certificate, signature, edition, algorithm=oids.SM2_WITH_SM3
        )
        out = io.BytesIO()
        laid.write(out, value(finished) if value else finished)
        return out.getvalue()

    def verify(self, data: bytes, **changes: Any) -> ek.Report:
        """The report under the sandbox's trust."""
        arguments: dict[str, Any] = {"trust": self.trust}
        return ek.verify(data, **(arguments | changes))


def outcomes(report: ek.Report, signature: int = 0) -> Mapping[str, str]:
    """Check id → outcome of one signature; the gravest where a check came out twice."""
    order = ("not_applicable", "passed", "unknown", "failed")
    found: dict[str, str] = {}
    for item in report.documents[0].signatures[signature].checks:
        outcome = item.finding.outcome.value
        known = found.get(item.finding.check, "not_applicable")
        found[item.finding.check] = max(known, outcome, key=order.index)
    return found


def reasons(report: ek.Report, signature: int = 0) -> set[str]:
    """Reason codes of every check of one signature that did not pass."""
    return {
        item.finding.reason
        for item in report.documents[0].signatures[signature].checks
        if item.finding.outcome.value in ("failed", "unknown")
    }


def deviations(report: ek.Report) -> set[str]:
    """Ids of all departures in the report."""
    document = report.documents[0]
    rows = [*document.deviations, *(row for item in document.signatures for row in item.deviations)]
    return {row.id for row in rows}
