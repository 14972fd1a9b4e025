"""Keys behind a signing service, against the reference server over mutual TLS."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from esealkit.errors import (
    CertificateError,
    EsealError,
    InputError,
    NetworkError,
    PinRejected,
    TokenError,
    UsageError,
)
from esealkit.keys import SoftwareKey, open_key
from esealkit.sandbox.signing_server import SigningServer

PASSWORD = b"client secret"


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a root, a server's and a client's certificate and key, made for TLS."""
    folder = tmp_path_factory.mktemp("tls")
    now = dt.datetime.now(dt.UTC)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test root")])

    def certificate(name: str, key: Any, *, ca: bool) -> bytes:
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(root_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(root_key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def private(key: Any, password: bytes | None) -> bytes:
        lock = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
        )

    (folder / "root.pem").write_bytes(certificate("test root", root_key, ca=True))
    for name, password in (("server", None), ("client", PASSWORD)):
        key = ec.generate_private_key(ec.SECP256R1())
        (folder / f"{name}.pem").write_bytes(
            certificate(name, key, ca=False) + private(key, password)
        )
    return folder


@pytest.fixture
def server(tls: Path, holders: dict[str, SoftwareKey]) -> Iterator[SigningServer]:
    """The reference server with the sandbox's signer; callers need a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "server.pem")
    context.load_verify_locations(tls / "root.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with SigningServer(holders["signer"], context) as made:
        thread = threading.Thread(
            target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def uri(server: SigningServer, tls: Path, *, client: str = "client.pem") -> str:
    return f"{server.url}?x-ca={tls / 'root.pem'}&x-client={tls / client}&x-timeout=5"


def test_a_remote_key_signs(
    server: SigningServer, tls: Path, holders: dict[str, SoftwareKey]
) -> None:
    """A key behind the service signs under the certificate that the service gives."""
    with open_key(uri(server, tls), pin=PASSWORD) as key:
        assert key.certificate == holders["signer"].certificate
        key.public_key.verify(key.sign(b"message"), b"message")
        key.public_key.verify_e(key.sign_e(bytes(range(32))), bytes(range(32)))


def test_a_caller_without_certificate_gets_nothing(server: SigningServer, tls: Path) -> None:
    """Without a client certificate, or with an unknown server, nothing is signed."""
    with pytest.raises(NetworkError):
        open_key(f"{server.url}?x-ca={tls / 'root.pem'}&x-timeout=5")
    with pytest.raises(NetworkError):
        open_key(f"{server.url}?x-client={tls / 'client.pem'}&x-timeout=5", pin=PASSWORD)


def test_the_clients_password(server: SigningServer, tls: Path) -> None:
    """A wrong or missing password of the client's key is a refused PIN."""
    with pytest.raises(PinRejected):
        open_key(uri(server, tls), pin="wrong")
    with pytest.raises(EsealError):
        open_key(uri(server, tls))
    with pytest.raises(InputError):
        open_key(uri(server, tls, client="missing.pem"), pin=PASSWORD)


def test_a_wrong_answer_is_never_used(
    server: SigningServer, tls: Path, holders: dict[str, SoftwareKey]
) -> None:
    """A service that signs with another key than its certificate's is found out."""
    with open_key(uri(server, tls), pin=PASSWORD) as key:
        server.key = holders["maker"]
        with pytest.raises(TokenError) as refused:
            key.sign(b"message")
        assert refused.value.code == "token.signed_unknown"


def test_a_given_certificate_must_be_the_keys(
    server: SigningServer, tls: Path, holders: dict[str, SoftwareKey]
) -> None:
    """The caller's certificate is taken where it is of the service's key, else refused."""
    own = holders["signer"].certificate
    with open_key(uri(server, tls), pin=PASSWORD, certificate=own) as key:
        assert key.certificate == own
    with pytest.raises(CertificateError):
        open_key(uri(server, tls), pin=PASSWORD, certificate=holders["maker"].certificate)


def test_a_service_that_is_down(tls: Path) -> None:
    """A service that does not answer is a network error."""
    with pytest.raises(NetworkError):
        open_key(f"https://127.0.0.1:9/key?x-ca={tls / 'root.pem'}&x-timeout=2")


def test_unknown_options_are_refused(tls: Path) -> None:
    """A misspelt option is not sent to the service."""
    with pytest.raises(UsageError):
        open_key("https://127.0.0.1:9/key?x-caa=1")
