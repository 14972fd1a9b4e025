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
from collections.abc import Collection, Iterable, Sequence
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
from esealkit.ofd._edit import (
    attribute,
    content,
    insert_annotations_element,
    insert_list_entry,
    insert_signatures_element,
)
from esealkit.ofd._names import fold
from esealkit.ofd._xml import NAMESPACE, parse_xml
from esealkit.ofd.document import Body, OfdDocument
from esealkit.ofd.entries import entries_parts
from esealkit.ofd.package import Package
from esealkit.ofd.paths import directory_of
from esealkit.ofd.protection import Protection, annotation_list, left_open
from esealkit.ofd.references import Digests
from esealkit.ofd.relative import base_of
from esealkit.ofd.signatures import Provider, SignatureEntry, read_signatures
from esealkit.ofd.writer import rewrite
from esealkit.placement import Placed, check_on_page

__all__ = ["MarkPicture", "SignaturePlan", "StampBox", "complete", "plan"]

SM2_WITH_SM3 = "1.2.156.10197.1.501"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ESEALKIT = Provider(name="esealkit")
_CHINA = timezone(timedelta(hours=8))


StampBox = Placed
"""Where one stamp goes: page from 0, box and clip in mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPicture:
    """The picture of a digital signature's mark: handwriting, a fingerprint.

    It is stored beside the signature, named by Seal/ImageLoc (GM/T 0099-2020 annex B) and
    listed in the references, so that the signature protects it.
    """

    data: bytes
    """The picture file."""
    extension: str
    """Of the part that will hold it, such as ``png``."""


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
    mark: MarkPicture | None = None,
    lock: bool = False,
    provider: Provider = ESEALKIT,
    signature_method: str = SM2_WITH_SM3,
    protect: Protection = "whole",
    relative_to: int | None = None,
) -> SignaturePlan:
    """Lays out a signature of one body over the parts that ``protect`` says.

    ``lock`` covers Signatures.xml too, which forbids further signatures (18.1).
    ``relative_to`` is the index of the signature this one builds on (GM/T 0099).  A ``mark``
    is the picture of a ``Sign``, shown at its stamps.  Raises `Forbidden` where the document
    or an earlier signature does not allow it, `PlacementError` where a stamp does not lie on
    its page, `DocumentError` or `UnsupportedError` for documents that cannot be signed as
    they are.
    """
    _check_arguments(kind, when, stamps, seal, mark)
    target = document.body(body)
    _check_permitted(document, target, when)
    entries = read_signatures(document).entries
    base = None if relative_to is None else base_of(entries, relative_to, body=body)
    listed = _list_name(document, target)
    _check_unlocked(document, target, entries, listed)
    ids = _fresh_ids(document, entries, 1 + len(stamps))
    folder = _fresh_folder(document, target, entries)
    own = {f"{folder}Seal.esl": seal} if seal is not None else {}
    picture = f"{folder}Mark.{mark.extension}" if mark is not None else None
    if mark is not None and picture is not None:
        own[picture] = mark.data
    changed = _new_lists(document, target, listed, f"/{folder}Signature.xml", ids, kind, base)
    lists = {name for name in changed if name != document.entry}
    changed |= own
    _check_inserted(document, target, listed, changed, ids[0])
    opened = left_open(document, target, protect)
    if protect == "all-but-annotations" and not opened:
        opened = _add_annotation_list(document, target, entries, changed)
    covered = _covered(document, lists, changed, lock=lock, opened=opened)
    if set(covered) <= own.keys():
        raise UsageError("signature.nothing_protected")
    rows = _digests(document, covered, changed)
    xml = _signature_xml(
        provider=provider,
        method=signature_method,
        when=when,
        rows=rows,
        stamps=list(_annotations(document, target, stamps, ids[1:])),
        seal=f"/{folder}Seal.esl" if seal is not None else None,
        picture=f"/{picture}" if picture is not None else None,
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


def _check_arguments(
    kind: str,
    when: datetime,
    stamps: Sequence[StampBox],
    seal: bytes | None,
    mark: MarkPicture | None,
) -> None:
    """A Seal is shown and has no mark; a Sign has no seal, and is shown exactly if marked."""
    if kind not in ("Seal", "Sign"):
        raise UsageError("signature.plan_arguments")
    if when.tzinfo is None:
        raise UsageError("signature.naive_time")
    shown = kind == "Seal" or mark is not None
    if shown != bool(stamps):
        raise UsageError("signature.stamps_and_kind", kind=kind, stamps=len(stamps))
    if (kind == "Seal" and mark is not None) or (kind == "Sign" and seal is not None):
        raise UsageError("signature.plan_arguments")


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


def _list_name(document: OfdDocument, body: Body, taken: Collection[str] = ()) -> str:
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
        if document.package.same_but_case(name) is None and name not in taken:
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
    document: OfdDocument,
    body: Body,
    listed: str,
    path: str,
    ids: list[str],
    kind: str,
    base: str | None,
) -> dict[str, bytes]:
    """Signatures.xml with the new entry, and OFD.xml where it does not name a list yet.

    Where OFD.xml has to change, the other bodies get their empty lists with it: the signature
    will cover OFD.xml, and they could never be signed afterwards.
    """
    changed: dict[str, bytes] = {}
    entry = document.entry or "OFD.xml"
    if body.signatures is None:
        for each in document.bodies:
            if each.signatures is not None or (each is not body and not _can_sign(each)):
                continue
            name = listed if each is body else _list_name(document, each, {listed, *changed})
            changed[name] = f'{_HEAD}<ofd:Signatures xmlns:ofd="{NAMESPACE}"/>'.encode()
            changed[entry] = insert_signatures_element(
                changed.get(entry) or document.package.read(entry),
                where=entry,
                body=each.index,
                bodies=len(document.bodies),
                loc=f"/{name}",
            )
    if listed in document.package:
        document.xml(listed, root="Signatures")
        old = document.package.read(listed)
    else:
        old = f'{_HEAD}<ofd:Signatures xmlns:ofd="{NAMESPACE}"/>'.encode()
    changed[listed] = insert_list_entry(
        old,
        where=listed,
        identifier=ids[0],
        kind=kind,
        loc=path,
        greatest=ids[-1],
        relative=base,
    )
    return changed


def _can_sign(body: Body) -> bool:
    return body.root is not None and not body.findings and bool(body.pages)


def _add_annotation_list(
    document: OfdDocument,
    body: Body,
    entries: tuple[SignatureEntry, ...],
    changed: dict[str, bytes],
) -> frozenset[str]:
    """An empty annotation list to be left open, where the document has none.

    Without one, a later annotation would have to change Document.xml, which is protected.  A
    Document.xml that is signed already stays as it is, and nothing is left open.
    """
    root = body.root or ""
    if annotation_list(document, body) is not None or any(
        root == reference.name for entry in entries for reference in entry.references
    ):
        return frozenset()
    folder = f"{directory_of(root)}Annots"
    name = f"{folder}/Annotations.xml"
    if document.package.same_but_case(name) is not None:
        raise DocumentError("document.no_free_name")
    changed[root] = insert_annotations_element(
        document.package.read(root), where=root, loc="Annots/Annotations.xml"
    )
    changed[name] = f'{_HEAD}<ofd:Annotations xmlns:ofd="{NAMESPACE}"/>'.encode()
    again = parse_xml(changed[root], where=root, root="Document", limits=document.limits).root
    if again.text_of("Annotations") != "Annots/Annotations.xml":
        raise UnsupportedError("document.unusual_xml", where=root)
    return frozenset({name})


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
        meant = [each.signatures is not None or _can_sign(each) for each in document.bodies]
        if named[body.index] != f"/{listed}" or [text is not None for text in named] != meant:
            raise UnsupportedError("document.unusual_xml", where=entry)


def _covered(
    document: OfdDocument,
    new_lists: Collection[str],
    changed: dict[str, bytes],
    *,
    lock: bool,
    opened: Collection[str],
) -> list[str]:
    """Every part that is not left open; the lists, and all of them, under lock.

    The own Signature.xml and value do not exist yet.  The file list of GM/T 0099 7.4 and its
    value are made after the last signature and vouch for themselves.
    """
    lists = {body.signatures.name for body in document.bodies if body.signatures} | {*new_lists}
    apart = entries_parts(document)
    names = [*document.package.names, *(name for name in changed if name not in document.package)]
    return [
        name
        for name in names
        if (lock if name in lists else name not in opened and name not in apart)
    ]


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
) -> Iterable[str]:
    for stamp, identifier in zip(stamps, ids, strict=True):
        if not 0 <= stamp.page_index < len(body.pages):
            raise PlacementError(
                "placement.no_page", page=stamp.page_index + 1, count=len(body.pages)
            )
        page = body.pages[stamp.page_index]
        _, _, width, height = document.page_box(page, body=body.index)
        check_on_page(stamp, width, height)
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
    picture: str | None,
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
    sealed = "".join(
        f"<ofd:{name}>{content(path)}</ofd:{name}>"
        for name, path in (("BaseLoc", seal), ("ImageLoc", picture))
        if path
    )
    sealed = f"<ofd:Seal>{sealed}</ofd:Seal>" if sealed else ""
    return (
        f'{_HEAD}<ofd:Signature xmlns:ofd="{NAMESPACE}"><ofd:SignedInfo>'
        f"<ofd:Provider{named}/>"
        f"<ofd:SignatureMethod>{content(method)}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{moment}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3_OID}">{references}</ofd:References>'
        f"{''.join(stamps)}{sealed}</ofd:SignedInfo>"
        f"<ofd:SignedValue>{content(value)}</ofd:SignedValue></ofd:Signature>"
    ).encode()
