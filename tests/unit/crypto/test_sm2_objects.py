"""Keys as objects: secrets, immutability, buffers, threads, forks, faults of the platform."""

from __future__ import annotations

import array
import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from esealkit.errors import EsealError, InvalidSignature


def test_no_secret_is_shown(crypto: Any) -> None:
    """repr, str, format and the attributes of a private key do not show d in any form."""
    secret = bytes(range(1, 33))
    key = crypto.sm2.PrivateKey.from_bytes(secret)
    shown = f"{key!r} {key!s} {key} {vars(type(key))} {dir(key)} {key._handle!r}"
    number = int.from_bytes(secret, "big")
    for form in (secret.hex(), secret[::-1].hex(), str(number), repr(secret)):
        assert form.lower() not in shown.lower()
    assert not hasattr(key, "__dict__")
    assert key.to_bytes() == secret


def test_no_secret_in_errors(crypto: Any, standard: Any) -> None:
    """A refused private key does not appear in the error or its traceback."""
    secret = (standard.n + 5).to_bytes(32, "big")
    try:
        crypto.sm2.PrivateKey.from_bytes(secret)
    except EsealError as error:
        text = "".join(traceback.format_exception(error)) + repr(error) + repr(error.details)
        assert secret.hex() not in text
        assert repr(secret) not in text
    else:
        pytest.fail("accepted")


def test_a_private_key_is_not_pickled_or_copied(crypto: Any) -> None:
    """pickle and copy refuse a private key at every protocol."""
    key = crypto.sm2.PrivateKey.generate()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(key, protocol)
    for duplicate in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            duplicate(key)


def test_the_secret_is_wiped(native: Any) -> None:
    """When the key object dies, its memory in the core is zeros."""
    from esealkit._native import ffi

    key = native.sm2.PrivateKey.generate()
    handle = key._handle
    view = ffi.buffer(handle)
    assert bytes(view).strip(b"\0")
    del key
    gc.collect()
    assert bytes(view) == bytes(len(view))


def test_public_keys_are_values(crypto: Any) -> None:
    """Public keys are equal and hash alike by point, and survive their bytes."""
    key = crypto.sm2.PrivateKey.generate()
    full = key.public_key.to_bytes()
    short = bytes([2 + full[64] % 2]) + full[1:33]
    one, two = crypto.sm2.PublicKey.from_bytes(full), crypto.sm2.PublicKey.from_bytes(short)
    assert one == two == key.public_key
    assert len({one, two, key.public_key}) == 1
    assert one != crypto.sm2.PrivateKey.generate().public_key
    assert one != full
    assert full.hex() in repr(one)


def test_public_keys_are_pickled() -> None:
    """A public key survives pickling, for work spread over processes."""
    from esealkit.crypto import sm2

    public = sm2.PrivateKey.generate().public_key
    assert pickle.loads(pickle.dumps(public)) == public
    assert copy.deepcopy(public) == public


def test_keys_are_immutable(crypto: Any) -> None:
    """No attribute of a key can be set, deleted or added, and the class is not called."""
    key = crypto.sm2.PrivateKey.generate()
    for target in (key, key.public_key):
        for name in ("_handle", "public_key", "new"):
            with pytest.raises(AttributeError):
                setattr(target, name, None)
            with pytest.raises(AttributeError):
                delattr(target, name)
        with pytest.raises(TypeError):
            type(target)()


def test_buffers_everywhere(crypto: Any, standard: Any) -> None:
    """Messages, signatures, ids, e and keys may be any contiguous buffer."""
    private, public = standard.private, standard.public
    for kind in (bytearray, memoryview, lambda data: array.array("B", data)):
        message = kind(b"message ")
        signature = private.sign(message, signer_id=kind(b"me"))
        public.verify(kind(signature), message, signer_id=kind(b"me"))
        public.verify_e(kind(private.sign_e(kind(standard.e))), kind(standard.e))
        assert crypto.sm2.PublicKey.from_bytes(kind(public.to_bytes())) == public
        again = crypto.sm2.PrivateKey.from_bytes(kind(private.to_bytes()))
        assert again.public_key == public
        assert crypto.sm2.verify_many([(public, kind(signature), message)], signer_id=b"me")[0]


