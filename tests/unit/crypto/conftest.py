"""Both bodies of the crypto room, side by side in one process, and the published vectors."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
VECTORS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "vectors"

N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
P = 2**256 - 2**224 - 2**96 + 2**64 - 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Signing in pure Python warns by design; here that is no news."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:signing in pure Python"))


def _ours(name: str) -> bool:
    return name.split(".")[:2] in (["esealkit", "crypto"], ["esealkit", "_native"])


def load_body(*, hide_native: bool) -> ModuleType:
    """A private copy of ``esealkit.crypto``, imported with or without the compiled extension.

    This runs the selection that an installation without the extension runs; the errors and words
    stay the shared ones.
    """
    import esealkit

    saved = {name: module for name, module in sys.modules.items() if _ours(name)}
    attribute = getattr(esealkit, "crypto", None)
    for name in saved:
        if hide_native or not name.startswith("esealkit._native"):
            del sys.modules[name]
    try:
        if hide_native:
            sys.modules["esealkit._native"] = None  # type: ignore[assignment]
        return importlib.import_module("esealkit.crypto")
    finally:
        for name in [name for name in sys.modules if _ours(name)]:
            del sys.modules[name]
        sys.modules.update(saved)
        if attribute is not None:
            esealkit.crypto = attribute  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def native() -> Any:
    """The crypto room on its compiled body."""
    module = load_body(hide_native=False)
    if not module.backend().startswith("native"):
        pytest.skip("the compiled extension is not installed")
    return module


@pytest.fixture(scope="session")
def pure() -> Any:
    """The crypto room on its pure Python body."""
    module = load_body(hide_native=True)
    assert module.backend() == "pure"
    return module


@pytest.fixture(params=["native-avx512ifma", "native-avx2", "native", "pure"])
def crypto(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Each body in turn, in each variant that this CPU can run."""
    variant = request.param
    module = request.getfixturevalue("pure" if variant == "pure" else "native")
    if variant not in module._active.variants():
        pytest.skip(f"this CPU cannot run {variant}")
    with module._active.using(variant):
        assert module.backend() == variant
        yield module


@pytest.fixture(scope="session")
def vectors() -> Iterator[Path]:
    """The folder of published vectors, read in place."""
    if not VECTORS.is_dir():
        pytest.skip(f"the published vectors are not beside this checkout ({VECTORS})")
    yield VECTORS


# GB/T 32918.5-2017 annex A: the one signature the standard works out.
D = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
PUBLIC = (
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
MESSAGE = b"message digest"
Z = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
E = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
DER = (
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


class Standard:
    """The standard's example as objects of one body."""

    def __init__(self, body: Any) -> None:
        self.private = body.sm2.PrivateKey.from_bytes(bytes.fromhex(D))
        self.public = body.sm2.PublicKey.from_bytes(bytes.fromhex(PUBLIC))
        self.message = MESSAGE
        self.z, self.e, self.signature = map(bytes.fromhex, (Z, E, DER))
        self.r, self.s = R, S
        self.n, self.p = N, P


@pytest.fixture
def standard(crypto: Any) -> Standard:
    """The standard's example for the body under test."""
    return Standard(crypto)


@pytest.fixture
def standard_native(native: Any) -> Standard:
    """The standard's example on the compiled body."""
    return Standard(native)
