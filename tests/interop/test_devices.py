"""Devices and device tools of other people: OpenSC, SoftHSM2, a software TPM."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import esealkit as ek
from esealkit.crypto import sm3
from esealkit.crypto.sm2 import PublicKey
from esealkit.errors import EsealError
from esealkit.keys import open_key
from esealkit.keys.device_key import DeviceKey
from esealkit.keys.doctor import list_keys
from esealkit.keys.raw_signatures import Form
from esealkit.pki.certificate import Certificate
from esealkit.pki.issuing import issue_certificate
from esealkit.sandbox import Sandbox
from tests.support.devices import built, write_settings
from tests.support.vendors import VENDORS

pytestmark = pytest.mark.interop


def need(*commands: str) -> None:
    """Skip where a command could not be installed."""
    for command in commands:
        if shutil.which(command) is None:
            pytest.skip(f"{command} is not ready: make interop")


def run(*command: str | Path, **options: object) -> bytes:
    """A command's output; it must succeed."""
    done = subprocess.run(
        [str(each) for each in command],
        capture_output=True,
        check=False,
        timeout=120,
        **options,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return bytes(done.stdout)


def test_pkcs11_tool_signs_with_the_test_token(
    kit: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSC's tool lists the test token and signs e with it; OpenSSL verifies."""
    need("pkcs11-tool", "openssl")
    module, settings = built("cryptoki.c", str(tmp_path)), tmp_path / "token.conf"
    signer = kit.pki.holders["signer"]
    (tmp_path / "signer.der").write_bytes(signer.certificate or b"")
    secret = signer._private.to_bytes().hex()  # type: ignore[union-attr]
    write_settings(
        settings, {**VENDORS["sansec"], "key": secret, "certificate": tmp_path / "signer.der"}
    )
    monkeypatch.setenv("ESEALKIT_TOKEN", str(settings))
    tool = ("pkcs11-tool", "--module", module)
    assert b"test token" in run(*tool, "-L")
    assert b"80008104" in run(*tool, "-M")
    listed = run(*tool, "-O", "--login", "--pin", "1234")
    assert b"Private Key Object" in listed
    assert b"Certificate Object" in listed
    (tmp_path / "message").write_bytes(b"message")
    (tmp_path / "e").write_bytes(sm3(signer.public_key.z() + b"message"))
    run(
        *tool, "--login", "--pin", "1234", "--sign", "--id", "01", "--mechanism", "0x80008104",
        "-i", tmp_path / "e", "-o", tmp_path / "signature",
    )  # fmt: skip
    public = run(
        "openssl", "x509", "-inform", "DER", "-in", tmp_path / "signer.der", "-noout", "-pubkey"
    )
    (tmp_path / "public.pem").write_bytes(public)
    assert b"OK" in run(
        "openssl", "dgst", "-sm3", "-verify", tmp_path / "public.pem", "-sigopt",
        "distid:1234567812345678", "-signature", tmp_path / "signature", tmp_path / "message",
    )  # fmt: skip


SOFTHSM = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)


@pytest.fixture
def softhsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A SoftHSM2 token with a plain EC key on the SM2 curve; its URI."""
    need("softhsm2-util", "pkcs11-tool")
    module = next((each for each in SOFTHSM if Path(each).exists()), None)
    if module is None:
        pytest.skip("libsofthsm2.so is not where it is known to be")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "soft",
        "--pin",
        "1234",
        "--so-pin",
        "12345678",
    )
    run(
        "pkcs11-tool", "--module", module, "--login", "--pin", "1234", "--token-label", "soft",
        "--keypairgen", "--key-type", "EC:prime256v1", "--id", "01", "--label", "p256",
    )  # fmt: skip
    return f"pkcs11:token=soft?module-path={module}"


def test_softhsm_is_listed_and_its_ecdsa_key_refused(softhsm: str) -> None:
    """Slots, logins and objects of SoftHSM2 are read, and a key that can only do ECDSA is refused."""
    listed = list_keys(softhsm, pin="1234")
    assert listed.device["label"] == "soft"
    assert [row.label for row in listed.keys] == ["p256"]
    with pytest.raises(EsealError) as wrong:
        list_keys(softhsm, pin="9999")
    assert wrong.value.code == "token.pin_rejected"
    with pytest.raises(EsealError) as refused:
        open_key(softhsm, pin="1234")
    assert refused.value.code in ("token.not_sm2_key", "token.ecdsa_only", "token.no_public_key")


class TpmSigner:
    """The device side of a key in a TPM 2.0: ``tpm2_sign`` with the scheme SM2 over e."""

    takes = "e"
    form: Form = "rs"
    name = "software TPM"

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder, self._environment = folder, environment

    def sign(self, data: bytes) -> bytes:
        """r‖s out of TPMT_SIGNATURE: algorithm, hash, then two sized numbers."""
        (self._folder / "e").write_bytes(data)
        run(
            "tpm2_sign", "-c", "key.ctx", "-g", "sha256", "-s", "sm2", "-d", "-o", "sig", "e",
            cwd=self._folder, env=self._environment,
        )  # fmt: skip
        raw, at, numbers = (self._folder / "sig").read_bytes(), 4, []
        for _ in range(2):
            size = int.from_bytes(raw[at : at + 2], "big")
            numbers.append(raw[at + 2 : at + 2 + size].rjust(32, b"\0"))
            at += 2 + size
        return b"".join(numbers)

    def close(self) -> None:
        """The daemon is ended by its fixture."""


@pytest.fixture
def tpm(tmp_path: Path) -> Iterator[tuple[TpmSigner, PublicKey]]:
    """A software TPM with an SM2 key, and its public key."""
    need("swtpm", "tpm2_sign", "tpm2_createprimary")
    state = tmp_path / "state"
    state.mkdir()
    port = 20000 + os.getpid() % 20000
    daemon = subprocess.Popen(
        ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--server", f"type=tcp,port={port}",
         "--ctrl", f"type=tcp,port={port + 1}", "--flags", "not-need-init,startup-clear"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    environment = {**os.environ, "TPM2TOOLS_TCTI": f"swtpm:host=127.0.0.1,port={port}"}

    def tool(*command: str) -> None:
        run(*command, cwd=tmp_path, env=environment)
        run("tpm2_flushcontext", "-t", cwd=tmp_path, env=environment)

    try:
        for _ in range(50):
            time.sleep(0.1)
            if daemon.poll() is not None:
                pytest.skip("swtpm does not start here")
            done = subprocess.run(
                ["tpm2_createprimary", "-C", "o", "-c", "primary.ctx"],
                cwd=tmp_path, env=environment, capture_output=True, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                break
        else:
            pytest.skip("swtpm does not answer here")
        run("tpm2_flushcontext", "-t", cwd=tmp_path, env=environment)
        tool("tpm2_create", "-C", "primary.ctx", "-G", "ecc_sm2", "-u", "key.pub", "-r", "key.priv")
        tool("tpm2_load", "-C", "primary.ctx", "-u", "key.pub", "-r", "key.priv", "-c", "key.ctx")
        # TPM2B_PUBLIC ends in the point: two sized numbers of 32 bytes.
        raw = (tmp_path / "key.pub").read_bytes()
        assert raw[-68:-66] == raw[-34:-32] == b"\x00\x20"
        point = b"\x04" + raw[-66:-34] + raw[-32:]
        yield TpmSigner(tmp_path, environment), PublicKey.from_bytes(point)
    finally:
        daemon.terminate()
        daemon.wait(timeout=10)


def test_a_tpm_stamps_a_document(
    tpm: tuple[TpmSigner, PublicKey], kit: Sandbox, tmp_path: Path
) -> None:
    """A key in a TPM, an implementation of SM2 that is not ours, stamps a document that passes."""
    signer, public_key = tpm
    root = kit.pki.root
    template = Certificate(kit.pki.holders["signer"].certificate or b"")
    bare = DeviceKey(signer, public_key)  # type: ignore[arg-type]
    certificate = issue_certificate(
        subject=(("C", "CN"), ("CN", "TPM")),
        issuer_name=(("CN", "TPM root"),),
        subject_public_key=bare.public_key_info,
        signing_key=root,
        issuer_public_key=root.public_key_info,
        serial=77,
        not_before=template.not_before,
        not_after=template.not_after,
    )
    key = DeviceKey(signer, public_key, certificate=certificate)  # type: ignore[arg-type]
    key.public_key.verify(key.sign(b"message"), b"message")
    seal = ek.make_seal(
        picture=kit.directory / "official.png", width_mm=40, height_mm=40, name="TPM",
        seal_id="11010000000077", kind="公章", signers=[certificate],
        key=ek.open_key(kit.directory / "maker.key", certificate=kit.directory / "maker.pem"),
    )  # fmt: skip
    receipt = ek.stamp(
        kit.directory / "sample.ofd", tmp_path / "out.ofd", seal=seal, key=key,
        placement=ek.At(x=150, y=220), policy="integrity",
    )  # fmt: skip
    assert receipt.report.verdict is ek.Verdict.PASSED
