"""Texts of the OFD room: errors, reasons of checks, deviations.

Merged into :mod:`esealkit.words.of_errors` and :mod:`esealkit.words.of_checks`.  An error met
inside a document becomes the reason of a failed check, so every error is a reason too.
"""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
    # the container
    "document.links": (
        "{where} 及其他部件的指向过多（上限 {limit}）",
        "too many pointers in {where} and other parts (limit {limit})",
    ),
    "package.source": (
        "不能从 {kind} 读取文件包",
        "a package cannot be read from a {kind}",
    ),
    "package.unreadable": ("文件无法读取：{reason}", "the file cannot be read: {reason}"),
    "package.source_size": (
        "文件过大（{size} 字节，上限 {limit}）",
        "the file is too large ({size} bytes, limit {limit})",
    ),
    "package.no_directory": (
        "不是 OFD：没有 ZIP 目录",
        "not an OFD: there is no zip directory",
        "请确认文件完整，且不是更改了扩展名的其他格式。",
        "Check that the file is complete and not another format under this extension.",
    ),
    "package.truncated": (
        "文件在偏移 {offset} 处中断",
        "the file ends too early, at offset {offset}",
        "请重新下载或复制文件。",
        "Download or copy the file again.",
    ),
    "package.framing": ("ZIP 结构有歧义：{what}", "the zip structure is ambiguous: {what}"),
    "package.entries": (
        "ZIP 条目过多（{count}，上限 {limit}）",
        "too many zip entries ({count}, limit {limit})",
    ),
    "package.entry_size": (
        "条目 {name} 过大（{size} 字节，上限 {limit}）",
        "entry {name} is too large ({size} bytes, limit {limit})",
    ),
    "package.package_size": (
        "解压后总量过大（{size} 字节，上限 {limit}）",
        "the inflated parts are too large together ({size} bytes, limit {limit})",
    ),
    "package.ratio": (
        "条目 {name} 的压缩比异常，疑似压缩炸弹",
        "entry {name} is compressed beyond belief: a zip bomb",
    ),
    "package.name_size": (
        "条目名过长（{size} 字节，上限 {limit}）",
        "an entry's name is too long ({size} bytes, limit {limit})",
    ),
    "package.zip64": ("ZIP64 字段互相矛盾", "zip64 fields contradict each other"),
    "package.extra": ("条目 {name} 的扩展字段有误", "entry {name} has broken extra fields"),
    "package.overlap": ("条目 {name} 与其他数据重叠", "entry {name} overlaps other data"),
    "package.gap": (
        "条目 {name} 之后有目录未列出的 {length} 字节",
        "{length} bytes after entry {name} that the directory does not list",
    ),
    "package.descriptor": (
        "条目 {name} 的数据描述符与目录不符",
        "the data descriptor of entry {name} differs from the directory",
    ),
    "package.local_header": (
        "条目 {name} 的本地头与目录不符（{field}）",
        "the local header of entry {name} differs from the directory ({field})",
    ),
    "package.method": (
        "条目 {name} 的压缩方法 {method} 不被 OFD 采用",
        "entry {name} uses compression method {method}, which OFD does not",
    ),
    "package.name": ("条目名 {name} 不安全：{why}", "entry name {name} is unsafe: {why}"),
    "package.twice": ("条目 {name} 出现两次", "entry {name} occurs twice"),
    "package.alias": (
        "条目名 {name} 与 {other} 可能被当作同一文件",
        "entry names {name} and {other} could be taken for one file",
    ),
    "package.no_part": ("文件包中没有 {name}", "the package has no part {name}"),
    "package.encrypted": (
        "{name} 已加密，无法读取",
        "{name} is encrypted and cannot be read",
        "请先用原软件解密后再验证。",
        "Decrypt the file with the program that encrypted it, then verify.",
    ),
    "package.data": (
        "条目 {name} 的压缩数据损坏",
        "the compressed data of entry {name} is damaged",
    ),
    "package.crc": ("条目 {name} 的 CRC 不符", "the CRC of entry {name} does not match"),
    "package.write_name": ("不能写入名为 {name} 的条目", "an entry cannot be written as {name}"),
    "package.too_large_to_write": (
        "输出超过 4 GiB 或 65534 个条目",
        "the output would exceed 4 GiB or 65534 entries",
    ),
    # XML and paths
    "xml.size": (
        "{where} 过大（{size} 字节，上限 {limit}）",
        "{where} is too large ({size} bytes, limit {limit})",
    ),
    "xml.elements": ("{where} 的元素超过 {limit} 个", "{where} has more than {limit} elements"),
    "xml.depth": ("{where} 的元素嵌套超过 {limit} 层", "{where} nests deeper than {limit}"),
    "xml.huge": ("{where} 超出解析限制：{reason}", "{where} exceeds the parser's limits: {reason}"),
    "xml.encoding": (
        "{where} 的字符编码不被接受或与声明不符（{encoding}）",
        "{where} is in an encoding that is not accepted or not as declared ({encoding})",
    ),
    "xml.malformed": ("{where} 不是格式良好的 XML：{reason}", "{where} is not XML: {reason}"),
    "xml.doctype": (
        "{where} 含有 DOCTYPE，已拒绝",
        "{where} has a DOCTYPE and was refused",
    ),
    "xml.root": (
        "{where} 的根元素是 {element}，应为 {expected}",
        "the root element of {where} is {element}, not {expected}",
    ),
    "xml.twice": (
        "{where} 中 {element} 出现两次",
        "{element} occurs twice in {where}",
    ),
    "xml.no_element": ("{where} 缺少 {element}", "{where} lacks {element}"),
    "xml.no_attribute": (
        "{where} 的 {element} 缺少属性 {name}",
        "{element} in {where} lacks the attribute {name}",
    ),
    "xml.no_text": (
        "{where} 的 {element} 应只含文本",
        "{element} in {where} should hold text only",
    ),
    "xml.number": ("{where} 中 {text} 不是数值", "{text} in {where} is not a number"),
    "xml.box": ("{where} 中 {text} 不是 ST_Box", "{text} in {where} is not an ST_Box"),
    "xml.id": ("{where} 中 {text} 不是 ST_ID", "{text} in {where} is not an ST_ID"),
    "xml.boolean": ("{where} 中 {text} 不是布尔值", "{text} in {where} is not a boolean"),
    "xml.base64": (
        "{where} 的 CheckValue 不是规范的 base64",
        "a CheckValue in {where} is not exact base64",
    ),
    "xml.illegal_text": (
        "文本含有 XML 不允许的字符：{text}",
        "the text holds characters that XML does not allow: {text}",
    ),
    "path.refused": (
        "{where} 中的路径 {path} 被拒绝（{why}）",
        "the path {path} in {where} was refused ({why})",
    ),
    # the document
    "document.no_entry": ("文件包中没有 OFD.xml", "the package has no OFD.xml"),
    "document.no_root": (
        "DocRoot 指向的 {path} 不存在",
        "DocRoot leads to {path}, which is missing",
    ),
    "document.no_body": (
        "没有第 {index} 个文档（共 {count} 个，从 0 计）",
        "there is no body {index} (of {count}, counted from 0)",
    ),
    "document.no_page_area": ("{where} 没有给出页面尺寸", "{where} gives no page size"),
    "document.no_pages": ("文档没有页面", "the document has no pages"),
    "document.body_count": (
        "文档过多（{count}，上限 {limit}）",
        "too many document bodies ({count}, limit {limit})",
    ),
    "document.page_count": (
        "页数过多（{count}，上限 {limit}）",
        "too many pages ({count}, limit {limit})",
    ),
    "document.page_id_twice": (
        "{where} 中页标识 {id} 重复",
        "page id {id} occurs twice in {where}",
    ),
    "document.signature_count": ("签名超过 {limit} 个", "more than {limit} signatures"),
    "document.reference_count": (
        "引用过多（{count}，上限 {limit}）",
        "too many references ({count}, limit {limit})",
    ),
    "signature.stamps": (
        "签章外观过多（{count}，上限 {limit}）",
        "too many stamp annotations ({count}, limit {limit})",
    ),
    "signature.size": (
        "{name} 过大（上限 {limit} 字节）",
        "{name} is too large (limit {limit} bytes)",
    ),
    "signature.no_description": (
        "签名描述文件 {path} 不存在",
        "the signature description {path} is missing",
    ),
    "signature.no_value": ("签名值文件 {path} 不存在", "the signed value {path} is missing"),
    "signature.digest_size": (
        "{where} 的 CheckValue 长度与杂凑算法不符（应为 {expected} 字节）",
        "a CheckValue in {where} has the wrong length for its digest ({expected} bytes expected)",
    ),
    # signing
    "document.encrypted": (
        "文档已加密，未解密的内容无法判定",
        "the document is encrypted; what is not decrypted cannot be decided",
        "请先解密文档。",
        "Decrypt the document first.",
    ),
    "document.broken_body": (
        "第 {body} 个文档不完整，不能签章（{reason}）",
        "body {body} is broken and cannot be signed ({reason})",
    ),
    "document.signing_not_permitted": (
        "文档权限不允许签名（Permissions/Signature=false）",
        "the document does not permit signing (Permissions/Signature=false)",
    ),
    "document.outside_period": (
        "不在文档的有效期内（{start} 至 {end}）",
        "outside the document's period of validity ({start} to {end})",
    ),
    "document.period_unreadable": (
        "文档有效期 {text} 无法解读",
        "the document's period of validity {text} cannot be read",
    ),
    "document.signing_locked": (
        "签名 {id} 已锁定签名列表，不能再加签",
        "signature {id} locks the signature list: no further signature is possible",
        "请使用未锁定的文档，或请先签者以可继续签名的方式重签。",
        "Use an unlocked copy, or ask the earlier signer to sign again without lock.",
    ),
    "document.entry_signed": (
        "签名 {id} 已保护 OFD.xml，而加签需要修改它",
        "signature {id} covers OFD.xml, which a new signature would have to change",
    ),
    "document.unusual_xml": (
        "{where} 的写法特殊，无法在不改动其余字节的情况下插入",
        "{where} is written in a way that nothing can be inserted without touching the rest",
    ),
    "document.no_free_name": ("找不到可用的文件名", "no free name could be found"),
    "document.already_complete": (
        "{path} 已存在，签名已完成",
        "{path} is there already: this signing was completed",
    ),
    "signature.plan_arguments": ("签名方案参数有误", "the arguments of the plan are wrong"),
    "signature.naive_time": ("签名时间缺少时区", "the signing time has no time zone"),
    "signature.stamps_and_kind": (
        "{kind} 类型的签名不能带 {stamps} 个签章外观",
        "a signature of kind {kind} cannot have {stamps} stamps",
        "签章（Seal）至少一个外观，数字签名（Sign）没有外观。",
        "A Seal has at least one stamp, a Sign has none.",
    ),
    # content of pages
    "content.no_page": ("页面 {path} 不存在", "the page {path} is missing"),
    "content.path": ("{where} 的路径数据有误：{text}", "{where} has broken path data: {text}"),
    "content.too_much": (
        "页面内容超出上限（{what}）",
        "a page draws more than the limit ({what})",
    ),
    "content.depth": (
        "图元嵌套超过 {limit} 层",
        "graphic objects are nested deeper than {limit}",
    ),
    # composing
    "compose.page": ("页面尺寸须为正的毫米数", "page sizes must be positive millimetres"),
    "compose.number": (
        "数值 {value} 不能写入页面",
        "the number {value} cannot be written to a page",
    ),
    "compose.image": ("图片不是 PNG", "the picture is not a PNG"),
    "compose.text": ("文字须为一行且非空", "a text run must be one line and not empty"),
}

