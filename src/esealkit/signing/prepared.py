"""A signing that waits for its signature: plain values, and their form for another process."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from esealkit.asn1 import oids
from esealkit.crypto import sm3
from esealkit.errors import (
    EsealError,
    InputError,
    InvalidSignature,
    UnsupportedError,
    UsageError,
)
from esealkit.pki.certificate import Certificate
from esealkit.seal.build import build_seal_signature
from esealkit.seal.model import Edition

__all__ = ["PreparedValue", "Signed", "StagedSigning"]

_SCHEMA = "esealkit.prepared/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedValue:
    """State *ToBeSigned*: plain bytes, to be signed here or anywhere."""

    to_be_signed: bytes
    """DER of TBS_Sign: the message for SM2 with the default signer id."""
    certificate: bytes
    """DER of the certificate whose key must sign."""
    edition: Edition
    """Edition of the seal, and so of the seal signature."""
    signed_value_path: str
    """Part that will hold the signed value."""
    signed_at: dt.datetime
    """``timeInfo``, UTC."""

    @property
    def e(self) -> bytes:
        """``SM3(Z ‖ to_be_signed)``: 32 bytes for devices that sign a digest (GB/T 35276)."""
        return sm3(Certificate(self.certificate).sm2_key.z() + self.to_be_signed)

    def signed(self, signature: bytes, stamp: Callable[[bytes], bytes] | None = None) -> Signed:
        """State *Signed*: check ``signature`` (DER) against the certificate and pack the value.

        :param stamp: gives a time stamp token over the signature's octets (V4, V5).
        :raises InvalidSignature: it is not this certificate's signature over the value.
        :raises UnsupportedError: a time stamp on a V1 signature, which has no place for it.
        """
        try:
            Certificate(self.certificate).sm2_key.verify(signature, self.to_be_signed)
        except InvalidSignature:
            raise InvalidSignature("signing.wrong_signature") from None
        if stamp is not None and self.edition is Edition.V1:
            raise UnsupportedError("signing.no_stamp_in_v1")
        return Signed(
            value=build_seal_signature(
                self.to_be_signed,
                self.certificate,
                signature,
                self.edition,
                algorithm=oids.SM2_WITH_SM3,
                timestamp=stamp(signature) if stamp is not None else None,
            ),
            path=self.signed_value_path,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """State *Signed*: the value to embed."""

    value: bytes
    """DER of SES_Signature."""
    path: str
    """Part that will hold it."""


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
    gap: tuple[int, int, int] | None = None
    """Of a PDF: where its ``/Contents`` begins and ends, and the file's length; else ``None``."""

    @property
    def format(self) -> str:
        """``ofd`` or ``pdf``."""
        return "ofd" if self.gap is None else "pdf"

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
                "edition": self.value.edition.value,
                "signed_value_path": self.value.signed_value_path,
                "signed_at": self.value.signed_at.isoformat(),
                "gap": self.gap,
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
                edition=Edition(data["edition"]),
                signed_value_path=str(data["signed_value_path"]),
                signed_at=dt.datetime.fromisoformat(data["signed_at"]),
            )
            return cls(
                value=value,
                staged=Path(data["staged"]),
                sha256=str(data["sha256"]),
                destination=Path(data["destination"]),
                gap=_gap(data.get("gap")),
            )
        except EsealError:
            raise
        except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
            raise UsageError("signing.prepared_malformed", reason=type(error).__name__) from error

    def read(self) -> bytes:
        """The staged file.

        :raises InputError: it is missing or was changed since it was prepared.
        """
        try:
            data = self.staged.read_bytes()
        except OSError as error:
            raise InputError("input.missing", path=str(self.staged)) from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise InputError("signing.staged_changed", path=str(self.staged))
        return data


def _gap(value: object) -> tuple[int, int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3 or not all(type(n) is int for n in value):
        raise ValueError("gap")
    start, stop, end = value
    return start, stop, end
