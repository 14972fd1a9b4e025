"""Texts of the checks on seals, certificates and time."""

from __future__ import annotations

_ASK_CA = (
    "向签章单位或其 CA 索取根证书，核实后放入信任目录 signers/",
    "Ask the signer's organisation or its CA for the root certificate and, once confirmed, put it"
    " into the trust directory's signers/.",
)
_ASK_MAKER = (
    "向印章制作单位或主管部门核实该制章者证书，确认后放入信任目录 makers/，或用 --trust-maker 指定",
    "Confirm this maker's certificate with the workshop or the authority in charge, then put it"
    " into the trust directory's makers/ or name it with --trust-maker.",
)


def _of_stamps(check: str) -> dict[str, tuple[str, str] | tuple[str, str, str, str]]:
    """The same questions are asked of a signature's and of a seal's time stamp."""
    return {
        f"{check}:passed": (
            "时间戳成立：{time}（{tsa}）",
            "the time stamp holds: {time} ({tsa})",
        ),
        f"{check}_invalid": (
            "时间戳不成立：{reason}",
            "the time stamp does not hold: {reason}",
        ),
        f"{check}_undecided": (
            "时间戳无法判定：{reason}",
            "the time stamp cannot be decided: {reason}",
        ),
        f"{check}_future": (
            "时间戳的时间 {time} 在验证时间之后",
            "the time stamp's time {time} is in the future",
        ),
        f"{check}_tsa_expired": (
            "时间戳服务证书在盖戳时（{time}）不在有效期内",
            "the time stamp authority's certificate was not valid at {time}",
        ),
        f"{check}_untrusted": (
            "时间戳由“{tsa}”签发，不在给定的信任来源中",
            "the time stamp is by {tsa}, which leads to none of the given anchors",
            "核实该时间戳服务，确认后放入信任目录 tsa/",
            "Confirm that authority and put its root into the trust directory's tsa/.",
        ),
        f"{check}_revocation:passed": (
            "时间戳服务证书未被吊销（依据 {sources}）",
            "the time stamp authority's certificate is not revoked (by {sources})",
        ),
        f"{check}_revocation_unchecked": (
            "未查时间戳服务证书是否被吊销",
            "whether the time stamp authority's certificate was revoked was not checked",
            "用 --evidence 给出 CRL 或 OCSP 响应，或用 --fetch 下载",
            "Give a CRL or OCSP response with --evidence, or use --fetch.",
        ),
        f"{check}_revoked": (
            "时间戳服务证书在盖戳前已被吊销（{revoked_at}，原因 {reason}）",
            "the time stamp authority's certificate was revoked before it stamped ({revoked_at},"
            " {reason})",
        ),
        f"{check}_revoked_time_unproven": (
            "时间戳服务证书已于 {revoked_at} 被吊销（{reason}），该时间戳不再证明时间",
            "the time stamp authority's certificate was revoked at {revoked_at} ({reason}); the"
            " time stamp proves no time any more",
            "在吊销之前另有时间戳覆盖时仍可证明；请向时间戳服务核实",
            "It would, if another time stamp had covered it before; ask the authority.",
        ),
        f"{check}_revoked_later": (
            "时间戳服务证书在盖戳后被吊销（{revoked_at}，原因 {reason}）",
            "the time stamp authority's certificate was revoked after it stamped ({revoked_at},"
            " {reason})",
        ),
        f"{check}_revoked_after_proven_time": (
            "时间戳服务证书于 {revoked_at} 被吊销，另一时间戳证明本时间戳在此之前",
            "the time stamp authority's certificate was revoked at {revoked_at}; another time stamp"
            " proves that this one is older",
        ),
    }


