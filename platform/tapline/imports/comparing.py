"""The file against the books: read back from the ledger, not from what we think we wrote."""

from collections.abc import Sequence
from typing import Any, Final

from tapline import clock, ledger
from tapline.imports.model import Import, ImportLine, LineState
from tapline.imports.postings import expected
from tapline.imports.repository import IN_FORCE, LineRepository
from tapline.imports.rules import FIGURES
from tapline.uow import UnitOfWork

_AT_A_TIME: Final = 1000
_DIFFERENCES_KEPT: Final = 1000
_THERE: Final = frozenset({*IN_FORCE, LineState.PRESENT})


def compare(uow: UnitOfWork, found: Import) -> dict[str, Any]:
    """What the file says and what the books hold for it, by sheet and figure.

    `figures` are (sheet, figure, file, books); `differences` name the first lines of which a figure
    is not there: (sheet, line, id, figure, file, books, why). Amounts in fen and pieces.
    """
    comparison = _Comparison(uow, found)
    for some in LineRepository(uow, found).chunks(_AT_A_TIME):
        comparison.add(some)
    return {
        "made_at": clock.now().isoformat(),
        "figures": [[sheet, figure, *sums] for (sheet, figure), sums in comparison.sums.items()],
        "differences": comparison.differences[:_DIFFERENCES_KEPT],
        "difference_count": len(comparison.differences),
    }


class _Comparison:
    """Sums so far."""

    def __init__(self, uow: UnitOfWork, found: Import) -> None:
        self.sums: dict[tuple[str, str], list[int]] = {}
        self.differences: list[list[Any]] = []
        self._uow = uow
        self._tenant_id = found.tenant_id

    def add(self, some: Sequence[ImportLine]) -> None:
        """Lines in order, those of a sheet together."""
        awaited = [(one, expected(one) if one.state in _THERE else []) for one in some]
        keys = [key for _, journals in awaited for each in journals for key in each.keys]
        posted = ledger.entries_for_keys(self._uow, tenant_id=self._tenant_id, keys=keys)
        for one, journals in awaited:
            books = {
                each.figure: each.amount_of([line for key in each.keys for line in posted[key]])
                for each in journals
            }
            self._count(one, "lines", 1, int(one.state in _THERE))
            for figure in FIGURES[one.sheet]:
                self._count(one, figure, one.amounts[figure], books.get(figure, 0))

    def _count(self, line: ImportLine, figure: str, file: int, books: int) -> None:
        sums = self.sums.setdefault((line.sheet, figure), [0, 0])
        sums[0] += file
        sums[1] += books
        if file != books:
            why = line.obstacle or line.state.value
            about = [line.sheet, line.line, line.external_id]
            self.differences.append([*about, figure, file, books, why])
