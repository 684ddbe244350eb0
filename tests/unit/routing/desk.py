"""A desk in memory, the clock in the test's hand."""

from collections.abc import Iterable

from tapline.routing import AgentProfile, Medium, Presence, Queue, Seat, Work, simulation
from tapline.routing.core import commands as c
from tapline.routing.core import events as e

CALLS = "calls"
TICKETS = "tickets"


class Desk(simulation.Desk):
    """The simulation's desk, with what a test says often."""

    def __init__(self, *queues: Queue) -> None:
        super().__init__(queues)

    def wait(self, ms: int) -> list[e.RoutingEvent]:
        return self.do(c.TimerDue(), after_ms=ms)

    def staff(self, *profiles: AgentProfile) -> None:
        """These agents come in and are ready, one millisecond after the other."""
        for profile in profiles:
            self.do(c.PutAgent(profile))
            self.do(c.SetPresence(profile.agent_id, Presence.READY), after_ms=1)

    def offered(self) -> dict[str, str]:
        """Which agent is offered which work now: agent by work."""
        return {offer.work_id: offer.agent_id for offer in self.state.offers.values()}

    def answer(self, work_id: str) -> list[e.RoutingEvent]:
        """Whoever is offered the work accepts it."""
        offer = self.state.offers[self.state.jobs[work_id].offer_id or ""]
        return self.do(c.Accept(offer.offer_id, offer.agent_id))


def agent(agent_id: str, *queues: str, order: int = 0, **profile: object) -> AgentProfile:
    """A member of these queues, by default of calls and tickets."""
    seats = {queue: Seat(order) for queue in queues or (CALLS, TICKETS)}
    return AgentProfile(agent_id, agent_id, seats, **profile)  # type: ignore[arg-type]


def call(number: int | str, queue: str = CALLS, **described: object) -> c.Enqueue:
    return c.Enqueue(Work(f"call:{number}", Medium.VOICE, queue, **described))  # type: ignore[arg-type]


def ticket(number: int | str, queue: str = TICKETS, **described: object) -> c.Enqueue:
    return c.Enqueue(Work(f"ticket:{number}", Medium.TASK, queue, **described))  # type: ignore[arg-type]


def kinds(events: Iterable[e.RoutingEvent]) -> list[str]:
    return [type(event).__name__ for event in events]
