"""A signing that waits for its signature: plain values, and their form for another process."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.errors import (
    EsealError,
    InputError,
    InvalidSignature,
    UnsupportedError,
    UsageError,
)
from esealkit.journal.use import BegunUse
from esealkit.pki.certificate import Certificate
from esealkit.pki.cms_build import Family, MessageDraft, timestamp_attribute
from esealkit.pki.signatures import verify_with_certificate
from esealkit.seal.build import build_seal_signature
from esealkit.seal.model import Edition

__all__ = ["PdfRest", "PreparedValue", "Signed", "StagedSigning"]

_SCHEMA = "esealkit.prepared/1"
_SPOOL = 32 << 20
_EDITIONS = (Edition.V1.value, Edition.V4.value, Edition.V5.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedValue:
    """State *ToBeSigned*: plain bytes, to be signed here or anywhere."""

    to_be_signed: bytes
    """The message to sign, for SM2 with the default signer id: TBS_Sign of a seal signature; the
    content (a digest) or the signed attributes of a digital signature."""
    certificate: bytes
    """DER of the certificate whose key must sign."""
    form: str
    """``v1``, ``v4``, ``v5``: the edition of the seal signature; ``content`` or ``attributes``:
    which variant of a signed message."""
    family: str = "gm"
    """Of a message: ``gm`` under the OIDs of GB/T 35275, or under the standard ones ``sm2``,
    ``rsa``, ``rsa-pss``, ``ecdsa``: how the key signs."""
    signed_value_path: str
    """Part that will hold the signed value."""
    signed_at: dt.datetime
    """``timeInfo``, or the time claimed by a digital signature; UTC."""
    chain: tuple[bytes, ...] = ()
    """Certificates above the signer's, which a message carries beside it."""

    @property
    def is_seal(self) -> bool:
        """Whether it is a seal signature."""
        return self.form in _EDITIONS

    @property
    def e(self) -> bytes:
        """What devices take that sign a digest, 32 bytes: ``SM3(Z ‖ to_be_signed)`` for SM2
        (GB/T 35276), for RSA and ECDSA the SHA-256 of ``to_be_signed``.
        """
        signer = Certificate(self.certificate)
        if signer.uses_sm2:
            return sm3(signer.sm2_key.z() + self.to_be_signed)
        return hashlib.sha256(self.to_be_signed).digest()

    @property
    def longest(self) -> int:
        """Length of the value with the longest signature that the key can make."""
        signer = Certificate(self.certificate)
        octets = (signer.key_bits + 7) // 8
        signature = bytes(octets if signer.key_kind.startswith("rsa") else 2 * octets + 9)
        return len(self._packed(signature, None))

    def signed(self, signature: bytes, stamp: Callable[[bytes], bytes] | None = None) -> Signed:
        """State *Signed*: check ``signature`` against the certificate and pack the value.

        :param signature: DER for SM2 and ECDSA, the octets for RSA.
        :param stamp: gives a time stamp token over the signature's octets.
        :raises InvalidSignature: it is not this certificate's signature over the value.
        :raises UnsupportedError: a time stamp on a V1 signature, which has no place for it.
        """
        family = self._family
        try:
            verify_with_certificate(
                Certificate(self.certificate),
                family.signature_algorithm,
                signature,
                self.to_be_signed,
                parameters=family.parameters,
            )
        except InvalidSignature:
            raise InvalidSignature("signing.wrong_signature") from None
        if stamp is not None and self.form == Edition.V1.value:
            raise UnsupportedError("signing.no_stamp_in_v1")
        token = stamp(signature) if stamp is not None else None
        return Signed(value=self._packed(signature, token), path=self.signed_value_path)

    @property
    def _family(self) -> Family:
        return Family.gm() if self.family == "gm" else Family.standard(self.family)

    def _packed(self, signature: bytes, token: bytes | None) -> bytes:
        if self.form in ("content", "attributes"):
            message = MessageDraft(
                to_be_signed=self.to_be_signed,
                certificate=self.certificate,
                family=self._family,
                kind=self._family.data,
                chain=self.chain,
                attributes=self.to_be_signed if self.form == "attributes" else None,
                content=self.to_be_signed if self.form == "content" else None,
            )
            return message.signed(signature, [] if token is None else [timestamp_attribute(token)])
        return build_seal_signature(
            self.to_be_signed,
            self.certificate,
            signature,
            Edition(self.form),
            algorithm=oids.SM2_WITH_SM3,
            timestamp=token,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """State *Signed*: the value to embed."""

    value: bytes
    """DER of SES_Signature, or of the GB/T 35275 message."""
    path: str
    """Part that will hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfRest:
    """What completing a PDF's signing still has to do; every entry as the signing verbs have it."""

    gap: tuple[int, int, int]
    """Where ``/Contents`` begins and ends, and the file's length."""
    level: str | None = None
    """The PAdES level that was asked for."""
    further: bool = False
    """Whether a second algorithm's signature follows, which then takes the locks."""
    lock: bool = False
    """Of the further signature: forbid more of them."""
    lock_fields: tuple[str, ...] | None = None
    """Of the further signature: form fields that nobody may change afterwards."""
    pss: bool = False
    """Of the further signature: an RSA key signs by RSASSA-PSS."""
    reason: str | None = None
    location: str | None = None
    program: tuple[str, str] | None = None
    """Name and version written as the signing program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedSigning:
    """A prepared signing on disk: the staged file and what finishes it."""

    value: PreparedValue
    staged: Path
    """The file without its signed value."""
    sha256: str
    """Digest of the staged file."""
    destination: Path
    """Where the finished file goes."""
    body: int = 0
    """Of an OFD: the document body that is signed."""
    clock_is_system: bool = True
    """Whether the signing time is the system's."""
    earlier: tuple[tuple[str, str], ...] | None = None
    """Verdict and reason of each earlier signature under the integrity policy and no trust:
    they must stand so still in the finished file; ``None`` where that was not looked at."""
    use: BegunUse | None = None
    """The use in a journal that :func:`esealkit.complete` ends."""
    pdf: PdfRest | None = None
    """Of a PDF: where its value goes, and what follows; else ``None``."""

    @property
    def format(self) -> str:
        """``ofd`` or ``pdf``."""
        return "ofd" if self.pdf is None else "pdf"

    def to_json(self) -> str:
        """As a text that another process reads; it holds no secret."""
        return json.dumps(
            {
                "schema": _SCHEMA,
                "staged": str(self.staged),
                "sha256": self.sha256,
                "destination": str(self.destination),
                "to_be_signed": base64.b64encode(self.value.to_be_signed).decode("ascii"),
                "certificate": base64.b64encode(self.value.certificate).decode("ascii"),
                "e": self.value.e.hex(),
                "form": self.value.form,
                "family": self.value.family,
                "chain": [base64.b64encode(item).decode("ascii") for item in self.value.chain],
                "signed_value_path": self.value.signed_value_path,
                "signed_at": self.value.signed_at.isoformat(),
                "clock_is_system": self.clock_is_system,
                "body": self.body,
                "earlier": self.earlier,
                "use": None if self.use is None else asdict(self.use),
                "pdf": None if self.pdf is None else asdict(self.pdf),
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> StagedSigning:
        """Read what :meth:`to_json` wrote.

        :raises UsageError: it is not that.
        """
        try:
            data = json.loads(text)
            if data["schema"] != _SCHEMA:
                raise UsageError("signing.prepared_malformed", reason="schema")
            value = PreparedValue(
                to_be_signed=base64.b64decode(data["to_be_signed"], validate=True),
                certificate=base64.b64decode(data["certificate"], validate=True),
                form=_form(data["form"]),
                family=_family(data["family"]),
                chain=tuple(base64.b64decode(item, validate=True) for item in data["chain"]),
                signed_value_path=str(data["signed_value_path"]),
                signed_at=dt.datetime.fromisoformat(data["signed_at"]).astimezone(dt.UTC),
            )
            return cls(
                value=value,
                staged=Path(data["staged"]),
                sha256=str(data["sha256"]),
                destination=Path(data["destination"]),
                body=int(data["body"]),
                clock_is_system=bool(data["clock_is_system"]),
                earlier=_earlier(data["earlier"]),
                use=_use(data.get("use")),
                pdf=_pdf(data.get("pdf")),
            )
        except EsealError:
            raise
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise UsageError("signing.prepared_malformed", reason=type(error).__name__) from error

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """A private copy of the staged file: what is hashed is what is finished.

        :raises InputError: it is missing or was changed since it was prepared.
        """
        try:
            stream = self.staged.open("rb")
        except OSError as error:
            raise InputError("input.missing", path=str(self.staged)) from error
        with stream, tempfile.SpooledTemporaryFile(max_size=_SPOOL) as private:
            digest = hashlib.sha256()
            while block := stream.read(1 << 20):
                digest.update(block)
                private.write(block)
            if digest.hexdigest() != self.sha256:
                raise InputError("signing.staged_changed", path=str(self.staged))
            private.seek(0)
            yield private  # type: ignore[misc]


def _form(text: object) -> str:
    if text not in (*_EDITIONS, "content", "attributes"):
        raise ValueError("form")
    return str(text)


def _earlier(rows: object) -> tuple[tuple[str, str], ...] | None:
    if rows is None:
        return None
    if not isinstance(rows, list):
        raise TypeError("earlier")
    return tuple((str(verdict), str(code)) for verdict, code in rows)


def _use(value: object) -> BegunUse | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise TypeError("use")
    return BegunUse(**value)


def _family(text: object) -> str:
    if text not in ("gm", "sm2", "rsa", "rsa-pss", "ecdsa"):
        raise ValueError("family")
    return str(text)


def _pdf(value: object) -> PdfRest | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise TypeError("pdf")
    gap, fields, program = value["gap"], value["lock_fields"], value["program"]
    if len(gap) != 3 or not all(type(item) is int for item in gap):
        raise ValueError("gap")
    return PdfRest(
        gap=tuple(gap),
        level=_text(value["level"]),
        further=bool(value["further"]),
        lock=bool(value["lock"]),
        lock_fields=None if fields is None else tuple(str(item) for item in fields),
        pss=bool(value["pss"]),
        reason=_text(value["reason"]),
        location=_text(value["location"]),
        program=None if program is None else (str(program[0]), str(program[1])),
    )


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("text")
    return value
