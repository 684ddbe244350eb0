"""What a run is made of: the machines, the cards, the prices and what shall go wrong."""

from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

from tapline_sim.conditions import ClimateSpec, SiteSpec, Wear

Tenant = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]
Positive = Annotated[int, Meta(gt=0)]
Count = Annotated[int, Meta(ge=0)]
Rate = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Key = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}\Z")]


class ScenarioError(Exception):
    """The scenario cannot be run; the message says what to change."""


class Tls(Struct, frozen=True, forbid_unknown_fields=True):
    """The broker proves who it is: to `ca_file` (PEM), or to what this machine trusts."""

    ca_file: str | None = None


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the dispensers connect. Without `port_v5` both versions of MQTT use `port`."""

    host: str
    port: Positive
    port_v5: Positive | None = None
    tls: Tls | None = None


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

    `key_hex` is the 32-byte key in 64 hexadecimal digits; without one the device claims its own.
    Without `username` it logs in by its id. `flow_ml_s` is the steady flow of a nozzle, `pace_s`
    the mean time between its customers where it is not that of the run. With `facts_max` facts kept
    it sells no more. `site` is one of the scenario's. `fw` decides the units of its readings.
    A machine of another `maker` speaks its language under `foreign_id`; `password` is what it logs
    in with there, if it does.
    """

    device_id: Name
    key_hex: Key | None = None
    username: str | None = None
    password: str = ""
    mqtt_version: Literal[4, 5] = 5
    nozzles: Annotated[int, Meta(ge=1, le=8)] = 2
    flow_ml_s: Positive = 80
    pace_s: Annotated[float, Meta(gt=0)] | None = None
    site: Name | None = None
    hw: str = "RO-50"
    fw: str = "2.4.1"
    maker: Literal["lanjing", "tieshan", "yunshui"] | None = None
    foreign_id: Name | None = None
    facts_max: Positive = 20_000
    memory: Memory = Memory()

    @property
    def key(self) -> bytes:
        """The device's key as it was delivered, 32 bytes; none where it claims one."""
        return bytes.fromhex(self.key_hex or "")


class ClaimSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The credential with which the devices of a batch left their factory."""

    claim_id: Name
    key_hex: Key
    password: str


class Address(Struct, frozen=True, forbid_unknown_fields=True):
    """Where Tieshan machines connect by TCP."""

    host: str
    port: Positive


class CloudSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the Yunshui cloud pushes to, and the secret of its account in hexadecimal."""

    url: Annotated[str, Meta(pattern=r"^https?://")]
    secret_hex: Key


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


class WeatherSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The share of frames, 0 to 1, that come `twice`, up to `late_s` seconds `late`, `overtaken` by
    the next, or are `lost`; beside which an old one is `replayed`, or one is `forged`."""

    twice: Rate = 0
    late: Rate = 0
    overtaken: Rate = 0
    lost: Rate = 0
    replayed: Rate = 0
    forged: Rate = 0
    late_s: Seconds = 10.0


class ClockFault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bad clock: `offset_s` off from the start, `drift_ppm` faster or slower, and at `jumps_s`
    of the run another `jump_s` away. A `deaf` one is never set right by the platform's time."""

    offset_s: float = 0.0
    drift_ppm: float = 0.0
    jump_s: float = 0.0
    jumps_s: tuple[Seconds, ...] = ()
    deaf: bool = False


