"""Registration of the SM algorithms in asn1crypto's process-wide tables.

asn1crypto 1.5 knows no SM OID.  The tables are class dictionaries; entries are added once,
never changed, so other users of asn1crypto in the process are not disturbed.  The digest must
be called exactly ``sm3``: pyHanko turns digest names into ``cryptography`` classes by
upper-casing them.
"""

from __future__ import annotations

from typing import Any

from asn1crypto import algos, cms, core, keys, x509

from esealkit.asn1 import oids

__all__ = ["register_sm_algorithms"]


def register_sm_algorithms() -> None:
    """Add SM2, SM3, SM4 and GM/T 0010 content types to asn1crypto; idempotent."""
    _add(algos.DigestAlgorithmId, {oids.SM3: "sm3"})
    _add(algos.HmacAlgorithmId, {oids.SM3_KEYED: "sm3"})
    _add(
        algos.SignedDigestAlgorithmId,
        {oids.SM2_WITH_SM3: "sm3_sm2", oids.SM2_SIGN: "sm2", oids.RSA_WITH_SM3: "sm3_rsa"},
    )
    _add(algos.EncryptionAlgorithmId, {oids.SM4_CBC: "sm4_cbc", oids.SM4: "sm4"})
    _add(
        cms.ContentType,
        {
            oids.GM_DATA: "gm_data",
            oids.GM_SIGNED_DATA: "gm_signed_data",
            oids.GM_ENVELOPED_DATA: "gm_enveloped_data",
            oids.GM_SIGNED_AND_ENVELOPED_DATA: "gm_signed_and_enveloped_data",
            oids.GM_ENCRYPTED_DATA: "gm_encrypted_data",
        },
    )
    cms.ContentInfo._oid_specs.setdefault("gm_signed_data", cms.SignedData)
    cms.EncapsulatedContentInfo._oid_specs.setdefault("gm_data", cms.ParsableOctetString)
    if oids.SM2_CURVE not in keys.NamedCurve._map:
        keys.NamedCurve.register("sm2p256v1", oids.SM2_CURVE, 32)
    # x500UniqueIdentifier is a BIT STRING by X.520; Chinese CAs write strings, and asn1crypto
    # would refuse the whole name.  The lenient type reads what it read before, and those.
    x509.NameTypeAndValue._oid_specs["unique_identifier"] = _UniqueIdentifier
    _accept_curve_as_key_algorithm()


def _accept_curve_as_key_algorithm() -> None:
    """Some CAs name the SM2 curve itself as the key's algorithm; asn1crypto has no type for it."""
    known = keys.PublicKeyInfo._spec_callbacks["public_key"]
    if getattr(known, "knows_sm2", False):
        return

    def public_key_type(info: Any) -> Any:
        if info["algorithm"]["algorithm"].dotted == oids.SM2_CURVE:
            return keys.ECPointBitString, None
        return known(info)

    public_key_type.knows_sm2 = True  # type: ignore[attr-defined]
    keys.PublicKeyInfo._spec_callbacks["public_key"] = public_key_type


class _UniqueIdentifier(core.Choice):
    _alternatives = [
        ("bits", core.OctetBitString),
        ("utf8", core.UTF8String),
        ("printable", core.PrintableString),
        ("ia5", core.IA5String),
        ("numeric", core.NumericString),
        ("octets", core.OctetString),
        ("bmp", core.BMPString),
        ("teletex", core.TeletexString),
    ]


def _add(identifier: Any, names: dict[str, str]) -> None:
    for oid, name in names.items():
        identifier._map.setdefault(oid, name)
        if identifier._reverse_map is not None:
            identifier._reverse_map.setdefault(name, oid)
