"""A school whose students carry our cards, two machines there, and our office."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tapline import cards, clock, devices, ledger, payments, people, refunds, rosters, sites
from tapline.cards.facts import ingest
from tapline.files import sheets
from tapline.notices import Notice
from tapline.people import Customer, Role
from tapline.rosters import graduations, schools, students
from tapline.rosters.graduations import CardStep, Graduation
from tapline.rosters.students import Plan, RosterDraft
from tapline.sites import SiteKind
from tapline.uow import UnitOfWork
from tapline_ops.tasks.schools import give_up_card
from tests import factories
from tests.integration.consequences import drain

NOON = datetime(2026, 6, 20, 4, 0, tzinfo=UTC)
HEADER = (
    "学号",
    "姓名",
    "班级",
    "毕业日期",
    "手机号",
    "卡号",
    "出生日期",
    "监护人",
    "监护人手机号",
)
Line = tuple[str, ...]


def line(number: int, **changes: str) -> Line:
    """A student of class 3-1 who graduates this summer, with card 8800000n."""
    values = dict(
        zip(
            HEADER,
            (
                f"S{number:03}",
                f"学生{number}",
                "高三1班",
                "2026-06-30",
                f"1380013800{number}",
                f"8800000{number}",
                "",
                "",
                "",
            ),
            strict=True,
        )
    )
    return tuple((values | changes)[name] for name in HEADER)


class House:
    """A tenant with one school of one site, machines A and B, and cards 88000001 to 88000005."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.tenant(uow)
        self.site = sites.create(
            uow,
            tenant_id="demo",
            code="S1",
            name="杭州第二中学",
            name_en="Second School",
            kind=SiteKind.CAMPUS,
            address="",
            x=1,
            y=1,
        )
        for device_id in "AB":
            devices.register(
                uow,
                vault=factories.VAULT,
                hash_password=lambda password: password[::-1],
                tenant_id="demo",
                device_id=device_id,
                site_id=self.site.site_id,
            )
        for number in range(1, 6):
            factories.card(uow, f"8800000{number}", 1000 * number)
        self.school = schools.create(
            uow,
            tenant_id="demo",
            name="杭州第二中学",
            site_ids=[self.site.site_id],
            actor="he.qing",
        )
        self.office = {
            role: people.create_staff(
                uow, tenant_id="demo", login=role.value, name=role.value, role=role
            )[0]
            for role in (Role.AGENT, Role.SUPERVISOR, Role.FINANCE)
        }

    @property
    def school_id(self) -> UUID:
        return self.school.school_id

    # Lists.

    def sends(self, *lines: Line, excel: bool = False) -> RosterDraft:
        rows = [HEADER, *lines]
        content = sheets.excel_bytes(rows, title="名单") if excel else sheets.csv_bytes(rows)
        return self.sends_file(content)

    def sends_file(self, content: bytes) -> RosterDraft:
        return students.upload(
            self.uow,
            tenant_id="demo",
            school_id=self.school_id,
            name="名单.csv",
            content=content,
            actor="agent",
        )

    def plan(self, draft: RosterDraft) -> Plan:
        return students.planned(self.uow, draft=draft)

    def applies(self, *lines: Line) -> RosterDraft:
        draft = self.sends(*lines)
        done = students.apply(self.uow, tenant_id="demo", draft_id=draft.draft_id, actor="agent")
        drain(self.uow)
        return done

    def holder(self, card_no: str) -> Customer | None:
        card = cards.get(self.uow, tenant_id="demo", card_no=card_no)
        if card.customer_id is None:
            return None
        return people.find_customer(self.uow, tenant_id="demo", customer_id=card.customer_id)

    # Graduations.

    def proposes(self, *, class_name: str | None = "高三1班") -> Graduation:
        found = graduations.preview(
            self.uow, tenant_id="demo", school_id=self.school_id, class_name=class_name
        )
        return graduations.propose(
            self.uow,
            tenant_id="demo",
            school_id=self.school_id,
            class_name=class_name,
            graduates_by=None,
            count=len(found),
            reason="校方毕业名单",
            actor="agent",
        )

    def approves(self, graduation: Graduation, role: Role = Role.SUPERVISOR) -> None:
        graduations.approve(
            self.uow,
            tenant_id="demo",
            graduation_id=graduation.graduation_id,
            staff=self.office[role],
        )
        drain(self.uow)

    def works(self, limit: int = 200) -> None:
        """The worker comes by."""
        for graduation_id, card_no in graduations.due(self.uow, tenant_id="demo", limit=limit):
            give_up_card(self.uow, tenant_id="demo", graduation_id=graduation_id, card_no=card_no)
        drain(self.uow)

    def steps(self, graduation: Graduation) -> dict[str, CardStep]:
        """card -> where it stands."""
        rows = graduations.cards_of(
            self.uow, tenant_id="demo", graduation_id=graduation.graduation_id
        )
        return {card.card_no: card.step for card, _ in rows}

    def refunds_of(self, card_no: str) -> Sequence[refunds.Refund]:
        return refunds.listed(self.uow, tenant_id="demo", card_no=card_no)

    def paid_in(self, card_no: str, amount_fen: int) -> None:
        """The card's money came through a provider, which can take it back."""
        payments.import_paid(
            self.uow,
            tenant_id="demo",
            provider="wechat",
            subject=f"card:{card_no}",
            amount_fen=amount_fen,
            paid_at=clock.now() - timedelta(days=30),
            provider_trade_no=f"T{card_no}",
            customer_id=None,
        )

    # Machines and messages.

    def pours(self, device_id: str, seq: int = 1) -> None:
        fact = factories.fact(
            device_id, seq, "88000005", atc=seq, before_fen=5000, moment=clock.now()
        )
        ingest(self.uow, tenant_id="demo", facts=[fact])
        drain(self.uow)

    def prepares(self) -> None:
        rosters.openings.prepare(self.uow, tenant_id="demo")

    def told(self, phone: str) -> list[str]:
        self.uow.session.flush()
        texts = select(Notice.text).where(Notice.recipient == phone)
        return list(self.uow.session.scalars(texts.order_by(Notice.notice_id)))

    def balance_fen(self, card_no: str) -> int:
        return ledger.card(self.uow, tenant_id="demo", card_no=card_no).balance_fen

    def period(self, kind: schools.PeriodKind, starts_on: date, ends_on: date) -> None:
        schools.add_period(
            self.uow,
            tenant_id="demo",
            school_id=self.school_id,
            kind=kind,
            name=f"{kind.value} {starts_on}",
            starts_on=starts_on,
            ends_on=ends_on,
            actor="he.qing",
        )
