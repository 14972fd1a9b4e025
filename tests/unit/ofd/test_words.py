"""Every code of this room has its words."""

from __future__ import annotations

import re
from pathlib import Path

import esealkit.ofd
from esealkit.words import of_modes, of_ofd

SOURCES = sorted(Path(esealkit.ofd.__file__).parent.glob("*.py"))
KEY = re.compile(r'"((?:package|xml|path|document|signature|compose)\.[a-z_0-9]+)"')
CHECKS = {
    "document.references",
    "document.coverage",
    "document.path_binding",
    "document.form",
    "document.resources",
    "document.signature_list",
    "document.encryption",
    "document.entries",
    "signature.mark",
    "signature.relative",
    "signature.form",
    # the usual name of a part, not a code
    "signature.xml",
}


def test_every_code_has_words() -> None:
    """Each code, reason and deviation named in the sources exists in both languages."""
    used = {code for path in SOURCES for code in KEY.findall(path.read_text(encoding="utf-8"))}
    texts = {**of_ofd.REASONS, **of_modes.REASONS}
    known = {key.removeprefix("deviation:").split(":")[0] for key in texts}
    assert used - CHECKS <= known


def test_texts_are_complete() -> None:
    """Each text has a Chinese and an English form, and advice in both or in neither."""
    for key, text in of_ofd.REASONS.items():
        assert len(text) in (2, 4), key
        assert all(text), key
