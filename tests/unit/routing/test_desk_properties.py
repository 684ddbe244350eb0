"""Whatever comes, in whatever order and however often: nothing is lost, nobody rings twice."""

from collections import Counter
from collections.abc import Callable

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tapline.routing import (
    AgentProfile,
    Command,
    Medium,
    Presence,
    Queue,
    Seat,
    Step,
    StepKind,
    Strategy,
    Work,
)
from tapline.routing.core import State, decide, fold, next_due_ms
from tapline.routing.core import commands as c
from tapline.routing.core import events as e
from tapline.routing.core.record import replay, state_hash, written
from tapline.routing.core.state import Agent, Job, Phase

from .desk import Desk

LADDER = (
    Step(4000, StepKind.RELAX),
    Step(8000, StepKind.BACKUP, "backup"),
    Step(20_000, StepKind.OVERFLOW, "callback"),
)
QUEUES = (
    Queue("calls", ring_ms=3000, retry_ms=2000, wrap_up_ms=1500, preferred_ms=2500, ladder=LADDER),
    Queue("round", Strategy.ROUND_ROBIN, ring_ms=3000, retry_ms=2000, aging=2, ladder=LADDER),
    Queue("order", Strategy.SEQUENTIAL, ring_ms=3000, skills={"money": 1}, retry_ms=5000),
    Queue("chance", Strategy.RANDOM, ring_ms=3000, priority=2),
    Queue("share", Strategy.PERCENT, ring_ms=3000, wrap_up_ms=500),
    Queue("backup"),
)
AGENTS = ("ann", "bo", "cy", "di")
ENDS = (
    c.Finish,
    c.Finish,
    c.HandBack,
    c.ConnectFailed,
    lambda work_id: c.Transfer(work_id, "calls"),
)
ONLY_SAYS_NO = (e.InputIgnored, e.LateAccept)

names = st.sampled_from([queue.queue for queue in QUEUES])
agents = st.sampled_from([*AGENTS, "nobody"])
# Few names, so that everything meets everything; the medium belongs to the name.
works = st.sampled_from([f"call:{i}" for i in range(4)] + [f"ticket:{i}" for i in range(5)])
skills = st.dictionaries(st.sampled_from(["water", "money"]), st.integers(1, 3), max_size=2)
areas = st.lists(st.sampled_from(["north", "south"]), max_size=2, unique=True).map(tuple)


@st.composite
def described(draw: st.DrawFn) -> Work:
    work_id = draw(works)
    return Work(
        work_id,
        Medium.VOICE if work_id.startswith("call") else Medium.TASK,
        draw(names),
        draw(st.integers(-2, 5)),
        draw(skills),
        draw(areas),
        draw(st.none() | st.integers(-60_000, 60_000)),
        draw(st.none() | agents),
    )


@st.composite
def profiles(draw: st.DrawFn, agent_ids: st.SearchStrategy[str]) -> AgentProfile:
    absent = draw(st.sets(names, max_size=3))
    seat = st.builds(Seat, st.integers(0, 3), st.integers(1, 5))
    seats = {queue.queue: draw(seat) for queue in QUEUES if queue.queue not in absent}
    return AgentProfile(
        draw(agent_ids), "", seats, draw(skills), draw(areas), draw(st.integers(0, 2))
    )


commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(c.Enqueue, described()),
    st.builds(c.Withdraw, works, st.just("abandoned")),
    st.builds(c.Assign, described(), agents),
    st.builds(c.Connected, works),
    st.builds(c.ConnectFailed, works),
    st.builds(c.Finish, works),
    st.builds(c.HandBack, works),
    st.builds(c.Transfer, works, names | st.just("nowhere"), st.none() | agents),
    st.builds(c.WrapUpDone, agents),
    st.builds(c.SetPresence, agents, st.sampled_from(Presence)),
    st.builds(c.PutAgent, profiles(st.sampled_from(AGENTS))),
    st.builds(c.RemoveAgent, agents),
    st.builds(c.Accept, st.builds("{}.{}".format, works, st.integers(1, 9)), agents),
    st.builds(c.TimerDue),
)


