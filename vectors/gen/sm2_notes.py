"""What the flags of the SM2 files mean."""

from __future__ import annotations

NOTES: dict[str, dict[str, str]] = {
    flag: {"bugType": bug, "description": description, "effect": effect}
    for flag, bug, description, effect in (
        ("ValidSignature", "BASIC", "A good signature.", "Good signatures are refused."),
        ("LargeMessage", "BASIC", "A message of many blocks, given by its seed.", "The hash is wrong for long input."),
        ("SignerId", "FUNCTIONALITY", "Signer ids (可辨别标识) of all sizes, right and wrong.", "The id is not bound, cut, or read as text."),
        ("SignerIdTooLong", "EDGE_CASE", "ENTL has two bytes of bits: ids end at 8191 bytes.", "The length wraps, two ids share one Z."),
        ("SpecialKey", "EDGE_CASE", "Private keys at the range's ends, coordinates with zero bytes.", "Point additions meet doubling or infinity; leading zeros are lost."),
        ("CompressedPublicKey", "FUNCTIONALITY", "Keys of 33 bytes.", "The wrong root is taken."),
        ("BerEncodedSignature", "BER_ENCODING", "BER that is no DER.", "Signatures are malleable."),
        ("InvalidEncoding", "CAN_OF_WORMS", "Tags and lengths that are wrong.", "Parsers read past the end or accept rubbish."),
        ("MissingZero", "LEGACY", "INTEGERs whose leading 00 was left out: negative numbers (bc-java #2237).", "Vendors' devices write them; DER forbids them."),
        ("InvalidTypesInSignature", "WRONG_PRIMITIVE", "Other types in place of r and s.", "Types are confused."),
        ("ModifiedSignature", "MODIFIED_PARAMETER", "The SEQUENCE with something added, left out or wrapped.", "Signatures are malleable."),
        ("SignatureSize", "LEGACY", "r || s without DER, also of wrong sizes (tjfoc/gmsm #33).", "Two encodings for one signature."),
        ("InvalidSignature", "AUTH_BYPASS", "r and s from 0, 1, -1, n-1, n, n+1, p, p+1.", "Range checks are missing; trivial forgeries pass."),
        ("RangeCheck", "CAN_OF_WORMS", "r or s moved by n or p, or negated.", "GB/T 32918.2 7.1 B1, B2 are missing: malleable."),
        ("ModifiedInteger", "MODIFIED_PARAMETER", "r or s changed a little.", "The comparison is incomplete."),
        ("IntegerOverflow", "CAN_OF_WORMS", "r or s beyond 256 bits.", "Upper words are dropped."),
        ("Malleability", "MODIFIED_PARAMETER", "Pairs that would be second signatures in ECDSA.", "A wrong equation is checked."),
        ("ZeroSum", "AUTH_BYPASS", "t = r + s = 0 mod n (GB/T 32918.2 7.1 B5).", "The public key drops out: r = e + x(sG) is anyone's."),
        ("PointAtInfinity", "AUTH_BYPASS", "sG + tP is infinity; e is such that an x of 0 or 1 passes.", "Infinity is given an x."),
        ("WrongAlgorithm", "CONFUSION", "Signatures of neighbouring algorithms.", "A wrong equation is checked."),
        ("ZOmitted", "WRONG_PRIMITIVE", "Z is missing from the hash.", "A signature can be moved to another key or id."),
        ("ZOfOtherKey", "WRONG_PRIMITIVE", "Z of another public key.", "The key is not bound."),
        ("EntlInBytes", "WRONG_PRIMITIVE", "ENTL counted in bytes, zero or turned.", "Signatures do not interoperate."),
        ("DoubleHash", "WRONG_PRIMITIVE", "Hashed once too often (bc-java before 1.58).", "Signatures do not interoperate."),
        ("EmptyDefaultId", "WRONG_PRIMITIVE", "Another default id (empty: bc-java before 1.65, OpenSSL's command line).", "Signatures do not interoperate; the id is not bound."),
        ("WrongHash", "WRONG_PRIMITIVE", "Another hash, or none.", "A caller's digest is taken for e (CVE-2026-23965)."),
        ("WrongMessage", "BASIC", "A good signature of another message.", "The message is not bound."),
        ("InvalidPublicKey", "CAN_OF_WORMS", "Bytes that are no point of the curve in 04, 02 or 03 form (CVE-2026-23967).", "Invalid curves, infinity, double encodings."),
        ("SpecialHash", "EDGE_CASE", "e at the ends of its range.", "Reduction modulo n is wrong."),
        ("SmallRandS", "EDGE_CASE", "r and s small, large or of long runs.", "Carries and window methods fail."),
        ("PointDuplication", "EDGE_CASE", "sG equals tP, or s and t are tiny.", "The addition formula divides by zero."),
        ("LargeX", "EDGE_CASE", "x of the sum lies between n and p.", "x is not reduced modulo n, once in 2^128 by chance."),
        ("EdgeCasePublicKey", "EDGE_CASE", "Public points with extreme coordinates.", "Field arithmetic fails."),
        ("MinusG", "CAN_OF_WORMS", "P = -G, whose d = n-1 is outside [1, n-2] (GB/T 32918.2 6.1): no public key.", "r = e + x(rG) holds with any s: the signature of a key that nobody may have."),
    )
}  # fmt: skip
