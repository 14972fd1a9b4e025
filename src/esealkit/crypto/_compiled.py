"""The compiled body: a thin layer over ``native/include/esealkit_native.h``.

Buffers are handed over without copying; while a call runs they are exported, so a bytearray
cannot be resized.  cffi releases the GIL around every call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from esealkit._native import ffi, lib
from esealkit.crypto._key_tables import KeyTables
from esealkit.errors import EsealError

_NEW = ffi.new
_FROM = ffi.from_buffer
_SIGNATURE_MAX = lib.EK_SM2_SIGNATURE_MAX

_LEVELS = {
    lib.EK_LEVEL_PORTABLE: "native",
    lib.EK_LEVEL_AVX2: "native-avx2",
    lib.EK_LEVEL_AVX512: "native-avx512ifma",
}
_BEST = lib.ek_level()  # CPUID is asked here, once

COMPILED = True


def name() -> str:
    return _LEVELS[lib.ek_level()]


def variants() -> list[str]:
    return [_LEVELS[level] for level in range(_BEST, -1, -1)]


@contextmanager
def using(variant: str) -> Iterator[None]:
    before = lib.ek_level()
    lib.ek_level_limit(next(level for level, its in _LEVELS.items() if its == variant))
    try:
        yield
    finally:
        lib.ek_level_limit(before)


def _view(data: Any) -> Any:
    """``data`` as something cffi takes for a ``const uint8_t *`` and ``len`` counts in bytes."""
    return data if type(data) is bytes else _FROM("uint8_t[]", data)


def _pointers(buffers: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Arrays of pointers and lengths, and the views that keep the pointers alive."""
    views = [_FROM("uint8_t[]", data) for data in buffers]
    pointers = _NEW("uint8_t *[]", views)
    return pointers, _NEW("size_t[]", [len(view) for view in views]), views


_ZEROS = bytes(16)
_DIGEST = lib.ek_sm3_digest


def sm3(data: Any, /) -> bytes:
    # A bytes object that nobody else has seen is filled in place, as C extensions do; the sum is
    # the cheapest way to a new one.
    digest = _ZEROS + _ZEROS
    if type(data) is not bytes:
        data = _FROM("uint8_t[]", data)
    _DIGEST(digest, data, len(data))  # type: ignore[arg-type]
    return digest


def sm3_many(messages: Sequence[Any]) -> list[bytes]:
    pointers, lens, views = _pointers(messages)
    size = 32 * len(views)
    digests = _NEW("uint8_t[]", size)
    lib.ek_sm3_many(digests, size, pointers, lens, len(views))
    joined = bytes(ffi.buffer(digests, size))
    return [joined[i : i + 32] for i in range(0, size, 32)]


def sm3_new() -> Any:
    state = _NEW("ek_sm3 *")
    lib.ek_sm3_init(state)
    return state


def sm3_update(state: Any, data: Any) -> None:
    view = _view(data)
    lib.ek_sm3_update(state, view, len(view))


def sm3_digest(state: Any) -> bytes:
    digest = bytes(32)  # see sm3
    lib.ek_sm3_final(digest, state)  # type: ignore[arg-type]
    return digest


def sm3_copy(state: Any) -> Any:
    return _NEW("ek_sm3 *", state[0])


class _Public:
    """A public key of the core, and ``04 || x || y``, by which its table is found."""

    __slots__ = ("cdata", "encoded")

    def __init__(self, cdata: Any) -> None:
        encoded = bytes(65)  # filled in place, as in sm3
        lib.ek_sm2_public_store(encoded, cdata)  # type: ignore[arg-type]
        self.cdata = cdata
        self.encoded = encoded


def _make_table(public: Any) -> Any:
    table = _NEW("ek_sm2_table *")
    lib.ek_sm2_table_make(table, public)
    return table


_tables = KeyTables(_make_table)


def public_load(encoded: Any) -> Any:
    view = _view(encoded)
    public = _NEW("ek_sm2_public *")
    return _Public(public) if lib.ek_sm2_public_load(public, view, len(view)) else None


def public_bytes(public: Any) -> bytes:
    encoded: bytes = public.encoded
    return encoded


