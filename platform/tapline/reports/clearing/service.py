from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tapline import ledger
from tapline.ledger import TrialRow
from tapline.reports.clearing.repository import ClearingReads
from tapline.uow import UnitOfWork

_SUSPENSE = "suspense:"
_CLEARING = ("psp:", "cash:", "topup:", "interop:", "refund_payable", "paid_twice")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an account holds; amount in fen. `why` is a code, where one is known."""

    subject: str
    why: str | None
    since: datetime
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Explained:
    """An account with what it holds."""

    row: TrialRow
    items: Sequence[Item]

    @property
    def unexplained_fen(self) -> int:
        """What nothing accounts for: 0 unless somebody must look."""
        return self.row.balance - sum(item.amount_fen for item in self.items)


def clearing(uow: UnitOfWork, *, tenant_id: str) -> list[Explained]:
    """Every suspense and clearing account that is not empty, in order of code."""
    return [
        Explained(row, _items(uow, tenant_id, row))
        for row in ledger.trial(uow, tenant_id=tenant_id)
        if row.balance and row.code.startswith((_SUSPENSE, *_CLEARING))
    ]


def _items(uow: UnitOfWork, tenant_id: str, row: TrialRow) -> list[Item]:
    if row.code.startswith(_SUSPENSE):
        device_id = row.code.removeprefix(_SUSPENSE)
        return [
            Item(f"{one.device_id} #{one.seq}", one.reason, one.since, one.amount_fen)
            for one in ClearingReads(uow, tenant_id).resting(device_id)
        ]
    return [
        Item(one.subject, None, one.since, one.amount)
        for one in ledger.explain(uow, tenant_id=tenant_id, code=row.code)
    ]
