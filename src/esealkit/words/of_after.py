"""Texts of what comes after verifying: the verified view, removing signatures, archives.

Merged into :mod:`esealkit.words.of_errors` and :mod:`esealkit.words.of_reports`.
"""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
    "remove.no_signature": (
        "文件中没有签名 {signature}（共 {count} 个）",
        "the document has no signature {signature} (of {count})",
        "用 esealkit inspect 查看签名的序号和标识。",
        "esealkit inspect shows the signatures' numbers and ids.",
    ),
    "remove.breaks_others": (
        "移除后，签名 {signatures} 将不再成立：它们保护 {parts}",
        "this would break signature(s) {signatures}, which cover {parts}",
        "确要如此，用 --break-others；或连同它们一并移除。",
        "If that is meant, use --break-others, or remove them too.",
    ),
    "usage.remove_which": (
        "未指明移除哪个签名",
        "which signature to remove was not said",
        "用 --signature 给出序号或标识，或用 --all 移除全部。",
        "Give its number or id with --signature, or --all.",
    ),
    "archive.not_passed": (
        "未归档：验证结论为 {verdict}（{reason}）",
        "not archived: the verification came to {verdict} ({reason})",
        "请先查看报告；确要归档，用 --any-verdict。",
        "Look at the report first; use --any-verdict to archive it nevertheless.",
    ),
    "archive.format": (
        "{format} 文件的阅读副本尚未支持",
        "reading copies of {format} files are not built yet",
    ),
    "archive.exists": (
        "{path} 已存在",
        "{path} exists already",
        "请给出一个新的目录名。",
        "Name a new directory.",
    ),
    "archive.no_record": (
        "{path} 不是归档目录：没有可读的 record.json",
        "{path} is no archive: it has no readable record.json",
    ),
    "enquiry.authority": (
        "须写明机关名称",
        "the authority has to be named",
        "询问用 --authority，答复用 --by。",
        "Name it with --authority, who answered with --by.",
    ),
    "enquiry.questions": ("questions 须为列表", "questions is a list of texts"),
    "enquiry.no_seal": (
        "{path} 没有电子印章，无从询问",
        "{path} has no electronic seal to ask about",
        "请先用 verify 查看文件中有什么。",
        "Look with verify at what the file holds.",
    ),
    "enquiry.says": (
        "答复须为其中之一：{known}，而不是“{found}”",
        "an answer is one of {known}, not {found}",
    ),
    "enquiry.none": (
        "{path} 中没有询问（request.json）",
        "there is no enquiry in {path} (request.json)",
        "请给出 archive ask 写出的目录。",
        "Name the directory that archive ask wrote.",
    ),
    "view.no_document": (
        "报告中没有第 {index} 个文件（共 {count} 个）",
        "the report has no document {index} (of {count})",
    ),
    "view.none": (
        "{path}：报告没有保留文件内容",
        "{path}: the report kept no content of the file",
        "请对单个 OFD 文件调用 verify，并在报告关闭之前读取部件。",
        "Call verify on one OFD file and read its parts before the report is closed.",
    ),
    "view.closed": (
        "验证时的副本已释放",
        "the copy that was verified has been given up",
        "请在关闭报告之前读取部件，或重新验证。",
        "Read the parts before closing the report, or verify again.",
    ),
    "view.no_part": ("文件中没有部件 {name}", "the file has no part {name}"),
    "view.not_covered": (
        "部件 {name} 不受签名 {signature} 保护",
        "part {name} is not covered by a signature {signature}",
        "其内容没有被任何签名证明；确需读取时用 unverified=True。",
        "No signature vouches for its content; use unverified=True to read it nevertheless.",
    ),
    "view.not_passed": (
        "保护部件 {name} 的签名未通过验证",
        "the signatures that cover part {name} did not pass",
        "请先查看报告；确需读取时用 unverified=True。",
        "Look at the report first; use unverified=True to read it nevertheless.",
    ),
}