class RebootLoop(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dispenser that starts anew again and again: when first, how often, how far apart."""

    from_s: Seconds
    times: Positive = 5
    every_s: Annotated[float, Meta(ge=1)] = 5.0


class PlanSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall go wrong. `stuck_valves` maps a device to when its valve sticks, in seconds.

    `outages` maps a device to when it has no connection; `late_pours` a card to a device with an
    outage, in the second half of which it pours there. On cards that are `spared`, and on those of
    `late_pours`, no discrepancy is tried. `strangers` are cards that the platform does not know.
    `thefts` maps a stolen card to a device that sells to it all the same: there, and nowhere else,
    it is used once it is blocked. The meter of `drifting` devices counts too little. With `times`
    everything that pours can show is brought about so often, as soon as it can be, besides `rates`.

    `weather` is what the line does to frames, `weather_down` what it does to the platform's, and
    `power_cuts` the share of pours in the middle of whose record the power goes. `clocks` and
    `reboots` are by device; `rollbacks` maps a device to when an old image is put over its memory,
    `clones` to when a copy of it starts elsewhere, and `lamps` to when its UV lamp fails. `worn`
    says by device how worn its parts are at the start; from there they age with use, `ageing` times
    as fast as in life.
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
    weather: WeatherSpec = WeatherSpec()
    weather_down: WeatherSpec = WeatherSpec()
    power_cuts: Rate = 0
    clocks: dict[Name, ClockFault] = {}
    reboots: dict[Name, RebootLoop] = {}
    rollbacks: dict[Name, Seconds] = {}
    clones: dict[Name, Seconds] = {}
    worn: dict[Name, Wear] = {}
    ageing: Annotated[float, Meta(ge=0, le=1e7)] = 1.0
    lamps: dict[Name, Seconds] = {}

    def __post_init__(self) -> None:
        for device_id, outage in self.outages.items():
            if not 0 <= outage.from_s < outage.to_s:
                raise ValueError(f"the outage of {device_id} ends before it begins")
        homeless = set(self.late_pours.values()) - self.outages.keys()
        if homeless:
            names = ", ".join(sorted(homeless))
            raise ValueError(f"late_pours names devices without an outage: {names}")


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole run. `pace_s` is the mean time between two customers of one dispenser; so many
    connect in a second, at the start and after the broker was away; `claim` is for those without
    a key. `for_s` is how long it runs, where nobody says otherwise. `firmware_keys` are the public
    keys (hexadecimal) whose images the dispensers take; without any they cannot be updated."""

    tenant: Tenant
    mqtt: Broker
    seed: int
    devices: Annotated[tuple[DeviceSpec, ...], Meta(min_length=1)]
    cards: tuple[CardSpec, ...]
    pace_s: Annotated[float, Meta(gt=0)] = 6.0
    plan: PlanSpec = PlanSpec()
    climate: ClimateSpec = ClimateSpec()
    sites: dict[Name, SiteSpec] = {}
    tariff: Tariff = Tariff()
    telemetry_every_s: Annotated[float, Meta(gt=0)] = 5.0
    totals_every_s: Annotated[float, Meta(gt=0)] = 3600.0
    connects_per_s: Annotated[float, Meta(gt=0)] = 400.0
    claim: ClaimSpec | None = None
    tieshan: Address | None = None
    yunshui: CloudSpec | None = None
    for_s: Annotated[float, Meta(gt=0)] | None = None
    firmware_keys: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        ids = [device.device_id for device in self.devices]
        if len(ids) != len(set(ids)):
            raise ValueError("a device_id stands twice; give each dispenser its own")
        numbers = [card.no for card in self.cards]
        if len(numbers) != len(set(numbers)):
            raise ValueError("a card number stands twice; give each card its own")
        named = {device.site for device in self.devices if device.site}
        _refuse_unknown("devices name unknown sites", named, self.sites)
        _refuse_unknown("stuck_valves names unknown devices", self.plan.stuck_valves, ids)
        _refuse_unknown("outages names unknown devices", self.plan.outages, ids)
        _refuse_unknown("late_pours names unknown cards", self.plan.late_pours, numbers)
        _refuse_unknown("spared names unknown cards", self.plan.spared, numbers)
        _refuse_unknown("strangers names unknown cards", self.plan.strangers, numbers)
        _refuse_unknown("thefts names unknown cards", self.plan.thefts, numbers)
        _refuse_unknown("thefts names unknown devices", self.plan.thefts.values(), ids)
        for name in ("drifting", "clocks", "reboots", "rollbacks", "clones", "worn", "lamps"):
            _refuse_unknown(f"{name} names unknown devices", getattr(self.plan, name), ids)
        for device in self.devices:
            if device.maker in {"tieshan", "yunshui"} and getattr(self, device.maker) is None:
                raise ValueError(f"{device.device_id} is a {device.maker}: say where that is")
        ours = [device for device in self.devices if device.maker is None]
        keyless = [device.device_id for device in ours if device.key_hex is None]
        if keyless and self.claim is None:
            raise ValueError(f"no key for {keyless[0]}, and no claim by which it could get one")


def _refuse_unknown(complaint: str, named: Iterable[str], known: Iterable[str]) -> None:
    if unknown := set(named) - set(known):
        raise ValueError(f"{complaint}: {', '.join(sorted(unknown))}")
