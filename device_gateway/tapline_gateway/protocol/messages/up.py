"""What a device says, beside its facts."""

from enum import IntEnum, StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from tapline_gateway.protocol.messages.base import Message
from tapline_gateway.protocol.messages.facts import Totals
from tapline_gateway.protocol.messages.fields import (
    INT_MAX,
    CardNo,
    Count,
    Document,
    Fen,
    Id,
    Percent,
    SeqRange,
    Signed,
    Small,
    Stamp,
    Word,
)


class PresenceState(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    LOST = "lost"


class CommandState(StrEnum):
    RECEIVED = "received"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"


class OtaCode(IntEnum):
    """Why an update failed, as `rc` of `up/ota`, and of `up/cmd` where it was refused at once."""

    SIGNATURE = 1  # the manifest is signed by nobody whom the device trusts, or is none
    MODEL = 2  # it is for another model
    COUNTER = 3  # its security counter is below that of the device
    VERSION = 4  # the device runs less than its `min_version`
    DIGEST = 5  # what was downloaded is not what was signed
    DOWNLOAD = 6  # the address refused
    SELFTEST = 7  # the new image ran, and failed its self-test
    BOOT = 8  # the new image did not come up
    BUSY = 9  # another update is under way


class State(Message, frozen=True, kw_only=True):
    """Presence: said on connect (`online`) and before leaving (`offline`); the will says `lost`.

    s: `online`, `offline` or `lost`
    boot: counts starts of the device
    conn: counts connections of this boot; the will carries the same
    ts: device time
    """

    NAME: ClassVar[str] = "st"
    RETAINED: ClassVar[bool] = True
    REPLAY: ClassVar[str] = (
        "a lower (boot, conn) is ignored; at equal, `offline` and `lost` are final; "
        "an empty payload is ignored"
    )

    s: PresenceState
    boot: Small
    conn: Small
    ts: Stamp | None = None


class Hello(Message, frozen=True, kw_only=True):
    """Follows every connect; answered by `dn/ack` with where the platform stands.

    boot: counts starts of the device
    fw: firmware version
    hw: hardware model
    caps: what the device can do: `auth`, `list`, `load`, `ota`, `prove`, `ref_volume`
    seq_head: last seq written, 0 before the first
    seq_acked: last seq released with all before it
    tot: lifetime counters
    list_ver: version of the list of blocked cards held, 0 for none
    tariff_ver: version of the tariff held
    cfg_ver: version of the configuration held
    boot_reason: why it started: `power`, `watchdog`, `update`, `command`
    clk: what the clock was set by: `ntp`, `rtc`, `none`
    """

    NAME: ClassVar[str] = "up/hello"
    REPLAY: ClassVar[str] = "(boot, seq_head) must not fall"

    boot: Small
    fw: Id
    hw: Id
    caps: Annotated[list[Word], Meta(max_length=32)] = field(default_factory=list)
    seq_head: Count
    seq_acked: Count
    tot: Totals
    list_ver: Small = 0
    tariff_ver: Small = 0
    cfg_ver: Small = 0
    boot_reason: Word | None = None
    clk: Word | None = None


class AuthRequest(Message, frozen=True, kw_only=True):
    """May this card draw so much? For cards whose balance is online.

    req: idempotency key; asked twice, the same answer
    card: card number
    nozzle: nozzle, from 1
    want_fen: amount asked for, fen
    code: for `qr`: what stood behind the full stop on the customer's screen
    ts: device time
    """

    NAME: ClassVar[str] = "up/auth"
    REPLAY: ClassVar[str] = "`req` once"

    req: Id
    card: CardNo
    nozzle: Small | None = None
    want_fen: Fen
    code: Id | None = None
    ts: Stamp | None = None


class TotalsReport(Message, frozen=True, kw_only=True):
    """Lifetime counters, hourly: they tell of lost facts even where `seq` lies.

    boot: counts starts of the device
    n: debits and loads
    fen: money taken, fen
    ml: water metered, ml
    """

    NAME: ClassVar[str] = "up/tot"
    REPLAY: ClassVar[str] = "must not fall"

    boot: Small
    n: Count
    fen: Count
    ml: Count


class Telemetry(Message, frozen=True, kw_only=True):
    """Sensor readings. Lost ones are not sent again.

    boot: counts starts of the device
    up_ms: since that start, ms
    ts: device time
    m: readings by name, the unit last in the name (`p_in_kpa`, `temp_c_x10`); at most 64
    """

    NAME: ClassVar[str] = "up/tele"
    QOS: ClassVar[int] = 0
    REPLAY: ClassVar[str] = "(boot, up_ms) once"

    boot: Small
    up_ms: Count
    ts: Stamp | None = None
    m: Annotated[Document, Meta(max_length=64)]

    @property
    def readings(self) -> dict[str, int]:
        """The integers of `m`; anything else is a sensor that could not be read."""
        return {
            name: value
            for name, value in self.m.items()
            if type(value) is int and abs(value) <= INT_MAX and 1 <= len(name) <= 32
        }


class DeviceEvent(Message, frozen=True, kw_only=True):
    """An alarm raised or cleared, or facts declared gone (`code` `lost`).

    boot: counts starts of the device
    evt_seq: device-lifetime counter of events, from 1
    ts: device time
    code: what happened: `leak`, `valve_stuck`, …; `lost` declares facts gone
    on: raised, or cleared
    data: more about it; for `lost`, `{"from":…,"to":…}`, both included
    """

    NAME: ClassVar[str] = "up/evt"
    REPLAY: ClassVar[str] = "an `evt_seq` is stored once"

    boot: Small
    evt_seq: Count
    ts: Stamp | None = None
    code: Word
    on: bool = True
    data: Document = field(default_factory=dict)

    @property
    def lost(self) -> SeqRange | None:
        """The facts that the device declares gone; None where it declares none."""
        return SeqRange.read(self.data) if self.code == "lost" else None


class CommandStatus(Message, frozen=True, kw_only=True):
    """How far a command has come.

    cmd: the command's id
    st: `received`, `started`, `done`, `failed`, `expired` or `refused`
    rc: result code, 0 when well
    out: what the command gave
    """

    NAME: ClassVar[str] = "up/cmd"
    REPLAY: ClassVar[str] = "idempotent"

    cmd: Id
    st: CommandState
    rc: Signed = 0
    out: Document = field(default_factory=dict)


class ConfigReport(Message, frozen=True, kw_only=True):
    """The configuration in force.

    ver: its version
    doc: its settings; `list_ver`, `list_hash`, `list_seq`: the list of blocked cards held
    """

    NAME: ClassVar[str] = "up/cfg"
    REPLAY: ClassVar[str] = "a lower `ver` is ignored"

    ver: Small
    doc: Document = field(default_factory=dict)


class OtaReport(Message, frozen=True, kw_only=True):
    """How far a firmware update has come.

    job: the update's id
    st: `downloading`, `verifying`, `installing`, `testing`; at last `done`, `failed`, `cancelled`
    pct: how much is downloaded, percent
    rc: why it failed, 0 when well
    """

    NAME: ClassVar[str] = "up/ota"
    REPLAY: ClassVar[str] = "idempotent"

    job: Id
    st: Word
    pct: Percent = 0
    rc: Signed = 0


class LoadRequest(Message, frozen=True, kw_only=True):
    """Is money waiting for this card? Asked at every tap of a purse card, before the debit.

    req: idempotency key; asked twice, the same answer
    card: card number
    atc: the card's own counter
    bal: the card's purse, fen
    """

    NAME: ClassVar[str] = "up/load"
    REPLAY: ClassVar[str] = "same `req`, same answer"

    req: Id
    card: CardNo
    atc: Count
    bal: Fen


class TimeRequest(Message, frozen=True, kw_only=True):
    """What time is it?

    req: number of the question
    t0_ms: device clock when asking, ms since 1970 or since its start
    """

    NAME: ClassVar[str] = "up/time"
    QOS: ClassVar[int] = 0
    REPLAY: ClassVar[str] = "harmless"

    req: Count
    t0_ms: Count
