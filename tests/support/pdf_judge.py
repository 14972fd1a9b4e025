"""PDF signatures as pyHanko's own validation judges them, and keys of its algorithms."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path
from typing import Any, NamedTuple

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from esealkit.keys import SoftwareKey
from esealkit.pki.certificate import load_certificates
from esealkit.pki.signatures import Sm2SignatureValidator
from tests.support.ca import Authority, root


class Verdict(NamedTuple):
    """What pyHanko says of one signature."""

    sound: bool
    coverage: str
    changes: str
    stamped: bool


def judged(path: Path, *roots: bytes, password: str = "") -> list[Verdict]:
    """Every signature and time stamp that pyHanko knows, as its own validation judges it."""
    found = []
    with path.open("rb") as stream:
        reader = PdfFileReader(stream)
        if password:
            reader.decrypt(password)
        for item in reader.embedded_signatures:
            context = ValidationContext(
                trust_roots=[x509.Certificate.load(data) for data in roots],
                allow_fetching=False,
                signature_validator=Sm2SignatureValidator(),
                revocation_mode="soft-fail",
            )
            if item.sig_object_type == "/DocTimeStamp":
                stamp = asyncio.run(async_validate_pdf_timestamp(item, context))
                sound = stamp.valid and stamp.intact and stamp.trusted
                found.append(Verdict(sound, stamp.coverage.name, "", True))
                continue
            status = asyncio.run(async_validate_pdf_signature(item, context))
            token = status.timestamp_validity
            changes = status.modification_level
            found.append(
                Verdict(
                    status.bottom_line and (token is None or token.trusted),
                    status.coverage.name,
                    changes.name if changes else "",
                    token is not None,
                )
            )
    return found


@functools.cache
def sandbox_root(box: Path) -> bytes:
    """The sandbox's root, DER."""
    return load_certificates((box / "root.pem").read_bytes())[0].der


@functools.cache
def classical(kind: str) -> tuple[Authority, SoftwareKey]:
    """A CA of the same algorithm and a key under it."""
    private: Any = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "rsa"
        else ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1}[kind]())
    )
    key = SoftwareKey(private)
    authority = root(f"{kind} 根", key=key)
    leaf = authority.issue(f"{kind} 签名者", key=key)
    return authority, key.with_certificates(leaf.der, ())
