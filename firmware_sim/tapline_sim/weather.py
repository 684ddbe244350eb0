"""The line between dispensers and broker, up and down: frames come twice, late, out of order, or
not at all; old ones come again, and somebody forges some. What is done to a frame, the seed decides
by its number.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from random import Random

from tapline_gateway.protocol import ProtocolError, seal, split
from tapline_sim.identity import Identity
from tapline_sim.plan import dice
from tapline_sim.reactor import Reactor
from tapline_sim.scenario import WeatherSpec
from tapline_sim.truth import Truth

REMEMBERED = 64
"""So many frames of the whole fleet lie ready to be replayed."""
HELD_S = 2.0
"""The longest that a frame waits for the one that overtakes it."""

Send = Callable[[str, bytes], None]


class Trouble(StrEnum):
    """What can befall a frame on its way."""

    TWICE = "twice"
    LATE = "late"
    OVERTAKEN = "overtaken"
    LOST = "lost"
    REPLAYED = "replayed"
    """Beside it, an old frame of the same device is sent again."""
    FORGED = "forged"
    """Beside it, one that its device's key has not signed."""


class Weather:
    """Carries frames one way; without any rates, as they are. `way` tells the dice of one way from
    those of the other."""

    def __init__(
        self, seed: int, way: str, spec: WeatherSpec, reactor: Reactor, truth: Truth
    ) -> None:
        self._way = way
        self._spec = spec
        self._reactor = reactor
        self._truth = truth
        self._seed = seed
        self._rates = {trouble: float(getattr(spec, trouble)) for trouble in Trouble}
        self._is_calm = not any(self._rates.values())
        self._sent = 0
        self._held: dict[str, list[Callable[[], None]]] = {}
        self._past: deque[tuple[str, str, bytes]] = deque(maxlen=REMEMBERED)

    def carry(self, who: Identity, topic: str, frame: bytes, send: Send) -> None:
        """Bring a frame to the other end, somehow."""
        if self._is_calm:
            send(topic, frame)
            return
        self._sent += 1
        chance = dice(self._seed, self._way, self._sent)
        trouble = self._fallen(chance)
        if trouble is not None:
            self._truth.frame(trouble, who.device_id, topic, hashlib.sha256(frame).hexdigest())
        overtaken = self._held.pop(who.device_id, [])
        self._bring(trouble, chance, who, (topic, frame), send)
        for late in overtaken:
            late()
        self._past.append((who.device_id, topic, frame))

    def _bring(
        self,
        trouble: Trouble | None,
        chance: Random,
        who: Identity,
        letter: tuple[str, bytes],
        send: Send,
    ) -> None:
        match trouble:
            case Trouble.LOST:
                return
            case Trouble.LATE:
                self._reactor.after(chance.uniform(0, self._spec.late_s), lambda: send(*letter))
                return
            case Trouble.OVERTAKEN:
                self._hold(who.device_id, lambda: send(*letter))
                return
            case Trouble.TWICE:
                send(*letter)
            case Trouble.REPLAYED:
                old = [past[1:] for past in self._past if past[0] == who.device_id]
                if old:
                    send(*chance.choice(old))
            case Trouble.FORGED:
                send(letter[0], _forged(chance, *letter))
        send(*letter)

    def _hold(self, device_id: str, send: Callable[[], None]) -> None:
        """Wait for the next frame of the device, and come after it."""
        waiting = self._held.setdefault(device_id, [])

        def once() -> None:
            nonlocal send
            now, send = send, _nothing
            now()

        waiting.append(once)
        self._reactor.after(HELD_S, once)

    def _fallen(self, chance: Random) -> Trouble | None:
        luck = chance.random()
        for trouble, rate in self._rates.items():
            if luck < rate:
                return trouble
            luck -= rate
        return None


def _nothing() -> None:
    """It was sent."""


def _forged(chance: Random, topic: str, frame: bytes) -> bytes:
    """Somebody without the key: an altered body under the true signature, or a key of his own."""
    try:
        mac, body = split(frame)
    except ProtocolError:
        return frame  # it is nobody's already
    if chance.random() < 0.5:
        return seal(chance.randbytes(32), topic, body)
    return mac + b"." + body[:-1] + b',"forged":1}'
