"""Texts of what comes after verifying: the verified view, removing signatures, archives.

Merged into :mod:`esealkit.words.of_errors` and :mod:`esealkit.words.of_reports`.
"""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
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

PHRASES: dict[str, tuple[str, str]] = {}
