"""The contact sheet."""

from __future__ import annotations

import re

import pytest
from lxml import html
from tests.support.registers import Workshop

from esealkit.registry import State
from esealkit.registry.sheet import contact_sheet


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sheet_is_inert(shop: Workshop, lang: str) -> None:
    """The sheet shows every seal with its picture; text of records is not active in it, and the
    page asks for nothing from elsewhere."""
    shop.applied(name="<script>alert(1)</script>", owner='<b onload="x">"\'&\u202e')
    shop.applied(kind="合同专用章", name="示例科技有限公司", picture=None, department="<i>")
    with shop.acting("li") as register:
        page = "".join(contact_sheet(register.pictured(), lang=lang, count=register.count()))
    tree = html.document_fromstring(page)
    assert not tree.xpath("//script | //link | //iframe | //object | //*[@onload] | //*[@href]")
    assert [item.text for item in tree.xpath("//figcaption/b")] == [
        "示例科技有限公司", "<script>alert(1)</script>"
    ]  # fmt: skip
    assert '<b onload="x">"\'&\\u202e' in [item.text for item in tree.xpath("//dd")]
    sources = tree.xpath("//img/@src")
    assert len(sources) == 1
    assert all(item.startswith("data:image/png;base64,") for item in sources)
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)
    assert tree.get("lang") == ("zh-CN" if lang == "zh" else "en")


@pytest.mark.parametrize("state", list(State), ids=lambda item: item.value)
def test_every_state_has_a_tone(shop: Workshop, state: State) -> None:
    """A seal in every state is shown with that state in words, and what has ended is greyed."""
    import sqlite3

    shop.applied()
    database = sqlite3.connect(shop.url)
    with database:
        database.execute("UPDATE esealkit_seals SET state = ?", (state.value,))
    database.close()
    with shop.acting("li") as register:
        tree = html.document_fromstring("".join(contact_sheet(register.pictured())))
    [figure] = tree.xpath("//figure")
    ended = state in (State.REFUSED, State.WITHDRAWN, State.REPLACED, State.CANCELLED)
    assert (figure.get("class") == "ended") == ended
    assert tree.xpath("//*[@class='state']")[0].text


def test_a_picture_that_cannot_be_drawn_is_a_mark(shop: Workshop) -> None:
    """A picture that the decoders refuse does not stop the sheet."""
    whole = (shop.kit.directory / "official.png").read_bytes()
    shop.applied(picture=whole[:200] + bytes(len(whole) - 200))
    with shop.acting("li") as register:
        page = "".join(contact_sheet(register.pictured()))
    assert '<span class="none">?</span>' in page
