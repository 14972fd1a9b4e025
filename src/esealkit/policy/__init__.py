"""What a verification requires, as data.

A policy says for every check whether it is *required* or *informative*, and for the reasons
that need it what their effect is.  Three policies are shipped as TOML beside this file:
``default``, ``strict`` and ``integrity``; :meth:`Policy.from_file` reads one's own, in TOML or
JSON, on top of one of them.  Unknown keys are refused, so that a misspelt requirement cannot be
silently absent.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from esealkit.errors import InputError, UsageError, input_unreadable

__all__ = ["CHECKS", "Effect", "Policy", "Weight"]


class Weight(str, Enum):
    """How much a check counts."""

    REQUIRED = "required"
    INFORMATIVE = "informative"


class Effect(str, Enum):
    """What a reason does to the verdict when its check is not passed."""

    NOTE = "note"
    RESERVATION = "reservation"
    INDETERMINATE = "indeterminate"
    FAILED = "failed"


CHECKS: tuple[str, ...] = (
    "container.form",
    "document.form",
    "document.encryption",
    "document.resources",
    "document.signature_list",
    "document.entries",
    "signature.form",
    "signature.value",
    "document.digest",
    "document.references",
    "document.coverage",
    "document.changes",
    "document.path_binding",
    "signature.relative",
    "signature.mark",
    "seal.form",
    "seal.maker_signature",
    "seal.maker_chain",
    "seal.maker_authority",
    "seal.maker_key_usage",
    "seal.maker_validity",
    "seal.maker_revocation",
    "seal.validity",
    "seal.created",
    "seal.timestamp",
    "seal.timestamp_revocation",
    "seal.same_as_embedded",
    "seal.picture",
    "seal.status",
    "signer.chain",
    "signer.key_usage",
    "signer.validity",
    "signer.revocation",
    "signer.in_seal",
    "time.rules",
    "time.stamp",
    "time.stamp_revocation",
    "stamp.visible",
    "stamp.boundary",
    "stamp.seam",
    "stamp.overlap",
    "stamp.lookalike",
    "expectation",
)
"""Every check id, in the order in which reports list them and verdicts name their reason."""

_KEYS = frozenset(
    {"name", "base", "weights", "effects", "deviations", "maker_policies", "known_parts"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Weights of checks, effects of reasons, and how deviations are taken."""

    name: str
    """Printed in every report."""
    weights: Mapping[str, Weight]
    """Check id → weight; every check of :data:`CHECKS` has one."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """Reason code → effect; other reasons follow their check's weight."""
    deviations: str = "accept"
    """``accept``: recorded and tolerated; ``refuse``: each fails the check it concerns."""
    tolerated: frozenset[str] = frozenset()
    """Deviation ids that are only noted even where deviations are refused."""
    maker_policies: frozenset[str] = frozenset()
    """Certificate policy OIDs that authorise a seal maker."""
    known_parts: frozenset[str] = frozenset()
    """SM3 (hexadecimal) of parts that need no cover, such as a published form template."""

    @classmethod
    def default(cls) -> Policy:
        """Vendor deviations accepted with a row each; revocation looked at where data is given."""
        return _shipped("default")

    @classmethod
    def strict(cls) -> Policy:
        """Every departure refused; revocation and proven time required."""
        return _shipped("strict")

    @classmethod
    def integrity(cls) -> Policy:
        """Only whether the file is unchanged since it was stamped; identity shown, not required."""
        return _shipped("integrity")

    @classmethod
    def named(cls, name: str) -> Policy:
        """A shipped policy by name.

        :raises UsageError: there is none of that name.
        """
        if name not in ("default", "strict", "integrity"):
            raise UsageError("policy.unknown", name=name)
        return _shipped(name)

    @classmethod
    def from_file(cls, path: str | Path) -> Policy:
        """Read a policy from a TOML or JSON file.

        :raises InputError: the file cannot be read.
        :raises UsageError: it is not a policy.
        """
        try:
            text = Path(path).read_text("utf-8")
        except FileNotFoundError:
            raise InputError("input.missing", path=str(path)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise input_unreadable(path, error) from error
        try:
            if Path(path).suffix.lower() == ".json":
                data = json.loads(text)
            else:
                data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError("policy.malformed", path=str(path), reason=str(error)) from error
        if not isinstance(data, dict):
            raise UsageError("policy.malformed", path=str(path), reason="not a table")
        return _from_table(data, fallback_name=Path(path).stem)

    def weight(self, check: str) -> Weight:
        """The weight of ``check``; an id this policy does not know is required."""
        return self.weights.get(check, Weight.REQUIRED)


@cache
def _shipped(name: str) -> Policy:
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
    return _from_table(tomllib.loads(text), fallback_name=name)


_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")


def _from_table(data: dict[str, Any], *, fallback_name: str) -> Policy:
    unknown = set(data) - _KEYS
    if unknown:
        raise UsageError("policy.key", key=min(unknown))
    name = _typed(data, "name", str, fallback_name)
    base = data.get("base")
    start = (
        Policy.named(_typed(data, "base", str, ""))
        if base is not None
        else Policy(name=name, weights=dict.fromkeys(CHECKS, Weight.REQUIRED))
    )
    weights = dict(start.weights)
    for check, weight in _typed(data, "weights", dict, {}).items():
        if check not in CHECKS:
            raise UsageError("policy.key", key=f"weights.{check}")
        weights[check] = _member(Weight, weight, f"weights.{check}")
    effects = dict(start.effects)
    for code, effect in _typed(data, "effects", dict, {}).items():
        effects[code] = _member(Effect, effect, f"effects.{code}")
    how = _typed(data, "deviations", dict, {})
    if extra := set(how) - {"mode", "tolerated"}:
        raise UsageError("policy.key", key=f"deviations.{min(extra)}")
    mode = how.get("mode", start.deviations)
    if mode not in ("accept", "refuse"):
        raise UsageError("policy.value", key="deviations.mode")
    return replace(
        start,
        name=name,
        weights=weights,
        effects=effects,
        deviations=mode,
        tolerated=frozenset(_texts(how, "tolerated", start.tolerated)),
        maker_policies=frozenset(_matching(_OID, data, "maker_policies", start.maker_policies)),
        known_parts=frozenset(_matching(_HEX_DIGEST, data, "known_parts", start.known_parts)),
    )


def _typed(data: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = data.get(key, default)
    if not isinstance(value, kind):
        raise UsageError("policy.value", key=key)
    return value


def _texts(data: dict[str, Any], key: str, default: frozenset[str]) -> list[str]:
    value = data.get(key, sorted(default))
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError("policy.value", key=key)
    return value


def _matching(
    pattern: re.Pattern[str], data: dict[str, Any], key: str, default: frozenset[str]
) -> list[str]:
    found = [item.lower() for item in _texts(data, key, default)]
    if not all(pattern.fullmatch(item) for item in found):
        raise UsageError("policy.value", key=key)
    return found


def _member(kind: type[Any], value: Any, key: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise UsageError("policy.value", key=key) from None
