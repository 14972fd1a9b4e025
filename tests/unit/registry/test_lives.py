"""Every kind of seal goes from application to cancellation under every shipped profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tests.support.registers import OWNER, PAPERS, Workshop

import esealkit as ek
from esealkit.api.making_checks import MakingRules
from esealkit.errors import Incomplete, UsageError
from esealkit.picture.rules import PROFILES
from esealkit.registry import SealRecord, State
from esealkit.registry.profile import SHIPPED
from esealkit.seal.kinds import KINDS, SealKind

PERSON = "张三"


@pytest.fixture(scope="module")
def drawn() -> Callable[[str, SealKind], bytes]:
    """A picture of each kind, drawn by the rules of a place, once."""
    kept: dict[tuple[str, str], bytes] = {}

    def of(profile: str, kind: SealKind) -> bytes:
        rules = profile if profile in PROFILES else PROFILES[0]
        if (rules, kind.id) not in kept:
            name = PERSON if kind.personal else OWNER
            picture = ek.draw_seal(kind=kind.id, name=name, profile=rules)
            kept[rules, kind.id] = picture.svg.encode()
        return kept[rules, kind.id]

    return of


def made(shop: Workshop, reference: str, kind: SealKind, picture: bytes) -> SealRecord:
    """The seal, made here or imported; its imprint confirmed where that is asked for."""
    signer = shop.kit.directory / ("person.pem" if kind.personal else "signer.pem")
    with shop.acting("qian") as register:
        if not register.profile.local_making:
            seal = ek.make_seal(
                picture=picture, name=PERSON if kind.personal else OWNER, kind=kind.id,
                seal_id=f"21010000{reference[-6:]}", signers=[signer], key=shop.maker,
                rules=MakingRules(trial=True), clock=shop.clock,
            )  # fmt: skip
            return register.import_made(reference, seal.der, trust=shop.trust)
        if kind.id in register.profile.imprint_required:
            with pytest.raises(Incomplete, match=r"registry\.imprint_missing"):
                register.make(reference, shop.bench(signers=[signer]))
            shop.confirmed(reference)
        return register.make(reference, shop.bench(signers=[signer]))


@pytest.mark.parametrize("profile", SHIPPED)
def test_every_kind_lives_its_life(
    profile: str, under: Callable[[str], Workshop], drawn: Callable[[str, SealKind], bytes]
) -> None:
    """reg:SH-06 Under each profile a drawn seal of every kind, at the size it was drawn in, is
    applied for, made, filed, delivered, used, suspended, resumed, lost and cancelled; its imprint
    is confirmed before or after, and nothing stays on trial."""
    shop = under(profile)
    for kind in KINDS:
        picture, person = drawn(profile, kind), {"owner": PERSON, "unit_code": ""}
        reference = shop.approved(
            kind=kind.id, picture=picture, materials=PAPERS,
            name=PERSON if kind.personal else "", **(person if kind.id == "personal" else {}),
        )  # fmt: skip
        record = made(shop, reference, kind, picture)
        assert (record.state, record.kind) == (State.MADE, kind.id)
        with shop.acting("li") as register:
            if record.trial:
                shop.confirmed(reference)
            register.report_filing(reference, authority="市公安局")
            register.accept_filing(reference, receipt="备1")
            assert not register.deliver(reference, materials=PAPERS).trial
            register.use(reference, document="x", sha256="0" * 64, operator="x", approval="批1")
            register.suspend(reference, reason="出借", materials=PAPERS)
            register.resume(reference, materials=PAPERS)
            register.report_loss(reference)
            register.cancel(reference, ground="其他", materials=PAPERS)
            register.certificate_data(reference, kind="cancellation", key=shop.maker)
    assert shop.sound()


def test_a_record_is_as_large_as_its_picture(
    shop: Workshop, drawn: Callable[[str, SealKind], bytes]
) -> None:
    """Without a size of its own an application has its picture's, an invoice seal 40 by 30 mm, and so
    has a picture that is brought later; without a picture 40 by 40, and one side alone is refused."""
    kinds: Mapping[str, SealKind] = {kind.id: kind for kind in KINDS}
    pictures = {name: drawn("cn-2025", kinds[name]) for name in ("invoice", "contract")}

    def size(reference: str) -> tuple[int, int]:
        with shop.acting("li") as register:
            record = register.get(reference)
        return record.width_mm, record.height_mm

    invoice = shop.applied(kind="invoice", picture=pictures["invoice"])
    empty = shop.applied(kind="contract", picture=None)
    asked = shop.applied(kind="contract", picture=pictures["contract"], width_mm=42, height_mm=43)
    assert [size(item) for item in (invoice, empty, asked)] == [(40, 30), (40, 40), (42, 43)]
    with shop.acting("li") as register:
        register.supplement(empty, picture=pictures["contract"])
        register.supplement(asked, size_mm=(45, 45))
    assert [size(item) for item in (empty, asked)] == [(38, 38), (45, 45)]
    with pytest.raises(UsageError, match=r"making\.size_unknown"):
        shop.applied(kind="contract", width_mm=40)
