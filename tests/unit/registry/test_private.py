"""Private fields: encrypted, masked, found by marks."""

from __future__ import annotations

import pickle
import stat
from pathlib import Path

import pytest

from esealkit.errors import InputError, KeyFormatError, OutputError, RegistryError
from esealkit.registry.private import PrivateFields, mask, new_keyfile


@pytest.fixture
def fields(tmp_path: Path) -> PrivateFields:
    """Private fields under a fresh key."""
    new_keyfile(tmp_path / "k")
    return PrivateFields.from_file(tmp_path / "k")


def test_values_come_back_for_their_record_only(fields: PrivateFields) -> None:
    """reg:SH-24 What was encrypted comes back under the same key for the same record; altered or
    moved to another record it is refused."""
    blob = fields.lock({"handler": "张三"}, record="A00000001")
    assert fields.unlock(blob, record="A00000001") == {"handler": "张三"}
    assert fields.lock({"handler": "张三"}, record="A00000001") != blob
    for bent in (blob[:-1], blob[:-1] + bytes([blob[-1] ^ 1]), b"", blob[:12]):
        with pytest.raises(RegistryError, match="registry.private"):
            fields.unlock(bent, record="A00000001")
    with pytest.raises(RegistryError, match="registry.private"):
        fields.unlock(blob, record="A00000002")


def test_a_mark_tells_field_value_and_key(fields: PrivateFields) -> None:
    """Spellings of one value have one mark; another field, value or key has another."""
    mark = fields.mark("handler_phone", "138 1234 5678")
    for same in ("13812345678", "138-1234-5678", "１３８１２３４５６７８"):
        assert fields.mark("handler_phone", same) == mark
    others = {
        fields.mark("keeper_phone", "13812345678"),
        fields.mark("handler_phone", "13812345679"),
        PrivateFields(bytes(16)).mark("handler_phone", "13812345678"),
    }
    assert mark not in others
    assert len(mark) == 32


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("handler", "张三丰", "张**"),
        ("handler", "张", "张*"),
        ("handler", "", ""),
        ("handler_id", "110101199003071234", "1101**********1234"),
        ("handler_phone", "13812345678", "138******78"),
        ("keeper_phone", "1234567", "*******"),
    ],
)
def test_what_everybody_sees(field: str, value: str, shown: str) -> None:
    """reg:SH-24 A name shows its first character, a number its ends, a short number nothing."""
    assert mask(field, value) == shown


def test_the_key_is_its_owners(tmp_path: Path, fields: PrivateFields) -> None:
    """The keyfile is readable by its owner only, is never replaced, and shows in no text."""
    path = tmp_path / "k"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(OutputError):
        new_keyfile(path)
    key = path.read_text().strip()
    assert key not in repr(fields)
    with pytest.raises(TypeError):
        pickle.dumps(fields)
    with pytest.raises(InputError):
        PrivateFields.from_file(tmp_path / "none")
    for text in ("", "zz" * 16, "00" * 15, "é"):
        (tmp_path / "bad").write_text(text)
        with pytest.raises(KeyFormatError):
            PrivateFields.from_file(tmp_path / "bad")
