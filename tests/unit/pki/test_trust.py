"""Trust has roles: what a path anchors, and what never happens silently."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.ca import root

from esealkit.errors import InputError, KeyFormatError, UsageError
from esealkit.keys.pem import write_pem
from esealkit.pki.trust import TrustStore, merge

A, B = root("信任甲"), root("信任乙")
LEAF = A.issue("信任叶")


def put(path: Path, *certificates: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(write_pem("CERTIFICATE", item.der) for item in certificates))  # type: ignore[attr-defined]
    return path


def test_file_anchors_signers_and_stamps_only(tmp_path: Path) -> None:
    """A certificate file or a flat folder anchors signers and time stamps, never seal makers."""
    path = put(tmp_path / "flat" / "roots.pem", A.certificate, B.certificate)
    (tmp_path / "flat" / "readme.txt").write_text("notes")
    (tmp_path / "flat" / ".hidden").write_bytes(b"\x30")
    for source in (path, path.parent):
        store = TrustStore.from_path(source)
        assert set(store.signers) == {A.certificate, B.certificate}
        assert store.tsa == store.signers
        assert store.makers == ()


def test_role_folders_anchor_by_role(tmp_path: Path) -> None:
    """Each role folder anchors its own role; CRLs and status lists are carried along."""
    put(tmp_path / "makers" / "m.pem", LEAF)
    put(tmp_path / "signers" / "s.pem", A.certificate)
    put(tmp_path / "intermediates" / "deep" / "i.pem", B.certificate)
    (tmp_path / "crls").mkdir()
    (tmp_path / "crls" / "a.crl").write_bytes(b"crl")
    (tmp_path / "status").mkdir()
    (tmp_path / "status" / "a").write_bytes(b"status")
    store = TrustStore.from_path(tmp_path)
    assert (store.makers, store.signers, store.tsa) == ((LEAF,), (A.certificate,), ())
    assert store.intermediates == (B.certificate,)
    assert (store.crls, store.status) == ((b"crl",), (b"status",))
    assert store.name == tmp_path.name


def test_maker_option_authorises_makers_only(tmp_path: Path) -> None:
    """What is named as a maker authorises makers and anchors no signer."""
    store = TrustStore.of_makers(put(tmp_path / "m.pem", LEAF))
    assert (store.makers, store.signers, store.tsa) == ((LEAF,), (), ())


def test_fingerprint_names_the_content(tmp_path: Path) -> None:
    """A store's fingerprint depends on what is trusted in which role, not on names or order."""
    one = TrustStore(name="x", signers=(A.certificate, B.certificate))
    same = TrustStore(name="y", signers=(B.certificate, A.certificate))
    other = TrustStore(name="x", makers=(A.certificate,), signers=(B.certificate,))
    assert one.sha256 == same.sha256
    assert one.sha256 != other.sha256


def test_merge_takes_stores_paths_and_lists(tmp_path: Path) -> None:
    """Trust is a store, a path, several of them, or openly none."""
    path = put(tmp_path / "a.pem", A.certificate)
    store = TrustStore(name="s")
    assert merge(None) == ()
    assert merge(store) == (store,)
    assert [item.name for item in merge([store, path, [str(path)]])] == ["s", "a.pem", "a.pem"]
    with pytest.raises(UsageError):
        merge(5)  # type: ignore[arg-type]


def test_broken_trust_is_never_skipped(tmp_path: Path) -> None:
    """A missing path, an empty folder, or a damaged certificate in it is an error that names it."""
    with pytest.raises(InputError):
        TrustStore.from_path(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    for read in (TrustStore.from_path, TrustStore.of_makers):
        with pytest.raises(KeyFormatError) as refused:
            read(tmp_path / "empty")
        assert refused.value.code == "trust.empty"
    put(tmp_path / "bad" / "a.pem", A.certificate)
    (tmp_path / "bad" / "b.pem").write_bytes(
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    )
    with pytest.raises(KeyFormatError) as refused:
        TrustStore.from_path(tmp_path / "bad")
    assert refused.value.code == "trust.file"
    assert "b.pem" in refused.value.message("zh")
