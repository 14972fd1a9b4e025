"""A property that is computed once, without a lock.

``functools.cached_property`` of Python 3.11 holds one lock for a whole class while it computes: a
process that forks meanwhile leaves its child waiting for it for ever, and threads wait for each
other.  Python 3.12 took the lock out.  Without it two threads may compute the same value twice,
which is harmless for a value that depends on nothing but the object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["cached_property"]

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:  # noqa: N801 - the standard library's name
        """Computes its value at first use and keeps it in the object's ``__dict__``."""

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self._compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            # no __set__: from now on the attribute of the object is found before this
            value = instance.__dict__[self._name] = self._compute(instance)
            return value
