"""The attacker's tools: cases by id, and ways to bend a sealed document."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from esealkit.ofd import OfdDocument, plan
from tests.support.cms import by_issuer, signed_data, signer_info
from tests.support.ofds import pack, unpack
from tests.support.sample import sample
from tests.support.stamped import Parts, Workbench, described

DOC = "Doc_0/Document.xml"
LIST = "Doc_0/Signs/Signatures.xml"
SIGN = "Doc_0/Signs/Sign_0/"
OWN = f"{SIGN}Signature.xml"
VALUE = f"{SIGN}SignedValue.dat"
SEAL = f"{SIGN}Seal.esl"
PAGE = "Doc_0/Pages/Page_0/Content.xml"

Build = Callable[[Workbench], bytes]


@dataclass(frozen=True)
class Attack:
    """One hostile file."""

    id: str
    """Row of the catalogue, e.g. ``O-05``."""
    name: str
    """What was done, unique within the row."""
    build: Build

    @property
    def key(self) -> str:
        return f"{self.id} {self.name}"


class Catalogue:
    """Attacks in the order they were written down."""

    def __init__(self) -> None:
        self.attacks: list[Attack] = []

    def __call__(self, row: str, name: str) -> Callable[[Build], Build]:
        """A decorator: the function builds the file."""

        def add(build: Build) -> Build:
            self.attacks.append(Attack(row, name, build))
            return build

        return add

    def bent(self, row: str, name: str, change: Callable[[Parts], object]) -> None:
        """The stamped contract with its parts changed."""
        self.attacks.append(Attack(row, name, lambda bench: bent(bench.sign(), change)))

    def raw(self, row: str, name: str, data: bytes) -> None:
        """A file that needs no key."""
        self.attacks.append(Attack(row, name, lambda _: data))

    def described(
        self, row: str, name: str, describe: Callable[[bytes], bytes], **parts: bytes
    ) -> None:
        """A signer who writes another Signature.xml, and signs it properly."""
        self.attacks.append(Attack(row, name, lambda bench: bench.sign(describe=describe)))

    def __iter__(self) -> Iterator[Attack]:
        return iter(self.attacks)


def bent(data: bytes, change: Callable[[Parts], object]) -> bytes:
    """The package after ``change`` bent its parts in place."""
    parts = unpack(data)
    change(parts)
    return pack(parts)


def put(name: str, content: bytes) -> Callable[[Parts], object]:
    """A change that writes one part."""
    return lambda parts: parts.update({name: content})


def swap(name: str, old: str, new: str) -> Callable[[Parts], object]:
    """A change of text in one part, which must be there."""

    def change(parts: Parts) -> None:
        before = parts[name]
        assert old.encode() in before, (name, old)
        parts[name] = before.replace(old.encode(), new.encode(), 1)

    return change


def text(old: str, new: str) -> Callable[[bytes], bytes]:
    """A change of text in Signature.xml, which must be there."""

    def change(xml: bytes) -> bytes:
        assert old.encode() in xml, old
        return xml.replace(old.encode(), new.encode(), 1)

    return change


def uncover(*names: str) -> Callable[[bytes], bytes]:
    """Signature.xml without the references to ``names``."""

    def change(xml: bytes) -> bytes:
        for name in names:
            row = re.compile(
                rb'<ofd:Reference FileRef="/' + re.escape(name.encode()) + rb'">.*?</ofd:Reference>'
            )
            xml, count = row.subn(b"", xml)
            assert count == 1, name
        return xml

    return change


def every(*changes: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Several changes of Signature.xml."""

    def change(xml: bytes) -> bytes:
        for each in changes:
            xml = each(xml)
        return xml

    return change


def digital(bench: Workbench, value: Callable[[bytes, Callable[..., bytes]], bytes]) -> bytes:
    """The contract under a digital signature; ``value`` makes it from Signature.xml."""
    laid = plan(OfdDocument.open(sample()), when=bench.now, kind="Sign")
    key, certificate = bench.key("signer"), bench.certificate("signer")

    def info(message: bytes, **changes: object) -> bytes:
        return signer_info(
            message, key=key, certificate=certificate, sid=by_issuer(certificate), **changes
        )  # type: ignore[arg-type]

    out = io.BytesIO()
    laid.write(out, value(laid.signature_xml, info))
    return out.getvalue()


def message(bench: Workbench, *infos: bytes, content: bytes | None) -> bytes:
    """SignedData with the signer's certificate."""
    return signed_data(*infos, content=content, certificates=(bench.certificate("signer").der,))


__all__ = [
    "DOC", "LIST", "OWN", "PAGE", "SEAL", "SIGN", "VALUE", "Attack", "Catalogue", "bent",
    "described", "digital", "every", "message", "put", "swap", "text", "uncover",
]  # fmt: skip
