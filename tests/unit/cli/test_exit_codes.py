"""Exit codes of the contract, and errors that are one line and a hint."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.support.sample import sample
from tests.support.stamped import Workbench

import esealkit as ek
from esealkit.cli import output
from esealkit.cli.main import cli, run
from esealkit.cli.output import worst_exit

Result = tuple[int, str, str]


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> Result:
    """The command line, run in this process."""
    capsys.readouterr()
    code = run([str(item) for item in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def process(*arguments: object, **options: object) -> Result:
    """The command line as its users run it."""
    done = subprocess.run(
        [sys.executable, "-m", "esealkit", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )
    return done.returncode, done.stdout, done.stderr


def is_error(text: str) -> bool:
    """One line ``esealkit: …``, at most one line ``hint: …``, and no traceback."""
    lines = text.splitlines()
    return (
        1 <= len(lines) <= 2
        and lines[0].startswith("esealkit: ")
        and (len(lines) == 1 or lines[1].startswith("hint: "))
        and "Traceback" not in text
        and 'File "' not in text
    )


@pytest.fixture(scope="module")
def files(bench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of each verdict."""
    folder = tmp_path_factory.mktemp("files")
    good = bench.sign()
    (folder / "passed.ofd").write_bytes(good)
    (folder / "failed.ofd").write_bytes(bench.sign(seal=bench.seal(listed=("maker",))))
    (folder / "unsigned.ofd").write_bytes(sample())
    (folder / "unreadable.ofd").write_bytes(b"nothing")
    stranger = bench.sign(seal=bench.seal(maker="stranger"), signer="stranger")
    (folder / "indeterminate.ofd").write_bytes(stranger)
    return folder


VERDICTS = {"passed": 0, "failed": 1, "indeterminate": 2, "unsigned": 3, "unreadable": 4}


