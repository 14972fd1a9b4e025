"""What was noticed about a picture: a code, how grave, and the words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from esealkit import words

__all__ = ["Gravity", "Notice", "Notices"]

Gravity = Literal["wrong", "doubtful", "note"]
"""``wrong``: against a rule; ``doubtful``: look at it; ``note``: to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing noticed."""

    code: str
    """Stable dotted code, e.g. ``lint.resolution``."""
    gravity: Gravity
    """How grave."""
    source: str = ""
    """The rule it rests on, where there is one."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Plain values the message is written with."""

    def message(self, lang: words.Language = "zh") -> str:
        """One sentence about what was noticed."""
        return words.reason_message(self.code, lang, self.details)

    def advice(self, lang: words.Language = "zh") -> str:
        """What can be done about it, or ``""``."""
        return words.reason_advice(self.code, lang, self.details)


class Notices:
    """Notices as they are gathered."""

    def __init__(self) -> None:
        self.found: list[Notice] = []

    def wrong(self, code: str, /, *, source: str = "", **details: Any) -> None:
        """Something against a rule."""
        self._add(code, "wrong", source, details)

    def doubtful(self, code: str, /, *, source: str = "", **details: Any) -> None:
        """Something that somebody should look at."""
        self._add(code, "doubtful", source, details)

    def remark(self, code: str, /, *, source: str = "", **details: Any) -> None:
        """Something to know."""
        self._add(code, "note", source, details)

    def _add(self, code: str, gravity: Gravity, source: str, details: dict[str, Any]) -> None:
        self.found.append(Notice(code=code, gravity=gravity, source=source, details=details))