@pytest.mark.parametrize("wrong", ["text", 5, None, 2**70, [1]])
def test_what_is_no_buffer_is_refused(crypto: Any, standard: Any, wrong: Any) -> None:
    """str, numbers and other objects are a TypeError in every argument that takes bytes."""
    private, public, signature = standard.private, standard.public, standard.signature
    calls: list[Callable[[], object]] = [
        lambda: private.sign(wrong),
        lambda: private.sign(b"", signer_id=wrong),
        lambda: private.sign_e(wrong),
        lambda: public.verify(wrong, b""),
        lambda: public.verify(signature, wrong),
        lambda: public.verify(signature, b"", signer_id=wrong),
        lambda: public.verify_e(signature, wrong),
        lambda: public.verify_e(wrong, bytes(32)),
        lambda: public.z(wrong),
        lambda: crypto.sm2.PublicKey.from_bytes(wrong),
        lambda: crypto.sm2.PrivateKey.from_bytes(wrong),
        lambda: crypto.sm2.sign_many(private, [b"", wrong]),
        lambda: crypto.sm2.verify_many([(public, signature, wrong)]),
        lambda: crypto.sm2.verify_many([(public, wrong, b"")]),
        lambda: crypto.sm2.verify_many([(wrong, signature, b"")]),
        lambda: crypto.sm2.decode_signature(wrong),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


def test_gaps_are_refused(crypto: Any, standard: Any) -> None:
    """A non-contiguous view is a BufferError in every argument that takes bytes."""
    private, public = standard.private, standard.public
    gaps = memoryview(bytes(64))[::2]
    calls: list[Callable[[], object]] = [
        lambda: private.sign(gaps),
        lambda: private.sign(b"", signer_id=gaps),
        lambda: private.sign_e(gaps),
        lambda: public.verify(standard.signature, gaps),
        lambda: public.verify(gaps, b""),
        lambda: crypto.sm2.PrivateKey.from_bytes(gaps),
        lambda: crypto.sm2.PublicKey.from_bytes(memoryview(bytes(130))[::2]),
    ]
    for call in calls:
        with pytest.raises(BufferError):
            call()


def test_keys_may_be_shared_by_threads(native: Any) -> None:
    """64 threads that share one key get the results of a single one."""
    key = native.sm2.PrivateKey.generate()
    failures: list[BaseException] = []

    def work(index: int) -> None:
        try:
            for turn in range(20):
                message = f"{index} {turn}".encode()
                key.public_key.verify(key.sign(message), message)
        except EsealError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forked_children_have_their_own_nonces(native: Any, standard_native: Any) -> None:
    """Children forked from one process sign the same message with distinct nonces."""
    key = standard_native.private
    read, write = os.pipe()
    children = 100
    for _ in range(children):
        child = os.fork()
        if child == 0:
            os.write(write, key.sign(b"m").ljust(72, b"\0"))
            os._exit(0)
        os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        rows = [pipe.read(72) for _ in range(children)]
    signatures = [row[: 2 + row[1]] for row in rows]
    for signature in signatures:
        standard_native.public.verify(signature, b"m")
    assert len({native.sm2.decode_signature(signature)[0] for signature in signatures}) == children


def test_a_silent_random_source_gives_no_signature(native: Any, monkeypatch: Any) -> None:
    """When the core reports that randomness or its self-check failed, an error says which."""
    import types

    key = native.sm2.PrivateKey.generate()
    body = native._active
    real = body.lib

    def failing(reason: int) -> Any:
        def call(*_arguments: Any) -> int:
            return reason

        return types.SimpleNamespace(
            call_sign=call,
            call_sign_e=call,
            ek_sm2_private_wipe=real.ek_sm2_private_wipe,
            EK_RANDOM_FAILED=real.EK_RANDOM_FAILED,
        )

    for reason, code in (
        (real.EK_RANDOM_FAILED, "crypto.random_failed"),
        (real.EK_FAULT_DETECTED, "crypto.fault_detected"),
    ):
        monkeypatch.setattr(body, "lib", failing(reason))
        calls: list[Callable[[], object]] = [
            lambda: key.sign(b"m"),
            lambda: key.sign_e(bytes(32)),
        ]
        for call in calls:
            with pytest.raises(EsealError) as caught:
                call()
            assert caught.value.code == code
        monkeypatch.undo()


def test_self_test_passes_and_can_fail(crypto: Any, monkeypatch: Any) -> None:
    """self_test accepts a right body and names what a wrong one computes."""
    crypto.self_test()
    monkeypatch.setattr(crypto._active, "sm3", lambda _data: bytes(32))
    with pytest.raises(EsealError) as caught:
        crypto.self_test()
    assert caught.value.code == "crypto.self_test"
    assert "SM3" in str(caught.value)


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a new interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


def test_importing_is_light(native: Any) -> None:
    """Importing and using the compiled body loads none of the large libraries."""
    done = run(
        "import sys, esealkit.crypto as c; c.self_test();"
        "heavy = {'asn1crypto', 'cryptography', 'lxml', 'gmssl', 'pyhanko', 'Cryptodome'};"
        "loaded = heavy & {name.split('.')[0] for name in sys.modules}; print(loaded or 'none')"
    )
    assert done.stdout.strip() == "none", done.stdout + done.stderr


def test_pure_signing_warns_once_and_verifying_never() -> None:
    """Without the extension signing warns once, verifying does not, and results are right."""
    done = run(
        "import sys; sys.modules['esealkit._native'] = None\n"
        "import warnings; import esealkit.crypto as c\n"
        "assert c.backend() == 'pure'\n"
        "k = c.sm2.PrivateKey.from_bytes(bytes(31) + b'\\5')\n"
        "with warnings.catch_warnings():\n"
        "    warnings.simplefilter('error')\n"
        "    c.self_test()\n"
        "    try: k.sign(b'm')\n"
        "    except c.PureSigningWarning: pass\n"
        "    else: raise SystemExit('no warning')\n"
        "s = [k.sign(b'm') for _ in range(3)]\n"
        "k.sign_e(bytes(32)); c.sm2.sign_many(k, [b'm'])\n"
        "with warnings.catch_warnings():\n"
        "    warnings.simplefilter('error')\n"
        "    for one in s: k.public_key.verify(one, b'm')\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("PureSigningWarning") == 1


def test_signing_key_protocol(crypto: Any) -> None:
    """A backend's key with the named attributes is a SigningKey; one that takes e is both."""

    class FileKey:
        algorithm = "sm2"
        certificate = None
        chain = ()
        public_key = None

        def sign(self, message: bytes) -> bytes:
            return message

    class DeviceKey(FileKey):
        def sign_e(self, e: bytes) -> bytes:
            return e

    assert isinstance(FileKey(), crypto.SigningKey)
    assert not isinstance(FileKey(), crypto.DigestSigningKey)
    assert isinstance(DeviceKey(), crypto.DigestSigningKey)
    assert not isinstance(object(), crypto.SigningKey)


def test_outcome_is_never_a_bool(crypto: Any, standard: Any) -> None:
    """verify returns None and raises on failure, so its result cannot be misread."""
    assert standard.public.verify(standard.signature, standard.message) is None
    with pytest.raises(InvalidSignature):
        standard.public.verify(standard.signature, b"other")
