"""Making seals: ``esealkit.make_seal``.

A checked ceremony (GB/T 38540-2020 6.2, GM/T 0031-2025 seal generation): the maker's and the
signers' certificates, the name and the picture are looked at, the information is assembled,
approved and signed, the finished seal is verified before it is handed out, and the maker signs a
record of the making.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from esealkit.api.making_checks import (
    MakingRules,
    check_certificates,
    check_imprint,
    check_name,
    check_picture,
)
from esealkit.api.making_record import Making, approve_making, record_making
from esealkit.api.pictures import record_of, stated_size
from esealkit.api.sources import Source, read_small
from esealkit.api.timestamping import TimeStamper
from esealkit.asn1 import oids
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import SealForged, UsageError
from esealkit.findings import Outcome
from esealkit.limits import DEFAULT_LIMITS
from esealkit.picture.measure import PictureKind, sniff_picture
from esealkit.pki.certificate import Certificate, load_certificates
from esealkit.seal.build import SealContent, build_seal, build_seal_info, seal_signing_input
from esealkit.seal.check import check_maker_signature, check_seal_form
from esealkit.seal.kinds import SealKind, kind_named, kind_of
from esealkit.seal.model import CertificateDigest, Edition, ElectronicSeal, Extension, Picture
from esealkit.seal.parse import parse_seal

__all__ = ["make_seal"]


def make_seal(
    *,
    picture: Source,
    width_mm: int | None = None,
    height_mm: int | None = None,
    name: str,
    seal_id: str,
    kind: SealKind | str | None = None,
    type_code: int | None = None,
    signers: Sequence[Source],
    key: SigningKey,
    edition: Edition | str = Edition.V4,
    valid_from: dt.datetime | None = None,
    valid_until: dt.datetime | None = None,
    validity_reason: str = "",
    list_digests: bool = False,
    vendor_id: str = "esealkit",
    extensions: Iterable[Extension] = (),
    timestamper: TimeStamper | None = None,
    rules: MakingRules | None = None,
    keep_record: Callable[[Making], None] | None = None,
    clock: Callable[[], dt.datetime] | None = None,
) -> ElectronicSeal:
    """Make an electronic seal, signed by the maker's ``key``.

    :param picture: the picture file; its type is taken from its content.  One that is marked
        新刻/试用 is refused until it is confirmed against a recorded imprint (SH-03, SH-10).
    :param width_mm: shown width in whole millimetres, ``height_mm`` likewise; by default what
        the picture states of itself.
    :param name: the name as registered; ``seal_id`` the seal's unique ASCII code.
    :param kind: a kind's id or Chinese name (``公章``); or give ``type_code`` itself.
    :param signers: certificates that may sign with the seal, PEM or DER.
    :param valid_until: by default the earliest end of the signers' certificates; never later,
        and earlier only with a ``validity_reason`` where ``rules`` are given (SH-13).
    :param timestamper: stamps the time on the seal itself (edition V5 only).
    :param list_digests: list SM3 digests of the certificates (certListType 2) instead.
    :param rules: what else the making insists on; see :class:`MakingRules`.
    :param keep_record: is given the signed record of the making; the seal is handed out only
        after it returned.
    :raises Expired, WrongUsage, Revoked, RevocationUnknown, ChainError: a certificate that cannot
        be used now.
    :raises CertificateError: the name does not agree with the certificates.
    :raises SealError: ``making.provisional``, ``making.imprint_missing``: the picture waits for
        its imprint, and ``rules`` do not make it a trial.
    :raises UsageError: an argument that does not fit.
    :raises SealForged: the finished seal does not verify (a faulty key); nothing is returned.
    """
    edition = Edition(edition) if isinstance(edition, str) else edition
    now = (clock or _system_clock)()
    if now.tzinfo is None:
        raise UsageError("usage.naive_time", text=now.isoformat())
    now = now.astimezone(dt.UTC).replace(microsecond=0)
    asked = rules or MakingRules()
    if asked.two_keys and asked.approver is None:
        raise UsageError("making.approver")
    if key.certificate is None:
        raise UsageError("signing.no_certificate")
    maker = Certificate(key.certificate)
    certificates = _signers(signers)
    check_certificates(maker, certificates, asked, now)
    agreement = check_name(name, certificates, asked)
    end = _end(valid_until, certificates)
    if rules is not None and end < _end(None, certificates) and not validity_reason:
        raise UsageError("making.validity_reason", asked=str(end))
    data = read_small(picture, DEFAULT_LIMITS.der_size)
    shown = _picture(data, width_mm, height_mm)
    code, kind_id = _type(kind, type_code, edition)
    origin = check_imprint(record_of(data), kind_id, asked)
    check_picture(shown, asked)
    content = SealContent(
        seal_id=seal_id,
        name=name,
        type_code=code,
        picture=shown,
        created=now,
        valid_from=valid_from or max(now, *(item.not_before for item in certificates)),
        valid_until=end,
        certificates=() if list_digests else [item.der for item in certificates],
        digests=[
            CertificateDigest(algorithm=oids.SM3, value=item.sm3_fingerprint)
            for item in certificates
        ]
        if list_digests
        else (),
        vendor_id=vendor_id,
        extensions=tuple(extensions),
    )
    info = build_seal_info(content, edition)
    approval = (
        approve_making(info, name=name, seal_id=seal_id, maker=maker, key=asked.approver, now=now)
        if asked.approver is not None
        else None
    )
    seal = _made(content, info, edition, maker, key, timestamper)
    if keep_record is not None:
        record = record_making(
            seal,
            picture=shown,
            origin=origin,
            imprint=asked.imprint,
            trial=asked.trial,
            maker=maker,
            signers=certificates,
            agreement=agreement.value,
            validity_reason=validity_reason,
            approval=approval,
            key=key,
            now=now,
        )
        keep_record(
            Making(seal=seal, record=record, approval=approval, name_agreement=agreement.value)
        )
    return seal


def _made(
    content: SealContent,
    info: bytes,
    edition: Edition,
    maker: Certificate,
    key: SigningKey,
    timestamper: TimeStamper | None,
) -> ElectronicSeal:
    signature = key.sign(seal_signing_input(info, maker.der, edition))
    token = timestamper.stamp(signature) if timestamper is not None else None
    encoded = build_seal(info, maker.der, signature, edition, timestamp=token)
    seal = parse_seal(encoded, strict=True)
    if (
        check_maker_signature(seal, maker).outcome is not Outcome.PASSED
        or check_seal_form(seal).outcome is not Outcome.PASSED
    ):
        raise SealForged("making.self_check", seal=content.name)
    return seal


def _system_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _signers(sources: Sequence[Source]) -> list[Certificate]:
    if isinstance(sources, (str, bytes)):
        raise UsageError("usage.signers")
    found = [
        item
        for source in sources
        for item in load_certificates(read_small(source, DEFAULT_LIMITS.der_size))
    ]
    if not found:
        raise UsageError("seal.certlist_empty")
    return found


def _end(asked: dt.datetime | None, certificates: Sequence[Certificate]) -> dt.datetime:
    """A seal is valid no longer than the certificates it is bound to (SH-13)."""
    earliest = min(item.not_after for item in certificates)
    if asked is None:
        return earliest
    if asked.tzinfo is None:
        raise UsageError("usage.naive_time", text=asked.isoformat())
    if asked > earliest:
        raise UsageError("making.validity", asked=str(asked), most=str(earliest))
    return asked


def _type(kind: SealKind | str | None, code: int | None, edition: Edition) -> tuple[int, str]:
    """The type code that is written, and the kind's id as far as it is known."""
    if (code is None) == (kind is None):
        raise UsageError("making.kind_or_code")
    if code is not None:
        return code, kind_of(code, edition)
    assert kind is not None
    found = kind_named(kind) if isinstance(kind, str) else kind
    return found.code_in(edition), found.id


def _picture(data: bytes, width_mm: int | None, height_mm: int | None) -> Picture:
    kind = sniff_picture(data)
    if kind is None or kind is PictureKind.JBIG2:
        raise UsageError("making.picture")
    if width_mm is None or height_mm is None:
        stated = stated_size(data)
        if stated is None or (width_mm, height_mm) != (None, None):
            raise UsageError("making.size_unknown")
        width_mm, height_mm = (round(side) for side in stated)
    if not (0 < width_mm <= 200 and 0 < height_mm <= 200):
        raise UsageError("making.size", width=width_mm, height=height_mm)
    return Picture(type=kind.written, data=data, width_mm=width_mm, height_mm=height_mm)
