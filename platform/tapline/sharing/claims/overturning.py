"""Lines that were accepted, and that our own records, which came later, do not leave standing."""

from collections.abc import Collection

from tapline import audit, clock, ledger
from tapline.cards.abroad import OVERTURNED, AbroadLine, AbroadRepository, LineState
from tapline.events import CardsClaimed
from tapline.reconciliation import elsewhere
from tapline.sharing.claims import corrections, postings
from tapline.uow import UnitOfWork


def overturn(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> int:
    """Take back what these cards were charged for lines that do not stand any more; how many.

    Each is disputed from then on, and the operator may claim it again.
    """
    rooms = elsewhere.rooms(uow, tenant_id=tenant_id, card_nos=card_nos)
    abroad = AbroadRepository(uow, tenant_id)
    fallen = [one for one in abroad.accepted(rooms) if one.name in rooms[one.card_no].overturned]
    if not fallen:
        return 0
    times = abroad.times_overturned(fallen)
    fixed = corrections.of_pours(uow, tenant_id=tenant_id, lines=fallen)
    commands = postings.overturned(fallen, times, fixed)
    ledger.post(uow, tenant_id=tenant_id, commands=commands)
    for one in fallen:
        _dispute(uow, one)
    uow.session.flush()
    touched = sorted({one.card_no for one in fallen})
    uow.emit(CardsClaimed(tenant_id=tenant_id, cards=tuple(touched)))
    return len(fallen)


def _dispute(uow: UnitOfWork, line: AbroadLine) -> None:
    line.state, line.reason = LineState.DISPUTED, OVERTURNED
    line.judged_at = clock.now()
    audit.record(
        uow,
        tenant_id=line.tenant_id,
        actor=audit.SYSTEM,
        action="abroad.overturn",
        subject=f"issuer:{line.issuer_id}",
        reason=f"{line.statement_id} line {line.line}: {line.amount_fen} fen",
    )
