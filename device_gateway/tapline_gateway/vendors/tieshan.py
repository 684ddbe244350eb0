"""Tieshan: binary frames over TCP (`hdlc`), numbers low byte first.

    kind 1 | machine BCD 6 | number 2 | body …

    0x01 login   code ASCII 16                       first on every connection
    0x02 pulse   n 4, fen 8, ml 8                    lifetime counters, every minute
    0x10 record  no 4, time BCD 6 (YYMMDDhhmmss, local), card BCD 8 (left filled with F),
                 counter 4, before 4, cost 4, after 4, ml 4, pulses 4, nozzle 1, result 1
    0x11 alarm   no 4, code 1, on 1
    0x20 order   id 16, what 1, until BCD 6          from us, number 0; what: 1 stop selling, also
                 after a restart, 2 sell, 3 test, 4 start anew, 5 flush
    0x21 report  id 16, result 1, code 1             result: 0 done, 1 not known here, 2 failed,
                 3 too late, 4 begun, 5 not now; `code` says why for 2 and 5
    kind | 0x80  result 1                            from us: 0 stored, 1 refused

`number` counts the frames of a connection; our answer to a frame repeats it, and a machine that
hears none sends the frame again. An order is answered by its report; one with an id that the
machine has met before is reported as before, and not carried out, nor is one after its time. Money
is fen. Nothing is signed: the login opens the connection, and every frame on it must name the
machine that logged in.
"""

import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from tapline.devices import Assurance
from tapline_gateway.protocol import (
    Command,
    CommandOp,
    CommandState,
    CommandStatus,
    DeviceEvent,
    Message,
    TotalsReport,
    TxnFrame,
)
from tapline_gateway.reading import Receipt
from tapline_gateway.vendors import hdlc
from tapline_gateway.vendors.adapter import (
    Capability,
    Order,
    Said,
    UnreadableError,
    local_end,
    local_ts,
    pour,
)

NAME = "tieshan"
TITLE = "Tieshan, binary frames over TCP"
ASSURANCE = Assurance.TRANSPORT
CAPABILITIES = frozenset(set(Capability))

LOGIN, PULSE, RECORD, ALARM, ANSWER = 0x01, 0x02, 0x10, 0x11, 0x80
ORDER, REPORT = 0x20, 0x21
STORED, REFUSED = 0, 1
LOGIN_CODE_CHARS = 16

_HEAD = struct.Struct("<B6sH")
_TOTALS = struct.Struct("<IQQ")
_RECORD = struct.Struct("<I6s8sIIIIIIBB")
_ALARM = struct.Struct("<IBB")
_ORDER = struct.Struct("<16sB6s")
_REPORT = struct.Struct("<16sBB")
_STATUSES = {
    0: "ok",
    1: "partial",
    2: "no_flow",
    3: "timeout",
    4: "card_removed",
    5: "power_loss",
    6: "torn",
    7: "fault",
}
_ALARMS = {1: "leak", 2: "valve_stuck", 3: "pump_fault", 4: "door_open", 5: "filter_due"}


_WHAT = {
    CommandOp.STOP_SALE: 1,
    CommandOp.RESUME_SALE: 2,
    CommandOp.SELFTEST: 3,
    CommandOp.REBOOT: 4,
    CommandOp.FLUSH: 5,
}
OPERATIONS = frozenset(_WHAT)
_STEPS = {
    0: CommandState.DONE,
    1: CommandState.REFUSED,
    2: CommandState.FAILED,
    3: CommandState.EXPIRED,
    4: CommandState.STARTED,
    5: CommandState.REFUSED,
}
_NOT_KNOWN = 1


class Frame(NamedTuple):
    """The head of a frame, and what follows it."""

    kind: int
    foreign_id: str
    number: int
    body: bytes


def opened(raw: bytes) -> Frame:
    """A frame as it travelled, without its flags; `UnreadableError` where it is none."""
    try:
        bare = hdlc.content(raw)
    except hdlc.FrameError as error:
        raise UnreadableError(str(error)) from None
    if len(bare) < _HEAD.size:
        raise UnreadableError(f"{len(bare)} bytes: no head is as short")
    kind, machine, number = _HEAD.unpack_from(bare)
    return Frame(kind, _digits(machine, "machine"), number, bare[_HEAD.size :])


