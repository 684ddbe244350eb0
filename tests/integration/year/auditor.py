"""An auditor with a pocket calculator: a year's truth against what the platform keeps.

Standard library alone, nothing of the product: every balance is computed from what the world did
and from the lines of the journal, never from a counter or a word of the platform's.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

Line = dict[str, Any]
Key = tuple[str, int]

OVER_IN_TIME = {"D14", "D15", "D18"}
"""What ends by itself: a debt is paid, money is tapped for, a meter is mended. A pour that
arrives before the write that paid for it is a debt, too, for that long: a D14 that is over needs no
cause."""


@dataclass
class Year:
    """What the world did (by kind), and the platform's rows."""

    truth: dict[str, list[Line]]
    facts: list[Line]
    findings: list[Line]
    entries: list[Line]
    refunds: list[Line]

    def __post_init__(self) -> None:
        self.pours = {(one["device"], one["seq"]): one for one in self.truth["pour"]}
        self.given_back = {
            (one["device"], one["seq"]): one["posted_fen"]
            for one in self.refunds
            if one["kind"] == "txn_reversal" and one["posted_fen"]
        }
        self.balances: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            if not entry["pending"]:
                grows = entry["side"] == entry["grows"]
                self.balances[entry["code"]] += entry["amount"] if grows else -entry["amount"]

    def heir(self, card: str) -> str:
        """The last card that took a card's place."""
        by = {one["card"]: one["by"] for one in self.truth["replaced"]}
        while card in by:
            card = by[card]
        return card

    def told(self, payer: str) -> list[tuple[Key, Line]]:
        """The pours of which a record came, that this payer is to bear."""
        return [
            (key, one)
            for key, one in self.pours.items()
            if one["is_told"] and one["payer"] == payer
        ]

    def worth(self, card: str) -> int:
        """What the lines of the journal leave a card: all its purses less what it owes."""
        purses = ("principal", "bonus", "pending_load", "pending_bonus")
        held = sum(self.balances[f"card:{card}:{purse}"] for purse in purses)
        return held - self.balances[f"card:{card}:receivable"]


def problems(year: Year) -> list[str]:
    """Everything that does not add up; empty after an honest year."""
    return [
        *of_facts(year),
        *of_journals(year),
        *of_cards(year),
        *of_chips(year),
        *of_others(year),
        *of_corrections(year),
        *of_findings(year),
    ]


def of_facts(year: Year) -> list[str]:
    """What machines wrote is kept, and nothing else."""
    kept = Counter((one["device"], one["seq"]) for one in year.facts)
    written = {key for key, one in year.pours.items() if one["is_told"]}
    written |= {(one["device"], one["seq"]) for one in year.truth["load"]}
    known = written | {(one["device"], one["seq"]) for one in year.truth["forged"]}
    known |= {(one["device"], one["seq"]) for one in year.truth["torn"]}
    return [
        *(f"lost: {key}" for key in written - kept.keys()),
        *(f"invented: {key}" for key in kept.keys() - known),
    ]


def of_journals(year: Year) -> list[str]:
    """Every journal balances."""
    sums: dict[tuple[int, str, bool], int] = defaultdict(int)
    for entry in year.entries:
        sign = 1 if entry["side"] == "D" else -1
        sums[entry["journal"], entry["unit"], entry["pending"]] += sign * entry["amount"]
    return [f"journal {key} is off by {total}" for key, total in sums.items() if total]


def of_cards(year: Year) -> list[str]:
    """What came to a card, less what was drawn with it, is what it is worth."""
    expected: dict[str, int] = defaultdict(int)
    for card in year.truth["card"]:
        expected[year.heir(card["card"])] += card["opened_fen"]
    for topup in year.truth["topup"]:
        expected[year.heir(topup["card"])] += topup["fen"] + topup["bonus_fen"]
    for key, pour in year.told("card"):
        expected[year.heir(pour["card"])] += year.given_back.get(key, 0) - pour["charged_fen"]
    for refund in year.truth["refund"]:
        expected[year.heir(refund["card"])] -= refund["fen"] + refund["lapsed_fen"]
    replaced = {one["card"]: 0 for one in year.truth["replaced"]}
    return [
        f"card {card} is worth {year.worth(card)} fen, the world says {fen}"
        for card, fen in (expected | replaced).items()
        if year.worth(card) != fen
    ]


