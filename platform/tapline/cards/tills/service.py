from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from tapline import audit, clock, ledger
from tapline.cards.tills.model import Handover, Till
from tapline.cards.tills.repository import TillRepository
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.ledger import Account, chart
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork

_COUNTED_FEN_MAX = 10**9
_COUNTS: Collection[Role] = (Role.FINANCE, Role.SUPERVISOR, Role.ADMIN)


def open_for(uow: UnitOfWork, *, tenant_id: str, staff: Staff) -> Till:
    """The till of a colleague, who from now on may take cash; he has one.

    Raises:
        DeniedError: his work has nothing to do with customers' money.
    """
    tills = TillRepository(uow, tenant_id)
    if (known := tills.of_staff(staff.staff_id)) is not None:
        return known
    if staff.role in {Role.MANAGER, Role.TECHNICIAN}:
        raise DeniedError("cash is taken by the desk and by couriers")
    till = Till(
        till_id=new_id(),
        tenant_id=tenant_id,
        staff_id=staff.staff_id,
        name=staff.name,
        opened_at=clock.now(),
    )
    tills.add(till)
    return till


def of_staff(uow: UnitOfWork, *, tenant_id: str, staff_id: UUID) -> Till | None:
    """A colleague's till, if he takes cash."""
    return TillRepository(uow, tenant_id).of_staff(staff_id)


def get(uow: UnitOfWork, *, tenant_id: str, till_id: UUID) -> Till:
    """One till; `NotFoundError` where the tenant has none such."""
    return TillRepository(uow, tenant_id).get(till_id)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Till]:
    """Every till, by name."""
    return TillRepository(uow, tenant_id).listed()


def handovers(uow: UnitOfWork, *, tenant_id: str, limit: int = 50) -> Sequence[Handover]:
    """The last counts of all tills, newest first."""
    return TillRepository(uow, tenant_id).handovers(limit)


def content_fen(uow: UnitOfWork, *, tenant_id: str, till_ids: Collection[UUID]) -> dict[UUID, int]:
    """What should be in each till."""
    codes = {till_id: chart.cash(str(till_id)).code for till_id in till_ids}
    found = ledger.balances(uow, tenant_id=tenant_id, codes=list(codes.values()))
    return {one: found[code].posted if code in found else 0 for one, code in codes.items()}


def hand_over(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    till_id: UUID,
    expected_fen: int,
    counted_fen: int,
    staff: Staff,
    reason: str,
    request_key: str,
) -> Handover:
    """A till is counted by a second person and emptied to the bank; sent again it is the same.

    `expected_fen` is what he saw that it should hold. What differs is `loss:till`, with a reason.

    Raises:
        DeniedError: whoever took the cash, or whose work it is not.
        ConflictError: cash came or went since he looked.
        InvalidError: nothing to hand over, no amount that can be, or a difference unexplained.
    """
    tills = TillRepository(uow, tenant_id)
    till = tills.get(till_id, lock=True)
    if (known := tills.requested(request_key)) is not None:
        return known
    _check(till, staff, counted_fen)
    if content_fen(uow, tenant_id=tenant_id, till_ids=[till_id])[till_id] != expected_fen:
        raise ConflictError("cash came in or went out since you looked: read it again and count")
    if not expected_fen and not counted_fen:
        raise InvalidError("the till is empty: there is nothing to hand over")
    if counted_fen != expected_fen and not reason.strip():
        raise InvalidError("the count differs from the books: say why")
    handover = Handover(
        handover_id=new_id(),
        tenant_id=tenant_id,
        till_id=till_id,
        request_key=request_key,
        expected_fen=expected_fen,
        counted_fen=counted_fen,
        reason=reason.strip(),
        counted_by=staff.staff_id,
        at=clock.now(),
    )
    tills.add(handover)
    ledger.post(uow, tenant_id=tenant_id, commands=list(_commands(handover)))
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="till.hand_over",
        subject=f"till:{till_id}",
        reason=handover.reason,
    )
    return handover


def _check(till: Till, staff: Staff, counted_fen: int) -> None:
    if till.staff_id == staff.staff_id:
        raise DeniedError("whoever took the cash does not count it: ask a colleague")
    if staff.role not in _COUNTS:
        raise DeniedError("finance or a supervisor counts a till")
    if not 0 <= counted_fen < _COUNTED_FEN_MAX:
        raise InvalidError(f"count 0 to {_COUNTED_FEN_MAX - 1} fen, not {counted_fen}")


def _commands(handover: Handover) -> Iterator[ledger.Command]:
    """What was counted goes to the bank; what is missing or over is a loss, or its opposite."""
    cash = chart.cash(str(handover.till_id))
    over_fen = handover.counted_fen - handover.expected_fen
    if handover.counted_fen:
        yield _command(handover, "bank", chart.BANK, cash, handover.counted_fen)
    if over_fen > 0:
        yield _command(handover, "over", cash, chart.TILL, over_fen)
    if over_fen < 0:
        yield _command(handover, "short", chart.TILL, cash, -over_fen)


def _command(
    handover: Handover, step: str, debit: Account, credit: Account, amount_fen: int
) -> ledger.Command:
    return ledger.Command(
        key=f"till:{handover.handover_id}:{step}",
        kind=f"till_{step}",
        event_at=handover.at,
        movement=ledger.Transfer(debit, credit, amount_fen),
        content={"handover": str(handover.handover_id), "fen": amount_fen},
        source={"till": str(handover.till_id), "counted_by": str(handover.counted_by)},
    )
