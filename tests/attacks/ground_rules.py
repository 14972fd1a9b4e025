"""G-01 to G-08: files on which a verifier that breaks a ground rule would be fooled."""

from __future__ import annotations

from esealkit.asn1 import build, der
from tests.attacks.workshop import LIST, OWN, PAGE, VALUE, Catalogue, bent, put, swap, text
from tests.support.ofds import NS, PARTS, pack, unpack
from tests.support.stamped import Workbench
from tests.support.zips import Entry, archive

ATTACKS = Catalogue()
attack, change = ATTACKS, ATTACKS.bent


@attack("G-01", "value that breaks its parser")
def _(bench: Workbench) -> bytes:
    return bent(bench.sign(), put(VALUE, b"\x30\x84\xff\xff\xff\xff"))


@attack("G-02", "failed file whose report could be taken for true")
def _(bench: Workbench) -> bytes:
    return bent(bench.sign(), put(PAGE, b"<x/>"))


def _zeros(value: bytes) -> bytes:
    """r = s = 0 in place of the signature."""
    node = der.parse(value, notes=[])
    parts = node.sequence("value", 4)
    zero = build.bit_string(build.sequence(build.integer(0), build.integer(0)))
    return build.sequence(*(part.raw for part in parts[:-1]), zero)


@attack("G-03", "signature of r = 0 and s = 0")
def _(bench: Workbench) -> bytes:
    return bench.sign(value=_zeros)


change(
    "G-04",
    "Signature.xml written anew, same meaning",
    lambda parts: parts.update({OWN: parts[OWN].replace(b"?>\n", b"?>\r\n", 1)}),
)


@attack("G-05", "two names that lead to one part")
def _(bench: Workbench) -> bytes:
    return bench.sign(describe=text(f'FileRef="/{PAGE}"', f'FileRef="/{PAGE.lower()}"'))


change(
    "G-06",
    "unsigned list calls the seal a plain signature",
    swap(LIST, 'Type="Seal"', 'Type="Sign"'),
)


@attack("G-07", "links to the network and to local files")
def _(bench: Workbench) -> bytes:
    row = '<ofd:MultiMedias><ofd:MultiMedia ID="5"><ofd:MediaFile>http://127.0.0.1:9/a</ofd:MediaFile></ofd:MultiMedia><ofd:MultiMedia ID="6"><ofd:MediaFile>../../../etc/passwd</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>'
    return bench.sign(
        pack({**PARTS, "Doc_0/PublicRes.xml": f"<ofd:Res {NS}>{row}</ofd:Res>".encode()})
    )


@attack("G-08", "two entries of one name")
def _(bench: Workbench) -> bytes:
    rows = [Entry(name, part) for name, part in unpack(bench.sign()).items()]
    return archive([*rows, Entry(PAGE, b"<evil/>")])
