"""The register as one object: every verb of the workshop."""

from __future__ import annotations

from esealkit.registry.backup import Backups

__all__ = ["Register"]


class Register(Backups):
    """A register of seals (印章台账), as one member sees it.

    ::

        with Register.open("workshop.db", member="王", keyfile="workshop.key") as register:
            record = register.apply(Application(owner="示例科技有限公司", kind="公章", …))

    Each verb checks the member's role, the seal's state and the profile's rules, and is written
    together with its entry in the journal: whole, or not at all.
    """
