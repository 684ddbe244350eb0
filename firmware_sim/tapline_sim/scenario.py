"""What a run is made of: the machines, the cards, the prices and what shall go wrong."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

Tenant = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]
Positive = Annotated[int, Meta(gt=0)]
Count = Annotated[int, Meta(ge=0)]
Rate = Annotated[float, Meta(ge=0, le=1)]


class ScenarioError(Exception):
    """The scenario cannot be run; the message says what to change."""


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the dispensers connect. Without `port_v5` both versions of MQTT use `port`."""

    host: str
    port: Positive
    port_v5: Positive | None = None


class Memory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a dispenser had done before the run, all of it released: the last number of its facts
    and events, and its lifetime counters; money in fen, water in ml."""

    seq: Count = 0
    evt_seq: Count = 0
    n: Count = 0
    fen: Count = 0
    ml: Count = 0


class DeviceSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dispenser: its identity on the wire, and its build.

    `key_hex` is the 32-byte key in 64 hexadecimal digits, `flow_ml_s` the steady flow of a nozzle,
    `pace_s` the mean time between its customers where it is not that of the run.
    """

    device_id: Name
    key_hex: Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}\Z")]
    username: str
    password: str
    mqtt_version: Literal[4, 5] = 5
    nozzles: Annotated[int, Meta(ge=1, le=8)] = 2
    flow_ml_s: Positive = 80
    pace_s: Annotated[float, Meta(gt=0)] | None = None
    hw: str = "RO-50"
    fw: str = "2.4.1"
    memory: Memory = Memory()

    @property
    def key(self) -> bytes:
        """The device's key, 32 bytes."""
        return bytes.fromhex(self.key_hex)


class CardSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One card as it was issued. `cpu` and `desfire` keep the purse on the card itself, and with a
    key (`key_hex`, 32 digits) prove what they do; the balance of `id` cards is online.
    """

    no: Name
    kind: Literal["cpu", "desfire", "id"] = "cpu"
    balance_fen: Annotated[int, Meta(ge=0)]
    key_hex: Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{32}\Z")] | None = None


class Tariff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The price of water and the amounts that a customer may choose."""

    version: Positive = 1
    fen_per_litre: Positive = 100
    amounts_fen: Annotated[tuple[Positive, ...], Meta(min_length=1)] = (30, 50, 70)

    def worth_ml(self, amount_fen: int) -> int:
        """How much water an amount buys, in ml."""
        return amount_fen * 1000 // self.fen_per_litre


class Rates(Struct, frozen=True, kw_only=True, rename="upper", forbid_unknown_fields=True):
    """The share of pours, 0 to 1, on which each discrepancy is tried (named as on the wire)."""

    d01: Rate = 0.02
    d02: Rate = 0.03
    d04: Rate = 0.03
    d05: Rate = 0.05
    d06: Rate = 0.02
    d07: Rate = 0.03
    d12: Rate = 0.05
    d03: Rate = 0
    d08: Rate = 0
    d09: Rate = 0
    d10: Rate = 0
    d11: Rate = 0
    d13: Rate = 0
    d16: Rate = 0
    d19: Rate = 0
    d20: Rate = 0
    d23: Rate = 0
    d24: Rate = 0
    d28: Rate = 0


class Outage(NamedTuple):
    """When a dispenser has no connection, in seconds of the run; it goes on selling."""

    from_s: float
    to_s: float

    @property
    def middle_s(self) -> float:
        """The moment in its middle."""
        return (self.from_s + self.to_s) / 2


class PlanSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall go wrong. `stuck_valves` maps a device to when its valve sticks, in seconds.

    `outages` maps a device to when it has no connection; `late_pours` a card to a device with an
    outage, in the second half of which it pours there. On cards that are `spared`, and on those of
    `late_pours`, no discrepancy is tried. `strangers` are cards that the platform does not know.
    `thefts` maps a stolen card to a device that sells to it all the same: there, and nowhere else,
    it is used once it is blocked. The meter of `drifting` devices counts too little. With `times`
    everything that pours can show is brought about so often, as soon as it can be, besides `rates`.
    """

    rates: Rates = Rates()
    times: Annotated[int, Meta(ge=0)] = 0
    stuck_valves: dict[Name, Annotated[float, Meta(ge=0)]] = {}
    outages: dict[Name, Outage] = {}
    late_pours: dict[Name, Name] = {}
    spared: frozenset[Name] = frozenset()
    strangers: frozenset[Name] = frozenset()
    thefts: dict[Name, Name] = {}
    drifting: frozenset[Name] = frozenset()

    def __post_init__(self) -> None:
        for device_id, outage in self.outages.items():
            if not 0 <= outage.from_s < outage.to_s:
                raise ValueError(f"the outage of {device_id} ends before it begins")
        homeless = set(self.late_pours.values()) - self.outages.keys()
        if homeless:
            names = ", ".join(sorted(homeless))
            raise ValueError(f"late_pours names devices without an outage: {names}")


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole run. `pace_s` is the mean time between two customers of one dispenser."""

    tenant: Tenant
    mqtt: Broker
    seed: int
    devices: Annotated[tuple[DeviceSpec, ...], Meta(min_length=1)]
    cards: tuple[CardSpec, ...]
    pace_s: Annotated[float, Meta(gt=0)] = 6.0
    plan: PlanSpec = PlanSpec()
    tariff: Tariff = Tariff()
    telemetry_every_s: Annotated[float, Meta(gt=0)] = 5.0
    totals_every_s: Annotated[float, Meta(gt=0)] = 3600.0

    def __post_init__(self) -> None:
        ids = [device.device_id for device in self.devices]
        if len(ids) != len(set(ids)):
            raise ValueError("a device_id stands twice; give each dispenser its own")
        numbers = [card.no for card in self.cards]
        if len(numbers) != len(set(numbers)):
            raise ValueError("a card number stands twice; give each card its own")
        _refuse_unknown("stuck_valves names unknown devices", self.plan.stuck_valves, ids)
        _refuse_unknown("outages names unknown devices", self.plan.outages, ids)
        _refuse_unknown("late_pours names unknown cards", self.plan.late_pours, numbers)
        _refuse_unknown("spared names unknown cards", self.plan.spared, numbers)
        _refuse_unknown("strangers names unknown cards", self.plan.strangers, numbers)
        _refuse_unknown("thefts names unknown cards", self.plan.thefts, numbers)
        _refuse_unknown("thefts names unknown devices", self.plan.thefts.values(), ids)
        _refuse_unknown("drifting names unknown devices", self.plan.drifting, ids)


def _refuse_unknown(complaint: str, named: Iterable[str], known: Iterable[str]) -> None:
    if unknown := set(named) - set(known):
        raise ValueError(f"{complaint}: {', '.join(sorted(unknown))}")


def load(path: Path) -> Scenario:
    """Read a scenario from a JSON file; ScenarioError says where it is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Scenario)
    except OSError as error:
        raise ScenarioError(f"cannot read {path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ScenarioError(
            f"{path} is no scenario: {error}; correct it and start again"
        ) from error
