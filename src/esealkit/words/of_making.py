"""Texts of making seals; ``ERRORS`` is merged into :mod:`esealkit.words.of_errors`."""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
    "making.imprint_missing": (
        "按 {profile}，{kind}的图样须是登记的印模，或经与印模比对确认（{source}）",
        "under {profile} the picture of a {kind} must be the recorded imprint or confirmed against "
        "it ({source})",
        "用 esealkit seal imprint 取印模，或用 esealkit seal confirm 确认；只作试用时用 --trial。",
        "Take the imprint (esealkit seal imprint) or confirm it (esealkit seal confirm); --trial "
        "makes a trial seal.",
    ),
    "making.kind_or_code": (
        "印章类型与类型代码须给出其一，且只给一个",
        "give either the kind of the seal or its type code",
    ),
    "making.picture": (
        "印章图像的格式无法识别",
        "the seal picture is of no known format",
        "可用 PNG、JPG、GIF、BMP、SVG 或 OFD。",
        "PNG, JPG, GIF, BMP, SVG and OFD can be used.",
    ),
    "making.provisional": (
        "图样“{name}”为新刻/试用，尚未登记并确认印模，不能制成正式印章",
        "the picture of {name} is provisional: no imprint was recorded and confirmed",
        "登记印模并确认：esealkit seal confirm，台账用 registry imprint --confirm；"
        "只试用时 --trial。",
        "Record the imprint and confirm it: esealkit seal confirm, in a register "
        "registry imprint --confirm; --trial makes a trial seal.",
    ),
    "making.self_check": (
        "制成的印章“{seal}”自检未通过，已丢弃",
        "the finished seal {seal} did not verify and was discarded",
        "请确认 --cert 与 --key 是同一对。",
        "Check that --cert and --key belong together.",
    ),
    "making.size": (
        "印章尺寸 {width}×{height} mm 超出范围（1 至 200 mm）",
        "the size {width}×{height} mm is out of range (1 to 200 mm)",
    ),
    "making.size_unknown": (
        "图像没有写明尺寸",
        "the picture does not say how large it is",
        "请给出宽和高（整毫米）：--size 40,40。",
        "Give width and height in whole millimetres: --size 40,40.",
    ),
    "making.validity": (
        "印章有效期止 {asked} 晚于签章者证书有效期止 {most}",
        "the seal would end {asked}, after the signers' certificates end ({most})",
        "印章有效期不应长于所绑定的证书。",
        "A seal is valid no longer than the certificates it is bound to.",
    ),
}
