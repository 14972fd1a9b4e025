"""Messages about reading and judging PDF documents.

An error met inside a document becomes the reason of a check, so every error is a reason too.
"""

from __future__ import annotations

__all__ = ["ERRORS", "REASONS"]

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
    "pdf.syntax": (
        "PDF 语法在偏移 {offset} 处有误",
        "the PDF's syntax is broken at offset {offset}",
    ),
    "pdf.object_missing": (
        "偏移 {offset} 处没有交叉引用所指的对象",
        "the object that the cross references name is not at offset {offset}",
    ),
    "pdf.framing": (
        "PDF 的版本结构在偏移 {offset} 处有误：交叉引用、startxref 与 %%EOF 不相符",
        "the PDF's revisions are broken at offset {offset}: cross references, startxref and "
        "%%EOF do not agree",
    ),
    "pdf.field_tree": (
        "PDF 表单域互相循环引用",
        "the PDF's form fields refer to each other in a loop",
    ),
    "usage.revision_output": (
        "--revision 须与 -o 一起使用",
        "--revision and -o go together",
    ),
    "usage.not_a_pdf": ("只有 PDF 文件才有版本", "only PDF files have revisions"),
    "pdf.no_revision": (
        "没有第 {number} 个版本（共 {count} 个）",
        "there is no revision {number} (of {count})",
    ),
    "limit.pdf_revisions": (
        "PDF 的版本超过 {allowed} 个",
        "the PDF has more than {allowed} revisions",
    ),
    "limit.pdf_objects": (
        "PDF 的对象超过 {allowed} 个",
        "the PDF has more than {allowed} objects",
    ),
    "limit.pdf_fields": (
        "PDF 的表单域超过 {allowed} 个",
        "the PDF has more than {allowed} form fields",
    ),
    "limit.pdf_steps": (
        "PDF 的对象引用过多，无法在限度内分析",
        "the PDF's objects refer to each other too often to be analysed within bounds",
    ),
}

_SIGNER_BEFORE = (
    "请以签名时的版本为准：esealkit inspect 文件 --revision N -o 输出。",
    "Look at what was signed: esealkit inspect FILE --revision N -o OUT.",
)

