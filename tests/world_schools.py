"""A school that issues its own cards and one whose students carry ours, beside `tests.world`."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tapline import cards, clock
from tapline.cards import CardKind, issuers
from tapline.cards.facts import ingest
from tapline.cards.issuers import answers, breaks, settlements
from tapline.files import sheets
from tapline.money import Fen
from tapline.rosters import graduations, schools, students
from tapline.rosters.schools import PeriodKind
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.world import World

ISSUER = "zjgsu"
CARD = "55001234"
STUDENT_CARD = "77001234"
OPENS_ON = date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class Schools:
    """Ids of what there is."""

    settlement_id: UUID
    break_id: UUID
    school_id: UUID
    period_id: UUID
    draft_id: UUID
    """A list that nobody has applied."""
    graduation_id: UUID
    """Proposed by lin.xia."""

    def by_name(self) -> dict[str, str]:
        """Ids as routes name them."""
        return {
            "issuer_id": ISSUER,
            "settlement_id": str(self.settlement_id),
            "break_id": str(self.break_id),
            "school_id": str(self.school_id),
            "period_id": str(self.period_id),
            "draft_id": str(self.draft_id),
            "graduation_id": str(self.graduation_id),
            "opens_on": OPENS_ON.isoformat(),
        }


def build(database: Database, estate: World) -> Schools:
    """A settlement with a break; a campus with a list, a term and a graduation."""
    with database.transaction() as uow:
        issuers.create(
            uow,
            tenant_id="demo",
            issuer_id=ISSUER,
            name="工商大学一卡通",
            legal_entity="浙江工商大学",
            contact="0571-2800 8888",
            settlement_day=5,
            commission_permille=0,
            actor="he.qing",
        )
        issuers.add_numbers(
            uow, tenant_id="demo", issuer_id=ISSUER, lines=["5500****"], actor="he.qing"
        )
        _pours(uow, estate)
        settlement_id, break_id = _rejected(uow, estate)
        school_id, period_id, draft_id, graduation_id = _campus(uow, estate)
    return Schools(settlement_id, break_id, school_id, period_id, draft_id, graduation_id)


def _pours(uow: UnitOfWork, estate: World) -> None:
    yesterday = clock.now() - timedelta(days=1)
    facts = [
        factories.fact(
            estate.devices[1], 7000 + at, CARD, atc=at, before_fen=9000 - 100 * at, moment=yesterday
        )
        for at in (1, 2)
    ]
    with clock.frozen(yesterday):
        ingest(uow, tenant_id="demo", facts=facts)
        drain(uow)


def _rejected(uow: UnitOfWork, estate: World) -> tuple[UUID, UUID]:
    settlement = settlements.issue(
        uow,
        tenant_id="demo",
        issuer_id=ISSUER,
        period_to=settlements.yesterday(),
        actor="he.qing",
    )
    rows: list[tuple[sheets.Cell, ...]] = [
        ("编号", "金额（分）", "结果", "原因"),
        (f"dev:{estate.devices[1]}:7002", 100, "拒绝", "卡已挂失"),
    ]
    answers.take(
        uow,
        tenant_id="demo",
        settlement_id=settlement.settlement_id,
        name="回执.csv",
        content=sheets.csv_bytes(rows),
        actor="he.qing",
    )
    (broken,) = breaks.listed(uow, tenant_id="demo", issuer_id=ISSUER)
    return settlement.settlement_id, broken.break_id


def _campus(uow: UnitOfWork, estate: World) -> tuple[UUID, UUID, UUID, UUID]:
    school = schools.create(
        uow,
        tenant_id="demo",
        name="理工职业学院",
        site_ids=[estate.sites[1].site_id],
        actor="he.qing",
    )
    period = schools.add_period(
        uow,
        tenant_id="demo",
        school_id=school.school_id,
        kind=PeriodKind.TERM,
        name="2026 秋季学期",
        starts_on=OPENS_ON,
        ends_on=date(2027, 1, 20),
        actor="he.qing",
    )
    cards.issue(
        uow, tenant_id="demo", card_no=STUDENT_CARD, kind=CardKind.CPU, balance_fen=Fen(3000)
    )
    applied = _list(uow, school.school_id, STUDENT_CARD)
    students.apply(uow, tenant_id="demo", draft_id=applied, actor="lin.xia")
    graduation = graduations.propose(
        uow,
        tenant_id="demo",
        school_id=school.school_id,
        class_name="机电1班",
        graduates_by=None,
        count=1,
        reason="校方来函",
        actor="lin.xia",
    )
    draft_id = _list(uow, school.school_id, "")
    return school.school_id, period.period_id, draft_id, graduation.graduation_id


def _list(uow: UnitOfWork, school_id: UUID, card_no: str) -> UUID:
    rows = [("学号", "姓名", "班级", "卡号"), ("S100", "赵一鸣", "机电1班", card_no)]
    return students.upload(
        uow,
        tenant_id="demo",
        school_id=school_id,
        name="名单.csv",
        content=sheets.csv_bytes(rows),
        actor="lin.xia",
    ).draft_id
