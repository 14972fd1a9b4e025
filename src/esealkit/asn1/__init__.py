"""ASN.1: a strict DER walk that keeps the original bytes, OIDs, and SM algorithms in asn1crypto.

Importing this package registers the SM2/SM3 names in asn1crypto's tables, once and additively
(one of the three named exceptions to "no global state"); every module that uses asn1crypto
imports this package first.
"""

from __future__ import annotations

from esealkit.asn1 import der, oids
from esealkit.asn1.algorithms import register_sm_algorithms

register_sm_algorithms()

__all__ = ["der", "oids", "register_sm_algorithms"]
