"""Fixtures of the key tests: OpenSSL's command line, and other people's files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.devices import built, write_settings
from tests.support.vendors import VENDORS

from esealkit.keys import SoftwareKey
from esealkit.sandbox import Sandbox, build

TOKEN = "test%20token"
DeviceMaker = Callable[..., str]
OpenSsl = Callable[..., bytes]

ID = "distid:1234567812345678"
PASSWORD = "口令 secret"


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSsl:
    """``openssl(arguments…)`` in a working directory of its own; its output."""
    if shutil.which("openssl") is None:
        pytest.skip("OPENSSL IS MISSING: keys were not cross-checked")
    home = tmp_path_factory.mktemp("openssl")

    def run(*arguments: str | Path, stdin: bytes = b"") -> bytes:
        done = subprocess.run(
            ["openssl", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=home,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout

    if not run("version").startswith(b"OpenSSL 3"):
        pytest.skip("OPENSSL 3 IS MISSING: keys were not cross-checked")
    run("genpkey", "-algorithm", "SM2", "-out", "key.pem")
    run("req", "-new", "-x509", "-key", "key.pem", "-sm3", "-sigopt", ID, "-subj", "/CN=example",
        "-days", "3650", "-out", "cert.pem")  # fmt: skip
    return run


@pytest.fixture(scope="session")
def plain_key(openssl: OpenSsl) -> bytes:
    """An SM2 key that OpenSSL made, PKCS#8 PEM."""
    return openssl("pkey", "-in", "key.pem")


@pytest.fixture(scope="session")
def public_pem(openssl: OpenSsl) -> bytes:
    """Its public key as OpenSSL writes it."""
    return openssl("pkey", "-in", "key.pem", "-pubout")


@pytest.fixture(scope="session")
def corpus_certs() -> Path:
    """Keys and certificates of other people's test suites; never copied into the project."""
    folder = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "certs"
    if not folder.is_dir():
        pytest.skip("THE CORPUS IS MISSING: foreign key files were not read")
    return folder


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A sandbox: keys, certificates, seals, sample documents."""
    return build(tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="session")
def holders(box: Sandbox) -> dict[str, SoftwareKey]:
    """The sandbox's key holders: a signing and an encryption pair of one company."""
    return dict(box.pki.holders)


@pytest.fixture
def token(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    holders: dict[str, SoftwareKey],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., str]:
    """``token(setting=value, …)``: a module of its own with these settings; its URI."""
    library = tmp_path / "token.so"
    source = built("cryptoki.c", str(tmp_path_factory.getbasetemp()))
    settings = tmp_path / "token.conf"
    monkeypatch.setenv("ESEALKIT_TOKEN", str(settings))
    for name, file in (("signer", "signer.der"), ("signer-enc", "encryption.der")):
        (tmp_path / file).write_bytes(holders[name].certificate or b"")

    def secret(name: str) -> str:
        # The last 32 octets of SEC1 before the public key: read through the container's own writer.
        return holders[name]._private.to_bytes().hex()  # type: ignore[union-attr]

    def make(query: str = "", *, path: str = f"token={TOKEN}", **changed: Any) -> str:
        values: dict[str, Any] = {
            "key": secret("signer"),
            "certificate": tmp_path / "signer.der",
            **VENDORS["sansec"],
            **changed,
        }
        profile = values.pop("x-profile", None)
        write_settings(settings, {k: v for k, v in values.items() if v is not None})
        if not library.exists():
            shutil.copy(source, library)
        rest = "".join(f"&{each}" for each in (query, profile and f"x-profile={profile}") if each)
        return f"pkcs11:{path}?module-path={library}{rest}"

    make.secret = secret  # type: ignore[attr-defined]
    return make


@pytest.fixture
def skf_device(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    holders: dict[str, SoftwareKey],
    monkeypatch: pytest.MonkeyPatch,
) -> DeviceMaker:
    """``skf_device(setting=value, …)``: a provider of its own with these settings; its URI."""
    settings, certificate = tmp_path / "skf.conf", tmp_path / "signer.der"
    monkeypatch.setenv("ESEALKIT_SKF", str(settings))
    certificate.write_bytes(holders["signer"].certificate or b"")

    def make(query: str = "", *, path: str = "", wide: bool = False, **changed: Any) -> str:
        source = built("skf.c", str(tmp_path_factory.getbasetemp()), *(["-DWIDE"] if wide else []))
        library = tmp_path / f"skf{wide}.so"
        secret = holders["signer"]._private.to_bytes().hex()  # type: ignore[union-attr]
        values = {"key": secret, "certificate": certificate, **changed}
        write_settings(settings, {k: v for k, v in values.items() if v is not None})
        if not library.exists():
            shutil.copy(source, library)
        return f"skf:{path}?module-path={library}" + (f"&{query}" if query else "")

    return make


@pytest.fixture(params=["32-bit ULONG", "64-bit ULONG"])
def device(request: pytest.FixtureRequest, skf_device: DeviceMaker) -> DeviceMaker:
    """``skf_device`` in both widths."""
    return partial(skf_device, wide=request.param.startswith("64"))


@pytest.fixture
def sdf_device(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    holders: dict[str, SoftwareKey],
    monkeypatch: pytest.MonkeyPatch,
) -> DeviceMaker:
    """``sdf_device(setting=value, …)``: a provider of its own with these settings; its URI."""
    settings = tmp_path / "sdf.conf"
    monkeypatch.setenv("ESEALKIT_SDF", str(settings))

    def make(query: str = "", *, path: str = "index=1", short: bool = False, **changed: Any) -> str:
        source = built(
            "sdf.c", str(tmp_path_factory.getbasetemp()), *(["-DSHORT"] if short else [])
        )
        library = tmp_path / f"sdf{short}.so"
        secret = holders["signer"]._private.to_bytes().hex()  # type: ignore[union-attr]
        write_settings(settings, {"key": secret, **changed})
        if not library.exists():
            shutil.copy(source, library)
        return f"sdf:{path}?module-path={library}" + (f"&{query}" if query else "")

    return make


@pytest.fixture
def oes_plugin(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    box: Sandbox,
    holders: dict[str, SoftwareKey],
    monkeypatch: pytest.MonkeyPatch,
) -> DeviceMaker:
    """``oes_plugin(setting=value, …)``: a plug-in of its own with these settings; its URI."""
    settings, certificate = tmp_path / "oes.conf", tmp_path / "oes-signer.der"
    monkeypatch.setenv("ESEALKIT_OES", str(settings))
    certificate.write_bytes(holders["signer"].certificate or b"")

    def make(query: str = "", **changed: Any) -> str:
        source = built("oes.c", str(tmp_path_factory.getbasetemp()))
        library = tmp_path / "oes.so"
        secret = holders["signer"]._private.to_bytes().hex()  # type: ignore[union-attr]
        seal = box.directory / "official.esl"
        values = {"key": secret, "certificate": certificate, "seal": seal, **changed}
        write_settings(settings, {k: v for k, v in values.items() if v is not None})
        if not library.exists():
            shutil.copy(source, library)
        return f"oes:{library}" + (f"?{query}" if query else "")

    return make
