"""Texts of drawing, importing, comparing and linting seal pictures.

``ERRORS`` and ``NOTICES`` are merged into :mod:`esealkit.words.of_errors` and
:mod:`esealkit.words.of_checks`, ``PHRASES`` into :mod:`esealkit.words.of_reports`.
"""

from __future__ import annotations

Text = tuple[str, str] | tuple[str, str, str, str]

ERRORS: dict[str, Text] = {
    "drawing.kind": (
        "没有“{name}”这种印章",
        "there is no kind of seal {name}",
        "可用：{known}。",
        "Known are: {known}.",
    ),
    "drawing.rank": (
        "没有“{name}”这一级别",
        "there is no rank {name}",
        "可用：{known}。",
        "Known are: {known}.",
    ),
    "drawing.profile": (
        "没有“{name}”这套规则",
        "there is no profile {name}",
        "可用：{known}。",
        "Known are: {known}.",
    ),
    "drawing.shape": (
        "{kind}不作 {shape} 形",
        "a seal of the kind {kind} is not {shape}",
        "此种印章可用：{known}。",
        "This kind of seal may be: {known}.",
    ),
    "drawing.size": (
        "{width} × {height} mm 不合规定（{least} 至 {most} mm，通常 {usual}）：{source}",
        "{width} × {height} mm is against the rule"
        " ({least} to {most} mm, usually {usual}): {source}",
    ),
    "drawing.text": (
        "文字应为 {least} 至 {most} 个可见字符：{found}",
        "a text of {least} to {most} visible characters is needed: {found}",
    ),
    "drawing.colour": (
        "颜色应为三个 0 至 255 的整数：{found}",
        "a colour is three whole numbers from 0 to 255: {found}",
    ),
    "drawing.too_long": (
        "{count} 个字符放不下",
        "{count} characters do not fit",
        "请用规范化简称，或更大的尺寸。",
        "Use the registered short form, or a larger size.",
    ),
    "drawing.glyph": (
        "字体中没有“{character}”",
        "the font has no {character}",
        "请给出含有该字符的字体。",
        "Give a font that has it.",
    ),
    "drawing.path": (
        "图案不是可用的 SVG 路径数据：{found}",
        "the emblem is no SVG path data: {found}",
    ),
    "drawing.pattern": (
        "没有“{found}”这种防伪纹（可用 rosette、waves）",
        "there is no security pattern {found} (known: rosette, waves)",
    ),
    "drawing.place": (
        "此处不能放置：{found}",
        "this cannot stand there: {found}",
        "第二文字可在 outer（外圈）或 lower（下方）；下方有第二文字时没有防伪编码的位置。",
        "A second text stands outer or lower; a lower one leaves no room for a code.",
    ),
    "drawing.number": (
        "同种印章的编号为 1 至 999 的阿拉伯数字：{found}",
        "several seals of one kind are numbered with Arabic digits, 1 to 999: {found}",
    ),
    "drawing.code": (
        "防伪编码由字母和数字组成：{found}",
        "a code is made of letters and digits: {found}",
    ),
    "drawing.output": (
        "不能写成 {suffix}",
        "pictures are not written as {suffix}",
        "可用 .svg、.png、.ofd。",
        "Use .svg, .png or .ofd.",
    ),
    "imprint.scan": (
        "印模应为扫描图（PNG、JPEG、GIF、BMP）",
        "an imprint is a scan: PNG, JPEG, GIF or BMP",
    ),
    "imprint.blank": (
        "图上找不到印模",
        "no imprint is found on the picture",
        "请裁切到印模附近再试；印模须为红色或深色。",
        "Cut the scan to the imprint; it has to be red or dark.",
    ),
    "imprint.resolution": (
        "扫描分辨率未知或不可信：{found}",
        "the scan's resolution is unknown or cannot be: {found}",
        "请给出 dpi，或量得的印章宽度（mm）。",
        "Give its dpi, or the seal's measured width in mm.",
    ),
    "imprint.not_same": (
        "印模与图样不符：得分 {score}，至少 {threshold}",
        "imprint and picture do not agree: score {score}, at least {threshold} is needed",
        "请看差异图；确认无误时须写明理由。",
        "Look at the difference picture; to confirm all the same, give a reason.",
    ),
    "imprint.other_picture": (
        "比对的不是这枚图样",
        "the comparison is about another picture",
    ),
    "imprint.drawn": (
        "给出的不是印模：这是绘制的图样",
        "this is no imprint: the file is a drawn picture",
        "请扫描盖在纸上的印模，或取公安备案的印模。",
        "Scan the imprint on paper, or take the filed one.",
    ),
    "imprint.record": (
        "这种图样（{kind}）里不能写入确认记录",
        "a confirmation cannot be written into a picture of this kind: {kind}",
        "请确认同一图样的 SVG 或 PNG。",
        "Confirm the SVG or the PNG of the same drawing.",
    ),
    "imprint.clerk": (
        "确认须写明经办人",
        "a confirmation names the clerk",
    ),
}

