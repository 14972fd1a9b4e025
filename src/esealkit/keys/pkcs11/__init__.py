"""Keys in PKCS#11 tokens: a client of Cryptoki modules through dlopen.

No standard names SM2; profiles (:mod:`esealkit.keys.profiles`) say what each vendor's numbers
mean.  A direct client is used because the bindings of the field refuse vendor mechanisms, keep
the GIL, or promise the module that there are no threads.
"""

from __future__ import annotations

from esealkit.keys.pkcs11.key import open_pkcs11

__all__ = ["open_pkcs11"]
