"""Describe the extension ``esealkit._native._ext`` to cffi (API mode, limited API)."""

from __future__ import annotations

import sys
from pathlib import Path

from cffi import FFI

NATIVE = Path(__file__).resolve().parent.parent
SOURCES = sorted(path.name for path in (NATIVE / "src").glob("*.c"))

compile_args: list[str]
libraries: list[str]
if sys.platform == "win32":
    compile_args, libraries = ["/O2"], ["bcrypt"]
else:
    compile_args, libraries = ["-std=c99", "-O2", "-g0", "-fvisibility=hidden"], []

ffibuilder = FFI()
ffibuilder.cdef((NATIVE / "cffi" / "cdef.h").read_text(encoding="utf-8"))
ffibuilder.set_source(
    "esealkit._native._ext",
    '#include "calls.h"',
    # relative to the project's root, where every build front end stands
    sources=[f"native/src/{name}" for name in SOURCES],
    include_dirs=["native/include", "native/src", "native/cffi"],
    depends=[str(path) for path in sorted(NATIVE.glob("*/*.h"))],
    extra_compile_args=compile_args,
    libraries=libraries,
    py_limited_api=True,
)
