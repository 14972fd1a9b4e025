"""SM3 (GB/T 32905-2016): digests, streaming, and the hashlib interface."""

from __future__ import annotations

import array
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ANSWERS = [
    (b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    (
        b"abcdefghijklmnopqrstuvwxyz",
        "b80fe97a4da24afc277564f66a359ef440462ad28dcc6d63adb24d5c20a61595",
    ),
    (b"a" * 10**6, "c8aaf89429554029e231941a2acc0ad61ff2a5acd8fadd25847a3a732b3b02c3"),
]


@pytest.mark.parametrize(("message", "digest"), ANSWERS)
def test_standard_answers(crypto: Any, message: bytes, digest: str) -> None:
    """SM3 gives the digests of GB/T 32905 annex A and the well-known longer ones."""
    assert crypto.sm3(message).hex() == digest
    assert crypto.SM3(message).hexdigest() == digest
    assert crypto.sm3_many([message, b"", message])[2].hex() == digest


def test_published_files(crypto: Any, vectors: Path) -> None:
    """SM3 agrees with every published vector file of OpenSSL, Botan, pyca and openHiTLS."""
    pairs: list[tuple[str, str]] = []
    text = (vectors / "botan-sm3.vec").read_text()
    pairs += re.findall(r"^In = (\w*)\nOut = (\w+)", text, re.MULTILINE)
    for name in ("openssl-evpmd_sm3.txt", "tongsuo-evpmd_sm3.txt"):
        text = (vectors / name).read_text()
        pairs += re.findall(r"^Digest = SM3\nInput = (\w*)\nOutput = (\w+)", text, re.MULTILINE)
    text = (vectors / "pyca-SM3-oscca.txt").read_text()
    for bits, message, digest in re.findall(r"Len = (\d+)\nMsg = (\w+)\nMD = (\w+)", text):
        pairs.append((message[: int(bits) // 4], digest))
    text = (vectors / "hitls-test_suite_sdv_eal_sm3.data").read_text()
    pairs += re.findall(r'FUNC_TC002:"(\w*)":"(\w+)"', text)
    assert len(pairs) > 100
    messages = [bytes.fromhex(message) for message, _ in pairs]
    wanted = [digest.lower() for _, digest in pairs]
    assert [digest.hex() for digest in crypto.sm3_many(messages)] == wanted
    assert [crypto.sm3(message).hex() for message in messages] == wanted


def test_every_length_agrees_between_bodies(native: Any, pure: Any) -> None:
    """Both bodies give the same digest for every length from 0 to 300 bytes."""
    data = bytes(range(256)) * 2
    messages = [data[:length] for length in range(301)]
    assert native.sm3_many(messages) == pure.sm3_many(messages)


def test_every_split_point(native: Any) -> None:
    """A message of 0 to 300 bytes gives one digest wherever it is split in two updates."""
    data = bytes(index * 7 % 251 for index in range(300))
    for length in range(301):
        whole = native.sm3(data[:length])
        for split in range(length + 1):
            running = native.SM3(data[:split])
            running.update(data[split:length])
            assert running.digest() == whole


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_streaming_equals_one_call(parts: list[bytes]) -> None:
    """Any sequence of updates equals one call over the joined bytes; digests do not disturb."""
    from esealkit.crypto import SM3, sm3

    running = SM3()
    for index, part in enumerate(parts):
        running.update(part)
        assert running.digest() == sm3(b"".join(parts[: index + 1]))


def test_copy_is_independent(crypto: Any) -> None:
    """A copied hash continues on its own and leaves the first one as it was."""
    first = crypto.SM3(b"ab")
    second = first.copy()
    second.update(b"c")
    assert first.digest() == crypto.sm3(b"ab")
    assert second.digest() == crypto.sm3(b"abc")


def test_hashlib_attributes(crypto: Any) -> None:
    """The hash has the attributes of hashlib objects and works as the digest of hmac."""
    import hmac

    assert (crypto.SM3.name, crypto.SM3.digest_size, crypto.SM3.block_size) == ("sm3", 32, 64)
    assert crypto.SM3(b"x", usedforsecurity=False).digest() == crypto.sm3(b"x")
    mac = hmac.new(b"key", b"message", digestmod=crypto.SM3).hexdigest()
    assert mac == hmac.HMAC(b"key", b"message", crypto.SM3).hexdigest()
    assert len(mac) == 64


def test_hmac_vectors(crypto: Any, vectors: Path) -> None:
    """HMAC over our SM3 gives the answers of Wycheproof's hmac_sm3_test."""
    import hmac
    import json

    groups = json.loads((vectors / "wycheproof-hmac_sm3_test.json").read_text())["testGroups"]
    seen = 0
    for group in groups:
        for case in group["tests"]:
            mac = hmac.new(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), crypto.SM3)
            tag = mac.digest()[: group["tagSize"] // 8].hex()
            assert (tag == case["tag"]) == (case["result"] == "valid"), case["tcId"]
            seen += 1
    assert seen > 100


def test_more_than_2_to_the_32_bits(native: Any, pure: Any) -> None:
    """The length counter is right beyond 2^32 bits (GB/T 32905 5.2: 64 bits)."""
    block = bytes(1 << 20)
    ours, other = native.SM3(), pure.SM3()
    for _ in range(512):
        ours.update(block)
        other.update(block)
    ours.update(b"end")
    other.update(b"end")
    assert ours.digest() == other.digest()


@pytest.mark.parametrize("offset", range(1, 9))
def test_unaligned_buffers(crypto: Any, offset: int) -> None:
    """A buffer at any address gives the same digest."""
    data = bytes(range(200))
    room = bytearray(300)
    room[offset : offset + 200] = data
    assert crypto.sm3(memoryview(room)[offset : offset + 200]) == crypto.sm3(data)


def test_buffer_types(crypto: Any, tmp_path: Path) -> None:
    """Every contiguous buffer is accepted and read as its bytes."""
    import mmap

    data = bytes(range(64))
    (tmp_path / "f").write_bytes(data)
    wanted = crypto.sm3(data)
    with (tmp_path / "f").open("rb") as file, mmap.mmap(file.fileno(), 0, access=1) as mapped:
        assert crypto.sm3(mapped) == wanted
        assert crypto.SM3(mapped).digest() == wanted
    for buffer in (bytearray(data), memoryview(data), array.array("I", data)):
        assert crypto.sm3(buffer) == wanted
        assert crypto.sm3_many([buffer])[0] == wanted
    assert crypto.sm3(array.array("I")) == crypto.sm3(b"")
    assert crypto.sm3_many([]) == []


@pytest.mark.parametrize("wrong", ["text", 5, None, 2**70, 1.5, [1, 2], object()])
def test_what_is_no_buffer_is_refused(crypto: Any, wrong: object) -> None:
    """A str, number or other object is a TypeError, wherever bytes are asked for."""
    with pytest.raises(TypeError):
        crypto.sm3(wrong)
    with pytest.raises(TypeError):
        crypto.SM3(wrong)
    with pytest.raises(TypeError):
        crypto.SM3().update(wrong)
    with pytest.raises(TypeError):
        crypto.sm3_many([b"", wrong])


def test_gaps_are_refused(crypto: Any) -> None:
    """A non-contiguous view is a BufferError, never a silent copy."""
    view = memoryview(bytes(100))[::2]
    with pytest.raises(BufferError):
        crypto.sm3(view)
    with pytest.raises(BufferError):
        crypto.SM3().update(view)
    with pytest.raises(BufferError):
        crypto.sm3_many([view])


class Liar(bytes):
    """A bytes subclass whose methods lie."""

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, index: Any) -> Any:
        raise RuntimeError

    def __bytes__(self) -> bytes:
        return b"lie"

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


def test_lying_subclasses_cannot_mislead(crypto: Any) -> None:
    """Lengths and bytes come from the buffer, not from a subclass's methods."""
    assert crypto.sm3(Liar(b"abc")) == crypto.sm3(b"abc")
    assert crypto.SM3(Liar(b"abc")).digest() == crypto.sm3(b"abc")
    assert crypto.sm3_many([Liar(b"abc")]) == [crypto.sm3(b"abc")]


def test_a_bytearray_cannot_be_resized_while_it_is_hashed(native: Any) -> None:
    """While the core reads a bytearray in one thread, another thread cannot resize it."""
    data = bytearray(200 << 20)
    started, outcome = threading.Event(), []

    def hash_it() -> None:
        started.set()
        outcome.append(native.sm3(data))

    thread = threading.Thread(target=hash_it)
    thread.start()
    started.wait()
    refused = False
    while thread.is_alive() and not refused:
        try:
            data.append(0)
            data.pop()
        except BufferError:
            refused = True
    thread.join()
    assert refused
    data.append(0)  # and afterwards nothing holds it
    assert len(outcome) == 1


def test_threads_may_share_a_hash(native: Any) -> None:
    """Concurrent updates of one hash are atomic: no byte is lost or torn."""
    running = native.SM3()

    def feed() -> None:
        for _ in range(500):
            running.update(b"x" * 4097)

    threads = [threading.Thread(target=feed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert running.digest() == native.sm3(b"x" * 4097 * 2000)


def test_a_running_hash_is_not_pickled(crypto: Any) -> None:
    """Pickling a running hash is a TypeError, as with hashlib."""
    import pickle

    with pytest.raises(TypeError):
        pickle.dumps(crypto.SM3())


def test_batches_of_uneven_messages(crypto: Any) -> None:
    """Batches of any size and of any mixture of lengths give each message its own digest."""
    data = bytes(index * 13 % 256 for index in range(6000))
    for count in (0, 1, 2, 7, 8, 9, 16, 17, 31, 33, 65):
        messages = [data[: index * 7919 % 6000] for index in range(count)]
        assert crypto.sm3_many(messages) == [crypto.sm3(message) for message in messages]


def test_a_variant_is_left_as_it_was(native: Any) -> None:
    """Forcing a slower variant lasts for its block, and none above the machine's can be forced."""
    best = native.backend()
    assert native._active.variants()[0] == best
    for variant in native._active.variants():
        with native._active.using(variant):
            assert native.backend() == variant
        assert native.backend() == best