class AnyDesk(RuleBasedStateMachine):
    @initialize(staff=st.tuples(*(profiles(st.just(agent_id)) for agent_id in AGENTS[:3])))
    def open(self, staff: tuple[AgentProfile, ...]) -> None:
        self.desk = Desk(*QUEUES)
        self.desk.staff(*staff)

    @rule(work=described(), after_ms=st.integers(0, 1500))
    def work_comes(self, work: Work, after_ms: int) -> None:
        self.desk.do(c.Enqueue(work), after_ms=after_ms)

    @rule(number=st.integers(0, 9), after_ms=st.integers(0, 3000), end=st.sampled_from(ENDS))
    @precondition(lambda self: self.held())
    def agent_is_done(self, number: int, after_ms: int, end: Callable[[str], Command]) -> None:
        held = self.held()
        self.desk.do(end(held[number % len(held)]), after_ms=after_ms)

    @rule(agent_id=agents, after_ms=st.integers(0, 1000))
    def agent_is_there(self, agent_id: str, after_ms: int) -> None:
        self.desk.do(c.SetPresence(agent_id, Presence.READY), after_ms=after_ms)

    def held(self) -> list[str]:
        jobs = self.desk.state.jobs.values() if hasattr(self, "desk") else ()
        return sorted(job.work.work_id for job in jobs if job.phase is Phase.ASSIGNED)

    @rule(command=commands, after_ms=st.integers(0, 3000))
    def anything(self, command: Command, after_ms: int) -> None:
        first = self.desk.do(command, after_ms=after_ms)
        made = {event.offer_id for event in first if isinstance(event, e.OfferMade)}
        if isinstance(command, c.Accept) and command.offer_id in made:
            return  # it named an offer before there was one: said again, it is the first time
        again = self.desk.do(command)
        assert all(isinstance(event, ONLY_SAYS_NO) for event in again), "a repetition changed it"

    @rule(number=st.integers(0, 9), takes=st.booleans(), after_ms=st.integers(0, 5000))
    @precondition(lambda self: hasattr(self, "desk") and self.desk.state.offers)
    def agent_reacts(self, number: int, takes: bool, after_ms: int) -> None:
        offers = sorted(self.desk.state.offers)
        offer = self.desk.state.offers[offers[number % len(offers)]]
        command = c.Accept if takes else c.Decline
        self.desk.do(command(offer.offer_id, offer.agent_id), after_ms=after_ms)

    @rule()
    def next_timer(self) -> None:
        due_ms = next_due_ms(self.desk.state, self.desk.now_ms)
        if due_ms is not None:
            self.desk.wait(due_ms - self.desk.now_ms)

    @rule(back_ms=st.integers(1, 5000))
    def clock_runs_backwards(self, back_ms: int) -> None:
        self.desk.now_ms = max(0, self.desk.now_ms - back_ms)

    @invariant()
    def everything_holds(self) -> None:
        desk = getattr(self, "desk", None)
        if desk is None:
            return
        now_ms = max(desk.now_ms, desk.state.clock_ms)
        nothing_lost_and_ended_once(desk)
        one_live_offer(desk.state)
        hops_bounded(desk.state)
        nobody_idle_beside_work(desk.state, now_ms)
        nothing_overdue(desk.state, now_ms)
        assert msgspec.json.decode(written(desk.state), type=State) == desk.state

    def teardown(self) -> None:
        desk = getattr(self, "desk", None)
        if desk is None:
            return
        again = replay(State(), desk.log)
        assert again.differs_at is None
        assert again.digest.state == state_hash(desk.state)
        for length in range(len(desk.log)):
            begun = replay(State(), desk.log[:length])
            assert replay_on(begun.state, desk, length) == desk.state


def replay_on(state: State, desk: Desk, length: int) -> State:
    """What a process that died after `length` records comes to from there."""
    for entry in desk.log[length:]:
        command: Command = msgspec.convert(entry.command, Command)
        state = fold(state, decide(state, command, entry.at_ms))
    return state


