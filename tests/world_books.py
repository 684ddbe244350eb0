"""What finance did with the estate's books."""

from tapline import ledger
from tapline.ledger import chart
from tapline.uow import UnitOfWork


def adjusted(uow: UnitOfWork) -> tuple[ledger.Journal, ledger.Adjustment]:
    """A small adjustment that one person posted, and a large one that waits for a second."""
    posted, waiting = (
        ledger.adjust(
            uow,
            tenant_id="demo",
            actor="cai.wu",
            debit=chart.METER.code,
            credit=chart.WATER.code,
            amount=amount_fen,
            reason="a tap that ran dry of cards",
            evidence="work order 7",
        )
        for amount_fen in (100, 20_000)
    )
    return ledger.journal_of(uow, tenant_id="demo", key=posted.key), waiting
