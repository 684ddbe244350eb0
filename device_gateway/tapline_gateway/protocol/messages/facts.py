"""Card facts: what a dispenser did with a card, and the batches that carry them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from tapline_gateway.protocol.messages.base import Message, Part
from tapline_gateway.protocol.messages.fields import (
    CardNo,
    Count,
    Fen,
    Id,
    Seq,
    Small,
    Stamp,
    Word,
)
from tapline_gateway.protocol.moments import read_ts

BATCH_FACTS_MAX = 32


class FactOp(StrEnum):
    DEBIT = "debit"
    LOAD = "load"


class CardKind(StrEnum):
    """Where the balance lives, and how far the card's word for it goes."""

    CPU = "cpu"  # purse on the card, proven by a transaction code
    DESFIRE = "desfire"  # purse on the card
    M1 = "m1"  # purse on the card, forgeable
    ID = "id"  # balance online, no offline sale
    QR = "qr"  # balance online


class FactStatus(StrEnum):
    OK = "ok"
    PARTIAL = "partial"
    NO_FLOW = "no_flow"
    TIMEOUT = "timeout"
    CARD_REMOVED = "card_removed"
    POWER_LOSS = "power_loss"
    FAULT = "fault"
    TORN = "torn"
    REVERSED = "reversed"


class Card(Part, frozen=True, kw_only=True):
    """The card as the reader saw it.

    no: card number, 1-32 letters, digits, `_` or `-`
    kind: `cpu`, `desfire`, `m1`: purse on the card; `id`, `qr`: balance online
    """

    no: CardNo
    kind: CardKind


class Totals(Part, frozen=True, kw_only=True):
    """Lifetime counters of a device; they never fall.

    n: debits and loads
    fen: money taken, fen
    ml: water metered, ml
    """

    n: Count
    fen: Count
    ml: Count


class Fact(Part, frozen=True, kw_only=True):
    """One thing that a dispenser did with a card. It happened: it is never refused, only judged.

    seq: device-lifetime counter; first 1, never reset, not by a reboot nor an update
    boot: the boot it was written in, where that is not the batch's
    op: `debit`, or `load`: a voucher written to the card
    ts: device time, RFC 3339 with offset; unreadable text is kept as it is
    clk: what the clock was set by: `ntp`, `rtc`, `none`
    off: sold without a connection
    card: the card
    atc: the card's own counter after the operation; null for `id` and `qr`, may lack when torn
    bal_before: purse before, fen; null where there is none
    amt: taken from the card (`debit`) or written to it (`load`), fen
    bal_after: purse after, fen; null where there is none or when torn
    tariff: version of the tariff applied
    ml: water metered, ml; 0 for a load
    ml_req: water asked for, ml
    pulses: pulses of the flow meter
    nozzle: nozzle, from 1
    status: how it ended
    auth: id of the hold, for `id` and `qr`
    load: id of the voucher, for `load`
    tot: lifetime counters after this fact
    tac: the card's transaction code, hex; null where the card gives none
    """

    seq: Seq
    op: FactOp = FactOp.DEBIT
    ts: Stamp | None = None
    clk: Word | None = None
    off: bool = False
    card: Card
    atc: Count | None = None
    bal_before: Fen | None = None
    amt: Fen
    bal_after: Fen | None = None
    tariff: Small | None = None
    ml: Small
    ml_req: Small | None = None
    pulses: Small | None = None
    nozzle: Small | None = None
    status: FactStatus
    auth: Id | None = None
    load: Id | None = None
    tot: Totals | None = None
    tac: Id | None = None
    boot: Small | None = None

    @property
    def moment(self) -> datetime | None:
        """`ts` in UTC; None where the device sent none that can be read."""
        return read_ts(self.ts)


class TxnBatch(Message, frozen=True, kw_only=True):
    """Card facts; one batch in flight, sent again until each is released.

    boot: counts starts of the device
    facts: the facts, oldest first
    """

    NAME: ClassVar[str] = "up/txn"
    REPLAY: ClassVar[str] = "a `seq` is stored once; its copy is answered `dup`"

    boot: Small
    facts: Annotated[list[Fact], Meta(max_length=BATCH_FACTS_MAX)]


class BrokenFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of a good batch that cannot be understood: kept as it came.

    `seq` is None where not even that can be read; `reason` says what is wrong with it.
    """

    seq: int | None
    reason: str
    raw: bytes


class TxnFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as read: `boot`, and its facts in the order sent, broken ones in their place."""

    boot: int
    facts: list[Fact | BrokenFact]
