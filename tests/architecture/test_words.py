"""Everything esealkit can say has words in Chinese and English."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest

import esealkit
from esealkit.asn1 import der
from esealkit.errors import IllegalStep
from esealkit.findings import Outcome
from esealkit.journal.export import _USE
from esealkit.policy import CHECKS, Policy
from esealkit.registry import SealRecord, State
from esealkit.registry.machine import STEPS
from esealkit.registry.private import PRIVATE_FIELDS
from esealkit.seal.model import Edition
from esealkit.verification.judgement import Identity, Integrity, Status, Verdict
from esealkit.words import LANGUAGES, error_advice, error_message, reason_message
from esealkit.words.of_checks import REASONS, TITLES
from esealkit.words.of_errors import ERRORS
from esealkit.words.of_pictures import NOTICES
from esealkit.words.of_reports import PHRASES
from tests.support.source_scan import (
    Site,
    calls,
    constant,
    error_sites,
    finding_sites,
    local_values,
    texts_of_source,
)

_SIGNATURE_CHECKS = ("signature.value", "seal.maker_signature")
_STANDING = {
    suffix: tuple(f"{prefix}{suffix}" for prefix in ("signer.", "seal.maker_"))
    for suffix in ("chain", "key_usage", "validity")
}
# Arguments that name a check: (module, function) → the checks it is called with.
CHECK_ARGUMENTS = {
    ("pki/standing.py", "_chain"): _STANDING["chain"],
    ("pki/standing.py", "_key_usage"): _STANDING["key_usage"],
    ("pki/standing.py", "_validity"): _STANDING["validity"],
    ("seal/check.py", "_check_value"): _SIGNATURE_CHECKS,
    ("seal/check.py", "read_certificate"): ("signer.chain", "seal.maker_chain"),
    ("verification/judgement.py", "_refused"): (),
}
_REVOCATION = (
    "signer.revocation",
    "seal.maker_revocation",
    "time.stamp_revocation",
    "seal.timestamp_revocation",
)
_STAMPS = ("time.stamp", "seal.timestamp")
CHECK_ARGUMENTS |= {
    ("verification/revocation_steps.py", "judge_revocation"): _REVOCATION,
    ("verification/revocation_steps.py", "_revoked"): _REVOCATION,
    ("verification/time_steps.py", "prove_time"): _STAMPS,
}
# Reasons that are computed: (module, function, expression) → its values.
COMPUTED = {
    ("pki/standing.py", "_chain", "code"): (
        "signer.weak_algorithm",
        "seal.maker_weak_algorithm",
        "signer.chain_no_anchor",
        "signer.chain_no_trust",
        "seal.maker_chain_no_anchor",
        "seal.maker_chain_no_trust",
    ),
    ("pki/standing.py", "_key_usage", "code"): (
        "signer.key_usage_encryption",
        "seal.maker_key_usage_encryption",
    ),
    ("seal/check.py", "read_certificate", "*"): (
        "signer.certificate_malformed",
        "seal.certificate_malformed",
    ),
    # An error's own code: every error is a reason.
    ("verification/seal_signature.py", "judge_seal", "maker.code"): ("seal.certificate_malformed",),
    ("verification/digital_signature.py", "*", "error.code"): (),
    ("verification/digital_signature.py", "_value", "code"): (
        "cms.direct",
        "signature.value:failed",
    ),
    ("verification/revocation_steps.py", "judge_revocation", "*"): (
        "signer.revocation_unchecked",
        "seal.maker_revocation_unchecked",
        "time.stamp_revocation_unchecked",
        "seal.timestamp_revocation_unchecked",
    ),
    ("verification/revocation_steps.py", "_revoked", "*"): tuple(
        f"{prefix}{reason}"
        for prefix in ("signer.", "seal.maker_", "time.stamp_", "seal.timestamp_")
        for reason in (
            "revoked",
            "revoked_after_proven_time",
            "revoked_later",
            "revoked_time_unproven",
        )
    ),
    ("verification/one_signature.py", "_judge_seal_signature", "error.code"): (),
    ("ofd/document.py", "*", "error.code"): (),
    ("pdf/examination.py", "_whole", "error.code"): (),
    ("pdf/signatures.py", "_malformed", "code"): (
        "pdf.value_shared",
        "pdf.signature_object",
        "pdf.duplicate_keys",
        "pdf.contents_missing",
        "pdf.contents_form",
        "pdf.contents_padding",
        "pdf.byte_range",
    ),
    ("ofd/signatures.py", "*", "error.code"): (),
    ("ofd/entries.py", "_fault", "error.code"): (),
    ("verification/ofd_documents.py", "_verify_encrypted", "refused.code"): (),
    ("ofd/examination.py", "_container", "damaged[0].code"): (),
    # Local tables of codes, named once more.
    ("ofd/examination.py", "_resources", "code"): (
        "document.dangling",
        "document.active_content",
    ),
    ("ofd/coverage.py", "_listed", "code"): (
        "document.link_uncovered",
        "document.attachment_uncovered",
        "document.extra_parts",
    ),
    ("ofd/stamp_checks.py", "_boundary", "code"): ("stamp.distorted", "stamp.resized"),
    ("ofd/stamp_checks.py", "_seam", "code"): ("stamp.cut", "stamp.seam_incomplete"),
    ("ofd/signatures.py", "note", "code"): (
        "document.no_signature_list",
        "document.empty_signature_list",
    ),
    ("ofd/references.py", "*", "code"): (
        "document.changed",
        "document.part_missing",
        "document.part_damaged",
        "document.reference_refused",
    ),
}
# Deviation ids that are computed, by module.
COMPUTED_DEVIATIONS = (
    *(f"der.{kind}" for kind in ("ber_indefinite", "ber_length", "ber_constructed",
      "integer_padding", "boolean_value", "unused_bits", "text_bytes")),
    "signature.raw_rs", "signature.raw_128", "signature.named_bits",
    *(f"signature.{kind}" for kind in ("ber_indefinite", "ber_length", "integer_padding",
      "integer_negative")),
    "time.two_digit_year", "time.four_digit_year", "time.fraction", "time.text", "time.no_zone",
    "time.lowercase_z", "time.offset", "time.unix_seconds", "time.unreadable",
    "path.backslash", "path.double_slash", "path.root_relative", "path.relative_reference",
    "package.name_unmarked", "package.name_gbk", "package.name_invisible", "package.wrapped",
    "signature.stamp_id_twice",
)  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def computed(site: Site, expression: ast.expr) -> tuple[str, ...] | None:
    text = ast.unparse(expression)
    for function, shown in product((site.function, "*"), (text, "*")):
        if (site.module, function, shown) in COMPUTED:
            return COMPUTED[(site.module, function, shown)]
    return None


def checks_of(site: Site) -> set[str]:
    """The check ids a finding can be about."""
    first = site.call.args[0]
    if constant(first):
        return {str(constant(first))}
    if isinstance(first, ast.IfExp):
        return {str(constant(item)) for item in (first.body, first.orelse)}
    assert isinstance(first, ast.Name), site
    found = local_values(site, first.id) | set(
        CHECK_ARGUMENTS.get((site.module, site.function), ())
    )
    assert found, f"name the checks of this finding in CHECK_ARGUMENTS: {site}"
    return found


def reasons_of(site: Site) -> set[str]:
    """The keys a finding's message is looked up by."""
    code = site.keyword("code")
    name = site.name
    checks = checks_of(site)
    bare = {f"{check}:{name}" for check in checks}
    if code is None:
        return bare
    if constant(code) is not None:
        return {str(constant(code))}
    listed = computed(site, code)
    if listed is not None:
        return {*listed}
    if isinstance(code, ast.JoinedStr):
        return {
            "".join(
                str(item.value) if isinstance(item, ast.Constant) else check for item in code.values
            )
            for check in checks
        }
    if isinstance(code, ast.Name) and local_values(site, code.id):
        return local_values(site, code.id)
    raise AssertionError(f"name the reasons of this finding in COMPUTED: {site}")


