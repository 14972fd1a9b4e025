"""Text from documents is made inert before it is shown."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from esealkit.words import LANGUAGES, inert, phrase, reason_advice, reason_message
from esealkit.words.of_checks import REASONS
from esealkit.words.of_reports import PHRASES

ANY = st.text(st.characters(codec=None), max_size=60)


@given(ANY)
def test_nothing_active_is_left(text: str) -> None:
    """No control, format, surrogate, private-use or separator character remains, in any input."""
    shown = inert(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    shown.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=200))
def test_plain_text_is_left_alone(text: str) -> None:
    """Letters, digits and punctuation of any script are shown as they are."""
    assert inert(text) == text


@given(st.text(min_size=0, max_size=2000), st.integers(2, 600))
def test_length_is_cut(text: str, limit: int) -> None:
    """Text over the limit is cut with an ellipsis; an escape is at most ten characters."""
    assert len(inert(text, limit=limit)) <= 10 * limit
    if len(text) > limit:
        assert inert(text, limit=limit).endswith("…")


@settings(max_examples=15, deadline=None)
@given(ANY)
def test_every_message_survives_any_value(text: str) -> None:
    """Every message can be written with any values, lists included, and stays one line."""
    values = dict.fromkeys(
        ("subject", "issuer", "reason", "parts", "found", "text", "path", "name"), [text, text]
    )
    for key in REASONS:
        for lang in LANGUAGES:
            assert "\n" not in reason_message(key, lang, values)
            assert "\n" not in reason_advice(key, lang, values)
    for key in PHRASES:
        assert phrase(key, "en", path=text, verdict=text) is not None


def test_long_lists_are_shortened() -> None:
    """A list of many parts is shown by its first ones and its count."""
    text = reason_message("document.changed", "en", {"parts": [f"p{n}" for n in range(50)]})
    assert "p7" in text
    assert "p8" not in text
    assert "(50)" in text
