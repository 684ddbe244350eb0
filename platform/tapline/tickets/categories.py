"""What kinds of case there are: how urgent, who is skilled in them, what makes two the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from tapline.tickets.model import Priority

WATER, BARRELS, CARDS = "water", "barrels", "cards"
"""Skills, by the names that callers choose from."""


@dataclass(frozen=True, slots=True)
class Category:
    priority: Priority
    skill: str
    nouns: tuple[str, ...]
    """What a case is about, the first that is known: two reports on it are one case."""
    is_dispute: bool = False
    """Whether a customer and we differ about what he drew and paid."""


_MACHINE = ("device", "card", "customer", "call")
_CARD = ("card", "customer", "call")
_ORDER = ("order", "customer", "call")

CATEGORIES: Mapping[str, Category] = {
    # found by machines
    "no_water": Category(Priority.HIGH, WATER, _MACHINE),
    "feeds_differ": Category(Priority.NORMAL, CARDS, _MACHINE),
    "number_reused": Category(Priority.HIGH, CARDS, _MACHINE),
    "torn_charge": Category(Priority.NORMAL, CARDS, _MACHINE),
    "card_doubtful": Category(Priority.HIGH, CARDS, _CARD),
    "card_gap": Category(Priority.NORMAL, CARDS, _CARD),
    "card_arrears": Category(Priority.LOW, CARDS, _CARD),
    "unknown_card": Category(Priority.NORMAL, CARDS, _CARD),
    "late_upload": Category(Priority.NORMAL, CARDS, _MACHINE),
    "blocked_sale": Category(Priority.HIGH, CARDS, _MACHINE),
    "false_proof": Category(Priority.URGENT, CARDS, _MACHINE),
    "discrepancy": Category(Priority.NORMAL, CARDS, _MACHINE),
    "refund_review": Category(Priority.NORMAL, CARDS, _CARD, is_dispute=True),
    "money_stopped": Category(Priority.HIGH, CARDS, _MACHINE),
    "rollout_stopped": Category(Priority.HIGH, WATER, _MACHINE),
    "water_given_away": Category(Priority.NORMAL, WATER, _MACHINE),
    "records_missing": Category(Priority.NORMAL, CARDS, _MACHINE),
    "meter_drift": Category(Priority.HIGH, WATER, _MACHINE),
    "counters_differ": Category(Priority.NORMAL, CARDS, _MACHINE),
    "clock_wrong": Category(Priority.LOW, WATER, _MACHINE),
    "readings_odd": Category(Priority.LOW, WATER, _MACHINE),
    "delivery_disputed": Category(Priority.NORMAL, BARRELS, _ORDER),
    "water_unsafe": Category(Priority.URGENT, WATER, _MACHINE),
    "bad_water_owed": Category(Priority.HIGH, CARDS, _MACHINE),
    "machine_dark": Category(Priority.HIGH, WATER, _MACHINE),
    "site_dark": Category(Priority.URGENT, WATER, _MACHINE),
    "platform_dark": Category(Priority.URGENT, WATER, _MACHINE),
    "round_flaw": Category(Priority.HIGH, WATER, _MACHINE),
    "round_late": Category(Priority.NORMAL, WATER, _MACHINE),
    "fault_foreseen": Category(Priority.LOW, WATER, _MACHINE),
    # told by people
    "device_fault": Category(Priority.URGENT, WATER, _MACHINE),
    "leak": Category(Priority.URGENT, WATER, _MACHINE),
    "water_quality": Category(Priority.HIGH, WATER, _MACHINE),
    "card_reader": Category(Priority.HIGH, WATER, _MACHINE),
    "noise": Category(Priority.NORMAL, WATER, _MACHINE),
    "machine_other": Category(Priority.NORMAL, WATER, _MACHINE),
    "pour_disputed": Category(Priority.NORMAL, CARDS, _CARD, is_dispute=True),
    "balance_wrong": Category(Priority.URGENT, CARDS, _CARD, is_dispute=True),
    "card_lost": Category(Priority.HIGH, CARDS, _CARD),
    "card_closing": Category(Priority.NORMAL, CARDS, _CARD),
    "order_late": Category(Priority.HIGH, BARRELS, _ORDER),
    "order_undelivered": Category(Priority.HIGH, BARRELS, _ORDER),
    "order_short": Category(Priority.NORMAL, BARRELS, _ORDER),
    "service_complaint": Category(Priority.HIGH, CARDS, ("customer", "call")),
    "call_follow_up": Category(Priority.NORMAL, CARDS, ("call", "customer")),
}

_OTHER = Category(Priority.NORMAL, CARDS, ("order", "device", "card", "customer", "call"))


def of(code: str) -> Category:
    """What is known of a category; one that is not listed is an ordinary case."""
    return CATEGORIES.get(code, _OTHER)
