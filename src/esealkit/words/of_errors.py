"""Texts of errors: code → (中文, English[, 建议, advice])."""

from __future__ import annotations

from esealkit.words import (
    of_after,
    of_journal,
    of_keys,
    of_making,
    of_modes,
    of_ofd,
    of_pdf_reading,
    of_pdf_writing,
    of_pictures,
    of_placement,
    of_register,
    of_rooms,
)

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
    "crypto.e_length": (
        "e 须为 32 字节（给出 {length} 字节）",
        "e must be 32 bytes long (it has {length})",
    ),
    "crypto.signature_number": (
        "r、s 须在 [0, 2^256) 内",
        "r and s must be in [0, 2^256)",
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
    "der.tag": (
        "偏移 {offset} 处的 DER 标签不可能出现",
        "an impossible DER tag at offset {offset}",
    ),
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
    **of_ofd.ERRORS,
    **of_modes.ERRORS,
    **of_pdf_reading.ERRORS,
    **of_pdf_writing.ERRORS,
    **of_placement.ERRORS,
    **of_journal.ERRORS,
    **of_register.ERRORS,
    **of_rooms.ERRORS,
    **of_making.ERRORS,
    **of_keys.ERRORS,
    **of_after.ERRORS,
    **of_pictures.ERRORS,
    # keys
    "key.pem": (
        "PEM 文本不完整或 Base64 无效",
        "the PEM text is cut off or its base64 is broken",
    ),
    "key.malformed": (
        "密钥文件的结构无效（{what}）",
        "the key file is malformed ({what})",
        "文件可能损坏，或不是密钥文件；请重新导出。",
        "The file may be damaged, or not a key file; export it again.",
    ),
    "key.unknown_container": (
        "不是可识别的私钥文件",
        "not a private key file of a known kind",
        "可读取 PKCS#8、SEC1、PKCS#12（.p12、.pfx）和 CFCA .sm2 文件。",
        "PKCS#8, SEC1, PKCS#12 (.p12, .pfx) and CFCA .sm2 files can be read.",
    ),
    "key.none": (
        "文件中没有私钥，只有证书",
        "the file holds certificates but no private key",
        "请给出私钥文件，并用 --cert 指明证书。",
        "Name the private key file, and the certificate with --cert.",
    ),
    "key.several": (
        "文件中有 {count} 个私钥，无法判断用哪一个",
        "the file holds {count} private keys and nothing says which one to use",
        "请给出签名证书（--cert）。",
        "Name the signing certificate (--cert).",
    ),
    "key.pin_required": (
        "私钥已加密，需要口令",
        "the private key is encrypted and needs a password",
        "请用 --pin-file 提供口令。",
        "Give the password with --pin-file.",
    ),
    "key.pin_rejected": (
        "口令不正确，或密钥文件已损坏",
        "the password is wrong, or the key file is damaged",
        "请核对口令（区分大小写）后重试。",
        "Check the password (capitals matter) and try again.",
    ),
    "key.pin_text": (
        "口令必须是文本或不超过 1024 字节的字节串",
        "a password is text or bytes, at most 1024 bytes",
    ),
    "key.pin_empty": (
        "写出加密的密钥文件需要非空口令",
        "writing an encrypted key file needs a password that is not empty",
    ),
    "key.old_encryption": (
        "密钥文件使用过时的加密方式（{name}），如 RC2 或 3DES",
        "the key file is encrypted in an outdated way ({name}), such as RC2 or Triple DES",
        "请用 openssl pkcs12 -legacy -in 旧.p12 -nodes -out 密钥.pem 转换，再加密保存。",
        "Convert it: openssl pkcs12 -legacy -in old.p12 -nodes -out key.pem, then encrypt again.",
    ),
    "key.unsupported_cipher": (
        "不支持密钥文件的加密算法 {name}",
        "the key file's encryption {name} is not supported",
        "可读取 PBES2（AES-CBC 或 SM4-CBC，PBKDF2）。",
        "PBES2 with AES-CBC or SM4-CBC and PBKDF2 can be read.",
    ),
    "key.unsupported_algorithm": (
        "不支持 {name} 私钥",
        "private keys of {name} are not supported",
    ),
    "key.range": (
        "SM2 私钥不在 [1, n-2] 内",
        "the SM2 private key is not in [1, n-2]",
        "该密钥不可用，请重新生成。",
        "This key cannot be used; generate a new one.",
    ),
    "key.inconsistent": (
        "密钥文件中的公钥与私钥不对应",
        "the public key in the key file does not belong to the private key",
        "文件已损坏或被改动，请勿使用。",
        "The file is damaged or was changed; do not use it.",
    ),
    "key.certificate_mismatch": (
        "证书与私钥不对应",
        "no certificate given belongs to the private key",
        "请检查证书和私钥是否同一对；双证用户请用签名证书和签名私钥。",
        "Check that both are of one pair; with dual certificates use the signing pair.",
    ),
    "key.uri": (
        "密钥地址无效：{uri}",
        "not a usable key address: {uri}",
    ),
    "key.is_plugin": (
        "{uri} 是印章插件，不是密钥",
        "{uri} is a seal plug-in, not a key",
        "插件自行生成整个签章：命令行用 stamp --key oes:…，程序用 open_plugin。",
        "It makes whole seal signatures: use stamp --key oes:…, or open_plugin in a program.",
    ),
    "key.closed": (
        "密钥已关闭",
        "the key was closed",
    ),
    "key.not_sm2": (
        "该操作需要 SM2 密钥，而此密钥是 {algorithm}",
        "this needs an SM2 key, and the key is {algorithm}",
    ),
    "limit.key_file": (
        "密钥文件过大（{found} 字节，上限 {allowed}）",
        "the key file is too large ({found} bytes, limit {allowed})",
    ),
    "limit.key_iterations": (
        "口令派生次数过多（{found}，上限 {allowed}）",
        "the key file asks for too many password rounds ({found}, limit {allowed})",
    ),
    "limit.key_bags": (
        "密钥文件中的条目过多（上限 {allowed}）",
        "the key file holds too many entries (limit {allowed})",
    ),
    # certificates to issue
    "issuing.argument": (
        "签发参数无效：{what}",
        "an argument for issuing is invalid: {what}",
    ),
    # files
    "input.missing": (
        "找不到文件：{path}",
        "no such file: {path}",
    ),
    "input.unreadable": (
        "无法读取 {path}：{reason}",
        "cannot read {path}: {reason}",
    ),
    "output.write": (
        "无法写入 {path}：{reason}",
        "cannot write {path}: {reason}",
    ),
    "sandbox.foreign_directory": (
        "{path} 不是空目录，也不是以前的沙箱",
        "{path} is neither empty nor an earlier sandbox",
        "请给出新目录；沙箱不会覆盖其他文件。",
        "Name a new directory; the sandbox overwrites nothing of yours.",
    ),
    # pictures and pages
    "picture.letters": (
        "印文只能用 1 至 40 个字母、数字、连字符和空格（多余字符：{found}）",
        "the ring text takes 1 to 40 letters, digits, hyphens and blanks (found: {found})",
    ),
    "picture.size": (
        "直径应为 10 至 80 mm，分辨率 72 至 600 dpi",
        "the diameter is 10 to 80 mm and the resolution 72 to 600 dpi",
    ),
    "picture.header": (
        "{kind} 图片的文件头无效",
        "the header of the {kind} picture is invalid",
    ),
    "picture.font": (
        "字体无法读取（{reason}）",
        "the font cannot be read ({reason})",
    ),
    "picture.font_size": (
        "字体有 {found} 字节，上限 {allowed}",
        "the font has {found} bytes, at most {allowed} are read",
    ),
    "picture.glyph": (
        "字形的绘制步骤超过 {limit}",
        "a glyph takes more than {limit} steps to draw",
    ),
    "picture.extra": (
        "处理印章图像需要 {package}",
        "handling seal pictures needs {package}",
        "安装可选组件：pip install 'esealkit[picture]'。",
        "Install the optional part: pip install 'esealkit[picture]'.",
    ),
    "picture.kind": (
        "无法转为像素的图像类型：{kind}",
        "pictures of this kind cannot be turned into pixels: {kind}",
    ),
    "picture.dpi": (
        "分辨率应为 1 至 2400 dpi（给出 {dpi}）",
        "the resolution is 1 to 2400 dpi (given: {dpi})",
    ),
    "picture.bytes": (
        "图像有 {found} 字节，最多处理 {allowed} 字节",
        "the picture has {found} bytes; at most {allowed} are handled",
    ),
    "picture.pixels": (
        "图像有 {found} 像素，最多处理 {allowed} 像素",
        "the picture has {found} pixels; at most {allowed} are handled",
    ),
    "picture.work": (
        "绘制图像的工作量超出限制（{what}，最多 {allowed}）",
        "drawing the picture takes too much work ({what}, at most {allowed})",
    ),
    "picture.undecodable": (
        "{kind} 图像无法解码（{reason}）",
        "the {kind} picture cannot be decoded ({reason})",
    ),
    "picture.svg": (
        "SVG 图像格式有误：{reason}",
        "the SVG picture is malformed: {reason}",
    ),
    "picture.svg_doctype": (
        "SVG 图像含 DTD，不予处理",
        "the SVG picture has a DTD and is not handled",
    ),
    "picture.svg_element": (
        "SVG 图像含不处理的内容：{name}",
        "the SVG picture holds something that is not handled: {name}",
    ),
    "picture.svg_reference": (
        "SVG 图像引用了不予打开的内容：{reference}",
        "the SVG picture refers to something that is not opened: {reference}",
    ),
    "pdf.no_pages": (
        "PDF 至少需要一页",
        "a PDF needs at least one page",
    ),
    "pdf.text": (
        "文字含控制字符或基本平面以外的字符：{text}",
        "the text holds control characters or ones outside the basic plane: {text}",
    ),
    "pdf.picture": (
        "像素数据与 {columns} × {rows} 不符",
        "the pixels do not fill {columns} × {rows}",
    ),
}
