"""Stamping through a vendor's seal plug-in (OES), which makes the seal signature itself.

The plug-in is asked as OFD readers ask it: with the digest of Signature.xml and its path.  What
it answers is embedded as it came, and the finished file is held against the verifier like any
other: a signature over something else, or with another seal, never takes its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from esealkit.api.circumstances import Circumstances, Places
from esealkit.api.committing import Receipt, commit, write_staged
from esealkit.api.ofd_documents import package_to_sign
from esealkit.crypto import sm3
from esealkit.keys.oes import OesPlugin
from esealkit.ofd.signatures import Provider
from esealkit.seal.model import ElectronicSeal
from esealkit.signing.ofd_signing import plan_seal
from esealkit.signing.output import staged_for
from esealkit.signing.readiness import check_seal_ready

__all__ = ["stamp_through"]


def stamp_through(
    plugin: OesPlugin,
    content: bytes | BinaryIO,
    destination: Path | BinaryIO,
    *,
    seal: ElectronicSeal,
    placement: Places,
    around: Circumstances,
) -> Receipt:
    """Stamp an OFD document with the plug-in's chosen seal, which is ``seal``.

    Readers choose their plug-in by the signature's provider: it is the plug-in's own unless
    the caller named one.

    :raises SealExpired, SealForged: the seal must not be used now; the certificate the plug-in
        signs with is known only afterwards, and checked then.
    :raises TokenError: the plug-in failed or its user cancelled.
    :raises OutputError: what it made does not verify.
    """
    document = package_to_sign(content, around)
    before = around.judging.standing(content, around.when)
    when = around.now.replace(microsecond=0)
    check_seal_ready(seal, now=when)
    laid = plan_seal(
        document,
        seal=seal,
        placement=placement,
        when=when,
        extent=around.extent,
        provider=around.provider or _own_provider(plugin),
    )
    value = plugin.seal_signature(
        property_info=laid.property_info, data_hash=sm3(laid.signature_xml), when=when
    )
    with staged_for(destination) as staged:
        write_staged(staged, lambda out: laid.write(out, value))
        return commit(
            staged,
            when,
            around.judging,
            clock_is_system=around.clock_is_system,
            before=before,
            body=around.extent.body,
        )


def _own_provider(plugin: OesPlugin) -> Provider | None:
    said = plugin.provider()
    if not said.get("name"):
        return None
    return Provider(
        name=said["name"], version=said.get("version", ""), company=said.get("company", "")
    )
