"""Lanjing: JSON over MQTT on topics of its own.

    lj/{sn}/record  {"no":1001,"card":"88001234","before":"52.30","cost":"1.00","after":"51.30",
                     "vol":"1.50","port":2,"t":1795248902,"res":0}
    lj/{sn}/status  {"online":1,"t":1795248902}
    lj/{sn}/ack     {"no":1001}, from us
    lj/{sn}/cmd     {"id":"019aa3e4-5d2b-7c41-9f36-8b1d0c5e7a92","do":"lock","until":1795249502},
                    from us; do: lock (sell to nobody, also after a restart), unlock, restart
    lj/{sn}/reply   {"id":"019aa3e4-…","res":0,"t":1795248903}; res: 0 done, 1 not a word of mine,
                    2 failed, 3 too late, 4 begun, 5 not now; `code` says why for 2 and 5

Money is yuan as text, water litres as text, `t` and `until` count seconds of the local clock. An id
that the machine has met before it answers as before and does nothing; after `until` it does nothing
either. The firmware publishes everything retained; a copy that the broker kept is a duplicate like
any other. A card has no counter here, and a machine none either. The broker lets a machine write
its own branch alone, so that its number in the topic is as good as its password.
"""

import re
from datetime import UTC
from typing import Annotated

import msgspec
from msgspec import Meta

from tapline.devices import Assurance
from tapline_gateway.protocol import (
    Command,
    CommandOp,
    CommandState,
    CommandStatus,
    PresenceState,
    SchemaError,
    State,
    shape,
)
from tapline_gateway.reading import Receipt
from tapline_gateway.vendors.adapter import (
    RECORD_BYTES_MAX,
    Capability,
    Order,
    Said,
    UnreadableError,
    fen,
    local_end,
    local_epoch,
    local_ts,
    pour,
)

NAME = "lanjing"
TITLE = "Lanjing, JSON over MQTT"
ASSURANCE = Assurance.TRANSPORT
CAPABILITIES = frozenset(
    {
        Capability.NUMBERS,
        Capability.RELEASE,
        Capability.BEFORE,
        Capability.AFTER,
        Capability.WATER,
        Capability.PRESENCE,
    }
)
ROOT = "lj"
TOPICS = ("lj/+/record", "lj/+/status", "lj/+/reply")

_DO = {CommandOp.STOP_SALE: "lock", CommandOp.RESUME_SALE: "unlock", CommandOp.REBOOT: "restart"}
OPERATIONS = frozenset(_DO)
_TOPIC = re.compile(r"lj/([A-Za-z0-9_-]{1,32})/(record|status|reply)\Z")
_LITRES = re.compile(r"(\d{1,5})(?:\.(\d{1,3}))?")
_STATUSES = {0: "ok", 1: "no_flow", 2: "timeout", 3: "card_removed", 4: "power_loss", 9: "fault"}

_STEPS = {
    0: CommandState.DONE,
    1: CommandState.REFUSED,
    2: CommandState.FAILED,
    3: CommandState.EXPIRED,
    4: CommandState.STARTED,
    5: CommandState.REFUSED,
}
_NO_WORD = 1

_Seconds = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class _Record(msgspec.Struct, frozen=True):
    no: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    card: str
    before: str
    cost: str
    after: str
    vol: str
    t: _Seconds
    res: int
    port: int | None = None


class _Status(msgspec.Struct, frozen=True):
    online: int
    t: _Seconds


class _Reply(msgspec.Struct, frozen=True):
    id: Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}\Z")]
    res: int
    t: _Seconds
    code: Annotated[int, Meta(ge=0, le=255)] = 0


class _Numbered(msgspec.Struct, frozen=True):
    no: Annotated[int, Meta(ge=1, le=2**53 - 1)]


_RECORD = msgspec.json.Decoder(_Record)
_STATUS = msgspec.json.Decoder(_Status)
_REPLY = msgspec.json.Decoder(_Reply)
_NUMBERED = msgspec.json.Decoder(_Numbered)
_BROKEN = (msgspec.MsgspecError, RecursionError, SchemaError, UnicodeDecodeError)


