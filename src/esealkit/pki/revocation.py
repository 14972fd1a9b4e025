"""Was a certificate revoked, and when?  CRLs (RFC 5280 5) and OCSP (RFC 6960), SM2-signed too.

A CRL is never parsed row by row: its frame is read, its signature verified over the exact TBS
bytes, and the serial number searched in the raw rows, so that a million rows cost a scan and no
memory (asn1crypto would need 780 MiB).  Only a CRL by the certificate's own issuer counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from esealkit.asn1 import der
from esealkit.errors import DerError, EsealError, KeyFormatError, LimitExceeded
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.chain import is_issued_by
from esealkit.pki.ocsp import REASONS, OcspResponse, ocsp_status
from esealkit.pki.signatures import verify_with_certificate

__all__ = ["Crl", "RevocationData", "RevocationState", "RevocationStatus", "revocation_status"]

HARMLESS_REASONS = frozenset({"affiliation_changed", "superseded", "cessation_of_operation"})
"""Reasons that say nothing against what was signed before."""
_CRL_EXTENSIONS_HANDLED = frozenset({"2.5.29.20", "2.5.29.35", "2.5.29.28"})
_DELTA = "2.5.29.27"
_DISTRIBUTION_POINT = "2.5.29.28"
_REASON_CODE = "2.5.29.21"
_CERTIFICATE_ISSUER = "2.5.29.29"


class RevocationState(str, Enum):
    """What the data says."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationStatus:
    """The state of one certificate."""

    state: RevocationState
    source: str = ""
    """``crl`` or ``ocsp``."""
    revoked_at: dt.datetime | None = None
    """When, UTC."""
    reason: str = ""
    """Reason code's name, ``unspecified`` where none is given."""
    produced: dt.datetime | None = None
    """``thisUpdate`` of the data used."""
    why: str = ""
    """Why it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationData:
    """What was given to look in."""

    crls: tuple[Crl, ...] = ()
    responses: tuple[OcspResponse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Offsets of one TLV in the raw bytes."""

    tag: int
    start: int
    content: int
    end: int


