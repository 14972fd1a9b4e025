"""``esealkit registry``: the seal workshop's register (印章台账), one command a step."""

from __future__ import annotations

from esealkit.cli.commands.registry import (  # noqa: F401 - each adds its commands to the group
    applying,
    asking,
    changing,
    filing,
    making,
    opening,
    proving,
)
from esealkit.cli.commands.registry.desk import registry

__all__ = ["registry"]
