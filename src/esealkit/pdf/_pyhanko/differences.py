"""pyHanko's difference analysis, run on one signed revision and all that came after it.

Its standard policy is a whitelist: every object written later must be explained by a rule.  The
rule about the security store is our own, and one is added for documents certified with
permission to annotate (DocMDP P 3), which the standard policy does not cover.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    QualifiedWhitelistRule,
    ReferenceUpdate,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from esealkit.errors import PdfError
from esealkit.pdf._pyhanko.objects import dictionary, listed
from esealkit.pdf._pyhanko.objects import value as entry
from esealkit.pdf._pyhanko.store_changes import SecurityStoreRule

__all__ = ["Review", "review"]

_LEVELS = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "validation",
    ModificationLevel.FORM_FILLING: "form",
    ModificationLevel.ANNOTATIONS: "annotations",
}
_ALLOWED = {
    MDPPerm.NO_CHANGES: ModificationLevel.LTA_UPDATES,
    MDPPerm.FILL_FORMS: ModificationLevel.FORM_FILLING,
    MDPPerm.ANNOTATE: ModificationLevel.ANNOTATIONS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the analysis came to."""

    level: str
    fields: frozenset[str] = frozenset()
    reason: str = ""


class _AddedAnnotations(QualifiedWhitelistRule):
    """Annotations added to pages that are otherwise as they were (12.8.2.2, P 3)."""

    def apply_qualified(self, old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
        written = {ref.idnum for ref in new.explicit_refs_in_revision()}
        yield from self._node(old.root["/Pages"], new.root["/Pages"], old, new, written, 0)

    def _node(
        self, was: Any, now: Any, old: Any, new: Any, written: set[int], depth: int
    ) -> Iterator[tuple[Any, Any]]:
        if depth > 32 or not isinstance(now, DictionaryObject):
            return
        for before, after in zip(
            listed(entry(was, "/Kids")), listed(entry(now, "/Kids")), strict=False
        ):
            if before != after:
                return
            if entry(before.get_object(), "/Type") == "/Pages":
                deeper = before.get_object(), after.get_object()
                yield from self._node(*deeper, old, new, written, depth + 1)
            else:
                yield from self._page(before, after, old, new, written)

    @staticmethod
    def _page(
        before: Any, after: Any, old: Any, new: Any, written: set[int]
    ) -> Iterator[tuple[Any, Any]]:
        was, now = before.get_object(), after.get_object()
        same = {key for key in {*was, *now} if key != "/Annots"}
        if any(key not in was or key not in now for key in same):
            return
        if any(was.raw_get(key) != now.raw_get(key) for key in same):
            return
        listed_before = listed(entry(was, "/Annots"))
        listed_after = listed(entry(now, "/Annots"))
        if listed_after[: len(listed_before)] != listed_before:
            return
        added = listed_after[len(listed_before) :]
        if not added or any(entry(item.get_object(), "/Subtype") == "/Widget" for item in added):
            return
        level = ModificationLevel.ANNOTATIONS
        if after.idnum in written:
            yield level, ReferenceUpdate(after.reference)
        raw = now.raw_get("/Annots")
        if isinstance(raw, IndirectObject):
            yield level, ReferenceUpdate(raw.reference)
        for item in added:
            for found in new.collect_dependencies(item, since_revision=old.revision + 1):
                yield level, ReferenceUpdate(found)


_CATALOG = CatalogModificationRule()
_OTHERS = [
    rule.as_qualified(ModificationLevel.LTA_UPDATES)
    for rule in (
        DocInfoRule(),
        XrefStreamRule(),
        ObjectStreamRule(),
        SecurityStoreRule(),
        MetadataUpdateRule(),
    )
]
_RULES = [_CATALOG, *_OTHERS]
_STANDARD = StandardDiffPolicy(global_rules=_RULES, form_rule=DEFAULT_DIFF_POLICY.form_rule)
_ANNOTATING = StandardDiffPolicy(
    global_rules=[*_RULES, _AddedAnnotations()], form_rule=DEFAULT_DIFF_POLICY.form_rule
)
_WITHOUT_FORMS = StandardDiffPolicy(
    global_rules=[
        # The form is left to no rule: it stays as it is.
        CatalogModificationRule(ignored_keys=_CATALOG.ignored_keys - {"/AcroForm"}),
        *_OTHERS,
    ],
    form_rule=None,
)


def review(reader: Any, section: int, signature: Any, lock: Any) -> Review:
    """Compare every later revision with the signed one.

    :param signature: the signature dictionary, whose transforms restrict what may change.
    :param lock: its field's ``/Lock`` dictionary, empty without one.
    """
    permitted, fields = _restrictions(signature)
    if permitted is None and "/P" in lock:
        permitted = MDPPerm(int(lock["/P"]))
    policy = _ANNOTATING if permitted is MDPPerm.ANNOTATE else _STANDARD
    try:
        found = policy.review_file(reader, section, field_mdp_spec=fields, doc_mdp=permitted)
    except PdfReadError as error:
        # A form with names that none may have is not compared; what leaves it alone still is.
        found = _WITHOUT_FORMS.review_file(reader, section, doc_mdp=permitted)
        if not isinstance(found, DiffResult):
            return Review(level="undecided", reason=str(error)[:500])
    if not isinstance(found, DiffResult):
        return Review(level="other", reason=str(found)[:500])
    if (missing := _supplied_later(reader, section)) is not None:
        return Review(level="other", reason=f"{missing!r} was missing when signed")
    level = found.modification_level
    if permitted is not None and level.value > _ALLOWED[permitted].value:
        return Review(level="other", reason=f"DocMDP P {permitted.value}")
    if level not in _LEVELS:
        return Review(level="other", reason=str(level))
    return Review(level=_LEVELS[level], fields=frozenset(found.changed_form_fields))


def _supplied_later(reader: Any, section: int) -> Any:
    """An object that the signed revision uses and does not have, written by a later one.

    What led nowhere showed nothing when it was signed (7.3.10); a later object of that number,
    whatever it was written for, is then shown in its place.
    """
    signed = reader.get_historical_resolver(section)
    signed._load_reverse_xref_cache()
    written = (
        reference
        for later in range(section + 1, reader.xrefs.total_revisions)
        for reference in reader.xrefs.explicit_refs_in_revision(later)
    )
    missing = (item for item in written if reader.xrefs.get_historical_ref(item, section) is None)
    return next((item for item in missing if signed._get_usages_of_ref(item)), None)


def _restrictions(signature: Any) -> tuple[Any, Any]:
    """DocMDP's permission and FieldMDP's fields, as the signature's transforms state them."""
    permitted, fields = None, None
    for raw in listed(entry(signature, "/Reference")):
        transform = dictionary(raw)
        method = entry(transform, "/TransformMethod")
        params = dictionary(entry(transform, "/TransformParams"))
        if method == "/DocMDP":
            permitted = MDPPerm(int(entry(params, "/P", 2)))
        elif method == "/FieldMDP":
            if fields is not None:
                raise PdfError("pdf.malformed", reason="/FieldMDP")
            fields = FieldMDPSpec.from_pdf_object(params)
    return permitted, fields
