"""The log of a desk as a whole: decided again to prove it, counted to judge the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tapline import clock
from tapline.routing.core.record import Digest, read_events, replay, state_hash
from tapline.routing.core.values import Queue
from tapline.routing.figures import Figures, figures
from tapline.routing.repository import DeskRepository
from tapline.routing.service import MAIN, beginning, read, to_ms
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Proof:
    """What the log says when it is read from the first record, beside what the desk says."""

    digest: Digest
    differs_at: int | None
    """The first record that is altered, missing, or would be decided otherwise now."""
    snapshot_equal: bool
    """Whether the desk is where its log leads."""

    @property
    def ok(self) -> bool:
        return self.differs_at is None and self.snapshot_equal


def prove(uow: UnitOfWork, *, tenant_id: str, desk: str = MAIN) -> Proof:
    """Decide the whole log of a desk again; `NotFoundError` where nobody has worked yet."""
    desks = DeskRepository(uow, tenant_id, desk)
    row = desks.get()
    found = replay(beginning(tenant_id, desk), desks.records())
    stands = (row.seq, row.head_hash.hex(), state_hash(read(row)))
    due = (found.digest.seq, found.digest.head, found.digest.state)
    return Proof(found.digest, found.differs_at, stands == due)


def figures_between(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    queue: str,
    since: datetime,
    until: datetime,
    desk: str = MAIN,
) -> Figures:
    """The service of one queue in a period: of work that came in it, as far as was decided in it.

    Agents count from their first change in the period. `NotFoundError` where nobody has worked yet.
    """
    desks = DeskRepository(uow, tenant_id, desk)
    lines = read(desks.get()).lines
    records = desks.records_between(to_ms(since), to_ms(until))
    return figures(
        (event for entry in records for event in read_events(entry.events)),
        {name: line.config for name, line in lines.items()},
        queue,
        range(to_ms(since), to_ms(min(until, clock.now()))),
    )


def queues(uow: UnitOfWork, *, tenant_id: str, desk: str = MAIN) -> Sequence[Queue]:
    """The queues in force, by name."""
    row = DeskRepository(uow, tenant_id, desk).get()
    return [line.config for _, line in sorted(read(row).lines.items())]