PHRASES: dict[str, tuple[str, str]] = {
    "changes.changed": ("盖章后改动：{parts}", "changed since: {parts}"),
    "changes.missing": ("盖章后缺失：{parts}", "missing since: {parts}"),
    "changes.added": (
        "不在此签名的清单中（盖章后放入，或当时未列入）：{parts}",
        "not on this signature's list (put there later, or left out): {parts}",
    ),
    "archive.written": (
        "{path}：已归档（{verdict}），{count} 个文件",
        "{path}: archived ({verdict}), {count} file(s)",
    ),
    "archive.unsigned": (
        "验证记录没有签名：摘要只能发现意外改动；给出 --key 可签名。",
        "The record is not signed: its digests only show accidents; give --key to sign it.",
    ),
    "archive.stripped": (
        "原件没有保留：此后无人能够重新验证签章。",
        "The original was dropped: nobody can verify the seals again.",
    ),
    "enquiry.title": ("电子印章核验询问", "Enquiry about electronic seals"),
    "enquiry.to": ("致：{authority}", "To: {authority}"),
    "enquiry.about": ("文件：{path}（SHA-256 {sha256}）", "Document: {path} (SHA-256 {sha256})"),
    "enquiry.at": ("日期：{time}", "Date: {time}"),
    "enquiry.answer": ("答复：____________________", "Answer: ____________________"),
    "enquiry.question.made": (
        "名称“{name}”、编码 {id} 的电子印章（SM3 {sm3}）是否由贵单位制作或备案？",
        "Was the electronic seal {name}, code {id} (SM3 {sm3}), made or filed with you?",
    ),
    "enquiry.question.state": (
        "该印章“{name}”（{id}）在 {time} 是否处于可用状态，此后有无暂停、挂失或注销？",
        "Was the seal {name} ({id}) in force at {time}, and was it suspended, reported lost or "
        "cancelled since?",
    ),
    "enquiry.question.used": (
        "该印章“{name}”（{id}）的所有人是否在 {time} 对 SHA-256 为 {sha256} 的文件用印？",
        "Did the owner of the seal {name} ({id}) use it at {time} on the document with SHA-256 "
        "{sha256}?",
    ),
    "enquiry.written": (
        "{path}：询问材料已写出，{count} 个文件，{questions} 个问题",
        "{path}: enquiry written, {count} file(s), {questions} question(s)",
    ),
    "enquiry.kept": ("{path}：答复已存", "{path}: answer kept"),
    "archive.copy": ("副本", "COPY"),
    "archive.copy_note": (
        "阅读副本，不含签章数据",
        "reading copy without signature data",
    ),
    "archive.check.record": ("验证记录的签名", "signature of the record"),
    "archive.check.files": ("各文件的摘要", "digests of the files"),
    "archive.check.complete": ("目录内没有增减", "nothing added, nothing missing"),
    "archive.reason.unsigned_record": ("记录没有签名", "the record is not signed"),
    "archive.reason.record_signature": ("记录的签名不成立", "the record's signature does not hold"),
    "archive.reason.signer_unknown": (
        "记录由 {signer} 签名，其身份未获信任",
        "the record is signed by {signer}, who is not trusted",
    ),
    "archive.reason.changed": ("已改动：{parts}", "changed: {parts}"),
    "archive.reason.missing": ("缺少：{parts}", "missing: {parts}"),
    "archive.reason.added": ("多出：{parts}", "added: {parts}"),
    "remove.removed": (
        "{path}：已移除 {count} 个签名（{names}）",
        "{path}: {count} signature(s) removed ({names})",
    ),
    "remove.kept": (
        "签名 {index}（{name}）：移除前 {before}，移除后 {after}",
        "signature {index} ({name}): {before} before, {after} after",
    ),
    "remove.broken": (
        "签名 {index}（{name}）因此失效：它保护的 {parts} 已被删除或改动",
        "signature {index} ({name}) is broken by this: it covers {parts}",
    ),
    "remove.unsigned": (
        "文件不再含签名，只是未签的文档。",
        "The file holds no signature any more: it is an unsigned document.",
    ),
}
