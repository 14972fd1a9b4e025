"""Stamping through a vendor's seal plug-in (OES), which makes the seal signature itself.

The plug-in is asked as OFD readers ask it: with the digest of Signature.xml and its path.  What
it answers is embedded as it came, and the finished file is held against the verifier like any
other: a signature over something else, or with another seal, never takes its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from esealkit.api.committing import Judging, Receipt, Standing, commit, write_staged
from esealkit.crypto import sm3
from esealkit.keys.oes import OesPlugin
from esealkit.ofd.document import OfdDocument
from esealkit.ofd.signatures import Provider
from esealkit.placement import Placement
from esealkit.seal.model import ElectronicSeal
from esealkit.signing.ofd_signing import Extent, plan_seal
from esealkit.signing.output import StagedFile
from esealkit.signing.readiness import check_seal_ready

__all__ = ["stamp_through"]


def stamp_through(
    plugin: OesPlugin,
    document: OfdDocument,
    destination: str | PathLike[str],
    *,
    seal: ElectronicSeal,
    placement: Placement | Iterable[Placement],
    extent: Extent,
    judging: Judging,
    before: Standing,
    now: dt.datetime,
    clock_is_system: bool,
    provider: Provider | None,
) -> Receipt:
    """Stamp ``document`` with the plug-in's chosen seal, which is ``seal``.

    Readers choose their plug-in by the signature's provider: it is the plug-in's own unless
    ``provider`` says otherwise.

    :raises SealExpired, SealForged: the seal must not be used now; the certificate the plug-in
        signs with is known only afterwards, and checked then.
    :raises TokenError: the plug-in failed or its user cancelled.
    :raises OutputError: what it made does not verify.
    """
    when = now.astimezone(dt.UTC).replace(microsecond=0)
    check_seal_ready(seal, now=when)
    laid = plan_seal(
        document,
        seal=seal,
        placement=placement,
        when=when,
        extent=extent,
        provider=provider or _own_provider(plugin),
    )
    value = plugin.seal_signature(
        property_info=laid.property_info, data_hash=sm3(laid.signature_xml), when=when
    )
    with StagedFile(Path(destination)) as staged:
        write_staged(staged, lambda out: laid.write(out, value))
        return commit(
            staged,
            when,
            judging,
            clock_is_system=clock_is_system,
            before=before,
            body=extent.body,
        )


def _own_provider(plugin: OesPlugin) -> Provider | None:
    said = plugin.provider()
    if not said.get("name"):
        return None
    return Provider(
        name=said["name"], version=said.get("version", ""), company=said.get("company", "")
    )
