"""What of a card's statement may be shown to somebody who shall not learn whose it is, or where.

A statement's texts name the card, machines and pours, and the other side of every entry. An extract
withholds them and keeps what its reader needs: days, kinds, amounts and balances, each under the
leaf that was sealed. docs/ledger.md says what that proves, and what it leaves to its maker's word.
"""

from datetime import date
from typing import Any

from tapline.ledger.proofs.checker import EXTRACT, SIDES, chain, told_of
from tapline.ledger.proofs.service import StatementProof
from tapline.ledger.seals.merkle import leaf


def extract(statement: StatementProof, *, reference: str, since: date) -> StatementProof:
    """The journals of `statement` from business day `since` on, without texts, and the balances
    before them; `reference` stands for the card."""
    opening = {name: [0, 0] for name in SIDES}
    told: list[dict[str, Any]] = []
    for one in statement["journals"]:
        says = told_of(one["text"], statement["card"])
        if told or says["day"] >= since.isoformat():
            place = {name: one[name] for name in ("seal", "place", "path")}
            told.append({**place, "leaf": leaf(one["text"]).hex(), **says})
        else:
            for entry in says["entries"]:
                opening[entry["account"]] = [entry["number"], entry["balance"]]
    return {
        "format": EXTRACT,
        "card": reference,
        "since": since.isoformat(),
        "opening": opening,
        **_seals(statement, from_seal=told[0]["seal"] if told else None),
        "journals": told,
    }


def _seals(statement: StatementProof, *, from_seal: int | None) -> dict[str, Any]:
    """The seals from one on, or the last alone, and what they follow."""
    seals = chain(statement)
    first = from_seal or seals[-1].number
    skipped = first - seals[0].number - 1
    before = seals[skipped]
    return {
        "before": {"seq": before.number, "hash": before.hash.hex()},
        "seals": statement["seals"][skipped:],
    }
