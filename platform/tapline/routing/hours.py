"""How agents spent their time, told by a log's events. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tapline.routing.core import events as e
from tapline.routing.core.values import Activity, Medium, Presence, Queue, Work


@dataclass(slots=True)
class _Agent:
    ready: bool = False
    next_ready: bool | None = None
    doing: Activity = Activity.IDLE
    since_ms: int = 0
    work_id: str = ""
    queue: str = ""
    """The call that he is on or wraps up, and where it came from."""


class Hours:
    """Time on calls, in wrap-up, and ready without either, as far as it falls in a period (ms).

    Tasks are done beside them and count as neither.
    """

    def __init__(self, queues: Mapping[str, Queue], period: range) -> None:
        self._queues, self._period = queues, period
        self._agents: dict[str, _Agent] = defaultdict(_Agent)
        self._calls: dict[str, str] = {}
        """The queue of each voice work."""
        self._on_call: dict[str, str] = {}
        """The agent of each voice work that is with one."""
        self._busy_ms = self._idle_ms = 0
        self._wrapped_ms: dict[str, int] = defaultdict(int)

    def see(self, event: e.RoutingEvent) -> None:
        match event:
            case e.WorkEnqueued(work=Work(medium=Medium.VOICE) as work):
                self._calls[work.work_id] = work.queue
            case e.PresenceSet(at_ms=at_ms, agent_id=agent_id, presence=presence):
                self._turn(agent_id, at_ms).ready = presence is Presence.READY
            case e.PresenceRequested(agent_id=agent_id, presence=presence):
                self._agents[agent_id].next_ready = presence is Presence.READY
            case e.OfferEnded(at_ms=at_ms, work_id=work_id, agent_id=agent_id, outcome=outcome):
                if outcome is e.OfferOutcome.ACCEPTED and work_id in self._calls:
                    self._begin_call(work_id, agent_id, at_ms)
            case e.WorkReturned(at_ms=at_ms, work_id=work_id):
                self._end_call(work_id, at_ms, wraps_up=False)
            case e.WorkMoved(at_ms=at_ms, work_id=work_id, queue=queue):
                self._end_call(work_id, at_ms, wraps_up=True)
                if work_id in self._calls:
                    self._calls[work_id] = queue
            case e.WorkEnded(at_ms=at_ms, work_id=work_id, ending=ending):
                self._end_call(work_id, at_ms, wraps_up=ending is e.Ending.FINISHED)
                self._calls.pop(work_id, None)
            case e.WrapUpEnded(at_ms=at_ms, agent_id=agent_id):
                self._rest(agent_id, at_ms)
            case _:
                pass

    def wrapped_ms(self, work_id: str) -> int:
        """Time wrapped up after this work."""
        return self._wrapped_ms[work_id]

    def occupancy(self) -> float | None:
        """Busy time over busy and ready time; None where there was neither."""
        for agent_id in self._agents:
            self._turn(agent_id, self._period.stop)
        busy_ms = self._busy_ms
        return busy_ms / (busy_ms + self._idle_ms) if busy_ms + self._idle_ms else None

    def _begin_call(self, work_id: str, agent_id: str, at_ms: int) -> None:
        agent = self._turn(agent_id, at_ms)
        agent.doing, agent.work_id, agent.queue = Activity.TALKING, work_id, self._calls[work_id]
        self._on_call[work_id] = agent_id

    def _end_call(self, work_id: str, at_ms: int, *, wraps_up: bool) -> None:
        agent_id = self._on_call.pop(work_id, None)
        if agent_id is None:
            return
        queue = self._queues.get(self._agents[agent_id].queue)
        if wraps_up and queue is not None and queue.wrap_up_ms > 0:
            self._turn(agent_id, at_ms).doing = Activity.WRAP_UP
        else:
            self._rest(agent_id, at_ms)

    def _rest(self, agent_id: str, at_ms: int) -> None:
        agent = self._turn(agent_id, at_ms)
        agent.doing = Activity.IDLE
        if agent.next_ready is not None:
            agent.ready, agent.next_ready = agent.next_ready, None

    def _turn(self, agent_id: str, at_ms: int) -> _Agent:
        """The agent at a moment when he begins something else: what he did is counted."""
        agent = self._agents[agent_id]
        spent_ms = at_ms - agent.since_ms
        within_ms = min(at_ms, self._period.stop) - max(agent.since_ms, self._period.start)
        agent.since_ms = at_ms
        if agent.doing is Activity.WRAP_UP:
            self._wrapped_ms[agent.work_id] += spent_ms
        if agent.doing is not Activity.IDLE:
            self._busy_ms += max(0, within_ms)
        elif agent.ready:
            self._idle_ms += max(0, within_ms)
        return agent
