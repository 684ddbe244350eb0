from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from tapline import audit, clock, people
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.payments.breaks import rules
from tapline.payments.breaks.model import BreakEnd, ProviderBreak
from tapline.payments.breaks.repository import BreakRepository
from tapline.payments.breaks.rules import Difference
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork

SETTLERS = frozenset({Role.FINANCE, Role.SUPERVISOR})
"""Who settles breaks, and returns money."""


def note(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    provider: str,
    difference: Difference,
    day: date | None = None,
    bill_id: UUID | None = None,
) -> ProviderBreak:
    """Have a break say what differs; the same difference again is the same break.

    `day` is the bill's that shows it, today where none does. A break that had healed is open
    again; one that somebody decided stays decided.
    """
    now = clock.now()
    of_day = day or clock.business_date(now)
    row = {
        "break_id": new_id(),
        "kind": difference.kind,
        "number": difference.number,
        "day": of_day,
        "bill_id": bill_id,
        "line": difference.line,
        "payment_id": difference.payment_id,
        "payout_id": difference.payout_id,
        "ours_fen": difference.ours_fen,
        "theirs_fen": difference.theirs_fen,
        "happened_at": difference.happened_at,
        "opened_at": now,
        "due_at": rules.due_at(of_day, now),
        "ask_at": now if difference.may_heal else None,
        "answer": "",
        "reason": "",
    }
    broken = BreakRepository(uow, tenant_id).noted(provider, row)
    if broken.bill_id is None and bill_id is not None:
        broken.bill_id, broken.line, broken.day = bill_id, difference.line, of_day
    if broken.end in {None, BreakEnd.HEALED}:
        _say(broken, difference)
    return broken


def follow(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    provider: str,
    bill_id: UUID,
    day: date,
    numbers: Collection[str],
    differences: Sequence[Difference],
) -> None:
    """Make the breaks of a bill, and those on its `numbers` told before, what differs now."""
    wanted = {(one.kind, one.number) for one in differences}
    for broken in BreakRepository(uow, tenant_id).open_of_bill(provider, bill_id, numbers):
        if (broken.kind, broken.number) not in wanted:
            end(broken, BreakEnd.HEALED, by=audit.SYSTEM)
    for difference in differences:
        note(
            uow,
            tenant_id=tenant_id,
            provider=provider,
            difference=difference,
            day=day,
            bill_id=bill_id,
        )


def end(broken: ProviderBreak, how: BreakEnd, *, by: str) -> None:
    """Close a locked break."""
    broken.end, broken.ended_by, broken.ended_at = how, by, clock.now()
    broken.ask_at = None


def get(uow: UnitOfWork, *, tenant_id: str, break_id: UUID) -> ProviderBreak:
    """One break; `NotFoundError` where the tenant has none such."""
    return BreakRepository(uow, tenant_id).get(break_id)


def listed(
    uow: UnitOfWork, *, tenant_id: str, is_open: bool = True, limit: int = 500
) -> Sequence[ProviderBreak]:
    """Open breaks, the oldest first; or ended ones, the latest first."""
    return BreakRepository(uow, tenant_id).listed(is_open=is_open, limit=limit)


def of_bill(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID) -> Sequence[ProviderBreak]:
    """Every break of a bill, ended or not."""
    return BreakRepository(uow, tenant_id).of_bill(bill_id)


def unsettled(uow: UnitOfWork, *, tenant_id: str) -> Sequence[ProviderBreak]:
    """Open breaks that had their time to heal: each is a finding, the oldest first."""
    return BreakRepository(uow, tenant_id).due(clock.now())


def assign(
    uow: UnitOfWork, *, tenant_id: str, break_id: UUID, owner_id: UUID, staff: Staff
) -> ProviderBreak:
    """Give an open break to somebody who settles it: a colleague, or oneself.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it has ended.
        InvalidError: the owner is neither finance nor a supervisor of the tenant.
    """
    broken = open_one(uow, tenant_id, break_id)
    office = {one.staff_id: one for one in people.staff_of(uow, tenant_id=tenant_id)}
    owner = office.get(owner_id)
    if owner is None or owner.role not in SETTLERS:
        raise InvalidError("finance or a supervisor settles it: choose one of them")
    broken.owner_id = owner_id
    record(uow, broken, staff, "provider_break.assign", owner.login)
    return broken


def ask_again(uow: UnitOfWork, *, tenant_id: str, break_id: UUID, staff: Staff) -> ProviderBreak:
    """Have the provider asked about it, outside this transaction, soon.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it has ended.
        InvalidError: it is about nothing of ours that he could be asked about.
    """
    broken = open_one(uow, tenant_id, break_id)
    if broken.payment_id is None and broken.payout_id is None:
        raise InvalidError("no payment of ours has this number: ask the provider's own service")
    broken.ask_at = clock.now()
    record(uow, broken, staff, "provider_break.ask", "")
    return broken


def accept(
    uow: UnitOfWork, *, tenant_id: str, break_id: UUID, staff: Staff, reason: str
) -> ProviderBreak:
    """End a break by saying why it may stand. No money moves: an adjustment would move it.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it has ended.
        InvalidError: no reason.
    """
    broken = open_one(uow, tenant_id, break_id)
    if not reason.strip():
        raise InvalidError("say why it may stand: an auditor will ask")
    broken.reason, broken.owner_id = reason.strip(), staff.staff_id
    broken.proposed_by = None
    end(broken, BreakEnd.ACCEPTED, by=staff.login)
    record(uow, broken, staff, "provider_break.accept", reason.strip())
    return broken


def open_one(uow: UnitOfWork, tenant_id: str, break_id: UUID) -> ProviderBreak:
    """An open break, locked; `ConflictError` for one that has ended."""
    broken = BreakRepository(uow, tenant_id).get(break_id, lock=True)
    if broken.ended_at is not None:
        raise ConflictError("this break has ended: look at the list again")
    return broken


def record(uow: UnitOfWork, broken: ProviderBreak, staff: Staff, action: str, reason: str) -> None:
    """Write down what somebody did about a break."""
    audit.record(
        uow,
        tenant_id=broken.tenant_id,
        actor=staff.login,
        action=action,
        subject=f"provider_break:{broken.break_id}",
        reason=reason,
    )


def _say(broken: ProviderBreak, difference: Difference) -> None:
    broken.ours_fen, broken.theirs_fen = difference.ours_fen, difference.theirs_fen
    broken.payment_id, broken.payout_id = difference.payment_id, difference.payout_id
    if broken.end is BreakEnd.HEALED:
        now = clock.now()
        broken.end = broken.ended_by = broken.ended_at = None
        broken.opened_at, broken.due_at = now, rules.due_at(broken.day, now)
        broken.ask_at = now if difference.may_heal else None
