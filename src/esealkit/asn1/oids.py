"""Object identifiers of the field, each with its source.

GM/T 0006 (GB/T 33560) assigns the algorithm arcs, GM/T 0010 (GB/T 35275) the message syntax,
RFC 5280/5652/3161 the rest.  Values are dotted strings.
"""

from __future__ import annotations

# Algorithms: GM/T 0006, GB/T 33560-2017
SM2_CURVE = "1.2.156.10197.1.301"
SM2_SIGN = "1.2.156.10197.1.301.1"
SM2_KEY_EXCHANGE = "1.2.156.10197.1.301.2"
SM2_ENCRYPT = "1.2.156.10197.1.301.3"
SM3 = "1.2.156.10197.1.401"
SM3_PLAIN = "1.2.156.10197.1.401.1"
SM3_KEYED = "1.2.156.10197.1.401.2"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
RSA_WITH_SM3 = "1.2.156.10197.1.504"
SM4 = "1.2.156.10197.1.104"
SM4_ECB = "1.2.156.10197.1.104.1"
SM4_CBC = "1.2.156.10197.1.104.2"

# Message syntax: GM/T 0010, GB/T 35275-2017
GM_DATA = "1.2.156.10197.6.1.4.2.1"
GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"
GM_ENVELOPED_DATA = "1.2.156.10197.6.1.4.2.3"
GM_SIGNED_AND_ENVELOPED_DATA = "1.2.156.10197.6.1.4.2.4"
GM_ENCRYPTED_DATA = "1.2.156.10197.6.1.4.2.5"
GM_KEY_AGREEMENT_INFO = "1.2.156.10197.6.1.4.2.6"

# Password-based encryption under Chinese arcs: seen in vendors' containers
GM_PBES2 = "1.2.156.10197.6.4.1.5.2"
GM_PBKDF2 = "1.2.156.10197.6.4.1.5.1"

# X9.62, PKCS, CMS, time stamps
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
CMS_DATA = "1.2.840.113549.1.7.1"
CMS_SIGNED_DATA = "1.2.840.113549.1.7.2"
ATTRIBUTE_CONTENT_TYPE = "1.2.840.113549.1.9.3"
ATTRIBUTE_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
ATTRIBUTE_SIGNING_TIME = "1.2.840.113549.1.9.5"
ATTRIBUTE_TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
EKU_TIMESTAMPING = "1.3.6.1.5.5.7.3.8"
EKU_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"

# Seen in State Taxation Administration seals, value "2.1"; meaning not published
TAX_SEAL_EXTENSION = "1.2.156.10197.6.7.2.2.1"

# Classical algorithms that occur beside SM2 (RFC 8017, RFC 5758, FIPS 180)
MD5 = "1.2.840.113549.2.5"
SHA1 = "1.3.14.3.2.26"
SHA256 = "2.16.840.1.101.3.4.2.1"
SHA384 = "2.16.840.1.101.3.4.2.2"
SHA512 = "2.16.840.1.101.3.4.2.3"
RSA_WITH_MD5 = "1.2.840.113549.1.1.4"
RSA_WITH_SHA1 = "1.2.840.113549.1.1.5"
RSA_WITH_SHA256 = "1.2.840.113549.1.1.11"
RSA_WITH_SHA384 = "1.2.840.113549.1.1.12"
RSA_WITH_SHA512 = "1.2.840.113549.1.1.13"
ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3"
ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4"

NAMES: dict[str, str] = {
    SM2_CURVE: "sm2p256v1",
    SM2_SIGN: "sm2-sign",
    SM3: "sm3",
    SM2_WITH_SM3: "sm2-with-sm3",
    SM4_CBC: "sm4-cbc",
    GM_DATA: "gm-data",
    GM_SIGNED_DATA: "gm-signedData",
    GM_ENVELOPED_DATA: "gm-envelopedData",
    GM_SIGNED_AND_ENVELOPED_DATA: "gm-signedAndEnvelopedData",
    GM_ENCRYPTED_DATA: "gm-encryptedData",
    EC_PUBLIC_KEY: "id-ecPublicKey",
    RSA_ENCRYPTION: "rsaEncryption",
    CMS_DATA: "id-data",
    CMS_SIGNED_DATA: "id-signedData",
    TST_INFO: "id-ct-TSTInfo",
    MD5: "md5",
    SHA1: "sha1",
    SHA256: "sha256",
    SHA384: "sha384",
    SHA512: "sha512",
    RSA_WITH_SHA1: "sha1WithRSA",
    RSA_WITH_SHA256: "sha256WithRSA",
    ECDSA_WITH_SHA256: "ecdsaWithSHA256",
}
"""Short names for display."""
