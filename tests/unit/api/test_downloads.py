"""Downloaded revocation data: for whom it is asked, and that it never makes things worse."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.support.ca import added_extension, extension, name_of
from tests.support.openssl import NEEDED, Desk
from tests.support.stamped import Workbench, outcomes, reasons

import esealkit as ek
from esealkit.asn1 import build
from esealkit.cli.main import run
from esealkit.fetching import Fetcher
from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import Certificate
from esealkit.pki.issuing import RevokedCertificate, issue_certificate, issue_crl

DAY = dt.timedelta(days=1)
Answers = dict[str, bytes]


class Web(ThreadingHTTPServer):
    """A server with a few files; it remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: Answers = {}
        self.asked: list[str] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = self.server.files.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Published(Workbench):
    """The sandbox with a signer whose certificate says where its CRL is."""

    added: dict[str, SoftwareKey]

    def key(self, name: str) -> SoftwareKey:
        return self.added.get(name) or super().key(name)

    def enrol(
        self, name: str, url: str = "", *, ocsp: str = "", issuer: str = "", ca: bool = False
    ) -> None:
        above = self.added[issuer] if issuer else self.kit.pki.root
        issued_by = Certificate(above.certificate or b"").subject_der
        key = SoftwareKey.generate()
        made = issue_certificate(
            subject=name_of(name), issuer_name=issued_by, subject_public_key=key.public_key,
            signing_key=above, serial=1000 + len(self.added), not_before=self.now - 50 * DAY,
            not_after=self.now + 500 * DAY, crl_url=url, ca=ca)  # fmt: skip
        if ocsp:
            place = build.context(6, ocsp.encode(), constructed=False)
            access = build.sequence(build.sequence(build.oid("1.3.6.1.5.5.7.48.1"), place))
            row = extension("1.3.6.1.5.5.7.1.1", access, critical=False)
            made = added_extension(Certificate(made), above, row)
        self.added[name] = key.with_certificates(made, ())

    def document(self, name: str) -> bytes:
        seal = self.seal(listed=("signer",), certificates=[self.certificate(name).der])
        return self.sign(seal=seal, signer=name)

    def crl(self, *names: str, issuer: str = "") -> bytes:
        above = self.added[issuer] if issuer else self.kit.pki.root
        rows = [RevokedCertificate(serial=self.certificate(name).serial, date=self.now - 9 * DAY)
                for name in names]  # fmt: skip
        return issue_crl(
            issuer_name=Certificate(above.certificate or b"").subject_der, signing_key=above,
            this_update=self.now - DAY / 24, next_update=self.now + DAY, number=3, revoked=rows)  # fmt: skip

    @property
    def bare(self) -> ek.TrustStore:
        return replace(ek.TrustStore.from_path(self.trust), crls=())

    def fetched(self, data: bytes, **changes: object) -> ek.Report:
        arguments = {
            "trust": self.bare,
            "fetch": Fetcher(allowed_hosts=frozenset({"127.0.0.1"}), timeout=2),
        }
        return self.verify(data, **(arguments | changes))


@pytest.fixture
def desk(kit: object, tmp_path: Path) -> Published:
    made = Published(kit, tmp_path)  # type: ignore[arg-type]
    made.added = {}
    return made


def test_crl_is_downloaded_for_a_trusted_signer(desk: Published, web: Web) -> None:
    """With ``fetch`` the signer's CRL is downloaded: it lifts the reservation, or fails the
    signature of a revoked signer; without ``fetch`` nothing is asked."""
    desk.enrol("a", web.url("/a.crl"))
    data = desk.document("a")
    web.files["/a.crl"] = desk.crl()
    assert outcomes(desk.verify(data, trust=desk.bare))["signer.revocation"] == "unknown"
    assert web.asked == []
    good = desk.fetched(data)
    assert good.verdict is ek.Verdict.PASSED, reasons(good)
    assert outcomes(good)["signer.revocation"] == "passed"
    assert web.asked == ["GET /a.crl"]
    web.files["/a.crl"] = desk.crl("a")
    gone = desk.fetched(data)
    assert (gone.verdict.value, gone.code) == ("failed", "signer.revoked")


def test_nobody_is_asked_for_an_untrusted_chain(desk: Published, web: Web) -> None:
    """A document whose chain reaches no anchor makes the verifier contact nobody."""
    desk.enrol("a", web.url("/a.crl"))
    data = desk.document("a")
    web.files["/a.crl"] = desk.crl()
    stranger = ek.TrustStore.from_path(desk.kit.directory / "stranger-root.pem")
    for trust in (None, stranger):
        desk.fetched(data, trust=trust)
    assert web.asked == []


