"""Status lists in memory, for those who read them."""

from __future__ import annotations

import io
from typing import Any

from esealkit.seal.status import write_status_list


def status_list(rows: Any, **arguments: Any) -> bytes:
    """A signed list; arguments as for ``write_status_list``."""
    out = io.BytesIO()
    write_status_list(out, io.BytesIO(), rows, **arguments)
    return out.getvalue()
