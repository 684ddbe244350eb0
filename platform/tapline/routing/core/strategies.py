"""Who comes first among those who can: each strategy is a total order, and what it remembers."""

import hashlib

import msgspec

from tapline.routing.core.state import Agent, Line, State
from tapline.routing.core.values import Seat, Strategy

NO_SEAT = Seat(order=1_000_000)
"""Of a backup, who has no place in the queue itself: behind everybody who has."""


def figure(state: State, line: Line, agent: Agent, now_ms: int) -> int:
    """What the queue's strategy ranks `agent` by; `key` says which way."""
    agent_id = agent.profile.agent_id
    match line.config.strategy:
        case Strategy.LONGEST_IDLE:
            return now_ms - agent.idle_since_ms
        case Strategy.SEQUENTIAL | Strategy.ROUND_ROBIN:
            return seat(line, agent).order
        case Strategy.RANDOM:
            drawn = hashlib.sha256(f"{state.seed}:{state.draws}:{agent_id}".encode()).digest()
            return int.from_bytes(drawn[:4])
        case Strategy.PERCENT:
            return line.credits.get(agent_id, 0) + seat(line, agent).weight


def key(state: State, line: Line, agent: Agent, now_ms: int) -> tuple[int, int, str]:
    """The smallest is offered the work; the agent's id settles every tie."""
    agent_id, measure = agent.profile.agent_id, figure(state, line, agent, now_ms)
    match line.config.strategy:
        case Strategy.SEQUENTIAL | Strategy.RANDOM:
            return (0, measure, agent_id)
        case Strategy.ROUND_ROBIN:
            passed = line.pointer is not None and (measure, agent_id) <= line.pointer
            return (int(passed), measure, agent_id)
        case Strategy.LONGEST_IDLE | Strategy.PERCENT:
            return (0, -measure, agent_id)


def offered(state: State, line: Line, agent: Agent) -> Line:
    """What the strategy remembers once `agent` was offered work of the queue."""
    match line.config.strategy:
        case Strategy.ROUND_ROBIN:
            pointer = (seat(line, agent).order, agent.profile.agent_id)
            return msgspec.structs.replace(line, pointer=pointer)
        case Strategy.PERCENT:
            return msgspec.structs.replace(line, credits=_credits(state, line, agent))
        case _:
            return line


def seat(line: Line, agent: Agent) -> Seat:
    return agent.profile.queues.get(line.config.queue, NO_SEAT)


def _credits(state: State, line: Line, winner: Agent) -> dict[str, int]:
    """Smooth weighted round robin: all earn their weight, who is offered pays what all earned.

    Who is away earns too, and who stands in for him owes it, up to one round: he does not get
    everything when he comes back.
    """
    queue = line.config.queue
    weights = {
        agent_id: agent.profile.queues[queue].weight
        for agent_id, agent in state.agents.items()
        if queue in agent.profile.queues
    }
    total = sum(weights.values())
    earned = {
        agent_id: min(line.credits.get(agent_id, 0) + weight, total)
        for agent_id, weight in weights.items()
    }
    winner_id = winner.profile.agent_id
    if winner_id in earned:
        earned[winner_id] = max(earned[winner_id] - total, -total)
    return earned
