"""The zip container: what is accepted, tolerated and refused."""

from __future__ import annotations

import io
import mmap
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esealkit.errors import EsealError, LimitExceeded, PackageError, UnsupportedError, UsageError
from esealkit.limits import Limits
from esealkit.ofd.package import Package
from esealkit.ofd.writer import PackageWriter, rewrite
from tests.support import zips


def read_all(data: bytes) -> dict[str, bytes]:
    package = Package.open(data)
    return {name: package.read(name) for name in package.names}


@pytest.mark.parametrize(
    ("row", "data"), list(zips.genuine()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_honest_archive_opens(row: str, data: bytes) -> None:
    """Whatever form honest writers give an archive, it opens without deviation."""
    package = Package.open(data)
    assert package.read("OFD.xml") == zips.OFD.content
    assert package.deviations == ()


@pytest.mark.parametrize(
    ("row", "kind", "data"), list(zips.tolerated()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_vendor_form_is_a_deviation(row: str, kind: str, data: bytes) -> None:
    """A form that vendors are known to ship opens and is named as a deviation of the container."""
    package = Package.open(data)
    assert package.read("OFD.xml") == zips.OFD.content
    assert [(d.id, d.check) for d in package.deviations] == [(kind, "container.form")]


@pytest.mark.parametrize(
    ("row", "code", "data"), list(zips.hostile()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_ambiguous_archive_is_refused(row: str, code: str, data: bytes) -> None:
    """An archive that two readers could understand differently is refused."""
    began = time.process_time()
    with pytest.raises(EsealError) as caught:
        read_all(data)
    assert caught.value.code == code
    assert isinstance(caught.value, (PackageError, LimitExceeded, UnsupportedError))
    assert time.process_time() - began < 2
    assert caught.value.message("zh") != caught.value.code != caught.value.message("en")


def test_every_truncation_is_refused() -> None:
    """An archive cut at any byte is refused (Z-30)."""
    whole = zips.archive([zips.OFD, zips.streamed(zips.PAGE)])
    for length in range(len(whole)):
        with pytest.raises(PackageError):
            read_all(whole[:length])


def test_no_single_byte_changes_content_unseen() -> None:
    """Whatever byte of an archive is changed, the parts read are the same or none are read."""
    whole = zips.archive([zips.OFD, zips.streamed(zips.PAGE)])
    honest = read_all(whole)
    for position in range(len(whole)):
        bent = bytearray(whole)
        bent[position] ^= 0x41
        try:
            found = read_all(bytes(bent))
        except EsealError:
            continue
        assert found == honest


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_mutated_archive_gives_value_or_error(data: st.DataObject) -> None:
    """Mutated archives give parts or an EsealError, never another exception."""
    samples = [sample for _, sample in zips.genuine()]
    bent = bytearray(data.draw(st.sampled_from(samples)))
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, len(bent) - 1))
        bent[position] = data.draw(st.integers(0, 255))
    try:
        read_all(bytes(bent))
    except EsealError as error:
        assert error.message("en") != error.code


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_random_bytes_give_error(data: bytes) -> None:
    """Random bytes are refused with an EsealError."""
    with pytest.raises(EsealError):
        Package.open(b"PK\x05\x06" + data)


def _as_bytes(data: bytes) -> object:
    return data


def _as_view(data: bytes) -> object:
    return memoryview(data)


def _as_stream(data: bytes) -> object:
    return io.BytesIO(data)


def _as_mapping(data: bytes) -> object:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@pytest.mark.parametrize("form", [_as_bytes, _as_view, _as_stream, _as_mapping])
def test_all_sources_read_alike(form: Callable[[bytes], object]) -> None:
    """Bytes, views, files and mappings give the same parts."""
    package = Package.open(form(zips.archive(zips.GOOD)))  # type: ignore[arg-type]
    assert package.read("Doc_0/Page.xml") == zips.PAGE.content


def test_other_sources_are_usage_errors() -> None:
    """What is neither bytes nor a binary file is the caller's mistake."""
    with pytest.raises(UsageError):
        Package.open("name.ofd")  # type: ignore[arg-type]


def test_digest_is_streamed_and_equal() -> None:
    """The digest of a part is that of its content, read or not read before."""
    import hashlib

    package = Package.open(zips.archive(zips.GOOD))
    expected = hashlib.sha256(zips.OFD.content).digest()
    assert package.digest("OFD.xml", hashlib.sha256) == expected
    package.read("OFD.xml")
    assert package.digest("OFD.xml", hashlib.sha256) == expected


def test_limits_hold() -> None:
    """Entries, sizes, names and the whole file have limits of their own."""
    data = zips.archive(zips.GOOD)
    for field, value in (
        ("package_entries", 1),
        ("entry_size", 10),
        ("package_size", 200),
        ("entry_name", 5),
        ("source_size", 10),
    ):
        with pytest.raises(LimitExceeded):
            Package.open(data, limits=Limits(**{field: value}))


def test_damaged_parts_are_listed() -> None:
    """Every part that cannot be read whole is named."""
    package = Package.open(zips.archive([zips.OFD, replace(zips.PAGE, crc=1)]))
    assert [error.code for error in package.damaged()] == ["package.crc"]


def test_lookups_are_exact() -> None:
    """A part is found under its own name only; folding is asked for explicitly."""
    package = Package.open(zips.archive(zips.GOOD))
    assert "ofd.xml" not in package
    assert package.same_but_case("ofd.XML") == "OFD.xml"
    with pytest.raises(PackageError):
        package.read("ofd.xml")


def test_written_package_is_clean_for_other_readers() -> None:
    """What is written opens with the standard library and holds the same parts."""
    out = io.BytesIO()
    writer = PackageWriter(out)
    writer.add("OFD.xml", b"<x/>" * 100)
    writer.add("图.bin", b"\0\1")
    writer.close()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as other:
        assert other.testzip() is None
        assert other.namelist() == ["OFD.xml", "图.bin"]
        assert other.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
        assert other.infolist()[0].flag_bits == 0
    assert Package.open(out.getvalue()).deviations == ()


def test_rewriting_keeps_order_and_packed_bytes() -> None:
    """A rewritten package keeps order and packed bytes of untouched parts and drops foreign bytes."""  # noqa: E501
    source = zips.archive([zips.streamed(zips.OFD), zips.PAGE], prefix=b"vendor")
    package = Package.open(source)
    out = io.BytesIO()
    rewrite(package, out, changed={"Doc_0/Page.xml": b"new", "last": b"x"})
    result = Package.open(out.getvalue())
    assert result.names == ("OFD.xml", "Doc_0/Page.xml", "last")
    assert result.deviations == ()
    assert b"".join(result.packed("OFD.xml")) == b"".join(package.packed("OFD.xml"))
    again = io.BytesIO()
    rewrite(package, again, changed={"Doc_0/Page.xml": b"new", "last": b"x"})
    assert again.getvalue() == out.getvalue()


@pytest.mark.parametrize("name", ["", "a/", "../a", "a\\b", "OFD.xml"])
def test_writer_refuses_bad_or_doubled_names(name: str) -> None:
    """The writer never writes a name that the reader would refuse."""
    writer = PackageWriter(io.BytesIO())
    writer.add("OFD.xml", b"")
    with pytest.raises(UsageError):
        writer.add(name, b"x")
