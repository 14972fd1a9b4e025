"""Records in an authority's own form, by mapping templates (TOML)."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any

from esealkit.errors import InputError, UsageError, input_unreadable
from esealkit.registry.records import Filing, MadeSeal, SealRecord
from esealkit.words import inert
from esealkit.words.tables import BOM, csv_line

__all__ = ["render_export"]

_SHIPPED = ("generic-json", "generic-xml", "generic-csv", "application-json", "application-xml")
_NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_.\-\u4e00-\u9fff]*\Z")
_NOT_PLAIN = {"private", "seals", "filings", "esl", "record", "approval"}


def render_export(
    template: str | PathLike[str],
    record: SealRecord,
    *,
    filing: Filing | None = None,
    picture: bytes = b"",
) -> bytes:
    """A record by a template: ``format`` json, xml or csv, and ``[fields]`` name → field.

    A field is one of the record (``owner``), of the filing (``filing.kind``), of the newest seal
    (``seal.sm3``), private (``private.handler``), the digest of a paper (``material.登记证件``),
    the picture file (``picture.base64``), or a text in ``=…``.

    :raises UsageError: the template is malformed or names a field that there is not.
    """
    rules = _template(template)
    source = _Source(record, filing, picture)
    row = {str(name): source.field(str(path)) for name, path in rules["fields"].items()}
    form, root = rules["format"], str(rules.get("root", "filing"))
    if form == "json":
        return json.dumps({root: row}, ensure_ascii=False, indent=2).encode()
    if form == "csv":
        # Systems read it, not only spreadsheets: nothing is cut.
        return (BOM + csv_line(row) + csv_line(row.values(), limit=sys.maxsize)).encode()
    if not all(_NAME.match(name) for name in (root, *row)):
        raise UsageError("registry.template", reason="name")
    # The Base64 of a picture is long, and inert by itself.
    body = "".join(
        f"  <{name}>{html.escape(inert(value, limit=len(value) + 1))}</{name}>\n"
        for name, value in row.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{body}</{root}>\n'.encode()


def _template(name: str | PathLike[str]) -> Mapping[str, Any]:
    try:
        if name in _SHIPPED:
            home = resources.files("esealkit.registry").joinpath(f"filings/{name}.toml")
            text = home.read_text("utf-8")
        else:
            text = Path(name).read_text("utf-8")
        value = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError("input.missing", path=str(name)) from None
    except OSError as error:
        raise input_unreadable(name, error) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError("registry.template", reason=str(error)) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise UsageError("registry.template", reason=type(error).__name__) from error
    fields = value.get("fields")
    if value.get("format") not in ("json", "xml", "csv") or not isinstance(fields, dict):
        raise UsageError("registry.template", reason="format")
    return value


@dataclass(frozen=True, slots=True)
class _Source:
    record: SealRecord
    filing: Filing | None
    picture: bytes

    def field(self, path: str) -> str:
        """The text that a template's path names."""
        if path.startswith("="):
            return path[1:]
        home, _, name = path.rpartition(".")
        if home == "private":
            return self.record.private.get(name, "")
        if home == "material":
            found = [item.sm3 for item in self.record.materials if item.name == name]
            return found[-1] if found else ""
        if path == "picture.base64":
            return base64.b64encode(self.picture).decode()
        if path == "materials":
            return "; ".join(f"{item.name} {item.sm3}" for item in self.record.materials)
        newest = self.record.seals[-1] if self.record.seals else None
        homes: dict[str, tuple[type, object]] = {
            "": (SealRecord, self.record),
            "filing": (Filing, self.filing),
            "seal": (MadeSeal, newest),
        }
        if home not in homes:
            raise UsageError("registry.template", reason=path)
        kind, value = homes[home]
        plain = {item.name for item in dataclasses.fields(kind)} - _NOT_PLAIN
        if name not in plain:
            raise UsageError("registry.template", reason=path)
        return "" if value is None else _text(getattr(value, name))


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    return "" if value is None else str(getattr(value, "value", value))
