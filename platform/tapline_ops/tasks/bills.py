"""Providers' daily bills: fetched, held against our books, and what nobody can match told (D17)."""

from functools import cache

from tapline import reconciliation
from tapline.payments import Gateways, bills
from tapline.payments.bills import ProviderBreak
from tapline.reconciliation import Found
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops.providers.payments import gateways
from tapline_ops.worker import app, database, tenant_sweep

UNMATCHED = "D17"


@cache
def _gateways() -> Gateways:
    return gateways(settings())


def fetch_bills() -> None:
    """Fetch what is due, then ask about what differs: a notification may just have been lost."""
    bills.fetch_due(database(), _gateways())
    bills.ask_open(database(), _gateways())


@tenant_sweep
def match_bills(uow: UnitOfWork, tenant_id: str) -> None:
    bills.match_open(uow, tenant_id=tenant_id)
    note_unmatched(uow, tenant_id)


def note_unmatched(uow: UnitOfWork, tenant_id: str) -> None:
    """D17: what a provider and our books do not agree on, and asking did not mend."""
    open_breaks = {_subject(one): one for one in bills.unsettled(uow, tenant_id=tenant_id)}
    for subject, broken in open_breaks.items():
        reconciliation.note(
            uow, tenant_id=tenant_id, code=UNMATCHED, subject=subject, found=_found(broken)
        )
    for subject in reconciliation.standing(uow, tenant_id=tenant_id, code=UNMATCHED):
        if subject not in open_breaks:
            reconciliation.withdraw(uow, tenant_id=tenant_id, code=UNMATCHED, subject=subject)


def _subject(broken: ProviderBreak) -> str:
    return f"trade:{broken.provider}:{broken.number}"


def _found(broken: ProviderBreak) -> Found:
    return Found(
        card_no=None,
        amount_fen=abs(broken.stake_fen),
        facts={
            "kind": broken.kind.value,
            "provider": broken.provider,
            "day": broken.day.isoformat(),
            "ours_fen": broken.ours_fen,
            "theirs_fen": broken.theirs_fen,
        },
        needs_person=True,
    )


app.task(fetch_bills, name=fetch_bills.__name__)
