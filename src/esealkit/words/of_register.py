"""Texts of the register and its journal: code → (中文, English[, 建议, advice])."""

from __future__ import annotations

ERRORS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
    "crypto.sm4_tag": (
        "SM4 密文未通过鉴别：密钥不符，或内容已被改动",
        "the SM4 ciphertext is not authentic: another key, or altered bytes",
    ),
    # the journal
    "journal.altered": (
        "日志第 {number} 条已被改动，不再写入",
        "entry {number} of the journal was altered; nothing is written",
        "请先审计（journal audit）并从备份恢复。",
        "Audit it (journal audit) and restore it from a backup first.",
    ),
    "journal.another": ("{path} 是另一本日志", "{path} is another journal"),
    "journal.approval": (
        "使用“{seal}”须经审批",
        "using the seal {seal} needs an approval",
        "请用 --approval 给出审批编号或审批人。",
        "Name the approval with --approval.",
    ),
    "journal.data": (
        "日志内容无法写成 JSON：{reason}",
        "the journal's data cannot be written as JSON: {reason}",
    ),
    "journal.diverged": (
        "日志第 {number} 条与已有内容不相接",
        "entry {number} does not continue the journal",
    ),
    "journal.event": ("事件名不合规：{event}", "not a name of an event: {event}"),
    "journal.head_malformed": (
        "日志头文件无法识别：{reason}",
        "the journal's head cannot be read: {reason}",
    ),
    "journal.head_missing": (
        "{path} 的日志头文件缺失，不再写入",
        "the head of {path} is missing; nothing is written",
        "日志头文件与日志同名，后缀 .head；请从备份恢复。",
        "It stands beside the journal and ends in .head; restore it from a backup.",
    ),
    "journal.head_signature": (
        "日志头的签名不成立",
        "the signature over the journal's head does not hold",
    ),
    "journal.malformed": ("日志条目格式有误：{reason}", "malformed entry of a journal: {reason}"),
    "journal.operator": (
        "用印须登记经办人",
        "the use of a seal needs an operator",
        "请用 --operator 给出。",
        "Name the operator with --operator.",
    ),
    "journal.rolled_back": (
        "日志缺少条目：现有 {found} 条，应有 {expected} 条，不再写入",
        "the journal lacks entries: {found} are there, {expected} should be; nothing is written",
        "文件可能被截断或换成旧版；请审计并从备份恢复。",
        "It may have been cut or replaced by an old copy; audit it and restore it from a backup.",
    ),
    "journal.too_long": (
        "日志条目过长（最多 {most} 字节）",
        "the entry is too long (at most {most} bytes)",
    ),
    "journal.use_elsewhere": (
        "{path} 不是登记本次用印开始的日志",
        "{path} is not the journal that holds the beginning of this use",
    ),
    "journal.use_needed": (
        "本次用印的开始已登记，完成时须给出同一日志",
        "the beginning of this use is recorded; its completion needs the same journal",
        "complete 请给出 use=。",
        "Give complete use=.",
    ),
    "journal.use_not_begun": (
        "准备签名时未登记用印，完成时无从补记",
        "no use was recorded when this was prepared, and it cannot be recorded afterwards",
        "prepare 与 complete 都给出 use=。",
        "Give use= to prepare and to complete.",
    ),
    "usage.no_journal": (
        "--operator 与 --approval 须与 --journal 一起使用",
        "--operator and --approval go with --journal",
    ),
    "usage.pair": ("应为“名称=值”：{text}", "this should be NAME=VALUE: {text}"),
    "usage.role": ("没有此角色：{text}（可用：{known}）", "no such role: {text} (known: {known})"),
    "usage.examine": (
        "--approve 与 --refuse 须给出其一",
        "give either --approve or --refuse",
    ),
    "usage.member": (
        "没有说明由谁办理",
        "who acts was not said",
        "用 --as 姓名 说明。",
        "Say it with --as NAME.",
    ),
    "registry.no_member": (
        "{member} 不在成员之中",
        "{member} is not among the members",
        "用 --member {member}=角色 加入。",
        "Add --member {member}=ROLE.",
    ),
    "usage.filing": (
        "--report、--accept、--return 须给出其一",
        "give one of --report, --accept and --return",
    ),
    "status.size": (
        "状态名录为 {found} 字节，超过上限 {allowed}",
        "the status list has {found} bytes, more than the {allowed} allowed",
    ),
    # making
    "making.approver": (
        "该规则要求两人制章，缺少批准人的密钥",
        "these rules want two keys to make a seal; the approver's is missing",
    ),
    "making.chain": (
        "“{subject}”的证书链不可信（{role}）：{reason}",
        "the certificate of {subject} leads to no trust ({role}): {reason}",
    ),
    "making.lint": ("印章图像不合格：{found}", "the picture is not fit for a seal: {found}"),
    "making.name": (
        "印章名称“{name}”与证书名称不一致：{found}",
        "the seal's name {name} does not agree with the certificates: {found}",
        "名称可多出用途、编号或部门；规范化简称须先登记。",
        "It may add a use, a number or a department; a short form must be on record.",
    ),
    "making.no_trust": (
        "要求查验吊销状态，但未给出信任",
        "revocation is required, but no trust was given",
    ),
    "making.revocation_unknown": (
        "无法查明“{subject}”的证书是否已吊销：{reason}",
        "whether the certificate of {subject} is revoked cannot be told: {reason}",
    ),
    "making.same_key": (
        "批准人与制章者用了同一密钥",
        "approver and maker use the same key",
    ),
    "making.validity_reason": (
        "有效期止 {asked} 早于证书有效期，须说明理由",
        "the seal would end {asked}, before its certificates; that needs a reason",
    ),
    # the register
    "registry.being_made": (
        "{member} 正在制作 {seal}（自 {since} 起，保留至 {until}）",
        "{member} is making {seal} since {since}, reserved until {until}",
        "请等待；确知对方已中断时，用 --take-over 接手。",
        "Wait, or take it over with --take-over once that maker is known to be gone.",
    ),
    "registry.block": (
        "编码段“{block}”已存在或不能用此名",
        "the block {block} exists already, or cannot have this name",
        "请另取一个名称。",
        "Give it another name.",
    ),
    "registry.certificate_missing": (
        "{seal} 的注销备案须附《电子印章注销证书》",
        "the cancellation of {seal} is filed with its certificate",
        "请先用 registry certificate --kind cancellation 出具证书。",
        "Issue one first: registry certificate --kind cancellation.",
    ),
    "registry.certificate_seal": (
        "出具版式证书须用本单位的电子印章",
        "a certificate as a document takes the workshop’s own seal",
        "请给出 --seal，或写成 .p7 签名数据。",
        "Give --seal, or write signed data (.p7).",
    ),
    "registry.code_held": (
        "{seal} 已占用编码 {code}",
        "{seal} has the code {code} already",
    ),
    "registry.paper_failed": (
        "材料“{paper}”验证不通过：{reason}",
        "the paper {paper} failed its verification: {reason}",
        "请申请人重新提交原件。",
        "Ask the applicant for the original file.",
    ),
    "registry.picture_changed": (
        "{seal} 的图像在比对期间被更换",
        "the picture of {seal} was changed while it was compared",
        "请重新比对。",
        "Compare again.",
    ),
    "registry.picture_of_another": (
        "图像自述为“{found}”，与申请的“{name}”不符",
        "the picture says it is {found}, not {name}",
        "请换用为本印章绘制的图像。",
        "Take the picture that was drawn for this seal.",
    ),
    "registry.published_meanwhile": (
        "第 {number} 期名录已由他人发布",
        "list {number} was published by somebody else meanwhile",
        "请重新发布。",
        "Publish again.",
    ),
    "registry.retention": (
        "没有保存期类别“{found}”，可用：{known}",
        "no retention class {found}; there are: {known}",
    ),
    "registry.taken_over": (
        "{seal} 的制作已由他人接手，本次结果作废",
        "the making of {seal} was taken over; this result is void",
    ),
    "registry.text": ("{field} 含有 NUL 字符", "{field} holds a NUL character"),
    "registry.too_long": (
        "{field} 超过 {most} 个字符",
        "{field} is longer than {most} characters",
    ),
    "registry.administrators": (
        "须先任命三员管理员，缺少：{missing}",
        "the three administrators come first; missing: {missing}",
    ),
    "registry.altered": (
        "{seal} 的记录已被改动，请审计",
        "the record {seal} was altered; audit the register",
    ),
    "registry.amend": (
        "此类变更须换章：{found}（可直接变更：{known}）",
        "such a change takes a new seal: {found} (may be amended: {known})",
        "请使用 replace。",
        "Use replace.",
    ),
    "registry.approval_missing": (
        "使用印章 {seal} 须经审批",
        "using the seal {seal} needs an approval",
    ),
    "registry.backup_damaged": ("备份已损坏", "the backup is damaged"),
    "registry.backup_proof": (
        "备份与给出的摘要不符",
        "the backup does not have the digest that was given",
    ),
    "registry.carrier": (
        "载体 {carrier} 中已有印章 {seal}",
        "the carrier {carrier} holds the seal {seal} already",
    ),
    "registry.certificate_format": (
        "证书文件名须以 .ofd 或 .pdf 结尾：{path}",
        "a certificate's name ends in .ofd or .pdf: {path}",
    ),
    "registry.certificate_kind": (
        "没有此种证书：{found}",
        "no such certificate: {found}",
    ),
    "registry.code": ("印章编码不合规：{found}", "not a seal code: {found}"),
    "registry.code_block": (
        "编码段的这一行有误：{line}",
        "a line of the code block is wrong: {line}",
        "每行一个 14 位编码，或用连字符连接的首尾两个。",
        "One code of 14 digits a line, or the first and last with a hyphen between.",
    ),
    "registry.code_taken": ("编码 {found} 已被使用", "the code {found} is taken"),
    "registry.conflict": (
        "与台账中已有内容冲突：{reason}",
        "this conflicts with what the register holds: {reason}",
    ),
    "registry.database": ("数据库出错：{reason}", "the database failed: {reason}"),
    "registry.database_rolled_back": (
        "数据库退回到旧版：有 {found} 条记录，见证日志有 {expected} 条",
        "the database was rolled back: it has {found} entries, its witness {expected}",
        "请从备份恢复数据库，不要删除见证日志。",
        "Restore the database from a backup; keep the witness.",
    ),
    "registry.days": ("天数不合理：{found}", "not a number of days: {found}"),
    "registry.effective": (
        "生效时间须带时区且不在将来：{found}",
        "the effective time needs a zone and lies not ahead: {found}",
    ),
    "registry.exists": ("此处已有台账：{path}", "there is a register here already: {path}"),
    "registry.extra": (
        "台账功能未安装",
        "the register is not installed",
        "请安装 esealkit[{extra}]。",
        "Install esealkit[{extra}].",
    ),
    "registry.field": (
        "没有此查询项或取值有误：{field}（可用：{known}）",
        "no such field, or not a value of it: {field} (known: {known})",
    ),
    "registry.filing_step": (
        "印章 {seal} 的备案处于 {state}，不能 {step}",
        "the filing of {seal} is {state}: it cannot {step}",
    ),
    "registry.ground": (
        "没有此注销原因：{found}（可用：{known}）",
        "no such ground of cancellation: {found} (known: {known})",
    ),
    "registry.illegal_step": (
        "印章 {seal} 处于 {state}，不能 {step}（须处于 {allowed}）",
        "the seal {seal} is {state}: it cannot {step} (it must be {allowed})",
    ),
    "registry.import_name": (
        "送来的印章名为“{found}”，申请的是“{expected}”",
        "the seal is named {found}, the application {expected}",
    ),
    "registry.import_validity": ("印章“{seal}”没有有效期止", "the seal {seal} has no end"),
    "registry.import_verdict": (
        "送来的印章未通过验证：{verdict}（{reason}）",
        "the seal did not verify: {verdict} ({reason})",
    ),
    "registry.imprint_differs": (
        "印章 {seal} 的图像与印模相似度 {score}，低于 {least}",
        "the picture of {seal} is like the imprint by {score}, less than {least}",
        "请核对图像；确认无误时用 --despite 说明理由。",
        "Look at both; if they are the same seal, say why with --despite.",
    ),
    "registry.imprint_missing": (
        "印章 {seal} 须先核对备案印模",
        "the imprint of {seal} must be confirmed first",
    ),
    "registry.keyfile": (
        "密钥文件应为 16 字节的十六进制",
        "a keyfile holds 16 bytes as hexadecimal",
    ),
    "registry.licence": (
        "印章制作许可证缺失或已过期（{until}）",
        "the workshop's licence is missing or has ended ({until})",
    ),
    "registry.loss": (
        "挂失原因须为 lost 或 key-compromise：{found}",
        "a loss is lost or key-compromise, not {found}",
    ),
    "registry.materials_missing": (
        "印章 {seal} 缺少材料：{missing}",
        "materials of {seal} are missing: {missing}",
    ),
    "registry.no_carrier": (
        "载体 {carrier} 中没有印章 {seal}",
        "the carrier {carrier} does not hold the seal {seal}",
    ),
    "registry.no_codes": (
        "没有可用的印章编码（{seal}）",
        "no seal code is left ({seal})",
        "请导入编码段，或用 --code 给出。",
        "Import a block of codes, or give one with --code.",
    ),
    "registry.no_filing": ("印章 {seal} 没有备案事项", "the seal {seal} has no filing"),
    "registry.no_keyfile": (
        "读写隐私字段需要密钥文件",
        "private fields need the keyfile",
        "请用 --keyfile 给出。",
        "Give it with --keyfile.",
    ),
    "registry.no_local_making": (
        "规则 {profile} 下印章不在本地制作",
        "under the profile {profile} seals are not made here",
        "请导出申请，并用 import-made 导入制成的印章。",
        "Export the application, and import the finished seal with import-made.",
    ),
    "registry.no_picture": ("印章 {seal} 没有图像", "the seal {seal} has no picture"),
    "registry.none": (
        "此处没有台账",
        "there is no register here",
        "请用 registry init 建立。",
        "Make one with registry init.",
    ),
    "registry.not_filed": (
        "印章 {seal} 备案完成前不能交付",
        "the seal {seal} is delivered only after its filing was accepted",
    ),
    "registry.not_permitted": (
        "“{member}”无权办理，需要角色：{roles}",
        "{member} may not do this; it takes a role of: {roles}",
    ),
    "registry.owner_missing": ("缺少印章所有人的名称", "the owner's name is missing"),
    "registry.private": (
        "记录 {seal} 的隐私字段无法解密",
        "the private fields of {seal} cannot be decrypted",
        "请确认密钥文件属于此台账。",
        "Make sure that the keyfile is this register's.",
    ),
    "registry.private_unknown": ("没有此隐私字段：{found}", "no such private field: {found}"),
    "registry.profile": ("规则文件有误：{reason}", "the profile is malformed: {reason}"),
    "registry.profile_unknown": (
        "没有规则 {name}（可用：{known}）",
        "no profile {name} (known: {known})",
    ),
    "registry.reason_missing": ("办理 {seal} 须说明理由", "this step of {seal} needs a reason"),
    "registry.receipt_missing": ("缺少 {seal} 的备案回执", "the receipt of {seal} is missing"),
    "registry.renew_early": (
        "印章 {seal} 自 {begin} 起方可更新",
        "the seal {seal} may be renewed from {begin}",
    ),
    "registry.replacing": (
        "印章 {seal} 已在换领：{other}",
        "the seal {seal} is being replaced already: {other}",
    ),
    "registry.reveal_reason": (
        "查看 {seal} 的隐私字段须说明理由",
        "to see the private fields of {seal} takes a reason",
    ),
    "registry.roles_apart": (
        "这些角色不能由一人兼任：{roles}",
        "one person cannot hold these roles: {roles}",
        "系统、安全、审计管理员各由专人担任。",
        "System, security and audit administrators are people of their own.",
    ),
    "registry.second_statutory": (
        "“{owner}”已有法定名称章：{seal}",
        "{owner} has a seal of its statutory name already: {seal}",
        "一枚印章可有多个载体（add-carrier）；换章用 replace。",
        "One seal may have several carriers (add-carrier); use replace for a new one.",
    ),
    "registry.template": ("报送模板有误：{reason}", "the filing template is wrong: {reason}"),
    "registry.unit_code": (
        "统一社会信用代码有误：{unit}",
        "not a unified social credit code: {unit}",
        "18 位，末位为校验码（GB 32100-2015）。",
        "It has 18 characters, the last of them a check digit (GB 32100-2015).",
    ),
    "registry.unknown": ("台账中没有 {seal}", "the register does not know {seal}"),
    "registry.url": (
        "数据库地址有误，或不是 SQLite 与 PostgreSQL",
        "not the address of a SQLite or PostgreSQL database",
    ),
    "registry.version": (
        "台账版本为 {found}，本程序使用 {expected}",
        "the register is of version {found}, this program uses {expected}",
    ),
    "registry.witness_differs": (
        "见证日志第 {number} 条与数据库不符",
        "entry {number} of the witness differs from the database",
    ),
    "registry.witness_missing": ("见证日志缺失：{path}", "the witness is missing: {path}"),
    "registry.witness_rolled_back": (
        "见证日志退回到旧版：有 {found} 条，应有 {expected} 条",
        "the witness was rolled back: it has {found} entries and should have {expected}",
    ),
    # faults that an audit finds
    "audit.altered": ("第 {where} 条已被改动", "entry {where} was altered"),
    "audit.another": ("{where}：属于另一本日志", "{where}: it belongs to another journal"),
    "audit.database_rolled_back": (
        "{where}：数据库退回到旧版，有 {found} 条，见证日志有 {expected} 条",
        "{where}: rolled back, it has {found} entries, the witness {expected}",
    ),
    "audit.dropped": (
        "第 {where} 至 {last} 条缺失",
        "entries {where} to {last} were dropped",
    ),
    "audit.head": ("{where}：记录头缺失或不符", "{where}: the head is missing or wrong"),
    "audit.head_signature": (
        "{where}：记录头的签名不成立",
        "{where}: the signature over the head does not hold",
    ),
    "audit.head_signer": (
        "{where}：记录头不是由指定的证书签名",
        "{where}: the head is not signed with the certificate that was named",
    ),
    "audit.malformed": ("第 {where} 条格式有误：{reason}", "entry {where} is malformed: {reason}"),
    "audit.reordered": (
        "第 {where} 条位置不对，排在第 {after} 条之后",
        "entry {where} stands in the wrong place, behind {after}",
    ),
    "audit.rolled_back": (
        "止于第 {where} 条，应有 {expected} 条：被截断或退回旧版",
        "ends at {where}, {expected} should be there: cut off or rolled back",
    ),
    "audit.row_added": ("{where}：不经流程添加的记录", "{where}: added without a step"),
    "audit.row_altered": ("{where}：记录已被改动", "{where}: the record was altered"),
    "audit.row_dropped": ("{where}：记录被删除", "{where}: the record was deleted"),
    "audit.witness_differs": (
        "第 {where} 条与见证日志不符",
        "entry {where} differs from the witness",
    ),
    "audit.witness_missing": ("{where}：见证日志缺失", "{where}: the witness is missing"),
}
