"""What the platform says to a device."""

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from tapline_gateway.protocol.messages.base import Message, Part
from tapline_gateway.protocol.messages.facts import BATCH_FACTS_MAX
from tapline_gateway.protocol.messages.fields import (
    CardNo,
    Count,
    Document,
    Fen,
    Id,
    Said,
    Seq,
    Sha256Hex,
    Small,
    Stamp,
    Word,
)


class Stream(StrEnum):
    TXN = "txn"
    EVT = "evt"


class Verdict(StrEnum):
    """What became of a fact. Each of them releases it."""

    ACCEPTED = "accepted"
    DUP = "dup"  # the same content again
    QUARANTINED = "quarantined"  # same seq, other content; or stored but not understood


class NackCode(StrEnum):
    SCHEMA = "E_SCHEMA"
    TOOBIG = "E_TOOBIG"
    BUSY = "E_BUSY"
    UNKNOWN = "E_UNKNOWN"


class NackAct(StrEnum):
    KEEP = "keep"
    RESEND = "resend"
    PARK = "park"


class CommandOp(StrEnum):
    """The operations of this version. A device answers `refused` to one that it does not know."""

    FLUSH = "flush"
    REBOOT = "reboot"
    SELFTEST = "selftest"
    STOP_SALE = "stop_sale"
    RESUME_SALE = "resume_sale"
    RESEND = "resend"
    SAY = "say"
    OTA = "ota"
    PROVE = "prove"
    REKEY = "rekey"


class AckItem(Part, frozen=True, kw_only=True):
    """The verdict on one fact.

    seq: the fact
    verdict: `accepted`, `dup` or `quarantined`; each releases it
    """

    seq: Seq
    verdict: Verdict


class Ack(Message, frozen=True, kw_only=True):
    """Releases: what is named here is stored, and the device may delete it. Answers every hello.

    stream: `txn` for facts, `evt` for events
    upto: `txn`: everything up to here is released; `evt`: the highest stored
    items: facts of the batch just answered: those beyond `upto`, and all not `accepted`
    """

    NAME: ClassVar[str] = "dn/ack"
    REPLAY: ClassVar[str] = "`upto` never falls; a release is for ever"

    stream: Stream
    upto: Count
    items: Annotated[list[AckItem], Meta(max_length=BATCH_FACTS_MAX)] = field(default_factory=list)


class Nack(Message, frozen=True, kw_only=True):
    """A message was not taken, and what to do about it. Advice: it releases nothing.

    topic: name of the message, such as `up/txn`
    sha256: hash of the payload as it was received, hex
    seqs: the facts concerned, null where they could not be read
    code: `E_SCHEMA`, `E_TOOBIG`, `E_BUSY` or `E_UNKNOWN`
    act: `keep` and try later, `resend` in another cut, `park` until asked for
    retry_s: when to try again, s
    """

    NAME: ClassVar[str] = "dn/nack"
    REPLAY: ClassVar[str] = "advisory"

    topic: Word
    sha256: Sha256Hex
    seqs: Annotated[list[Seq], Meta(max_length=BATCH_FACTS_MAX)] | None = None
    code: NackCode
    act: NackAct
    retry_s: Small | None = None


class AuthAnswer(Message, frozen=True, kw_only=True):
    """Whether a card may draw.

    req: the request answered
    ok: granted
    hold: id of the hold, to be named in the fact; null where nothing is held
    max_fen: at most so much, fen
    exp: pour before this moment
    why: why not: `unknown`, `blocked`, `balance`, `offline`, `limit` or `code`
    say: text to show, or to speak, to whoever stands there
    """

    NAME: ClassVar[str] = "dn/auth"
    REPLAY: ClassVar[str] = "echoes `req`; `exp`"

    req: Id
    ok: bool
    hold: Id | None = None
    max_fen: Fen | None = None
    exp: Stamp | None = None
    why: Word | None = None
    say: Said | None = None


class LoadAnswer(Message, frozen=True, kw_only=True):
    """A voucher to write to the card now, leased to this device; or none.

    req: the request answered
    load: id of the voucher; null: nothing waits
    card: card number
    amt: amount to write, fen
    exp: write before this moment
    say: text to show, or to speak, once the voucher is written; at once where there is none
    """

    NAME: ClassVar[str] = "dn/load"
    REPLAY: ClassVar[str] = "`load` once; `exp`"

    req: Id
    load: Id | None
    card: CardNo | None = None
    amt: Fen | None = None
    exp: Stamp | None = None
    say: Said | None = None


class Command(Message, frozen=True, kw_only=True):
    """Something to do once; the device remembers the last 64 ids.

    cmd: id
    op: `flush` `reboot` `selftest` `stop_sale` `resume_sale` `resend` `say` `ota` `prove` `rekey`
    args: its arguments; for `resend`, `{"from":…,"to":…}`, both included
    exp: not after this moment
    """

    NAME: ClassVar[str] = "dn/cmd"
    REPLAY: ClassVar[str] = "`cmd` once; `exp`"

    cmd: Id
    op: Word
    args: Document = field(default_factory=dict)
    exp: Stamp | None = None


class ConfigDesired(Message, frozen=True, kw_only=True):
    """The configuration to take on.

    ver: its version
    doc: its settings
    """

    NAME: ClassVar[str] = "dn/cfg"
    REPLAY: ClassVar[str] = "a lower `ver` is ignored"

    ver: Small
    doc: Document = field(default_factory=dict)


class CardList(Message, frozen=True, kw_only=True):
    """A change of the list of blocked cards, for devices with `list` in their `caps`.

    base: the version that this builds on; 0 replaces the whole list
    ver: the version that it leads to
    add: card numbers to block
    del: card numbers to free again
    hash: SHA-256, hex, of the resulting list: its numbers sorted, each ended by a line feed
    """

    NAME: ClassVar[str] = "dn/list"
    REPLAY: ClassVar[str] = "a lower `ver` is ignored"

    base: Small
    ver: Small
    add: list[CardNo] = field(default_factory=list)
    remove: list[CardNo] = field(name="del", default_factory=list)
    hash: Sha256Hex


class TimeAnswer(Message, frozen=True, kw_only=True):
    """The platform's time, for a device to correct its clock by.

    req: the question answered
    t0_ms: as asked
    t1_ms: question received, ms since 1970
    t2_ms: answer sent, ms since 1970
    """

    NAME: ClassVar[str] = "dn/time"
    QOS: ClassVar[int] = 0
    REPLAY: ClassVar[str] = "echoes `req`"

    req: Count
    t0_ms: Count
    t1_ms: Count
    t2_ms: Count
