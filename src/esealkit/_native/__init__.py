"""The compiled extension.  Only :mod:`esealkit.crypto` imports it."""

from __future__ import annotations

from esealkit._native._ext import ffi, lib

__all__ = ["ffi", "lib"]
