"""Texts of errors of the rooms between bytes and verbs: certificates, trust, policies, seals,
signing, making, and arguments.

Merged into :mod:`esealkit.words.of_errors`.
"""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

_READABLE_CERTIFICATES = (
    "证书须为 X.509，PEM 或 DER 编码。",
    "Certificates must be X.509 in PEM or DER.",
)
_LENIENT = (
    "若确知来源，可用 --lenient-seal（程序中为 strict=False）按厂商写法读取。",
    "If you know where it comes from, read it with --lenient-seal (strict=False in Python).",
)
_REMAKE = (
    "请印章制作单位更新印章。",
    "Ask the workshop to renew the seal.",
)

ERRORS: dict[str, Text] = {
    # certificates
    "certificate.malformed": (
        "证书无法解析（{reason}）",
        "the certificate cannot be read ({reason})",
        *_READABLE_CERTIFICATES,
    ),
    "certificate.none_found": (
        "没有找到证书",
        "no certificate was found",
        *_READABLE_CERTIFICATES,
    ),
    "certificate.not_sm2": (
        "证书“{subject}”的公钥不是 SM2 命名曲线上的公钥",
        "the key of certificate {subject} is not an SM2 key on the named curve",
    ),
    "certificate.public_key": (
        "证书“{subject}”的公钥不是 SM2 曲线上的点",
        "the key of certificate {subject} is not a point of the SM2 curve",
    ),
    "signature.algorithm_unknown": (
        "签名算法 {algorithm} 未知",
        "the signature algorithm {algorithm} is not known",
    ),
    "signature.algorithm_mismatch": (
        "签名算法 {algorithm} 与公钥的算法不一致",
        "the signature algorithm {algorithm} does not belong to the key",
    ),
    "signature.key_unsupported": (
        "证书公钥不可用（{reason}）",
        "the certificate's key cannot be used ({reason})",
    ),
    # signed messages, time stamps, revocation data
    "cms.certificate_ambiguous": (
        "有 {count} 个不同的证书都像是签名者的",
        "{count} different certificates could be the signer's",
    ),
    "cms.attribute_repeated": ("签名属性 {oid} 重复", "the signed attribute {oid} is repeated"),
    "cms.attribute_missing": ("缺少签名属性 {oid}", "the signed attribute {oid} is missing"),
    "cms.confusion": (
        "被签内容本身是一组签名属性，可能是挪用的签名",
        "the content is itself a set of attributes: the signature could be one taken from them",
    ),
    "cms.version": (
        "{where} 的版本号 {found} 与内容不符",
        "the version {found} of {where} does not fit what it holds",
    ),
    "cms.digest_algorithms": (
        "签名消息声明的杂凑算法与签名者所用不同",
        "the digests that the message announces are not those its signers use",
    ),
    "cms.content_unknown": (
        "签名消息的内容类型 {type} 未知",
        "the message's content type {type} is not known",
    ),
    "cms.with_header": (
        "签名连同内容的编码头一起计算（GmSSL 3 的做法），与标准不符",
        "the signature is over the content with its encoding's header (as GmSSL 3 makes it),"
        " which does not conform",
    ),
    "cms.direct": (
        "签名直接针对杂凑值而没有 Z 值，不符合 SM2 标准",
        "the signature is over the bare digest without Z, which is not SM2 as the standard has it",
    ),
    "cms.signature_unreadable": (
        "签名值不是 SM2 签名的任何已知编码",
        "the value is no known encoding of an SM2 signature",
    ),
    "cms.pss_parameters": (
        "RSASSA-PSS 参数缺失或有误（{reason}）",
        "the RSASSA-PSS parameters are missing or malformed ({reason})",
    ),
    "cms.pss_digest": (
        "RSASSA-PSS 参数中的杂凑（{used}）与签名者声明的（{stated}）不同",
        "the digest in the RSASSA-PSS parameters ({used}) is not the one stated ({stated})",
    ),
    "cms.digest_mismatch": (
        "SM2 签名没有配 SM3 杂凑",
        "an SM2 signature with a digest other than SM3",
    ),
    "signature.digest_unknown": (
        "杂凑算法 {algorithm} 未知",
        "the digest {algorithm} is not known",
    ),
    "cms.not_signed_data": (
        "内容类型 {type} 不是签名消息",
        "the content type {type} is no signed message",
    ),
    "cms.structure": (
        "签名消息的结构有误（{what}）",
        "the signed message is malformed ({what})",
    ),
    "cms.trailing": (
        "签名消息之后还有 {count} 个多余字节",
        "{count} foreign bytes follow the signed message",
    ),
    "crl.malformed": (
        "CRL 无法解析（{reason}）",
        "the CRL cannot be read ({reason})",
        "请重新下载，须为 DER 或 PEM 编码的 X.509 CRL。",
        "Download it again; it must be an X.509 CRL in DER or PEM.",
    ),
    "crl.row": (
        "CRL 中有无法理解的条目（{reason}）",
        "the CRL holds a row that cannot be understood ({reason})",
    ),
    "limit.crl_size": (
        "CRL 过大（{found} 字节，上限 {allowed}）",
        "the CRL is too large ({found} bytes, limit {allowed})",
    ),
    "ocsp.malformed": (
        "OCSP 响应无法解析（{reason}）",
        "the OCSP response cannot be read ({reason})",
    ),
    "ocsp.future": (
        "OCSP 响应的时间晚于验证时间",
        "the OCSP response is dated after the verification time",
    ),
    "ocsp.responder": (
        "OCSP 响应者未获该 CA 授权",
        "the OCSP responder is not authorised by the CA",
    ),
    "timestamp.not_a_token": (
        "内容类型 {type} 不是时间戳",
        "the content type {type} is no time stamp",
    ),
    "timestamp.version": (
        "时间戳版本 {found} 未知",
        "the time stamp's version {found} is not known",
    ),
    "timestamp.time": (
        "时间戳的时间无效",
        "the time stamp's time is invalid",
    ),
    "timestamp.critical": (
        "时间戳含有未知的关键扩展",
        "the time stamp has an unknown critical extension",
    ),
    "timestamp.imprint": (
        "时间戳不是对此数据所加",
        "the time stamp is over other data",
    ),
    "timestamp.digest": (
        "时间戳中的杂凑算法与杂凑值不符",
        "the time stamp's digest does not fit its algorithm",
    ),
    "cms.certificate_not_named": (
        "签名属性所指的证书不是签名者的证书",
        "the certificate that the signed attributes name is not the signer's",
    ),
    "timestamp.signers": (
        "时间戳有 {count} 个签名者，应恰有一个",
        "the time stamp has {count} signers instead of one",
    ),
    "timestamp.attributes": (
        "时间戳缺少签名属性",
        "the time stamp lacks signed attributes",
    ),
    "timestamp.no_certificate": (
        "没有时间戳服务的证书",
        "the time stamp authority's certificate is missing",
        "用 --evidence 给出该证书。",
        "Give it with --evidence.",
    ),
    "timestamp.purpose": (
        "证书“{subject}”不是专用于时间戳的证书",
        "the certificate {subject} is not one for time stamps alone",
    ),
    "timestamp.refused": (
        "时间戳服务拒绝了请求（状态 {status}）",
        "the time stamp authority refused the request (status {status})",
    ),
    "timestamp.nonce": (
        "时间戳应答与请求不对应",
        "the time stamp does not answer this request",
    ),
    # trust
    "trust.empty": (
        "{path} 中没有证书",
        "{path} holds no certificate",
        "信任目录应含证书，或含 makers/、signers/、tsa/ 等子目录。",
        "A trust directory holds certificates, or folders such as makers/, signers/ and tsa/.",
    ),
    "trust.file": (
        "信任文件 {path} 无法读取（{reason}）",
        "the trust file {path} cannot be read ({reason})",
        "请移走该文件，或换成完好的证书；信任不会被悄悄忽略。",
        "Remove it or replace it by a sound certificate; trust is never skipped silently.",
    ),
    "trust.too_many": (
        "{path} 中的文件超过 {allowed} 个",
        "{path} holds more than {allowed} files",
        "请只给出信任证书所在的目录。",
        "Name the directory that holds the trusted certificates only.",
    ),
    # policies
    "policy.unknown": (
        "没有名为“{name}”的策略",
        "there is no policy named {name}",
        "可用 default、strict、integrity，或策略文件。",
        "Use default, strict, integrity, or a policy file.",
    ),
    "policy.malformed": (
        "策略文件 {path} 无法解析：{reason}",
        "the policy file {path} cannot be read: {reason}",
    ),
    "policy.key": (
        "策略中有未知的键：{key}",
        "the policy has an unknown key: {key}",
        "请检查拼写；未知的键会被拒绝，以免漏掉要求。",
        "Check its spelling; unknown keys are refused so that no requirement goes missing.",
    ),
    "policy.value": (
        "策略中 {key} 的值无效",
        "the policy's value of {key} is invalid",
    ),
    # seals: reading
    "container.not_a_seal": (
        "不是电子印章数据",
        "this is not an electronic seal",
        "请给出 OFD 文件，或印章文件（.esl）。",
        "Give an OFD document, or a seal file (.esl).",
    ),
    "seal.trailing": (
        "印章数据之后还有 {count} 个多余字节",
        "{count} foreign bytes follow the seal data",
    ),
    "seal.element_count": (
        "{what} 有 {found} 个元素，与任何版本的标准都不符",
        "{what} has {found} elements, which no edition of the standards lists",
    ),
    "seal.field_type": (
        "{what}：偏移 {offset} 处的类型不是标准所列",
        "{what}: the type at offset {offset} is not the standard's",
    ),
    "seal.header_id": (
        "印章头标识为“{found}”，应为 ES",
        "the seal's header ID is {found}, not ES",
    ),
    "seal.certlist_type": (
        "证书列表类型 {found} 与列表内容不一致",
        "certListType {found} contradicts what the list holds",
    ),
    "seal.extension_twice": (
        "{what} 中有重复的扩展",
        "{what} holds an extension twice",
    ),
    "seal.legacy_layout": (
        "这是早于 GM/T 0031-2014 的印章格式，尚不支持",
        "this seal layout is older than GM/T 0031-2014 and not supported",
        "请印章制作单位按现行标准重新制章。",
        "Ask the workshop to make the seal anew by a current standard.",
    ),
    "seal.not_strict": (
        "与标准不一致（{deviation}，位于 {where}），严格读取时拒绝",
        "departs from the standard ({deviation} at {where}), which strict reading refuses",
        *_LENIENT,
    ),
    # seals: making
    "seal.kind_unknown": (
        "未知的印章类型“{name}”（可用：{known}）",
        "unknown kind of seal {name} (known: {known})",
    ),
    "seal.certlist_empty": (
        "印章须列出签章者证书，或其杂凑值，二者取一",
        "a seal lists signers' certificates or their digests: one of the two",
        "用 --signer 给出可使用此印章的证书。",
        "Name the certificates that may sign with the seal with --signer.",
    ),
    "seal.digests_in_v1": (
        "GM/T 0031-2014 的印章不能列证书杂凑值",
        "a seal of GM/T 0031-2014 cannot list certificate digests",
    ),
    "seal.extensions_in_v1": (
        "GM/T 0031-2014 的签章数据没有扩展",
        "a seal signature of GM/T 0031-2014 has no extensions",
    ),
    "seal.edition_not_written": (
        "不能写出 {edition} 格式的印章",
        "seals of edition {edition} are read, not written",
        "可写出 v4、v1、v5。",
        "The editions v4, v1 and v5 can be written.",
    ),
    "seal.timestamp_edition": (
        "{edition} 格式在此处没有时间戳",
        "edition {edition} has no place for a time stamp here",
    ),
    "seal.not_ascii": (
        "{field} 只能用可打印的 ASCII 字符：{text}",
        "{field} takes printable ASCII only: {text}",
    ),
    # signing
    "signing.revoked": (
        "证书“{subject}”已于 {revoked_at} 被吊销（{reason}），不能用来签章",
        "the certificate {subject} was revoked at {revoked_at} ({reason}) and must not sign",
        "向 CA 申请新证书，并请印章制作单位重新制作印章。",
        "Get a new certificate from the CA and have the seal made anew.",
    ),
    "signing.no_stamp_in_v1": (
        "GM/T 0031-2014 的签章数据没有放时间戳的位置",
        "a GM/T 0031-2014 signature has no place for a time stamp",
        "改用 V4 或 V5 的印章，或不加时间戳。",
        "Use a V4 or V5 seal, or no time stamp.",
    ),
    "status.malformed": (
        "不是合法的印章状态名录（{reason}）",
        "not a valid seal status list ({reason})",
    ),
    "status.empty_history": ("印章 {seal} 没有任何状态", "the seal {seal} has no state"),
    # fetching
    "fetch.failed": ("访问 {url} 失败（{reason}）", "the request to {url} failed ({reason})"),
    "fetch.ldap": (
        "{url} 是 LDAP 地址，不自动下载",
        "{url} is an LDAP address, which is not fetched",
        "从 CA 网站取得 CRL 文件，用 --evidence 给出。",
        "Get the CRL from the CA and give it with --evidence.",
    ),
    "fetch.private_address": (
        "{url} 指向内网或本机地址，不予访问",
        "{url} leads to a private or local address and is not contacted",
        "确有需要时，由调用者明确允许该主机。",
        "Where it is meant, the caller must allow that host by name.",
    ),
    "fetch.redirect": ("{url} 的重定向没有目标", "the redirect from {url} has no target"),
    "fetch.redirects": ("{url} 重定向次数过多", "too many redirects from {url}"),
    "fetch.scheme": ("{url} 不是 http 或 https 地址", "{url} is no http or https address"),
    "fetch.status": ("{url} 返回状态 {status}", "{url} answered with status {status}"),
    "fetch.timeout": ("访问 {url} 超时", "the request to {url} took too long"),
    "fetch.too_large": (
        "{url} 的内容超过 {most} 字节",
        "the answer from {url} is larger than {most} bytes",
    ),
    "fetch.unknown_host": ("无法解析 {url} 的主机名", "the host of {url} cannot be resolved"),
    "fetch.url": ("网址不合法：{url}", "not a valid URL: {url}"),
    "signing.no_certificate": (
        "密钥没有附带证书",
        "the key comes without a certificate",
        "用 --cert 指明签名证书。",
        "Name the signing certificate with --cert.",
    ),
    "signing.not_sm2": (
        "证书“{subject}”不是 SM2 证书，不能用于签章",
        "the certificate {subject} is no SM2 certificate and cannot sign seals",
    ),
    "signing.certificate_expired": (
        "证书“{subject}”不在有效期内（{valid_from} 至 {valid_until}）",
        "the certificate {subject} is outside its validity ({valid_from} to {valid_until})",
        "请换用有效证书；证书更新后印章须重新制作。",
        "Use a valid certificate; after its renewal the seal must be made anew.",
    ),
    "signing.key_usage": (
        "证书“{subject}”的密钥用法不允许签名",
        "the key usage of certificate {subject} does not allow signing",
        "双证用户请用签名证书，而不是加密证书。",
        "Of a dual pair use the signing certificate, not the encryption one.",
    ),
    "signing.not_on_seal": (
        "证书“{subject}”不在印章“{seal}”的证书列表中",
        "the certificate {subject} is not on the list of the seal {seal}",
        "若证书刚更新或重发，印章须重新制作。",
        "If the certificate was renewed or re-issued, the seal must be made anew.",
    ),
    "signing.seal_forged": (
        "印章“{seal}”的制章者签名不成立",
        "the seal maker's signature over the seal {seal} does not hold",
        "不要使用这枚印章；向印章制作单位核实。",
        "Do not use this seal; ask the workshop it comes from.",
    ),
    "signing.seal_expired": (
        "印章“{seal}”不在有效期内（{valid_from} 至 {valid_until}）",
        "the seal {seal} is outside its validity ({valid_from} to {valid_until})",
        *_REMAKE,
    ),
    "signing.chain": (
        "证书“{subject}”的证书链不成立：{reason}",
        "the path of certificate {subject} does not hold: {reason}",
    ),
    "signing.edition": (
        "不能用 {edition} 格式的印章签章",
        "seals of edition {edition} cannot be used for stamping",
        *_REMAKE,
    ),
    "signing.format": (
        "不能在此格式（{format}）的文件上签章",
        "files of this format ({format}) cannot be stamped",
        "请给出 OFD 或 PDF 文件。",
        "Give an OFD or a PDF document.",
    ),
    "signing.earlier_changed": (
        "加签会改变已有签名的验证结果，已放弃",
        "the new signature would change how earlier ones verify; nothing was written",
    ),
    "signing.self_check": (
        "写出的文件自检未通过（{reason}），已丢弃",
        "the written file did not verify ({reason}) and was discarded",
        "目标文件没有改动。",
        "The destination is unchanged.",
    ),
    "signing.prepared_malformed": (
        "不是有效的待签数据（{reason}）",
        "this is no prepared signing ({reason})",
        "请给出 prepare 步骤输出的 JSON。",
        "Give the JSON that the prepare step wrote.",
    ),
    "signing.staged_changed": (
        "暂存文件 {path} 在准备之后被改动",
        "the staged file {path} was changed after it was prepared",
        "请重新执行 prepare。",
        "Run the prepare step again.",
    ),
    "signing.no_pss": (
        "{algorithm} 密钥不能作 RSASSA-PSS 签名",
        "a key of {algorithm} makes no RSASSA-PSS signatures here",
        "该方式仅用于软件 RSA 密钥，或 prepare 之后由外部签名。",
        "It is for RSA keys in files, or for signing elsewhere after prepare.",
    ),
    "signing.also_needed": (
        "准备时声明还有第二算法签名，完成时须给出其密钥",
        "a second algorithm's signature was announced; completing needs its key",
        "complete 请给出 also_key=。",
        "Give complete also_key=.",
    ),
    "signing.wrong_signature": (
        "签名值不是所备证书对待签数据的签名",
        "the signature is not the prepared certificate's over the value to be signed",
        "请用该证书的私钥对 to_be_signed 签名：SM2 用默认标识，RSA（PKCS#1 v1.5）和 ECDSA "
        "用 SHA-256；SM2 和 ECDSA 给出 DER 编码。",
        "Sign to_be_signed with that certificate's key: SM2 with the default id, RSA (PKCS#1 v1.5) "
        "and ECDSA with SHA-256; SM2 and ECDSA as DER.",
    ),
    # verifying
    "report.not_passed": (
        "验证未通过（{verdict}）：{reason}",
        "the verification did not pass ({verdict}): {reason}",
    ),
    # arguments
    "usage.destination": (
        "不能向 {found} 写入文件",
        "no document can be written to {found}",
        "请给出路径，或以二进制方式打开的文件。",
        "Give a path, or a file opened in binary mode.",
    ),
    "usage.source": (
        "不能从 {found} 读取内容",
        "content cannot be read from {found}",
        "请给出字节串、路径或以二进制方式打开的文件。",
        "Give bytes, a path, or a file opened in binary mode.",
    ),
    "usage.trust": (
        "{found} 不是信任来源",
        "{found} is no source of trust",
        "请给出 TrustStore、路径、它们的列表，或 None。",
        "Give a TrustStore, a path, a list of those, or None.",
    ),
    "usage.naive_time": (
        "时间 {text} 缺少时区",
        "the time {text} has no time zone",
        "请给出带时区的时间，例如 datetime.now(timezone.utc)。",
        "Give an aware datetime, e.g. datetime.now(timezone.utc).",
    ),
    "usage.time": (
        "不是有效的时间：{text}",
        "not a time: {text}",
        "例如 2026-11-22 或 2026-11-22T08:00:00+08:00。",
        "For example 2026-11-22 or 2026-11-22T08:00:00+08:00.",
    ),
    "usage.language": (
        "没有语言 {found}（可用 zh、en）",
        "there is no language {found} (zh and en are known)",
    ),
    "usage.evidence": (
        "evidence 须为列表，而不是单个文件",
        "evidence is a list of files, not one file",
    ),
    "usage.evidence_unknown": (
        "有一件佐证（{size} 字节）无法识别",
        "a piece of evidence ({size} bytes) could not be recognised",
        "可用证书、CRL（PEM 或 DER）、OCSP 响应和印章状态名录。",
        "Certificates, CRLs (PEM or DER), OCSP responses and seal status lists can be used.",
    ),
    "usage.expect": (
        "expect 须为列表，而不是文本 {found}",
        "expect is a list of seals, not the text {found}",
    ),
    "trust.role": (
        "角色须为 maker 或 signer，而不是 {found}",
        "the role is maker or signer, not {found}",
    ),
    "trust.pin_none": (
        "文件中没有可固定的证书（{role}；{reason}）",
        "the file holds no certificate to pin ({role}; {reason})",
    ),
    "trust.pin_several": (
        "文件中有 {count} 张不同的证书：{listed}",
        "the file holds {count} different certificates: {listed}",
        "用 --index 选择其一。",
        "Choose one with --index.",
    ),
    "trust.pin_index": (
        "没有第 {index} 张证书（共 {count} 张）",
        "there is no certificate {index} (of {count})",
    ),
    "trust.pin_unproven": (
        "应证明证书持有者参与的签名不成立（{check}），不写入",
        "the signature that should prove the holder took part does not hold ({check}); nothing"
        " was written",
        "向印章制作单位或签章者直接索取证书。",
        "Ask the workshop or the signer for the certificate itself.",
    ),
    "inspect.hidden": ("私钥内容不显示", "key material is not shown"),
    "inspect.unknown": (
        "不是 OFD、PDF、PEM 或 DER",
        "neither OFD nor PDF nor PEM nor DER",
    ),
    "usage.jobs": (
        "须给出文件列表，并行数在 1 至 {most} 之间",
        "give a list of files, and between 1 and {most} jobs",
    ),
    "batch.failed": (
        "处理此文件时出错（{reason}），其余文件不受影响",
        "this file could not be worked on ({reason}); the others are not affected",
        "请单独验证此文件；若仍出错，请报告此问题。",
        "Verify this file on its own; if that fails too, please report it.",
    ),
    "usage.json_twice": (
        "--json 与 --ndjson 只能用其一",
        "give --json or --ndjson, not both",
    ),
    "usage.no_reports": (
        "没有可合并的报告",
        "there is no report to merge",
    ),
    "usage.size": (
        "不是尺寸：{text}",
        "not a size: {text}",
        "写作 宽,高，整毫米，例如 40,40。",
        "Write W,H in whole millimetres, e.g. 40,40.",
    ),
    "usage.provider": (
        "签名提供者名称为空：{found}",
        "the provider has no name: {found}",
        "写作 名称:版本:公司。",
        "Write NAME:VERSION:COMPANY.",
    ),
    "usage.signers": (
        "signers 须为证书列表，而不是单个证书",
        "signers is a list of certificates, not one",
    ),
    "usage.pin": (
        "密钥需要口令，而标准输入不是终端",
        "the key needs a PIN and standard input is no terminal",
        "用 --pin-file 提供口令。",
        "Give it with --pin-file.",
    ),
    # files
    "input.directory": (
        "{path} 是文件夹，不是文件",
        "{path} is a folder, not a file",
    ),
    "output.not_a_file": (
        "{path} 不是普通文件，不能替换",
        "{path} is not a plain file and cannot be replaced",
    ),
    "output.failed": (
        "无法写入 {path}：{reason}",
        "cannot write {path}: {reason}",
        "原有文件没有改动；请检查磁盘空间和权限。",
        "What was there is unchanged; check disk space and permissions.",
    ),
    "limit.source_size": (
        "文件过大（上限 {allowed} 字节）",
        "the file is too large (limit {allowed} bytes)",
    ),
    "limit.input_size": (
        "输入过大（上限 {allowed} 字节）",
        "the input is too large (limit {allowed} bytes)",
    ),
    "limit.resources": (
        "处理此文件所需资源超出限度（{kind}）",
        "this file needs more resources than are allowed ({kind})",
    ),
}
