"""Keys in SKF devices (GM/T 0016, GB/T 35291): the USB keys that hold most personal seals."""

from __future__ import annotations

from esealkit.keys.skf.key import open_skf

__all__ = ["open_skf"]
