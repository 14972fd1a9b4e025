"""Fixed phrases of reports and the command line: key → (中文, English)."""

from __future__ import annotations

PHRASES: dict[str, tuple[str, str]] = {}