def z(public: Any, signer_id: Any) -> bytes:
    view = _view(signer_id)
    out = _NEW("uint8_t[32]")
    lib.ek_sm2_z(out, public.cdata, view, len(view))
    return bytes(ffi.buffer(out))


def private_load(d: Any) -> Any:
    private = _NEW("ek_sm2_private *")
    return private if lib.ek_sm2_private_load(private, _view(d)) else None


def private_generate() -> Any:
    private, why = _NEW("ek_sm2_private *"), _NEW("int *")
    if not lib.ek_sm2_private_generate(private, why):
        raise _error(why[0])
    return private


def private_bytes(private: Any) -> bytes:
    out = _NEW("uint8_t[32]")
    lib.ek_sm2_private_store(out, private)
    d = bytes(ffi.buffer(out))
    ffi.buffer(out)[:] = bytes(32)
    return d


def private_public(private: Any) -> Any:
    return _Public(_NEW("ek_sm2_public *", private.public_key))


def private_wipe(private: Any) -> None:
    lib.ek_sm2_private_wipe(private)


def _error(why: int) -> EsealError:
    if why == lib.EK_RANDOM_FAILED:
        return EsealError("crypto.random_failed")
    return EsealError("crypto.fault_detected")


_HALF = bytes(_SIGNATURE_MAX // 2)


def _signature(why: int, sig: bytes) -> bytes:
    """The DER that the core wrote into ``sig``; its second byte is the length of the rest."""
    if why:
        raise _error(why)
    return sig[: sig[1] + 2]


def sign(private: Any, signer_id: Any, message: Any) -> bytes:
    if type(signer_id) is not bytes:
        signer_id = _FROM("uint8_t[]", signer_id)
    if type(message) is not bytes:
        message = _FROM("uint8_t[]", message)
    sig: Any = _HALF + _HALF  # see sm3
    why = lib.call_sign(sig, private, signer_id, len(signer_id), message, len(message))
    return _signature(why, sig)


def sign_e(private: Any, e: Any, fresh: bytes | None = None) -> bytes:
    view = _view(e)
    sig: Any = _HALF + _HALF
    if fresh is None:
        return _signature(lib.call_sign_e(sig, private, view), sig)
    return _signature(lib.call_sign_e_fresh(sig, private, view, fresh), sig)


def sign_many(private: Any, signer_id: Any, messages: Sequence[Any]) -> list[bytes]:
    id_view = _view(signer_id)
    pointers, lens, views = _pointers(messages)
    count = len(views)
    size = _SIGNATURE_MAX * count
    sigs, sig_lens, why = _NEW("uint8_t[]", size), _NEW("size_t[]", count), _NEW("int *")
    if not lib.ek_sm2_sign_many(
        sigs, size, sig_lens, why, private, id_view, len(id_view), pointers, lens, count
    ):
        raise _error(why[0])
    joined = bytes(ffi.buffer(sigs, size))
    starts = range(0, size, _SIGNATURE_MAX)
    return [joined[start : start + sig_lens[i]] for i, start in enumerate(starts)]


def verify(public: Any, signature: Any, signer_id: Any, message: Any) -> int:
    sig, id_view, view = _view(signature), _view(signer_id), _view(message)
    key = public.cdata
    table = _tables.find(public.encoded, key)
    if table is None:
        return lib.call_verify(key, sig, len(sig), id_view, len(id_view), view, len(view))
    return lib.call_verify_by_table(
        key, table, sig, len(sig), id_view, len(id_view), view, len(view)
    )


def verify_e(public: Any, signature: Any, e: Any) -> int:
    sig, view = _view(signature), _view(e)
    return lib.call_verify_e(public.cdata, sig, len(sig), view)


def verify_many(
    publics: Sequence[Any], signatures: Sequence[Any], signer_id: Any, messages: Sequence[Any]
) -> list[int]:
    id_view = _view(signer_id)
    sigs, sig_lens, sig_views = _pointers(signatures)
    pointers, lens, views = _pointers(messages)
    count = len(views)
    keys = _NEW("ek_sm2_public *[]", [public.cdata for public in publics])
    whys = _NEW("int[]", count)
    lib.ek_sm2_verify_many(whys, keys, sigs, sig_lens, id_view, len(id_view), pointers, lens, count)
    del sig_views
    return [int(why) for why in whys[0:count]]
