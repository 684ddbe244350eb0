"""What makers are told is what the adapters declare."""

import json

import pytest

from tapline_gateway.vendors import ADAPTERS, Capability
from tapline_gateway.vendors.published import PAGE, published
from tests.unit.vendors.test_golden import RECORDS

_FIELDS = {
    Capability.BEFORE: "bal_before",
    Capability.AFTER: "bal_after",
    Capability.COUNTER: "atc",
    Capability.WATER: "ml",
    Capability.PULSES: "pulses",
}
_MESSAGES = {Capability.TOTALS: "up/tot", Capability.EVENTS: "up/evt"}


def test_the_page_of_adapters_is_up_to_date() -> None:
    text = PAGE.read_text("utf-8")

    assert published(text) == text
    assert all(f"`{name}`" in text for name in ADAPTERS)


def test_a_stale_table_is_noticed() -> None:
    text = PAGE.read_text("utf-8")
    spoilt = text.replace("| yes |", "| no |", 1)

    assert spoilt != text
    assert published(spoilt) == text


@pytest.mark.parametrize("vendor", sorted(ADAPTERS))
def test_an_adapter_declares_what_its_golden_records_show(vendor: str) -> None:
    shown: set[Capability] = set()
    for path in (RECORDS / vendor).glob("*.canonical.json"):
        meant = json.loads(path.read_text("utf-8"))
        shown |= {can for can, name in _MESSAGES.items() if meant.get("name") == name}
        for fact in meant.get("message", {}).get("facts", []):
            shown |= {can for can, field in _FIELDS.items() if field in fact}
    declared = ADAPTERS[vendor].CAPABILITIES & (_MESSAGES.keys() | _FIELDS.keys())

    assert shown == declared
