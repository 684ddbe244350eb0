"""One writer a desk: each command locks it, is decided, and is written to its log.

The desk is the last thing that a transaction should lock: lock your own rows first, then call.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from tapline import clock, events, people
from tapline.errors import ConflictError, InvalidError
from tapline.routing.core import commands as c
from tapline.routing.core import events as e
from tapline.routing.core.commands import Command
from tapline.routing.core.decide import decide
from tapline.routing.core.evolve import fold
from tapline.routing.core.record import GENESIS, record, works, written
from tapline.routing.core.state import State, next_due_ms
from tapline.routing.core.values import Presence, Queue, StepKind, Work
from tapline.routing.defaults import QUEUES, profile_of
from tapline.routing.model import RoutingDesk
from tapline.routing.repository import DeskRepository
from tapline.uow import UnitOfWork

MAIN = "main"


def submit(
    uow: UnitOfWork, *, tenant_id: str, command: Command, desk: str = MAIN
) -> Sequence[e.RoutingEvent]:
    """Decide about one command and write down what follows; empty where nothing changes.

    A desk begins with the first command, with the default queues. Commands may come late or
    twice: what cannot be followed is recorded as ignored, and never raised.
    """
    row = _locked(uow, tenant_id, desk)
    return _decide(uow, row, command)


def configure(
    uow: UnitOfWork, *, tenant_id: str, queues: Iterable[Queue], desk: str = MAIN
) -> None:
    """Put queues in force, new ones or others under their names.

    Raises:
        InvalidError: a queue's figures cannot be, or its ladder is out of order.
    """
    for queue in queues:
        _check(queue)
        submit(uow, tenant_id=tenant_id, command=c.PutQueue(queue), desk=desk)


def enqueue(uow: UnitOfWork, *, tenant_id: str, work: Work, desk: str = MAIN) -> None:
    """Bring in work; again where its source describes it anew. It keeps its place."""
    submit(uow, tenant_id=tenant_id, command=c.Enqueue(work), desk=desk)


def let_wait(uow: UnitOfWork, *, tenant_id: str, work: Work, desk: str = MAIN) -> None:
    """As `enqueue`, and whoever had the task has it no more: its source says that nobody has."""
    decided = submit(uow, tenant_id=tenant_id, command=c.Enqueue(work), desk=desk)
    if any(isinstance(event, e.InputIgnored) and event.reason == "assigned" for event in decided):
        submit(uow, tenant_id=tenant_id, command=c.HandBack(work.work_id), desk=desk)
        submit(uow, tenant_id=tenant_id, command=c.Enqueue(work), desk=desk)


def withdraw(
    uow: UnitOfWork, *, tenant_id: str, work_id: str, reason: str, desk: str = MAIN
) -> None:
    """The work is no longer wanted, wherever it is; unknown work is no mistake."""
    submit(uow, tenant_id=tenant_id, command=c.Withdraw(work_id, reason), desk=desk)


def assign(uow: UnitOfWork, *, tenant_id: str, work: Work, agent_id: str, desk: str = MAIN) -> None:
    """A task is with an agent without an offer: he took it, or was given it."""
    submit(uow, tenant_id=tenant_id, command=c.Assign(work, agent_id), desk=desk)


def accept(
    uow: UnitOfWork, *, tenant_id: str, offer_id: str, agent_id: str, desk: str = MAIN
) -> Work:
    """The agent takes what he is offered; a second time is no mistake. What it is.

    Raises:
        ConflictError: the offer has ended, or is another agent's.
    """
    row = _locked(uow, tenant_id, desk)
    _decide(uow, row, c.Accept(offer_id, agent_id))
    job = read(row).jobs.get(offer_id.rpartition(".")[0])
    if job is None or (job.offer_id, job.agent_id) != (offer_id, agent_id):
        raise ConflictError("this offer has ended, somebody else may have it: look at your work")
    return job.work


def decline(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    offer_id: str,
    agent_id: str,
    reason: str = "",
    desk: str = MAIN,
) -> None:
    """The agent cannot take it now; it goes to the next, and to him not again for a while."""
    submit(uow, tenant_id=tenant_id, command=c.Decline(offer_id, agent_id, reason), desk=desk)


def connected(uow: UnitOfWork, *, tenant_id: str, work_id: str, desk: str = MAIN) -> None:
    """Caller and agent hear each other."""
    submit(uow, tenant_id=tenant_id, command=c.Connected(work_id), desk=desk)


def connect_failed(
    uow: UnitOfWork, *, tenant_id: str, work_id: str, reason: str = "", desk: str = MAIN
) -> None:
    """Caller and accepting agent were not brought together; the work waits in its old place."""
    submit(uow, tenant_id=tenant_id, command=c.ConnectFailed(work_id, reason), desk=desk)


def finish(uow: UnitOfWork, *, tenant_id: str, work_id: str, desk: str = MAIN) -> None:
    """The work is done; after a call its agent wraps up."""
    submit(uow, tenant_id=tenant_id, command=c.Finish(work_id), desk=desk)


def hand_back(
    uow: UnitOfWork, *, tenant_id: str, work_id: str, reason: str = "", desk: str = MAIN
) -> None:
    """Its agent gives it back unfinished; it waits again, in its old place."""
    submit(uow, tenant_id=tenant_id, command=c.HandBack(work_id, reason), desk=desk)


def transfer(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    work_id: str,
    queue: str,
    preferred_agent: str | None = None,
    desk: str = MAIN,
) -> None:
    """Move it to another queue with its age; after `hops_max` moves it stays where it is."""
    command = c.Transfer(work_id, queue, preferred_agent)
    submit(uow, tenant_id=tenant_id, command=command, desk=desk)


def end_wrap_up(uow: UnitOfWork, *, tenant_id: str, agent_id: str, desk: str = MAIN) -> None:
    """The agent is ready with the last call before his time is over."""
    submit(uow, tenant_id=tenant_id, command=c.WrapUpDone(agent_id), desk=desk)


def set_presence(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    agent_id: str,
    presence: Presence,
    reason: str = "",
    desk: str = MAIN,
) -> None:
    """What a member of the staff chooses; his profile at the desk follows his account.

    Raises:
        NotFoundError: the tenant has no such account.
        InvalidError: it is disabled, or of a role that is offered no work.
    """
    row = _locked(uow, tenant_id, desk)
    if presence is not Presence.OFFLINE:
        _bring_in_line(uow, row, agent_id)
    _decide(uow, row, c.SetPresence(agent_id, presence, reason))


def run_timers(uow: UnitOfWork, *, tenant_id: str, desk: str = MAIN) -> None:
    """Let happen what is due by now."""
    submit(uow, tenant_id=tenant_id, command=c.TimerDue(), desk=desk)


def due(uow: UnitOfWork) -> Sequence[tuple[str, str]]:
    """Tenant and name of every desk that has something due."""
    return DeskRepository.due(uow, clock.now())


def read(row: RoutingDesk) -> State:
    """The state in a desk's snapshot."""
    return msgspec.json.decode(row.snapshot, type=State)


