"""Texts of the checks on OFD packages and documents.

A finding that passed is looked up as ``CHECK:passed``; any other by its reason code.
"""

from __future__ import annotations

from esealkit.words import of_ofd

OFD_REASONS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {**of_ofd.REASONS}
