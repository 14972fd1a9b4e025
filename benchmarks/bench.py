"""Speed, as ratios against peers in the same run: ``make bench``.

Every figure is the best of several batches in thread CPU time, so that neighbours on the host
disturb it as little as can be; ratios are worth more than figures.  Prints a table and writes
``benchmarks/results/bench.json``.
"""

from __future__ import annotations

import hashlib
import json
import platform
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import esealkit as ek
from esealkit.crypto import backend, sm2, sm3, sm3_many
from esealkit.ofd.writer import PackageWriter
from esealkit.sandbox import build

RESULTS = Path(__file__).with_name("results")
Row = dict[str, Any]


def best(run: Callable[[], object], *, batches: int = 5, seconds: float = 0.15) -> float:
    """Seconds of one call: the best batch's mean."""
    run()
    count = 1
    while True:
        begin = time.thread_time()
        for _ in range(count):
            run()
        if time.thread_time() - begin > seconds / 10:
            break
        count *= 2
    found = []
    for _ in range(batches):
        begin = time.thread_time()
        for _ in range(count):
            run()
        found.append((time.thread_time() - begin) / count)
    return min(found)


def row(what: str, ours: float, peers: dict[str, float | None], unit: str, scale: float) -> Row:
    """One line of the table: our figure and how many times faster than each peer."""
    return {
        "what": what,
        "esealkit": scale / ours,
        "unit": unit,
        "peers": {name: scale / value for name, value in peers.items() if value},
        "ratio": {name: value / ours for name, value in peers.items() if value},
        "missing": sorted(name for name, value in peers.items() if not value),
    }


def hashlib_sm3() -> Callable[[bytes], bytes] | None:
    """hashlib's SM3 where the interpreter's OpenSSL has it."""
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        return None
    return lambda data: hashlib.new("sm3", data).digest()


def hashing() -> list[Row]:
    """SM3: one short message, one stream, many streams."""
    from cryptography.hazmat.primitives import hashes

    def pyca(data: bytes) -> bytes:
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()

    reference = hashlib_sm3()
    rows = []
    for size, unit, scale in ((64, "calls/s", 1.0), (16_384, "MB/s", 16_384 / 1e6)):
        data = bytes(size)
        peers = {
            "hashlib (OpenSSL)": best(lambda d=data: reference(d)) if reference else None,
            "cryptography": best(lambda d=data: pyca(d)),
        }
        ours = best(lambda d=data: sm3(d))
        rows.append(row(f"SM3 of {size} bytes", ours, peers, unit, scale))
    many = [bytes(16_384)] * 64
    peers = {"hashlib (OpenSSL)": best(lambda: [reference(d) for d in many]) if reference else None}
    scale = 64 * 16_384 / 1e6
    rows.append(row("SM3 of 64 × 16 KB", best(lambda: sm3_many(many)), peers, "MB/s", scale))
    return rows


def signing() -> list[Row]:
    """SM2 signatures over 64 bytes, default signer id."""
    key = sm2.PrivateKey.generate()
    message = bytes(64)
    signature = key.sign(message)
    peers_sign, peers_verify = python_peers(key, message)
    return [
        row("SM2 sign", best(lambda: key.sign(message)), peers_sign, "/s", 1.0),
        row(
            "SM2 verify",
            best(lambda: key.public_key.verify(signature, message)),
            peers_verify,
            "/s",
            1.0,
        ),
    ]


def python_peers(
    key: sm2.PrivateKey, message: bytes
) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """gmssl and gmalg, where they are installed."""
    signs: dict[str, float | None] = {"gmssl": None, "gmalg": None}
    verifies = dict(signs)
    try:
        from gmssl.sm2 import CryptSM2

        peer = CryptSM2(private_key=key.to_bytes().hex(), public_key="")
        peer.public_key = key.public_key.to_bytes()[1:].hex()
        value = peer.sign_with_sm3(message)
        signs["gmssl"] = best(lambda: peer.sign_with_sm3(message), batches=3)
        verifies["gmssl"] = best(lambda: peer.verify_with_sm3(value, message), batches=3)
    except ImportError:
        pass
    try:
        import gmalg

        other = gmalg.SM2(key.to_bytes(), b"1234567812345678", key.public_key.to_bytes())
        r, s = other.sign(message)
        signs["gmalg"] = best(lambda: other.sign(message), batches=3)
        verifies["gmalg"] = best(lambda: other.verify(message, r, s), batches=3)
    except ImportError:
        pass
    return signs, verifies


def documents() -> list[Row]:
    """Verifying one sealed document in a warm process, chain and CRL included."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(place)
        with ek.open_key(place / "signer.p12", pin="sandbox") as key:
            ek.stamp(
                place / "sample.ofd",
                place / "sealed.ofd",
                seal=place / "official.esl",
                key=key,
                placement=ek.At(page=3, x=40, y=60),
            )
        data = (place / "sealed.ofd").read_bytes()
        trust = ek.TrustStore.from_path(place / "trust")
        spent = best(lambda: ek.verify(data, trust=trust))
    return [row("verify a sealed OFD (ms of CPU)", 1 / (spent * 1000), {}, "ms", 1.0)]


def scanned(path: Path, pages: int) -> None:
    """A document with a picture of 64 KB on each page."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(
        f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(pages)
    )
    with path.open("wb") as out:
        writer = PackageWriter(out)
        writer.add(
            "OFD.xml",
            f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>'
            "Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>".encode(),
        )
        writer.add(
            "Doc_0/Document.xml",
            f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
            "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>".encode(),
        )
        for n in range(pages):
            res = (
                f"<ofd:Res {space}><ofd:MultiMedias><ofd:MultiMedia ID='9' Type='Image'>"
                f"<ofd:MediaFile>i{n}.jpg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
            )
            page = f"<ofd:Page {space}><ofd:PageRes>R.xml</ofd:PageRes><ofd:Content/></ofd:Page>"
            writer.add(f"Doc_0/Pages/Page_{n}/Content.xml", page.encode())
            writer.add(f"Doc_0/Pages/Page_{n}/R.xml", res.encode())
            writer.add(f"Doc_0/Pages/Page_{n}/i{n}.jpg", random.Random(n).randbytes(65_536))
        writer.close()