class Crl:
    """A CRL's frame; its rows stay raw bytes."""

    __slots__ = (
        "_rows",
        "data",
        "issuer_der",
        "next_update",
        "only",
        "places",
        "signature",
        "signature_algorithm",
        "signature_parameters",
        "tbs",
        "this_update",
        "unusable",
    )

    def __init__(self, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> None:
        """Read the frame of a DER CRL.

        :raises KeyFormatError: these bytes are not one CRL.
        :raises LimitExceeded: it is larger than ``limits.crl_size``.
        """
        if len(data) > limits.crl_size:
            raise LimitExceeded("limit.crl_size", allowed=limits.crl_size, found=len(data))
        self.data = bytes(data)
        self.unusable = ""
        """Why the CRL cannot be used, ``""`` when it can."""
        self.only = ""
        """``ca`` or ``user`` when the CRL is limited to them."""
        self.places: frozenset[bytes] | None = None
        """Names (DER) of the distribution points it is limited to; ``None``: to none."""
        try:
            self._read()
        except (DerError, IndexError, ValueError) as error:
            raise KeyFormatError("crl.malformed", reason=type(error).__name__) from error

    def _read(self) -> None:
        outer = self._frame(0, len(self.data))
        if outer.tag != 0x30 or outer.end != len(self.data):
            raise ValueError("CertificateList")
        tbs, algorithm, signature = self._children(outer, 3)
        self.tbs = memoryview(self.data)[tbs.start : tbs.end]
        identifier = self._small(algorithm)
        self.signature_algorithm = identifier[0].oid("signatureAlgorithm")
        self.signature_parameters = identifier[1].raw if len(identifier) > 1 else b""
        self.signature = self._small(signature).bits("signatureValue")[0]
        at = tbs.content
        frame = self._frame(at, tbs.end)
        if frame.tag == 0x02:
            frame = self._frame(frame.end, tbs.end)
        inner = self.data[frame.start : frame.end]
        if inner != self.data[algorithm.start : algorithm.end]:
            self.unusable = "algorithms differ"
        issuer = self._frame(frame.end, tbs.end)
        self.issuer_der = self.data[issuer.start : issuer.end]
        this = self._frame(issuer.end, tbs.end)
        self.this_update = self._time(this)
        self.next_update: dt.datetime | None = None
        at = this.end
        if at < tbs.end and self.data[at] in (0x17, 0x18):
            following = self._frame(at, tbs.end)
            self.next_update = self._time(following)
            at = following.end
        self._rows = (at, at)
        if at < tbs.end and self.data[at] == 0x30:
            rows = self._frame(at, tbs.end)
            self._rows = (rows.content, rows.end)
            at = rows.end
        if at < tbs.end:
            extensions = self._frame(at, tbs.end)
            if extensions.tag != 0xA0:
                raise ValueError("crlExtensions")
            self._read_extensions(extensions)
            at = extensions.end
        if at != tbs.end:
            raise ValueError("TBSCertList")

    def _read_extensions(self, frame: _Frame) -> None:
        for row in self._small(frame)[0].children:
            parts = row.sequence("Extension", 2, 3)
            oid = parts[0].oid("extnID")
            critical = len(parts) == 3 and parts[1].boolean("critical")
            if oid == _DELTA:
                self.unusable = "delta CRL"
            elif oid == _DISTRIBUTION_POINT:
                self._read_scope(parts[-1].octets("issuingDistributionPoint"))
            elif critical and oid not in _CRL_EXTENSIONS_HANDLED:
                self.unusable = f"unknown critical extension {oid}"

    def _read_scope(self, value: bytes) -> None:
        """issuingDistributionPoint: what the CRL is limited to (RFC 5280 5.2.5)."""
        for item in der.parse(value, notes=[]).children:
            if item.number in (1, 2) and item.content not in (b"", b"\0"):
                self.only = "user" if item.number == 1 else "ca"
            elif item.number == 0:
                self.places = _names(item)
            elif item.number in (3, 4) or (item.number == 5 and item.content not in (b"", b"\0")):
                self.unusable = "limited to some reasons, indirect, or for attributes"

    def covers(self, certificate: Certificate) -> bool:
        """Whether certificates such as this one are in the CRL's scope."""
        if self.places is not None and not self.places & _places_of(certificate):
            return False
        return not self.only or (self.only == "ca") == certificate.is_ca

    def find(self, serial: int) -> tuple[dt.datetime, str] | None:
        """Date and reason of the row for ``serial``, or ``None``.

        A row counts however its serial number is written: CAs leave surplus zeros, and leave the
        sign's zero away.

        :raises KeyFormatError: the row is malformed, or belongs to another issuer.
        """
        start, end = self._rows
        candidates: set[int] = set()
        for content in _encodings(serial):
            wanted = b"\x02" + bytes((len(content),)) + content
            at = self.data.find(wanted, start, end)
            while at >= 0:
                candidates |= {at - size for size in (2, 3, 4) if self._may_begin(at - size, at)}
                at = self.data.find(wanted, at + 1, end)
        if not candidates:
            return None
        return self._first_row(candidates, start, end)

    def _may_begin(self, begin: int, serial_at: int) -> bool:
        """Whether a SEQUENCE at ``begin`` would have its content at ``serial_at``."""
        if begin < self._rows[0] or self.data[begin] != 0x30:
            return False
        first = self.data[begin + 1]
        return begin + 2 + (first & 0x7F if first & 0x80 else 0) == serial_at

    def _first_row(
        self, candidates: set[int], start: int, end: int
    ) -> tuple[dt.datetime, str] | None:
        """The row among ``candidates``; the others lie inside rows, as only a walk can tell."""
        last = max(candidates)
        at = start
        try:
            while at <= last:
                if at in candidates:
                    frame = self._frame(at, end)
                    return self._read_row(der.parse(self.data[at : frame.end], notes=[]))
                length = self.data[at + 1]
                at = at + 2 + length if length < 0x80 else self._frame(at, end).end
        except (DerError, IndexError, ValueError) as error:
            raise KeyFormatError("crl.row", reason=type(error).__name__) from error
        return None

    def _read_row(self, node: der.Node) -> tuple[dt.datetime, str]:
        parts = node.sequence("revokedCertificate", 2, 3)
        if not parts[1].is_time():
            raise ValueError("revocationDate")
        date = der.parse_time_text(parts[1].content.decode("ascii", "replace"), parts[1].number)
        reason = "unspecified"
        for row in parts[2].children if len(parts) == 3 else ():
            fields = row.sequence("Extension", 2, 3)
            oid = fields[0].oid("extnID")
            critical = len(fields) == 3 and fields[1].boolean("critical")
            if oid == _REASON_CODE:
                code = der.parse(fields[-1].octets("reasonCode"), notes=[])
                reason = REASONS.get(code.content[-1] if code.content else 0, "unspecified")
            elif oid == _CERTIFICATE_ISSUER or (critical and oid != _REASON_CODE):
                raise KeyFormatError("crl.row", reason=oid)
        return date, reason

    # -- frames -----------------------------------------------------------------------------

    def _frame(self, at: int, end: int) -> _Frame:
        """The header of the TLV at ``at``; its content is not looked at."""
        first = self.data[at + 1]
        content = at + 2
        length = first
        if first & 0x80:
            size = first & 0x7F
            if not 1 <= size <= 5:
                raise ValueError("length")
            length = int.from_bytes(self.data[content : content + size], "big")
            content += size
        if content + length > end:
            raise ValueError("truncated")
        return _Frame(tag=self.data[at], start=at, content=content, end=content + length)

    def _children(self, frame: _Frame, count: int) -> list[_Frame]:
        found: list[_Frame] = []
        at = frame.content
        while at < frame.end:
            found.append(self._frame(at, frame.end))
            at = found[-1].end
        if len(found) != count:
            raise ValueError("elements")
        return found

    def _small(self, frame: _Frame) -> der.Node:
        return der.parse(self.data[frame.start : frame.end], notes=[])

    def _time(self, frame: _Frame) -> dt.datetime:
        text = self.data[frame.content : frame.end].decode("ascii", "replace")
        return der.parse_time_text(text, frame.tag & 0x1F)


def _names(place: der.Node) -> frozenset[bytes]:
    """The names of a DistributionPointName: URLs and directory names as they are written."""
    return frozenset(name.raw for choice in place.children for name in choice.children)


def _places_of(certificate: Certificate) -> frozenset[bytes]:
    """The names of the certificate's CRL distribution points (RFC 5280 4.2.1.13)."""
    found: frozenset[bytes] = frozenset()
    for item in certificate.asn1["tbs_certificate"]["extensions"] or ():
        if item["extn_id"].dotted == "2.5.29.31":
            for point in der.parse(item["extn_value"].contents, notes=[]).children:
                for part in point.children:
                    if part.is_context(0):
                        found |= _names(part)
    return found


def _encodings(serial: int) -> set[bytes]:
    """The ways in which CAs write a serial number's octets: as INTEGER, unsigned, with zeros."""
    size = max(1, (serial.bit_length() + 8) // 8)
    content = serial.to_bytes(size, "big", signed=True)
    if size > 1 and content[0] == 0xFF and content[1] & 0x80:
        content = content[1:]
    bare = content.lstrip(b"\0") or b"\0"
    return {content, bare, b"\0" + bare, b"\0\0" + bare}


def revocation_status(
    certificate: Certificate,
    issuer: Certificate | None,
    data: RevocationData,
    *,
    at: dt.datetime,
    now: dt.datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> RevocationStatus:
    """What ``data`` says of ``certificate``, issued by ``issuer``.

    Data counts as *good* when it is current at ``now``, or was produced at or after ``at``: a
    list made later than the signing that does not name the certificate covers that time too.
    A revocation counts whenever it was published.

    :param at: the time that matters (signing time).
    """
    if issuer is None:
        return RevocationStatus(state=RevocationState.UNKNOWN, why="issuer unknown")
    found = [_by_crl(item, certificate, issuer, at, now) for item in data.crls]
    found += [_by_ocsp(item, certificate, issuer, at, now, limits) for item in data.responses]
    revoked = [item for item in found if item.state is RevocationState.REVOKED]
    if revoked:
        return min(revoked, key=lambda item: item.revoked_at or now)
    good = [item for item in found if item.state is RevocationState.GOOD]
    if good:
        return max(good, key=lambda item: item.produced or at)
    reasons = [item.why for item in found if item.why]
    return RevocationStatus(
        state=RevocationState.UNKNOWN, why="; ".join(dict.fromkeys(reasons)) or "no data"
    )


def _by_crl(
    crl: Crl, certificate: Certificate, issuer: Certificate, at: dt.datetime, now: dt.datetime
) -> RevocationStatus:
    def undecided(why: str) -> RevocationStatus:
        return RevocationStatus(state=RevocationState.UNKNOWN, why=why)

    if crl.issuer_der != issuer.subject_der:
        return undecided("")
    if issuer.key_usage is not None and "crl_sign" not in issuer.key_usage:
        return undecided("the issuer may not sign CRLs")
    if crl.this_update - now > dt.timedelta(minutes=5):
        return undecided("the CRL is of the future")
    try:
        verify_with_certificate(
            issuer,
            crl.signature_algorithm,
            crl.signature,
            crl.tbs,
            parameters=crl.signature_parameters,
        )
        row = crl.find(certificate.serial)
        covered = crl.covers(certificate)
    except EsealError as error:
        return undecided(f"CRL: {error.code}")
    if crl.unusable:
        return undecided(crl.unusable)
    if not covered:
        return undecided("the CRL is for other certificates")
    if row is not None and row[1] != "remove_from_crl":
        return RevocationStatus(
            state=RevocationState.REVOKED,
            source="crl",
            revoked_at=row[0],
            reason=row[1],
            produced=crl.this_update,
        )
    current = crl.next_update is not None and now <= crl.next_update
    if current or crl.this_update >= at:
        return RevocationStatus(state=RevocationState.GOOD, source="crl", produced=crl.this_update)
    return undecided("the CRL is stale")


def _by_ocsp(
    response: OcspResponse,
    certificate: Certificate,
    issuer: Certificate,
    at: dt.datetime,
    now: dt.datetime,
    limits: Limits,
) -> RevocationStatus:
    try:
        found = ocsp_status(response, certificate, issuer, now=now, limits=limits)
    except EsealError as error:
        return RevocationStatus(state=RevocationState.UNKNOWN, why=f"OCSP: {error.code}")
    if found is None:
        return RevocationStatus(state=RevocationState.UNKNOWN)
    if found.revoked_at is not None:
        return RevocationStatus(
            state=RevocationState.REVOKED,
            source="ocsp",
            revoked_at=found.revoked_at,
            reason=found.reason or "unspecified",
            produced=found.this_update,
        )
    if found.state != "good":
        return RevocationStatus(state=RevocationState.UNKNOWN, why=f"OCSP: {found.state}")
    current = found.next_update is not None and now <= found.next_update
    if current or found.this_update >= at:
        return RevocationStatus(
            state=RevocationState.GOOD, source="ocsp", produced=found.this_update
        )
    return RevocationStatus(state=RevocationState.UNKNOWN, why="the OCSP response is stale")


def find_issuer(
    certificate: Certificate, path: Sequence[Certificate], known: Iterable[Certificate]
) -> Certificate | None:
    """The certificate that issued ``certificate``: from its path, else a trusted one that did.

    A pinned certificate has no path; its issuer is then looked for among ``known``, and must
    verify.
    """
    for child, parent in pairwise(path):
        if child == certificate:
            return parent
    for item in known:
        named = item.subject_der == certificate.issuer_der and item.is_ca
        if named and is_issued_by(certificate, item):
            return item
    return None
