"""The messages of the contract, one type each; `MESSAGES` finds a type by its topic name."""

from collections.abc import Mapping
from types import MappingProxyType

from tapline_gateway.protocol.messages.base import Message
from tapline_gateway.protocol.messages.claiming import Claim, ClaimAnswer
from tapline_gateway.protocol.messages.down import (
    Ack,
    AckItem,
    AuthAnswer,
    CardList,
    Command,
    CommandOp,
    ConfigDesired,
    LoadAnswer,
    Nack,
    NackAct,
    NackCode,
    Stream,
    TimeAnswer,
    Verdict,
)
from tapline_gateway.protocol.messages.facts import (
    BATCH_FACTS_MAX,
    BrokenFact,
    Card,
    CardKind,
    Fact,
    FactOp,
    FactStatus,
    Totals,
    TxnBatch,
    TxnFrame,
)
from tapline_gateway.protocol.messages.fields import SeqRange
from tapline_gateway.protocol.messages.up import (
    AuthRequest,
    CommandState,
    CommandStatus,
    ConfigReport,
    DeviceEvent,
    Hello,
    LoadRequest,
    OtaReport,
    PresenceState,
    State,
    Telemetry,
    TimeRequest,
    TotalsReport,
)

UPLINKS: tuple[type[Message], ...] = (
    State,
    Hello,
    TxnBatch,
    AuthRequest,
    TotalsReport,
    Telemetry,
    DeviceEvent,
    CommandStatus,
    ConfigReport,
    OtaReport,
    LoadRequest,
    TimeRequest,
    Claim,
)
DOWNLINKS: tuple[type[Message], ...] = (
    Ack,
    Nack,
    AuthAnswer,
    LoadAnswer,
    Command,
    ConfigDesired,
    CardList,
    TimeAnswer,
    ClaimAnswer,
)
MESSAGES: Mapping[str, type[Message]] = MappingProxyType(
    {message.NAME: message for message in UPLINKS + DOWNLINKS}
)

__all__ = [
    "BATCH_FACTS_MAX",
    "DOWNLINKS",
    "MESSAGES",
    "UPLINKS",
    "Ack",
    "AckItem",
    "AuthAnswer",
    "AuthRequest",
    "BrokenFact",
    "Card",
    "CardKind",
    "CardList",
    "Claim",
    "ClaimAnswer",
    "Command",
    "CommandOp",
    "CommandState",
    "CommandStatus",
    "ConfigDesired",
    "ConfigReport",
    "DeviceEvent",
    "Fact",
    "FactOp",
    "FactStatus",
    "Hello",
    "LoadAnswer",
    "LoadRequest",
    "Message",
    "Nack",
    "NackAct",
    "NackCode",
    "OtaReport",
    "PresenceState",
    "SeqRange",
    "State",
    "Stream",
    "Telemetry",
    "TimeAnswer",
    "TimeRequest",
    "Totals",
    "TotalsReport",
    "TxnBatch",
    "TxnFrame",
    "Verdict",
]
