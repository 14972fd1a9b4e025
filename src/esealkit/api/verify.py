"""Verifying: ``esealkit.verify`` and ``esealkit.verify_seal``.

>>> import esealkit
>>> report = esealkit.verify(b"not a document", trust=None)
>>> report.verdict
<Verdict.UNREADABLE: 'unreadable'>
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn, Self

from esealkit import words
from esealkit._version import __version__
from esealkit.api.downloads import download_revocation
from esealkit.api.sources import Opened, Source, read_small, taken
from esealkit.crypto import backend
from esealkit.crypto.sm2_cipher import DecryptionKey
from esealkit.errors import (
    EsealError,
    InputError,
    LimitExceeded,
    NotPassed,
    SealFormatError,
    UsageError,
)
from esealkit.fetching import Fetcher
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.ofd.encryption import Credentials
from esealkit.pki.evidence import Evidence, sort_evidence
from esealkit.pki.revocation import RevocationData
from esealkit.pki.trust import TrustStore, merge
from esealkit.policy import Policy
from esealkit.report.as_json import report_json
from esealkit.report.as_text import report_text
from esealkit.report.run import Run, TrustShown
from esealkit.seal.status import StatusList, is_status_list
from esealkit.verification.circumstances import Circumstances
from esealkit.verification.judgement import Reservation, Verdict
from esealkit.verification.results import DocumentResult
from esealkit.verification.verifier import unreadable_document, verify_document
from esealkit.verification.view import VerifiedPart

__all__ = [
    "Report",
    "Trust",
    "Verifier",
    "merge_reports",
    "verifier",
    "verify",
    "verify_seal",
]

Trust = TrustStore | str | Path | Iterable[TrustStore | str | Path] | None


class Report:
    """What a verification found; one run, several views.

    A report is not a truth value: ``bool(report)`` raises :class:`TypeError`, because an object
    is truthy and a careless ``if`` would pass every file.  Ask :attr:`verdict`, or call
    :meth:`raise_unless_passed`.
    """

    __slots__ = ("run",)

    def __init__(self, run: Run) -> None:
        self.run = run
        """The facts behind every view."""

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of all documents."""
        return self.run.verdict

    @property
    def code(self) -> str:
        """Stable dotted reason, ``""`` when passed."""
        return self.run.code

    @property
    def reservations(self) -> tuple[Reservation, ...]:
        """What a passed verdict leaves open (保留事项)."""
        return self.run.reservations

    @property
    def documents(self) -> tuple[DocumentResult, ...]:
        """The files, judged one by one."""
        return self.run.documents

    def raise_unless_passed(self) -> None:
        """Raise :class:`NotPassed`, with the verdict's reason, unless the verdict is passed."""
        if self.verdict is not Verdict.PASSED:
            raise NotPassed(
                "report.not_passed",
                verdict=self.verdict.value,
                reason=self.code,
            )

    def to_text(self, lang: words.Language = "zh") -> str:
        """The report as plain text, ``zh`` or ``en``."""
        return report_text(self.run, _language(lang))

    def to_json(self, lang: words.Language = "zh", *, indent: int | None = 2) -> str:
        """The report as JSON, schema ``esealkit.report/1``."""
        return report_json(self.run, _language(lang), indent=indent)

    def to_html(self, lang: words.Language = "zh") -> str:
        """The report as one self-contained HTML page, without scripts or outside references."""
        from esealkit.report.as_html import report_html

        return report_html(self.run, _language(lang))

    def open(
        self,
        name: str,
        *,
        document: int = 0,
        signature: int | None = None,
        unverified: bool = False,
    ) -> VerifiedPart:
        """A package part, exactly as it was hashed: from the copy that was verified.

        What happens to the file after :func:`verify` changes nothing.  The copy lives until
        :meth:`close`, or as long as the report does; parts opened before stay readable.

        :param name: part as in the coverage map, e.g. ``Doc_0/Pages/Page_0/Content.xml``.
        :param document: position in :attr:`documents`.
        :param signature: index of the signature that must cover it; by default any passed one.
        :param unverified: hand out a part that no passed signature covers; the result's
            ``verified`` is then ``False``.
        :returns: a binary file with ``name``, ``size``, ``covered_by`` and ``verified``.
        :raises NotPassed: no passed signature covers the part, and ``unverified`` was not given.
        :raises UsageError: there is no such document or part, the format has no parts, or the
            copy was given up: after :meth:`close`, in reports on many files, in a receipt.
        """
        if not 0 <= document < len(self.documents):
            raise UsageError("view.no_document", index=document, count=len(self.documents))
        view = self.documents[document].view
        if view is None:
            raise UsageError("view.none", path=self.documents[document].path)
        return view.open(name, signature=signature, unverified=unverified)

    def close(self) -> None:
        """Forget the private copies; the report itself stays."""
        for item in self.documents:
            if item.view is not None:
                item.view.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def renamed(self, path: str) -> Report:
        """The same report of one file under the name it has now, without the copy."""
        documents = tuple(replace(item, path=path, view=None) for item in self.run.documents)
        return Report(replace(self.run, documents=documents))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a Report is no truth value: compare report.verdict, or raise_unless_passed()"
        )

    def __repr__(self) -> str:
        return f"<Report {self.verdict.value} {self.code!r}, {len(self.documents)} document(s)>"


