"""Texts of errors: code → (中文, English[, 建议, advice])."""

from __future__ import annotations

from esealkit.words import of_ofd

ERRORS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    # crypto
    "crypto.invalid_signature": (
        "签名值与公钥、原文不符",
        "the signature does not belong to this key and message",
    ),
    "crypto.signature_encoding": (
        "签名值不是严格 DER 编码的 SEQUENCE{{r, s}}",
        "the signature is not a strict DER SEQUENCE{{r, s}}",
    ),
    "crypto.private_key_range": (
        "SM2 私钥不在 [1, n-2] 内",
        "the SM2 private key is not in [1, n-2]",
    ),
    "crypto.public_key": (
        "SM2 公钥不是曲线上的有效点",
        "the SM2 public key is not a valid point of the curve",
    ),
    "crypto.signer_id_length": (
        "SM2 签名者标识过长（{length} 字节，最多 8191）",
        "the SM2 signer id is too long ({length} bytes, at most 8191)",
    ),
    "crypto.random_failed": (
        "操作系统未能提供随机数",
        "the operating system gave no random bytes",
        "检查系统熵源后重试；没有产生任何签名。",
        "Check the system's entropy source and try again; no signature was made.",
    ),
    "crypto.fault_detected": (
        "签名后自检未通过，签名值已丢弃",
        "the check after signing failed; the signature was discarded",
        "内存或处理器可能有故障，请在另一台机器上重试。",
        "Memory or processor may be faulty; try on another machine.",
    ),
    "crypto.self_test": (
        "密码算法自检未通过：{what}",
        "a cryptographic self-test failed: {what}",
    ),
    **of_ofd.ERRORS,
}
