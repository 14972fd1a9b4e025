"""What a signature is made with, and under what: two values that every signing verb hands on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from esealkit.api.committing import Judging
from esealkit.api.pdf_options import PdfOptions
from esealkit.api.timestamping import TimeStamper
from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import UnsupportedError, UsageError
from esealkit.ofd.signatures import Provider
from esealkit.pki.certificate import Certificate
from esealkit.pki.trust import merge
from esealkit.placement import Placement
from esealkit.seal.model import ElectronicSeal
from esealkit.signing.ofd_signing import Extent, PlacedMark
from esealkit.signing.readiness import check_ready, check_signer_ready

__all__ = ["Circumstances", "Places", "Request", "provider_of"]

Places = Placement | Iterable[Placement]
_WHOLE = Extent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Under what a document is signed."""

    now: dt.datetime
    """UTC."""
    clock_is_system: bool
    judging: Judging
    """What the finished file is verified with."""
    extent: Extent = _WHOLE
    """What is covered and locked; of a PDF only ``lock``."""
    entries: bool = False
    """OFD: list the package's files afterwards."""
    provider: Provider | None = None
    timestamper: TimeStamper | None = None
    also_key: SigningKey | None = None
    """PDF: signs once more, in another algorithm."""
    further: bool = False
    """PDF: a prepared signing will have an ``also_key`` when it is completed."""
    pdf: PdfOptions | None = None

    @property
    def when(self) -> dt.datetime | None:
        """At which time files are verified: now, unless the caller gave a clock."""
        return None if self.clock_is_system else self.now

    def allow_ofd(self) -> None:
        """Refuse what only a PDF has.

        :raises UnsupportedError: such an option was given.
        """
        given = {
            "password": self.judging.password,
            "also_key": self.also_key or self.further or None,
            "pdf": self.pdf,
        }
        _refuse("signing.only_pdf", given)

    def allow_pdf(self, *, mark: PlacedMark | None = None) -> None:
        """Refuse options of GB/T 33190 and GM/T 0099 that a PDF has no place for.

        :raises UnsupportedError: such an option was given.
        """
        given = {
            "protect": self.extent.protect != _WHOLE.protect or None,
            "body": self.extent.body or None,
            "relative_to": self.extent.relative_to,
            "entries": self.entries or None,
            "mark": mark,
        }
        _refuse("signing.only_ofd", given)

    def allow_plugin(self) -> None:
        """Refuse what a seal plug-in cannot do: it makes one whole signature on an OFD document.

        :raises UnsupportedError: such an option was given.
        """
        given = {
            "timestamper": self.timestamper,
            "entries": self.entries or None,
            "password": self.judging.password,
        }
        _refuse("signing.not_by_plugin", given)
        self.allow_ofd()


def _refuse(code: str, given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if value is not None:
            raise UnsupportedError(code, what=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is signed with: a certificate, and a seal or a mark where there is one."""

    certificate: Certificate
    chain: tuple[bytes, ...] = ()
    """Certificates above it, DER."""
    seal: ElectronicSeal | None = None
    """``None`` makes a digital signature."""
    placement: Places = field(default=())
    """Of the seal."""
    mark: PlacedMark | None = None
    """OFD: shows a digital signature."""
    attributes: bool = False
    """OFD: a digital signature signs attributes that hold the digest."""

    @classmethod
    def ready(
        cls,
        certificate: bytes | None,
        chain: Iterable[bytes],
        around: Circumstances,
        *,
        seal: ElectronicSeal | None = None,
        placement: Places = (),
        mark: PlacedMark | None = None,
        attributes: bool = False,
    ) -> Request:
        """The request, once seal and certificate may be used now.

        :raises UsageError: no certificate; a seal with one that is not for SM2.
        :raises SealError, CertificateError: as for :func:`check_ready`.
        """
        if certificate is None:
            raise UsageError("signing.no_certificate")
        own, path = Certificate(certificate), tuple(chain)
        stores = merge(around.judging.trust)
        others = [Certificate(item) for item in path]
        if seal is None:
            check_signer_ready(
                own, now=around.now, stores=stores, intermediates=others, sm2_only=False
            )
        else:
            check_ready(seal, own, now=around.now, stores=stores, intermediates=others)
        return cls(
            certificate=own,
            chain=path,
            seal=seal,
            placement=placement,
            mark=mark,
            attributes=attributes,
        )


def provider_of(text: str | None) -> Provider | None:
    """What ``NAME[:VERSION[:COMPANY]]`` says.

    :raises UsageError: it has no name.
    """
    if text is None:
        return None
    parts = [*text.split(":", 2), "", ""][:3]
    if not parts[0].strip():
        raise UsageError("usage.provider", found=text)
    return Provider(name=parts[0], version=parts[1], company=parts[2])
