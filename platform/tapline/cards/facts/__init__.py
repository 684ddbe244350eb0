"""Card facts: stored once, posted once, restated when more is known."""

from tapline.cards.facts.arrivals import FactIn
from tapline.cards.facts.model import Charge, Fact, FactFlaw, Payer
from tapline.cards.facts.rules import Bearing, Restatement, Verdict, bearing, issuer_owes
from tapline.cards.facts.service import Released, ingest, recount, restate, stored

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
    "issuer_owes",
    "recount",
    "restate",
    "stored",
]
