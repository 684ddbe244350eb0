"""A platform without a database: stores facts in memory, signs releases, misses what is missing.

It shares the wire with the product and nothing else; tests tell it to be silent, to lie or to pay.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tapline_gateway.protocol import (
    Ack,
    AckItem,
    AuthAnswer,
    AuthRequest,
    Command,
    CommandState,
    CommandStatus,
    ConfigReport,
    DeviceEvent,
    Fact,
    Hello,
    ListState,
    LoadAnswer,
    LoadRequest,
    Message,
    PresenceState,
    State,
    Stream,
    Telemetry,
    TimeAnswer,
    TimeRequest,
    Topic,
    TxnBatch,
    Verdict,
    content_hash,
    decode,
    encode,
    format_ts,
    open_frame,
    seal,
)

GAP_S = 2.0


class FakePlatform:
    """`facts[device][seq]` holds the first version of each fact, `conflicts` the other ones."""

    def __init__(
        self, keys: dict[str, bytes], port: int, *, signing: dict[str, bytes] | None = None
    ):
        self._keys = keys
        self._signing = signing or keys
        self.acknowledging = True
        self.silent_to: set[str] = set()
        self.facts: dict[str, dict[int, Fact]] = defaultdict(dict)
        self.conflicts: list[tuple[str, Fact]] = []
        self.repeated: set[tuple[str, int]] = set()
        self.asked: dict[tuple[str, int], float] = {}
        self.arrived: dict[tuple[str, int], float] = {}
        self.hellos: list[tuple[str, Hello]] = []
        self.states: list[tuple[str, State]] = []
        self.events: list[tuple[str, DeviceEvent]] = []
        self.statuses: list[tuple[str, CommandState]] = []
        self.results: dict[str, dict[str, Any]] = {}
        self.shown: list[dict[str, Any]] = []
        self.refusing: set[str] = set()
        self.holds: dict[str, int] = {}
        self.lists: dict[str, list[ListState]] = defaultdict(list)
        self.settings: list[ConfigReport] = []
        self.readings: list[dict[str, int]] = []
        self.messages: dict[str, int] = defaultdict(int)
        self.vouchers: dict[str, tuple[str, int]] = {}
        self._leased: dict[str, LoadAnswer] = {}
        self._gaps: dict[tuple[str, int], float] = {}
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="platform")
        self._client.on_message = self._receive
        self._client.on_connect = self._subscribe
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, device_id: str, message: Message, *, key: bytes | None = None) -> None:
        topic = str(Topic("demo", device_id, message.NAME))
        frame = seal(key or self._signing[device_id], topic, encode(message))
        self._client.publish(topic, frame, qos=1)

    def sign_truly(self) -> None:
        """From now on use the devices' own keys, also for what was answered before."""
        self._signing = self._keys

    def keys(self) -> list[tuple[str, int]]:
        """Device and seq of every stored fact."""
        return [(device_id, seq) for device_id, known in list(self.facts.items()) for seq in known]

    def boots(self, state: PresenceState) -> set[int]:
        """The boots that were seen in a state."""
        return {said.boot for _, said in list(self.states) if said.s is state}

    def with_status(self, status: str) -> set[tuple[str, int]]:
        """The facts with a status."""
        return {(d, seq) for d, seq in self.keys() if self.facts[d][seq].status == status}

    def taken_by_torn(self, key: tuple[str, int]) -> int:
        """What a torn debit took, as its card shows at the next sighting."""
        torn = self.facts[key[0]][key[1]]
        after = self._sightings(torn)[self._sightings(torn).index(torn) + 1]
        assert torn.bal_before is not None
        assert after.bal_before is not None
        return torn.bal_before - after.bal_before

    def neighbours(self, device_id: str, seq: int) -> tuple[Fact, Fact]:
        """The facts before and after one in its card's chain, by the card's own counter."""
        fact = self.facts[device_id][seq]
        chain = {other.atc: other for other in self._sightings(fact)}
        assert fact.atc is not None
        return chain[fact.atc - 1], chain[fact.atc + 1]

    def _sightings(self, fact: Fact) -> list[Fact]:
        """All facts of a fact's card, in the order of their time."""
        of_card = [
            other
            for known in self.facts.values()
            for other in known.values()
            if other.card == fact.card
        ]
        return sorted(of_card, key=lambda other: other.ts or "")

    def _subscribe(self, client: Client, *_: Any) -> None:
        for device_id in self._keys:
            root = Topic("demo", device_id, "")
            client.subscribe([(f"{root}st", 1), (f"{root}up/#", 1)])

    def _receive(self, _client: Client, _userdata: Any, mqtt: MQTTMessage) -> None:
        topic = Topic.parse(mqtt.topic)
        device_id = topic.device_id
        message = decode(
            topic.name, open_frame(self._keys[device_id], mqtt.topic, bytes(mqtt.payload))
        )
        self.messages[topic.name] += 1
        match message:
            case TxnBatch():
                self._store(device_id, message)
            case Hello():
                self.hellos.append((device_id, message))
                self._release(device_id, [])
            case State():
                self.states.append((device_id, message))
            case DeviceEvent():
                self.events.append((device_id, message))
                self.send(device_id, Ack(stream=Stream.EVT, upto=message.evt_seq))
            case CommandStatus():
                self.results[message.cmd] = message.out
                self.statuses.append((message.cmd, message.st))
                if "card" in message.out:
                    self.shown.append(message.out)
            case ConfigReport():
                kept = ListState.read(message.doc)
                assert kept is not None
                self.lists[device_id].append(kept)
                self.settings.append(message)
            case Telemetry():
                self.readings.append(message.readings)
            case LoadRequest():
                self._lease(device_id, message)
            case AuthRequest():
                self.send(device_id, self._authorised(message))
            case TimeRequest():
                now_ms = time.time_ns() // 1_000_000
                answer = TimeAnswer(
                    req=message.req, t0_ms=message.t0_ms, t1_ms=now_ms, t2_ms=now_ms
                )
                self.send(device_id, answer)
        self._miss(device_id)

    def _store(self, device_id: str, batch: TxnBatch) -> None:
        known, items = self.facts[device_id], []
        for fact in batch.facts:
            stored = known.setdefault(fact.seq, fact)
            if stored is fact:
                self.arrived[device_id, fact.seq] = time.monotonic()
                items.append(AckItem(seq=fact.seq, verdict=Verdict.ACCEPTED))
            elif content_hash(stored) == content_hash(fact):
                self.repeated.add((device_id, fact.seq))
                items.append(AckItem(seq=fact.seq, verdict=Verdict.DUP))
            else:
                self.conflicts.append((device_id, fact))
                items.append(AckItem(seq=fact.seq, verdict=Verdict.QUARANTINED))
        self._release(device_id, items)

    def keeps(self, device_id: str, version: int) -> bool:
        """Whether a device has acknowledged a version of the list of blocked cards."""
        return any(kept.ver == version for kept in list(self.lists[device_id]))

    def pours_of(self, device_id: str, card_no: str) -> list[Fact]:
        """The stored facts of a device about one card, in their order."""
        known = sorted(self.facts[device_id].copy().items())
        return [fact for _, fact in known if fact.card.no == card_no]

    def upto(self, device_id: str) -> int:
        known = self.facts[device_id]
        return next(seq for seq in range(len(known) + 1) if seq + 1 not in known)

    def _release(self, device_id: str, items: list[AckItem]) -> None:
        if not self.acknowledging or device_id in self.silent_to:
            return
        upto = self.upto(device_id)
        told = [i for i in items if i.seq > upto or i.verdict is not Verdict.ACCEPTED]
        self.send(device_id, Ack(stream=Stream.TXN, upto=upto, items=told))

    def _miss(self, device_id: str) -> None:
        """Ask for a missing fact when it has been missing for a while."""
        known, now = self.facts[device_id], time.monotonic()
        for seq in range(1, max(known, default=0)):
            since = self._gaps.setdefault((device_id, seq), now)
            if seq not in known and (device_id, seq) not in self.asked and now - since > GAP_S:
                self.asked[device_id, seq] = now
                args = {"from": seq, "to": seq}
                command = Command(cmd=f"resend-{seq}", op="resend", args=args, exp=in_a_minute())
                self.send(device_id, command)

    def _authorised(self, request: AuthRequest) -> AuthAnswer:
        if request.card in self.refusing:
            return AuthAnswer(req=request.req, ok=False, why="blocked")
        hold = f"hold-{request.req}"
        self.holds[hold] = request.want_fen
        return AuthAnswer(
            req=request.req, ok=True, hold=hold, max_fen=request.want_fen, exp=in_a_minute()
        )

    def _lease(self, device_id: str, request: LoadRequest) -> None:
        answer = LoadAnswer(req=request.req, load=None)
        if request.card in self.vouchers:
            load, amount_fen = self.vouchers.pop(request.card)
            answer = LoadAnswer(
                req=request.req, load=load, card=request.card, amt=amount_fen, exp=in_a_minute()
            )
        self.send(device_id, answer)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is true; AssertionError when it does not become so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def in_a_minute() -> str:
    return format_ts(datetime.now(UTC) + timedelta(minutes=1))
