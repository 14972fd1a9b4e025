"""The compiled extension.  Only :mod:`esealkit.crypto` imports it."""

from __future__ import annotations

from esealkit._native import _ext

ffi = _ext.ffi
lib = _ext.lib

__all__ = ["ffi", "lib"]
