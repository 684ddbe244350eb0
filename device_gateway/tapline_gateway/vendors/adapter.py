"""What an adapter is: one maker's bytes to messages of our contract, commands of ours to its bytes,
and what it can never say."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from tapline import clock
from tapline.devices import Assurance
from tapline_gateway.protocol import (
    Command,
    CommandOp,
    Fact,
    Message,
    TxnFrame,
    format_ts,
    parse_ts,
)
from tapline_gateway.reading import Receipt

RECORD_BYTES_MAX = 8 * 1024
"""The longest record of any maker: what is set aside is kept whole."""

_YUAN = re.compile(r"(\d{1,8})(?:\.(\d{1,2}))?")


class Capability(StrEnum):
    """What a maker's language can say. What is missing here nobody may count on."""

    NUMBERS = "numbers"
    """Record numbers of each machine's own, without holes: a missing one is noticed."""
    RELEASE = "release"
    """A record is kept until we have it."""
    BEFORE = "before"
    """What was on the card before."""
    AFTER = "after"
    """What was left on the card."""
    COUNTER = "counter"
    """The card's own counter: a chain that shows clones, holes and write-backs."""
    WATER = "water"
    """How much water was metered."""
    PULSES = "pulses"
    """The pulses behind it: a stopped meter is told from a dry pour."""
    TOTALS = "totals"
    """Lifetime counters."""
    EVENTS = "events"
    """Numbered alarms."""
    PRESENCE = "presence"
    """Whether the machine is there."""


class UnreadableError(Exception):
    """Bytes that an adapter cannot read: the text says what is wrong with them.

    `foreign_id` is the machine, `ref` what an acknowledgement would name, as far as those could
    be read. Nothing else is ever raised about bytes.
    """

    def __init__(self, why: str, *, foreign_id: str | None = None, ref: int | None = None) -> None:
        super().__init__(why)
        self.foreign_id = foreign_id
        self.ref = ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one record of a maker says, in our words."""

    foreign_id: str
    """The maker's number of the machine."""
    message: Message | TxnFrame
    ref: int | None = None
    """What the acknowledgement names; none where the language has none."""

    @property
    def name(self) -> str:
        """The message's name in our contract."""
        return "up/txn" if isinstance(self.message, TxnFrame) else self.message.NAME


@dataclass(frozen=True, slots=True)
class Order:
    """A command in a maker's words; `address` is a topic where it goes over MQTT."""

    address: str
    payload: bytes


class Adapter(Protocol):
    """One maker's language. A module holds one, and the registry all of them."""

    NAME: str
    """In addresses and tables, for good."""
    TITLE: str
    ASSURANCE: Assurance
    """How well its transport says who spoke."""
    CAPABILITIES: frozenset[Capability]
    OPERATIONS: frozenset[CommandOp]
    """What its machines can be told, and say how it went. Where there is any, it is a `Commander`;
    the machine then knows a command by its id again, and carries none out after its time."""

    def read(self, address: str, raw: bytes) -> Said:
        """One record; `address` is its topic, where there is one. `UnreadableError` else."""
        ...

    def receipt(self, foreign_id: str, ref: int) -> Receipt | None:
        """What tells the machine that record `ref` is stored; None: it does not listen."""
        ...


class Commander(Adapter, Protocol):
    """An adapter whose machines can be told something. What they answer, `read` reads: a
    `CommandStatus`, as a machine of our contract would say it."""

    def order(self, foreign_id: str, command: Command) -> Order:
        """A command whose `op` is among `OPERATIONS`, for the machine."""
        ...


def pour(**fields: Any) -> TxnFrame:
    """A frame with one fact, every field within the bounds of the contract.

    Raises `UnreadableError` with the field that is not.
    """
    try:
        return TxnFrame(boot=0, facts=[msgspec.convert(fields, Fact)])
    except msgspec.ValidationError as error:
        raise UnreadableError(f"no fact of ours: {error}") from None


def fen(text: object, field: str) -> int:
    """Yuan as text, such as `"1.50"`, in fen: exact, with at most two decimals."""
    match = _YUAN.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if match is None:
        raise UnreadableError(f'{field}: not yuan such as "1.50": {str(text)[:40]!r}')
    yuan, cents = match.groups()
    return int(yuan) * 100 + int((cents or "0").ljust(2, "0"))


def local_ts(moment: datetime) -> str:
    """A maker's wall clock, which knows no zone: the business zone is meant."""
    return format_ts(moment.replace(tzinfo=clock.BUSINESS_ZONE))


def local_epoch(seconds: int) -> datetime:
    """The wall clock behind seconds that were counted from 1970 as if that were in local time.

    Raises `UnreadableError` for what is no moment at all.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        raise UnreadableError(f"not a time: {seconds}") from None


def local_end(command: Command) -> datetime:
    """The wall clock after which a machine must not carry a command out any more."""
    assert command.exp is not None, "every command of the platform has its time"
    return parse_ts(command.exp).astimezone(clock.BUSINESS_ZONE).replace(tzinfo=None)
