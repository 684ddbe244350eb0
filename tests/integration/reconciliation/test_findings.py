"""Findings that are recorded once, in any number."""

from tapline import reconciliation
from tapline.uow import UnitOfWork
from tests import factories


def test_a_whole_fleet_that_repeats_itself_is_noted(uow: UnitOfWork) -> None:
    """After a restart of the broker every device sends again what was on its way."""
    factories.tenant(uow)
    factories.device(uow, "A")
    again = [("A", seq, "88001234") for seq in range(1, 6001)]
    for _ in range(2):
        reconciliation.note_duplicates(uow, tenant_id="demo", facts=again)
    found = reconciliation.listed(uow, tenant_id="demo", codes=["D04"], limit=10_000)
    assert len(found) == len(again)
