"""《电子印章制作证书》 and 《电子印章注销证书》: sealed OFD or PDF, and signed data (BJ-04)."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from esealkit.crypto.signing_key import SigningKey
from esealkit.errors import UsageError
from esealkit.registry import schema
from esealkit.registry.certificate_page import CERTIFICATES, facts_of, lay_out
from esealkit.registry.desk import Taken
from esealkit.registry.machine import Role, State, illegal_step
from esealkit.registry.publishing import Publishing, may_sign
from esealkit.registry.reading import row_of
from esealkit.registry.records import SealRecord
from esealkit.registry.store import moment_text

if TYPE_CHECKING:
    from esealkit.api.sources import Source
    from esealkit.api.verify import Trust
    from esealkit.seal.model import ElectronicSeal

__all__ = ["Certificates"]

_FILED_AS = {"making": ("making",), "cancellation": ("cancellation", "unclaimed")}


class Certificates(Publishing):
    """Certificates about seals, sealed with the workshop's own seal."""

    def certificate(
        self,
        reference: str,
        destination: str | PathLike[str],
        *,
        kind: str,
        key: SigningKey,
        seal: ElectronicSeal | Source | None = None,
        trust: Trust = None,
    ) -> str:
        """Write a certificate of making or cancellation; gives the SHA-256 of the file.

        Its digest goes to the filing it belongs to, which under some profiles is not reported
        without it.

        :param destination: ``.ofd`` and ``.pdf`` are sealed documents, ``.p7`` is signed data.
        :param kind: ``making`` or ``cancellation``.
        :param key: the workshop's; ``seal`` its own electronic seal, for a document.
        :raises IllegalStep: the seal is not made, or not cancelled.
        :raises CertificateError: the key's certificate may not sign now.
        """
        target = Path(destination)
        form = target.suffix.lower()
        if form not in (".ofd", ".pdf", ".p7"):
            raise UsageError("registry.certificate_format", path=str(target))
        if form != ".p7" and seal is None:
            raise UsageError("registry.certificate_seal")
        record = self._certified(reference, kind)
        self._issue(record, "certificate.begun", kind)
        digest = (
            self._write_data(record, kind, target, key)
            if seal is None or form == ".p7"
            else self._stamp_page(record, kind, target, seal, key, trust)
        )
        self._issue(record, "certificate.issued", kind, digest)
        return digest

    def certificate_data(self, reference: str, *, kind: str, key: SigningKey) -> bytes:
        """The same facts as JSON in a signed message, schema ``esealkit.seal-certificate/1``."""
        return self._data(self._certified(reference, kind), kind, key)

    def _data(self, record: SealRecord, kind: str, key: SigningKey) -> bytes:
        from esealkit.pki.statement import plain_json, sign_statement

        now = self._store.clock()
        may_sign(key, now)
        value = {
            "schema": "esealkit.seal-certificate/1",
            "kind": kind,
            "issued_at": moment_text(now),
            "facts": dict(facts_of(record, kind)),
        }
        return sign_statement(plain_json(value), key=key, moment=now)

    def _write_data(self, record: SealRecord, kind: str, target: Path, key: SigningKey) -> str:
        import hashlib

        from esealkit.signing.output import StagedFile

        data = self._data(record, kind, key)
        with StagedFile(target) as staged:
            staged.write(data)
            staged.commit()
        return hashlib.sha256(data).hexdigest()

    def _stamp_page(
        self,
        record: SealRecord,
        kind: str,
        target: Path,
        seal: ElectronicSeal | Source,
        key: SigningKey,
        trust: Trust,
    ) -> str:
        from esealkit.api.sign import stamp
        from esealkit.placement import At

        pages = lay_out(record, kind, issued=self._store.clock())
        write: Callable[[], bytes] = pages.pdf if target.suffix.lower() == ".pdf" else pages.ofd
        x, y = pages.seal_at
        receipt = stamp(
            write(),
            target,
            seal=seal,
            key=key,
            placement=At(page=pages.count, x=x, y=y),
            trust=trust,
            clock=self._store.clock,
        )
        return receipt.sha256

    def _certified(self, reference: str, kind: str) -> SealRecord:
        if kind not in CERTIFICATES:
            raise UsageError("registry.certificate_kind", found=kind)
        with self._reading(Role.CLERK, Role.MAKER):
            pass
        record = self._record(reference)
        ended = record.state in (State.CANCELLED, State.REPLACED)
        if not record.seals or (kind == "cancellation" and not ended):
            allowed = {State.MADE if kind == "making" else State.CANCELLED}
            raise illegal_step("certificate", record.state, allowed, seal=record.reference)
        return record

    def _issue(self, record: SealRecord, event: str, kind: str, digest: str = "") -> None:
        """On record before it can be seen, and with its digest after."""
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK, Role.MAKER)
            taken = Taken(step, row_of(step.connection, record.reference))
            facts = {"kind": kind}
            if digest:
                facts["sha256"] = digest
                table = schema.filings
                newest = (
                    sa.select(sa.func.max(table.c.id))
                    .where(table.c.seal == taken.row.id, table.c.kind.in_(_FILED_AS[kind]))
                    .scalar_subquery()
                )
                step.connection.execute(
                    table.update().where(table.c.id == newest).values(certificate=digest)
                )
            self._finish(taken, event, facts)
