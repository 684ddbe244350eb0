"""What bad water cost is given back: asked for by one, above a limit approved by another."""

from uuid import UUID

from tapline import clock, policy
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.people import Staff
from tapline.refunds import goodwill
from tapline.uow import UnitOfWork
from tapline.water.traces.approvals import ApprovalRepository, TraceApproval
from tapline.water.traces.model import Fate, Found, Trace
from tapline.water.traces.repository import TraceRepository
from tapline.water.traces.service import check_leader, note


def due_fen(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> int:
    """What the pours cost whose money nobody has settled."""
    waiting = TraceRepository(uow, tenant_id).fates(trace_id).get(Fate.WAITING)
    return waiting.amount_fen if waiting else 0


def ask_refund(uow: UnitOfWork, *, staff: Staff, trace_id: UUID) -> Trace:
    """Propose to give every pour found so far back. Small sums are approved at once, as long as all
    that somebody approves alone in a day is small; for others a second person is needed.

    Raises:
        DeniedError: the role may not.
        InvalidError: there is nothing to give back.
        ConflictError: it is asked for, or being carried out.
    """
    check_leader(staff)
    traces = TraceRepository(uow, staff.tenant_id)
    approvals = ApprovalRepository(uow, staff.tenant_id)
    approvals.one_at_a_time(staff.staff_id)
    trace = traces.get(trace_id, lock=True)
    if _is_under_way(traces, trace):
        raise ConflictError("it is asked for already: look how far it has come")
    take_up(uow, traces, trace)
    fen = due_fen(uow, tenant_id=staff.tenant_id, trace_id=trace_id)
    if not fen:
        raise InvalidError("no card of ours paid for anything that is not settled")
    trace.refund_asked_by, trace.refund_asked_at = staff.staff_id, clock.now()
    trace.refund_asked_fen = fen
    trace.refund_approved_by = trace.refund_approved_at = None
    note(uow, trace, staff, "trace.refund.ask", f"{fen} fen")
    most = policy.current(uow, tenant_id=staff.tenant_id).water_refund_alone_fen_max
    given = sum(one.given_fen for one in traces.fates(trace_id).values())
    today = clock.begins(clock.business_date(clock.now()))
    if given + approvals.alone_fen(staff.staff_id, today) + fen <= most:
        _approve(uow, trace, staff)
    return trace


def approve_refund(uow: UnitOfWork, *, staff: Staff, trace_id: UUID, amount_fen: int) -> Trace:
    """A second person's word; `amount_fen` is what he saw.

    Raises:
        DeniedError: the role may not, or he asked for it himself.
        ConflictError: nobody asks, it is approved, or the amount is another.
    """
    check_leader(staff)
    trace = TraceRepository(uow, staff.tenant_id).get(trace_id, lock=True)
    if trace.refund_asked_at is None or trace.refund_approved_at is not None:
        raise ConflictError("there is nothing to approve: read the page again")
    if trace.refund_asked_fen != amount_fen:
        raise ConflictError("the amount has changed since you looked: read it again and decide")
    if trace.refund_asked_by == staff.staff_id:
        raise DeniedError("a colleague approves what you asked for: hand it over")
    _approve(uow, trace, staff)
    return trace


def is_being_refunded(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> bool:
    """Whether a proposal waits for a second person, or is not carried out to its end."""
    traces = TraceRepository(uow, tenant_id)
    return _is_under_way(traces, traces.get(trace_id))


def take_up(uow: UnitOfWork, traces: TraceRepository, trace: Trace) -> Found:
    """Find anew what was in suspense, or left to a person, and a card of ours bears by now."""
    left = traces.left_charged(trace.trace_id)
    taken = goodwill.no_longer_left(uow, tenant_id=trace.tenant_id, keys=left) if left else []
    return traces.take_up(trace.trace_id, clock.now(), taken)


def _is_under_way(traces: TraceRepository, trace: Trace) -> bool:
    if trace.refund_asked_at is None:
        return False
    left = traces.due(trace.trace_id, trace.refund_asked_at, 1)
    return trace.refund_approved_at is None or bool(left)


def _approve(uow: UnitOfWork, trace: Trace, staff: Staff) -> None:
    assert trace.refund_asked_by is not None
    assert trace.refund_asked_fen is not None
    trace.refund_approved_by, trace.refund_approved_at = staff.staff_id, clock.now()
    ApprovalRepository(uow, trace.tenant_id).add(
        TraceApproval(
            approval_id=new_id(),
            tenant_id=trace.tenant_id,
            trace_id=trace.trace_id,
            fen=trace.refund_asked_fen,
            asked_by=trace.refund_asked_by,
            approved_by=trace.refund_approved_by,
            approved_at=trace.refund_approved_at,
        )
    )
    note(uow, trace, staff, "trace.refund.approve", f"{trace.refund_asked_fen} fen")
