"""Asking an authority about a doubted seal (查询、核验): what is sent, and what came back.

``request.json`` (schema ``esealkit.enquiry/1``) names the document, its seals as they verified, the
questions, and every other file of the directory with its digests; ``request.p7s`` is a GB/T
35275-2017 message over its bytes, where a key was given.  An answer is a directory in it and
decides nothing: a verdict says what the file proves.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from esealkit import words
from esealkit.api.sources import Source, opened, read_small
from esealkit.api.verify import Report, Trust, verify
from esealkit.archive.directory import NewDirectory
from esealkit.crypto import sm3
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import EsealError, InputError, NotSigned, UsageError
from esealkit.limits import DEFAULT_LIMITS, Limits
from esealkit.pki.statement import sign_statement
from esealkit.policy import Policy
from esealkit.report.as_json import document_value
from esealkit.verification.results import DocumentResult, SignatureResult

__all__ = ["ANSWERS", "Enquiry", "enquire", "keep_answer"]

SCHEMA = "esealkit.enquiry/1"
ANSWER_SCHEMA = "esealkit.enquiry-answer/1"
REQUEST = "request.json"
ANSWERS = ("confirmed", "denied", "undecided")
"""What an authority may have said of the seal."""
_ASKED = ("made", "state", "used")
_FACTS = ("index", "verdict", "code", "signing_time", "seal", "signer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """What was put together."""

    directory: Path
    files: tuple[str, ...]
    """Names in the directory."""
    questions: tuple[str, ...]
    """As they are put, in Chinese or English."""
    report: Report


def enquire(
    source: Source,
    destination: str | PathLike[str],
    *,
    trust: Trust,
    authority: str,
    questions: Iterable[str] = (),
    key: SigningKey | None = None,
    policy: Policy | str | None = None,
    evidence: Iterable[Source] = (),
    when: dt.datetime | None = None,
    lang: words.Language = "zh",
    clock: dt.datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Enquiry:
    """Write a directory to send to an authority that is asked about a document's seals.

    It holds the document byte for byte, the report on it (JSON and HTML), each seal as it stands in
    the document, and the questions, as data and as a page to print: was this seal made or filed,
    was it in force when it was used, did its owner use it on this document.

    :param destination: a directory that does not exist yet; it appears whole or not at all.
    :param authority: whom it is addressed to.
    :param questions: further ones, in your words.
    :param key: signs the request.
    :param clock: the time of the request, for tests.
    :raises NotSigned: the document has no seal.
    :raises OutputError: the destination exists, or cannot be written.
    """
    if isinstance(questions, str):
        raise UsageError("enquiry.questions")
    if not authority.strip():
        raise UsageError("enquiry.authority")
    if key is not None and key.certificate is None:
        raise UsageError("signing.no_certificate")
    moment = clock or dt.datetime.now(dt.UTC)
    with opened(source, limits=limits) as found:
        report = verify(
            found.content, trust=trust, policy=policy, evidence=evidence, when=when, limits=limits
        ).renamed(Path(found.path).name)
        document = report.documents[0]
        sealed = [item for item in document.signatures if item.seal is not None]
        if not sealed:
            raise NotSigned("enquiry.no_seal", path=found.path)
        asked = [*_standard(document, sealed, lang), *(words.inert(item) for item in questions)]
        with NewDirectory(Path(destination).absolute()) as folder:
            rows = [folder.copy(f"original.{document.format}", "original", found)]
            rows.append(folder.write("report.json", "report", report.to_json().encode()))
            rows.append(folder.write("report.html", "report", report.to_html(lang).encode()))
            for item in sealed:
                assert item.seal is not None
                rows.append(folder.write(f"seal-{item.index + 1}.esl", "seal", item.seal.der))
            page = _page(document, authority, asked, moment, lang)
            rows.append(folder.write("questions.txt", "questions", page.encode()))
            request = _request(report, authority, asked, rows, moment, signed=key is not None)
            folder.write(REQUEST, "request", request)
            if key is not None:
                value = sign_statement(request, key=key, moment=moment, detached=True)
                folder.write("request.p7s", "signature of the request", value)
            folder.commit()
    return Enquiry(
        directory=Path(destination).absolute(),
        files=tuple(folder.names),
        questions=tuple(asked),
        report=report,
    )


def keep_answer(
    directory: str | PathLike[str],
    *,
    says: str,
    by: str,
    answer: Source | None = None,
    note: str = "",
    clock: dt.datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Path:
    """Keep what the authority answered, beside the request and tied to it; gives its directory.

    :param says: one of :data:`ANSWERS`.
    :param by: who answered.
    :param answer: the letter or file that came back.
    :raises InputError: there is no enquiry in ``directory``.
    :raises UsageError: another ``says``, or nobody who answered.
    """
    if says not in ANSWERS:
        raise UsageError("enquiry.says", found=says, known=list(ANSWERS))
    if not by.strip():
        raise UsageError("enquiry.authority")
    home = Path(directory)
    try:
        request = read_small(home / REQUEST, limits.xml_size, limits=limits)
        if json.loads(request)["schema"] != SCHEMA:
            raise InputError("enquiry.none", path=str(home))
    except (EsealError, ValueError, LookupError, TypeError, RecursionError):
        raise InputError("enquiry.none", path=str(home)) from None
    number = 1 + sum(1 for item in home.iterdir() if item.name.startswith("answer-"))
    with NewDirectory((home / f"answer-{number}").absolute()) as folder:
        files = []
        if answer is not None:
            with opened(answer, limits=limits) as found:
                name = f"answer{Path(found.path).suffix or '.bin'}"
                files.append(folder.copy(name, "answer", found))
        value = {
            "schema": ANSWER_SCHEMA,
            "request_sm3": sm3(request).hex(),
            "says": says,
            "by": by,
            "note": note,
            "kept_at": _time(clock or dt.datetime.now(dt.UTC)),
            "files": files,
        }
        folder.write("answer.json", "what was said", _json(value))
        folder.commit()
    return home / f"answer-{number}"


def _standard(
    document: DocumentResult, sealed: Iterable[SignatureResult], lang: words.Language
) -> Iterator[str]:
    """The questions about each seal."""
    for item in sealed:
        assert item.seal is not None
        values = {
            "name": item.seal.name,
            "id": item.seal.id,
            "sm3": sm3(item.seal.der).hex(),
            "time": _time(item.signing_time) if item.signing_time else "-",
            "sha256": document.sha256,
        }
        for kind in _ASKED:
            yield words.phrase(f"enquiry.question.{kind}", lang, **values)


def _page(
    document: DocumentResult,
    authority: str,
    asked: Iterable[str],
    moment: dt.datetime,
    lang: words.Language,
) -> str:
    """The questions to print, with room for the answers."""
    lines = [
        words.phrase("enquiry.title", lang),
        "",
        words.phrase("enquiry.to", lang, authority=authority),
        words.phrase("enquiry.about", lang, path=document.path, sha256=document.sha256),
        words.phrase("enquiry.at", lang, time=_time(moment)),
        "",
    ]
    for number, text in enumerate(asked, 1):
        lines += [f"{number}. {text}", "   " + words.phrase("enquiry.answer", lang), ""]
    return "\n".join([*lines, words.phrase("footer.technical", lang), ""])


def _request(
    report: Report,
    authority: str,
    asked: Iterable[str],
    rows: list[dict[str, Any]],
    moment: dt.datetime,
    *,
    signed: bool,
) -> bytes:
    document = document_value(report.documents[0], "zh")
    return _json(
        {
            "schema": SCHEMA,
            "tool": {"name": "esealkit", "version": report.run.version},
            "asked_at": _time(moment),
            "authority": authority,
            "document": {key: document[key] for key in ("path", "format", "sha256", "verdict",
                                                        "code", "reservations")},
            "seals": [{key: row[key] for key in _FACTS} for row in document["signatures"]
                      if row["seal"] is not None],
            "questions": list(asked),
            "files": rows,
            "signed": signed,
        }
    )  # fmt: skip


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False).encode("utf-8")


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