REASONS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    # signature.form, signature.value
    "signature.form:passed": ("签章数据格式符合标准", "the seal signature has the standard's form"),
    "signature.form:failed": ("签章数据格式有误", "the seal signature is malformed"),
    "signature.malformed": (
        "签章数据格式有误：{reason}",
        "the seal signature is malformed: {reason}",
    ),
    "signature.unreadable": (
        "签名值（{length} 字节）不是任何已知格式",
        "the signed value ({length} bytes) has no known form",
    ),
    "signature.value_missing": ("签名值文件缺失", "the signed value is missing"),
    "signature.internal_error": (
        "判定此签名时程序内部出错（{kind}），不作结论",
        "an internal error ({kind}) while judging this signature; nothing is concluded",
        "请向 esealkit 报告此问题，并附上文件",
        "Please report this to esealkit, with the file if you can.",
    ),
    "signature.no_signer": (
        "签名消息中没有任何签名者",
        "the signed message has no signer at all",
    ),
    "deviation:signature.base64": (
        "签名值以 Base64 文本存放，标准为 DER",
        "the signed value is stored as Base64 text where the standard has DER",
    ),
    "deviation:cms.bare": ("没有外层 ContentInfo", "a SignedData without ContentInfo"),
    "deviation:cms.encapsulated_type": (
        "内容类型 {type} 不属于这类消息",
        "the content type {type} does not belong to this kind of message",
    ),
    "deviation:cms.content_type": (
        "contentType 属性与内容类型不同",
        "the contentType attribute differs from the content's type",
    ),
    "deviation:cms.digest_algorithm": (
        "{where} 写的是签名算法（{algorithm}），应为杂凑算法",
        "{where} names a signature algorithm ({algorithm}) in place of a digest",
    ),
    "deviation:cms.content_tag": (
        "内容的标签为 {tag}，标准为 OCTET STRING",
        "the content has the tag {tag} where the standard has OCTET STRING",
    ),
    "deviation:cms.signature_algorithm": (
        "签名算法写作 SM2-with-SM3，标准为 SM2-1",
        "the algorithm is written SM2-with-SM3 where the standard has SM2-1",
    ),
    "deviation:cms.content_text": (
        "所带内容是杂凑值的文本，而不是内容或其杂凑值",
        "the content carried along is text of the digest, not the content or its digest",
    ),
    "deviation:cms.digest_signed": (
        "签名针对内容的杂凑值而不是内容",
        "the signature is over the content's digest, not the content",
    ),
    "signature.kind_mismatch": (
        "签名列表声明为数字签名，签名值却是电子签章",
        "the list declares a digital signature, the value is a seal signature",
    ),
    "signature.extension_critical": (
        "签章含有未知的关键扩展：{oids}",
        "the seal signature has unknown critical extensions: {oids}",
    ),
    "signature.value:passed": (
        "签章者对签章数据的签名成立（{algorithm}）",
        "the signer's signature over the to-be-signed value holds ({algorithm})",
    ),
    "signature.value:failed": (
        "签章者的签名不成立：签章数据被改动，或不是该证书所签",
        "the signer's signature does not hold: the data was changed or another key signed it",
        "不要接受这份文件；请签章单位重新出具",
        "Do not accept this file; ask the signer's organisation for a new one.",
    ),
    "signature.value:unknown": ("签名值未能验证", "the signature value could not be verified"),
    "signature.value_unreadable": (
        "签名值（{length} 字节）不是 SM2 签名的任何已知编码",
        "the value ({length} bytes) is no known encoding of an SM2 signature",
    ),
    "signature.value_unused_bits": (
        "签名值本身成立，但位串标称有未用位而并无缺失：可能是厂商编码习惯，也可能是传输错误",
        "the value holds, but its bit string claims unused bits though none is missing: a vendor's"
        " habit or a flipped bit",
        "请签章系统厂商按 DER 编码签名值",
        "Ask the vendor of the sealing system to encode the value in DER.",
    ),
    "signature.value_algorithm": (
        "签名算法 {algorithm} 未知",
        "the signature algorithm {algorithm} is not known",
    ),
    "signature.value_mismatch": (
        "签名算法 {algorithm} 与证书公钥的算法不一致",
        "the signature algorithm {algorithm} does not belong to the certificate's key",
    ),
    "signature.value_key": (
        "证书公钥不可用（{reason}）",
        "the certificate's key cannot be used ({reason})",
    ),
    "signature.value_not_over_tbs": (
        "签名只覆盖原文杂凑，没有覆盖待签章数据：印章、时间、证书未受签名保护，不符合标准",
        "the signature covers only the data hash, not TBS_Sign: seal, time and certificate are"
        " unauthenticated, which is not conforming",
        "请签章系统厂商改正后重新盖章",
        "Ask the vendor of the sealing system to correct it, then have the file sealed again.",
    ),
    "signer.certificate_missing": (
        "签名值是裸的 SM2 签名，没有签名者证书，无法判定",
        "the value is a bare SM2 signature without a certificate; it cannot be decided",
        "向签名单位索取签名证书",
        "Ask the signer's organisation for the signing certificate.",
    ),
    "signer.certificate_malformed": (
        "签章者证书无法解析（{reason}）",
        "the signer's certificate cannot be read ({reason})",
    ),
    "signature.extension_unknown": (
        "签章含有未知的非关键扩展",
        "the seal signature has unknown extensions that are not critical",
    ),
    # document.digest
    "document.digest:passed": (
        "原文杂凑一致（{algorithm}）",
        "the data hash matches the document's signature description ({algorithm})",
    ),
    "document.digest:failed": (
        "原文杂凑不一致：签名描述 Signature.xml 被改动",
        "the data hash does not match: Signature.xml was changed",
        "不要接受这份文件；请签章单位重新出具",
        "Do not accept this file; ask the signer's organisation for a new one.",
    ),
    "document.digest_missing": ("签名描述文件缺失", "the signature description is missing"),
    "document.changes:passed": (
        "受保护的部件自盖章后未被改动",
        "covered parts are unchanged since signing",
    ),
    "document.changes:failed": (
        "盖章后有不允许的改动",
        "there are later changes that are not allowed",
    ),
    "document.unsigned": ("文件中没有任何签章或签名", "the document carries no signature"),
    "document.body_unsigned": (
        "文件包中有未签章的文档",
        "the package holds a document body nobody signed",
    ),
    # seal.*
    "seal.form:passed": (
        "印章数据格式符合标准（{edition}）",
        "the seal has the standard's form ({edition})",
    ),
    "seal.form:failed": ("印章数据格式有误", "the seal is malformed"),
    "seal.field_invalid": ("印章字段无效：{fields}", "invalid seal fields: {fields}"),
    "seal.extension_critical": (
        "印章含有未知的关键扩展：{oids}",
        "the seal has unknown critical extensions: {oids}",
    ),
    "seal.certificate_malformed": (
        "制章者证书无法解析（{reason}）",
        "the maker's certificate cannot be read ({reason})",
    ),
    "seal.maker_signature:passed": (
        "制章者对印章的签名成立（{algorithm}）",
        "the seal maker's signature over the seal holds ({algorithm})",
    ),
    "seal.maker_signature:failed": (
        "制章者的签名不成立：印章被改动或伪造",
        "the seal maker's signature does not hold: the seal was changed or forged",
        "不要接受这枚印章；向印章所属单位核实",
        "Do not accept this seal; ask the organisation it names.",
    ),
    "seal.maker_signature:unknown": (
        "制章者的签名未能验证",
        "the seal maker's signature could not be verified",
    ),
    "seal.maker_signature_unreadable": (
        "制章者签名值（{length} 字节）不是任何已知编码",
        "the maker's signature value ({length} bytes) has no known encoding",
    ),
    "seal.maker_signature_unused_bits": (
        "签名值本身成立，但位串标称有未用位而并无缺失：可能是厂商编码习惯，也可能是传输错误",
        "the value holds, but its bit string claims unused bits though none is missing: a vendor's"
        " habit or a flipped bit",
        "请签章系统厂商按 DER 编码签名值",
        "Ask the vendor of the sealing system to encode the value in DER.",
    ),
    "seal.maker_signature_algorithm": (
        "制章者签名算法 {algorithm} 未知",
        "the maker's signature algorithm {algorithm} is not known",
    ),
    "seal.maker_signature_mismatch": (
        "制章者签名算法 {algorithm} 与其证书公钥不一致",
        "the maker's signature algorithm {algorithm} does not belong to its key",
    ),
    "seal.maker_signature_key": (
        "制章者证书公钥不可用（{reason}）",
        "the maker's key cannot be used ({reason})",
    ),
    "seal.maker_chain:passed": (
        "制章者证书可信（{how}）",
        "the maker's certificate leads to trust ({how})",
    ),
    "seal.maker_chain:failed": (
        "制章者证书链不成立：{reason}",
        "the maker's certificate path does not hold: {reason}",
    ),
    "seal.maker_chain_no_anchor": (
        "制章者证书由“{issuer}”签发，不在给定的信任来源中",
        "the maker's certificate, issued by {issuer}, leads to none of the given anchors",
        *_ASK_MAKER,
    ),
    "seal.maker_chain_no_trust": (
        "未给出信任来源，制章者证书（签发者“{issuer}”）无法判定",
        "no trust was given; the maker's certificate (issued by {issuer}) cannot be decided",
        *_ASK_MAKER,
    ),
    "seal.maker_weak_algorithm": (
        "制章者证书链使用弱算法：{algorithms}",
        "the maker's path uses weak algorithms: {algorithms}",
    ),
    "seal.maker_authority:passed": (
        "制章者“{subject}”获准制章（{how}）",
        "the maker {subject} is authorised ({how})",
    ),
    "seal.maker_authority:unknown": (
        "不能确认“{subject}”有权制章：任何持有可信 CA 证书的人都可能冒名制章",
        "it is not known that {subject} may make seals: any certificate holder of a trusted CA"
        " could make one in another's name",
        *_ASK_MAKER,
    ),
    "seal.maker_authority": (
        "不能确认制章者有权制章",
        "it is not known that the maker may make seals",
        *_ASK_MAKER,
    ),
    "seal.maker_key_usage:passed": (
        "制章者证书的密钥用法允许签名",
        "the maker's key usage allows signing",
    ),
    "seal.maker_key_usage:failed": (
        "制章者证书的密钥用法不允许签名：{key_usage}",
        "the maker's key usage does not allow signing: {key_usage}",
    ),
    "seal.maker_key_usage_encryption": (
        "制章者用了加密证书，而不是签名证书",
        "the maker used the encryption certificate of a pair",
    ),
    "seal.maker_validity:passed": (
        "制章者证书在签章时有效",
        "the maker's certificate was within its validity",
    ),
    "seal.maker_validity_expired": (
        "制章者证书在签章时（{at}）已过期（至 {valid_until}）",
        "the maker's certificate had expired ({valid_until}) at {at}",
    ),
    "seal.maker_validity_not_yet": (
        "制章者证书在签章时（{at}）尚未生效（自 {valid_from}）",
        "the maker's certificate was not yet valid (from {valid_from}) at {at}",
    ),
    "seal.maker_revocation_unchecked": (
        "未查制章者证书是否被吊销",
        "whether the maker's certificate was revoked was not checked",
        "用 --evidence 给出 CRL 或 OCSP 响应，或用 --fetch 下载",
        "Give a CRL or OCSP response with --evidence, or use --fetch.",
    ),
    "seal.validity:passed": (
        "{at} 在印章有效期内（{valid_from} 至 {valid_until}）",
        "{at} lies within the seal's validity ({valid_from} to {valid_until})",
    ),
    "seal.expired": (
        "{at} 晚于印章有效期（至 {valid_until}）",
        "{at} is after the seal's validity (to {valid_until})",
        "印章过期后应更新再用；请签章单位用有效印章重新盖章",
        "An expired seal must be renewed; ask for the file to be sealed with a valid one.",
    ),
    "seal.not_yet_valid": (
        "{at} 早于印章有效期（自 {valid_from}）",
        "{at} is before the seal's validity (from {valid_from})",
    ),
    "seal.same_as_embedded:passed": (
        "Seal.esl 与签名值中的印章一致",
        "Seal.esl equals the seal inside the signed value",
    ),
    "seal.same_as_embedded:failed": (
        "Seal.esl 与签名值中的印章不一致：显示的可能不是所签的印章",
        "Seal.esl differs from the seal inside the signed value: what is shown may not be it",
    ),
    "seal.picture:passed": (
        "印章图像类型相符，{width_mm}×{height_mm} mm",
        "the picture is what it says, {width_mm}×{height_mm} mm",
    ),
    "seal.picture_type": (
        "印章图像声明为“{declared}”，实际为“{found}”",
        "the picture is declared {declared}, found {found}",
    ),
    "seal.picture_size": (
        "印章图像尺寸无效：{width_mm}×{height_mm} mm",
        "the picture's size is invalid: {width_mm}×{height_mm} mm",
    ),
    "seal.status:passed": (
        "印章在签章时（{at}）状态正常，现状态 {now}",
        "the seal was in use at {at}; now {now}",
    ),
    "seal.status_bad": (
        "印章在签章时已{state}（自 {since}，原因 {reason}）",
        "the seal was {state} at signing (since {since}, {reason})",
        "不要接受这份文件；向印章所属单位核实",
        "Do not accept this file; ask the seal's owner.",
    ),
    "seal.status_later": (
        "印章在签章后被注销（{since}，原因 {reason}），签章时间没有时间戳证明",
        "the seal was cancelled after signing ({since}, {reason}); no time stamp proves the time",
    ),
    "seal.status_later_unproven": (
        "印章后来因 {reason} 注销（{since}），签章时间没有时间戳证明",
        "the seal was later cancelled for {reason} ({since}); no time stamp proves the time",
        "向印章所属单位核实签章时间",
        "Ask the seal's owner about the signing time.",
    ),
    "seal.status_unlisted": (
        "印章状态名录中没有这枚印章（{id}）在签章时的状态",
        "the status list does not say how the seal {id} stood at signing",
    ),
    "seal.status_stale": (
        "印章状态名录已过期（至 {until}）",
        "the status list is stale (until {until})",
    ),
    "seal.status_untrusted": (
        "印章状态名录的签发者“{signer}”未获信任",
        "the status list's signer {signer} is not trusted",
        "核实后将其证书放入信任目录 makers/",
        "Once confirmed, put its certificate into the trust directory's makers/.",
    ),
    "seal.status_unchecked": (
        "未查印章是否被注销或停用",
        "whether the seal was cancelled or suspended was not checked",
        "用 --evidence 给出印章状态名录",
        "Give a seal status list with --evidence.",
    ),
    # signer.*
    "signer.chain:passed": (
        "签章者证书可信（{how}）",
        "the signer's certificate leads to trust ({how})",
    ),
    "signer.chain:failed": (
        "签章者证书链不成立：{reason}",
        "the signer's certificate path does not hold: {reason}",
    ),
    "signer.chain_no_anchor": (
        "签章者证书由“{issuer}”签发，不在给定的信任来源中",
        "the signer's certificate, issued by {issuer}, leads to none of the given anchors",
        *_ASK_CA,
    ),
    "signer.chain_no_trust": (
        "未给出信任来源，签章者证书（签发者“{issuer}”）无法判定",
        "no trust was given; the signer's certificate (issued by {issuer}) cannot be decided",
        *_ASK_CA,
    ),
    "signature.value_weak": (
        "签名值成立，但所用算法（{algorithm}）已不安全",
        "the signature holds, but its algorithm ({algorithm}) is no longer safe",
    ),
    "seal.maker_signature_weak": (
        "制章者的签名成立，但所用算法（{algorithm}）已不安全",
        "the seal maker's signature holds, but its algorithm ({algorithm}) is no longer safe",
    ),
    "document.digest_weak": (
        "原文杂凑值相符，但所用算法（{algorithm}）已不安全",
        "the document's digest agrees, but its algorithm ({algorithm}) is no longer safe",
    ),
    "signer.weak_algorithm": (
        "签章者证书链使用弱算法：{algorithms}",
        "the signer's path uses weak algorithms: {algorithms}",
    ),
    "signer.key_usage:passed": (
        "签章者证书的密钥用法允许签名",
        "the signer's key usage allows signing",
    ),
    "signer.key_usage:failed": (
        "签章者证书的密钥用法不允许签名：{key_usage}",
        "the signer's key usage does not allow signing: {key_usage}",
    ),
    "signer.key_usage_encryption": (
        "签章用了双证中的加密证书，应使用签名证书",
        "the encryption certificate of the pair was used; the signing one is required",
        "请用签名证书重新盖章",
        "Have the file sealed again with the signing certificate.",
    ),
    "signer.validity:passed": (
        "签章者证书在签章时有效（{valid_from} 至 {valid_until}）",
        "the signer's certificate was valid at signing ({valid_from} to {valid_until})",
    ),
    "signer.validity_expired": (
        "签章者证书在签章时（{at}）已过期（至 {valid_until}）",
        "the signer's certificate had expired ({valid_until}) at {at}",
    ),
    "signer.validity_not_yet": (
        "签章者证书在签章时（{at}）尚未生效（自 {valid_from}）",
        "the signer's certificate was not yet valid (from {valid_from}) at {at}",
    ),
    "signer.revocation_unchecked": (
        "未查签章者证书是否被吊销",
        "whether the signer's certificate was revoked was not checked",
        "用 --evidence 给出 CRL 或 OCSP 响应，或用 --fetch 下载",
        "Give a CRL or OCSP response with --evidence, or use --fetch.",
    ),
    "signer.in_seal:passed": ("签章者证书在印章的证书列表中", "the signer is on the seal's list"),
    "signer.in_seal:failed": (
        "签章者证书不在印章的证书列表（{listed} 项）中：无权使用此印章",
        "the signer's certificate is not among the {listed} on the seal's list",
        "若证书刚更新或重发，印章须重新制作",
        "If the certificate was renewed or re-issued, the seal must be made anew.",
    ),
    "signer.in_seal:unknown": ("未能核对印章的证书列表", "the seal's list could not be compared"),
    "signer.list_unreadable": (
        "印章的证书列表没有可核对的证书",
        "the seal's list names no certificate that could be compared",
    ),
    "signer.list_algorithm": (
        "印章证书列表用了未知的杂凑算法：{algorithms}",
        "the seal's list uses unknown digests: {algorithms}",
    ),
    # time.*
    "time.rules:passed": (
        "签章时间合理：{signed_at}",
        "the signing time is plausible: {signed_at}",
    ),
    "time.unknown": ("签章时间无法读取", "the signing time cannot be read"),
    "time.future": (
        "签章时间 {signed_at} 在验证时间 {now} 之后",
        "the signing time {signed_at} is after the verification time {now}",
    ),
    "time.claimed_only": (
        "证书或印章现已过期，自述的签章时间 {signed_at} 在有效期内，但没有时间戳证明",
        "certificate or seal have expired since; the claimed time {signed_at} is within their"
        " validity but no time stamp proves it",
        "盖章时加时间戳，可在过期后仍证明签章时间",
        "A time stamp at signing would prove the time after expiry.",
    ),
    # revocation
    "signer.revocation:passed": (
        "签章者证书未被吊销（依据 {sources}）",
        "the signer's certificate is not revoked (by {sources})",
    ),
    "signer.revoked": (
        "签章者证书在签章前已被吊销（{revoked_at}，原因 {reason}）",
        "the signer's certificate was revoked before signing ({revoked_at}, {reason})",
        "不要接受这份文件；向签章单位核实",
        "Do not accept this file; ask the signer's organisation.",
    ),
    "signer.revoked_time_unproven": (
        "签章者证书已于 {revoked_at} 被吊销（{reason}）；自述时间 {signed_at} 没有时间戳证明",
        "the signer's certificate was revoked at {revoked_at} ({reason}); no time stamp proves"
        " the claimed time {signed_at}",
        "向签章单位核实签章时间，或请其重新签章",
        "Ask the signer's organisation about the time, or for a new signature.",
    ),
    "signer.revoked_later": (
        "签章者证书在签章后被吊销（{revoked_at}，原因 {reason}）",
        "the signer's certificate was revoked after signing ({revoked_at}, {reason})",
    ),
    "signer.revoked_after_proven_time": (
        "签章者证书于 {revoked_at} 被吊销，时间戳证明签章在此之前",
        "the signer's certificate was revoked at {revoked_at}; a time stamp proves earlier signing",
    ),
    "seal.maker_revocation:passed": (
        "制章者证书未被吊销（依据 {sources}）",
        "the maker's certificate is not revoked (by {sources})",
    ),
    "seal.maker_revoked": (
        "制章者证书在签章前已被吊销（{revoked_at}，原因 {reason}）",
        "the maker's certificate was revoked before signing ({revoked_at}, {reason})",
        "向印章所属单位和印章制作单位核实",
        "Ask the seal's owner and the workshop.",
    ),
    "seal.maker_revoked_time_unproven": (
        "制章者证书已于 {revoked_at} 被吊销（{reason}）；签章时间 {signed_at} 没有时间戳证明",
        "the maker's certificate was revoked at {revoked_at} ({reason}); no time stamp proves the"
        " signing time {signed_at}",
    ),
    "seal.maker_revoked_later": (
        "制章者证书在签章后被吊销（{revoked_at}，原因 {reason}）",
        "the maker's certificate was revoked after signing ({revoked_at}, {reason})",
    ),
    "seal.maker_revoked_after_proven_time": (
        "制章者证书于 {revoked_at} 被吊销，时间戳证明签章在此之前",
        "the maker's certificate was revoked at {revoked_at}; a time stamp proves earlier signing",
    ),
    # time stamps
    "time.after_stamp": (
        "自述的签章时间 {signed_at} 晚于时间戳 {proven}",
        "the claimed signing time {signed_at} is after the time stamp {proven}",
    ),
    **_of_stamps("time.stamp"),
    **_of_stamps("seal.timestamp"),
    "seal.created:passed": (
        "印章制作时间 {created} 在制章者证书有效期内",
        "the seal's creation {created} lies within the maker's certificate",
    ),
    "seal.created_outside_maker": (
        "印章制作时间 {created} 不在制章者证书有效期内",
        "the seal's creation {created} is outside the maker's certificate",
    ),
    "seal.created_after_stamp": (
        "印章制作时间 {created} 晚于印章时间戳 {time}",
        "the seal's creation {created} is after its time stamp {time}",
    ),
    "deviation:timestamp.imprint": (
        "时间戳的杂凑对象是 {over}",
        "the time stamp's imprint is over {over}",
    ),
    # expectation
    "expectation:passed": (
        "期望的印章都在：{expected}",
        "the expected seals are there: {expected}",
    ),
    "expectation:failed": (
        "缺少期望的印章：{missing}",
        "expected seals are missing or did not pass: {missing}",
    ),
    "expectation": ("缺少期望的印章", "an expected seal is missing or did not pass"),
    "deviation.refused": (
        "与标准不一致，策略不允许：{deviations}",
        "departs from the standard, which the policy does not allow: {deviations}",
    ),
    "container.form:passed": ("文件容器完好", "the container is sound"),
    "container.not_a_seal": ("不是电子印章数据", "this is not an electronic seal"),
    # deviations
    "deviation:der.ber_indefinite": ("BER 不定长编码", "BER indefinite length"),
    "deviation:der.ber_length": ("非最短的长度编码", "a length not in its shortest form"),
    "deviation:der.ber_constructed": ("BER 构造型字符串", "a BER constructed string"),
    "deviation:der.integer_padding": ("INTEGER 有多余的前导字节", "an INTEGER with padding bytes"),
    "deviation:der.boolean_value": ("BOOLEAN 真值不是 FF", "a BOOLEAN true other than FF"),
    "deviation:der.unused_bits": ("BIT STRING 未用位不为零", "a BIT STRING with unused bits set"),
    "deviation:der.text_bytes": (
        "字符串含有其类型不允许的字节",
        "a string with bytes its type forbids",
    ),
    "deviation:der.trailing_padding": (
        "结构之后有 {count} 个填充字节",
        "{count} padding bytes follow",
    ),
    "deviation:der.default_encoded": ("默认值被写出", "a default value written out"),
    "deviation:seal.wrapped": ("外面多包了一层", "wrapped once more than the standard has it"),
    "deviation:seal.version": (
        "版本号为 {found}，此格式应为 {expected}",
        "version {found} where this layout has {expected}",
    ),
    "deviation:seal.property_layout": (
        "属性字段与印章格式的版本不一致",
        "the property has another edition's layout",
    ),
    "deviation:signature.version": (
        "签章版本 {found} 与印章版本 {expected} 不同",
        "signature version {found} differs from the seal's {expected}",
    ),
    "deviation:signature.hash_type": ("原文杂凑用了 OCTET STRING", "dataHash as an OCTET STRING"),
    "deviation:signature.hash_named_bits": (
        "原文杂凑按命名位串编码，丢了尾部零字节",
        "dataHash as a named bit list that lost trailing zero bytes",
    ),
    "deviation:signature.hash_with_z": (
        "原文杂凑多算了 Z 值",
        "the data hash was computed with Z in front",
    ),
    "deviation:signature.time_type": ("时间用了 OCTET STRING", "timeInfo as an OCTET STRING"),
    "deviation:signature.value_type": ("签名值用了 OCTET STRING", "the value as an OCTET STRING"),
    "deviation:signature.raw_rs": ("签名值是 64 字节的 r‖s", "the value is 64 bytes of r‖s"),
    "deviation:signature.raw_128": ("签名值是 128 字节的 r‖s", "the value is 128 bytes of r‖s"),
    "deviation:signature.integer_negative": (
        "r 或 s 缺前导零字节",
        "r or s lacks its leading zero",
    ),
    "deviation:signature.integer_padding": ("r 或 s 有多余的前导零", "r or s has padding bytes"),
    "deviation:signature.ber_length": ("签名值的长度编码不是最短", "the value has a BER length"),
    "deviation:signature.ber_indefinite": ("签名值用了不定长编码", "the value has BER form"),
    "deviation:signature.named_bits": (
        "签名值按命名位串编码，丢了尾部零字节",
        "the value as a named bit list that lost trailing zero bytes",
    ),
    "deviation:signature.algorithm_content_type": (
        "签名算法处写了内容类型的 OID",
        "the OID of a content type where the signature algorithm belongs",
    ),
    "deviation:signature.algorithm_text": (
        "算法 OID 以文本存入",
        "the algorithm OID is stored as its text",
    ),
    "deviation:cert.bare": (
        "证书没有包在 OCTET STRING 中",
        "a certificate outside an OCTET STRING",
    ),
    "deviation:cert.string": ("证书放在字符串中", "a certificate in a character string"),
    "deviation:cert.pem": ("证书是 PEM 文本", "a certificate as PEM text"),
    "deviation:cert.curve_oid": (
        "公钥曲线用了签名算法的 OID",
        "the key names the signature OID as curve",
    ),
    "deviation:certlist.tagged": ("证书列表带有标签", "the certificate list is tagged"),
    "deviation:certlist.type": (
        "证书列表类型 {found} 不是 1 或 2",
        "certListType {found} is neither 1 nor 2",
    ),
    "deviation:certlist.placeholder": (
        "证书列表只有占位符",
        "the certificate list is a placeholder",
    ),
    "deviation:picture.type": (
        "图像类型写作“{found}”",
        "the picture type is written {found}",
    ),
    "deviation:extensions.implicit": ("扩展用了隐式标签", "extensions with an implicit tag"),
    "deviation:timestamp.tag": ("时间戳的标签不符", "the time stamp is tagged otherwise"),
    "deviation:string.type": ("字符串类型不符", "another string type"),
    "deviation:string.encoding": ("字符串编码为 {codec}", "a string in {codec}"),
    "deviation:time.type": ("时间类型不符", "another time type"),
    "deviation:time.wrapped": ("时间包在位串中", "the time is wrapped in a bit string"),
    "deviation:time.unwrapped": ("时间没有包在位串中", "the time is not in a bit string"),
    "deviation:time.text": ("时间是自由文本：{text}", "the time is free text: {text}"),
    "deviation:time.no_zone": (
        "时间没有时区，按北京时间读：{text}",
        "a time without zone, read as Beijing time: {text}",
    ),
    "deviation:time.two_digit_year": ("时间只有两位年份：{text}", "a two-digit year: {text}"),
    "deviation:time.four_digit_year": (
        "UTCTime 用了四位年份：{text}",
        "a four-digit UTCTime: {text}",
    ),
    "deviation:time.lowercase_z": ("时区写作小写 z：{text}", "a lower-case z: {text}"),
    "deviation:time.offset": ("时间带时区偏移：{text}", "a time with an offset: {text}"),
    "deviation:time.fraction": ("时间带小数秒：{text}", "a time with fractions: {text}"),
    "deviation:time.unix_seconds": ("时间是 Unix 秒数：{text}", "a time in Unix seconds: {text}"),
    "deviation:time.unreadable": ("时间无法读取：{text}", "a time that cannot be read: {text}"),
    "deviation:time.local_labelled_utc": (
        "时间早于现在不足八小时五分：可能是标为 Z 的北京时间（{signed_at}）",
        "the time is up to 8 h 05 min ahead: probably Beijing time labelled Z ({signed_at})",
    ),
}