REASONS: dict[str, Text] = {
    # the file
    "pdf.header": ("文件不是以 %PDF- 开头", "the file does not begin with %PDF-"),
    "pdf.tail": (
        "最后一个版本之后还有 {length} 字节",
        "{length} bytes stand behind the last revision",
    ),
    "pdf.tail_blank": (
        "文件末尾有 {length} 个空白字节不在任何签名之内",
        "{length} blank bytes at the end of the file are in no signature",
    ),
    "pdf.duplicate_keys": ("词典中有重复的键：{keys}", "keys are written twice: {keys}"),
    "pdf.decrypted": ("PDF 已加密，已用口令打开", "the PDF is encrypted and was opened"),
    "pdf.orphan_signature": (
        "有签名词典不属于任何签名域（偏移 {offsets}）：签名被移除、替换或混入",
        "signature dictionaries belong to no field (offsets {offsets}): removed, replaced or "
        "planted",
    ),
    "document.only_time_stamps": (
        "只有文档时间戳，没有签章或签名",
        "there are only time stamps over the document, no seal and no signature",
    ),
    # a signature's form
    "pdf.value_shared": (
        "签名域“{field}”与“{other}”共用一个签名",
        "the fields {field} and {other} share one signature",
    ),
    "pdf.signature_object": (
        "签名域“{field}”的签名词典无法读取（{reason}）",
        "the signature dictionary of the field {field} cannot be read ({reason})",
    ),
    "pdf.contents_missing": (
        "签名词典没有签名数据（/Contents）",
        "the signature dictionary has no /Contents",
    ),
    "pdf.contents_form": (
        "/Contents 不是完整的十六进制串",
        "/Contents is not a plain hexadecimal string",
    ),
    "pdf.contents_padding": (
        "/Contents 中签名数据之后的 {length} 字节不全为零",
        "the {length} bytes behind the signature in /Contents are not all zero",
    ),
    "pdf.byte_range": (
        "/ByteRange 不是文件之内依次的四个数",
        "/ByteRange is not four ascending numbers within the file",
    ),
    "pdf.sub_filter_unknown": (
        "SubFilter “{found}”未知，其内容也不是已知的签名数据",
        "the SubFilter {found} is not known, and its contents are no signature known here",
    ),
    # coverage
    "pdf.covered": (
        "签名范围恰为第 {revision} 个版本（共 {revisions} 个）的全部内容",
        "the signed range is exactly the whole of revision {revision} (of {revisions})",
    ),
    "pdf.range_start": (
        "签名范围不是从文件开头算起（{range}）",
        "the signed range does not begin where the file begins ({range})",
    ),
    "pdf.range_gap": (
        "签名范围的空隙不恰为 /Contents 本身（{range}）",
        "the gap in the signed range is not exactly /Contents ({range})",
    ),
    "pdf.range_end": (
        "签名范围不在其版本末尾结束（{range}）",
        "the signed range does not end where its revision ends ({range})",
        *_SIGNER_BEFORE,
    ),
    # later changes
    "pdf.changes_permitted": (
        "签名后的 {later_revisions} 次更新均在允许范围之内",
        "the {later_revisions} later update(s) are all permitted ones",
    ),
    "pdf.changed_later": (
        "签名之后内容被更改（对象 {objects}）",
        "the document was changed after signing (objects {objects})",
        *_SIGNER_BEFORE,
    ),
    "pdf.changes_unreadable": (
        "签名之后的更新无法读取（{reason}）",
        "an update made after signing cannot be read ({reason})",
        *_SIGNER_BEFORE,
    ),
    "pdf.changes_unbounded": (
        "签名之后的更新过于复杂，无法在限度内分析",
        "the updates made after signing are too complex to be analysed within bounds",
        *_SIGNER_BEFORE,
    ),
    "pdf.form_filled": (
        "签名之后填写或增加了表单域：{fields}；签名未就此作出限定",
        "form fields were filled or added after signing: {fields}; the signature does not say "
        "whether they may be",
        *_SIGNER_BEFORE,
    ),
    "pdf.hybrid_structure": (
        "PDF 文件带有混合式交叉引用；旧阅读器看不到的只有结构树，页面内容相同",
        "the PDF file has hybrid cross references; what old readers do not see is the structure "
        "tree alone, the pages are the same",
        "无需处理；办公软件为兼容旧阅读器这样写。",
        "Nothing to do; office programs write this for the sake of old readers.",
    ),
    "pdf.form_irregular": (
        "签名之后的更新涉及表单，而表单不合规，无法逐项比较：{reason}",
        "an update after signing touches the form, which breaks the rules and cannot be compared: "
        "{reason}",
        *_SIGNER_BEFORE,
    ),
    "pdf.field_added": (
        "签名之后增加了可见的空白签名域：{fields}，可能遮盖内容",
        "visible empty signature fields were added after signing: {fields}; they may cover what "
        "was signed",
        *_SIGNER_BEFORE,
    ),
    "pdf.annotations_added": (
        "认证允许批注，签名之后增加了批注，可能遮盖内容",
        "annotations, which the certification allows, were added after signing; they may cover "
        "what was signed",
        *_SIGNER_BEFORE,
    ),
    "pdf.metadata_changed": (
        "签名之后文档属性（标题、作者等）被更改",
        "the document's properties (title, author and such) were changed after signing",
    ),
    "pdf.validation_data_removed": (
        "签名之后，文档所存的验证数据（证书、CRL、OCSP 响应）有所删减",
        "validation data kept in the document (certificates, CRLs, OCSP responses) was removed "
        "after signing",
    ),
    "pdf.certification_late": (
        "认证签名不是文档的第一个签名",
        "a certifying signature is not the first one of the document",
    ),
    "pdf.certification_elsewhere": (
        "文档权限（/Perms）所指的认证签名与实际不符",
        "the certifying signature that /Perms names is another one",
    ),
    # the appearance
    "pdf.seal_unseen": ("签章没有可见外观", "the seal signature is not shown on a page"),
    "pdf.seal_nowhere": (
        "签章外观不属于任何页面",
        "the signature's appearance is on no page",
    ),
    "pdf.seal_hidden": (
        "第 {page} 页的签章被设为隐藏",
        "the signature on page {page} is hidden",
    ),
    "pdf.seal_off_page": (
        "第 {page} 页的签章在页面之外",
        "the signature on page {page} lies outside the page",
    ),
    "pdf.seal_different": (
        "第 {page} 页显示的图样与印章自身的图像不同",
        "what is shown on page {page} is not the seal's own picture",
        "请以报告中的印章图像为准。",
        "Go by the seal picture in this report.",
    ),
    "pdf.seal_undrawn": (
        "未能比对第 {page} 页显示的图样与印章图像（{reason}）",
        "what is shown on page {page} was not compared with the seal's picture ({reason})",
    ),
    "pdf.seal_shown": (
        "第 {page} 页显示的正是印章自身的图像",
        "the seal's own picture is shown on page {page}",
    ),
    # messages in it
    "cms.certificate_not_named": (
        "签名属性所指的证书不是签名者的证书",
        "the certificate that the signed attributes name is not the signer's",
    ),
    # departures
    "deviation:pdf.lenient": (
        "交叉引用不规范，放宽要求后方可读取",
        "the cross references are irregular and could only be read with allowances",
    ),
    "deviation:pdf.sub_filter_unknown": (
        "SubFilter “{found}”不是已知的类型，按内容判断",
        "the SubFilter {found} is not a known one; the content was judged",
    ),
    "deviation:pdf.sub_filter_content": (
        "SubFilter “{found}”与内容（{kind}）不符，按内容判断",
        "the SubFilter {found} does not fit the content ({kind}), which was judged",
    ),
    "deviation:cms.not_detached": (
        "分离式签名却带有内容",
        "a detached signature carries content",
    ),
    "deviation:cms.no_attributes": (
        "CAdES 签名没有签名属性",
        "a CAdES signature has no signed attributes",
    ),
}