REASONS: dict[str, Text] = {
    **ERRORS,
    "container.form:passed": (
        "文件包结构唯一，{parts} 个文件均可完整读取",
        "the package has one reading and all {parts} parts can be read whole",
    ),
    "document.form:passed": ("文档结构可读取", "the document's structure can be read"),
    "document.signature_list:passed": (
        "签名列表与文件包中的签名一致",
        "the signature lists name every signature in the package",
    ),
    "document.no_signature_list": (
        "第 {body} 个文档的签名列表 {path} 不存在",
        "the signature list {path} of body {body} is missing",
    ),
    "document.empty_signature_list": (
        "第 {body} 个文档的签名列表 {path} 是空的",
        "the signature list {path} of body {body} is empty",
    ),
    "document.orphan_signature": (
        "存在未列入签名列表的签名：{parts}",
        "signatures that no list names: {parts}",
        "签名列表中的条目可能被删除；请索取原始文件。",
        "An entry may have been removed from the list; ask for the original file.",
    ),
    "signature.form:passed": ("签名描述符合格式", "the signature description is well-formed"),
    "signature.listed_twice": (
        "签名描述 {path} 被列出两次",
        "the signature description {path} is listed twice",
    ),
    "signature.shared_value": (
        "两个签名共用签名值 {path}",
        "two signatures share the signed value {path}",
    ),
    "signature.self_reference": (
        "签名引用了自身的文件 {path}",
        "the signature refers to its own part {path}",
    ),
    "signature.reference_conflict": (
        "{path} 被引用两次且杂凑值不同",
        "{path} is listed twice with different digests",
    ),
    "document.references:passed": (
        "{count} 个受保护文件均未改动（{method}）",
        "all {count} protected parts are unchanged ({method})",
    ),
    "document.changed": (
        "签名后被改动：{parts}",
        "changed since it was signed: {parts}",
        "文档内容与签名时不一致，请索取原始文件。",
        "The document is not what was signed; ask for the original file.",
    ),
    "document.part_missing": (
        "受保护的文件缺失：{parts}",
        "protected parts are missing: {parts}",
    ),
    "document.part_damaged": (
        "受保护的文件损坏：{parts}",
        "protected parts are damaged: {parts}",
    ),
    "document.reference_refused": (
        "签名引用了不合法的路径：{parts}",
        "the signature refers to illegal paths: {parts}",
    ),
    "document.locked": (
        "签名已锁定签名列表，但列表随后被改动：{parts}",
        "the signature locks the signature list, and the list was changed: {parts}",
    ),
    "document.no_references": (
        "签名没有保护任何文件",
        "the signature protects no part at all",
    ),
    "document.unknown_digest": (
        "不支持的杂凑算法：{method}",
        "unknown digest algorithm: {method}",
    ),
    "document.weak_digest": (
        "受保护文件使用了不安全的杂凑算法 {method}",
        "the protected parts are bound by the weak digest {method} only",
    ),
    "document.coverage:passed": (
        "全部显示内容均受本签名保护",
        "everything that is shown is covered by this signature",
    ),
    "document.partly_covered": (
        "影响显示的内容未受本签名保护：{parts}",
        "parts that decide what is shown are not covered by this signature: {parts}",
        "这些文件可在签名后被替换；如属已知模板，可在策略中登记其杂凑值。",
        "They could be replaced after signing; a policy may list the digests of known templates.",
    ),
    "document.part_unreadable": (
        "影响显示的部件无法解析，其内容与指向不明：{parts}（{reasons}）",
        "parts that decide what is shown cannot be read, so what they show is unknown: {parts}"
        " ({reasons})",
    ),
    "document.entry_uncovered": (
        "{parts} 中的元数据未受保护（其余全部受保护）",
        "the metadata in {parts} is not protected (everything it leads to is)",
    ),
    "document.link_uncovered": (
        "受保护的内容指向未受本签名保护的部件，它们可能是盖章后放入的：{parts}",
        "what is signed points to parts that are not, which may have been put there later: {parts}",
        "请勿信任这些附件、标引或扩展数据，除非另行核实。",
        "Do not rely on these attachments, tags or extensions unless confirmed otherwise.",
    ),
    "document.attachment_uncovered": (
        "不参与显示的内容未受本签名保护：{parts}",
        "parts that are not shown are not covered by this signature: {parts}",
    ),
    "document.extra_parts": (
        "文件包中有文档未引用、也未受保护的文件：{parts}",
        "parts that the document does not use and no digest protects: {parts}",
    ),
    "document.external": (
        "文档引用了包外资源：{parts}",
        "the document refers to resources outside the package: {parts}",
    ),
    "document.dangling": (
        "引用的文件不存在：{parts}",
        "referred to but missing: {parts}",
    ),
    "document.active_content": (
        "含有链接、媒体等动作：{parts}",
        "has links, media or other actions: {parts}",
    ),
    "document.path_binding:passed": (
        "签名绑定于本签名文件的路径",
        "the signature is bound to the path of its description",
    ),
    "document.path_of_another": (
        "签名原属 {found}，现位于 {expected}",
        "the signature belongs to {found} but stands at {expected}",
    ),
    "document.path_unbound": (
        "原文属性“{found}”不是签名文件路径，无法核对位置",
        "the property info “{found}” names no signature file, so the place cannot be checked",
    ),
    # deviations
    "deviation:package.prefix": (
        "压缩包之前有 {length} 字节无关数据",
        "{length} foreign bytes before the archive",
    ),
    "deviation:package.suffix": (
        "压缩包之后有 {length} 字节无关数据",
        "{length} foreign bytes after the archive",
    ),
    "deviation:package.pdf_header": (
        "压缩包开头（第 {offset} 字节）含 PDF 文件头：PDF 阅读器可能显示另一份文档",
        "a PDF's header stands at byte {offset}: a PDF reader may show another document",
    ),
    "deviation:package.wrapped": (
        "整个文档被放在文件夹 {name} 之内",
        "the whole document lies inside the folder {name}",
    ),
    "deviation:package.name_unmarked": (
        "文件名 {name} 为 UTF-8 而未作标记",
        "the name {name} is UTF-8 without saying so",
    ),
    "deviation:package.name_gbk": ("文件名 {name} 采用 GBK 编码", "the name {name} is in GBK"),
    "deviation:package.name_invisible": (
        "文件名 {name} 含有不可见字符",
        "the name {name} holds invisible characters",
    ),
    "deviation:xml.namespace_draft": (
        "使用 2014 草案的命名空间 http://www.ofdspec.org",
        "uses the namespace http://www.ofdspec.org of the 2014 drafts",
    ),
    "deviation:xml.encoding": ("字符编码为 {encoding}", "encoded in {encoding}"),
    "deviation:path.backslash": ("路径 {path} 使用反斜线", "the path {path} uses backslashes"),
    "deviation:path.double_slash": ("路径 {path} 含有双斜线", "the path {path} has a double slash"),
    "deviation:path.root_relative": (
        "路径 {path} 应以“/”开头",
        "the path {path} lacks its leading slash",
    ),
    "deviation:path.relative_reference": (
        "引用路径 {path} 不是绝对路径",
        "the reference path {path} is not absolute",
    ),
    "deviation:path.case": (
        "路径 {path} 的大小写与文件名不同",
        "the path {path} differs from the part's name in case",
    ),
    "deviation:signature.schema_order": (
        "元素次序与标准不同",
        "elements are not in the order of the schema",
    ),
    "deviation:signature.id": (
        "签名标识“{id}”缺失或重复",
        "the signature id “{id}” is missing or repeated",
    ),
    "deviation:signature.type": (
        "签名类型“{type}”不在标准之内",
        "the signature type “{type}” is not one of the standard's",
    ),
    "deviation:signature.provider": (
        "签名提供者信息的写法与标准不同",
        "the provider is not written as the schema asks",
    ),
    "signature.method_unknown": (
        "签名方法“{method}”未知",
        "the signature method “{method}” is unknown",
    ),
    "deviation:signature.method_missing": (
        "未写明签名方法",
        "no signature method is given",
    ),
    "deviation:signature.check_method": (
        "杂凑方法写作“{method}”而非 SM3 的对象标识符",
        "the digest method is written “{method}”, not as SM3's object identifier",
    ),
    "deviation:signature.check_method_missing": (
        "未给出杂凑方法（标准缺省为 MD5），按长度判定为 SM3",
        "no digest method is given (the schema's default is MD5); taken as SM3 by length",
    ),
    "deviation:signature.reference_twice": ("{path} 被引用两次", "{path} is listed twice"),
    "deviation:signature.seal_missing": (
        "印章文件 {path} 不存在，采用签名值内的印章",
        "the seal {path} is missing; the one inside the signed value is used",
    ),
    # stamps on pages
    "stamp.visible:passed": (
        "{stamps} 处印章外观均在页面上",
        "each of the {stamps} stamps lies on its page",
    ),
    "stamp.no_page": (
        "印章外观 {stamps} 指向不存在的页 {pages}",
        "the stamps {stamps} refer to pages that do not exist: {pages}",
    ),
    "stamp.invisible": (
        "印章外观 {stamps} 在页面上不可见（在页外、面积为零或被裁剪掉）",
        "the stamps {stamps} cannot be seen: off the page, without area, or clipped away",
        "不影响签名的判定；以本报告所列印章为准",
        "The signature is judged all the same; go by the seal named in this report.",
    ),
    "stamp.blank": (
        "印章图像没有可见内容（透明或空白）",
        "the seal's picture shows nothing: it is blank or transparent",
    ),
    "stamp.unseen": (
        "未查看图像（{reason}）",
        "pictures were not looked at ({reason})",
        "安装可选组件后可查看：pip install 'esealkit[picture]'",
        "With the optional part they are: pip install 'esealkit[picture]'.",
    ),
    "stamp.boundary:passed": (
        "按印章尺寸显示：{seal_width_mm}×{seal_height_mm} mm",
        "shown at the seal's size, {seal_width_mm}×{seal_height_mm} mm",
    ),
    "stamp.distorted": (
        "印章外观 {stamps} 变形：{width_mm}×{height_mm} mm，"
        "印章为 {seal_width_mm}×{seal_height_mm} mm",
        "the stamps {stamps} are distorted: {width_mm}×{height_mm} mm, "
        "the seal is {seal_width_mm}×{seal_height_mm} mm",
    ),
    "stamp.resized": (
        "印章外观 {stamps} 缩放显示：{width_mm}×{height_mm} mm，"
        "印章为 {seal_width_mm}×{seal_height_mm} mm",
        "the stamps {stamps} are shown at {width_mm}×{height_mm} mm, "
        "the seal is {seal_width_mm}×{seal_height_mm} mm",
    ),
    "stamp.seam:passed": (
        "{pieces} 个切片拼成完整印章",
        "the {pieces} slices make up whole seals",
    ),
    "stamp.seam_incomplete": (
        "骑缝章切片 {stamps} 只拼出印章的 {percent}%",
        "the slices {stamps} make up {percent}% of the seal only",
        "核对是否缺页",
        "See whether pages are missing.",
    ),
    "stamp.seam_overlap": (
        "骑缝章切片 {stamps} 有重复部分",
        "the slices {stamps} show parts of the seal more than once",
    ),
    "stamp.cut": (
        "印章外观 {stamps} 只显示了印章的一部分",
        "the stamps {stamps} show a part of the seal only",
    ),
    "stamp.overlap:passed": (
        "没有印章外观被其他印章外观盖住",
        "no stamp lies under another",
    ),
    "stamp.same_spot": (
        "印章外观 {stamps} 与另一印章外观在同一位置",
        "the stamps {stamps} lie on the same spot as another",
    ),
    "stamp.covered": (
        "印章外观 {stamps} 被之后的印章外观盖住",
        "the stamps {stamps} lie under a later one",
    ),
    "stamp.crowded": (
        "一页上的印章外观超过 {limit} 处，未逐一比对",
        "more than {limit} stamps on one page: not held against each other",
    ),
    "stamp.lookalike:passed": (
        "页面上印章大小的 {pictures} 幅图像均不似印章",
        "none of the {pictures} pictures of a seal's size on the pages looks like a seal",
    ),
    "stamp.copy_of_seal": (
        "{parts} 显示与第 {signatures} 个签章的印章相同的图样，但它只是页面内容，不是签章",
        "{parts} shows the seal of signature {signatures}, but is page content and not a stamp",
        "以本报告所列签章为准，页面上的图样不证明任何事",
        "Go by the signatures listed here; a picture on a page proves nothing.",
    ),
    "stamp.red_seal": (
        "{parts} 形似印章，但只是页面内容，没有签章为其作证",
        "{parts} looks like a seal, but is page content: no signature stands behind it",
        "图片印章不是电子签章：无法据此确认出自何人、是否改动",
        "A picture of a seal is no signature: it shows neither who made it nor any change.",
    ),
    "deviation:signature.stamp_id_twice": (
        "签章外观标识 {id} 重复",
        "the stamp id {id} occurs twice",
    ),
    "deviation:signature.property_info_form": (
        "原文属性“{found}”不是绝对路径，但指向同一文件",
        "the property info “{found}” is not absolute but names the same file",
    ),
}
