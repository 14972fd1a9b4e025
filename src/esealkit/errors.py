"""Every exception esealkit raises.

::

    EsealError
    ├─ UsageError (ValueError)        the caller's argument is wrong
    ├─ MalformedError                 bytes do not follow their format
    │  ├─ DerError                    ASN.1 DER
    │  ├─ XmlError                    XML of an OFD package
    │  ├─ PackageError                the zip container of an OFD package
    │  ├─ PdfError                    PDF syntax
    │  ├─ SealFormatError             SESeal, SES_Signature, CMS
    │  └─ KeyFormatError              private key containers, certificates to load
    ├─ LimitExceeded                  a resource budget was hit
    ├─ UnsupportedError               well-formed, but not implemented here
    │  └─ MissingExtra                an optional dependency is not installed
    ├─ InvalidSignature               the signature equation does not hold
    ├─ CertificateError
    │  ├─ ChainError  ├─ Expired  ├─ Revoked  ├─ WrongUsage  └─ RevocationUnknown
    ├─ SealError
    │  ├─ SealForged  ├─ SealExpired  └─ SignerNotOnSeal
    ├─ DocumentError
    │  ├─ NotSigned  ├─ Tampered  ├─ NotCovered  ├─ Forbidden  └─ PlacementError
    ├─ JournalError                   a record of use is broken, rolled back or another's
    ├─ RegistryError                  the register (印章台账) refuses
    │  ├─ IllegalStep  ├─ NotPermitted  ├─ Incomplete  ├─ Conflict
    │  └─ RegisterUnavailable         its database is busy or out of reach
    ├─ NotPassed                      raised by ``Report.raise_unless_passed``
    ├─ KeyBackendError
    │  ├─ KeyNotFound  ├─ PinRejected  └─ TokenError
    ├─ InputError                     a file to read is missing or unreadable
    ├─ OutputError                    a file could not be written; the old one is untouched
    └─ NetworkError                   a download or remote service failed

Every error carries a stable dotted ``code``; its message and advice exist in
Chinese and English in :mod:`esealkit.words`.  Any other exception that leaves
a public function for bad *input* is a bug of ours.
"""

from __future__ import annotations

from typing import Any

from esealkit import words

__all__ = [
    "CertificateError",
    "ChainError",
    "Conflict",
    "DerError",
    "DocumentError",
    "EsealError",
    "Expired",
    "Forbidden",
    "IllegalStep",
    "Incomplete",
    "InputError",
    "InvalidSignature",
    "JournalError",
    "KeyBackendError",
    "KeyFormatError",
    "KeyNotFound",
    "LimitExceeded",
    "MalformedError",
    "MissingExtra",
    "NetworkError",
    "NotCovered",
    "NotPassed",
    "NotPermitted",
    "NotSigned",
    "OutputError",
    "PackageError",
    "PdfError",
    "PinRejected",
    "PlacementError",
    "RegisterUnavailable",
    "RegistryError",
    "RevocationUnknown",
    "Revoked",
    "SealError",
    "SealExpired",
    "SealForged",
    "SealFormatError",
    "SignerNotOnSeal",
    "Tampered",
    "TokenError",
    "UnsupportedError",
    "UsageError",
    "WrongUsage",
    "XmlError",
    "input_unreadable",
]


class EsealError(Exception):
    """Base of all errors of esealkit.

    ``code`` is a stable dotted name of the reason (API); ``details`` are plain
    values that the message of that code is written with.  Secrets never go
    into ``details``.
    """

    code: str
    details: dict[str, Any]

    def __init__(self, code: str, /, **details: Any) -> None:
        self.code = code
        self.details = details
        super().__init__(code, details)

    def message(self, lang: words.Language = "en") -> str:
        """What went wrong, in ``lang`` (``"zh"`` or ``"en"``), without control characters."""
        return words.error_message(self.code, lang, self.details)

    def advice(self, lang: words.Language = "en") -> str:
        """What the reader can do about it; ``""`` where there is nothing to say."""
        return words.error_advice(self.code, lang, self.details)

    def __str__(self) -> str:
        return f"{self.message('en')} [{self.code}]"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.details))


