"""Many files: verified one after another or side by side, in the order they were given.

::

    from esealkit.batch import verify_many

    for report in verify_many(paths, trust="trust", jobs=4):
        print(report.documents[0].path, report.verdict)

One bad file never stops the rest, and only a bounded number of reports exists at any time.
"""

from __future__ import annotations

from esealkit.batch.verifying import verify_many

__all__ = ["verify_many"]
