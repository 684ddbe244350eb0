"""What really happened, as the simulator wrote it, held against what was recorded.

Source of the rules: the external auditor recomputes the same from the same files; this is our
own account of a run, and both must agree.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
FactKey = tuple[str, int]
FoundKey = tuple[str, str | None, int | None]

_GIVES_BACK = frozenset({"D01", "D02", "D06"})
_TAKES_FROM_CARD = frozenset({"card_close", "card_partial", "load_cancel", "txn_reversal"})


_OF_CARDS = frozenset({"D08", "D09", "D10", "D11", "D25"})
_OF_MACHINES = frozenset({"D18", "D19"})
_NATURAL = frozenset({"D04", "D14", "D15"})
"""Never false: MQTT repeats by itself, customers draw more than they have, or do not come."""


def add(truth_dir: Path, told: Iterable[Row]) -> None:
    """Put what people did with money beside what the simulator wrote of its machines and cards."""
    with (truth_dir / "truth.jsonl").open("a", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(row)}\n" for row in told)


@dataclass(frozen=True, slots=True)
class Books:
    """The two accounts of a run, by kind of line: `truth` and what the platform exported."""

    truth: Mapping[str, Sequence[Row]]
    exported: Mapping[str, Sequence[Row]]

    @classmethod
    def read(cls, truth_dir: Path, export_dir: Path) -> "Books":
        """Both from their folders."""
        kinds: dict[str, list[Row]] = defaultdict(list)
        for row in _lines(truth_dir / "truth.jsonl"):
            kinds[row["t"]].append(row)
        names = ("facts", "cards", "findings", "refunds")
        return cls(kinds, {name: list(_lines(export_dir / f"{name}.jsonl")) for name in names})

    def pours(self) -> dict[FactKey, Row]:
        """Pours whose fact the firmware kept."""
        pours = self.truth.get("pour", ())
        return {(row["device"], row["seq"]): row for row in pours if row["seq"] is not None}

    def facts(self) -> dict[str, int]:
        """How many facts were posted, set aside, lost and posted twice."""
        loads = {(row["device"], row["seq"]) for row in self.truth.get("load", ())}
        written = self.pours().keys() | loads
        standing = Counter(_keys(self.exported["facts"], "accepted"))
        aside = Counter(_keys(self.exported["facts"], "quarantined"))
        return {
            "posted": len(standing),
            "quarantined": aside.total(),
            "lost": len(written - standing.keys() - aside.keys()),
            "duplicated": sum(count - 1 for count in standing.values()),
        }

    def imbalance_fen(self) -> int:
        """The sum over cards of how far the ledger is from the world."""
        recorded = {row["card"]: row["balance_fen"] for row in self.exported["cards"]}
        return sum(abs(worth - recorded.get(card, 0)) for card, worth in self._expected().items())

    def discrepancies(self) -> dict[str, dict[str, int]]:
        """By code: injected, detected, false, and how they were resolved."""
        injected = {_found(row) for row in self.truth.get("inject", ())}
        findings = {_found(row): row for row in self.exported["findings"]}
        wrong = findings.keys() - injected - _twins(injected)
        table = {}
        for code in sorted({key[0] for key in (*injected, *findings)}):
            of_code = [row for row in findings.values() if row["code"] == code]
            resolved = Counter(row["resolution"] for row in of_code)
            false = 0 if code in _NATURAL else sum(key[0] == code for key in wrong)
            table[code] = {
                "injected": sum(key[0] == code for key in injected),
                "detected": sum(key[0] == code for key in injected & findings.keys()),
                "false": false,
                "auto_resolved": resolved["auto"],
                "ticketed": resolved["ticket"],
            }
        return table

    def _expected(self) -> dict[str, int]:
        """What each card should be worth, in fen."""
        expected: Counter[str] = Counter()
        for row in self.truth.get("card", ()):
            expected[row["card"]] += row["opened_fen"]
        for row in self.truth.get("topup", ()):
            expected[row["card"]] += row["fen"] + row.get("bonus_fen", 0)
        pours, standing = self.pours(), _keys(self.exported["facts"], "accepted")
        for key in pours.keys() & standing:
            if pours[key]["card"] is not None:
                expected[pours[key]["card"]] -= pours[key]["charged_fen"]
        for key, amount_fen in self._given_back().items():
            if key in pours and key in standing:
                expected[pours[key]["card"]] += amount_fen
        for row in self.exported["refunds"]:
            if row["kind"] in _TAKES_FROM_CARD:
                expected[row["card"]] -= row["taken_fen"]
        return dict(expected)

    def _given_back(self) -> dict[FactKey, int]:
        """What machines gave back: the largest of what the rules named for a pour."""
        given: dict[FactKey, int] = {}
        for row in self.exported["findings"]:
            if row["resolution"] == "auto" and row["code"] in _GIVES_BACK:
                key = (row["device"], row["seq"])
                given[key] = max(given.get(key, 0), row["amount_fen"])
        return given


def _lines(file: Path) -> Iterable[Row]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _keys(facts: Sequence[Row], verdict: str) -> list[FactKey]:
    return [(row["device"], row["seq"]) for row in facts if row["verdict"] == verdict]


def _found(row: Row) -> FoundKey:
    """What a row is about: a pour, a card's trail, or a machine's account of itself."""
    code = row["code"]
    if code in _OF_CARDS:
        return code, row["card"], None
    return code, row["device"], None if code in _OF_MACHINES else row["seq"]


def _twins(injected: Iterable[FoundKey]) -> set[FoundKey]:
    """A double charge and the charge without water inside it name the same pour."""
    other = {"D01": "D06", "D06": "D01"}
    return {(other[code], device, seq) for code, device, seq in injected if code in other}
