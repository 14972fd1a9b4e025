"""Build the native extension ``esealkit._native._ext``; everything else is in pyproject.toml.

``ESEALKIT_PURE=1`` in the environment of the *build* leaves the extension out: the package then
runs on pure Python, slower, and warns when it signs.
"""

from __future__ import annotations

import os

from setuptools import setup
from setuptools.command.build_ext import build_ext

ADVICE = """
esealkit's native core could not be compiled.
  It needs a C compiler (gcc or clang) and a 64-bit CPU; on Debian: apt-get install gcc libc6-dev
  To install without it, set ESEALKIT_PURE=1 for the build: signing and verifying then run in
  pure Python, about a hundred times slower, and signing is not constant time and warns.
"""


class BuildExt(build_ext):
    """``build_ext`` that says what to do when there is no compiler."""

    def run(self) -> None:
        """Build; on failure add the advice and fail all the same."""
        try:
            super().run()
        except Exception as error:
            raise SystemExit(f"{error}\n{ADVICE}") from error


if os.environ.get("ESEALKIT_PURE") == "1":
    setup()
else:
    setup(
        cffi_modules=["native/cffi/build_ffi.py:ffibuilder"],
        cmdclass={"build_ext": BuildExt},
        options={"bdist_wheel": {"py_limited_api": "cp311"}},
    )
