"""Seals kept in devices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from esealkit.api.sign import load_seal
from esealkit.cli.main import cli
from esealkit.errors import EsealError, InputError, UsageError
from esealkit.keys.seal_storage import read_stored, store
from esealkit.sandbox import Sandbox


@pytest.fixture
def esl(box: Sandbox) -> Path:
    """A seal's file."""
    return box.directory / "official.esl"


def uris(kind: str, device: Callable[..., str], token: Callable[..., str]) -> str:
    return device(path="file=official") if kind == "skf" else token(path="object=official")


@pytest.mark.parametrize("kind", ["skf", "pkcs11"])
def test_a_seal_is_stored_and_loaded(
    kind: str, device: Callable[..., str], token: Callable[..., str], esl: Path, tmp_path: Path
) -> None:
    """A seal that was stored in a device is loaded from there."""
    uri = uris(kind, device, token)
    pin = tmp_path / "pin"
    pin.write_text("1234")
    done = CliRunner().invoke(
        cli, ["seal", "store", str(esl), uri, "--pin-file", str(pin)], standalone_mode=False
    )
    assert done.exception is None, done.exception
    assert load_seal(uri).der == esl.read_bytes()


@pytest.mark.parametrize("kind", ["skf", "pkcs11"])
def test_a_missing_seal_is_no_input(
    kind: str, device: Callable[..., str], token: Callable[..., str]
) -> None:
    """A name that the device does not hold is a missing input."""
    with pytest.raises(InputError):
        load_seal(uris(kind, device, token))


@pytest.mark.parametrize("kind", ["skf", "pkcs11"])
def test_content_of_any_size_comes_back(
    kind: str, device: Callable[..., str], token: Callable[..., str]
) -> None:
    """Sizes around the blocks of a device come back as they went in."""
    uri = uris(kind, device, token)
    for size in (1, 1023, 1024, 1025, 5000) if kind == "skf" else (5000,):
        store(uri, bytes(range(256)) * 20 + bytes(size), pin=lambda: "1234")
        assert read_stored(uri) == bytes(range(256)) * 20 + bytes(size)


def test_names_are_needed_and_kept(device: Callable[..., str], token: Callable[..., str]) -> None:
    """Storing needs a name, and an object of a token is not replaced."""
    with pytest.raises(UsageError):
        store(device(), b"x", pin="1234")
    with pytest.raises(UsageError):
        read_stored(token())
    uri = token(path="object=kept")
    store(uri, b"first", pin=lambda: "1234")
    with pytest.raises(EsealError) as refused:
        store(uri, b"second", pin="1234")
    assert refused.value.code == "token.stored_already"
    assert read_stored(uri) == b"first"
