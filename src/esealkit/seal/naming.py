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


_TRADITIONAL = (
    "國際電業務專門財報關審驗發貨東車長書華廣廠學會醫藥銀證產設計聯網與條約儲備類體經濟開區縣鄉"
    "鎮號處廳級總辦兒龍馬鳥魚麥黃點製劃動勞衛護豐農礦鐵鋼錫錢燈燒煙熱爾獎獨環瑪畫異瘋盡監盤瞭確"
    "禮禦種穩穀窮競筆築簡糧紀紅納純線組結給統絲綠維緊練縱織繼續羅義習聖聞職腦臺興舊藝蘇蘭術衝裝"
    "見規視覺覽觀觸訂認討訓訊記講許評試話該誠語說課調談請論諾謝識議讀變讓豬貝貞負責貴買費賀資賓"
    "賢賽贊趙軍軟輕載輪輸運進過遠適選遺郵鄧鄭醬釋針釣鈴鉛銷鋒錄鍵鏡鐘鑒間閣閩陳陸陽階隊隨險雲靈"
    "靜韓頁項順須預領頭題額願顧風飛飯飲館駐騰鬆魯鮮鴻麗齊"
)
_SIMPLIFIED = (
    "国际电业务专门财报关审验发货东车长书华广厂学会医药银证产设计联网与条约储备类体经济开区县乡"
    "镇号处厅级总办儿龙马鸟鱼麦黄点制划动劳卫护丰农矿铁钢锡钱灯烧烟热尔奖独环玛画异疯尽监盘了确"
    "礼御种稳谷穷竞笔筑简粮纪红纳纯线组结给统丝绿维紧练纵织继续罗义习圣闻职脑台兴旧艺苏兰术冲装"
    "见规视觉览观触订认讨训讯记讲许评试话该诚语说课调谈请论诺谢识议读变让猪贝贞负责贵买费贺资宾"
    "贤赛赞赵军软轻载轮输运进过远适选遗邮邓郑酱释针钓铃铅销锋录键镜钟鉴间阁闽陈陆阳阶队随险云灵"
    "静韩页项顺须预领头题额愿顾风飞饭饮馆驻腾松鲁鲜鸿丽齐"
)
_FOLD = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_DROPPED = re.compile(r"[\s·•・.\-_()\[\]{}〔〕【】《》<>“”\"'‘’、,]+")
_NUMBER = re.compile(r"[(\[〔【]?\s*(?:第?[0-9一二三四五六七八九十]{1,4}号?)\s*[)\]〕】]?\s*\Z")
_USES = ("合同专用章", "财务专用章", "发票专用章", "审验专用章", "报关专用章", "人事专用章",
         "业务专用章", "专用章", "公章", "印章", "之印", "印", "章")  # fmt: skip
_DEPARTMENT = re.compile(
    r"(?:部|处|科|室|中心|分公司|分店|办公室|委员会|所|组|厅|局|院|队|站|厂)\Z"
)


def fold_name(name: str) -> str:
    """The name without what writing it differently changes."""
    wide = unicodedata.normalize("NFKC", name)
    return _DROPPED.sub("", wide).translate(_FOLD).casefold()


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
    rest = folded.removeprefix(name) if folded.startswith(name) else ""
    return bool(rest) and len(rest) <= 20 and _DEPARTMENT.search(rest) is not None
