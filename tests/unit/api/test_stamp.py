"""Stamping: refused before the document is touched, whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.ofds import DOCUMENT_XML, PARTS, pack
from tests.support.sample import sample
from tests.support.stamped import Workbench, changed

import esealkit as ek
from esealkit import errors
from esealkit.ofd.document import OfdDocument

DAY = dt.timedelta(days=1)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.ofd"
    path.write_bytes(sample())
    return path


def stamped(bench: Workbench, source: Any, target: Path, **changes: Any) -> ek.Receipt:
    arguments: dict[str, Any] = {
        "seal": bench.kit.directory / "official.esl",
        "key": bench.key("signer"),
        "placement": ek.At(page=1, x=20, y=20),
        "trust": bench.trust,
    }
    return ek.stamp(source, target, **(arguments | changes))


def only(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_receipt_says_what_was_done(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A stamp returns what was written, when, by whom and how it verified; the input is unchanged
    and nothing else is left behind."""
    target = tmp_path / "out.ofd"
    receipt = stamped(
        bench, source, target, placement=[ek.At(page=1, x=5, y=5), ek.EveryPage(9, 90)]
    )
    assert receipt.destination == target
    assert receipt.report.verdict is ek.Verdict.PASSED
    assert receipt.report.documents[0].path == str(target)
    assert receipt.clock_is_system
    assert not receipt.chain_unknown
    assert len(receipt.signature.stamps) == 4
    import hashlib

    assert receipt.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert source.read_bytes() == sample()
    assert only(tmp_path) == ["in.ofd", "out.ofd"]


def test_unknown_chain_is_in_the_receipt(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """Without trust the stamp is made, and the receipt says that the chain is unknown."""
    assert stamped(bench, source, tmp_path / "o.ofd", trust=None).chain_unknown


def test_clock_of_the_caller_is_said(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A signing time from the caller's clock is used, and the receipt says so."""
    moment = bench.now - 3 * DAY
    receipt = stamped(bench, source, tmp_path / "o.ofd", clock=lambda: moment)
    assert receipt.signing_time == moment
    assert not receipt.clock_is_system
    with pytest.raises(errors.UsageError):
        stamped(bench, source, tmp_path / "p.ofd", clock=lambda: moment.replace(tzinfo=None))


REFUSALS: list[tuple[type[errors.EsealError], str, Callable[[Workbench], dict[str, Any]]]] = [
    (errors.Expired, "signing.certificate_expired", lambda b: {"key": b.key("expired")}),
    (errors.SignerNotOnSeal, "signing.not_on_seal", lambda b: {"key": b.key("tsa")}),
    (errors.WrongUsage, "signing.key_usage",
     lambda b: {"key": b.key("signer-enc"), "seal": b.seal()}),
    (errors.SealExpired, "signing.seal_expired", lambda b: {"seal": b.seal(
        valid_from=b.now - 9 * DAY, valid_until=b.now - DAY)}),
    (errors.SealExpired, "signing.seal_expired", lambda b: {"seal": b.seal(valid_from=b.now + DAY)}),
    (errors.SealForged, "signing.seal_forged", lambda b: {"seal": b.seal().replace(
        b"11010000000009", b"11010000000008")}),
    (errors.SealFormatError, "seal.trailing", lambda b: {"seal": b.seal() + b"x"}),
    (errors.UsageError, "signing.no_certificate",
     lambda b: {"key": b.key("signer").with_certificates(None, ())}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "make"), REFUSALS, ids=[f"{row[1]}-{n}" for n, row in enumerate(REFUSALS)]
)
def test_refused_before_the_document_is_touched(
    kind: type[errors.EsealError],
    code: str,
    make: Callable[[Workbench], dict[str, Any]],
    bench: Workbench,
    tmp_path: Path,
) -> None:
    """A seal, certificate or argument that must not be used is refused with its own error, even
    before the document is opened, and nothing is written."""
    target = tmp_path / "out.ofd"
    target.write_bytes(b"old")
    with pytest.raises(kind) as refused:
        stamped(bench, tmp_path / "no such.ofd", target, **make(bench))
    assert refused.value.code == code
    assert target.read_bytes() == b"old"
    assert only(tmp_path) == ["out.ofd"]


def _permissions(text: str) -> bytes:
    document = DOCUMENT_XML.replace(
        b"</ofd:Document>", f"<ofd:Permissions>{text}</ofd:Permissions></ofd:Document>".encode()
    )
    return pack({**PARTS, "Doc_0/Document.xml": document})


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda b: _permissions("<ofd:Signature>false</ofd:Signature>"),
         "document.signing_not_permitted"),
        (lambda b: _permissions('<ofd:ValidPeriod StartDate="2001-01-01" EndDate="2001-02-01"/>'),
         "document.outside_period"),
        (lambda b: b.sign(lock=True), "document.signing_locked"),
    ],
)  # fmt: skip
def test_document_may_forbid_it(
    make: Callable[[Workbench], bytes], code: str, bench: Workbench, tmp_path: Path
) -> None:
    """A document whose permissions, period or earlier lock forbid signing is refused."""
    with pytest.raises(errors.Forbidden) as refused:
        stamped(bench, make(bench), tmp_path / "o.ofd")
    assert refused.value.code == code
    assert only(tmp_path) == []


