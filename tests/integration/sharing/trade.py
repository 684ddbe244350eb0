"""Two operators whose cards draw at each other's machines: `far` sells to a card of `demo`'s."""

from datetime import date, datetime, timedelta
from typing import Any

from tapline import cards, clock, ledger, sharing
from tapline.cards import CardKind, issuers
from tapline.cards.abroad import AbroadCorrection, AbroadLine
from tapline.cards.facts import ingest
from tapline.cards.issuers import settlements
from tapline.ledger import chart
from tapline.money import Fen
from tapline.sharing import claims, demands, documents
from tapline.sharing.demands import Demand
from tapline.sharing.documents import Claims
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

OURS = "66001234"
NUMBERS = "6600****"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=clock.BUSINESS_ZONE)
DRY: dict[str, Any] = {"ml": 0, "pulses": 0, "status": "no_flow"}


class Trade:
    """`far` has machine F-1, `demo` machine A and a card of 50.00 yuan that goes between them."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.device(uow, "A")
        factories.device(uow, "F-1", "far")
        cards.issue(uow, tenant_id="demo", card_no=OURS, kind=CardKind.CPU, balance_fen=Fen(5000))
        factories.operator(uow, "far", "远方水站", "far Ltd")
        issuers.create(
            uow,
            tenant_id="far",
            issuer_id="demo",
            name="我家水站",
            legal_entity="demo Ltd",
            contact="",
            settlement_day=5,
            commission_permille=0,
            actor="far",
            operator=True,
        )
        self.are_owned = False
        self.owns()
        self._fen, self._atc = 5000, 0
        self._seqs = {"demo": 0, "far": 0}

    def owns(self) -> None:
        """`far` learns whose the numbers are."""
        self.are_owned = True
        issuers.add_numbers(
            self.uow, tenant_id="far", issuer_id="op-demo", lines=[NUMBERS], actor="far"
        )
        drain(self.uow)

    def disowns(self) -> None:
        """`far` takes back that the numbers are `demo`'s: what was claimed goes back."""
        self.are_owned = False
        issuers.remove_numbers(
            self.uow,
            tenant_id="far",
            issuer_id="op-demo",
            first_no="66000000",
            actor="far",
            reason="a mistake",
        )
        drain(self.uow)

    def draws(self, tenant_id: str, fen: int = 100, **changes: Any) -> None:
        """The card pays for water at this house's machine."""
        self._atc += 1
        self._seqs[tenant_id] += 1
        fact = factories.fact(
            {"demo": "A", "far": "F-1"}[tenant_id],
            self._seqs[tenant_id],
            OURS,
            atc=self._atc,
            before_fen=self._fen,
            amt_fen=fen,
            moment=clock.now(),
            **changes,
        )
        self._fen -= fen
        ingest(self.uow, tenant_id=tenant_id, facts=[fact])
        drain(self.uow)
        clock.advance(timedelta(hours=1))

    def demands(self, period_to: date | None = None) -> Demand:
        """`far` makes its claim, up to yesterday."""
        return demands.demand(
            self.uow,
            tenant_id="far",
            issuer_id="op-demo",
            period_to=period_to or settlements.yesterday(),
            vault=factories.VAULT,
            actor="cai.far",
        )

    def demands_tomorrow(self) -> Demand:
        """A day later, for all that happened today."""
        clock.advance(timedelta(days=1))
        return self.demands()

    def takes(self, document: str) -> tuple[list[AbroadLine], list[AbroadCorrection]]:
        """`demo` takes a file in: its pours and its corrections."""
        found = claims.take(
            self.uow, tenant_id="demo", document=document.encode(), actor="cai.demo"
        )
        drain(self.uow)
        number = found.statement_id
        return (
            list(claims.lines_of(self.uow, tenant_id="demo", statement_id=number)),
            list(claims.corrections.of_statement(self.uow, tenant_id="demo", statement_id=number)),
        )

    def signs(self, content: Claims) -> str:
        """What `far` would sign, whatever it says."""
        key = sharing.keys.private_key(self.uow, tenant_id="far", vault=factories.VAULT)
        return documents.sign(content, key)

    @property
    def worth_fen(self) -> int:
        """What the card is worth in `demo`'s books."""
        return ledger.card(self.uow, tenant_id="demo", card_no=OURS).balance_fen

    @property
    def claimed_fen(self) -> int:
        """What `demo` owes, as `far` sees it."""
        return self._posted("far", chart.issuer_due("op-demo").code)

    @property
    def owed_fen(self) -> int:
        """What `demo` owes, as `demo` sees it."""
        return self._posted("demo", chart.interop_due_to("op-far").code)

    def _posted(self, tenant_id: str, code: str) -> int:
        found = ledger.balances(self.uow, tenant_id=tenant_id, codes=[code])
        return found[code].posted if code in found else 0


def read(demand: Demand) -> Claims:
    """What stands in a file."""
    return documents.opened_claims(demand.document, documents.signer(demand.document))