def read(address: str, raw: bytes) -> Said:
    """A record, a status or a reply, by its topic."""
    match = _TOPIC.match(address)
    if match is None:
        raise UnreadableError(f"not lj/{{sn}}/record, /status or /reply: {address[:80]!r}")
    foreign_id, kind = match.groups()
    try:
        if len(raw) > RECORD_BYTES_MAX:
            raise UnreadableError(f"a record of {len(raw)} bytes: at most {RECORD_BYTES_MAX}")
        shape.check_depth(raw)
        return _READERS[kind](foreign_id, raw)
    except (UnreadableError, *_BROKEN) as error:
        raise UnreadableError(str(error), foreign_id=foreign_id, ref=_number(raw)) from None


def receipt(foreign_id: str, ref: int) -> Receipt:
    """`{"no":…}` to where the machine listens."""
    return Receipt(_topic(foreign_id, "ack"), b'{"no":%d}' % ref)


def order(foreign_id: str, command: Command) -> Order:
    """As `Commander`."""
    until = int(local_end(command).replace(tzinfo=UTC).timestamp())
    told = {"id": command.cmd, "do": _DO[CommandOp(command.op)], "until": until}
    return Order(_topic(foreign_id, "cmd"), msgspec.json.encode(told))


def written(foreign_id: str) -> list[str]:
    """The topics that a machine may write."""
    return [topic.replace("+", foreign_id) for topic in TOPICS]


def heard(foreign_id: str) -> list[str]:
    """The topics that it may read."""
    return [_topic(foreign_id, "ack"), _topic(foreign_id, "cmd")]


def _topic(foreign_id: str, name: str) -> str:
    return f"{ROOT}/{foreign_id}/{name}"


def _record(foreign_id: str, raw: bytes) -> Said:
    said = _RECORD.decode(raw)
    if said.res not in _STATUSES:
        raise UnreadableError(f"res {said.res}: a result that is not known")
    fact = pour(
        seq=said.no,
        ts=local_ts(local_epoch(said.t)),
        clk="rtc",
        card={"no": said.card, "kind": "m1"},
        bal_before=fen(said.before, "before"),
        amt=fen(said.cost, "cost"),
        bal_after=fen(said.after, "after"),
        ml=_ml(said.vol),
        nozzle=said.port,
        status=_STATUSES[said.res],
    )
    return Said(foreign_id=foreign_id, message=fact, ref=said.no)


def _status(foreign_id: str, raw: bytes) -> Said:
    said = _STATUS.decode(raw)
    state = PresenceState.ONLINE if said.online else PresenceState.OFFLINE
    # It counts neither starts nor connections: the later word is the later second.
    return Said(
        foreign_id=foreign_id,
        message=State(s=state, boot=0, conn=said.t, ts=local_ts(local_epoch(said.t))),
    )


def _reply(foreign_id: str, raw: bytes) -> Said:
    said = _REPLY.decode(raw)
    if said.res not in _STEPS:
        raise UnreadableError(f"res {said.res}: a result that is not known")
    rc = _NO_WORD if said.res == _NO_WORD else said.code
    return Said(
        foreign_id=foreign_id, message=CommandStatus(cmd=said.id, st=_STEPS[said.res], rc=rc)
    )


_READERS = {"record": _record, "status": _status, "reply": _reply}


def _ml(text: str) -> int:
    match = _LITRES.fullmatch(text) if text.isascii() else None
    if match is None:
        raise UnreadableError(f'vol: not litres such as "1.50": {text[:40]!r}')
    litres, rest = match.groups()
    return int(litres) * 1000 + int((rest or "0").ljust(3, "0"))


def _number(raw: bytes) -> int | None:
    """The number of a record that cannot be read otherwise, so that it is not sent for ever; none
    where it is too long to be kept whole."""
    try:
        if len(raw) > RECORD_BYTES_MAX:
            return None
        shape.check_depth(raw)
        return _NUMBERED.decode(raw).no
    except _BROKEN:
        return None
