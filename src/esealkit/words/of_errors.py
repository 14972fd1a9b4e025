"""Texts of errors: code → (中文, English[, 建议, advice])."""

from __future__ import annotations

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
    # asn1
    "der.truncated": (
        "DER 在偏移 {offset} 处被截断或超出外层长度",
        "DER is cut off, or overruns its parent, at offset {offset}",
    ),
    "der.trailing": (
        "DER 结构之后还有 {count} 个字节",
        "{count} bytes follow the DER structure",
    ),
    "der.tag": ("偏移 {offset} 处的 DER 标签不可能出现", "an impossible DER tag at offset {offset}"),
    "der.length": ("偏移 {offset} 处的 DER 长度无效", "an invalid DER length at offset {offset}"),
    "der.value": ("偏移 {offset} 处的 DER 值无效", "an invalid DER value at offset {offset}"),
    "der.not_der": (
        "偏移 {offset} 处不是 DER 编码（{kind}）",
        "not DER at offset {offset} ({kind})",
    ),
    "der.unexpected_type": (
        "{what}：偏移 {offset} 处应为类型 {expected}，实为 {found}",
        "{what}: type {expected} expected at offset {offset}, found {found}",
    ),
    "der.element_count": (
        "{what}：偏移 {offset} 处有 {found} 个元素，数目不符",
        "{what}: {found} elements at offset {offset}, which is not what the standard lists",
    ),
    "der.text": (
        "{what}：偏移 {offset} 处的字符串无法解码",
        "{what}: the string at offset {offset} does not decode",
    ),
    "der.time": ("不是合法的 DER 时间：{text}", "not a DER time: {text}"),
    "limit.der_size": (
        "DER 结构过大（{found} 字节，上限 {allowed}）",
        "the DER structure is too large ({found} bytes, limit {allowed})",
    ),
    "limit.der_depth": ("DER 嵌套超过 {allowed} 层", "DER is nested deeper than {allowed}"),
    "limit.der_elements": ("DER 元素超过 {allowed} 个", "DER holds more than {allowed} elements"),
}