def nothing_lost_and_ended_once(desk: Desk) -> None:
    """Each life of a work has one end, and until then the work is there."""
    came: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for event in desk.events:
        if isinstance(event, e.WorkEnqueued | e.WorkAssigned):
            work_id = event.work.work_id
            fresh = came[work_id] == ended[work_id]
            assert fresh or isinstance(event, e.WorkAssigned)
            came[work_id] += fresh
        elif isinstance(event, e.WorkEnded):
            ended[event.work_id] += 1
            assert ended[event.work_id] == came[event.work_id]
    assert {work_id for work_id in came if came[work_id] > ended[work_id]} == set(desk.state.jobs)


def one_live_offer(state: State) -> None:
    """At most one live offer an agent and a work, and all three agree about it."""
    offers = state.offers.values()
    assert len({offer.agent_id for offer in offers}) == len(offers)
    assert len({offer.work_id for offer in offers}) == len(offers)
    ringing = {a.offer_id for a in state.agents.values() if a.offer_id is not None}
    offered = {job.offer_id for job in state.jobs.values() if job.phase is Phase.OFFERED}
    assert ringing == offered == set(state.offers)
    for agent in state.agents.values():
        assert not (agent.offer_id and (agent.call_id or agent.wrap_up_until_ms))
        held = {*agent.tasks, *([agent.call_id] if agent.call_id else [])}
        agent_id = agent.profile.agent_id
        assert held == {job.work.work_id for job in state.jobs.values() if job.agent_id == agent_id}


def hops_bounded(state: State) -> None:
    assert all(job.hops <= 3 for job in state.jobs.values())


def nothing_overdue(state: State, now_ms: int) -> None:
    assert all(offer.expires_ms > now_ms for offer in state.offers.values())
    assert all((agent.wrap_up_until_ms or now_ms + 1) > now_ms for agent in state.agents.values())


def nobody_idle_beside_work(state: State, now_ms: int) -> None:
    """Work conservation, said a second time and in other words than the desk's own."""
    for job in state.jobs.values():
        if job.phase is not Phase.WAITING or _kept_for_preferred(state, job, now_ms):
            continue
        for agent in state.agents.values():
            assert not (_is_free(state, job, agent) and _may(state, job, agent, now_ms)), (
                f"{agent.profile.agent_id} is idle beside {job.work.work_id}"
            )


def _is_free(state: State, job: Job, agent: Agent) -> bool:
    if agent.presence is not Presence.READY or agent.call_id or agent.wrap_up_until_ms:
        return False
    if job.is_call:
        return agent.offer_id is None or not state.offers[agent.offer_id].work_id.startswith("call")
    return agent.offer_id is None and len(agent.tasks) < agent.profile.tasks_max


def _may(state: State, job: Job, agent: Agent, now_ms: int) -> bool:
    profile, queue = agent.profile, state.lines[job.queue].config
    rungs = {step.kind for step in queue.ladder[: job.steps]}
    able = all(profile.skills.get(name, 0) >= n for name, n in queue.skills.items())
    wanted = all(profile.skills.get(name, 0) >= n for name, n in job.work.skills.items()) and (
        not job.work.areas or any(area in profile.areas for area in job.work.areas)
    )
    member = job.queue in profile.queues and (wanted or StepKind.RELAX in rungs)
    backup = "backup" in profile.queues and StepKind.BACKUP in rungs
    rested = job.passed.get(profile.agent_id, now_ms) <= now_ms
    return able and rested and (member or (backup and job.queue not in profile.queues))


def _kept_for_preferred(state: State, job: Job, now_ms: int) -> bool:
    agent = state.agents.get(job.preferred_agent or "")
    within = now_ms < job.queued_ms + state.lines[job.queue].config.preferred_ms
    return agent is not None and within and agent.presence is Presence.READY


TestAnyDesk = AnyDesk.TestCase
TestAnyDesk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
