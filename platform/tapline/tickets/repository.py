from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import ConflictError, NotFoundError
from tapline.reconciliation import Finding
from tapline.tickets.model import Source, Ticket, TicketCounter, TicketEntry, TicketState
from tapline.uow import UnitOfWork


class TicketRepository:
    """Tickets of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, subject: str) -> None:
        """Wait until no other transaction opens a ticket on this subject."""
        name = func.hashtextextended(f"ticket:{self._tenant_id}:{subject}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def next_count(self, day: date) -> int:
        """The next number of the day; given back if the transaction fails."""
        counter = insert(TicketCounter).values(tenant_id=self._tenant_id, day=day, last=1)
        counter = counter.on_conflict_do_update(
            index_elements=[TicketCounter.tenant_id, TicketCounter.day],
            set_={"last": TicketCounter.last + 1},
        )
        return self._session.execute(counter.returning(TicketCounter.last)).scalar_one()

    def add(self, row: Ticket | TicketEntry) -> None:
        """Write at once: an entry points to its ticket."""
        self._session.add(row)
        self._session.flush()

    def get(self, ticket_id: UUID, *, lock: bool = False) -> Ticket:
        ticket = self._session.get(
            Ticket, ticket_id, with_for_update=lock or None, populate_existing=lock
        )
        if ticket is None or ticket.tenant_id != self._tenant_id:
            raise NotFoundError(f"no ticket {ticket_id}")
        return ticket

    def as_seen(self, ticket_id: UUID, version: int) -> Ticket:
        """The ticket, locked, if nobody has changed it since `version`."""
        ticket = self.get(ticket_id, lock=True)
        if ticket.version != version:
            last = self.last_entry(ticket_id)
            who = f"{last.actor} ({last.kind.value}, {last.at:%H:%M} UTC)" if last else "somebody"
            raise ConflictError(
                f"ticket {ticket.number} was changed by {who} since you opened it: look again"
            )
        return ticket

    def open_on(self, subject: str) -> Ticket | None:
        return self._session.scalar(
            select(Ticket)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.subject == subject,
                Ticket.state != TicketState.CLOSED,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def newest_on(self, subject: str) -> Ticket | None:
        """The last case on this subject, open or closed, locked."""
        return self._session.scalar(
            select(Ticket)
            .where(Ticket.tenant_id == self._tenant_id, Ticket.subject == subject)
            .order_by(Ticket.opened_at.desc(), Ticket.number.desc())
            .limit(1)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def open_at(self, site_id: UUID, device_ids: Collection[str]) -> Sequence[Ticket]:
        """The open cases about machines of a site, about these where given; locked."""
        found = select(Ticket).where(
            Ticket.tenant_id == self._tenant_id,
            Ticket.state != TicketState.CLOSED,
            Ticket.site_id == site_id,
            Ticket.device_id.is_not(None),
        )
        if device_ids:
            found = found.where(Ticket.device_id.in_(device_ids))
        return self._session.scalars(
            found.order_by(Ticket.ticket_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def of_prediction(self, prediction_id: UUID) -> Ticket | None:
        """The newest case that was opened for this prediction, or brought up to date with it."""
        found = self._newest(Ticket.prediction_id == prediction_id, 1)
        return found[0] if found else None

    def attended(self, subject: str) -> set[UUID]:
        """The findings that tickets on this subject name, open or closed; not those of a case that
        ended with a person's decision, which may be undone or overtaken."""
        found = self._session.scalars(
            select(TicketEntry.finding_id)
            .join(Ticket, Ticket.ticket_id == TicketEntry.ticket_id)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.subject == subject,
                TicketEntry.finding_id.is_not(None),
                or_(Ticket.state != TicketState.CLOSED, Ticket.facts["decided"].is_(None)),
            )
        )
        return {finding_id for finding_id in found if finding_id is not None}

    def unattended(
        self, subject: str, *, code: str, device_id: str, since: datetime
    ) -> Sequence[Finding]:
        """The device's findings since then that no ticket on this subject names, oldest first."""
        attended = (
            select(TicketEntry.position)
            .join(Ticket, Ticket.ticket_id == TicketEntry.ticket_id)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.subject == subject,
                TicketEntry.finding_id == Finding.finding_id,
            )
            .exists()
        )
        return self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                Finding.device_id == device_id,
                Finding.code == code,
                Finding.detected_at >= since,
                Finding.retracted_at.is_(None),
                ~attended,
            )
            .order_by(Finding.detected_at, Finding.finding_id)
        ).all()

    def listed(
        self, states: Collection[TicketState], *, owner_id: UUID | None, limit: int
    ) -> Sequence[Ticket]:
        """Longest waiting first; closed ones last closed first where they alone are asked for."""
        tickets = select(Ticket).where(
            Ticket.tenant_id == self._tenant_id, Ticket.state.in_(states)
        )
        if owner_id is not None:
            tickets = tickets.where(Ticket.owner_id == owner_id)
        order = (
            (Ticket.closed_at.desc(), Ticket.number.desc())
            if set(states) == {TicketState.CLOSED}
            else (Ticket.opened_at, Ticket.number)
        )
        return self._session.scalars(tickets.order_by(*order).limit(limit)).all()

    def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Ticket]:
        """A customer's cases, newest first."""
        return self._newest(Ticket.customer_id == customer_id, limit)

    def of_order(self, order_id: UUID, limit: int) -> Sequence[Ticket]:
        """The cases about an order, newest first."""
        return self._newest(Ticket.order_id == order_id, limit)

    def _newest(self, about: ColumnElement[bool], limit: int) -> Sequence[Ticket]:
        return self._session.scalars(
            select(Ticket)
            .where(Ticket.tenant_id == self._tenant_id, about)
            .order_by(Ticket.opened_at.desc(), Ticket.number.desc())
            .limit(limit)
        ).all()

    def last_of(self, customer_id: UUID, category: str, since: datetime) -> Ticket | None:
        """The customer's last case of this category opened since then."""
        return self._session.scalar(
            select(Ticket)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.customer_id == customer_id,
                Ticket.category == category,
                Ticket.opened_at >= since,
            )
            .order_by(Ticket.opened_at.desc(), Ticket.number.desc())
            .limit(1)
        )

    def count_on(self, site_id: UUID, category: str, since: datetime) -> int:
        """How many cases of this category on a site were opened since then."""
        counted = select(func.count()).where(
            Ticket.tenant_id == self._tenant_id,
            Ticket.site_id == site_id,
            Ticket.category == category,
            Ticket.opened_at >= since,
        )
        return self._session.scalar(counted) or 0

    def late(self, now: datetime) -> Sequence[Ticket]:
        """Lock the cases whose running clock asks for a warning or an escalation, oldest first."""
        due_at = case(
            (
                and_(Ticket.responded_at.is_(None), Ticket.respond_due_at.is_not(None)),
                Ticket.respond_due_at,
            ),
            else_=Ticket.resolve_due_at,
        )
        return self._session.scalars(
            select(Ticket)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.state != TicketState.CLOSED,
                Ticket.paused_since.is_(None),
                Ticket.overdue_at.is_(None),
                or_(and_(Ticket.warned_at.is_(None), Ticket.warn_at <= now), due_at <= now),
            )
            .order_by(Ticket.opened_at, Ticket.number)
            .with_for_update(skip_locked=True)
        ).all()

    def foreseen_waiting(self) -> Sequence[Ticket]:
        """Lock the cases that were foreseen and that nobody has, oldest first."""
        return self._session.scalars(
            select(Ticket)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.source == Source.PREDICTION,
                Ticket.state == TicketState.OPEN,
            )
            .order_by(Ticket.opened_at, Ticket.number)
            .with_for_update(skip_locked=True)
        ).all()

    def entries(self, ticket_id: UUID) -> Sequence[TicketEntry]:
        """The timeline, oldest first."""
        return self._session.scalars(
            select(TicketEntry)
            .where(TicketEntry.ticket_id == ticket_id)
            .order_by(TicketEntry.position)
        ).all()

    def last_entry(self, ticket_id: UUID) -> TicketEntry | None:
        return self._session.scalar(
            select(TicketEntry)
            .where(TicketEntry.ticket_id == ticket_id)
            .order_by(TicketEntry.position.desc())
            .limit(1)
        )
