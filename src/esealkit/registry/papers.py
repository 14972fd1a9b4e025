"""What an application brings: signed papers and pictures, looked at before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from esealkit.errors import Incomplete, UsageError
from esealkit.picture.measure import PictureKind, sniff_picture
from esealkit.picture.record import picture_record
from esealkit.seal.naming import NameAgreement, compare_names

if TYPE_CHECKING:  # verifying takes most of the library
    from esealkit.api.verify import Trust

__all__ = ["check_papers", "check_picture"]

_SIGNABLE = (b"PK\x03\x04", b"%PDF-")


def check_papers(papers: Mapping[str, bytes], *, trust: Trust, when: dt.datetime) -> dict[str, str]:
    """The verdict on each paper that is a signed file, such as an e-licence (KB-1).

    Without ``trust`` none is looked at.

    :raises Incomplete: one was altered or is otherwise proven wrong.
    """
    if trust is None:
        return {}
    from esealkit.api.verify import verify
    from esealkit.verification.judgement import Verdict

    found = {}
    for name, content in papers.items():
        if not content.startswith(_SIGNABLE):
            continue
        report = verify(content, trust=trust, when=when)
        if report.verdict is Verdict.FAILED:
            raise Incomplete("registry.paper_failed", paper=name, reason=report.code)
        found[name] = report.verdict.value
    return found


def check_picture(data: bytes, *, kind: str, name: str, short: str = "") -> bool:
    """Whether a picture says of itself that it is new and on trial (新刻/试用, SH-03).

    :raises UsageError: it is no picture, or says that it was drawn for another kind or name.
    """
    form = sniff_picture(data)
    if form is None:
        raise UsageError("making.picture")
    if form is PictureKind.OFD:
        from esealkit.api.pictures import record_of

        record = record_of(data)
    else:
        record = picture_record(data)
    # Neither an imprint nor the sandbox's sample says whose seal it is.
    if record is None or not record.kind or record.state == "sample":
        return False
    forms = (short,) if short else ()
    if record.kind != kind or (
        compare_names(name, record.name, short=forms) is NameAgreement.DIFFERENT
        and compare_names(record.name, name, short=forms) is NameAgreement.DIFFERENT
    ):
        raise UsageError(
            "registry.picture_of_another", found=f"{record.name} ({record.kind})", name=name
        )
    return record.state == "provisional"
