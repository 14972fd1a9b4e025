"""Texts of signing modes, relative signatures, marks, file lists and encrypted packages.

Merged into :mod:`esealkit.words.of_errors` and :mod:`esealkit.words.of_checks`.
"""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
    # what a signature covers
    "usage.protect": (
        "保护方式“{found}”不存在；可用 whole、all-but-annotations 或筛选函数",
        "there is no way to protect called {found}: use whole, all-but-annotations or a filter",
    ),
    "usage.protect_twice": (
        "--protect 与 --leave-open 只能用其一",
        "use either --protect or --leave-open",
    ),
    "signature.nothing_protected": (
        "按此筛选，签名不保护任何文件",
        "with this filter the signature would protect nothing",
    ),
    "signature.no_base": (
        "第 {body} 个文档（从 0 计）中没有序号为 {index} 的签名可作依据",
        "body {body} (counted from 0) has no signature {index} to build on",
        "序号即验证报告中的 index；所依据的签名须在同一文档内。",
        "The index is the one in the report; the base must be in the same body.",
    ),
    "signature.base_id": (
        "签名标识“{id}”为空或重复，不能作为依据",
        "the signature id “{id}” is empty or repeated, so nothing can build on it",
    ),
    # marks
    "signature.mark_unreadable": (
        "图样不是可识别的图片",
        "the mark is no picture of a known type",
        "请使用 PNG、JPG、GIF 或 BMP。",
        "Use PNG, JPG, GIF or BMP.",
    ),
    "usage.mark_size": (
        "图样需要以毫米给出的宽度",
        "the mark needs a width in millimetres",
        "例如 Mark(picture, width=40) 或 --mark-size 40。",
        "Such as Mark(picture, width=40) or --mark-size 40.",
    ),
    "usage.mark_placement": (
        "图样与位置须同时给出",
        "a mark and its placement go together",
    ),
    "signing.only_ofd": (
        "{what} 仅用于 OFD 文档",
        "{what} is for OFD documents only",
    ),
    "signing.entries_need_time_stamp": (
        "文件清单的签名须有时间戳",
        "the signature over the file list needs a time stamp",
        "请给出时间戳服务（timestamper=，--tsa）。",
        "Name a time stamp authority (timestamper=, --tsa).",
    ),
    "usage.seal_or_mark": (
        "印章与图样不能同时使用",
        "a seal and a mark exclude each other",
    ),
    # several signatures, file lists
    "document.entries_protected": (
        "文件包带有签过名的文件清单（OFDEntries.xml），新增签名会成为清单外的文件",
        "the package has a signed file list (OFDEntries.xml); a new signature would lie outside it",
        "请加 --entries（entries=True），在签名之后重建清单。",
        "Add --entries (entries=True) to make the list anew after signing.",
    ),
    "document.entries_signed": (
        "签名 {id} 保护了文件清单，清单不能重建",
        "signature {id} covers the file list, which therefore cannot be made anew",
    ),
    "document.unreachable_parts": (
        "文件包中有 {count} 个任何地方都未引用的文件，不能为其签署清单",
        "the package holds {count} parts that nothing leads to; a signed list would vouch for them",
        "请先删除这些文件：{parts}",
        "Remove them first: {parts}",
    ),
    "document.entry_count": (
        "文件清单过长（{count}，上限 {limit}）",
        "the file list is too long ({count}, limit {limit})",
    ),
    # encryption
    "crypto.sm2_ciphertext": (
        "SM2 密文无效，或不是加密给此密钥的",
        "the SM2 ciphertext is invalid or not for this key",
    ),
    "crypto.sm4_padding": (
        "SM4 密文无效，或密钥不对",
        "the SM4 ciphertext is invalid or the key is wrong",
    ),
    "crypto.sm4_size": (
        "SM4 密钥与初始向量应各为 16 字节",
        "an SM4 key and its initial vector are 16 bytes each",
    ),
    "document.password_wrong": (
        "口令不对，或不是为该用户加密的",
        "the password is wrong",
        "请核对口令；区分大小写。",
        "Check the password; case matters.",
    ),
    "document.key_not_addressed": (
        "此密钥不在加密文档的接收者之中",
        "the document was not encrypted for this key",
        "请使用双证中的加密证书私钥。",
        "Use the key of the encryption certificate of the pair.",
    ),
    "document.encryption_scheme": (
        "不支持的加密方案 {scheme}",
        "the encryption scheme {scheme} is not supported",
    ),
    "document.encryption_malformed": (
        "加密描述有误（{where}）：{reason}",
        "the description of the encryption is wrong ({where}): {reason}",
    ),
    "document.encryption_chain": (
        "加密链中断或成环（{id}）",
        "the chain of encryptions is broken or goes in a circle ({id})",
    ),
    "document.encryption_conflict": (
        "解密所得的 {path} 与已有文件冲突",
        "the decrypted {path} is in conflict with another part",
    ),
    "document.encryption_count": (
        "加密描述过多（{count}，上限 {limit}）",
        "too many rows in the description of the encryption ({count}, limit {limit})",
    ),
    "usage.secret_jobs": (
        "口令和解密密钥不离开本进程，不能与多进程（--jobs）同用",
        "passwords and decryption keys stay in this process and do not go with --jobs",
    ),
    "usage.decryption_key": (
        "{found} 不能用于解密",
        "a {found} cannot decrypt",
    ),
}

