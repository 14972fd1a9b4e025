"""Seals and seal signatures built TLV by TLV, so that each field can be wrong and still signed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from esealkit.asn1 import build, der, oids
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from tests.support.ca import NOW, key_named, root
from tests.support.sample import png

ROOT = root("印章测试根")
MAKER_KEY, SIGNER_KEY = key_named("制章者"), key_named("签章者")
MAKER: Certificate = ROOT.issue("制章者")
SIGNER: Certificate = ROOT.issue("签章者")
FROM, UNTIL = NOW - dt.timedelta(days=100), NOW + dt.timedelta(days=900)
PICTURE = png(20, 20)
ALGORITHM = build.oid(oids.SM2_WITH_SM3)
DATA_HASH = bytes(range(32))
PROPERTY = "/Doc_0/Signs/Sign_0/Signature.xml"


def ia5(text: str | bytes) -> bytes:
    return der.encode(0x16, text.encode() if isinstance(text, str) else text)


def printable(text: str) -> bytes:
    return der.encode(0x13, text.encode())


def utc_time(text: str | dt.datetime) -> bytes:
    if isinstance(text, dt.datetime):
        text = text.strftime("%y%m%d%H%M%SZ")
    return der.encode(0x17, text.encode())


def generalized(text: str | dt.datetime) -> bytes:
    if isinstance(text, dt.datetime):
        text = text.strftime("%Y%m%d%H%M%SZ")
    return der.encode(0x18, text.encode())


def raw_pair(signature: bytes, width: int = 32) -> bytes:
    """r‖s of a DER signature, each ``width`` bytes."""
    first, second = der.parse(signature)
    return first.integer("r").to_bytes(width, "big") + second.integer("s").to_bytes(width, "big")


@dataclass
class Draft:
    """A seal before it is signed; each field is one TLV and may be replaced."""

    edition: str = "v4"
    header_id: bytes = field(default_factory=lambda: ia5("ES"))
    version: int | None = None
    vendor: bytes = field(default_factory=lambda: ia5("test"))
    seal_id: bytes = field(default_factory=lambda: ia5("11010000000001"))
    type_code: bytes = field(default_factory=lambda: build.integer(1))
    name: bytes = field(default_factory=lambda: build.utf8("示例科技有限公司"))
    list_type: bytes | None = field(default_factory=lambda: build.integer(1))
    cert_list: bytes = field(default_factory=lambda: build.sequence(build.octet_string(SIGNER.der)))
    times: tuple[bytes, ...] | None = None
    picture: bytes = field(
        default_factory=lambda: build.sequence(
            ia5("PNG"), build.octet_string(PICTURE), build.integer(40), build.integer(40)
        )
    )
    extensions: bytes = b""
    maker: bytes = field(default_factory=lambda: build.octet_string(MAKER.der))
    algorithm: bytes = ALGORITHM
    key: SoftwareKey = MAKER_KEY
    wrap_value: Any = build.bit_string
    after: bytes = b""

    @property
    def info(self) -> bytes:
        """SES_SealInfo."""
        version = self.version or {"v1": 1, "v4": 4, "v5": 5}[self.edition]
        write = utc_time if self.edition == "v1" else generalized
        times = self.times or tuple(write(item) for item in (FROM, FROM, UNTIL))
        listed = [self.list_type] if self.edition != "v1" and self.list_type else []
        return build.sequence(
            build.sequence(self.header_id, build.integer(version), self.vendor),
            self.seal_id,
            build.sequence(self.type_code, self.name, *listed, self.cert_list, *times),
            self.picture,
            self.extensions,
        )

    def signed(self) -> bytes:
        """SESeal."""
        info = self.info
        message = info
        if self.edition == "v1":
            message = build.sequence(info, self.maker, self.algorithm)
        value = self.wrap_value(self.key.sign(message))
        tail = (self.maker, self.algorithm, value)
        if self.edition == "v1":
            return build.sequence(info, build.sequence(*tail), self.after)
        return build.sequence(info, *tail, self.after)


def seal(edition: str = "v4", **changes: Any) -> bytes:
    """A signed seal; ``changes`` replace fields of :class:`Draft`."""
    return Draft(edition=edition, **changes).signed()


@dataclass
class SignatureDraft:
    """A seal signature before it is signed."""

    edition: str = "v4"
    version: int | None = None
    seal: bytes = b""
    time: bytes | None = None
    data_hash: bytes = field(default_factory=lambda: build.bit_string(DATA_HASH))
    property_info: bytes = field(default_factory=lambda: ia5(PROPERTY))
    extensions: bytes = b""
    certificate: bytes = field(default_factory=lambda: build.octet_string(SIGNER.der))
    algorithm: bytes = ALGORITHM
    key: SoftwareKey = SIGNER_KEY
    wrap_value: Any = build.bit_string
    after: bytes = b""
    message: Any = None

    @property
    def to_be_signed(self) -> bytes:
        """TBS_Sign."""
        own = self.seal or seal(self.edition)
        version = self.version or {"v1": 1, "v4": 4, "v5": 5}[self.edition]
        time = self.time or (
            build.bit_string(utc_time(NOW)) if self.edition == "v1" else generalized(NOW)
        )
        tail = [self.certificate, self.algorithm] if self.edition == "v1" else [self.extensions]
        return build.sequence(
            build.integer(version), own, time, self.data_hash, self.property_info, *tail
        )

    def signed(self) -> bytes:
        """SES_Signature."""
        body = self.to_be_signed
        value = self.wrap_value(self.key.sign(self.message(body) if self.message else body))
        if self.edition == "v1":
            return build.sequence(body, value, self.after)
        return build.sequence(body, self.certificate, self.algorithm, value, self.after)


def seal_signature(edition: str = "v4", **changes: Any) -> bytes:
    """A signed seal signature; ``changes`` replace fields of :class:`SignatureDraft`."""
    return SignatureDraft(edition=edition, **changes).signed()


def find_pair(make: Any, wanted: Any, tries: int = 4000) -> Any:
    """The first of ``make()``'s results that ``wanted`` accepts: signatures are random."""
    for _ in range(tries):
        found = make()
        if wanted(found):
            return found
    raise AssertionError("no such value in many tries")
