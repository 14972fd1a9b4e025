"""Filing with the authority (备案, SH-14): 待备案 → 已报送 → 已备案 or 退回, and its exports."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from esealkit.errors import IllegalStep, Incomplete, InputError, UsageError, input_unreadable
from esealkit.registry import schema
from esealkit.registry.desk import Taken
from esealkit.registry.lifecycle import Lifecycle
from esealkit.registry.machine import Role
from esealkit.registry.records import Filing, SealRecord, row_of
from esealkit.words import inert

__all__ = ["Reporting", "render_filing"]

_MOVES = {
    "report": ({"pending", "returned"}, "reported"),
    "accept": ({"reported"}, "accepted"),
    "return": ({"reported"}, "returned"),
}
_SHIPPED = ("generic-json", "generic-xml", "generic-csv")
_NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_.\-\u4e00-\u9fff]*\Z")


class Reporting(Lifecycle):
    """The workshop files, not the unit (KB-1)."""

    def report_filing(self, reference: str, *, authority: str, kind: str = "") -> SealRecord:
        """Enter that a filing was sent (已报送).

        :param kind: ``making``, ``cancellation`` or ``unclaimed``; by default the open one.
        """
        return self._move(reference, "report", kind, {"authority": authority})

    def accept_filing(self, reference: str, *, receipt: str, kind: str = "") -> SealRecord:
        """Enter the authority's receipt (已备案).

        :raises Incomplete: the profile wants a receipt.
        """
        if self.profile.receipt_required and not receipt:
            raise Incomplete("registry.receipt_missing", seal=reference)
        return self._move(reference, "accept", kind, {"receipt": receipt})

    def return_filing(self, reference: str, *, reason: str, kind: str = "") -> SealRecord:
        """Enter that the authority returned a filing (退回), and why."""
        if not reason.strip():
            raise Incomplete("registry.reason_missing", seal=reference)
        return self._move(reference, "return", kind, {"reason": reason})

    def _move(self, reference: str, move: str, kind: str, values: Mapping[str, str]) -> SealRecord:
        sources, target = _MOVES[move]
        with self._store.writing() as step:
            self._permit(step.connection, Role.CLERK)
            row = row_of(step.connection, reference)
            table = schema.filings
            query = sa.select(table).where(table.c.seal == row.id).order_by(table.c.id.desc())
            rows = [
                item
                for item in step.connection.execute(query)
                if (item.kind == kind if kind else item.state in sources)
            ]
            if not rows or rows[0].state not in sources:
                raise IllegalStep(
                    "registry.filing_step",
                    seal=row.reference,
                    step=move,
                    state=rows[0].state if rows else "-",
                )
            at = "reported_at" if move == "report" else "answered_at"
            step.connection.execute(
                table.update()
                .where(table.c.id == rows[0].id)
                .values(state=target, **{at: step.at}, **values)
            )
            self._finish(
                Taken(step, row), f"filing.{move}", {"kind": rows[0].kind, "to": target, **values}
            )
        return self._record(reference)

    def export_filing(
        self, reference: str, *, template: str | PathLike[str] = "generic-json", kind: str = ""
    ) -> bytes:
        """A filing in an authority's own form, by a mapping template.

        :param template: ``generic-json``, ``generic-xml``, ``generic-csv``, or a TOML file.
        :raises UsageError: the template is malformed or names a field that there is not.
        """
        with self._reading(Role.CLERK):
            pass
        record = self._record(reference, reveal=True)
        found = [item for item in record.filings if not kind or item.kind == kind]
        if not found:
            raise Incomplete("registry.no_filing", seal=reference)
        return render_filing(record, found[-1], template)


def render_filing(record: SealRecord, filing: Filing, template: str | PathLike[str]) -> bytes:
    """``filing`` by a template: ``format`` json, xml or csv, and ``[fields]`` name → field.

    A field is one of the record (``owner``), of the filing (``filing.kind``), of the newest seal
    (``seal.sm3``), private (``private.handler``), or a text in ``=…``.
    """
    rules = _template(template)
    row = {str(name): _field(record, filing, str(path)) for name, path in rules["fields"].items()}
    form, root = rules["format"], str(rules.get("root", "filing"))
    if form == "json":
        return json.dumps({root: row}, ensure_ascii=False, indent=2).encode()
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(row)
        writer.writerow([inert(item, limit=30_000) for item in row.values()])
        return ("\ufeff" + out.getvalue()).encode()
    if not all(_NAME.match(name) for name in (root, *row)):
        raise UsageError("registry.template", reason="name")
    body = "".join(
        f"  <{name}>{html.escape(inert(value, limit=30_000))}</{name}>\n"
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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError("registry.template", reason=type(error).__name__) from error
    fields = value.get("fields")
    if value.get("format") not in ("json", "xml", "csv") or not isinstance(fields, dict):
        raise UsageError("registry.template", reason="format")
    return value


def _field(record: SealRecord, filing: Filing, path: str) -> str:
    if path.startswith("="):
        return path[1:]
    home, _, name = path.rpartition(".")
    if home == "private":
        return record.private.get(name, "")
    newest = record.seals[-1] if record.seals else None
    source: object = {"": record, "filing": filing, "seal": newest}.get(home, ...)
    plain = (*record.__slots__, *filing.__slots__, "sm3", "carrier", "edition", "serials", "maker",
             "made_at", "valid_from", "valid_until")  # fmt: skip
    if source is ... or name not in plain or name in ("private", "materials", "seals", "filings"):
        raise UsageError("registry.template", reason=path)
    value = getattr(source, name, "") if source is not None else ""
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    return "" if value is None else str(getattr(value, "value", value))
