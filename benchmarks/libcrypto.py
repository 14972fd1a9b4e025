"""The machine's OpenSSL, timed by ``libcrypto.c``: the reference of every ratio."""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("libcrypto.c")


class LibCrypto:
    """libcrypto through ``EVP``, timed in C.  Raises ``OSError`` where there is none."""

    def __init__(self) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise OSError("no C compiler")
        with tempfile.TemporaryDirectory() as folder:
            built = Path(folder) / "libcrypto_bench.so"
            subprocess.run(
                [compiler, "-O2", "-shared", "-fPIC", SOURCE, "-o", built, "-ldl"], check=True
            )
            self._lib = ctypes.CDLL(str(built))
        self._lib.time_sm3.restype = ctypes.c_double
        self._lib.time_sm3.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
        self._lib.time_sm2.restype = ctypes.c_double
        name = ctypes.util.find_library("crypto") or "libcrypto.so.3"
        if not self._lib.start(name.encode()):
            raise OSError(f"{name} is not a libcrypto with SM2 and SM3")
        version = ctypes.CDLL(name).OpenSSL_version
        version.restype = ctypes.c_char_p
        self.version: str = version(0).decode()

    def sm3(self, length: int) -> float:
        """Seconds for one digest of ``length`` bytes."""
        return self._timed(
            self._lib.time_sm3(bytes(length), length, 1 + 2_000_000 // (length + 99))
        )

    def sm2_sign(self) -> float:
        """Seconds for one signature of 64 bytes."""
        return self._timed(self._lib.time_sm2(0, 20))

    def sm2_verify(self) -> float:
        """Seconds for one verification of 64 bytes."""
        return self._timed(self._lib.time_sm2(1, 20))

    @staticmethod
    def _timed(seconds: float) -> float:
        if seconds < 0:
            raise OSError("libcrypto refused")
        return seconds
