"""Peers that answer one question a line."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esealkit.keys.pem import read_pem
from esealkit.sandbox import Sandbox

READY = Path(__file__).parents[2] / ".ci-cache" / "interop"


class Peer:
    """A driver program that is running."""

    def __init__(self, command: list[str]) -> None:
        self._running = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def ask(self, *words: str | bytes | Path) -> str:
        """The answer to a question; bytes go as hexadecimal."""
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        line = " ".join(word.hex() if isinstance(word, bytes) else str(word) for word in words)
        self._running.stdin.write(line + "\n")
        self._running.stdin.flush()
        answer = self._running.stdout.readline()
        assert answer, "the peer stopped"
        return answer.rstrip("\n")

    def close(self) -> None:
        """End the program."""
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.close()
        self._running.wait(timeout=30)
        self._running.stdout.close()


def _java(name: str) -> Iterator[Peer]:
    classpath = READY / f"{name}.classpath"
    if not classpath.is_file():
        pytest.skip(f"{name} is not ready: make interop")
    peer = Peer(["java", "-Xshare:auto", "-cp", classpath.read_text().strip(), "interop.Peer"])
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def bouncycastle() -> Iterator[Peer]:
    """Bouncy Castle."""
    yield from _java("bouncycastle")


@pytest.fixture(scope="session")
def ofdrw() -> Iterator[Peer]:
    """ofdrw."""
    yield from _java("ofdrw")


@pytest.fixture(scope="session")
def ofdrw_crypto() -> Iterator[Peer]:
    """ofdrw's encryption and integrity protection (GM/T 0099)."""
    yield from _java("ofdrw-crypto")


@pytest.fixture(scope="session")
def gmsm() -> Iterator[Peer]:
    """emmansun/gmsm."""
    if not (READY / "gmsm").is_file():
        pytest.skip("gmsm is not ready: make interop")
    peer = Peer([str(READY / "gmsm")])
    yield peer
    peer.close()


@pytest.fixture(scope="session", params=["bouncycastle", "gmsm"])
def cryptographer(request: pytest.FixtureRequest) -> Peer:
    """A peer that knows SM2, SM3, certificates and CRLs."""
    peer: Peer = request.getfixturevalue(request.param)
    return peer


@pytest.fixture(scope="session")
def openssl(kit: Sandbox) -> Callable[..., subprocess.CompletedProcess[str]]:
    """OpenSSL 3, run in the sandbox."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["openssl", *words],
            cwd=kit.directory,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    if not run("version").stdout.startswith("OpenSSL 3"):
        pytest.skip("openssl is older than 3")
    return run


@pytest.fixture(scope="session")
def der(kit: Sandbox) -> Callable[[str], bytes]:
    """DER of a certificate or key of the sandbox, by its file's name."""

    def read(name: str) -> bytes:
        return read_pem((kit.directory / name).read_bytes())[0].body

    return read
