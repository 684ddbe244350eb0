"""Taking an import back, as long as nothing has happened to what it brought."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tapline import audit, clock, ledger, orders, tickets
from tapline.cards import adoptions
from tapline.errors import TaplineError
from tapline.imports.model import Import, ImportLine, LineState
from tapline.imports.postings import expected, own_accounts
from tapline.imports.repository import LineRepository
from tapline.ledger import chart
from tapline.uow import UnitOfWork

BATCH: Final = 200
_AT_A_TIME: Final = 1000

MOVED: Final = "moved"
"""Something was drawn from it, paid onto it or set aside since."""
CARD_IN_USE: Final = "card_in_use"
"""Somebody did something with the card: registered, lost, replaced or closed it."""
CASE_IN_WORK: Final = "case_in_work"


def obstacles(uow: UnitOfWork, found: Import, *, limit: int) -> list[tuple[ImportLine, str]]:
    """The first lines of an applied import that cannot be taken back, and why."""
    in_the_way: list[tuple[ImportLine, str]] = []
    lines = LineRepository(uow, found)
    for some in lines.chunks(_AT_A_TIME, states={LineState.APPLIED}):
        why = _obstacles(uow, lines, some)
        in_the_way += [(one, why[one.sheet, one.line]) for one in some if _at(one) in why]
        if len(in_the_way) >= limit:
            return in_the_way[:limit]
    return in_the_way


def undo_batch(uow: UnitOfWork, found: Import) -> bool:
    """Take back the next lines of a locked import, last applied first; whether there were any."""
    lines = LineRepository(uow, found)
    batch = lines.next(LineState.APPLIED, BATCH, last_first=True)
    if not batch:
        return False
    _hold_still(uow, batch)
    why = _obstacles(uow, lines, batch)
    for one in batch:
        if _at(one) in why:
            one.state, one.obstacle = LineState.KEPT, why[_at(one)]
            continue
        try:
            with uow.attempt():
                _take_back(uow, found, one)
        except TaplineError as error:
            one.state, one.obstacle = LineState.KEPT, str(error)
    return True


def _hold_still(uow: UnitOfWork, batch: Sequence[ImportLine]) -> None:
    """From here on nobody draws on, pays onto or registers what these lines brought: what stands in
    the way is all that ever will. Cards before accounts, as whoever pays onto a card."""
    tenant_id = batch[0].tenant_id
    numbers = {one.external_id for one in batch if one.sheet == "cards"}
    adoptions.lock(uow, tenant_id=tenant_id, card_nos=numbers)
    accounts = {account for one in batch for account in own_accounts(one)}
    ledger.lock(uow, tenant_id=tenant_id, accounts={chart.OPENING, *accounts})


def _at(line: ImportLine) -> tuple[str, int]:
    return line.sheet, line.line


def _obstacles(
    uow: UnitOfWork, lines: LineRepository, some: Sequence[ImportLine]
) -> Mapping[tuple[str, int], str]:
    tenant_id = some[0].tenant_id
    found = {_at(one): MOVED for one in _moved(uow, lines, some)}
    numbers = {one.external_id: one for one in some if one.sheet == "cards"}
    unused = adoptions.unused(uow, tenant_id=tenant_id, card_nos=numbers)
    found |= {_at(one): CARD_IN_USE for no, one in numbers.items() if no not in unused}
    for one in some:
        if one.sheet == "cases":
            ticket = tickets.get(uow, tenant_id=tenant_id, ticket_id=_ticket_id(one))
            if not tickets.is_untouched(uow, ticket=ticket):
                found[_at(one)] = CASE_IN_WORK
    return found


def _moved(uow: UnitOfWork, lines: LineRepository, some: Sequence[ImportLine]) -> list[ImportLine]:
    """Lines on whose accounts the last entry is not this import's, or its being taken back."""
    tenant_id = some[0].tenant_id
    mates = lines.about({one.subject for one in some if one.subject and own_accounts(one)})
    keys = [key for one in mates for each in expected(one) for key in each.keys]
    last: dict[tuple[str, str], int] = {}
    posted = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=keys)
    for entry in (entry for of_key in posted.values() for entry in of_key):
        place = (entry.code, entry.unit)
        last[place] = max(last.get(place, 0), entry.version)
    versions: dict[tuple[str, str], int] = {}
    accounts = {account for one in some for account in own_accounts(one)}
    for unit in {account.unit for account in accounts}:
        codes = [account.code for account in accounts if account.unit == unit]
        found = ledger.balances(uow, tenant_id=tenant_id, codes=codes, unit=unit)
        versions |= {(code, unit): balance.version for code, balance in found.items()}
    return [
        one
        for one in some
        if any(
            versions.get((account.code, account.unit), 0)
            != last.get((account.code, account.unit), 0)
            for account in own_accounts(one)
        )
    ]


def _take_back(uow: UnitOfWork, found: Import, line: ImportLine) -> None:
    """One line, whole."""
    tenant_id, actor = found.tenant_id, found.undone_by or audit.SYSTEM
    reason = f"import {found.source} undone: {found.undo_reason}"
    ledger.post(uow, tenant_id=tenant_id, commands=_reversals(uow, line))
    if line.sheet == "cards":
        adoptions.withdraw(
            uow, tenant_id=tenant_id, card_nos=[line.external_id], actor=actor, reason=reason
        )
    elif line.sheet == "buckets":
        assert line.key is not None
        orders.withdraw_buckets(uow, tenant_id=tenant_id, keys=[line.key])
    elif line.sheet == "cases":
        tickets.withdraw(
            uow, tenant_id=tenant_id, ticket_id=_ticket_id(line), actor=actor, reason=reason
        )
    line.state = LineState.UNDONE
    uow.session.flush()


def _reversals(uow: UnitOfWork, line: ImportLine) -> list[ledger.Command]:
    journals = [
        ledger.journal_of(uow, tenant_id=line.tenant_id, key=one.key) for one in expected(line)
    ]
    return [
        ledger.Command(
            key=f"rev:{journal.key}",
            kind="reversal",
            event_at=clock.now(),
            movement=ledger.Reverse(journal.posted_lines),
            content={"import_id": line.import_id},
            source={"subject": journal.subject},
        )
        for journal in journals
    ]


def _ticket_id(line: ImportLine) -> UUID:
    return UUID((line.subject or "").partition(":")[2])
