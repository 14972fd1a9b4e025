"""Does a seal's name agree with the name in a certificate (上海市电子印章管理暂行办法 10, 11)?

The seal of 某某公司 may read 某某公司合同专用章（2）; its certificate names 某某公司.
Both are folded: width, brackets, spaces and traditional forms; then what the seal adds behind the
unit's name, its use, number or department, is set aside.  A recorded short form (规范化简称)
counts as the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from importlib.resources import files

__all__ = ["NameAgreement", "compare_names", "fold_name"]


class NameAgreement(str, Enum):
    """How two names agree."""

    EQUAL = "equal"
    """Letter for letter."""
    FOLDED = "folded"
    """But for width, brackets, spaces or traditional forms."""
    EXTENDED = "extended"
    """The seal adds a use, number or department to the name."""
    SHORT = "short"
    """By a recorded short form."""
    DIFFERENT = "different"
    """They do not."""


_DROPPED = re.compile(r"[\s·•・.\-_()\[\]{}〔〕【】《》<>“”\"'‘’、,]+")
_DIGITS = "[0-9一二三四五六七八九十]{1,4}"
_NUMBER = re.compile(
    # In brackets anywhere at the end, bare only behind the word for seal.
    rf"\s*[(\[〔【]\s*第?{_DIGITS}号?\s*[)\]〕】]\s*\Z|(?<=章)\s*第?{_DIGITS}号?\s*\Z"
)
_USES = ("合同专用章", "财务专用章", "发票专用章", "审验专用章", "报关专用章", "人事专用章",
         "业务专用章", "专用章", "公章", "印章", "之印", "印", "章")  # fmt: skip
_DEPARTMENT = re.compile(
    r"(?:部|处|科|室|中心|分公司|分店|分行|支行|办公室|委员会|所|组|厅|局|院|队|站|厂)\Z"
)
_WHOLE = re.compile(
    r"(?:公司|企业|集团|合作社|银行|商行|事务所|研究所|研究院|学院|医院|法院|检察院|学校|大学|中学|小学|"
    r"幼儿园|协会|学会|商会|基金会|委员会|政府|部|厅|局|处|所|站|中心|厂|店|社|院|馆|队|会)\Z"
)
"""How the whole name of a unit ends: only behind such a name can a department stand.

中国石油 is the beginning of 中国石油化工集团公司, and another company.
"""


def fold_name(name: str) -> str:
    """The name without what writing it differently changes."""
    wide = unicodedata.normalize("NFKC", name)
    return _DROPPED.sub("", wide).translate(_simplified()).casefold()


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional characters to their simplified forms."""
    rows = files("esealkit.seal").joinpath("traditional.txt").read_text("utf-8").splitlines()
    pairs = [pair for row in rows if not row.startswith("#") for pair in row.split()]
    return {ord(pair[0]): pair[1] for pair in pairs}


def compare_names(seal: str, certificate: str, *, short: Iterable[str] = ()) -> NameAgreement:
    """How a seal's name agrees with the subject's name of its certificate.

    :param short: recorded short forms of the owner's name.
    """
    if seal == certificate:
        return NameAgreement.EQUAL
    ours, theirs = fold_name(seal), fold_name(certificate)
    if not ours or not theirs:
        return NameAgreement.DIFFERENT
    if ours == theirs:
        return NameAgreement.FOLDED
    if _extends(seal, theirs):
        return NameAgreement.EXTENDED
    for form in short:
        folded = fold_name(form)
        if folded and (ours == folded or _extends(seal, folded)):
            return NameAgreement.SHORT
    return NameAgreement.DIFFERENT


def _extends(seal: str, name: str) -> bool:
    """Whether only a use, a number or a department stands behind the name."""
    text = unicodedata.normalize("NFKC", seal).strip()
    text = _NUMBER.sub("", text)
    folded = fold_name(text)
    use = next((item for item in _USES if folded.endswith(item)), "")
    folded = folded.removesuffix(use)
    if folded == name:
        return True
    if not folded.startswith(name) or _WHOLE.search(name) is None:
        return False
    rest = folded.removeprefix(name)
    return len(rest) <= 20 and _DEPARTMENT.search(rest) is not None
