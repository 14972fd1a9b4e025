"""Messages about stamping and signing PDF documents."""

from __future__ import annotations

__all__ = ["ERRORS"]

_REPAIR = (
    "尚未签名的文件可用 --repair（PdfOptions(repair=True)）先行修复。",
    "A file without signatures can be rewritten first: --repair (PdfOptions(repair=True)).",
)

ERRORS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    # the file
    "pdf.malformed": (
        "PDF 文件有损坏（{reason}）",
        "the PDF file is damaged ({reason})",
        *_REPAIR,
    ),
    "pdf.page_tree": (
        "PDF 文件的页面树有误",
        "the page tree of the PDF file is broken",
        *_REPAIR,
    ),
    "pdf.page_size": (
        "第 {page} 页没有可用的尺寸",
        "page {page} has no usable size",
    ),
    "pdf.hybrid": (
        "PDF 文件带有混合式交叉引用，不同阅读器可能看到不同内容",
        "the PDF file has hybrid cross references: two readers may see two documents",
        *_REPAIR,
    ),
    "pdf.encryption": (
        "不支持此种 PDF 加密方式（{handler}）",
        "this kind of PDF encryption ({handler}) is not supported",
    ),
    "pdf.password_needed": (
        "PDF 文件已加密，需要口令",
        "the PDF file is encrypted and needs its password",
        "用 --password-file 给出口令（程序中为 password=）。",
        "Give it with --password-file (password= in Python).",
    ),
    "pdf.password_wrong": (
        "PDF 文件的口令不正确",
        "the password of the PDF file is wrong",
    ),
    # what it forbids
    "pdf.not_permitted": (
        "PDF 文件的权限不允许签名",
        "the permissions of the PDF file do not allow signing",
        "请用所有者口令打开。",
        "Open it with the owner's password.",
    ),
    "pdf.certified": (
        "文件已认证为不得再作任何更改",
        "the document is certified against any further change",
    ),
    "pdf.certified_fields": (
        "文件已认证，只能在已有的空白签名域中签名",
        "the document is certified: it can be signed in its own empty signature fields only",
        "用 --field 指定签名域（程序中为 PdfOptions(field=)）。",
        "Name one with --field (PdfOptions(field=) in Python).",
    ),
    "pdf.certify_first": (
        "只有第一个签名可以认证文件，此文件已有签名",
        "only the first signature can certify a document, and this one is signed already",
    ),
    "pdf.field_locked": (
        "签名域“{field}”已被先前的签名锁定",
        "an earlier signature locks the signature field {field}",
    ),
    "pdf.stamps_after_signature": (
        "文件已有签名，后续印章只能盖在一处，不能骑缝或多页",
        "the document is signed already: a later seal can show in one place only, no seam and no "
        "further pages",
        "多处印章须与首个签名同时盖上；此后的每处各盖一次。",
        "Put all stamps with the first signature, or stamp once for each place.",
    ),
    "pdf.repair_signed": (
        "文件已有签名，修复会使签名失效",
        "the file holds signatures, which repairing would break",
    ),
    # what was asked for
    "pdf.no_empty_field": (
        "没有名为“{field}”的空白签名域",
        "there is no empty signature field named {field}",
    ),
    "pdf.sub_filter": (
        "数字签名不能使用 SubFilter {found}（可用：{known}）",
        "signatures cannot be written under the SubFilter {found} (known: {known})",
    ),
    "pdf.gm_needs_sm2": (
        "GM.sm2cms.detached 须用 SM2 密钥，而非 {algorithm}",
        "GM.sm2cms.detached takes SM2 keys, not {algorithm}",
    ),
    "pdf.name": (
        "“{text}”不能用作 PDF 名称",
        "{text} cannot be a PDF name",
    ),
    "pdf.certify": (
        "认证级别为 1、2 或 3，而非 {found}",
        "certification levels are 1, 2 and 3, not {found}",
    ),
    "pdf.level": (
        "没有 {found} 这一级别（可用：{known}）",
        "there is no level {found} (known: {known})",
    ),
    "pdf.level_needs_tsa": (
        "{level} 级别需要时间戳服务",
        "level {level} needs a time stamp authority",
        "用 --tsa 给出其地址（程序中为 timestamper=）。",
        "Give its address with --tsa (timestamper= in Python).",
    ),
    "pdf.level_with_tsa": (
        "B-B 级别没有时间戳，却给出了时间戳服务",
        "level B-B has no time stamp, but a time stamp authority was given",
    ),
    "pdf.level_chain": (
        "“{subject}”的证书路径未达信任根，不能写入长期验证材料（{reason}）",
        "the path of {subject} does not reach the given trust, so its validation data cannot be "
        "kept ({reason})",
        "B-LT 与 B-LTA 需要 --trust 给出完整的信任目录。",
        "B-LT and B-LTA need a trust directory with every root: --trust.",
    ),
    "pdf.level_revocation": (
        "没有“{subject}”的有效吊销信息，不能写入长期验证材料",
        "no current revocation data is known for {subject}, so B-LT cannot be reached",
        "用 --evidence 给出 CRL 或 OCSP 应答，或放入信任目录的 crls。",
        "Give CRLs or OCSP responses with --evidence, or put them into the trust's crls folder.",
    ),
    "pdf.no_room": (
        "签名值需 {needed} 字节，只预留了 {room} 字节",
        "the signature needs {needed} bytes, but {room} were kept",
    ),
    # around it
    "signing.only_pdf": (
        "{what} 只用于 PDF 文件",
        "{what} is for PDF documents only",
    ),
    "extra.missing": (
        "缺少 {package}",
        "{package} is not installed",
        '请安装：pip install "esealkit[{extra}]"。',
        'Install it: pip install "esealkit[{extra}]".',
    ),
    "limit.pages": ("文件超过 {allowed} 页", "the document has more than {allowed} pages"),
    "limit.pdf_content": (
        "页面内容超过处理上限（{allowed}）",
        "a page's content is more than is handled ({allowed})",
    ),
    "limit.stamps": (
        "签名显示的签章超过 {allowed} 个",
        "the signature shows more than {allowed} stamps",
    ),
    "limit.signatures": (
        "文件的签名超过 {allowed} 个",
        "the document has more than {allowed} signatures",
    ),
}
