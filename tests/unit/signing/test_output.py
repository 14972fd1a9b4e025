"""Staged files: whole at their destination, or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from esealkit.errors import OutputError
from esealkit.signing.output import StagedFile


def test_nothing_is_there_before_commit(tmp_path: Path) -> None:
    """Until commit the destination holds what it held, and leaving without commit removes the
    staged file."""
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with StagedFile(target) as staged:
        staged.write(b"new")
        staged.seal_off()
        assert target.read_bytes() == b"old"
        assert staged.path.read_bytes() == b"new"
        assert staged.path.parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert target.read_bytes() == b"old"


def test_commit_replaces_whole(tmp_path: Path) -> None:
    """Commit puts the new bytes in place, and leaving afterwards removes nothing."""
    target = tmp_path / "a"
    with StagedFile(target) as staged:
        staged.write(b"new")
        staged.commit()
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_exception_removes_the_staged_file(tmp_path: Path) -> None:
    """An exception while writing leaves nothing behind, and is not hidden."""
    with pytest.raises(ZeroDivisionError), StagedFile(tmp_path / "a") as staged:
        staged.write(b"x")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_kept_file_outlives_the_block(tmp_path: Path) -> None:
    """A kept staged file stays for another process, and the destination is not made."""
    with StagedFile(tmp_path / "a", suffix=".waiting") as staged:
        staged.write(b"x")
        staged.keep()
    assert staged.path.read_bytes() == b"x"
    assert staged.path.name.endswith(".waiting")
    assert not (tmp_path / "a").exists()


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    """Two stagings of one destination use two files; the last commit wins whole."""
    with StagedFile(tmp_path / "a") as one, StagedFile(tmp_path / "a") as two:
        assert one.path != two.path
        one.write(b"one")
        two.write(b"two")
        two.commit()
        one.commit()
    assert (tmp_path / "a").read_bytes() == b"one"


def test_staged_file_is_private_until_commit(tmp_path: Path) -> None:
    """Nobody else can read the staged file before it takes its place."""
    with StagedFile(tmp_path / "a") as staged:
        assert staged.path.stat().st_mode & 0o077 == 0


def test_long_names_fit(tmp_path: Path) -> None:
    """A destination with the longest name a folder takes can be staged."""
    with StagedFile(tmp_path / ("a" * 255)) as staged:
        staged.commit()
    assert (tmp_path / ("a" * 255)).is_file()


def test_dangling_link_makes_its_target(tmp_path: Path) -> None:
    """A link whose target does not exist yet gets its target, and stays a link."""
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with StagedFile(tmp_path / "link") as staged:
        staged.write(b"x")
        staged.commit()
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"x"


def test_folder_is_refused(tmp_path: Path) -> None:
    """A folder cannot be replaced by a file."""
    with pytest.raises(OutputError):
        StagedFile(tmp_path)


def test_bytes_are_on_the_disk_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is flushed and fsynced before it is renamed, and the folder after it, so that a
    power cut leaves the old or the whole new file."""
    import os

    order: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *a, real=real, name=name: (order.append(name), real(*a))[1]
        )
    with StagedFile(tmp_path / "a") as staged:
        staged.write(b"x")
        staged.commit()
    assert order == ["fsync", "replace", "fsync"]
