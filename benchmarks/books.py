"""What a long history costs: posting, a card's statement, the daily close, and verifying it all.

    python -m benchmarks.books [--journals 10000000 | --small] [--out benchmarks/results/books.md]

Two servers hold the same 50,000 cards behind 100,000 journals and behind all of them; the same work
is done on one and the other in turns. What is measured is the product alone.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks import place
from benchmarks.history import CARDS, TENANT, History, card_no
from tapline import clock, ledger
from tapline.uow import Database

FEW = 100_000
HISTORY_DAYS = 10
MEASURED_DAYS = 5
BATCH, BATCHES = 500, 20
STATEMENTS = 100
"""Batches and statements a measured day."""
REGULARS, PAGE = 50, 50
"""Cards whose statements are read, and lines of a page."""


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journals", type=int, default=10_000_000, help="the long history")
    parser.add_argument("--small", action="store_true", help="300,000: to see that it works")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    journals = 3 * FEW if arguments.small else arguments.journals
    with place.database() as few, place.database() as many:
        report = _report(few, many, journals)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(few: Database, many: Database, journals: int) -> str:
    books = [Books(few), Books(many)]
    for one, size in zip(books, (FEW, journals), strict=True):
        one.history.write(size, HISTORY_DAYS)
    return report(books, journals)


def report(books: list["Books"], journals: int) -> str:
    """The table over both, measured in turns: whatever else runs here slows both."""
    for one in books:
        one.post_for_regulars()
    for _ in range(MEASURED_DAYS):
        for _ in range(BATCHES):
            for one in books:
                one.post()
        for _ in range(STATEMENTS):
            for one in books:
                one.statement()
        for one in books:
            one.close()
    few, many = books
    rows = [
        f"| {what} | {median(few.took_ms[what]):,.1f} | {median(many.took_ms[what]):,.1f} "
        f"| {median(many.took_ms[what]) / median(few.took_ms[what]):.2f} |"
        for what in few.took_ms
    ]
    return "\n".join(
        [
            f"# Books: behind {FEW:,} journals and behind {journals:,}, {CARDS:,} cards",
            "",
            place.machine(few.database),
            "",
            "| median | few | many | many / few |",
            "|---|---|---|---|",
            *rows,
            "",
            *(one.verified() for one in books),
        ]
    )


POSTING = f"posting, ms a batch of {BATCH}"
STATEMENT = f"card statement of {PAGE} lines, ms"
CLOSE = f"daily close of {BATCH * BATCHES:,} journals, ms"


class Books:
    """A tenant's books, and how long work on them took."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.history = History(database)
        self.took_ms: dict[str, list[float]] = {POSTING: [], STATEMENT: [], CLOSE: []}

    def post_for_regulars(self) -> None:
        """So many pours with a few cards that a page of their statements is full."""
        for _ in range(PAGE):
            self._post([card_no(number) for number in range(REGULARS)])

    def post(self) -> None:
        """One batch of pours with any cards."""
        cards = [card_no(random.randrange(CARDS)) for _ in range(BATCH)]
        with self._timed(POSTING):
            self._post(cards)

    def statement(self) -> None:
        """The first page of a regular's statement."""
        code = f"card:{card_no(random.randrange(REGULARS))}:principal"
        with self._timed(STATEMENT), self.database.transaction() as uow:
            assert len(ledger.statement(uow, tenant_id=TENANT, code=code)) == PAGE

    def close(self) -> None:
        """Close the day that was posted; it is sealed meanwhile, as ever."""
        with clock.frozen(self.history.moment), self.database.transaction() as uow:
            ledger.seal(uow)
        with self._timed(CLOSE):
            self.history.close()
        self.history.next_day()

    def verified(self) -> str:
        """That all of it verifies, and how fast."""
        began = time.perf_counter()
        with self.database.transaction() as uow:
            outcome = ledger.verify(uow)
        assert outcome.ok, outcome.differences
        rate = 60 * outcome.journals / (time.perf_counter() - began)
        return f"Verified {outcome.journals:,} journals, {rate:,.0f} a minute.\n"

    def _post(self, cards: Sequence[str]) -> None:
        commands = [
            ledger.Command(
                key=self.history.key(),
                kind="pour",
                event_at=self.history.moment,
                movement=ledger.Pour(card, random.randrange(50, 300)),
                content="",
            )
            for card in cards
        ]
        with clock.frozen(self.history.moment), self.database.transaction() as uow:
            ledger.post(uow, tenant_id=TENANT, commands=commands)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.took_ms[what].append(1000 * (time.perf_counter() - began))


if __name__ == "__main__":
    main()
