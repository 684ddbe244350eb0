"""Card facts: stored once, posted once, restated when more is known."""

from tapline.cards.facts.model import Charge, Fact, FactFlaw, Payer
from tapline.cards.facts.rules import Bearing, Restatement, Verdict, bearing
from tapline.cards.facts.service import FactIn, Released, ingest, recount, restate

__all__ = [
    "Bearing",
    "Charge",
    "Fact",
    "FactFlaw",
    "FactIn",
    "Payer",
    "Released",
    "Restatement",
    "Verdict",
    "bearing",
    "ingest",
    "recount",
    "restate",
]
