"""Adding a signature to a document (GB/T 33190-2016 clause 18).

Signing happens in two steps, because the value may come from a device or another day::

    signing = plan(document, stamps=[StampBox(page_index=0, x=150, y=220, width=40, height=40)],
                   seal=esl, when=now)
    signing.signature_xml, signing.property_info     # what TBS_Sign is made from
    signing.write(out, signed_value)                 # or write_staged() … complete()

Nothing that an earlier signature covers is changed by a single byte; where that cannot be,
the plan is refused before anything is written.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO, Literal

from esealkit.crypto import sm3
from esealkit.errors import (
    DocumentError,
    Forbidden,
    PlacementError,
    UnsupportedError,
    UsageError,
)
from esealkit.ofd._description import SM3_OID
from esealkit.ofd._edit import attribute, content, insert_list_entry, insert_signatures_element
from esealkit.ofd._names import fold
from esealkit.ofd._xml import NAMESPACE, parse_xml
from esealkit.ofd.document import Body, OfdDocument
from esealkit.ofd.package import Package
from esealkit.ofd.paths import directory_of
from esealkit.ofd.references import Digests
from esealkit.ofd.signatures import Provider, SignatureEntry, read_signatures
from esealkit.ofd.writer import rewrite
from esealkit.placement import Placed, check_on_page

__all__ = ["SignaturePlan", "StampBox", "complete", "plan"]

SM2_WITH_SM3 = "1.2.156.10197.1.501"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ESEALKIT = Provider(name="esealkit")
_CHINA = timezone(timedelta(hours=8))


StampBox = Placed
"""Where one stamp goes: page from 0, box and clip in mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePlan:
    """A signature laid out: everything but its value."""

    signature_xml: bytes
    """Signature.xml as it will be stored: dataHash is its digest."""
    property_info: str
    """Its absolute package path: propertyInfo."""
    signed_value_path: str
    """Part that will hold the signed value, without leading slash."""
    signature_id: str
    """Signature/@ID."""
    stamp_ids: tuple[str, ...]
    """StampAnnot/@ID in the order of the stamps."""
    covered: tuple[str, ...]
    """Parts that the references list."""
    _package: Package = field(repr=False)
    _changed: dict[str, bytes] = field(repr=False)

    def write_staged(self, out: BinaryIO) -> None:
        """The whole package except the signed value, to be finished by :func:`complete`."""
        rewrite(self._package, out, changed=self._changed)

    def write(self, out: BinaryIO, signed_value: bytes) -> None:
        """The whole package; the same bytes as `write_staged` and :func:`complete` give."""
        rewrite(self._package, out, changed={**self._changed, self.signed_value_path: signed_value})


def complete(staged: Package, signed_value_path: str, signed_value: bytes, out: BinaryIO) -> None:
    """Adds the signed value to a staged package and writes the result to ``out``."""
    if signed_value_path in staged or staged.same_but_case(signed_value_path):
        raise DocumentError("document.already_complete", path=signed_value_path)
    rewrite(staged, out, changed={signed_value_path: signed_value})


def plan(
    document: OfdDocument,
    *,
    when: datetime,
    stamps: Sequence[StampBox] = (),
    body: int = 0,
    kind: Literal["Seal", "Sign"] = "Seal",
    seal: bytes | None = None,
    lock: bool = False,
    provider: Provider = ESEALKIT,
    signature_method: str = SM2_WITH_SM3,
    protect: Literal["whole"] = "whole",
    allow_off_page: bool = False,
) -> SignaturePlan:
    """Lays out a signature over the whole package.

    ``lock`` covers Signatures.xml too, which forbids further signatures (18.1).  Raises
    `Forbidden` where the document or an earlier signature does not allow it,
    `PlacementError` where a stamp does not lie on its page, `DocumentError` or
    `UnsupportedError` for documents that cannot be signed as they are.
    """
    if protect != "whole" or kind not in ("Seal", "Sign"):
        raise UsageError("signature.plan_arguments")
    if when.tzinfo is None:
        raise UsageError("signature.naive_time")
    if (kind == "Seal") != bool(stamps):
        raise UsageError("signature.stamps_and_kind", kind=kind, stamps=len(stamps))
    target = document.body(body)
    _check_permitted(document, target, when)
    lists = read_signatures(document)
    entries = lists.entries
    listed = _list_name(document, target)
    _check_unlocked(document, target, entries, listed)
    ids = _fresh_ids(document, entries, 1 + len(stamps))
    folder = _fresh_folder(document, target, entries)
    changed = _new_lists(document, target, listed, f"/{folder}Signature.xml", ids, kind)
    if seal is not None:
        changed[f"{folder}Seal.esl"] = seal
    _check_inserted(document, target, listed, changed, ids[0])
    covered = _covered(document, listed, changed, lock=lock)
    rows = _digests(document, covered, changed)
    xml = _signature_xml(
        provider=provider,
        method=signature_method,
        when=when,
        rows=rows,
        stamps=list(_annotations(document, target, stamps, ids[1:], allow_off_page)),
        seal=f"/{folder}Seal.esl" if seal is not None else None,
        value=f"/{folder}SignedValue.dat",
    )
    changed[f"{folder}Signature.xml"] = xml
    return SignaturePlan(
        signature_xml=xml,
        property_info=f"/{folder}Signature.xml",
        signed_value_path=f"{folder}SignedValue.dat",
        signature_id=ids[0],
        stamp_ids=tuple(ids[1:]),
        covered=tuple(covered),
        _package=document.package,
        _changed=changed,
    )


