from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from tapline import ledger
from tapline.ledger import TrialRow
from tapline.reports.clearing import families
from tapline.reports.clearing.families import Named
from tapline.reports.clearing.repository import ClearingReads, Moved
from tapline.reports.clearing.rules import Explained, Item, is_clearing, netted, ordered
from tapline.uow import UnitOfWork


def clearing(uow: UnitOfWork, *, tenant_id: str) -> list[Explained]:
    """Every clearing and suspense account that holds something, or should: those that nobody can
    explain first, then the oldest."""
    trial = ledger.trial(uow, tenant_id=tenant_id)
    rows = {row.code: row for row in trial if is_clearing(row.code)}
    reads = ClearingReads(uow, tenant_id)
    items: dict[str, list[Item]] = defaultdict(list)
    for code, item in _items(reads, list(rows.values())):
        items[code].append(item)
    explained = (Explained(row, netted(items[code])) for code, row in rows.items())
    return ordered(one for one in explained if one.row.balance or one.items)


def _items(reads: ClearingReads, rows: Sequence[TrialRow]) -> Iterator[Named]:
    codes = [row.code for row in rows]
    moved = reads.by_hand(codes)
    yield from families.suspense(reads)
    for code in codes:
        if code.startswith("psp:"):
            yield from families.provider(reads, code, _moved_fen(moved, code))
    yield from families.tills(reads, _ids(codes, "cash:"))
    filled = [row.code for row in rows if row.balance]
    yield from families.topups(reads, _ids(filled, "topup:"))
    yield from families.booklets(reads, _ids(filled, "booklet:"))
    yield from families.payable(reads)
    yield from families.paid_twice(reads)
    yield from (families.by_hand(one) for one in moved if not one.code.startswith("psp:"))


def _moved_fen(moved: Iterable[Moved], code: str) -> int:
    return sum(one.amount_fen for one in moved if one.code == code)


def _ids(codes: Iterable[str], family: str) -> list[UUID]:
    """Whose accounts of a family they are; what is no id names nobody's."""
    found = []
    for code in codes:
        name = code.removeprefix(family).partition(":")[0]
        if code.startswith(family) and _is_id(name):
            found.append(UUID(name))
    return found


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
