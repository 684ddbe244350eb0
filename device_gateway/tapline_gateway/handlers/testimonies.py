"""What a maker's cloud says of machines that speak for themselves: kept, and held against them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tapline import reconciliation
from tapline.reconciliation import Report
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.money import fact_hash
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import Fact
from tapline_gateway.reading import Answer, Testimony


def testimonies(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Keep second accounts of sales; nobody is answered."""
    ordered = sorted(letters, key=lambda one: one.letter.tenant_id)
    for tenant_id, run in groupby(ordered, key=lambda one: one.letter.tenant_id):
        reports = [report for one in run for report in _reports(one)]
        reconciliation.take_reports(uow, tenant_id=tenant_id, reports=reports)
    return []


def _reports(stored: Stored) -> Iterator[Report]:
    said = stored.letter.message
    assert isinstance(said, Testimony)
    for fact in said.sales.facts:
        # An adapter makes facts that can be read, or refuses the record.
        assert isinstance(fact, Fact)
        yield Report(
            device_id=stored.letter.device_id,
            ref=fact.seq,
            content_hash=fact_hash(fact),
            inbox_id=stored.inbox_id,
            card_no=fact.card.no,
            amt_fen=fact.amt,
            bal_after_fen=fact.bal_after,
            ml=fact.ml,
            status=fact.status.value,
            moment=fact.moment,
        )
