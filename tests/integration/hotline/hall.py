"""A call centre on a frozen clock: the simulated exchange, the router and the hotline, for real.

Everything that workers do with events is done here, in their order; time passes second by second.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tapline import clock, hotline, notices, people, routing
from tapline.hotline import Call, CallRecord, Current, PortEvent, Ports, Verdict
from tapline.outbox import OutboxRepository
from tapline.people import Role, Staff
from tapline.routing import Presence
from tapline.routing.model import RoutingDesk
from tapline.uow import Database, UnitOfWork
from tapline_ops.telephony.lines import Caller, Exchange, Line
from tapline_ops.telephony.switchboard import Switchboard
from tests import factories

NUMBER = "4000001234"
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock in Shanghai."""
NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Eleven at night."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Wire(Switchboard):
    """The exchange as the port that it is in production, without HTTP between."""

    def read(self, headers: Mapping[str, str], body: bytes) -> PortEvent:
        raise NotImplementedError("events are handed over here")


class Hall:
    """One operator with one number; agents by login."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.events: list[PortEvent] = []
        self.told: list[PortEvent] = []
        self.verdicts: list[Verdict] = []
        self.switchboard = Wire(Exchange(now_ms=_ms(clock.now())), self.events.append)
        self.ports: Ports = {"sim": self.switchboard}
        self.agents: dict[str, Staff] = {}
        with database.transaction() as uow:
            factories.tenant(uow)
            hotline.open_number(
                uow,
                tenant_id="demo",
                number="400-000-1234",
                actor="test",
                outbound_number="0571-8888 0000",
                duty_phone="13700000001",
            )

    def agent(self, login: str, **skills: int) -> Staff:
        """A new agent, ready."""
        with self.database.transaction() as uow:
            member, _ = people.create_staff(
                uow, tenant_id="demo", login=login, name=login, role=Role.AGENT, skills=skills
            )
        self.agents[login] = member
        self.presence(login, Presence.READY)
        return member

    def presence(self, login: str, presence: Presence) -> None:
        agent_id = str(self.agents[login].staff_id)
        with self.database.transaction() as uow:
            routing.set_presence(uow, tenant_id="demo", agent_id=agent_id, presence=presence)
        self.settle()

    def call(self, ani: str = "13800138000", keys: str = "1", **behaviour: int | None) -> str:
        """Somebody dials the hotline; his reference."""
        values = {"patience_ms": 120_000, "talk_ms": None} | behaviour
        caller = Caller(keys=keys, **values)  # type: ignore[arg-type]
        line = self.switchboard.place(ani=ani, dnis=NUMBER, caller=caller)
        self.settle()
        return line.ref

    def line(self, ref: str) -> Line:
        return self.switchboard.exchange.lines[ref]

    def pass_time(self, seconds: int) -> None:
        """From one second in which something is due to the next, with all that follows."""
        end = clock.now() + timedelta(seconds=seconds)
        while clock.now() < end:
            clock.advance(min(self._until_next(), end - clock.now()))
            self.switchboard.advance(_ms(clock.now()))
            with self.database.transaction() as uow:
                routing.run_timers(uow, tenant_id="demo")
                hotline.release_call_backs(uow, tenant_id="demo")
            self.settle()

    def _until_next(self) -> timedelta:
        now_ms = _ms(clock.now())
        due_ms = [self.switchboard.next_due_ms() or now_ms + 3_600_000]
        with self.database.transaction() as uow:
            desks = uow.session.scalars(select(RoutingDesk.next_due_at))
            promises = hotline.call_backs(uow, tenant_id="demo")
            moments = [*desks, *(one.due_at for one in promises)]
        due_ms += [_ms(moment) for moment in moments if moment and moment > clock.now()]
        return timedelta(seconds=max(1, -(-(min(due_ms) - now_ms) // 1000)))

    def settle(self) -> None:
        """Until nobody has anything more to do."""
        while self._deliver() or self._consume() or self._send():
            pass

    def current(self, login: str) -> Current | None:
        agent_id = str(self.agents[login].staff_id)
        with self.database.transaction() as uow:
            return hotline.current_for(uow, tenant_id="demo", agent_id=agent_id)

    def answer(self, login: str) -> Call:
        """The agent clicks."""
        current = self.current(login)
        assert current is not None
        assert current.offer_id is not None
        with self.database.transaction() as uow:
            call = hotline.answer(
                uow, tenant_id="demo", offer_id=current.offer_id, staff=self.agents[login]
            )
        self.settle()
        return call

    def dispose(self, login: str, call_id: UUID, code: str = "answered", **more: str) -> Call:
        with self.database.transaction() as uow:
            call = hotline.dispose(
                uow,
                tenant_id="demo",
                call_id=call_id,
                code=code,
                staff=self.agents[login],
                **more,  # type: ignore[arg-type]
            )
        self.settle()
        return call

    def take_in(self, event: PortEvent) -> Verdict:
        with self.database.transaction() as uow:
            return hotline.on_port_event(uow, tenant_id="demo", event=event)

    def is_quiet(self) -> bool:
        """Whether nobody is on the line or waits to be called."""
        with self.database.transaction() as uow:
            waiting = hotline.call_backs(uow, tenant_id="demo")
            return not waiting and not hotline.live_calls(uow, tenant_id="demo")

    def record(self, ref: str) -> CallRecord:
        with self.database.transaction() as uow:
            return uow.session.scalars(
                select(CallRecord)
                .join(Call, Call.call_id == CallRecord.call_id)
                .where(Call.ref == ref)
            ).one()

    def call_of(self, ref: str) -> Call:
        with self.database.transaction() as uow:
            return uow.session.scalars(select(Call).where(Call.ref == ref)).one()

    def texts(self) -> list[tuple[str, str]]:
        """Text messages: to whom and what."""
        with self.database.transaction() as uow:
            rows = uow.session.scalars(select(notices.Notice).order_by(notices.Notice.created_at))
            return [(row.recipient, row.text) for row in rows]

    def ringing(self) -> list[str]:
        """The telephones that ring at this moment."""
        lines = self.switchboard.exchange.lines.values()
        return [leg.target for line in lines for leg in line.legs.values() if not leg.is_up]

    def _deliver(self) -> bool:
        arrived, self.events[:] = list(self.events), []
        self.told += arrived
        self.verdicts += [self.take_in(event) for event in arrived]
        return bool(arrived)

    def _consume(self) -> bool:
        with self.database.transaction() as uow:
            outbox = OutboxRepository(uow.session)
            messages = outbox.take(1000)
            outbox.mark_relayed(messages)
        for message in messages:
            with self.database.transaction() as uow:
                consume(uow, message.type, dict(message.payload))
        return bool(messages)

    def _send(self) -> bool:
        return hotline.send_commands(self.database, self.ports) > 0


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def consume(uow: UnitOfWork, kind: str, payload: dict[str, str]) -> None:
    """What tasks do with the router's events."""
    named = {
        name: payload[name]
        for name in ("tenant_id", "offer_id", "work_id", "agent_id", "outcome")
        if name in payload
    }
    match kind:
        case "OfferMade":
            hotline.on_offer_made(uow, **named)
        case "OfferEnded":
            del named["agent_id"]
            hotline.on_offer_ended(uow, **named)
        case "WorkOverflowed":
            hotline.on_overflow(uow, **named, to=payload["step"])


@contextmanager
def open_hall(database: Database, at: datetime = MORNING) -> Iterator[Hall]:
    """A hall whose clock stands at `at`."""
    with clock.frozen(at):
        yield Hall(database)
