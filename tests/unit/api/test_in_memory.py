"""Documents that are signed in memory: bytes in, a stream out, and no file anywhere."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.errors import OutputError, UsageError

FORMS = ["ofd", "pdf"]


def content(bench: Workbench, form: str) -> bytes:
    return (bench.kit.directory / f"sample.{form}").read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_a_file_for_each_query(
    form: str, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """reg:YM-05 A result is signed in memory, without a seal: bytes go in, a verified document
    comes out, and no file is opened for writing."""
    monkeypatch.chdir(tmp_path)
    key, trust, data = bench.key("signer"), bench.trust, content(bench, form)
    ek.sign(data, io.BytesIO(), key=key, trust=trust)
    opened: list[Any] = []

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def opening(path: Any, flags: int, *rest: Any, **named: Any) -> Any:
            if flags & (os.O_WRONLY | os.O_RDWR):
                opened.append(path)
            return real(path, flags, *rest, **named)

        return opening

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", watched(os.open))
        out = io.BytesIO()
        receipt = ek.sign(data, out, key=key, trust=trust)
    assert (opened, list(tmp_path.iterdir())) == ([], [])
    assert receipt.destination is None
    report = ek.verify(out.getvalue(), trust=trust)
    assert report.verdict is ek.Verdict.PASSED
    assert report.documents[0].sha256 == receipt.sha256
    assert [item.seal for item in report.documents[0].signatures] == [None]


@pytest.mark.parametrize("form", FORMS)
def test_stamping_goes_to_a_stream_too(form: str, bench: Workbench) -> None:
    """A stamped document goes to a stream like a signed one, also of a document that has a
    signature already."""
    first, second = io.BytesIO(), io.BytesIO()
    place = ek.At(page=1, x=100, y=100)
    given = {
        "seal": bench.kit.directory / "official.esl",
        "key": bench.key("signer"),
        "placement": place,
        "trust": bench.trust,
    }
    ek.stamp(content(bench, form), first, **given)
    ek.stamp(first.getvalue(), second, **given)
    report = ek.verify(second.getvalue(), trust=bench.trust)
    assert [item.verdict for item in report.documents[0].signatures] == [ek.Verdict.PASSED] * 2


class Slow(io.RawIOBase):
    """Takes a thousand bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.taken += bytes(data[:1000])
        return min(len(data), 1000)


def test_a_stream_gets_all_of_it(bench: Workbench) -> None:
    """A stream that takes a part at a time gets the whole document."""
    out = Slow()
    receipt = ek.sign(content(bench, "ofd"), out, key=bench.key("signer"), trust=bench.trust)
    assert ek.verify(out.taken, trust=bench.trust).documents[0].sha256 == receipt.sha256


class Full(io.RawIOBase):
    """Takes nothing."""

    def __init__(self, *, says: int | None) -> None:
        self.says = says

    def write(self, data: Any) -> int | None:
        if self.says is None:
            raise OSError(28, "No space left on device")
        return self.says


@pytest.mark.parametrize("says", [None, 0])
def test_a_stream_that_takes_nothing(says: int | None, bench: Workbench) -> None:
    """A stream that refuses the document is an output error with the system's reason."""
    with pytest.raises(OutputError, match=r"output\.failed"):
        ek.sign(content(bench, "ofd"), Full(says=says), key=bench.key("signer"), trust=bench.trust)


@pytest.mark.parametrize("to", [3, None, io.StringIO()], ids=["number", "none", "text"])
def test_what_is_no_destination(to: Any, bench: Workbench) -> None:
    """What takes no bytes is refused before anything is signed."""
    with pytest.raises(UsageError, match=r"usage\.destination"):
        ek.sign(content(bench, "ofd"), to, key=bench.key("signer"), trust=bench.trust)


def test_nothing_is_written_of_what_failed(bench: Workbench) -> None:
    """Where signing is refused, the stream gets nothing."""
    out = io.BytesIO()
    with pytest.raises(ek.EsealError):
        ek.sign(content(bench, "ofd"), out, key=bench.key("expired"), trust=bench.trust)
    assert out.getvalue() == b""