def _rebuild(kind: type[EsealError], code: str, details: dict[str, Any]) -> EsealError:
    return kind(code, **details)


class UsageError(EsealError, ValueError):
    """The caller's argument is wrong."""


class MalformedError(EsealError):
    """Bytes do not follow their format."""


class DerError(MalformedError):
    """ASN.1 that is not the DER it should be."""


class XmlError(MalformedError):
    """XML of an OFD package that is malformed, ambiguous or hostile."""


class PackageError(MalformedError):
    """The zip container of an OFD package is broken or ambiguous."""


class PdfError(MalformedError):
    """A PDF file's syntax is broken or ambiguous."""


class SealFormatError(MalformedError):
    """A seal, seal signature or CMS structure does not follow its standard."""


class KeyFormatError(MalformedError):
    """A key container or certificate could not be decoded."""


class LimitExceeded(EsealError):
    """A resource budget of :mod:`esealkit.limits` was hit."""


class UnsupportedError(EsealError):
    """Well-formed input that esealkit does not implement."""


class MissingExtra(UnsupportedError):
    """An optional dependency is not installed; the advice names the extra."""


class InvalidSignature(EsealError):
    """The signature does not belong to this key and message."""


class CertificateError(EsealError):
    """A certificate cannot be used for what is asked."""


class ChainError(CertificateError):
    """No path from the certificate to a trusted one."""


class Expired(CertificateError):
    """The certificate is outside its validity period."""


class Revoked(CertificateError):
    """The certificate was revoked."""


class WrongUsage(CertificateError):
    """The certificate's key usage does not allow this."""


class RevocationUnknown(CertificateError):
    """Revocation was required but could not be checked."""


class SealError(EsealError):
    """A seal cannot be used."""


class SealForged(SealError):
    """The seal maker's signature over the seal does not hold."""


class SealExpired(SealError):
    """The seal is outside its validity period."""


class SignerNotOnSeal(SealError):
    """The signer's certificate is not on the seal's list."""


class DocumentError(EsealError):
    """A document cannot be processed as asked."""


class NotSigned(DocumentError):
    """The document carries no signature."""


class Tampered(DocumentError):
    """A signed document was changed."""


class NotCovered(DocumentError):
    """Something that is shown is covered by no signature."""


class Forbidden(DocumentError):
    """The document itself forbids the operation (permissions, a locking signature)."""


class PlacementError(DocumentError):
    """A stamp cannot be placed where it was asked for."""


class JournalError(EsealError):
    """A record of use is broken, was rolled back, or belongs to something else."""


class RegistryError(EsealError):
    """The register refuses, or its database cannot be used."""


class RegisterUnavailable(RegistryError):
    """The register's database is busy, or cannot be reached or opened."""


class IllegalStep(RegistryError):
    """The seal's state does not allow this step."""


class NotPermitted(RegistryError):
    """The acting member has no role for this step."""


class Incomplete(RegistryError):
    """Materials, an imprint or a reason are missing that the profile asks for."""


class Conflict(RegistryError):
    """Another seal or another clerk's step stands in the way."""


class NotPassed(EsealError):
    """A verification report whose verdict is not *passed*."""


class KeyBackendError(EsealError):
    """A key backend (file, token, device, service) failed."""


class KeyNotFound(KeyBackendError):
    """The named key does not exist in its backend."""


class PinRejected(KeyBackendError):
    """The PIN or password was not accepted."""


class TokenError(KeyBackendError):
    """A cryptographic device reported a failure."""


class InputError(EsealError):
    """A file to be read is missing or cannot be read."""


class OutputError(EsealError):
    """A file could not be written; whatever stood there before is untouched."""


class NetworkError(EsealError):
    """A download or a remote service failed."""


def input_unreadable(path: object, error: Exception) -> InputError:
    """``input.unreadable`` for ``path``, with the system's own reason."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return InputError("input.unreadable", path=str(path), reason=reason)
