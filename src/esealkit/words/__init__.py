"""Messages in Chinese and English: one catalogue, looked up by stable codes.

Three families of codes are kept apart: errors (:mod:`esealkit.words.of_errors`),
checks and their reasons (:mod:`esealkit.words.of_checks`) and the fixed phrases of
reports and the command line (:mod:`esealkit.words.of_reports`).  Texts are
``str.format`` templates over plain values; the values are made inert (control,
bidirectional and line-breaking characters shown as escapes), because many come from
hostile documents.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

__all__ = [
    "LANGUAGES",
    "Language",
    "error_advice",
    "error_message",
    "inert",
    "phrase",
    "reason_advice",
    "reason_message",
]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def inert(value: object, *, limit: int = 500) -> str:
    """``value`` as one line of text that no terminal or page can act upon.

    Control, format, surrogate, private-use and line or paragraph separator characters are
    written as ``\\uXXXX``; text over ``limit`` characters is cut with an ellipsis.
    """
    text = value if isinstance(value, str) else str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    for char in text:
        if char in _BIDI or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
            code = ord(char)
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
        else:
            out.append(char)
    return "".join(out)


class _Shown:
    """A value of a template; ``{state:registry.state}`` shows its phrase of that family."""

    def __init__(self, value: Any, lang: Language) -> None:
        self._value = value
        self._lang = lang

    def __format__(self, family: str) -> str:
        if not family:
            return inert(_listed(self._value))
        from esealkit.words.of_reports import PHRASES

        many = isinstance(self._value, (list, tuple))
        return inert(
            ", ".join(
                PHRASES.get(f"{family}.{item}", (str(item),) * 2)[self._lang == "en"]
                for item in (self._value if many else [self._value])
            )
        )


class _Values(dict[str, _Shown]):
    """Template values; one that is missing shows as ``?`` instead of raising."""

    def __init__(self, values: Mapping[str, Any], lang: Language) -> None:
        super().__init__({name: _Shown(value, lang) for name, value in values.items()})
        self._lang = lang

    def __missing__(self, key: str) -> _Shown:
        return _Shown("?", self._lang)


def _fill(template: str, values: Mapping[str, Any], lang: Language) -> str:
    return template.format_map(_Values(values, lang)) if "{" in template else template


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        shown = [str(item) for item in value[:8]]
        return ", ".join(shown) + (f" … ({len(value)})" if len(value) > len(shown) else "")
    return value


def error_message(code: str, lang: Language, values: Mapping[str, Any]) -> str:
    """The text of an error code; the code itself where the catalogue lacks it."""
    from esealkit.words.of_errors import ERRORS

    entry = ERRORS.get(code)
    return _fill(entry[lang == "en"], values, lang) if entry else inert(code)


def error_advice(code: str, lang: Language, values: Mapping[str, Any]) -> str:
    """The advice that goes with an error code, or ``""``."""
    from esealkit.words.of_errors import ERRORS

    entry = ERRORS.get(code)
    return _fill(entry[2 + (lang == "en")], values, lang) if entry and len(entry) > 2 else ""


def reason_message(code: str, lang: Language, values: Mapping[str, Any]) -> str:
    """The text of a check's reason, reservation or deviation."""
    from esealkit.words.of_checks import REASONS

    entry = REASONS.get(code)
    return _fill(entry[lang == "en"], values, lang) if entry else inert(code)


def reason_advice(code: str, lang: Language, values: Mapping[str, Any]) -> str:
    """The advice that goes with a check's reason, or ``""``."""
    from esealkit.words.of_checks import REASONS

    entry = REASONS.get(code)
    return _fill(entry[2 + (lang == "en")], values, lang) if entry and len(entry) > 2 else ""


def phrase(key: str, lang: Language, /, **values: Any) -> str:
    """A fixed phrase of reports and the command line; every key exists in both languages."""
    from esealkit.words.of_reports import PHRASES

    return _fill(PHRASES[key][lang == "en"], values, lang)