@pytest.mark.parametrize(("verdict", "code"), VERDICTS.items())
def test_verify_exits_with_the_verdict(
    verdict: str, code: int, files: Path, bench: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    """``verify`` exits 0 to 4 by the verdict, in this process and in one of its own."""
    arguments = ("verify", files / f"{verdict}.ofd", "--trust", bench.trust, "--lang", "en")
    found, out, err = command(capsys, *arguments)
    assert (found, err) == (code, "")
    assert verdict in out.splitlines()[0]
    assert process(*arguments)[0] == code


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("passed", "unsigned"), 3),
        (("unsigned", "indeterminate", "passed"), 2),
        (("indeterminate", "unreadable"), 4),
        (("unreadable", "failed", "passed"), 1),
        (("passed", "passed"), 0),
        (("passed", "missing"), 4),
    ],
)
def test_of_several_files_the_worst_counts(
    names: tuple[str, ...],
    code: int,
    files: Path,
    bench: Workbench,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of several files the worst decides, in the order 1, 4, 2, 3, 0; a missing one among many is
    one unreadable row."""
    paths = [files / f"{name}.ofd" for name in names]
    found, out, _ = command(capsys, "verify", *paths, "--trust", bench.trust, "--json")
    assert found == code
    value = json.loads(out)
    assert [item["path"] for item in value["documents"]] == [str(path) for path in paths]


def test_order_of_gravity() -> None:
    """The order of gravity is 1, 4, 2, 3, 0, whatever the order of files."""
    order = [1, 4, 2, 3, 0]
    for position, code in enumerate(order):
        assert worst_exit([*reversed(order[position:])]) == code


def test_folder_stands_for_its_documents(
    files: Path, bench: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder stands for the documents below it; one report a line with --ndjson."""
    code, out, _ = command(capsys, "verify", files, "--trust", bench.trust, "--ndjson")
    assert code == 1
    verdicts = [json.loads(line)["verdict"] for line in out.splitlines()]
    assert sorted(verdicts) == sorted(VERDICTS)


def test_json_is_the_report(
    files: Path, bench: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--json`` prints the report and nothing else on stdout."""
    path = files / "passed.ofd"
    code, out, err = command(capsys, "verify", path, "--trust", bench.trust, "--json")
    value = json.loads(out)
    assert (code, err, value["schema"]) == (0, "", "esealkit.report/1")


def test_without_trust_there_is_a_hint(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --trust, verify runs with none, is at best indeterminate, and says so in one hint."""
    code, _, err = command(capsys, "verify", files / "passed.ofd")
    assert code == 2
    assert err.startswith("hint: ")
    assert len(err.splitlines()) == 1


def test_options_reach_the_verifier(
    files: Path, bench: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    """--expect-seal, --when, --policy and --trust-maker have their effect."""
    path, trust = files / "passed.ofd", ("--trust", bench.trust)
    assert command(capsys, "verify", path, *trust, "--expect-seal", "示例科技有限公司")[0] == 0
    assert command(capsys, "verify", path, *trust, "--expect-seal", "别的公司")[0] == 1
    assert command(capsys, "verify", path, *trust, "--when", "2001-01-01")[0] == 1
    assert command(capsys, "verify", path, "--policy", "integrity")[0] == 0
    box = bench.kit.directory
    root = ("--trust", box / "root.pem")
    assert command(capsys, "verify", path, *root)[0] == 2
    assert command(capsys, "verify", path, *root, "--trust-maker", box / "maker.pem")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nonsense",), 64),
        (("verify",), 64),
        (("verify", "--no-such-option", "x"), 64),
        (("verify", "{files}/passed.ofd", "--policy", "{files}/none.toml"), 66),
        (("verify", "{files}/passed.ofd", "--when", "yesterday"), 64),
        (("verify", "{files}/passed.ofd", "--lang", "fr"), 64),
        (("verify", "{files}/none.ofd"), 66),
        (("verify", "{files}/passed.ofd", "--trust", "{files}/none"), 66),
        (("seal", "verify", "{files}/none.esl"), (4, 66)),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.p12"), 64),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.key", "--cert", "{box}/signer.pem", "--at", "x,y"), 64),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/expired.key", "--cert", "{box}/expired.pem", "--at", "20,20"), 65),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/tsa.key", "--cert", "{box}/tsa.pem", "--at", "20,20"), 65),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.key", "--cert", "{box}/signer.pem", "--at", "900,20"), 65),
        (("stamp", "{files}/unreadable.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.key", "--cert", "{box}/signer.pem", "--at", "20,20"), 65),
        (("stamp", "{files}/none.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.key", "--cert", "{box}/signer.pem", "--at", "20,20"), 66),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{files}/none.esl",
          "--key", "{box}/signer.key", "--cert", "{box}/signer.pem", "--at", "20,20"), 66),
        (("stamp", "{files}/unsigned.ofd", "/dev/null", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.key", "--cert", "{box}/signer.pem", "--at", "20,20"), 73),
        (("stamp", "{files}/unsigned.ofd", "{files}/no/folder.ofd", "--seal",
          "{box}/official.esl", "--key", "{box}/signer.key", "--cert", "{box}/signer.pem",
          "--at", "20,20"), 73),
        (("stamp", "{files}/unsigned.ofd", "{out}", "--seal", "{box}/official.esl",
          "--key", "{box}/signer.p12", "--pin-file", "{box}/root.pem", "--at", "20,20"), 77),
    ],
)  # fmt: skip
def test_every_other_code(
    arguments: tuple[str, ...],
    code: int | tuple[int, ...],
    files: Path,
    bench: Workbench,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Usage 64, refused 65, no input 66, cannot write 73, PIN 77: one line, a hint, in both
    languages, and nothing written."""
    places = {"files": files, "box": bench.kit.directory, "out": tmp_path / "out.ofd"}
    filled = [item.format(**places) for item in arguments]
    codes = code if isinstance(code, tuple) else (code,)
    for lang in ((), ("--lang", "en")):
        found, out, err = command(capsys, *lang, *filled)
        assert found in codes, err
        if found > 4:
            assert out == ""
            assert is_error(err), err
    assert not (tmp_path / "out.ofd").exists()


def test_stamp_and_verify_in_processes(bench: Workbench, tmp_path: Path) -> None:
    """The two main verbs work as commands of their own, PIN from a file."""
    box, target = bench.kit.directory, tmp_path / "sealed.ofd"
    pin = tmp_path / "pin"
    pin.write_text("sandbox\n")
    code, out, err = process(
        "stamp", box / "sample.ofd", target, "--seal", box / "official.esl", "--key",
        box / "signer.p12", "--pin-file", pin, "--page", "1,3", "--at", "120,200",
        "--trust", box / "trust", "--lang", "en",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "2 place" in out
    code, out, err = process("verify", target, "--trust", box / "trust", "--lang", "en")
    assert (code, err) == (0, "")
    assert out.startswith(f"{target}: passed")


def test_pin_from_standard_input(bench: Workbench, tmp_path: Path) -> None:
    """The PIN may come from standard input; without it and without a terminal it is asked for
    in an error."""
    box = bench.kit.directory
    arguments = ("stamp", box / "sample.ofd", tmp_path / "o.ofd", "--seal", box / "official.esl",
                 "--key", box / "signer.p12", "--at", "20,20")  # fmt: skip
    code, _, err = process(*arguments, "--pin-file", "-", input="sandbox\n")
    assert code == 0, err
    code, _, err = process(*arguments, input="")
    assert code == 64
    assert "--pin-file" in err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--help and --version print and exit 0, for the group and for every verb."""
    assert command(capsys, "--version")[1].strip().endswith(ek.__version__)
    code, out, _ = command(capsys, "--help")
    assert code == 0
    names = cli.list_commands(None)  # type: ignore[arg-type]
    for name in names:
        assert name in out
        assert command(capsys, name, "--help")[0] == 0
    for number in ("64", "65", "66", "69", "70", "73", "77", "130"):
        assert number in out


def test_lazy_commands_are_clicks_own() -> None:
    """The commands also work through click's own runner."""
    result = CliRunner().invoke(cli, ["verify", "--help"])
    assert result.exit_code == 0
    assert "--expect-seal" in result.output


def test_a_bug_is_70_and_no_traceback(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception nobody foresaw exits 70 with one line that asks for a report."""
    from esealkit.cli.commands import verify

    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("line\nbreak\x1b[31m")

    monkeypatch.setattr(verify, "trust_of", broken)
    code, out, err = command(capsys, "verify", files / "passed.ofd")
    assert (code, out) == (70, "")
    assert is_error(err)
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("problem", "code"), [(KeyboardInterrupt, 130), (PermissionError(13, "no"), 77)]
)
def test_interrupt_and_permission(
    problem: BaseException,
    code: int,
    files: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An interrupt exits 130 and a refused permission 77, without a traceback."""
    from esealkit.cli.commands import verify

    def stopped(*_: object, **__: object) -> object:
        raise problem

    monkeypatch.setattr(verify, "trust_of", stopped)
    found, _, err = command(capsys, "verify", files / "passed.ofd")
    assert found == code
    assert "Traceback" not in err


def test_interrupted_process_exits_130(bench: Workbench, tmp_path: Path) -> None:
    """A running command that is interrupted exits 130 and prints no traceback."""
    fifo = tmp_path / "slow.ofd"
    os.mkfifo(fifo)
    with subprocess.Popen(
        [sys.executable, "-m", "esealkit", "verify", str(fifo)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background jobs ignore SIGINT, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as child:
        try:
            with fifo.open("wb"):
                time.sleep(0.3)
                child.send_signal(signal.SIGINT)
                _, err = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == 130
    assert b"Traceback" not in err


def test_closed_pipe_is_quiet(files: Path) -> None:
    """A reader that goes away ends the command without a word."""
    child = subprocess.Popen(
        [sys.executable, "-m", "esealkit", "verify", *[str(files / "passed.ofd")] * 20, "--ndjson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()
    _, err = child.communicate(timeout=60)
    assert b"Traceback" not in err
    assert b"Exception" not in err


def test_hostile_file_name_is_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file name with control or bidirectional characters is shown escaped, in reports and in
    errors."""
    path = tmp_path / "a\x1b[31m\u202eb\n.ofd"
    path.write_bytes(b"x")
    _, out, _ = command(capsys, "verify", path)
    _, _, err = command(capsys, "verify", f"{path}.none")
    for text in (out, err):
        assert not re.search("[\x1b\u202e]", text)
    assert is_error(err)


def test_every_error_kind_has_its_code() -> None:
    """Each error kind is mapped to the code of the contract."""
    expected = {"UsageError": 64, "InputError": 66, "OutputError": 73, "PinRejected": 77,
                "TokenError": 69, "NetworkError": 69, "Forbidden": 65, "SealExpired": 65,
                "SignerNotOnSeal": 65, "DerError": 65, "LimitExceeded": 65}  # fmt: skip
    for name, code in expected.items():
        assert output.exit_code_of(getattr(ek.errors, name)("x")) == code


def test_demo_does_the_main_job(tmp_path: Path) -> None:
    """``esealkit demo`` stamps and verifies a real document offline and exits 0."""
    code, out, err = process("demo", tmp_path / "demo", "--lang", "en")
    assert (code, err) == (0, "")
    assert "passed" in out
    assert "indeterminate" in out
    assert "failed" in out
    assert (tmp_path / "demo" / "sealed.ofd").is_file()
    assert "stamped PDF" in out
    assert (tmp_path / "demo" / "sealed.pdf").is_file()


def test_sandbox_refuses_a_foreign_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``esealkit sandbox`` writes into no folder that holds other files."""
    (tmp_path / "mine").write_text("x")
    code, _, err = command(capsys, "sandbox", tmp_path)
    assert code == 64
    assert is_error(err)


def test_seal_is_made_and_verified(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``seal make`` writes a seal that ``seal verify`` passes under the maker's trust and finds
    indeterminate with the root alone."""
    box, target = bench.kit.directory, tmp_path / "own.esl"
    for edition in ("v4", "v1", "v5"):
        code, _, err = command(
            capsys, "seal", "make", "--picture", box / "official.png", "--name", "测试公司",
            "--id", "11010000000077", "--kind", "公章", "--signer", box / "signer.pem",
            "--key", box / "maker.key", "--cert", box / "maker.pem", "--edition", edition,
            "-o", target,
        )  # fmt: skip
        assert code == 0, err
        assert command(capsys, "seal", "verify", target, "--trust", bench.trust)[0] == 0
        assert command(capsys, "seal", "verify", target, "--trust", box / "root.pem")[0] == 2
        found = ek.load_seal(target)
        assert (found.name, found.seal_id, found.edition.value) == (
            "测试公司",
            "11010000000077",
            edition,
        )
