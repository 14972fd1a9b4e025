"""``chains.json``: certificate paths in x509-limbo's form, one failure each."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from vectors.gen import der_writer as der
from vectors.gen import pki
from vectors.gen.sm2_oracle import A, B, G, Key, N, P, encode_point

R, I, L, X = (Key.named(f"chain {label}") for label in ("root", "intermediate", "leaf", "other"))
RN, IN, LN = pki.name("链根"), pki.name("链中间"), pki.name("链叶")
NOW = "2026-06-01T00:00:00Z"
NULL_ALGORITHM = der.sequence(der.oid(pki.SM2_WITH_SM3), der.NULL)


def _root(**fields: Any) -> bytes:
    return pki.certificate(RN, R, RN, R, **({"extensions": pki.ca_extensions()} | fields))


def _middle(**fields: Any) -> bytes:
    return pki.certificate(
        IN, I, RN, R, **({"extensions": pki.ca_extensions(), "serial": 2} | fields)
    )


def _direct(**fields: Any) -> bytes:
    return pki.certificate(LN, L, RN, R, **({"serial": 3} | fields))


def _under(**fields: Any) -> bytes:
    return pki.certificate(LN, L, IN, I, **({"serial": 3} | fields))


CASES: list[dict[str, Any]] = []


def case(
    row: str,
    identity: str,
    description: str,
    leaf: bytes,
    expected: str = "passed",
    *,
    strict: str | None = None,
    middle: Sequence[bytes] = (),
    roots: Sequence[bytes] | None = None,
    time: str = NOW,
) -> None:
    """One case; ``expected`` is ``passed`` or ``CHECK OUTCOME``."""

    def encoded(items: Sequence[bytes]) -> list[str]:
        return [base64.b64encode(item).decode() for item in items]

    assert all(known["id"] != identity for known in CASES), identity
    CASES.append(
        {
            "id": identity,
            "catalogue": row,
            "description": description,
            "roots": encoded([_root()] if roots is None else roots),
            "intermediates": encoded(middle),
            "leaf": base64.b64encode(leaf).decode(),
            "time": time,
            "expected": {"default": expected, "strict": strict or expected},
        }
    )


CHAIN, USAGE, VALIDITY = "signer.chain failed", "signer.key_usage failed", "signer.validity failed"


def _good() -> None:
    case("S-15", "ok-direct", "root and leaf", _direct())
    case("S-15", "ok-intermediate", "root, intermediate, leaf", _under(), middle=[_middle()])
    case("S-19", "ok-pinned", "the leaf itself is trusted", _direct(), roots=[_direct()])
    other = pki.certificate(pki.name("别的"), X, RN, R, serial=9, extensions=pki.ca_extensions())
    case("S-32", "ok-extra", "with an unrelated CA beside it", _under(), middle=[other, _middle()])
    zero = _middle(extensions=pki.ca_extensions(0))
    case("S-15", "ok-path-length-0", "pathLen 0 above the leaf", _under(), middle=[zero])
    noted = [*pki.leaf_extensions(), pki.extension("1.2.156.10260.4.1.4", der.printable("911"))]
    case("S-15", "ok-unknown-extension", "unknown, not critical", _direct(extensions=noted))
    eku = pki.extension("2.5.29.37", der.sequence(der.oid("1.3.6.1.5.5.7.3.4")), critical=True)
    listed = [*pki.leaf_extensions(), eku]
    case(
        "S-15",
        "ok-critical-eku",
        "critical extKeyUsage emailProtection",
        _direct(extensions=listed),
    )
    both = _middle(inner=NULL_ALGORITHM, outer=NULL_ALGORITHM)
    case("S-16", "ok-null-both", "NULL parameters inside and outside", _under(), middle=[both])


def _usages() -> None:
    def leaf(*bits: str) -> bytes:
        return _direct(extensions=pki.leaf_extensions(bits))

    case(
        "S-14", "usage-encryption", "encryption certificate of a pair", leaf(*pki.ENCRYPTING), USAGE
    )
    case("S-14", "usage-agreement", "keyAgreement alone", leaf("key_agreement"), USAGE)
    case("S-14", "usage-crl", "cRLSign alone", leaf("crl_sign"), USAGE)
    case("S-14", "usage-cert-sign", "keyCertSign alone on a leaf", leaf("key_cert_sign"), USAGE)
    case("S-14", "ok-usage-signature", "digitalSignature alone", leaf("digital_signature"))
    case("S-14", "ok-usage-repudiation", "nonRepudiation alone", leaf("non_repudiation"))
    case("S-14", "ok-usage-all", "all of both", leaf(*pki.SIGNING, *pki.ENCRYPTING))
    none = _direct(extensions=[pki.constraints(ca=False)])
    case("S-14", "ok-usage-absent", "no keyUsage: unrestricted (RFC 5280 4.2.1.3)", none)


def _authority() -> None:
    def under(identity: str, description: str, extensions: list[bytes], **more: Any) -> None:
        middle = _middle(extensions=extensions, **more)
        case("S-15", identity, description, _under(), CHAIN, middle=[middle])

    under(
        "ca-false",
        "intermediate with CA false",
        [pki.constraints(ca=False), pki.usage(pki.ISSUING)],
    )
    under("ca-absent", "intermediate without basicConstraints", [pki.usage(pki.ISSUING)])
    under(
        "ca-no-cert-sign", "intermediate without keyCertSign", pki.ca_extensions(bits=("crl_sign",))
    )
    under("ca-signer", "an ordinary signer's certificate as issuer", pki.leaf_extensions())
    under("ca-v1", "version 1 intermediate", [], version=b"")
    unknown = pki.extension("1.2.156.99999.1", der.NULL, critical=True)
    under(
        "ca-critical",
        "unknown critical extension in the intermediate",
        [*pki.ca_extensions(), unknown],
    )
    leaf = _direct(extensions=[*pki.leaf_extensions(), unknown])
    case("S-15", "leaf-critical", "unknown critical extension in the leaf", leaf, CHAIN)
    short = _root(extensions=pki.ca_extensions(0))
    case(
        "S-15",
        "path-length-root",
        "the root's pathLen 0 and an intermediate",
        _under(),
        CHAIN,
        middle=[_middle()],
        roots=[short],
    )
    J, JN = Key.named("chain second"), pki.name("链中间二")
    second = pki.certificate(JN, J, IN, I, serial=5, extensions=pki.ca_extensions())
    leaf = pki.certificate(LN, L, JN, J, serial=6)
    case(
        "S-15",
        "path-length-middle",
        "pathLen 0 and a CA below",
        leaf,
        CHAIN,
        middle=[_middle(extensions=pki.ca_extensions(0)), second],
    )
    case("S-15", "ok-two-intermediates", "two CAs above the leaf", leaf, middle=[_middle(), second])
    for permitted, identity in ((True, "ok-name-permitted"), (False, "name-excluded")):
        tree = der.tlv(0xA4, LN[:]) if permitted else der.tlv(0xA4, LN)
        value = der.sequence(der.tlv(0xA0 if permitted else 0xA1, der.sequence(tree)))
        limited = _middle(
            extensions=[*pki.ca_extensions(), pki.extension("2.5.29.30", value, critical=True)]
        )
        text = "the leaf's name is " + ("permitted" if permitted else "excluded")
        case("S-15", identity, text, _under(), "passed" if permitted else CHAIN, middle=[limited])
    elsewhere = der.sequence(der.tlv(0xA0, der.sequence(der.tlv(0xA4, pki.name("别处", "别处")))))
    limited = _middle(
        extensions=[*pki.ca_extensions(), pki.extension("2.5.29.30", elsewhere, critical=True)]
    )
    case(
        "S-15",
        "name-not-permitted",
        "only another name is permitted",
        _under(),
        CHAIN,
        middle=[limited],
    )


def _algorithms() -> None:
    ecdsa = der.sequence(der.oid("1.2.840.10045.4.3.2"))
    sm2_sha256 = der.sequence(der.oid("1.2.156.10197.1.503"))
    mixed = {
        "algorithm-outer-null": ("NULL outside only", {"outer": NULL_ALGORITHM}),
        "algorithm-inner-null": ("NULL inside only", {"inner": NULL_ALGORITHM}),
        "algorithm-outer-ecdsa": ("ECDSA outside only", {"outer": ecdsa}),
        "algorithm-inner-ecdsa": ("ECDSA inside only", {"inner": ecdsa}),
        "algorithm-both-ecdsa": ("ECDSA in both places", {"inner": ecdsa, "outer": ecdsa}),
        "algorithm-both-503": (
            "SM2 with SHA-256 in both places",
            {"inner": sm2_sha256, "outer": sm2_sha256},
        ),
    }
    for identity, (text, fields) in mixed.items():
        case("S-16", identity, f"leaf: {text}", _direct(**fields), CHAIN)
        case(
            "S-16",
            f"{identity}-ca",
            f"intermediate: {text}",
            _under(),
            CHAIN,
            middle=[_middle(**fields)],
        )


def _keys() -> None:
    def with_key(identifier: bytes) -> bytes:
        return _middle(info=der.sequence(identifier, der.bits(encode_point(I.point))))

    ec = der.oid(pki.EC_PUBLIC_KEY)
    for identity, curve in (
        ("curve-p256", "1.2.840.10045.3.1.7"),
        ("curve-secp256k1", "1.3.132.0.10"),
        ("curve-brainpool", "1.3.36.3.3.2.8.1.1.7"),
    ):
        case(
            "S-17",
            identity,
            "the CA's SM2 point under another curve's name",
            _under(),
            CHAIN,
            middle=[with_key(der.sequence(ec, der.oid(curve)))],
        )
    case(
        "S-17",
        "ok-curve-as-algorithm",
        "the curve's OID as the key's algorithm occurs",
        _under(),
        middle=[with_key(der.sequence(der.oid(pki.SM2_CURVE)))],
    )

    def explicit(generator: Any, cofactor: int) -> bytes:
        numbers = [der.octets(number.to_bytes(32, "big")) for number in (A, B)]
        field = der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(P))
        return der.sequence(
            ec,
            der.sequence(
                der.integer(1),
                field,
                der.sequence(*numbers),
                der.octets(encode_point(generator)),
                der.integer(N),
                der.integer(cofactor),
            ),
        )

    case(
        "S-18",
        "explicit-equal",
        "explicit parameters equal to SM2's",
        _under(),
        CHAIN,
        middle=[with_key(explicit(G, 1))],
    )
    case(
        "S-18",
        "explicit-generator",
        "explicit parameters, the CA's own point as generator",
        _under(),
        CHAIN,
        middle=[with_key(explicit(I.point, 1))],
    )
    case(
        "S-18",
        "explicit-cofactor",
        "explicit parameters, cofactor 4",
        _under(),
        CHAIN,
        middle=[with_key(explicit(G, 4))],
    )
    off = der.sequence(
        der.sequence(ec, der.oid(pki.SM2_CURVE)), der.bits(b"\x04" + bytes(63) + b"\1")
    )
    case(
        "S-17",
        "point-off-curve",
        "the CA's point is not on the curve",
        _under(),
        CHAIN,
        middle=[_middle(info=off)],
    )


def _anchors() -> None:
    same_name = pki.certificate(RN, X, RN, X, extensions=pki.ca_extensions())
    case(
        "S-19",
        "anchor-name-only",
        "an anchor of the same name with another key",
        _direct(),
        CHAIN,
        roots=[same_name],
    )
    other = pki.name("另一根")
    same_key = pki.certificate(other, R, other, R, extensions=pki.ca_extensions())
    case(
        "S-19",
        "anchor-key-only",
        "an anchor of the same key with another name",
        _direct(),
        "signer.chain unknown",
        roots=[same_key],
    )
    case(
        "S-03",
        "anchor-other",
        "an anchor that has nothing to do with it",
        _direct(),
        "signer.chain unknown",
        roots=[pki.certificate(other, X, other, X, extensions=pki.ca_extensions())],
    )
    case("S-02", "anchor-none", "no trust at all", _direct(), "signer.chain unknown", roots=[])
    twin = pki.certificate(LN, X, RN, R, serial=3)
    case(
        "S-07",
        "pinned-twin",
        "a pinned leaf with the same name and serial, another key",
        _direct(),
        "signer.chain unknown",
        roots=[twin],
    )
    case(
        "S-15",
        "missing-intermediate",
        "the intermediate is not at hand",
        _under(),
        "signer.chain unknown",
    )


def _signatures() -> None:
    def leaf(**fields: Any) -> bytes:
        return _direct(**fields)

    stolen = pki.certificate(LN, L, RN, X, serial=3)
    case("S-15", "signature-other-key", "signed with another key", stolen, CHAIN)
    case("S-37", "signature-empty-id", "signed under the empty id", leaf(signer_id=b""), CHAIN)
    case(
        "S-37",
        "signature-other-id",
        "signed under another id",
        leaf(signer_id=b"TLSv1.3+GM+Cipher+Suite"),
        CHAIN,
    )
    case(
        "D-06",
        "signature-raw",
        "r || s in the BIT STRING",
        leaf(value=lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big")),
        CHAIN,
    )
    case(
        "D-05",
        "signature-padded",
        "r with an extra zero",
        leaf(
            value=lambda r, s: der.sequence(
                der.tlv(2, b"\0\0" + r.to_bytes(32, "big")), der.integer(s)
            )
        ),
        CHAIN,
    )
    case(
        "D-08",
        "signature-trailing",
        "a byte behind the value",
        leaf(value=lambda r, s: der.signature(r, s) + b"\0"),
        CHAIN,
    )
    case("D-08", "certificate-trailing", "a byte behind the certificate", leaf() + b"\0", CHAIN)
    case("D-21", "certificate-cut", "the certificate's last byte is missing", leaf()[:-1], CHAIN)
    bent = bytearray(leaf())
    bent[-40] ^= 1
    case("D-22", "certificate-bit", "a bit of the signature flipped", bytes(bent), CHAIN)
    case("D-18", "certificate-empty", "an empty SEQUENCE", der.sequence(), CHAIN)


def _times() -> None:
    def leaf(start: str, end: str) -> bytes:
        return _direct(start=start, end=end)

    case(
        "S-36",
        "expired",
        "the leaf ended yesterday",
        leaf("250101000000Z", "260531000000Z"),
        VALIDITY,
    )
    case(
        "S-36",
        "not-yet",
        "the leaf begins tomorrow",
        leaf("260602000000Z", "270101000000Z"),
        VALIDITY,
    )
    case("S-36", "ok-first-second", "judged at notBefore", leaf("260601000000Z", "270101000000Z"))
    case("S-36", "ok-last-second", "judged at notAfter", leaf("250101000000Z", "260601000000Z"))
    case(
        "S-36",
        "one-second-late",
        "judged one second after notAfter",
        leaf("250101000000Z", "260531235959Z"),
        VALIDITY,
    )
    case("S-36", "ok-1950", "UTCTime 50 is 1950", leaf("500101000000Z", "270101000000Z"))
    case("S-36", "ok-2049", "UTCTime 49 is 2049", leaf("250101000000Z", "491231235959Z"))
    case("S-36", "ok-9999", "notAfter 99991231235959Z", leaf("250101000000Z", "99991231235959Z"))
    case(
        "S-36",
        "ca-expired",
        "the intermediate ended before",
        _under(),
        CHAIN,
        middle=[_middle(end="260101000000Z")],
    )
    case(
        "S-36",
        "ca-not-yet",
        "the intermediate begins after",
        _under(),
        CHAIN,
        middle=[_middle(start="270101000000Z")],
    )
    case("S-36", "serial-long", "a serial number of 20 octets", _direct(serial=2**158 + 1))
    case(
        "S-36",
        "serial-zero",
        "serial number 0 (RFC 5280 4.1.2.2: readers shall cope)",
        _direct(serial=0),
    )


def _names() -> None:
    bmp = pki.certificate(
        pki.name("链中间", tag=0x1E), I, RN, R, serial=2, extensions=pki.ca_extensions()
    )
    case(
        "S-35",
        "name-case",
        "issuer in other case",
        pki.certificate(LN, L, pki.name("CHAIN ca"), I, serial=3),
        "signer.chain unknown",
        middle=[_middle()],
    )
    spaced = pki.certificate(LN, L, pki.name("链 中间"), I, serial=3)
    case(
        "S-35",
        "name-space",
        "issuer with a space more",
        spaced,
        "signer.chain unknown",
        middle=[_middle()],
    )
    homoglyph = pki.certificate(LN, L, pki.name("链中間"), I, serial=3)
    case(
        "S-35",
        "name-homoglyph",
        "issuer with a look-alike character",
        homoglyph,
        "signer.chain unknown",
        middle=[_middle()],
    )
    case(
        "S-35",
        "ok-name-bmp",
        "BMPString and UTF8String of one text are one name (RFC 5280 7.1)",
        _under(),
        middle=[bmp],
    )
    nul = pki.certificate(pki.name("链叶\0.恶"), L, RN, R, serial=3)
    case("S-35", "ok-name-nul", "NUL within CN: shown escaped, chained by bytes", nul)
    bidi = pki.certificate(pki.name("链叶\u202e司公"), L, RN, R, serial=3)
    case("S-35", "ok-name-bidi", "a direction override within CN", bidi)


def _meshes() -> None:
    keys = [Key.named(f"mesh {number}") for number in range(14)]
    names = [pki.name(f"网{number}") for number in range(14)]

    def link(lower: int, upper: int, serial: int = 1) -> bytes:
        return pki.certificate(
            names[lower],
            keys[lower],
            names[upper],
            keys[upper],
            serial=serial,
            extensions=pki.ca_extensions(),
        )

    leaf = pki.certificate(LN, L, names[0], keys[0], serial=3)
    case(
        "S-32",
        "loop",
        "two CAs certify each other, no way to the root",
        leaf,
        "signer.chain unknown",
        middle=[link(0, 1), link(1, 0)],
    )
    case(
        "S-32",
        "loop-self",
        "a CA that certifies itself and is not trusted",
        leaf,
        "signer.chain unknown",
        middle=[link(0, 0)],
    )
    mesh = [link(a, b, 10 * a + b + 1) for a in range(4) for b in range(4) if a != b]
    case(
        "S-32",
        "mesh",
        "four CAs certify each other, no way to the root",
        leaf,
        "signer.chain unknown",
        middle=mesh,
    )
    up = pki.certificate(names[3], keys[3], RN, R, serial=77, extensions=pki.ca_extensions())
    case("S-32", "ok-mesh", "the same mesh with one way to the root", leaf, middle=[*mesh, up])
    line = [link(number, number + 1) for number in range(12)]
    top = pki.certificate(names[12], keys[12], RN, R, serial=78, extensions=pki.ca_extensions())
    case(
        "S-32",
        "long-line",
        "thirteen CAs in line: more than ten certificates",
        leaf,
        "signer.chain unknown",
        middle=[*line, top],
    )


def document() -> dict[str, Any]:
    """The whole file."""
    CASES.clear()
    for part in (
        _good,
        _usages,
        _authority,
        _algorithms,
        _keys,
        _anchors,
        _signatures,
        _times,
        _names,
        _meshes,
    ):
        part()
    return {
        "schema": "chains_schema.json",
        "numberOfTests": len(CASES),
        "header": ["SM2 certificate paths; expected is passed, or the check and its outcome."],
        "testcases": list(CASES),
    }
