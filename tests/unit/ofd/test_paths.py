"""ST_Loc: which part a path names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esealkit.errors import XmlError
from esealkit.ofd import Located, Package, locate
from tests.support.ofds import pack

PACKAGE = Package.open(
    pack(
        dict.fromkeys(
            ("OFD.xml", "Doc_0/Document.xml", "Doc_0/Signs/a.xml", "a.xml", "Top/b.xml"), b"x"
        )
    )
)


def found(loc: str, base: str = "Doc_0/Signs/", *, strict: bool = False) -> Located:
    return locate(PACKAGE, loc, base=base, where="here", strict=strict)


@pytest.mark.parametrize(
    ("loc", "name"),
    [
        ("/Doc_0/Document.xml", "Doc_0/Document.xml"),
        ("a.xml", "Doc_0/Signs/a.xml"),
        ("./a.xml", "Doc_0/Signs/a.xml"),
        ("../Document.xml", "Doc_0/Document.xml"),
        ("../../OFD.xml", "OFD.xml"),
        ("/./Doc_0/../a.xml", "a.xml"),
        ("  /a.xml\n", "a.xml"),
    ],
)
def test_standard_paths(loc: str, name: str) -> None:
    """Absolute and relative paths resolve as the standard says, without deviation."""
    result = found(loc)
    assert (result.name, result.path, result.deviations) == (name, f"/{name}", ())


@pytest.mark.parametrize(
    ("loc", "name", "kind"),
    [
        ("//Doc_0/Document.xml", "Doc_0/Document.xml", "path.double_slash"),
        ("/Doc_0//Document.xml", "Doc_0/Document.xml", "path.double_slash"),
        ("\\Doc_0\\Document.xml", "Doc_0/Document.xml", "path.backslash"),
        ("Doc_0/Document.xml", "Doc_0/Document.xml", "path.root_relative"),
        ("/doc_0/document.XML", "Doc_0/Document.xml", "path.case"),
        ("top/B.xml", "Top/b.xml", "path.case"),
    ],
)
def test_vendor_paths_are_deviations(loc: str, name: str, kind: str) -> None:
    """Forms that vendors write resolve with a deviation each."""
    result = found(loc)
    assert result.name == name
    assert [deviation.id for deviation in result.deviations] == [kind]


@pytest.mark.parametrize(
    "loc",
    [
        "",
        "  ",
        "/",
        "..",
        "/../OFD.xml",
        "../../../OFD.xml",
        "Doc_0/",
        "http://host/a.xml",
        "file:///etc/passwd",
        "C:\\a.xml",
        "\\\\host\\share\\a.xml",
        "/%2e%2e/OFD.xml",
        "/Doc_0%2fDocument.xml",
        "/a\x00.xml",
        "/" + "a" * 5000,
    ],
)
def test_paths_out_of_the_package_are_refused(loc: str) -> None:
    """Paths that leave the package, name directories or other resources are refused (O-32, O-42)."""  # noqa: E501
    with pytest.raises(XmlError) as caught:
        found(loc)
    assert caught.value.code == "path.refused"


def test_fragments_and_queries_are_plain_names() -> None:
    """A fragment or query is part of the name, so that it names no part."""
    assert found("/a.xml#top").name is None
    assert found("/a.xml?x").name is None


def test_reference_path_must_name_one_part() -> None:
    """A relative FileRef is refused where it could name two parts, else it is a deviation."""
    with pytest.raises(XmlError):
        found("a.xml", strict=True)
    result = found("Doc_0/Document.xml", strict=True)
    assert result.name == "Doc_0/Document.xml"
    assert [deviation.id for deviation in result.deviations] == ["path.relative_reference"]


@given(st.text(alphabet="/.\\aA%2e:~ ", max_size=20))
def test_any_path_stays_inside(loc: str) -> None:
    """Whatever the path, it names an existing part, no part, or is refused."""
    try:
        result = found(loc)
    except XmlError:
        return
    assert result.name is None or result.name in PACKAGE
    assert ".." not in result.path.split("/")