@pytest.mark.parametrize(
    ("source", "kind"),
    [(b"%PDF-1.4 x", errors.PdfError), (b"text", errors.UnsupportedError),
     (b"PK\x03\x04 broken", errors.PackageError)],
)  # fmt: skip
def test_other_formats_are_refused(
    source: bytes, kind: type[errors.EsealError], bench: Workbench, tmp_path: Path
) -> None:
    """A file that is no OFD is refused by its content, whatever its name."""
    with pytest.raises(kind):
        stamped(bench, source, tmp_path / "o.ofd")
    assert only(tmp_path) == []


@pytest.mark.parametrize("given", [{"password": "x"}, {"pdf": ek.PdfOptions()}])
def test_options_of_other_formats_are_refused(
    given: dict[str, Any], bench: Workbench, source: Path, tmp_path: Path
) -> None:
    """What only a PDF can have is refused for an OFD document instead of being ignored."""
    with pytest.raises(errors.UnsupportedError) as refused:
        stamped(bench, source, tmp_path / "o.ofd", **given)
    assert refused.value.code == "signing.only_pdf"
    assert only(tmp_path) == ["in.ofd"]


def test_stamp_off_the_page_is_refused(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A stamp that does not lie on its page is refused with page and size."""
    for place in (ek.At(page=1, x=200, y=20), ek.At(page=9, x=1, y=1), ek.At(x=float("nan"), y=1)):
        with pytest.raises(errors.PlacementError):
            stamped(bench, source, tmp_path / "o.ofd", placement=place)
    assert only(tmp_path) == ["in.ofd"]


def test_further_stamps_keep_the_earlier(bench: Workbench, tmp_path: Path) -> None:
    """A second stamp leaves the first as it was; after a lock no further one is possible."""
    first, second, third = (tmp_path / f"{n}.ofd" for n in range(3))
    stamped(bench, sample(), first)
    receipt = stamped(bench, first, second, placement=ek.At(page=2, x=9, y=9), lock=True)
    assert [item.verdict.value for item in receipt.report.documents[0].signatures] == ["passed"] * 2
    with pytest.raises(errors.Forbidden):
        stamped(bench, second, third)


# -- prepared signings --------------------------------------------------------------------------


def prepared(bench: Workbench, source: Path, target: Path) -> ek.Prepared:
    return ek.prepare(
        source,
        target,
        seal=bench.kit.directory / "official.esl",
        certificate=bench.kit.directory / "signer.pem",
        placement=ek.At(page=2, x=30, y=30),
    )


def test_prepared_signing_is_finished_by_another_process(
    bench: Workbench, source: Path, tmp_path: Path
) -> None:
    """What one process prepared another completes from the JSON and a signature; the staged file
    is gone afterwards and no secret was in the JSON."""
    target = tmp_path / "out.ofd"
    waiting = prepared(bench, source, target)
    assert not target.exists()
    text = waiting.to_json()
    assert json.loads(text)["schema"] == "esealkit.prepared/1"
    signature = bench.key("signer").sign(waiting.to_be_signed)
    code = (
        "import sys, json, esealkit as ek\n"
        "given = json.load(sys.stdin)\n"
        "receipt = ek.complete(given['prepared'], bytes.fromhex(given['signature']),"
        " trust=given['trust'])\n"
        "print(receipt.report.verdict.value)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(
            {"prepared": text, "signature": signature.hex(), "trust": str(bench.trust)}
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "passed", done.stderr
    assert bench.verify(target.read_bytes()).verdict is ek.Verdict.PASSED
    assert only(tmp_path) == ["in.ofd", "out.ofd"]


def test_e_is_what_a_device_signs(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """The prepared ``e`` is SM3(Z‖message): a device that signs it gives a valid signature."""
    waiting = prepared(bench, source, tmp_path / "o.ofd")
    signature = bench.key("signer").sign_e(waiting.e)
    assert ek.complete(waiting, signature, trust=bench.trust).report.verdict is ek.Verdict.PASSED


def test_wrong_signature_is_refused(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A signature of another key or over other data is refused and nothing is written; the
    prepared signing can still be finished."""
    target = tmp_path / "out.ofd"
    waiting = prepared(bench, source, target)
    good = bench.key("signer").sign(waiting.to_be_signed)
    for wrong in (bench.key("maker").sign(waiting.to_be_signed), bench.key("signer").sign(b"x"),
                  good[:-1], b""):  # fmt: skip
        with pytest.raises(errors.InvalidSignature):
            ek.complete(waiting, wrong)
        assert not target.exists()
    ek.complete(waiting, good)
    assert target.exists()


def test_tampered_staged_file_is_refused(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A staged file that was changed or removed since it was prepared is refused."""
    target = tmp_path / "out.ofd"
    waiting = prepared(bench, source, target)
    [staged] = [path for path in tmp_path.iterdir() if path.name.startswith(".out")]
    signature = bench.key("signer").sign(waiting.to_be_signed)
    content = bytearray(staged.read_bytes())
    content[len(content) // 2] ^= 1
    staged.write_bytes(content)
    with pytest.raises(errors.InputError) as refused:
        ek.complete(waiting.to_json(), signature)
    assert refused.value.code == "signing.staged_changed"
    staged.unlink()
    with pytest.raises(errors.InputError):
        ek.complete(waiting, signature)
    assert not target.exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"schema": "x"}', "{" * 2000])
def test_broken_prepared_text_is_refused(text: str) -> None:
    """What is no prepared signing is a usage error."""
    with pytest.raises(errors.UsageError) as refused:
        ek.complete(text, b"")
    assert refused.value.code == "signing.prepared_malformed"


# -- atomic output ------------------------------------------------------------------------------


class Failing:
    """Replaces one function of ``os``; its n-th call fails."""

    def __init__(self, real: Callable[..., Any], at: int, code: int) -> None:
        self.real, self.at, self.code, self.calls = real, at, code, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls == self.at:
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*args, **kwargs)


@pytest.mark.parametrize("name", ["open", "fsync", "replace", "chmod"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_failing_output_leaves_the_old_file(
    name: str, code: int, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the n-th open, fsync, chmod or rename fails, for every n, the destination holds the old
    or the complete new file, no staged file is left, and the error is typed (R-01)."""
    target = tmp_path / "out.ofd"
    data = sample()
    for at in range(1, 6):
        target.write_bytes(b"old")
        failing = Failing(getattr(os, name), at, code)
        with monkeypatch.context() as patch:
            patch.setattr(os, name, failing)
            try:
                stamped(bench, data, target)
            except errors.OutputError as error:
                assert error.code == "output.failed"
                assert target.read_bytes() == b"old"
            else:
                assert bench.verify(target.read_bytes()).verdict is ek.Verdict.PASSED
        assert only(tmp_path) == ["out.ofd"]
        if failing.calls < at:
            return
    raise AssertionError("every call failed and none was the last")


def test_full_disk_while_writing(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails in the middle is a typed error; the old file stays and no part is left."""
    from esealkit.signing import output

    target = tmp_path / "out.ofd"
    target.write_bytes(b"old")

    class Full:
        def __init__(self, stream: Any) -> None:
            self.stream = stream
            self.left = 3

        def write(self, data: bytes) -> int:
            self.left -= 1
            if self.left < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return int(self.stream.write(data))

        def __getattr__(self, name: str) -> Any:
            return getattr(self.stream, name)

    real = os.fdopen
    monkeypatch.setattr(output.os, "fdopen", lambda *a, **k: Full(real(*a, **k)))
    with pytest.raises(errors.OutputError) as refused:
        stamped(bench, sample(), target)
    assert refused.value.code == "output.failed"
    assert target.read_bytes() == b"old"
    assert only(tmp_path) == ["out.ofd"]


CHILD = """
import sys, esealkit as ek
box, source, target = sys.argv[1:4]
key = ek.open_key(box + "/signer.p12", pin="sandbox")
print("ready", flush=True)
while True:
    ek.stamp(source, target, seal=box + "/official.esl", key=key, placement=ek.EveryPage(5, 5))
    print("done", flush=True)
"""


def test_killed_at_any_moment(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A process killed at any moment of stamping leaves the old or a complete new file, and a
    later run works (R-02)."""
    target = tmp_path / "out.ofd"
    target.write_bytes(b"old")
    old = 0
    for step in range(10):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(bench.kit.directory), str(source), str(target)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.011 * step)
        # The last one is left alone until it has written, however busy the machine is.
        patience = time.monotonic() + 60
        while step == 9 and target.read_bytes() == b"old" and time.monotonic() < patience:
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        found = target.read_bytes()
        if found == b"old":
            old += 1
            continue
        report = bench.verify(found)
        assert report.verdict is ek.Verdict.PASSED
    assert old < 10, "no run ever finished"
    stamped(bench, source, tmp_path / "again.ofd")


def test_in_place_over_the_input(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """The destination may be the input itself; its mode is kept (R-03)."""
    source.chmod(0o640)
    stamped(bench, source, source)
    assert bench.verify(source.read_bytes()).verdict is ek.Verdict.PASSED
    assert stat.S_IMODE(source.stat().st_mode) == 0o640
    assert only(tmp_path) == ["in.ofd"]


def test_link_is_kept(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A destination that is a symbolic link stays one; its target is replaced (R-03)."""
    real = tmp_path / "real.ofd"
    real.write_bytes(b"old")
    link = tmp_path / "link.ofd"
    link.symlink_to(real)
    stamped(bench, source, link)
    assert link.is_symlink()
    assert bench.verify(real.read_bytes()).verdict is ek.Verdict.PASSED


def test_new_file_follows_the_umask(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A new destination gets the mode that the umask leaves, and the umask is unchanged."""
    before = os.umask(0o027)
    try:
        stamped(bench, source, tmp_path / "o.ofd")
        assert stat.S_IMODE((tmp_path / "o.ofd").stat().st_mode) == 0o640
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_what_is_no_plain_file_is_refused(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A FIFO, a device or a folder as destination is refused at once, and stays (R-03)."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (tmp_path / "folder").mkdir()
    for target in (fifo, Path("/dev/null"), tmp_path / "folder"):
        with pytest.raises(errors.OutputError) as refused:
            stamped(bench, source, target)
        assert refused.value.code == "output.not_a_file"
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    with pytest.raises(errors.OutputError):
        stamped(bench, source, tmp_path / "no folder" / "o.ofd")


def test_read_only_folder_is_refused(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A folder that cannot be written is a typed error; for root, one of the kernel's own."""
    folder = tmp_path / "ro"
    folder.mkdir()
    folder.chmod(0o500)
    try:
        with pytest.raises(errors.OutputError) as refused:
            stamped(bench, source, (Path("/proc") if os.geteuid() == 0 else folder) / "o.ofd")
        assert refused.value.code == "output.failed"
    finally:
        folder.chmod(0o700)


def test_sources_of_every_kind(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """Bytes, a path and a binary file give the same stamped pages; text files are refused."""
    data = source.read_bytes()
    with source.open("rb") as stream:
        for given in (data, bytearray(data), memoryview(data), str(source), source, stream):
            receipt = stamped(bench, given, tmp_path / "o.ofd")
            assert receipt.report.verdict is ek.Verdict.PASSED
    with source.open("r", encoding="latin-1") as text, pytest.raises(errors.UsageError):
        stamped(bench, text, tmp_path / "p.ofd")
    with pytest.raises(errors.InputError):
        stamped(bench, tmp_path, tmp_path / "p.ofd")


def test_faulty_key_is_caught(bench: Workbench, source: Path, tmp_path: Path) -> None:
    """A key whose signatures do not hold is caught before anything is written."""

    class Faulty:
        algorithm = "sm2"
        certificate = bench.key("signer").certificate
        chain = ()
        public_key = bench.key("signer").public_key

        def sign(self, message: bytes) -> bytes:
            return bench.key("maker").sign(message)

    with pytest.raises(errors.InvalidSignature):
        stamped(bench, source, tmp_path / "o.ofd", key=Faulty())
    assert only(tmp_path) == ["in.ofd"]


def test_original_parts_are_kept(bench: Workbench, tmp_path: Path) -> None:
    """Every part of the input but OFD.xml is byte for byte in the stamped file."""
    data = changed(sample(), lambda parts: parts.update({"odd name (1).bin": b"\0" * 99}))
    stamped(bench, data, tmp_path / "o.ofd")
    before, after = OfdDocument.open(data).package, OfdDocument.open(
        (tmp_path / "o.ofd").read_bytes()).package  # fmt: skip
    for name in before.names:
        if name != "OFD.xml":
            assert after.read(name) == before.read(name)


def test_what_does_not_verify_is_not_kept(
    bench: Workbench, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The written file is verified before it takes its place: one that fails is discarded, and the
    destination stays as it was."""
    from esealkit.signing import ofd_signing

    target = tmp_path / "out.ofd"
    target.write_bytes(b"old")
    monkeypatch.setattr(ofd_signing, "sm3", lambda data: bytes(32))
    with pytest.raises(errors.OutputError) as refused:
        stamped(bench, source, target)
    assert refused.value.code == "signing.self_check"
    assert refused.value.details["reason"] == "document.digest"
    assert target.read_bytes() == b"old"
    assert only(tmp_path) == ["in.ofd", "out.ofd"]
