"""One act of goodwill, brought to what shall stand of it."""

from tapline import audit, cards, clock, ledger
from tapline.cards.facts import Charge
from tapline.ledger import chart
from tapline.refunds.goodwill import rules
from tapline.refunds.goodwill.model import Goodwill
from tapline.refunds.model import Refund
from tapline.refunds.pours.settlement import onto
from tapline.uow import UnitOfWork


def settle(uow: UnitOfWork, goodwill: Goodwill, standing_fen: int, actor: str) -> None:
    """Post the change from what stands to what shall stand."""
    change_fen = standing_fen - goodwill.posted_fen
    if not change_fen:
        return
    card = cards.get(uow, tenant_id=goodwill.tenant_id, card_no=goodwill.card_no)
    goodwill.revision += 1
    goodwill.posted_fen = standing_fen
    ledger.post(
        uow,
        tenant_id=goodwill.tenant_id,
        commands=[
            ledger.Command(
                key=f"{goodwill.subject}:{goodwill.revision}",
                kind="goodwill" if change_fen > 0 else "goodwill_reduced",
                event_at=clock.now(),
                movement=onto(card, change_fen, chart.GOODWILL),
                content={"card": goodwill.card_no, "change_fen": change_fen},
                source={"device": goodwill.device_id, "seq": goodwill.seq, "actor": actor},
            )
        ],
    )
    cards.carry_on(uow, tenant_id=goodwill.tenant_id, card_nos=[goodwill.card_no])


def bring_in_line(
    uow: UnitOfWork, goodwill: Goodwill, charge: Charge | None, refund: Refund | None
) -> None:
    """Have an act that was given stand beside what its pour costs now and what was corrected."""
    back_fen = rules.cheaper_fen(goodwill, charge) + rules.corrected_fen(goodwill.card_no, refund)
    settle(uow, goodwill, rules.standing_fen(goodwill.amount_fen, back_fen), audit.SYSTEM)
