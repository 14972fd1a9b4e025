"""``esealkit.inspect``: what a file holds, whatever the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import esealkit as ek
from esealkit.asn1.anatomy import Field
from esealkit.asn1.der import encode
from esealkit.cli.main import run
from esealkit.report.inspection import Inspection

PERSON = b"110105194912310021"


def fields(field: Field, path: str = "") -> Iterator[tuple[str, Field]]:
    here = f"{path}.{field.name}" if path else field.name
    yield here, field
    for child in field.fields:
        yield from fields(child, here)


def named(found: Inspection) -> dict[str, Field]:
    return dict(fields(found.trees[0].root))


@pytest.mark.parametrize(
    ("name", "edition", "path"),
    [
        ("official.esl", "4", "SESeal.eSealInfo.property.certListType"),
        ("official-v1.esl", "1", "SESeal.esealInfo.property.certList"),
        ("official-v5.esl", "5", "SESeal.eSealInfo.property.certListType"),
    ],
)
def test_a_seal_is_laid_out_by_its_edition(demo: Path, name: str, edition: str, path: str) -> None:
    """Fields have the names of the edition's standard, with the Chinese term at the top levels."""
    tree = named(ek.inspect(demo / name))
    info = "esealInfo" if edition == "1" else "eSealInfo"
    assert tree[f"SESeal.{info}.header.version"].value == edition
    assert tree[f"SESeal.{info}.esID"].term == "印章标识"
    assert tree[f"SESeal.{info}.property.name"].value == "示例科技有限公司"
    assert tree[f"SESeal.{info}.picture.width"].value == "40"
    assert path in tree
    assert tree[f"SESeal.{info}"].definition == "SES_SealInfo"
    assert ("SESeal.signInfo.signData" in tree) == (edition == "1")
    assert ("SESeal.signedValue" in tree) == (edition != "1")


def test_offsets_point_at_the_bytes(demo: Path) -> None:
    """Every field's offset leads to its octets, inside strings that hold DER too."""
    data = (demo / "official.esl").read_bytes()
    for path, field in named(ek.inspect(data)).items():
        end = field.offset + field.header + field.length
        assert 0 <= field.offset < end <= len(data) or not field.type, path
        if field.type == "SEQUENCE":
            assert data[field.offset] == 0x30, path
        if field.type == "OBJECT IDENTIFIER":
            assert data[field.offset] == 6, path
    certificate = named(ek.inspect(data))["SESeal.cert.Certificate"]
    whole = data[certificate.offset :][: certificate.header + certificate.length]
    assert "示例印章制作有限公司" in ek.inspect(whole).trees[0].root.value


def test_a_stamped_file_shows_bodies_pages_and_signatures(demo: Path) -> None:
    """An OFD shows page sizes in mm and, for each signature, what it declares and its value's tree."""
    found = ek.inspect(demo / "sealed.ofd")
    assert found.format == "ofd"
    (body,) = found.bodies
    assert body.page_count == 3
    assert (body.pages[0].width_mm, body.pages[0].height_mm) == (210, 297)
    (signature,) = found.signatures
    assert signature.declared_kind == "Seal"
    assert len(signature.stamps) == 2
    assert signature.value
    assert signature.value.kind == "seal_signature"
    names = dict(fields(signature.value.root))
    assert names["SES_Signature.toSign.propertyInfo"].value.endswith("Signature.xml")
    assert names["SES_Signature.toSign.eseal.eSealInfo.esID"].value == "11010000000001"
    assert "sm2-with-sm3" in names["SES_Signature.signatureAlgID"].value


@pytest.mark.parametrize(
    ("name", "kind"),
    [("root.crl", "crl"), ("root.pem", "certificate"), ("official.esl", "seal")],
)
def test_structures_are_told_by_their_form(demo: Path, name: str, kind: str) -> None:
    """CRLs, certificates and seals are recognised by structure, in PEM or DER."""
    found = ek.inspect(demo / name)
    assert found.trees[0].kind == kind
    assert found.fault == ""


@pytest.mark.parametrize("name", ["maker.key", "signer.key", "tsa.key"])
def test_key_material_is_never_shown(demo: Path, name: str) -> None:
    """A private key is named, in PEM and as bare or cut-off DER, and none of its octets is shown."""
    import base64

    pem = (demo / name).read_bytes()
    der = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
    secret = der[36:68].hex()
    for data in (pem, der, der[:90], encode(0x30, encode(0x04, der))):
        shown = ek.inspect(data).to_text("en") + ek.inspect(data).to_json()
        for at in range(0, len(secret) - 16, 8):
            assert secret[at : at + 16] not in shown


