"""What a siege is told as: a table of faults, and what the auditor found."""

import os
from bisect import bisect_left
from collections import defaultdict
from statistics import median

from tests.chaos.hands import Struck
from tests.chaos.plan import Kind
from tests.chaos.siege import Outcome


def table(outcome: Outcome, *, seed: int, took_s: float, devices_n: int) -> str:
    """The run as Markdown."""
    facts = outcome.facts
    verdict = "nothing to object to" if not outcome.problems else "; ".join(outcome.problems[:5])
    rest = "; ".join(outcome.unfinished) or "everything was handed in and handled"
    return "\n".join(
        [
            f"# Chaos: {len(outcome.struck):,} faults in {took_s / 60:.0f} minutes, seed {seed}",
            "",
            f"{devices_n} simulated dispensers, {os.cpu_count()} cores,"
            f" load average {os.getloadavg()[0]:.1f}.",
            "",
            "| facts written by machines | posted | set aside | lost | doubled | forged |",
            "|---|---|---|---|---|---|",
            f"| {facts['written']:,} | {facts['posted']:,} | {facts['set aside']:,}"
            f" | {facts['lost']} | {facts['doubled']} | {facts['forged']} |",
            "",
            f"The auditor, who recomputes every card from what the machines did: {verdict}."
            f" At the end: {rest}.",
            "",
            f"Forged frames that the broker took: {outcome.forged:,}; pieces of machines' traffic"
            f" with a byte turned over: {outcome.spoilt:,}; believed: {facts['forged']}. Set aside"
            " are both versions of a number that the plan of the fleet gives out twice (D05)."
            f" Pours for which the machine's clock was hours off: {facts['mad clocks']}.",
            "",
            "| what went wrong | where | times | until the next fact, s: median | longest |",
            "|---|---|---|---|---|",
            *_rows(outcome),
            "",
            "The time is from the end of a fault to the next fact in the database, other faults"
            " meanwhile included, and only tells how long customers' facts may wait: machines keep"
            " them. A part that dies often is started again ever less often, 30 s at the most.",
        ]
    )


def _rows(outcome: Outcome) -> list[str]:
    groups: dict[tuple[Kind, str], list[float]] = defaultdict(list)
    for one in outcome.struck:
        groups[one.fault.kind, one.fault.target].append(_recovery_s(one, outcome))
    order = list(Kind)
    return [
        f"| {kind} | {target} | {len(times)} | {median(times):.1f} | {max(times):.1f} |"
        for (kind, target), times in sorted(
            groups.items(), key=lambda group: (order.index(group[0][0]), group[0][1])
        )
    ]


def _recovery_s(struck: Struck, outcome: Outcome) -> float:
    """From the end of a fault until more facts are stored than before."""
    moments = [moment for moment, _ in outcome.seen]
    place = bisect_left(moments, struck.over_s)
    before = outcome.seen[place - 1][1] if place else 0
    for moment, stored in outcome.seen[place:]:
        if stored > before:
            return moment - struck.over_s
    return 0.0