NOTICES: dict[str, Text] = {
    "drawing.provisional": (
        "图样为新刻/试用：须登记印模并由经办人确认一致后方可正式使用",
        "the picture is provisional until an imprint is recorded and a clerk has confirmed it",
    ),
    "drawing.unusual_size": (
        "{width} × {height} mm 不是通常尺寸（{usual}）",
        "{width} × {height} mm is not the usual size ({usual})",
    ),
    "drawing.emblem_expected": (
        "“{rank}”的印章中央刊国徽，未给出图案，已刊五角星",
        "a seal of the rank {rank} has an emblem in its centre; none was given, a star was drawn",
    ),
    "drawing.not_simplified": (
        "不是常用简化字：{characters}",
        "not among the common simplified characters: {characters}",
        "印文应用简化字；姓名和地名中的生僻字可保留。",
        "Seals use simplified characters; rare ones in names may stay.",
    ),
    "drawing.long_name": (
        "名称有{count}个字，每字仅宽{wide}毫米，盖印后难以辨认",
        "the name has {count} characters, each only {wide} mm wide, hard to read when stamped",
        "可用备案的规范化简称，或把部门名称作为横排文字（label）排在星下。",
        "Use the recorded short form, or set the department's name below the star (label).",
    ),
    "drawing.translation": (
        "印文含外文或少数民族文字：须有经确认的译文",
        "the text is foreign or of a minority: a confirmed translation is needed on record",
    ),
    "drawing.face": (
        "规定用{face}体；未给出字体，已用 {used}",
        "the rule asks for the face {face}; no font was given and {used} was used",
        "用 --font（Python 中为 font=）给出仿宋字体文件。",
        "Give the file of a FangSong font: --font, in Python font=.",
    ),
    "imprint.colourless": (
        "扫描图没有颜色：黑色字迹无法与印泥区分",
        "the scan has no colour: print cannot be told from ink",
    ),
    "imprint.cut": (
        "印模触及图边，可能不完整",
        "the imprint touches the scan's edge and may be cut",
    ),
    "imprint.coarse": (
        "扫描分辨率只有 {dpi} dpi（建议 300 以上）",
        "the scan has only {dpi} dpi; 300 or more are better",
    ),
    "lint.unreadable": (
        "图样无法读取：{reason}",
        "the picture cannot be read: {reason}",
    ),
    "lint.format": (
        "{kind} 不宜作印章图样：用 PNG、SVG 或 OFD",
        "{kind} is no good format for a seal picture: use PNG, SVG or OFD",
    ),
    "lint.blank": (
        "图样是空白的",
        "the picture is blank",
    ),
    "lint.size_unknown": (
        "图样的尺寸（mm）未知",
        "the picture's size in mm is not known",
    ),
    "lint.size": (
        "{width} × {height} mm 不合规定（{allowed}）",
        "{width} × {height} mm is against the rule ({allowed})",
    ),
    "lint.unusual_size": (
        "{width} × {height} mm 不是通常尺寸（{usual}）",
        "{width} × {height} mm is not the usual size ({usual})",
    ),
    "lint.shape": (
        "形状不是规定的 {allowed}",
        "the shape is none of those of the kind: {allowed}",
    ),
    "lint.aspect": (
        "像素比例与尺寸比例相差 {percent} %",
        "pixels and millimetres differ in aspect by {percent} %",
    ),
    "lint.resolution": (
        "分辨率只有 {dpi} dpi（至少 {least}）",
        "the resolution is only {dpi} dpi (at least {least})",
    ),
    "lint.ground": (
        "底色不透明，会遮住文字",
        "the ground is opaque and would hide the text",
    ),
    "lint.haze": (
        "底上有残留的淡色（{percent} %）",
        "the ground is hazed with faint ink ({percent} %)",
    ),
    "lint.colour": (
        "有 {percent} % 的印迹不是红色",
        "{percent} % of the ink is not red",
    ),
    "lint.pale": (
        "印迹过淡（不透明度至多 {percent} %）",
        "the ink is pale (at most {percent} % opaque)",
    ),
    "lint.off_centre": (
        "印迹偏离中心 {percent} %",
        "the ink is {percent} % off the centre",
    ),
    "lint.margin": (
        "四周空白占 {percent} %：盖出来会比规定小",
        "margins take {percent} %: the stamp comes out smaller than the rule's size",
    ),
    "lint.cut": (
        "印迹在边缘被切断",
        "the ink is cut off at the edge",
    ),
    "lint.frame": (
        "边框不完整（{percent} %）",
        "the frame is not closed ({percent} % of it is there)",
    ),
    "lint.ring_empty": (
        "环形文字处没有文字",
        "there is no text along the ring",
    ),
    "lint.ring_illegible": (
        "环形文字难以辨认：{reason}",
        "the text along the ring can hardly be read: {reason}",
    ),
    "lint.text_not_outlined": (
        "文字未转成轮廓：显示取决于看图者的字体",
        "text is not outlined: what is shown depends on the reader's fonts",
    ),
    "lint.provisional": (
        "图样标为新刻/试用，尚未确认印模",
        "the picture is marked provisional (no imprint confirmed yet)",
    ),
    "lint.other_kind": (
        "图样自述为 {found}，不是 {kind}",
        "the picture says it is of the kind {found}, not {kind}",
    ),
}

PHRASES: dict[str, tuple[str, str]] = {
    "picture.written": (
        "已写出：{path}（{width} × {height} mm）",
        "written: {path} ({width} × {height} mm)",
    ),
    "picture.wrong": ("错误", "wrong"),
    "picture.doubtful": ("存疑", "doubtful"),
    "picture.note": ("提示", "note"),
    "picture.clean": ("{path}：未发现问题", "{path}: nothing to complain about"),
    "picture.compared": (
        "{verdict}：得分 {score}（阈值 {threshold}），旋转 {rotation}°，比例 {scale}",
        "{verdict}: score {score} (threshold {threshold}), turned {rotation}°, scale {scale}",
    ),
    "picture.confirmed": (
        "{path}：{clerk} 已确认与印模一致（得分 {score}）",
        "{path}: {clerk} confirmed that the imprint agrees (score {score})",
    ),
    "picture.look_there": (
        "请查看：距图样左边 {x} mm、上边 {y} mm",
        "look {x} mm from the picture's left and {y} mm from its top",
    ),
    "picture.same": ("印模与图样一致", "the imprint agrees with the picture"),
    "picture.different": ("印模与图样不一致", "the imprint does not agree with the picture"),
}