def test_a_persons_number_is_masked(demo: Path) -> None:
    """An identity number in a certificate's extension is masked in text and JSON."""
    extension = encode(
        0x30, bytes.fromhex("06082a811cd014040101"), encode(0x04, encode(0x13, PERSON))
    )
    pem = (demo / "signer.pem").read_bytes()
    assert ek.inspect(pem).trees[0].kind == "certificate"
    from esealkit.asn1.anatomy import describe
    from esealkit.pki.anatomy import _EXTENSIONS

    found = describe(encode(0x30, extension), _EXTENSIONS)
    values = [field.value for _, field in fields(found)]
    assert not any(PERSON.decode() in value or PERSON.hex() in value for value in values)


def test_a_pdf_is_laid_out(demo: Path) -> None:
    """Of a PDF pages and revisions are shown; it has no trees of its own."""
    found = ek.inspect(demo / "sample.pdf")
    assert (found.format, found.trees, found.bodies[0].page_count) == ("pdf", (), 3)
    assert [item.number for item in found.revisions] == [1]


@pytest.mark.parametrize("data", [b"", b"hello", b"0123456789", b"PK\x03\x04", b"\x30"])
def test_other_bytes_have_a_fault(data: bytes) -> None:
    """What is no document and no structure says why."""
    found = ek.inspect(data)
    assert found.fault
    assert found.fault in found.to_text("en")


def test_the_tree_says_where_it_breaks(demo: Path) -> None:
    """A cut-off seal shows every field before the cut, and the fault on the field that is cut."""
    data = (demo / "official.esl").read_bytes()
    found = ek.inspect(data[:900])
    tree = named(found)
    assert found.fault == "der.truncated"
    assert tree["SESeal.eSealInfo.property.name"].value == "示例科技有限公司"
    assert tree["SESeal.eSealInfo.property.certList"].fault == "der.truncated"
    assert tree["SESeal.eSealInfo.header"].fault == ""


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_damage_never_raises(demo: Path, data: st.DataObject) -> None:
    """A seal, CRL or certificate cut or changed anywhere gives an inspection, in text and JSON."""
    name = data.draw(st.sampled_from(["official-v1.esl", "official.esl", "root.crl"]))
    whole = bytearray((demo / name).read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, min(len(whole) - 1, 3000)))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    found = ek.inspect(bytes(whole[:cut]))
    json.loads(found.to_json())
    assert found.to_text("zh").endswith("\n")


@given(st.binary(max_size=200))
def test_any_bytes_can_be_inspected(data: bytes) -> None:
    """No input raises, and no control character of it reaches the text."""
    text = ek.inspect(data).to_text("en")
    assert all(char.isprintable() or char == "\n" for char in text)


def test_hostile_text_is_inert() -> None:
    """Control and bidirectional characters in a structure's strings are escapes."""
    hostile = "a\x1b[31m\u202e<script>".encode()
    found = ek.inspect(encode(0x30, encode(0x0C, hostile), encode(0x16, hostile)))
    for text in (found.to_text("zh"), found.to_json()):
        assert not set(text) & set("\x1b\u202e")


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    """Only a source that cannot be read raises."""
    with pytest.raises(ek.errors.InputError):
        ek.inspect(tmp_path / "no.ofd")


def test_a_great_many_fields_are_cut() -> None:
    """A structure of very many parts is shown in part."""
    data = encode(0x30, *(encode(0x30, *(b"\x05\x00",) * 400) for _ in range(200)))
    found = ek.inspect(data)
    assert len(list(fields(found.trees[0].root))) < 21_000
    assert any(field.name.startswith("… +") for _, field in fields(found.trees[0].root))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_shows_the_same(demo: Path, options: list[str], capsys) -> None:
    """``esealkit inspect`` prints the text or JSON and exits 0, for bad content too."""
    assert run(["--lang", "en", "inspect", str(demo / "sealed.ofd"), *options]) == 0
    assert "SES_SealInfo" in capsys.readouterr().out
    (demo / "junk").write_bytes(b"junk")
    assert run(["inspect", str(demo / "junk"), *options]) == 0
    assert run(["inspect", str(demo / "nothing"), *options]) == 66
