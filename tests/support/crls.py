"""CRLs built TLV by TLV, so that each field can be wrong and still signed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from esealkit.asn1 import build, oids
from tests.support.ca import NOW, Authority, extension

DAY = dt.timedelta(days=1)
_SM2 = build.sequence(build.oid(oids.SM2_WITH_SM3))
INDIRECT = build.context(4, b"\xff", constructed=False)
ONLY_USER = build.context(1, b"\xff", constructed=False)
ONLY_CA = build.context(2, b"\xff", constructed=False)
SOME_REASONS = build.context(3, b"\x06\x40", constructed=False)


def scope(*parts: bytes) -> bytes:
    """issuingDistributionPoint."""
    return extension("2.5.29.28", build.sequence(*parts), critical=True)


def at_url(*urls: str) -> bytes:
    """The DistributionPointName of URLs, as IDP and CRLDP hold it."""
    places = [build.context(6, url.encode(), constructed=False) for url in urls]
    return build.context(0, build.context(0, *places))


def reason(code: int) -> bytes:
    return extension("2.5.29.21", build.integer(code, 0x0A), critical=False)


def row(serial: int | bytes, *extensions: bytes, date: Any = NOW) -> bytes:
    """One row; ``serial`` as bytes is the INTEGER's content, right or wrong."""
    number = b"\x02" + bytes([len(serial)]) + serial if isinstance(serial, bytes) else (
        build.integer(serial))  # fmt: skip
    moment = date if isinstance(date, bytes) else build.time(date)
    return build.sequence(number, moment, *([build.sequence(*extensions)] if extensions else []))


def crl(
    issuer: Authority,
    *rows: bytes,
    this: dt.datetime = NOW - DAY,
    until: dt.datetime | None = NOW + 30 * DAY,
    extensions: tuple[bytes, ...] = (),
    key: Any = None,
    algorithm: bytes = _SM2,
    outer: bytes | None = None,
) -> bytes:
    """A CRL signed by ``issuer``, or by ``key`` in its name."""
    body = build.sequence(
        build.integer(1),
        algorithm,
        issuer.certificate.subject_der,
        build.time(this),
        build.time(until) if until else b"",
        build.sequence(*rows) if rows else b"",
        build.context(0, build.sequence(*extensions)) if extensions else b"",
    )
    return build.sequence(
        body, outer or algorithm, build.bit_string((key or issuer.key).sign(body))
    )
