"""An auditor with a pocket calculator: a run's ground truth against what the platform exported.

Standard library alone, nothing of the product: it recomputes every balance from what the world did
(`truth.jsonl`, written by the simulator) and compares with the export of the database.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Line = dict[str, Any]
Key = tuple[str, int]

INJECTABLE = {"D01", "D02", "D04", "D05", "D06", "D07", "D12"}
GIVING_BACK = {"D01", "D02", "D06"}
FROM_CARDS = {"card_close", "card_partial", "load_cancel", "txn_reversal"}
"""Refunds that take money off a card, or put some there that no measure of water asks for."""


def lines(path: Path) -> list[Line]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@dataclass
class Run:
    """What the world did, and what the platform says."""

    truth: dict[str, list[Line]]
    facts: list[Line]
    cards: list[Line]
    findings: list[Line]
    entries: list[Line]
    refunds: list[Line]

    @classmethod
    def read(cls, truth: Path, export: Path) -> "Run":
        """Read both folders."""
        told: dict[str, list[Line]] = defaultdict(list)
        for record in lines(truth / "truth.jsonl"):
            told[record["t"]].append(record)
        names = ("facts", "cards", "findings", "entries", "refunds")
        return cls(told, *(lines(export / f"{name}.jsonl") for name in names))

    @property
    def pours(self) -> dict[Key, Line]:
        return {(p["device"], p["seq"]): p for p in self.truth["pour"] if p["seq"] is not None}

    @property
    def standing(self) -> Counter[Key]:
        """How many versions of each fact the ledger holds."""
        return Counter(
            (fact["device"], fact["seq"]) for fact in self.facts if fact["verdict"] == "accepted"
        )

    @property
    def given_back(self) -> dict[Key, int]:
        """What machines gave back for each pour, in fen."""
        amounts: dict[Key, int] = defaultdict(int)
        for finding in self.findings:
            if finding["resolution"] == "auto" and finding["code"] in GIVING_BACK:
                key = (finding["device"], finding["seq"])
                amounts[key] = max(amounts[key], finding["amount_fen"])
        return amounts


def problems(truth: Path, export: Path) -> list[str]:
    """Everything that does not add up; empty after an honest run."""
    run = Run.read(truth, export)
    return [
        *_facts(run),
        *_journals(run),
        *_balances(run),
        *_corrections(run),
        *_findings(run),
    ]


def _facts(run: Run) -> list[str]:
    kept = {(fact["device"], fact["seq"]) for fact in run.facts}
    written = set(run.pours) | {(load["device"], load["seq"]) for load in run.truth["load"]}
    return [
        *(f"lost: {key}" for key in written - kept),
        *(f"twice: {key}" for key, count in run.standing.items() if count > 1),
        *(f"invented: {key}" for key in set(run.standing) - written),
    ]


def _journals(run: Run) -> list[str]:
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for entry in run.entries:
        if not entry["pending"]:
            sign = 1 if entry["side"] == "D" else -1
            sums[entry["journal"], entry["unit"]] += sign * entry["amount_fen"]
    return [f"journal {key} is off by {total}" for key, total in sums.items() if total]


def _balances(run: Run) -> list[str]:
    expected: dict[str, int] = defaultdict(int)
    for card in run.truth["card"]:
        expected[card["card"]] += card["opened_fen"]
    for topup in run.truth["topup"]:
        expected[topup["card"]] += topup["fen"] + topup.get("bonus_fen", 0)
    for key, pour in run.pours.items():
        if key in run.standing and pour["card"] is not None:
            expected[pour["card"]] += run.given_back.get(key, 0) - pour["charged_fen"]
    for refund in run.refunds:
        if refund["kind"] in FROM_CARDS:
            expected[refund["card"]] -= refund["taken_fen"]
    held = {card["card"]: card["balance_fen"] for card in run.cards}
    return [
        f"card {card} holds {held.get(card)} fen, the world says {fen}"
        for card, fen in expected.items()
        if held.get(card) != fen
    ]


def _corrections(run: Run) -> list[str]:
    wrong = []
    for key, amount in run.given_back.items():
        pour = run.pours.get(key)
        owed = 0 if pour is None else pour["charged_fen"] - pour["due_fen"]
        if amount != owed:
            wrong.append(f"{key} was given back {amount} fen, owed were {owed}")
    return wrong


def _findings(run: Run) -> list[str]:
    def named(records: list[Line]) -> set[tuple[str, str, int]]:
        return {(r["code"], r["device"], r["seq"]) for r in records if r["code"] in INJECTABLE}

    injected, found = named(run.truth["inject"]), named(run.findings)
    # A double charge is a charge without water as well, and the wire repeats by itself.
    twins = {("D01", *rest) for code, *rest in injected if code == "D06"}
    twins |= {("D06", *rest) for code, *rest in injected if code == "D01"}
    false = {finding for finding in found - injected - twins if finding[0] != "D04"}
    return [
        *(f"not found: {finding}" for finding in injected - found),
        *(f"found without cause: {finding}" for finding in false),
    ]
