from tapline.ledger import Days
from tapline.reports.histories.repository import HistoryReads
from tapline.reports.origins.rules import fact_of
from tapline.reports.pours.service import pours_named
from tapline.reports.statements.repository import StatementReads
from tapline.reports.statements.rules import Entry, Statement, running
from tapline.uow import UnitOfWork


def statement(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, days: Days, after: int = 0, limit: int = 100
) -> Statement:
    """The journals that touched a card on `days`, as they were recorded, oldest first: the next
    `limit` behind journal `after`, with balances in between that follow from each other."""
    reads = StatementReads(uow, tenant_id, card_no)
    standing = reads.standing(days, after)
    ids = reads.journals(days, after, standing.last_id, limit + 1)
    booked = HistoryReads(uow, tenant_id).bookings(ids[:limit], [])
    told = running(standing.reached, booked.values(), card_no)
    facts = {one.key: fact_of(one.key, one.source) for one in booked.values()}
    pours = pours_named(
        uow, tenant_id=tenant_id, card_no=card_no, keys={fact for fact in facts.values() if fact}
    )
    entries = []
    for booking, gains, purses in told:
        fact = facts[booking.key]
        pour = pours.get(fact) if fact else None
        entries.append(Entry(booking, gains, purses, fact, pour.findings if pour else []))
    rest = ids[limit - 1] if len(ids) > limit else None
    return Statement(standing.opening, standing.closing, entries, rest)