def test_every_error_code_has_words() -> None:
    """Every error that can be raised has a message in both languages."""
    missing = []
    for site in error_sites():
        first = site.call.args[0] if site.call.args else None
        code = constant(first)
        if code is None:
            assert first is not None, site
            assert ast.unparse(first) in ("error.code", "code"), f"a computed code: {site}"
        elif code not in ERRORS:
            missing.append(f"{code} ({site})")
    assert missing == []


def test_every_error_is_given_what_its_message_names() -> None:
    """A message's placeholders are filled by every call that raises its error."""
    wrong = []
    for site in error_sites():
        entry = ERRORS.get(constant(site.call.args[0]) or "")
        if entry is None or site.given is None:
            continue
        needed = set().union(*map(placeholders, entry))
        if needed - site.given:
            wrong.append(f"{needed - site.given} at {site}")
    assert wrong == []


def test_tables_are_written_in_one_place() -> None:
    """Only one module writes CSV: a cell that could be a formula is guarded there."""
    root = Path(esealkit.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"^\s*(import|from) csv\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert found == {"words/tables.py"}


def test_every_value_in_a_message_has_its_phrase() -> None:
    """Where a message shows a value by its phrase, every value that it can have has one."""
    values = {
        "registry.state": [item.value for item in State],
        "registry.step": [*STEPS, "certificate"],
        "registry.filing": ["pending", "reported", "accepted", "returned"],
    }
    texts = [text for entry in ERRORS.values() for text in entry]
    asked = {spec for text in texts for _, _, spec, _ in string.Formatter().parse(text) if spec}
    assert asked == set(values)
    missing = [f"{family}.{item}" for family, items in values.items() for item in items
               if f"{family}.{item}" not in PHRASES]  # fmt: skip
    assert missing == []
    error = IllegalStep("registry.illegal_step", seal="A1", step="make", state="in_use",
                        allowed=["approved"], next=["use"])  # fmt: skip
    assert error.message("en") == "the seal A1 is in use: make takes one that is approved"
    assert error.advice("zh") == "现在可办理：用印登记（use）。"


def test_every_finding_has_words() -> None:
    """Every reason of a check, and every plain outcome, has a message in both languages."""
    missing = [
        f"{key} ({site})"
        for site in finding_sites()
        for key in reasons_of(site)
        if key not in REASONS
    ]
    assert missing == []


def test_every_finding_is_about_a_known_check() -> None:
    """A finding names a check of the policy's list, so that a weight is known for it."""
    wrong = [
        f"{check} ({site})"
        for site in finding_sites()
        for check in checks_of(site)
        if check not in CHECKS
    ]
    assert wrong == []


def test_every_finding_is_given_what_its_message_names() -> None:
    """A reason's placeholders are filled by the evidence of every finding that gives it."""
    wrong = []
    for site in finding_sites():
        if site.given is None:
            continue
        for key in reasons_of(site):
            needed = set().union(*map(placeholders, REASONS.get(key, ())))
            if needed - site.given:
                wrong.append(f"{key}: {needed - site.given} at {site}")
    assert wrong == []


def test_every_check_has_words_for_every_outcome() -> None:
    """Each check has a title, and texts for all outcomes and for its bare id as a reason."""
    assert set(TITLES) == set(CHECKS)
    for check in CHECKS:
        for outcome in ("", ":passed", ":failed", ":unknown", ":not_applicable"):
            assert f"{check}{outcome}" in REASONS


def test_every_notice_about_a_picture_has_words() -> None:
    """What drawing, importing and linting notice has a message, given what it names."""
    found = set()
    for kind in ("wrong", "doubtful", "remark"):
        for site in calls(kind):
            code = str(constant(site.call.args[0]))
            found.add(code)
            assert code in NOTICES, site
            needed = set().union(*map(placeholders, NOTICES[code]))
            assert site.given is None or needed <= site.given, site
    # One is raised by a choice between two gravities.
    assert found | {"lint.frame"} == set(NOTICES)


def test_every_deviation_has_words() -> None:
    """Every deviation that can be noted has a message in both languages."""
    found = set(COMPUTED_DEVIATIONS)
    for site in calls("Deviation"):
        if constant(site.keyword("id")):
            found.add(str(constant(site.keyword("id"))))
    for site in calls("note"):
        first = site.call.args[0] if site.call.args else None
        if constant(first) and not str(constant(first)).startswith("document."):
            found.add(str(constant(first)))
    missing = sorted(item for item in found if f"deviation:{item}" not in REASONS)
    assert len(found) > 60
    assert missing == []


def test_der_notes_are_the_listed_ones() -> None:
    """The kinds of departure that the DER walk tolerates are those the catalogue has words for."""
    found = {
        str(constant(site.call.args[0]))
        for site in calls("_tolerate")
        if site.module == "asn1/der.py"
    }
    assert {f"der.{kind}" for kind in found} <= set(COMPUTED_DEVIATIONS)
    assert der.Note.__doc__


@pytest.mark.parametrize("policy", [Policy.default(), Policy.strict(), Policy.integrity()])
def test_every_policy_effect_names_a_reason(policy: Policy) -> None:
    """Each reason whose effect a policy sets has words, and is given by some check or planned."""
    said = {key for site in finding_sites() for key in reasons_of(site)} | texts_of_source()
    for reason in policy.effects:
        assert reason in REASONS, reason
    planned = {"signer.revoked", "signer.revoked_time_unproven", "signer.revoked_later",
               "seal.maker_revoked", "seal.status_bad", "signature.extension_unknown"}  # fmt: skip
    assert set(policy.effects) - planned <= said


def test_every_phrase_exists() -> None:
    """Every fixed phrase that reports and commands use exists in both languages."""
    families = {
        "f'verdict.{judged.verdict.value}'": [f"verdict.{item.value}" for item in Verdict],
        "f'verdict.{document.verdict.value}'": [f"verdict.{item.value}" for item in Verdict],
        "f'verdict.{key}'": [f"verdict.{item.value}" for item in Verdict],
        "f'verdict.{verdict.value}'": [f"verdict.{item.value}" for item in Verdict],
        "f'outcome.{outcome.value}'": [f"outcome.{item.value}" for item in Outcome],
        "'label.seal' if sealed else 'label.signature'": ["label.seal", "label.signature"],
        "'html.required' if item.required else 'html.informative'": [
            "html.required",
            "html.informative",
        ],
        "'html.yes' if part.rendered else 'html.no'": ["html.yes", "html.no"],
        "f'edition.{seal.edition}'": [f"edition.{item.value}" for item in Edition],
        "f'label.{label}'": ["label.integrity", "label.identity", "label.status"],
        "f'{label}.{grade.value}'": [
            f"{name}.{item.value}"
            for name, grades in (
                ("integrity", Integrity),
                ("identity", Identity),
                ("status", Status),
            )
            for item in grades
        ],
        "f'verdict.{found.verdict.value}'": [f"verdict.{item.value}" for item in Verdict],
        "f'verdict.{done.verdict.value}'": [f"verdict.{item.value}" for item in Verdict],
        "f'changes.{kind}'": [f"changes.{each}" for each in ("changed", "missing", "added")],
        "f'archive.check.{item.id}'": [
            f"archive.check.{each}" for each in ("record", "files", "complete")
        ],
        "f'archive.reason.{self.reason}'": [
            f"archive.reason.{each}"
            for each in (
                "unsigned_record",
                "record_signature",
                "signer_unknown",
                "changed",
                "missing",
                "added",
            )
        ],
        "f'integrity.{grade.value}'": [f"integrity.{item.value}" for item in Integrity],
        "f'registry.filing.{item.state}'": ["registry.filing.pending", "registry.filing.returned"],
        "f'registry.filing.{filing.state}'": [
            f"registry.filing.{each}" for each in ("pending", "reported", "accepted", "returned")
        ],
        **{
            f"f'registry.filing_of.{{{kind}}}'": [
                f"registry.filing_of.{each}"
                for each in ("application", "making", "cancellation", "unclaimed")
            ]
            for kind in ("item.kind", "filing.kind", "item.what", "kind")
        },
        "f'registry.field.{name}'": [
            f"registry.field.{item.name}"
            for item in fields(SealRecord)
            if item.name
            not in ("reference", "state", "trial", "private", "materials", "seals", "filings")
        ]
        + [f"registry.field.{name}" for name in (*PRIVATE_FIELDS, "material", "seal", "filing")],
        "f'journal.use.{name}'": [f"journal.use.{name}" for name in _USE],
        "code": [],  # a desk's own phrase() hands on what it was given
        "f'registry.state.{record.state.value}'": [
            f"registry.state.{item.value}" for item in State
        ],
        "f'registry.state.{state}'": [f"registry.state.{item.value}" for item in State],
        "f'enquiry.question.{kind}'": [
            f"enquiry.question.{item}" for item in ("made", "state", "used")
        ],
        "f'material.{document.material_class}'": [
            f"material.{item}" for item in ("sealed", "signed", "copy")
        ],
        "f'short.{item.code}'": [],  # optional: the code itself is shown without one
        "key": ["label.time_claimed", "label.time_stamped"],
        "f'keys.{row.kind}'": ["keys.key", "keys.certificate"],
        "f'keys.use_{row.use}'": ["keys.use_sign", "keys.use_encrypt"],
    }
    missing = []
    for site in calls("phrase"):
        first = site.call.args[0]
        keys = [str(constant(first))] if constant(first) else families.get(ast.unparse(first))
        assert keys is not None, f"a computed phrase: {site}"
        missing += [f"{key} ({site})" for key in keys if key not in PHRASES]
        for key in keys:
            if site.given is not None and key in PHRASES:
                assert placeholders(PHRASES[key][0]) <= site.given, site
    assert missing == []


@pytest.mark.parametrize("table", [ERRORS, REASONS, PHRASES], ids=["errors", "reasons", "phrases"])
def test_both_languages_say_the_same(table: dict[str, tuple[str, ...]]) -> None:
    """Chinese and English name the same values, both are there, and advice comes in pairs."""
    for key, entry in table.items():
        assert len(entry) in (2, 4), key
        assert all(entry), key
        assert placeholders(entry[0]) == placeholders(entry[1]), key
        assert any(ord(char) > 0x2E80 for char in entry[0]) or key.startswith("edition."), key
        assert not any(0x4E00 <= ord(char) < 0x9FFF for char in entry[1]), key
        if len(entry) == 4:
            assert placeholders(entry[2]) == placeholders(entry[3]), key


def test_hostile_values_stay_inert() -> None:
    """Values from documents reach no message with control, bidirectional or line characters."""
    hostile = "a\x1b[31m\u202eb\n\u2028\u200b{x}\ud800"
    for lang in LANGUAGES:
        text = error_message("input.missing", lang, {"path": hostile})
        assert not set(text) & set("\x1b\u202e\n\u2028\u200b\ud800")
        assert "{x}" in text
        text = reason_message("signer.chain_no_anchor", lang, {"issuer": hostile})
        assert not set(text) & set("\x1b\u202e\n\u2028\u200b\ud800")


def test_a_missing_value_or_code_never_raises() -> None:
    """An unknown code is shown as itself and a missing value as a question mark."""
    for lang in LANGUAGES:
        assert error_message("no.such", lang, {}) == "no.such"
        assert error_advice("no.such", lang, {}) == ""
        assert "?" in error_message("input.missing", lang, {})
        assert reason_message("no.such", lang, {}) == "no.such"
