"""A school that issues its own cards, machines that sell water for them, and our finance."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tapline import clock, ledger, people
from tapline.cards import issuers
from tapline.cards.facts import FactIn, ingest
from tapline.cards.issuers import answers, breaks, receipts, settlements
from tapline.cards.issuers.answers import Answer
from tapline.cards.issuers.breaks import BreakResolution, IssuerBreak
from tapline.cards.issuers.receipts import Explanation
from tapline.cards.issuers.settlements import Settlement, SettlementLine
from tapline.files import sheets
from tapline.ledger import chart
from tapline.people import Role
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
"""Of 3 November, in China."""
SCHOOL = "zjut"
CARD, OTHER_CARD = "20260001", "20260002"


class Campus:
    """Two machines on a campus whose cards 2026**** are the school's own."""

    def __init__(self, uow: UnitOfWork, *, commission_permille: int = 0) -> None:
        self.uow = uow
        self._seqs = {"A": 0, "B": 0}
        self._atc = 10
        factories.tenant(uow)
        for device_id in self._seqs:
            factories.device(uow, device_id)
        issuers.create(
            uow,
            tenant_id="demo",
            issuer_id=SCHOOL,
            name="浙江工业大学 一卡通",
            legal_entity="浙江工业大学",
            contact="0571-8832 0000",
            settlement_day=5,
            commission_permille=commission_permille,
            actor="he.qing",
        )
        self.office = {
            role: people.create_staff(
                uow, tenant_id="demo", login=role.value, name=role.value, role=role
            )[0]
            for role in (Role.FINANCE, Role.SUPERVISOR)
        }

    def owns(self, *lines: str) -> None:
        """The school names numbers."""
        issuers.add_numbers(
            self.uow, tenant_id="demo", issuer_id=SCHOOL, lines=lines, actor="he.qing"
        )
        drain(self.uow)

    def pours(self, device_id: str = "A", card_no: str = CARD, **changes: object) -> FactIn:
        """Water is drawn now; the machine may send it much later."""
        self._seqs[device_id] += 1
        self._atc += 1
        moment = {"moment": clock.now()} | changes
        return factories.fact(
            device_id, self._seqs[device_id], card_no, atc=self._atc, before_fen=9000, **moment
        )

    def arrives(self, *facts: FactIn) -> None:
        """Facts reach us, with all that follows."""
        ingest(self.uow, tenant_id="demo", facts=facts)
        drain(self.uow)

    def settles(self, period_to: date) -> Settlement:
        return settlements.issue(
            self.uow, tenant_id="demo", issuer_id=SCHOOL, period_to=period_to, actor="finance"
        )

    def settles_yesterday(self) -> Settlement:
        return self.settles(clock.business_date(clock.now()) - timedelta(days=1))

    def lines(self, settlement: Settlement) -> Sequence[SettlementLine]:
        return settlements.lines_of(
            self.uow, tenant_id="demo", settlement_id=settlement.settlement_id
        )

    def answers(self, settlement: Settlement, *rows: tuple[str, int, str, str]) -> Answer:
        """The school answers some lines: key, fen, result, reason."""
        return self.answers_with(settlement, sheets.csv_bytes([ANSWER_HEADER, *rows]))

    def answers_with(self, settlement: Settlement, content: bytes) -> Answer:
        return answers.take(
            self.uow,
            tenant_id="demo",
            settlement_id=settlement.settlement_id,
            name="回执.csv",
            content=content,
            actor="finance",
        )

    def breaks(self) -> Sequence[IssuerBreak]:
        """Those that are open."""
        return breaks.listed(self.uow, tenant_id="demo", issuer_id=SCHOOL)

    def ends(self, broken: IssuerBreak, resolution: BreakResolution) -> None:
        """Finance proposes, and a supervisor confirms where money moves."""
        self.proposes(broken.break_id, resolution)
        if resolution.moves_money:
            breaks.confirm(
                self.uow,
                tenant_id="demo",
                break_id=broken.break_id,
                resolution=resolution,
                staff=self.office[Role.SUPERVISOR],
            )

    def proposes(self, break_id: UUID, resolution: BreakResolution) -> None:
        breaks.propose(
            self.uow,
            tenant_id="demo",
            break_id=break_id,
            resolution=resolution,
            reason="asked the school",
            staff=self.office[Role.FINANCE],
        )

    def pays(self, amount_fen: int, reference: str = "B001") -> None:
        receipts.receive(
            self.uow,
            tenant_id="demo",
            issuer_id=SCHOOL,
            amount_fen=amount_fen,
            reference=reference,
            value_date=clock.business_date(clock.now()),
            actor="finance",
        )

    def balance_fen(self, account: ledger.Account) -> int:
        found = ledger.balances(self.uow, tenant_id="demo", codes=[account.code])
        return found[account.code].posted if found else 0

    @property
    def due_fen(self) -> int:
        return self.balance_fen(chart.issuer_due(SCHOOL))

    def explanation(self) -> Explanation:
        found = receipts.explain(self.uow, tenant_id="demo", issuer_id=SCHOOL)
        assert found.unexplained_fen == 0
        return found


ANSWER_HEADER = ("编号", "金额（分）", "结果", "原因")