def read(_address: str, raw: bytes) -> Said:
    """A record, an alarm, a pulse or a report."""
    frame = opened(raw)
    try:
        reader = _READERS.get(frame.kind)
        if reader is None:
            raise UnreadableError(f"kind 0x{frame.kind:02x}: not known")
        message = reader(frame.body)
    except UnreadableError as error:
        raise UnreadableError(
            str(error), foreign_id=frame.foreign_id, ref=_ref(frame.kind, frame.number)
        ) from None
    ref = _ref(frame.kind, frame.number)
    return Said(foreign_id=frame.foreign_id, message=message, ref=ref)


def receipt(foreign_id: str, ref: int) -> Receipt:
    """The answer to a frame, for its connection: kind and number stand in `ref`."""
    frame = Frame(ref >> 16, foreign_id, ref & 0xFFFF, b"")
    return Receipt(foreign_id, answer(frame, STORED))


def order(foreign_id: str, command: Command) -> Order:
    """As `Commander`, for the machine's connection."""
    until = bytes.fromhex(local_end(command).strftime("%y%m%d%H%M%S"))
    head = _HEAD.pack(ORDER, bytes.fromhex(foreign_id), 0)
    body = _ORDER.pack(UUID(command.cmd).bytes, _WHAT[CommandOp(command.op)], until)
    return Order(foreign_id, hdlc.framed(head + body))


def answer(frame: Frame, result: int) -> bytes:
    """The frame that answers `frame`."""
    head = _HEAD.pack(frame.kind | ANSWER, bytes.fromhex(frame.foreign_id), frame.number)
    return hdlc.framed(head + bytes([result]))


def login_code(frame: Frame) -> str:
    """The code of a login; `UnreadableError` where it is none."""
    if len(frame.body) != LOGIN_CODE_CHARS or not frame.body.isascii():
        raise UnreadableError(f"a login has a code of {LOGIN_CODE_CHARS} ASCII characters")
    return frame.body.decode("ascii")


def _ref(kind: int, number: int) -> int:
    return kind << 16 | number


def _record(body: bytes) -> TxnFrame:
    no, time, card, counter, before, cost, after, ml, pulses, nozzle, result = _parts(_RECORD, body)
    if result not in _STATUSES:
        raise UnreadableError(f"result {result}: not known")
    return pour(
        seq=no,
        ts=_ts(time),
        clk="rtc",
        card={"no": _card_no(card), "kind": "m1"},
        atc=counter,
        bal_before=before,
        amt=cost,
        bal_after=after,
        ml=ml,
        pulses=pulses,
        nozzle=nozzle,
        status=_STATUSES[result],
    )


def _alarm(body: bytes) -> DeviceEvent:
    no, code, on = _parts(_ALARM, body)
    if code not in _ALARMS or no == 0:
        raise UnreadableError(f"alarm {no} with code {code}: not known")
    return DeviceEvent(boot=0, evt_seq=no, code=_ALARMS[code], on=bool(on))


def _pulse(body: bytes) -> TotalsReport:
    n, fen, ml = _parts(_TOTALS, body)
    if max(fen, ml) > 2**53 - 1:
        raise UnreadableError("a lifetime counter beyond all measure")
    return TotalsReport(boot=0, n=n, fen=fen, ml=ml)


def _report(body: bytes) -> CommandStatus:
    name, result, code = _parts(_REPORT, body)
    if result not in _STEPS:
        raise UnreadableError(f"result {result}: not known")
    rc = _NOT_KNOWN if result == _NOT_KNOWN else code
    return CommandStatus(cmd=str(UUID(bytes=name)), st=_STEPS[result], rc=rc)


_READERS: Mapping[int, Callable[[bytes], Message | TxnFrame]] = MappingProxyType(
    {RECORD: _record, ALARM: _alarm, PULSE: _pulse, REPORT: _report}
)


def _parts(layout: struct.Struct, body: bytes) -> tuple[Any, ...]:
    if len(body) != layout.size:
        raise UnreadableError(f"{len(body)} bytes after the head: {layout.size} belong there")
    return layout.unpack(body)


def _digits(bcd: bytes, field: str) -> str:
    text = bcd.hex()
    if not text.isdecimal():
        raise UnreadableError(f"{field}: not decimal digits: {text}")
    return text


def _card_no(bcd: bytes) -> str:
    number = bcd.hex().lstrip("f")
    if not number.isdecimal():
        raise UnreadableError(f"card: not decimal digits filled with F: {bcd.hex()}")
    return number


def _ts(bcd: bytes) -> str | None:
    """A clock that lost its mind costs no record."""
    try:
        moment = datetime.strptime(f"20{bcd.hex()}", "%Y%m%d%H%M%S")  # noqa: DTZ007 (wall clock)
    except ValueError:
        return None
    return local_ts(moment)
