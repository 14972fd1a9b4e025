"""Signed bytes in pieces: hashed where they lie."""

from __future__ import annotations

import hashlib
import mmap
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from esealkit.asn1 import oids
from esealkit.crypto import backend, sm2, sm3
from esealkit.errors import UnsupportedError
from esealkit.pki.signed_bytes import SignedBytes, digest_name

PIECES = (b"one ", b"", b"two and three")
WHOLE = b"".join(PIECES)


def test_digests_of_pieces_are_those_of_the_whole() -> None:
    """Every digest over pieces is the digest over all of them, one after the other."""
    found = SignedBytes(*PIECES)
    assert found.digest("sm3") == sm3(WHOLE)
    for name in ("sha1", "sha256", "sha384", "sha512"):
        assert found.digest(name) == hashlib.new(name, WHOLE).digest()
    assert len(found) == len(WHOLE)
    assert found.joined() == WHOLE
    assert SignedBytes.of(found) is found
    assert SignedBytes.of(WHOLE).digest("sm3") == sm3(WHOLE)


def test_an_sm2_signature_over_pieces_verifies() -> None:
    """``sm2_e`` is SM3(Z ‖ M): a signature over the whole verifies by it, over no other."""
    key = sm2.PrivateKey.generate()
    public = key.public_key
    public.verify_e(key.sign(WHOLE), SignedBytes(*PIECES).sm2_e(public.z()))
    with pytest.raises(Exception, match=r"."):
        public.verify_e(key.sign(WHOLE), SignedBytes(WHOLE, b"x").sm2_e(public.z()))


def test_comparing_and_beginnings() -> None:
    """Pieces equal the bytes they make up, and nothing that differs in one byte or in length."""
    found = SignedBytes(*PIECES)
    assert found.equals(WHOLE)
    for other in (b"", WHOLE[:-1], WHOLE + b"x", b"x" + WHOLE[1:], WHOLE[:-1] + b"x"):
        assert not found.equals(other)
    assert found.starts_with(b"one")
    assert not found.starts_with(b"two")
    assert not SignedBytes().starts_with(b"o")


def test_names_of_digests() -> None:
    """Digests are told by their OIDs; one that is not known is an error."""
    assert digest_name(oids.SM3) == "sm3"
    assert digest_name(oids.SHA384) == "sha384"
    with pytest.raises(UnsupportedError):
        digest_name(oids.RSA_WITH_MD5)


def test_a_mapped_file_is_hashed_without_being_copied(tmp_path: Path) -> None:
    """Two pieces of a mapped file of 16 MiB are hashed, by SM3 and SHA-256, with hardly any
    memory; released, they let the file go."""
    path = tmp_path / "large"
    data = bytes(range(256)) * (1 << 16)
    path.write_bytes(data)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view = memoryview(mapped)
    found = SignedBytes(view[:1000], view[2000:])
    view.release()
    tracemalloc.start()
    sm3_found, sha256_found = found.digest("sm3"), found.digest("sha256")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1 << 20
    assert sm3_found == sm3(data[:1000] + data[2000:])
    assert sha256_found == hashlib.sha256(data[:1000] + data[2000:]).digest()
    with pytest.raises(BufferError):
        mapped.close()
    found.release()
    mapped.close()
    assert found.digest("sm3") == sm3_found


@pytest.mark.parametrize("name", ["sm3", "sha256"])
def test_other_threads_run_while_a_large_piece_is_hashed(name: str) -> None:
    """Hashing lets other threads run: with switching by time switched off, a second thread
    counts on while the first is inside one update."""
    if name == "sm3" and backend() == "pure":
        pytest.skip("the fallback hashes inside the interpreter's lock")
    data = bytes(64 << 20)
    seen = False
    old = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        for _ in range(20):
            states: list[str] = []
            started = threading.Event()

            def work(states: list[str] = states, started: threading.Event = started) -> None:
                found = SignedBytes(data)
                started.set()
                found.digest(name)
                states.append("done")

            thread = threading.Thread(target=work)
            thread.start()
            started.wait()
            # Only a release of the interpreter's lock lets this line run before the digest is done.
            seen = seen or not states
            thread.join()
    finally:
        sys.setswitchinterval(old)
    assert seen
