"""Hand-over (归档): the original, a reading copy marked 副本, and a record of its verification; and
what an authority is asked about a doubted seal.

::

    from esealkit.archive import archive, check_archive

    archive("contract.ofd", "contract.archive", trust="trust", key=key)
    check_archive("contract.archive", trust="trust").verdict
"""

from __future__ import annotations

from esealkit.archive.checking import ArchiveCheck, Checked, check_archive
from esealkit.archive.enquiry import Enquiry, enquire, keep_answer
from esealkit.archive.writing import Archived, archive

__all__ = [
    "ArchiveCheck",
    "Archived",
    "Checked",
    "Enquiry",
    "archive",
    "check_archive",
    "enquire",
    "keep_answer",
]