def beginning(tenant_id: str, desk: str) -> State:
    """What every log is folded upon; chance differs from desk to desk, and repeats in each."""
    return State(seed=int.from_bytes(f"{tenant_id}:{desk}".encode()) % 2**31)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def to_moment(at_ms: int) -> datetime:
    """The moment so many milliseconds after 1970 began, in UTC."""
    return _EPOCH + timedelta(milliseconds=at_ms)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _locked(uow: UnitOfWork, tenant_id: str, desk: str) -> RoutingDesk:
    desks = DeskRepository(uow, tenant_id, desk)
    row = desks.locked()
    if row is None:
        start = beginning(tenant_id, desk)
        row = desks.begin(head_hash=GENESIS, snapshot=written(start))
    if row.seq == 0:
        for queue in QUEUES:
            _decide(uow, row, c.PutQueue(queue))
    return row


def _decide(uow: UnitOfWork, row: RoutingDesk, command: Command) -> Sequence[e.RoutingEvent]:
    """The clock is read under the lock, so the log is in the order of time."""
    state, now_ms = read(row), to_ms(clock.now())
    decided = decide(state, command, now_ms)
    state = fold(state, decided)
    due_ms = next_due_ms(state, now_ms)
    row.next_due_at = None if due_ms is None else to_moment(due_ms)
    if decided:
        entry = record(row.seq + 1, row.head_hash, max(now_ms, state.clock_ms), command, decided)
        row.seq, row.head_hash, row.snapshot = entry.seq, entry.hash, written(state)
        DeskRepository(uow, row.tenant_id, row.desk).append(entry, works(decided))
        _tell(uow, row, decided)
    return decided


def _tell(uow: UnitOfWork, row: RoutingDesk, decided: Sequence[e.RoutingEvent]) -> None:
    """What the rest of the product hears of a decision."""
    at = {"tenant_id": row.tenant_id, "desk": row.desk}
    uow.emit(events.DeskMoved(**at))
    for event in decided:
        if isinstance(event, e.OfferMade):
            offer = (event.offer_id, event.work_id, event.agent_id)
            names = dict(zip(("offer_id", "work_id", "agent_id"), offer, strict=True))
            uow.emit(events.OfferMade(**at, **names))
        elif isinstance(event, e.OfferEnded):
            uow.emit(
                events.OfferEnded(
                    **at,
                    offer_id=event.offer_id,
                    work_id=event.work_id,
                    agent_id=event.agent_id,
                    outcome=event.outcome.value,
                )
            )
        elif isinstance(event, e.LadderStepped) and event.kind is StepKind.OVERFLOW:
            uow.emit(events.WorkOverflowed(**at, work_id=event.work_id, step=event.to))


def _bring_in_line(uow: UnitOfWork, row: RoutingDesk, agent_id: str) -> None:
    """The profile follows the account: a new skill counts from the next time he is ready."""
    member = people.staff_member(uow, tenant_id=row.tenant_id, staff_id=UUID(agent_id))
    if member.disabled_at is not None:
        raise InvalidError(f"{member.login} is disabled: only who works here can be ready")
    profile = profile_of(member)
    if not profile.queues:
        raise InvalidError(f"{member.login} is {member.role.value}: the desk offers no such work")
    _decide(uow, row, c.PutAgent(profile))


def _check(queue: Queue) -> None:
    rungs = [step.after_ms for step in queue.ladder]
    if rungs != sorted(rungs) or any(after_ms < 0 for after_ms in rungs):
        raise InvalidError(f"queue {queue.queue}: the ladder's steps go by time, from 0 on")
    if queue.ring_ms < 1000 or queue.retry_ms < 1000:
        raise InvalidError(f"queue {queue.queue}: ringing and retrying take at least a second")
    if min(queue.aging, queue.wrap_up_ms, queue.preferred_ms) < 0 or queue.misses_max < 1:
        raise InvalidError(f"queue {queue.queue}: times and aging are not negative, misses from 1")
