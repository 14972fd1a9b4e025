"""Texts of records of use and of audits: code → (中文, English[, 建议, advice])."""

from __future__ import annotations

ERRORS: dict[str, tuple[str, str] | tuple[str, str, str, str]] = {
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
