"""Signing PDF files beside pyHanko: ``python benchmarks/pdf.py``.

Both sign the same file in the same run, ours with SM2, pyHanko with ECDSA.  pyHanko does not
verify what it wrote, so our verification is left out of ``sign``; ``stamp`` is the whole public
verb, from the file to the verified file.  ``read`` is what any stamping of that file must do,
whatever is stamped: digest it, open it to write and to look at it, digest what it became and
write that down; ``rest`` is ``stamp`` without it.  Best of several, in thread CPU time.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import esealkit as ek
from esealkit.pdf._pyhanko.writing import PdfUpdate
from esealkit.pdf.compose import Page, Text, compose
from esealkit.pdf.document import PdfDocument
from esealkit.pki.certificate import Certificate
from esealkit.sandbox import build
from esealkit.signing.pdf_layout import PdfForm
from esealkit.signing.pdf_signing import lay_out_message, sign_laid_out
from esealkit.signing.pdf_stamps import writable_copy


def best(run: Callable[[], object], count: int = 9) -> float:
    """Milliseconds of the quickest call."""
    found = []
    for _ in range(count):
        begin = time.thread_time()
        run()
        found.append(time.thread_time() - begin)
    return 1000 * min(found)


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
    """Measure and print."""
    lines = tuple(Text(x=20, y=20 + 8 * n, text=f"第 {n} 条 合同条款") for n in range(30))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(place)
        with ek.open_key(place / "signer.p12", pin="sandbox") as key:
            certificate = Certificate(key.certificate or b"")
            rest: list[float] = []
            for pages in (10, 1000):
                data = compose([Page(items=lines)] * pages)

                def sign(data: bytes = data) -> None:
                    stream = writable_copy(data)
                    lay_out = functools.partial(
                        lay_out_message,
                        stream,
                        certificate=certificate,
                        when=dt.datetime.now(dt.UTC),
                        form=PdfForm(),
                    )
                    sign_laid_out(stream, lambda room: lay_out(token_room=room), key)

                def stamp(data: bytes = data) -> None:
                    ek.stamp(
                        data,
                        place / "o.pdf",
                        seal=place / "official.esl",
                        key=key,
                        placement=ek.At(page=1, x=40, y=60),
                    )

                def read(data: bytes = data) -> None:
                    hashlib.sha256(data).digest()
                    PdfUpdate(writable_copy(data))
                    (place / "copy.pdf").write_bytes(data)
                    ek.sm3(data)
                    hashlib.sha256(data).digest()
                    PdfDocument((place / "copy.pdf").read_bytes())
                    ek.sm3(data)

                ours = best(sign)
                peer = pyhanko_signing(data)
                ratio = f"{ours / best(peer):.2f} of pyHanko's" if peer else "no pyHanko"
                reading, whole = best(read), best(stamp)
                rest.append(whole - reading)
                print(f"sign  {pages:5} pages {ours:8.1f} ms, {ratio}")
                print(f"stamp {pages:5} pages {whole:8.1f} ms, verified")
                print(f"read  {pages:5} pages {reading:8.1f} ms, rest {rest[-1]:8.1f} ms")
            print(f"rest of 1000 pages / rest of 10: {rest[1] / rest[0]:.2f}")


if __name__ == "__main__":
    main()
