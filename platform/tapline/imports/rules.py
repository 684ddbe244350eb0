"""What a line says, what it weighs, and what keeps an import from being applied. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.imports import columns
from tapline.imports.columns import Sheet
from tapline.imports.model import Import, ImportState
from tapline.people import Role

ROLES: Final = frozenset({Role.FINANCE, Role.ADMIN})
"""Who answers for the books, and so takes others over."""
FLAWS_KEPT: Final = 5000
"""Whoever has so many mistakes to mend needs no more to begin with."""


class LineError(ConflictError):
    """A line cannot be applied any more; `code` says why, as `Flaw`'s does."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Flaw(NamedTuple):
    """Something wrong with a line, or with a whole sheet where `line` is 0.

    `code` says what, e.g. `missing`; `column` and `value` say of what, as the file has them. Pages
    tell it in the reader's words, with what to do.
    """

    sheet: str
    line: int
    code: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that could be read: its values by the names of its sheet's columns, JSON as it is."""

    sheet: Sheet
    line: int
    values: Mapping[str, Any]

    @property
    def external_id(self) -> str:
        """What the other system calls it."""
        return str(self.values[self.sheet.id_column.name])

    @property
    def sha256(self) -> bytes:
        """Of what it says, in whichever form of file."""
        text = json.dumps(self.values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).digest()

    @property
    def amounts(self) -> dict[str, int]:
        """Its figures, in fen and pieces."""
        values = self.values
        if self.sheet is columns.CARDS:
            return {
                "principal_fen": values["principal_fen"],
                "bonus_fen": values["bonus_fen"] or 0,
            }
        if self.sheet is columns.BUCKETS:
            deposit_fen = values["deposits"] * values["deposit_fen"]
            return {"deposit_fen": deposit_fen, "buckets": values["buckets"]}
        if self.sheet is columns.BOOKLETS:
            return {"tickets": values["tickets"]}
        return {}


FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "customers": (),
    "cards": ("principal_fen", "bonus_fen"),
    "buckets": ("deposit_fen", "buckets"),
    "booklets": ("tickets",),
    "cases": (),
}
"""What is added up of a sheet, beside its lines."""


def totals(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Lines and figures by sheet; a sheet without lines is absent."""
    sums: dict[str, dict[str, int]] = {}
    for entry in entries:
        code = entry.sheet.code
        figures = sums.setdefault(code, {"lines": 0} | dict.fromkeys(FIGURES[code], 0))
        figures["lines"] += 1
        for name, amount in entry.amounts.items():
            figures[name] += amount
    return sums


def require_state(found: Import, *states: ImportState) -> None:
    """Refuse what the import's state does not allow."""
    if found.state not in states:
        raise ConflictError(f"this import is {found.state.value}: reload the page")


def require_second(found: Import, first: str | None, actor: str, alone_fen: int) -> None:
    """Refuse one person alone where two must look at so much money."""
    if found.total_fen > alone_fen and actor == first:
        raise DeniedError(
            f"it opens with {found.total_fen} fen, more than {alone_fen}: a second person approves"
        )


def require_reason(reason: str) -> str:
    """Refuse to undo without saying why."""
    if not reason.strip():
        raise InvalidError("say why it is undone: it stands on the audit trail")
    return reason.strip()