def sizes() -> list[Row]:
    """Stamping and verifying 10, 100 and 1000 pages: the cost of a page must not grow."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(place / "box")
        trust = ek.TrustStore.from_path(place / "box" / "trust")
        with ek.open_key(place / "box" / "signer.p12", pin="sandbox") as key:
            for pages in (10, 100, 1000):
                source, target = place / "in.ofd", place / "out.ofd"
                scanned(source, pages)
                begin = time.thread_time()
                ek.stamp(
                    source,
                    target,
                    seal=place / "box" / "official.esl",
                    key=key,
                    placement=ek.EveryPage(x=40, y=60),
                )
                stamped = time.thread_time()
                ek.verify(target, trust=trust)
                done = time.thread_time()
                for what, spent in (("stamp", stamped - begin), ("verify", done - stamped)):
                    name = f"{what} {pages} pages (ms of CPU a page)"
                    rows.append(row(name, pages / (spent * 1000), {}, "ms", 1.0))
    return rows


def pdf_documents() -> list[Row]:
    """Signing PDF files with SM2, beside pyHanko signing the same files with ECDSA.

    pyHanko does not verify what it wrote, so the rows with a peer leave our verification out;
    the last ones are the whole public verb.
    """
    import datetime as dt

    from esealkit.pdf.compose import Page, Text, compose
    from esealkit.pki.certificate import Certificate
    from esealkit.signing.pdf_signing import PdfForm, sign_with_message
    from esealkit.signing.pdf_stamps import writable_copy

    lines = tuple(Text(x=20, y=20 + 8 * n, text=f"第 {n} 条 合同条款") for n in range(30))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(place)
        with ek.open_key(place / "signer.p12", pin="sandbox") as key:
            certificate = Certificate(key.certificate or b"")
            for count in (10, 1000):
                data = compose([Page(items=lines)] * count)
                form, now = PdfForm(), dt.datetime.now(dt.UTC)

                def ours(data: bytes = data, form: PdfForm = form, now: dt.datetime = now) -> None:
                    copy = writable_copy(data)
                    sign_with_message(copy, key=key, certificate=certificate, when=now, form=form)

                def whole(data: bytes = data) -> None:
                    ek.stamp(
                        data,
                        place / "o.pdf",
                        seal=place / "official.esl",
                        key=key,
                        placement=ek.At(page=1, x=40, y=60),
                    )

                peer = pyhanko_signing(data)
                peers = {"pyHanko (ECDSA)": best(peer) if peer else None}
                what = f"sign a PDF of {count} pages (ms of CPU)"
                spent = best(ours)
                found = row(what, spent, peers, "ms", 1.0)
                rows.append(found | {"esealkit": spent * 1000})
                spent = best(whole)
                what = f"stamp a PDF of {count} pages (ms of CPU)"
                rows.append(row(what, spent, {}, "ms", 1.0) | {"esealkit": spent * 1000})
    return rows


def pyhanko_signing(data: bytes) -> Callable[[], object] | None:
    """PyHanko signing ``data`` with a P-256 key, or ``None`` without it."""
    try:
        from asn1crypto import keys, x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import PdfSignatureMetadata, signers
        from pyhanko_certvalidator.registry import SimpleCertificateStore
    except ImportError:
        return None
    import datetime as dt
    import io

    from esealkit.keys import SoftwareKey
    from esealkit.pki.issuing import issue_certificate

    key = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
    now = dt.datetime.now(dt.UTC)
    certificate = issue_certificate(
        subject=(("CN", "peer"),),
        issuer_name=(("CN", "peer"),),
        subject_public_key=key.public_key_info,
        signing_key=key,
        issuer_public_key=key.public_key_info,
        serial=1,
        not_before=now - dt.timedelta(days=1),
        not_after=now + dt.timedelta(days=1),
    )
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(key.private_key_info()),
        cert_registry=SimpleCertificateStore(),
    )
    about = PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256")

    def run() -> object:
        return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), about, signer=signer)

    return run


def main() -> None:
    """Measure, print, write."""
    rows = [*hashing(), *signing(), *documents(), *sizes(), *pdf_documents()]
    print(f"esealkit {ek.__version__}, {backend()}, Python {platform.python_version()}")
    for item in rows:
        ratios = ", ".join(f"{name} ×{value:.2f}" for name, value in item["ratio"].items())
        absent = f" (not installed: {', '.join(item['missing'])})" if item["missing"] else ""
        print(f"{item['what']:34} {item['esealkit']:12.1f} {item['unit']:8} {ratios}{absent}")
    RESULTS.mkdir(exist_ok=True)
    result = {"backend": backend(), "python": platform.python_version(), "rows": rows}
    (RESULTS / "bench.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
