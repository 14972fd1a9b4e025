"""A small workshop to test the register with: people, papers, keys, a clock that is set."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

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

    def bench(self, **changes) -> Workbench:
        values = {"key": self.maker, "signers": [self.kit.directory / "signer.pem"]}
        return Workbench(**{**values, **changes})

    def applied(self, **changes) -> str:
        with self.acting("li") as register:
            return register.apply(self.application(**changes)).reference

    def approved(self, **changes) -> str:
        reference = self.applied(**changes)
        with self.acting("zhao") as register:
            register.approve(reference)
        return reference

    def made(self, *, bench: Workbench | None = None, **changes) -> str:
        reference = self.approved(**changes)
        with self.acting("li") as register:
            record = register.get(reference)
            if record.kind in register.profile.imprint_required and not record.imprint_confirmed:
                picture = self.kit.directory / "official.png"
                register.confirm_imprint(reference, picture, source="申请人")
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
