"""The dry run: every line is read and held against what is known; nothing else is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from tapline import cards, orders, policy
from tapline.cards import adoptions
from tapline.imports import columns, workbooks
from tapline.imports.columns import BY_CODE, Sheet
from tapline.imports.model import Import, ImportLine, ImportState, LineState
from tapline.imports.reading import entries
from tapline.imports.repository import LineRepository
from tapline.imports.rules import FLAWS_KEPT, Entry, Flaw, totals
from tapline.imports.workbooks import Table, UnreadableError
from tapline.uow import UnitOfWork

_AT_A_TIME: Final = 2000


def check(uow: UnitOfWork, found: Import) -> None:
    """Read a locked import's file line by line, and decide whether it could be applied."""
    assert found.content is not None
    lines = LineRepository(uow, found)
    run = _Run(uow, found, lines)
    run.read(found.content)
    if not run.flaws:
        lines.mark_present()
        run.hold_against_what_is_known()
    found.content = None
    found.notes = [list(note) for note in run.notes]
    found.flaw_count = len(run.flaws)
    found.flaws = [list(flaw) for flaw in run.flaws[:FLAWS_KEPT]]
    found.totals = run.totals
    found.total_fen = _money(uow, found.tenant_id, run.totals, run.tickets)
    found.state = ImportState.REFUSED if run.flaws else ImportState.CHECKED
    if run.flaws:
        lines.drop()


class _Run:
    """One reading of one file."""

    def __init__(self, uow: UnitOfWork, found: Import, lines: LineRepository) -> None:
        self.flaws: list[Flaw] = []
        self.notes: list[tuple[str, str]] = []
        self.totals: dict[str, dict[str, int]] = {}
        self.tickets: dict[str, int] = {}
        self._uow = uow
        self._found = found
        self._lines = lines
        self._policy = policy.current(uow, tenant_id=found.tenant_id)
        self._seen: set[str] = set()
        self._wrong_lines: set[tuple[str, int]] = set()

    def read(self, content: bytes) -> None:
        """Store the lines that can be read, and note what is wrong with others."""
        try:
            for table in workbooks.tables(self._found.name, content):
                self.notes += [(note, table.name) for note in table.notes]
                self._read(table)
        except UnreadableError as error:
            self.flaws.append(error.flaw)
        if not self.totals and not self.flaws:
            self.flaws.append(Flaw("", 0, "empty"))

    def hold_against_what_is_known(self) -> None:
        """Everything that a line alone does not show."""
        for sheet, line, external_id in self._lines.otherwise(FLAWS_KEPT):
            self._wrong(BY_CODE[sheet], line, "other_content", external_id)
        for sheet, line, customer in self._lines.strangers(FLAWS_KEPT):
            self._wrong(BY_CODE[sheet], line, "no_customer", customer)
        checks: Mapping[str, Callable[[Sequence[ImportLine]], Iterator[tuple[int, str, str]]]] = {
            "cards": self._cards,
            "booklets": self._booklets,
            "cases": self._cases,
        }
        for code, check_lines in checks.items():
            waiting = {LineState.WAITING}
            for some in self._lines.chunks(_AT_A_TIME, sheet=code, states=waiting):
                for line, wrong, value in check_lines(some):
                    self._wrong(BY_CODE[code], line, wrong, value)

    def _read(self, table: Table) -> None:
        sheet = columns.sheet_named(table.name)
        if sheet is None:
            self._check_stray(table)
            return
        if sheet.code in self.totals:
            self.flaws.append(Flaw(sheet.title, 0, "two_sheets", value=table.name))
            return
        batch: list[Entry] = []
        for one in entries(table, sheet, self._policy, self._seen):
            if isinstance(one, Flaw):
                self.flaws.append(one)
                if len(self.flaws) >= FLAWS_KEPT:
                    return
            else:
                batch.append(one)
            if len(batch) == _AT_A_TIME:
                self._store(batch)
                batch = []
        self._store(batch)

    def _check_stray(self, table: Table) -> None:
        """A sheet of another name may be there as long as it is empty, or ours with the notes."""
        if table.name != columns.NOTES_TITLE and any(any(line.cells) for line in table.lines):
            self.flaws.append(Flaw(table.name, 0, "unknown_sheet", value=table.name))

    def _store(self, batch: Sequence[Entry]) -> None:
        for code, sums in totals(batch).items():
            before = self.totals.setdefault(code, dict.fromkeys(sums, 0))
            self.totals[code] = {name: before[name] + amount for name, amount in sums.items()}
        for entry in batch:
            if entry.sheet is columns.BOOKLETS:
                sku = entry.values["sku"]
                self.tickets[sku] = self.tickets.get(sku, 0) + entry.values["tickets"]
        self._lines.add([self._row(entry) for entry in batch])

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {
            "import_id": self._found.import_id,
            "sheet": entry.sheet.code,
            "line": entry.line,
            "sheet_no": entry.sheet.number,
            "tenant_id": self._found.tenant_id,
            "source": self._found.source,
            "external_id": entry.external_id,
            "sha256": entry.sha256,
            "content": dict(entry.values),
            "amounts": entry.amounts,
            "state": LineState.WAITING,
        }

    def _cards(self, some: Sequence[ImportLine]) -> Iterator[tuple[int, str, str]]:
        counters = {one.external_id: _content(one)["chip_atc"] for one in some}
        found = adoptions.hindrances(self._uow, tenant_id=self._found.tenant_id, counters=counters)
        for one in some:
            if one.external_id in found:
                yield one.line, found[one.external_id].value, one.external_id

    def _booklets(self, some: Sequence[ImportLine]) -> Iterator[tuple[int, str, str]]:
        offered = orders.products_of(self._uow, tenant_id=self._found.tenant_id)
        known = {product.sku for product in offered}
        for one in some:
            if (sku := _content(one)["sku"]) not in known:
                yield one.line, "no_product", sku

    def _cases(self, some: Sequence[ImportLine]) -> Iterator[tuple[int, str, str]]:
        named = {one.line: _content(one)["card_no"] for one in some if _content(one)["card_no"]}
        known = cards.known(
            self._uow, tenant_id=self._found.tenant_id, card_nos=set(named.values())
        )
        for line, card_no in named.items():
            if card_no not in known and f"cards:card_no:{card_no}" not in self._seen:
                yield line, "no_card", card_no

    def _wrong(self, sheet: Sheet, line: int, code: str, value: str) -> None:
        """Note it, unless something else is wrong with the line: what follows from that helps
        nobody."""
        if (sheet.code, line) in self._wrong_lines:
            return
        self._wrong_lines.add((sheet.code, line))
        column = next((one for one in sheet.columns if one.code in _ABOUT.get(code, ())), None)
        words = (column or sheet.id_column).words
        self.flaws.append(Flaw(sheet.title, line, code, words, value))


_ABOUT: Final = {"no_customer": ("customer_id",), "no_product": ("sku",)}
"""The columns that are meant, where it is not a line's id."""


def _content(line: ImportLine) -> Mapping[str, Any]:
    assert line.content is not None
    return line.content


def _money(
    uow: UnitOfWork,
    tenant_id: str,
    sums: Mapping[str, Mapping[str, int]],
    tickets: Mapping[str, int],
) -> int:
    """All that the file opens with, in fen; tickets at the price of a barrel."""
    prices = {one.sku: one.price_fen for one in orders.products_of(uow, tenant_id=tenant_id)}
    worth_fen = sum(count * prices.get(sku, 0) for sku, count in tickets.items())
    told = (amount for of in sums.values() for name, amount in of.items() if name.endswith("_fen"))
    return worth_fen + sum(told)