REASONS: dict[str, Text] = {
    **ERRORS,
    # relative signatures
    "signature.relative_missing": (
        "所依据的签名“{id}”不存在",
        "the signature “{id}” that this one builds on is not there",
    ),
    "signature.relative_ambiguous": (
        "标识“{id}”对应多个签名，无法确定所依据的签名",
        "several signatures have the id “{id}” that this one builds on",
    ),
    "signature.relative_circular": (
        "签名互为依据，成环（{id}）",
        "signatures build on each other in a circle ({id})",
    ),
    "signature.relative_failed": (
        "所依据的签名“{id}”验证不通过（{reason}）",
        "the signature “{id}” that this one builds on failed ({reason})",
        "请先处理所依据的签名。",
        "Look at the base signature first.",
    ),
    "signature.relative_undecided": (
        "所依据的签名“{id}”无法判定（{reason}）",
        "the signature “{id}” that this one builds on could not be decided ({reason})",
    ),
    "signature.relative_uncovered": (
        "依据关系（{id}）未受本签名保护",
        "this signature does not protect that it builds on “{id}”",
    ),
    "signature.relative:passed": (
        "所依据的签名“{id}”验证通过",
        "the signature “{id}” that this one builds on passed",
    ),
    # marks
    "signature.mark_missing": (
        "图样文件 {path} 不存在",
        "the picture of the mark, {path}, is missing",
    ),
    "signature.mark_uncovered": (
        "图样 {path} 未受本签名保护，可能被更换",
        "this signature does not protect the picture {path}, which may have been replaced",
    ),
    "signature.mark_picture": (
        "图样 {path} 不是可识别的图片",
        "the mark {path} is no picture of a known type",
    ),
    "signature.mark:passed": (
        "图样 {path}（{format}）受本签名保护",
        "the picture {path} ({format}) is protected by this signature",
    ),
    # file lists
    "document.smuggled": (
        "有 {count} 个文件不在签名的清单之内（夹带）：{parts}",
        "{count} parts are not on the signed list, so they were smuggled in: {parts}",
    ),
    "document.entries_missing": (
        "清单所列的 {count} 个文件不存在：{parts}",
        "{count} parts of the signed list are missing: {parts}",
    ),
    "document.entries_unsigned": (
        "文件清单没有签名值",
        "the file list has no signed value",
    ),
    "document.entries_signature": (
        "文件清单的签名不成立（{reason}）",
        "the signature over the file list does not hold ({reason})",
    ),
    "document.entries_undecided": (
        "文件清单的签名无法判定（{reason}）",
        "the signature over the file list could not be decided ({reason})",
    ),
    "document.entries_no_time_stamp": (
        "文件清单的签名没有时间戳，而标准要求有",
        "the signature over the file list has no time stamp, which the standard asks for",
    ),
    "document.entries:passed": (
        "文件与签名的清单一致，没有夹带",
        "the package holds exactly the files of the signed list",
    ),
    # encryption
    "document.encryption:passed": (
        "已解密 {count} 个文件，验证的是解密后的内容",
        "{count} parts were decrypted; what was verified is the decrypted document",
    ),
}
