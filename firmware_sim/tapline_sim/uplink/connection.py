"""One device's MQTT connection, driven by the fleet's reactor; opened again whenever it is lost.

Each connection is a new line over the same persistent session: what was in flight is sent again
from flash, never from the memory of a client, so an old presence cannot overtake a new one.
"""

import logging
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Protocol

from tapline_gateway.protocol import (
    Message,
    PresenceState,
    ProtocolError,
    State,
    Topic,
    decode,
    encode,
    format_ts,
    open_frame,
    seal,
)
from tapline_sim.device_clock import DeviceClock
from tapline_sim.identity import Identity
from tapline_sim.premises import Cut
from tapline_sim.reactor import Timer
from tapline_sim.uplink.line import Line
from tapline_sim.uplink.packets import Greeting
from tapline_sim.world import World

log = logging.getLogger(__name__)

SESSION_S = 7 * 24 * 3600
KEEPALIVE_S = 60
BACKOFF_MAX_S = 30.0
RESTART_S = 1.0


class Owner(Protocol):
    """Whose connection it is."""

    @property
    def identity(self) -> Identity:
        """Who the device is at this moment."""

    def came_online(self) -> None:
        """Called after each connect, subscribed and announced."""

    def went_offline(self) -> None:
        """Called after each loss of an established connection."""

    def was_refused(self) -> None:
        """Called when the broker did not let us in, or broke off before it did."""

    def received(self, message: Message) -> None:
        """Called with each message that the platform has signed for this device."""


class Connection:
    """`refused` counts the frames that were not signed for this device, or made no sense."""

    def __init__(
        self,
        world: World,
        *,
        mqtt_version: int,
        boot: int,
        clock: DeviceClock,
        chance: Random,
        owner: Owner,
    ) -> None:
        self._world = world
        self._mqtt_version = mqtt_version
        self._boot = boot
        self._clock = clock
        self._chance = chance
        self._owner = owner
        self._line: Line | None = None
        self._retry: Timer | None = None
        self._conn = 0
        self._failures = 0
        self._leaving = False
        self._cuts: set[Cut] = set()
        self._farewell: int | None = None
        self.online = False
        self.refused = 0

    def open(self) -> None:
        """Connect; on failure try again, later each time."""
        if self._leaving or self._cuts or self._line is not None:
            return
        self._conn += 1
        who, will = self._owner.identity, self._presence(PresenceState.LOST)
        greeting = Greeting(
            client_id=who.device_id,
            username=who.username,
            password=who.password,
            version=self._mqtt_version,
            keepalive_s=KEEPALIVE_S,
            session_s=SESSION_S,
            will=(self._topic(will), self._frame(will)),
        )
        try:
            self._line = Line(self._world.reactor, self._world.scenario.mqtt, greeting, self)
        except OSError as error:
            log.info("%s cannot connect: %s", who.device_id, error)
            self._try_later()

    def publish(self, message: Message) -> bytes | None:
        """Sign and send a message; the frame, or None while offline: then it was not sent."""
        line = self._line
        if not self.online or line is None:
            return None
        topic, frame = self._topic(message), self._frame(message)

        def send(topic: str, frame: bytes) -> None:
            if self._line is line:  # a line that is gone took what was late with it
                line.publish(topic, frame, qos=message.QOS, retain=message.RETAINED)

        self._world.weather.carry(self._owner.identity, topic, frame, send)
        return frame

    def cut(self, why: Cut) -> None:
        """Lose the line without a goodbye, and have none until all that is cut is mended."""
        self._cuts.add(why)
        if self._line is not None:
            self._line.cut()

    def mend(self, why: Cut) -> None:
        """This is over: connect again at once, unless something else is wrong too."""
        if why in self._cuts:
            self._cuts.remove(why)
            self.open()

    def start_anew(self, boot: int) -> None:
        """Lose the line as a restart does, and connect again as another boot."""
        self.cut(Cut.RESTART)
        self._boot, self._conn = boot, 0
        self._world.reactor.after(RESTART_S, partial(self.mend, Cut.RESTART))

    def leave(self) -> None:
        """Say goodbye and disconnect; `gone` once that is done."""
        self._leaving = True
        line = self._line
        if line is None:
            return
        if not self.online:
            line.cut()
            return
        farewell = self._presence(PresenceState.OFFLINE)
        topic, frame = self._topic(farewell), self._frame(farewell)
        self._farewell = line.publish(topic, frame, qos=1, retain=True)

    @property
    def gone(self) -> bool:
        """Whether the connection was left and nothing of it remains."""
        return self._leaving and self._line is None

    def welcomed(self) -> None:
        """As `Ears`."""
        assert self._line is not None
        self._failures = 0
        self.online = True
        who = self._owner.identity
        self._line.subscribe([f"{Topic(who.tenant, who.device_id, 'dn')}/#"])
        self.publish(self._presence(PresenceState.ONLINE))
        self._owner.came_online()

    def heard(self, topic: str, payload: bytes) -> None:
        """As `Ears`."""
        line = self._line

        def hear(topic: str, frame: bytes) -> None:
            if self._line is line:
                self._hear(topic, frame)

        self._world.weather_down.carry(self._owner.identity, topic, payload, hear)

    def confirmed(self, mid: int) -> None:
        """As `Ears`."""
        if mid == self._farewell and self._line is not None:
            self._line.leave()

    def lost(self, why: str) -> None:
        """As `Ears`."""
        self._line = None
        was_online, self.online = self.online, False
        if was_online:
            self._owner.went_offline()
        elif not self._leaving:
            log.info("%s has no connection: %s", self._owner.identity.device_id, why)
            self._owner.was_refused()
        if not self._leaving and not self._cuts:
            self._try_later()

    def _hear(self, topic: str, payload: bytes) -> None:
        who = self._owner.identity
        try:
            name = Topic.parse(topic).name
            said = decode(name, open_frame(who.key, topic, payload))
        except ProtocolError as error:
            self.refused += 1
            log.warning("%s ignores a frame: %s", who.device_id, error)
            return
        self._owner.received(said)

    def _try_later(self) -> None:
        """Double the wait each time, and spread a fleet that lost its broker in one moment."""
        self._failures += 1
        longest_s = min(BACKOFF_MAX_S, 2.0 ** min(self._failures, 5))
        wait_s = self._chance.uniform(0.5, 1) * longest_s
        wait_s += self._chance.uniform(0, self._world.storm_s)
        self._after(wait_s, self.open)

    def _after(self, wait_s: float, action: Callable[[], None]) -> None:
        if self._retry is not None:
            self._retry.cancel()
        self._retry = self._world.reactor.after(wait_s, action)

    def _presence(self, state: PresenceState) -> State:
        return State(s=state, boot=self._boot, conn=self._conn, ts=format_ts(self._clock.now()))

    def _topic(self, message: Message) -> str:
        who = self._owner.identity
        return str(Topic(who.tenant, who.device_id, message.NAME))

    def _frame(self, message: Message) -> bytes:
        return seal(self._owner.identity.key, self._topic(message), encode(message))
