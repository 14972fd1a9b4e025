"""Keys in SDF devices (GM/T 0018, GB/T 36322): the cards and HSMs of organisations."""

from __future__ import annotations

from esealkit.keys.sdf.key import open_sdf

__all__ = ["open_sdf"]
