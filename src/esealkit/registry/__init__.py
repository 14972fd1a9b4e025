"""The seal workshop's register (印章台账): from application to cancellation.

One state machine (:mod:`~esealkit.registry.machine`), rules as data
(:mod:`~esealkit.registry.profile`), a database (:mod:`~esealkit.registry.store`) and a journal
that proves what happened (:mod:`esealkit.journal`).
"""

from __future__ import annotations

from esealkit.registry.backup import restore
from esealkit.registry.machine import Role, State
from esealkit.registry.private import new_keyfile
from esealkit.registry.profile import Profile
from esealkit.registry.records import Application, SealRecord
from esealkit.registry.register import Register
from esealkit.registry.workbench import Workbench

__all__ = [
    "Application",
    "Profile",
    "Register",
    "Role",
    "SealRecord",
    "State",
    "Workbench",
    "new_keyfile",
    "restore",
]
