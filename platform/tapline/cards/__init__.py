"""Stored-value cards: who holds them, what devices did with them, what waits to be written."""

from tapline.cards.life.model import CardStep
from tapline.cards.life.replacing import carry_all, carry_on, check_identity, replace
from tapline.cards.life.service import (
    assign,
    begin_closing,
    close,
    found,
    held_since,
    reactivate,
    report_lost,
    steps,
)
from tapline.cards.model import Card, CardKind, CardState
from tapline.cards.rules import Act, may
from tapline.cards.service import (
    get,
    issue,
    known,
    lineage,
    load_limit_fen,
    ours,
    owned_by,
    successor,
)

__all__ = [
    "Act",
    "Card",
    "CardKind",
    "CardState",
    "CardStep",
    "assign",
    "begin_closing",
    "carry_all",
    "carry_on",
    "check_identity",
    "close",
    "found",
    "get",
    "held_since",
    "issue",
    "known",
    "lineage",
    "load_limit_fen",
    "may",
    "ours",
    "owned_by",
    "reactivate",
    "replace",
    "report_lost",
    "steps",
    "successor",
]
