"""Single-bit flips of sealed documents, and the few bits of a zip that mean nothing."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from esealkit.api.verify import Verifier
from esealkit.seal.model import Edition
from tests.attacks.workshop import digital, message
from tests.support.ofds import PARTS, pack, unpack
from tests.support.pointers import pointers
from tests.support.stamped import Workbench

_LOCAL = {4: 2, 10: 4}
"""Local header: version needed, time and date."""
_CENTRAL = {4: 4, 12: 4, 36: 6}
"""Directory entry: versions made by and needed, time and date, attributes."""


def documents(bench: Workbench) -> list[bytes]:
    """Ten sealed documents: every edition, several signatures, locks, digital signatures."""
    from esealkit.crypto import sm3

    attached = next(item for item in pointers() if item.kind == "Attachments")
    return [
        bench.sign(),
        bench.sign(lock=True),
        bench.sign(edition=Edition.V1, seal=bench.seal(edition=Edition.V1)),
        bench.sign(edition=Edition.V5, seal=bench.seal(edition=Edition.V5), lock=True),
        bench.sign(bench.sign()),
        bench.sign(bench.sign(bench.sign()), lock=True),
        bench.sign(pack(PARTS)),
        bench.sign(pack({**PARTS, **attached.signed, **attached.planted}), lock=True),
        digital(bench, lambda xml, info: message(bench, info(sm3(xml)), content=sm3(xml))),
        bench.stamped,
    ]


def inert_bits(data: bytes) -> frozenset[int]:
    """Bits (8 · offset + bit) that no reader of the package takes anything from.

    Versions, times, attributes; the two bits that tell how hard the compressor tried; bit 11 of
    an ASCII name; and in the last byte of a deflate stream what comes after its end.  Besides,
    deflate can say one thing in several ways: see :func:`same_content`.
    """
    found: set[int] = set()
    end = data.rindex(b"PK\x05\x06")
    count, _, place = struct.unpack_from("<HLL", data, end + 10)
    for _ in range(count):
        name, extra, comment = struct.unpack_from("<3H", data, place + 28)
        method, packed = struct.unpack_from("<H8xL", data, place + 10)
        (header,) = struct.unpack_from("<L", data, place + 42)
        for start, fields in ((header, _LOCAL), (place, _CENTRAL)):
            for offset, size in fields.items():
                found.update(range(8 * (start + offset), 8 * (start + offset + size)))
            flags = 8 * (start + (6 if fields is _LOCAL else 8))
            found.update((flags + 1, flags + 2, flags + 11))
        local_name, local_extra = struct.unpack_from("<2H", data, header + 26)
        if method == 8 and packed:
            last = header + 30 + local_name + local_extra + packed - 1
            found.update(range(8 * last, 8 * last + 8))
        place += 46 + name + extra + comment
    return frozenset(found)


def same_content(data: bytes, bent: bytes) -> bool:
    """Whether both packages hold the same parts, byte for byte: a copy taken from another place
    of the window, for example, inflates to the same text.
    """
    return unpack(data) == unpack(bent)


def passed_flips(
    documents: list[bytes], verifier: Verifier, seed: int, count: int
) -> Iterator[tuple[str, bool]]:
    """Of ``count`` flips those that passed: where, and whether the bit is inert."""
    rng = random.Random(seed)
    inert = [inert_bits(data) for data in documents]
    for _ in range(count):
        number = rng.randrange(len(documents))
        bit = rng.randrange(8 * len(documents[number]))
        bent = bytearray(documents[number])
        bent[bit // 8] ^= 1 << bit % 8
        if verifier.report(bytes(bent)).verdict.value == "passed":
            harmless = bit in inert[number] or same_content(documents[number], bytes(bent))
            yield f"document {number}, byte {bit // 8}, bit {bit % 8}", harmless