def _check_permitted(document: OfdDocument, body: Body, when: datetime) -> None:
    """Encryption, a body that cannot be read, and Permissions (GB/T 33190-2016 7.5)."""
    if document.encrypted:
        raise UnsupportedError("document.encrypted")
    if body.root is None or body.findings or not body.pages:
        reason = body.findings[0].reason if body.findings else "document.no_pages"
        raise DocumentError("document.broken_body", body=body.index, reason=reason)
    if not body.permissions.signature:
        raise Forbidden("document.signing_not_permitted")
    start = _moment(body.permissions.start, last=False)
    end = _moment(body.permissions.end, last=True)
    if (start is not None and when < start) or (end is not None and when > end):
        raise Forbidden(
            "document.outside_period", start=body.permissions.start, end=body.permissions.end
        )


def _moment(text: str | None, *, last: bool) -> datetime | None:
    """An xs:dateTime or date of ValidPeriod; without zone it is China's time."""
    if not text or not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DocumentError("document.period_unreadable", text=text[:40]) from None
    if last and len(text.strip()) <= 10:
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)


def _list_name(document: OfdDocument, body: Body) -> str:
    """The part Signatures.xml: the one there is, or a free name beside Document.xml."""
    if body.signatures is not None:
        if body.signatures.name is not None:
            return body.signatures.name
        if body.signatures.path.startswith("/"):
            return body.signatures.path.lstrip("/")
        raise DocumentError("document.broken_body", body=body.index, reason="path.refused")
    folder = f"{directory_of(body.root or '')}Signs"
    for number in range(10_000):
        name = f"{folder}{f'_{number}' if number else ''}/Signatures.xml"
        if document.package.same_but_case(name) is None:
            return name
    raise DocumentError("document.no_free_name")


def _check_unlocked(
    document: OfdDocument, body: Body, entries: tuple[SignatureEntry, ...], listed: str
) -> None:
    """An earlier signature must not cover what this one has to change (18.1)."""
    covering: dict[str, str] = {}
    for entry in entries:
        for reference in entry.references:
            covering.setdefault(reference.name or reference.path.strip("/"), entry.id)
    if listed in covering:
        raise Forbidden("document.signing_locked", id=covering[listed])
    if body.signatures is None and document.entry in covering:
        raise Forbidden("document.entry_signed", id=covering[document.entry])


def _fresh_ids(document: OfdDocument, entries: tuple[SignatureEntry, ...], count: int) -> list[str]:
    """Ids after every number in use, one space for signatures and stamps (18.1)."""
    used = {entry.id for entry in entries}
    used |= {stamp.id for entry in entries for stamp in entry.stamps}
    for name in {entry.list_name for entry in entries}:
        maxima = document.xml(name, root="Signatures").root.children("MaxSignId")
        used |= {element.text() for element in maxima}
    numbers = [int(match[1]) for text in used if (match := re.search(r"([0-9]{1,9})$", text))]
    first = max(numbers, default=0) + 1
    return [f"s{number:03d}" for number in range(first, first + count)]


def _fresh_folder(document: OfdDocument, body: Body, entries: tuple[SignatureEntry, ...]) -> str:
    """``Doc_0/Signs/Sign_N/`` with nothing in it, and that no earlier reference points into."""
    package = document.package
    taken = {fold(name) for name in (*package.names, *package.directories)}
    for entry in entries:
        taken |= {fold(reference.path.strip("/")) for reference in entry.references}
    base = f"{directory_of(body.root or '')}Signs/Sign_"
    number = sum(1 for entry in entries if entry.body == body.index)
    while any(name.startswith(fold(f"{base}{number}/")) for name in taken):
        number += 1
    return f"{base}{number}/"


def _new_lists(
    document: OfdDocument, body: Body, listed: str, path: str, ids: list[str], kind: str
) -> dict[str, bytes]:
    """Signatures.xml with the new entry, and OFD.xml where it does not name a list yet."""
    changed: dict[str, bytes] = {}
    entry = document.entry or "OFD.xml"
    if body.signatures is None:
        changed[entry] = insert_signatures_element(
            document.package.read(entry),
            where=entry,
            body=body.index,
            bodies=len(document.bodies),
            loc=f"/{listed}",
        )
    if listed in document.package:
        document.xml(listed, root="Signatures")
        old = document.package.read(listed)
    else:
        old = f'{_HEAD}<ofd:Signatures xmlns:ofd="{NAMESPACE}"/>'.encode()
    changed[listed] = insert_list_entry(
        old, where=listed, identifier=ids[0], kind=kind, loc=path, greatest=ids[-1]
    )
    return changed


