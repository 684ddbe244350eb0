"""A card of ours that goes between our machines and another operator's, who claims what it drew."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tapline import cards, clock, ledger, reconciliation, sharing
from tapline.cards import CardKind
from tapline.cards.abroad import AbroadLine
from tapline.cards.facts import ingest
from tapline.ids import new_id
from tapline.money import Fen
from tapline.sharing import claims, documents
from tapline.sharing.documents import ClaimedPour, Claims, Party
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.sharing.houses import House

OURS = "66001234"
OPERATOR = "op-far"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=clock.BUSINESS_ZONE)
LONG = timedelta(days=30)


class Between:
    """Our card of 50.00 yuan draws 1.00 here, something elsewhere, and 1.00 here again."""

    def __init__(self, uow: UnitOfWork, demo: House, far: House) -> None:
        self.uow, self.demo, self.far = uow, demo, far
        factories.device(uow, "A")
        cards.issue(uow, tenant_id="demo", card_no=OURS, kind=CardKind.CPU, balance_fen=Fen(5000))
        factories.operator(uow, "far", "远方水站", "far Ltd")

    def pours(self, seq: int, atc: int, before_fen: int) -> None:
        """1.00 yuan at our machine."""
        fact = factories.fact("A", seq, OURS, atc=atc, before_fen=before_fen, moment=clock.now())
        ingest(self.uow, tenant_id="demo", facts=[fact])
        drain(self.uow)

    def claims(self, *pours: ClaimedPour, **changes: Any) -> bytes:
        """What the other operator signs."""
        own = sharing.keys.own(self.uow, tenant_id="demo")
        theirs = sharing.keys.own(self.uow, tenant_id="far")
        assert own is not None
        assert theirs is not None
        content: dict[str, Any] = {
            "statement": new_id(),
            "made_at": clock.now(),
            "sender": Party(theirs.public_key, "far", "far Ltd"),
            "receiver": Party(own.public_key, "demo", "demo Ltd"),
            "period_from": date(2026, 10, 1),
            "period_to": date(2026, 10, 31),
            "pours": list(pours),
        }
        key = sharing.keys.private_key(self.uow, tenant_id="far", vault=factories.VAULT)
        return documents.sign(Claims(**content | changes), key).encode()

    def takes(self, document: bytes) -> list[AbroadLine]:
        found = claims.take(self.uow, tenant_id="demo", document=document, actor="cai.wu")
        drain(self.uow)
        return self.lines(found.statement_id)

    def lines(self, statement_id: UUID) -> list[AbroadLine]:
        return list(claims.lines_of(self.uow, tenant_id="demo", statement_id=statement_id))

    @property
    def worth_fen(self) -> int:
        return ledger.card(self.uow, tenant_id="demo", card_no=OURS).balance_fen

    @property
    def owed_fen(self) -> int:
        return claims.account(self.uow, tenant_id="demo", issuer_id=OPERATOR).owed_by_us_fen

    def codes(self) -> set[str]:
        """What is found of the card now."""
        found = reconciliation.listed(self.uow, tenant_id="demo")
        return {one.code for one in found if one.retracted_at is None and one.card_no == OURS}


def drawn(atc: int = 2, before_fen: int = 4900, amount_fen: int = 300, **changes: Any) -> Any:
    """A line: the water was drawn at their machine `F-1`."""
    line: dict[str, Any] = {
        "device": "F-1",
        "seq": 70 + atc,
        "card": OURS,
        "atc": atc,
        "before_fen": before_fen,
        "after_fen": before_fen - amount_fen,
        "amount_fen": amount_fen,
        "at": NOON + timedelta(minutes=5),
    }
    return ClaimedPour(**line | changes)


class Late(Between):
    """Between, with a second machine of ours that had no line."""

    def __init__(self, uow: UnitOfWork, demo: House, far: House, upto: int = 3) -> None:
        super().__init__(uow, demo, far)
        factories.device(uow, "B")
        self.pours(1, 1, 5000)
        clock.advance(timedelta(hours=1))
        self.pours(2, upto, 4600)
        clock.advance(timedelta(hours=2))

    def uploads(self, seq: int = 1, **told: Any) -> None:
        changes: dict[str, Any] = {"amt_fen": 300, "moment": NOON + timedelta(minutes=5)}
        fact = factories.fact("B", seq, OURS, **changes | told)
        ingest(self.uow, tenant_id="demo", facts=[fact])
        drain(self.uow)

    def waits_out(self) -> None:
        clock.advance(timedelta(days=120))
        reconciliation.sweep_cards(self.uow, tenant_id="demo")
        claims.look_again(self.uow, tenant_id="demo")
        drain(self.uow)

    def verified(self) -> bool:
        return ledger.verify(self.uow, tenant_id="demo").differences == ()
