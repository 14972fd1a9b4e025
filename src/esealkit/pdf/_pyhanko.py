"""The one adapter to pyHanko: nothing else in the library imports it.

Reading comes first (revisions, later changes, CMS validation material), writing second
(incremental updates, signature fields, document security stores).
"""

from __future__ import annotations

# --- reading -----------------------------------------------------------------------------


# --- writing -----------------------------------------------------------------------------