def _check_inserted(
    document: OfdDocument, body: Body, listed: str, changed: dict[str, bytes], identifier: str
) -> None:
    """What was inserted as text is read back as what it was meant to be."""
    limits = document.limits
    top = parse_xml(changed[listed], where=listed, root="Signatures", limits=limits).root
    if (top.children("Signature")[-1].get("ID")) != identifier:
        raise UnsupportedError("document.unusual_xml", where=listed)
    entry = document.entry or ""
    if entry in changed:
        bodies = parse_xml(changed[entry], where=entry, root="OFD", limits=limits).root
        named = [each.text_of("Signatures") for each in bodies.children("DocBody")]
        before = [each.signatures is not None for each in document.bodies]
        before[body.index] = True
        if named[body.index] != f"/{listed}" or [text is not None for text in named] != before:
            raise UnsupportedError("document.unusual_xml", where=entry)


def _covered(
    document: OfdDocument, listed: str, changed: dict[str, bytes], *, lock: bool
) -> list[str]:
    """Every part, the lists only under lock; own Signature.xml and value do not exist yet."""
    lists = {body.signatures.name for body in document.bodies if body.signatures} | {listed}
    names = [*document.package.names, *(name for name in changed if name not in document.package)]
    return [name for name in names if lock or name not in lists]


def _digests(
    document: OfdDocument, names: Iterable[str], changed: dict[str, bytes]
) -> list[tuple[str, bytes]]:
    digests = Digests(document)
    digests.prepare(name for name in names if name not in changed)
    return [
        (name, sm3(changed[name]) if name in changed else digests.of(name, "sm3")) for name in names
    ]


def _annotations(
    document: OfdDocument,
    body: Body,
    stamps: Sequence[StampBox],
    ids: list[str],
    allow_off_page: bool,
) -> Iterable[str]:
    for stamp, identifier in zip(stamps, ids, strict=True):
        if not 0 <= stamp.page_index < len(body.pages):
            raise PlacementError(
                "placement.no_page", page=stamp.page_index + 1, count=len(body.pages)
            )
        page = body.pages[stamp.page_index]
        _, _, width, height = document.page_box(page, body=body.index)
        check_on_page(stamp, width, height, allow_off_page=allow_off_page)
        clip = f" Clip={attribute(_numbers(stamp.clip))}" if stamp.clip is not None else ""
        boundary = _numbers((stamp.x, stamp.y, stamp.width, stamp.height))
        yield (
            f"<ofd:StampAnnot ID={attribute(identifier)} PageRef={attribute(page.id)} "
            f"Boundary={attribute(boundary)}{clip}/>"
        )


def _numbers(values: Iterable[float]) -> str:
    """Millimetres with at most four decimals, a tenth of a micrometre."""
    return " ".join(
        f"{value:.4f}".rstrip("0").rstrip(".").replace("-0", "0", 1)
        if abs(value) < 0.00005
        else f"{value:.4f}".rstrip("0").rstrip(".")
        for value in values
    )


def _signature_xml(
    *,
    provider: Provider,
    method: str,
    when: datetime,
    rows: list[tuple[str, bytes]],
    stamps: list[str],
    seal: str | None,
    value: str,
) -> bytes:
    """Signature.xml in the schema's order (18.2.1)."""
    references = "".join(
        f"<ofd:Reference FileRef={attribute('/' + name)}>"
        f"<ofd:CheckValue>{base64.b64encode(digest).decode()}</ofd:CheckValue></ofd:Reference>"
        for name, digest in rows
    )
    named = "".join(
        f" {key}={attribute(text)}"
        for key, text in (
            ("ProviderName", provider.name),
            ("Version", provider.version),
            ("Company", provider.company),
        )
        if text or key == "ProviderName"
    )
    moment = when.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    sealed = f"<ofd:Seal><ofd:BaseLoc>{content(seal)}</ofd:BaseLoc></ofd:Seal>" if seal else ""
    return (
        f'{_HEAD}<ofd:Signature xmlns:ofd="{NAMESPACE}"><ofd:SignedInfo>'
        f"<ofd:Provider{named}/>"
        f"<ofd:SignatureMethod>{content(method)}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{moment}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3_OID}">{references}</ofd:References>'
        f"{''.join(stamps)}{sealed}</ofd:SignedInfo>"
        f"<ofd:SignedValue>{content(value)}</ofd:SignedValue></ofd:Signature>"
    ).encode()
