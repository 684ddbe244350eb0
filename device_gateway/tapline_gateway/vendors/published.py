"""Publishes what adapters declare: the tables in `docs/vendors.md`.

    python -m tapline_gateway.vendors.published [--check]

writes what stands between its markers there; with `--check` it writes nothing and exits 1 where
that is stale.
"""

import argparse
import re
import sys
from pathlib import Path

from tapline.devices import Assurance
from tapline_gateway.vendors.adapter import Capability
from tapline_gateway.vendors.registry import ADAPTERS

PAGE = Path(__file__).parents[3] / "docs" / "vendors.md"

_SECTION = re.compile(
    r"(<!-- generated:capabilities -->\n).*?(<!-- /generated -->)", flags=re.DOTALL
)
_MEANINGS = {
    Capability.NUMBERS: "record numbers of each machine's own, without holes",
    Capability.RELEASE: "keeps a record until we have it",
    Capability.BEFORE: "what was on the card before",
    Capability.AFTER: "what was left on the card",
    Capability.COUNTER: "the card's own counter",
    Capability.WATER: "how much water was metered",
    Capability.PULSES: "the meter's pulses",
    Capability.TOTALS: "lifetime counters",
    Capability.EVENTS: "numbered alarms",
    Capability.PRESENCE: "whether the machine is there",
}
_ASSURANCES = {
    Assurance.CARD: "the card's own proof",
    Assurance.DEVICE: "the machine's signature",
    Assurance.TRANSPORT: "the machine's own connection",
    Assurance.CLOUD: "its maker's cloud",
}


def published(text: str) -> str:
    """The page with its tables as they should be."""
    return _SECTION.sub(lambda section: f"{section[1]}{_table()}\n{section[2]}", text)


def _table() -> str:
    adapters = list(ADAPTERS.values())
    head = ["says", *(f"`{one.NAME}`" for one in adapters)]
    rows = [
        ["", *(one.TITLE for one in adapters)],
        ["known by", *(f"{_ASSURANCES[one.ASSURANCE]} ({one.ASSURANCE})" for one in adapters)],
    ]
    rows += [
        [meaning, *("yes" if can in one.CAPABILITIES else "no" for one in adapters)]
        for can, meaning in _MEANINGS.items()
    ]
    rows += [["can be told", *(", ".join(sorted(one.OPERATIONS)) or "nothing" for one in adapters)]]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    options = argparse.ArgumentParser(description="Publish what adapters declare.")
    options.add_argument("--check", action="store_true", help="write nothing, exit 1 when stale")
    given = PAGE.read_text("utf-8")
    wanted = published(given)
    if not options.parse_args().check:
        PAGE.write_text(wanted, encoding="utf-8")
    elif given != wanted:
        sys.exit("stale: docs/vendors.md\nrun: python -m tapline_gateway.vendors.published")


if __name__ == "__main__":
    main()