@pytest.mark.parametrize("body", [None, b"", b"<html>sorry</html>", b"\x30\x03\x02\x01\x05"])
def test_failing_server_fails_nothing(body: bytes | None, desk: Published, web: Web) -> None:
    """A server that has nothing, or nonsense, leaves revocation unchecked and the rest as it was."""
    desk.enrol("a", web.url("/a.crl"))
    if body is not None:
        web.files["/a.crl"] = body
    report = desk.fetched(desk.document("a"))
    assert report.verdict is ek.Verdict.PASSED
    assert "signer.revocation_unchecked" in {item.code for item in report.reservations}
    assert web.asked == ["GET /a.crl"]


def test_forged_crl_counts_for_nothing(desk: Published, web: Web) -> None:
    """A downloaded CRL by another key is evidence like any other: it is not used."""
    desk.enrol("a", web.url("/a.crl"))
    whole = bytearray(desk.crl("a"))
    whole[-1] ^= 1
    web.files["/a.crl"] = bytes(whole)
    assert desk.fetched(desk.document("a")).verdict is ek.Verdict.PASSED


def test_private_address_in_a_certificate_is_not_contacted(desk: Published, web: Web) -> None:
    """A certificate that points at the loopback address contacts nobody unless it is allowed."""
    desk.enrol("a", web.url("/a.crl"))
    report = desk.fetched(desk.document("a"), fetch=Fetcher())
    assert report.verdict is ek.Verdict.PASSED
    assert web.asked == []


def test_intermediate_is_asked_about_too(desk: Published, web: Web) -> None:
    """The CRL of the root is downloaded for an intermediate CA, so that its revocation shows."""
    desk.enrol("middle", web.url("/root.crl"), ca=True)
    desk.enrol("a", web.url("/middle.crl"), issuer="middle")
    data = desk.document("a")
    web.files |= {"/middle.crl": desk.crl(issuer="middle"), "/root.crl": desk.crl()}
    trust = replace(desk.bare, intermediates=(desk.certificate("middle"),))
    good = desk.fetched(data, trust=trust)
    assert outcomes(good)["signer.revocation"] == "passed", reasons(good)
    web.files["/root.crl"] = desk.crl("middle")
    gone = desk.fetched(data, trust=trust)
    assert (gone.verdict.value, gone.code) == ("failed", "signer.revoked")


@NEEDED
@pytest.mark.parametrize("answer", ["ocsp", "other", "nonsense", "nothing"])
def test_ocsp_first_then_crl(answer: str, desk: Published, web: Web, tmp_path: Path) -> None:
    """OCSP is asked first; when its answer is of another certificate, nonsense or missing, the CRL
    is."""
    desk.enrol("a", web.url("/a.crl"), ocsp=web.url("/ocsp"))
    data = desk.document("a")
    web.files["/a.crl"] = desk.crl("a")
    root = desk.kit.pki.root
    folder = tmp_path / "ocsp"
    folder.mkdir()
    maker = Desk(folder, root, Certificate(root.certificate or b""))
    maker.index(("V", desk.certificate("a"), ""))
    if answer == "ocsp":
        web.files["/ocsp"] = maker.respond(maker.request(desk.certificate("a"), "sha1"))
    elif answer == "other":
        desk.enrol("b", web.url("/b.crl"))
        maker.index(("V", desk.certificate("b"), ""))
        web.files["/ocsp"] = maker.respond(maker.request(desk.certificate("b"), "sha1"))
    elif answer == "nonsense":
        web.files["/ocsp"] = build.sequence(build.integer(3, 0x0A))  # tryLater
    # The answer is made now, the document a moment before.
    report = desk.fetched(data)
    if answer == "ocsp":
        assert web.asked == ["POST /ocsp"]
        assert outcomes(report)["signer.revocation"] == "passed", reasons(report)
    else:
        assert web.asked == ["POST /ocsp", "GET /a.crl"]
        assert report.code == "signer.revoked"


def test_fetch_on_the_command_line(
    desk: Published, web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``verify --fetch`` runs end to end; it reaches no private address, and what it cannot reach
    is the same reservation as without it."""
    desk.enrol("a", web.url("/a.crl"))
    web.files["/a.crl"] = desk.crl("a")
    (tmp_path / "d.ofd").write_bytes(desk.document("a"))
    root = desk.kit.directory
    arguments = ["verify", str(tmp_path / "d.ofd"), "--trust", str(root / "trust" / "signers"),
                 "--trust-maker", str(root / "maker.pem"), "--fetch", "--lang", "en"]  # fmt: skip
    assert run(arguments) == 0, capsys.readouterr().out
    assert "revocation not checked" in capsys.readouterr().out
    assert web.asked == []