def _language(lang: str) -> words.Language:
    if lang not in words.LANGUAGES:
        raise UsageError("usage.language", found=lang)
    return "en" if lang == "en" else "zh"


def verify(
    source: Source,
    *,
    trust: Trust,
    when: dt.datetime | None = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    expect: Collection[str] = (),
    password: str | bytes | None = None,
    decryption_key: DecryptionKey | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Report:
    """Verify every signature of a document, clause by clause.

    :param source: bytes, a path, or a binary file; read once, never changed.
    :param trust: a :class:`TrustStore`, a path, several of them, or ``None``: openly no trust.
    :param when: judge as of this aware time instead of now.
    :param policy: a :class:`Policy` or the name of a shipped one; default ``default``.
    :param evidence: certificates, CRLs, OCSP responses and seal status lists, told apart by
        their content.
    :param fetch: rules for downloading revocation data; ``None`` downloads nothing.  Only
        certificates whose path reached an anchor are asked about.
    :param expect: seals (name, code or unified social credit code) that must have passed.
    :param password: opens a PDF encrypted for its user or owner, or an OFD package that is
        encrypted by password (GM/T 0099-2020 7.3).
    :param decryption_key: opens an OFD package that is encrypted for a certificate; what
        :func:`esealkit.open_key` gives for the encryption key of the pair.
    :raises UsageError: an argument is wrong.  A bad *document* never raises: it is a verdict.
    :raises InputError, KeyFormatError, SealFormatError, InvalidSignature: ``trust`` or
        ``evidence`` cannot be read.
    """
    made = verifier(
        trust=trust,
        when=when,
        policy=policy,
        evidence=evidence,
        fetch=fetch,
        expect=expect,
        password=password,
        decryption_key=decryption_key,
        limits=limits,
    )
    return made.report(source, keep=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Trust, policy and evidence read once, for any number of files."""

    around: Circumstances
    """Under which circumstances."""
    when: dt.datetime | None
    """The time asked for, if any."""
    fetch: Fetcher | None
    """Rules for downloading revocation data, if any."""
    expect: tuple[str, ...]
    """Seals that must have passed in every file."""

    def report(self, source: Source, *, keep: bool = False) -> Report:
        """Verify one file; a bad document never raises.

        :param keep: keep the private copy, so that :meth:`Report.open` can hand out parts.
        """
        document = _verify_one(source, self.around, self.expect, self.fetch)
        if not keep and document.view is not None:
            document.view.close()
            document = replace(document, view=None)
        return _report((document,), self.around, self.when)

    def unreadable(self, error: EsealError, *, path: str) -> Report:
        """The report on a file that could not be verified because of ``error``."""
        return _report((unreadable_document(error, path=path),), self.around, self.when)


def verifier(
    *,
    trust: Trust,
    when: dt.datetime | None = None,
    now: dt.datetime | None = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    expect: Collection[str] = (),
    password: str | bytes | None = None,
    decryption_key: DecryptionKey | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Verifier:
    """What :func:`verify` uses, to be kept for many files; the same arguments and errors.

    :param now: what counts as now where ``when`` is not given; default the system's time.
    """
    around = _circumstances(trust, when or now, policy, evidence, limits)
    around = replace(around, credentials=_credentials(password, decryption_key))
    return Verifier(around=around, when=when, fetch=fetch, expect=_expected(expect))


def verify_seal(
    source: Source,
    *,
    trust: Trust,
    when: dt.datetime | None = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    fetch: Fetcher | None = None,
    expect: Collection[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Report:
    """Verify an electronic seal file (ESL) on its own, as of ``when`` or now.

    The same arguments, errors and report as :func:`verify` (GB/T 38540-2020 6.3); anything but
    a seal is unreadable.
    """
    report = verify(
        source,
        trust=trust,
        when=when,
        policy=policy,
        evidence=evidence,
        fetch=fetch,
        expect=expect,
        limits=limits,
    )
    document = report.documents[0]
    if document.format == "seal" or document.verdict is Verdict.UNREADABLE:
        return report
    refused = unreadable_document(SealFormatError("container.not_a_seal"), path=document.path)
    refused = replace(refused, format=document.format, sha256=document.sha256)
    return Report(replace(report.run, documents=(refused,)))


def _credentials(password: str | bytes | None, key: DecryptionKey | None) -> Credentials:
    if key is not None and not isinstance(key, DecryptionKey):
        raise UsageError("usage.decryption_key", found=type(key).__name__)
    octets = password.encode("utf-8") if isinstance(password, str) else password
    return Credentials(password=octets, key=key)


def _expected(expect: Collection[str]) -> tuple[str, ...]:
    if isinstance(expect, str):
        raise UsageError("usage.expect", found=expect)
    return tuple(expect)


def _verify_one(
    source: Source, around: Circumstances, expect: tuple[str, ...], fetch: Fetcher | None
) -> DocumentResult:
    """One input; what cannot be read is an unreadable document, not an exception."""
    try:
        found = taken(source, limits=around.limits)
    except (InputError, LimitExceeded) as error:
        return unreadable_document(error, path=str(error.details.get("path", "")))
    view = None
    try:
        result = _verify_taken(found, around, expect, fetch)
        view = result.view
    except (InputError, LimitExceeded) as error:
        return unreadable_document(error, path=str(error.details.get("path", "")))
    finally:
        if view is None:
            found.close()
        else:
            view.keep(found.close)
    return result


def _verify_taken(
    found: Opened, around: Circumstances, expect: tuple[str, ...], fetch: Fetcher | None
) -> DocumentResult:
    """A private copy judged; with ``fetch`` once more, with what was downloaded."""

    def judged(circumstances: Circumstances) -> DocumentResult:
        return verify_document(
            found.content,
            circumstances,
            path=found.path,
            sha256=found.sha256,
            expect=expect,
        )

    result = judged(around)
    if fetch is None:
        return result
    fetched = download_revocation(result, around, fetch).revocation
    if not fetched.crls and not fetched.responses:
        return result
    known = around.revocation
    return judged(
        replace(
            around,
            revocation=RevocationData(
                crls=(*known.crls, *fetched.crls),
                responses=(*known.responses, *fetched.responses),
            ),
        )
    )


def _circumstances(
    trust: Trust,
    when: dt.datetime | None,
    policy: Policy | str | None,
    evidence: Iterable[Source],
    limits: Limits,
) -> Circumstances:
    if when is not None and when.tzinfo is None:
        raise UsageError("usage.naive_time", text=when.isoformat())
    if isinstance(policy, str):
        policy = Policy.named(policy)
    stores = merge(trust)
    found, lists = _evidence(evidence, stores, limits)
    return Circumstances(
        stores=stores,
        now=(when or dt.datetime.now(dt.UTC)).astimezone(dt.UTC),
        policy=policy or Policy.default(),
        certificates=found.certificates,
        revocation=found.revocation,
        status_lists=lists,
        limits=limits,
    )


def _evidence(
    evidence: Iterable[Source], stores: tuple[TrustStore, ...], limits: Limits
) -> tuple[Evidence, tuple[StatusList, ...]]:
    """Evidence given with the call, and the CRLs and status lists kept with the trust."""
    if isinstance(evidence, (str, bytes)):
        raise UsageError("usage.evidence")
    items = [read_small(item, limits.crl_size, limits=limits) for item in evidence]
    items += [item for store in stores for item in (*store.crls, *store.status)]
    lists: list[bytes] = []
    others: list[bytes] = []
    for item in items:
        (lists if is_status_list(item) else others).append(item)
    found = sort_evidence(others, limits=limits)
    if found.others:
        raise UsageError("usage.evidence_unknown", size=len(found.others[0]))
    return found, tuple(StatusList.read(item, limits=limits) for item in lists)


def _report(
    documents: tuple[DocumentResult, ...], around: Circumstances, when: dt.datetime | None
) -> Report:
    return Report(
        Run(
            documents=documents,
            policy=around.policy.name,
            trust=tuple(TrustShown(name=item.name, sha256=item.sha256) for item in around.stores),
            verified_at=dt.datetime.now(dt.UTC),
            when=when,
            version=__version__,
            backend=backend(),
        )
    )


def merge_reports(reports: Iterable[Report]) -> Report:
    """Several reports of one set of circumstances as one.

    :raises UsageError: there is none.
    """
    listed = list(reports)
    if not listed:
        raise UsageError("usage.no_reports")
    first = listed[0].run
    documents = tuple(item for report in listed for item in report.documents)
    return Report(
        Run(
            documents=documents,
            policy=first.policy,
            trust=first.trust,
            verified_at=first.verified_at,
            when=first.when,
            version=first.version,
            backend=first.backend,
        )
    )
