# Types of the cffi extension; what each function does stands in native/include/esealkit_native.h.
from typing import Any, Final, Protocol, Self, TypeAlias

class _CData(Protocol):
    def __len__(self) -> int: ...
    def __getitem__(self, index: Any, /) -> Any: ...
    def __setitem__(self, index: Any, value: Any, /) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc_info: object) -> None: ...
    def __add__(self, offset: int, /) -> _CData: ...
    public_key: Any

_In: TypeAlias = bytes | _CData
_Out: TypeAlias = _CData

class _Ffi:
    NULL: _CData
    def new(self, cdecl: str | object, init: object = ..., /) -> _CData: ...
    def typeof(self, cdecl: str, /) -> object: ...
    def from_buffer(
        self, cdecl: str, buffer: object, /, require_writable: bool = ...
    ) -> _CData: ...
    def buffer(self, cdata: _CData, size: int = ..., /) -> Any: ...
    def addressof(self, cdata: _CData, *fields: str | int) -> _CData: ...
    def release(self, cdata: _CData, /) -> None: ...

class _Lib:
    EK_OK: Final[int]
    EK_BAD_ARGUMENT: Final[int]
    EK_RANDOM_FAILED: Final[int]
    EK_FAULT_DETECTED: Final[int]
    EK_BAD_ENCODING: Final[int]
    EK_BAD_SIGNATURE: Final[int]
    EK_SM2_SIGNATURE_MAX: Final[int]
    EK_LEVEL_PORTABLE: Final[int]
    EK_LEVEL_AVX2: Final[int]
    EK_LEVEL_AVX512: Final[int]
    def ek_level(self) -> int: ...
    def ek_level_limit(self, highest: int, /) -> int: ...
    def ek_sm3_init(self, state: _Out, /) -> None: ...
    def ek_sm3_update(self, state: _Out, data: _In, data_len: int, /) -> None: ...
    def ek_sm3_final(self, digest: _Out, state: _CData, /) -> None: ...
    def ek_sm3_digest(self, digest: _Out, data: _In, data_len: int, /) -> None: ...
    def ek_sm3_many(
        self, digests: _Out, cap: int, messages: _CData, lens: _CData, count: int, /
    ) -> int: ...
    def ek_sm2_public_load(self, key: _Out, data: _In, data_len: int, /) -> int: ...
    def ek_sm2_public_store(self, data: _Out, key: _CData, /) -> None: ...
    def ek_sm2_private_load(self, key: _Out, d: _In, /) -> int: ...
    def ek_sm2_private_generate(self, key: _Out, why: _Out, /) -> int: ...
    def ek_sm2_private_store(self, d: _Out, key: _CData, /) -> None: ...
    def ek_sm2_private_wipe(self, key: _CData, /) -> None: ...
    def ek_sm2_z(self, z: _Out, key: _CData, id_: _In, id_len: int, /) -> int: ...
    def ek_sm2_sign(
        self,
        sig: _Out,
        cap: int,
        sig_len: _Out,
        why: _Out,
        key: _CData,
        id_: _In,
        id_len: int,
        message: _In,
        message_len: int,
        /,
    ) -> int: ...
    def ek_sm2_sign_e(
        self, sig: _Out, cap: int, sig_len: _Out, why: _Out, key: _CData, e: _In, /
    ) -> int: ...
    def ek_sm2_sign_e_fresh(
        self, sig: _Out, cap: int, sig_len: _Out, why: _Out, key: _CData, e: _In, fresh: _In, /
    ) -> int: ...
    def ek_sm2_sign_many(
        self,
        sigs: _Out,
        cap: int,
        sig_lens: _Out,
        why: _Out,
        key: _CData,
        id_: _In,
        id_len: int,
        messages: _CData,
        message_lens: _CData,
        count: int,
        /,
    ) -> int: ...
    def ek_sm2_verify(
        self,
        why: _Out,
        key: _CData,
        sig: _In,
        sig_len: int,
        id_: _In,
        id_len: int,
        message: _In,
        message_len: int,
        /,
    ) -> int: ...
    def ek_sm2_verify_e(self, why: _Out, key: _CData, sig: _In, sig_len: int, e: _In, /) -> int: ...
    def ek_sm2_verify_many(
        self,
        whys: _Out,
        keys: _CData,
        sigs: _CData,
        sig_lens: _CData,
        id_: _In,
        id_len: int,
        messages: _CData,
        message_lens: _CData,
        count: int,
        /,
    ) -> int: ...
    def ek_sm2_table_make(self, table: _Out, key: _CData, /) -> None: ...
    def ek_sm2_verify_by_table(
        self,
        why: _Out,
        key: _CData,
        table: _CData,
        sig: _In,
        sig_len: int,
        id_: _In,
        id_len: int,
        message: _In,
        message_len: int,
        /,
    ) -> int: ...
    def ek_sm2_signature_decode(self, r: _Out, s: _Out, sig: _In, sig_len: int, /) -> int: ...
    def ek_sm2_signature_encode(
        self, sig: _Out, cap: int, sig_len: _Out, r: _In, s: _In, /
    ) -> int: ...

ffi: _Ffi
lib: _Lib
