"""A desk that decides about records, its card and its machines."""

from tapline import ledger, people, reconciliation
from tapline.cards.facts import FactIn, ingest
from tapline.people import Role, Staff
from tapline.reconciliation import Finding, FindingDecision
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"


class Desk:
    """A card of 500.00 yuan, two machines, an agent and two supervisors."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.tenant(uow)
        for device_id in ("A", "B"):
            factories.device(uow, device_id)
        factories.card(uow, CARD, 50_000)
        self.staff: dict[str, Staff] = {
            login: people.create_staff(uow, tenant_id="demo", login=login, name=login, role=role)[0]
            for login, role in (
                ("agent", Role.AGENT),
                ("boss", Role.SUPERVISOR),
                ("finance", Role.FINANCE),
            )
        }

    def arrives(self, *facts: FactIn) -> None:
        ingest(self.uow, tenant_id="demo", facts=facts)
        drain(self.uow)

    def pour(self, seq: int, atc: int, before_fen: int, **changes: object) -> FactIn:
        device = str(changes.pop("device", "A"))
        return factories.fact(device, seq, CARD, atc=atc, before_fen=before_fen, **changes)

    def finding(self, code: str) -> Finding:
        (found,) = reconciliation.listed(self.uow, tenant_id="demo", codes=[code])
        return found

    def named(self, code: str, amt_fen: int) -> str:
        """The story in which so much was drawn."""
        finding = self.finding(code)
        told = reconciliation.options_of(self.uow, tenant_id="demo", finding=finding)
        return next(one.name for one in told if one.fact.amt_fen == amt_fen)

    def decides(self, code: str, choice: str, who: str = "agent") -> FindingDecision:
        decision = reconciliation.decide(
            self.uow,
            tenant_id="demo",
            finding_id=self.finding(code).finding_id,
            choice=choice,
            reason="监控录像",
            staff=self.staff[who],
        )
        drain(self.uow)
        return decision

    def money(self) -> tuple[int, int]:
        """What the card is worth, and what rests in suspense."""
        codes = ["suspense:A", "suspense:B"]
        found = ledger.balances(self.uow, tenant_id="demo", codes=codes)
        worth = ledger.card(self.uow, tenant_id="demo", card_no=CARD).balance_fen
        return worth, sum(one.posted for one in found.values())