def of_chips(year: Year) -> list[str]:
    """What our machines alone ever wrote to and drew from is what the books say is on it."""
    wrong = []
    early: dict[str, int] = defaultdict(int)
    for one in year.truth["early"]:
        early[one["card"]] += one["fen"]
    for chip in year.truth["chip"]:
        card = chip["card"]
        held = year.balances[f"card:{card}:principal"] + year.balances[f"card:{card}:bonus"]
        held -= year.balances[f"card:{card}:receivable"]
        held += early[card]
        if held != chip["fen"]:
            wrong.append(f"the chip of {card} holds {chip['fen']} fen, the books say {held}")
    return wrong


def of_others(year: Year) -> list[str]:
    """Issuer, tills, provider, suspense, revenue, losses."""
    expected: dict[str, int] = defaultdict(int)
    for key, pour in year.told("issuer"):
        expected["issuer"] += pour["charged_fen"] - year.given_back.get(key, 0)
    for _, pour in year.told("suspense"):
        expected[f"suspense:{pour['device']}"] += pour["charged_fen"]
    for topup in year.truth["topup"]:
        expected["cash" if topup["by_hand"] else "psp"] += topup["fen"]
        expected["exp:bonus"] += topup["bonus_fen"]
    for refund in year.truth["refund"]:
        expected["psp"] -= refund["fen"]
        expected["exp:bonus"] -= refund["lapsed_fen"]
    stolen = {one["subject"] for one in year.truth["inject"] if one["code"] == "D22"}
    for key, fen in year.given_back.items():
        borne = "loss:fraud" if f"dev:{key[0]}:{key[1]}" in stolen else "rev:water"
        expected[borne] += fen if borne == "loss:fraud" else -fen
    expected["rev:water"] += sum(
        one["charged_fen"] for one in year.pours.values() if one["is_told"]
    )
    held: dict[str, int] = defaultdict(int)
    for code, fen in year.balances.items():
        name = code.split(":")[0]
        if name != "card":
            held[code if name in {"suspense", "rev", "loss", "exp"} else name] += fen
    held.pop("equity", None)
    return [
        f"{code} stands at {held[code]}, the world says {expected[code]}"
        for code in held.keys() | expected.keys()
        if held[code] != expected[code]
    ]


def of_corrections(year: Year) -> list[str]:
    """Machines give back what was taken too much, to the fen; what they leave, people look at."""
    wrong = []
    waiting = {(one["device"], one["seq"]) for one in year.refunds if one["state"] == "review"}
    for key, pour in year.pours.items():
        over_fen = pour["charged_fen"] - pour["due_fen"] if pour["is_told"] else 0
        given = year.given_back.get(key, 0)
        if given != over_fen and not (given == 0 and key in waiting):
            wrong.append(f"{key} was given back {given} fen, owed were {over_fen}")
    wrong += [
        f"{key} was given back, and never poured"
        for key in year.given_back.keys() - year.pours.keys()
    ]
    return wrong


def of_findings(year: Year) -> list[str]:
    """What went wrong is found, and nothing is found that did not."""
    injected = {(one["code"], one["subject"]) for one in year.truth["inject"]}
    ever = {(one["code"], one["subject"]) for one in year.findings}
    standing = {
        (one["code"], one["subject"])
        for one in year.findings
        if one["retracted_at"] is None or one["code"] in {"D15", "D18"}
    }
    lasting = {one for one in injected if one[0] not in OVER_IN_TIME}
    return [
        *(f"not found: {one}" for one in sorted(injected - ever)),
        *(f"found, then withdrawn: {one}" for one in sorted((lasting & ever) - standing)),
        *(f"found without cause: {one}" for one in sorted(standing - injected - _waited(year))),
    ]


def _waited(year: Year) -> set[tuple[str, str]]:
    """What may have waited for a tap without anybody having meant it to: money given back."""
    owed = {one["card"] for key, one in year.pours.items() if key in year.given_back}
    owed |= {one["card"] for kind in ("forgotten", "early") for one in year.truth[kind]}
    return {("D15", f"card:{name}") for card in owed for name in (card, year.heir(card))}
