"""Tables of the public keys that are used again and again: seal makers, issuers, time stampers.

Verifying by a table of multiples of the key is several times faster, and making one costs about
ten verifications.  So a table is made when a key is used for the ninth time, and the 64 keys used
last keep theirs (88 KB each).  Keys here are public; nothing of a private key comes near.

A table is read-only once it is published and lives as long as anybody uses it, also when the cache
has dropped it meanwhile.  It is made outside the lock, by one thread; others go on without it.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

__all__ = ["CAPACITY", "WORTH", "KeyTables"]

CAPACITY = 64
"""Tables kept."""
WORTH = 8
"""Uses of a key before its table is made."""
_COUNTED = 1024  # keys whose uses are counted


class KeyTables:
    """The cache: at most ``CAPACITY`` tables, the least recently used dropped first."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        """``make`` turns the key that :meth:`find` is given into its table."""
        self._make = make
        self._renew()
        if hasattr(os, "register_at_fork"):
            # A lock that another thread held at the fork would stay locked in the child for ever.
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._tables: OrderedDict[bytes, Any] = OrderedDict()
        self._uses: OrderedDict[bytes, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tables)

    def find(self, encoded: bytes, key: Any) -> Any:
        """The table of ``key``, which ``encoded`` identifies, or None where it has none yet."""
        tables = self._tables
        with self._lock:
            table = tables.get(encoded)
            if table is not None:
                tables.move_to_end(encoded)
                return table
            uses = self._uses.pop(encoded, 0) + 1
            self._uses[encoded] = uses
            if len(self._uses) > _COUNTED:
                self._uses.popitem(last=False)
        # The thread whose count this is makes the table; those behind it count on.
        if uses != WORTH + 1:
            return None
        try:
            table = self._make(key)
        except MemoryError:
            return None  # verifying without one is only slower
        with self._lock:
            self._uses.pop(encoded, None)
            tables[encoded] = table
            if len(tables) > CAPACITY:
                tables.popitem(last=False)
        return table
