"""A small workshop to test the register with: people, papers, keys, a clock that is set."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import contextmanager
from pathlib import Path

from esealkit import TrustStore
from esealkit.registry import Application, Profile, Register, Role, Workbench, new_keyfile
from esealkit.sandbox import Sandbox

UNIT = "91110108MA0000000A"
OWNER = "示例科技有限公司"
PEOPLE = {
    "li": {Role.CLERK},
    "zhao": {Role.EXAMINER},
    "qian": {Role.MAKER},
    "sys": {Role.SYSTEM},
    "sec": {Role.SECURITY},
    "aud": {Role.AUDIT},
}
PAPERS = {
    name: name.encode()
    for name in (
        "登记证件", "授权委托书", "介绍信", "经办人身份证件", "领取人身份证件", "书面申请", "变更证明",
        "法定代表人身份证件", "公函", "机构设立文件", "任职文件", "本人身份证件", "翻译文本",
    )
}  # fmt: skip


FILES = ("w.db", "w.db.journal", "w.db.journal.head")
"""What a register is made of."""


def faults(shop: Workshop, **options) -> list[tuple[str, str]]:
    """Codes of what the audit finds, and where."""
    with shop.acting("aud") as register:
        return [(item.code, item.where) for item in register.audit(**options).faults]


class Workshop:
    """One register and everything around it."""

    def __init__(self, folder: Path, kit: Sandbox, profile: str = "cn-2025", url: str = "") -> None:
        self.folder = folder
        self.kit = kit
        self.url = url or str(folder / "w.db")
        self.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self.keyfile = folder / "w.key"
        if not self.keyfile.exists():
            new_keyfile(self.keyfile)
        self.maker = kit.pki.holders["maker"]
        Register.create(
            self.url,
            profile=Profile.named(profile),
            members=PEOPLE,
            member="sys",
            keyfile=self.keyfile,
            workshop="示例印章制作有限公司",
            licence="特字001",
            witness=folder / "w.db.journal",
            clock=self.clock,
        ).close()
        with self.acting("sys") as register:
            register.import_codes("11010000000001-11010000000500", block="b")

    @classmethod
    def reopened(
        cls, folder: Path, *, keyfile: Path | None = None, url: str = "", kit: Sandbox | None = None
    ) -> Workshop:
        """The register that stands in ``folder`` already."""
        shop = cls.__new__(cls)
        shop.folder, shop.url = folder, url or str(folder / "w.db")
        shop.keyfile = keyfile or folder / "w.key"
        shop.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        if kit is not None:
            shop.kit, shop.maker = kit, kit.pki.holders["maker"]
        return shop

    def copied(self, folder: Path) -> Workshop:
        """The same register once more, elsewhere, at the same time of day."""
        folder.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copy(self.folder / name, folder / name)
        shop = Workshop.reopened(folder, keyfile=self.keyfile, kit=self.kit)
        shop.now = self.now
        return shop

    def clock(self) -> dt.datetime:
        return self.now

    def later(self, **delta: float) -> None:
        self.now += dt.timedelta(**delta)

    @contextmanager
    def acting(self, member: str, **options):
        with Register.open(
            self.url,
            member=member,
            keyfile=self.keyfile,
            witness=self.folder / "w.db.journal",
            clock=self.clock,
            **options,
        ) as register:
            yield register

    def application(self, **changes) -> Application:
        values = {
            "owner": OWNER,
            "unit_code": UNIT,
            "kind": "公章",
            "picture": self.kit.directory / "official.png",
            "materials": PAPERS,
        }
        return Application(**{**values, **changes})

    @property
    def trust(self) -> TrustStore:
        return TrustStore.from_path(self.kit.directory / "trust")

    def bench(self, **changes) -> Workbench:
        values = {
            "key": self.maker,
            "signers": [self.kit.directory / "signer.pem"],
            "trust": self.trust,
        }
        return Workbench(**{**values, **changes})

    def confirmed(self, reference: str) -> None:
        """The imprint is the picture itself, as from the police's register."""
        with self.acting("li") as register:
            register.confirm_imprint(reference, register.picture(reference), source="公安备案系统")

    def applied(self, **changes) -> str:
        with self.acting("li") as register:
            return register.apply(self.application(**changes)).reference

    def approved(self, **changes) -> str:
        reference = self.applied(**changes)
        with self.acting("zhao") as register:
            register.approve(reference)
        return reference

    def made(self, *, bench: Workbench | None = None, **changes) -> str:
        """Made as the profile wants it, its imprint confirmed first where that is asked for."""
        reference = self.approved(**changes)
        with self.acting("li") as register:
            asked = register.get(reference).kind in register.profile.imprint_required
        if asked:
            self.confirmed(reference)
        with self.acting("qian") as register:
            register.make(reference, bench or self.bench())
        return reference

    def in_use(self, **changes) -> str:
        reference = self.made(**changes)
        with self.acting("li") as register:
            register.deliver(reference, materials=PAPERS)
        return reference

    def sound(self) -> bool:
        with self.acting("aud") as register:
            return register.audit().sound
