"""An old system's books, and somebody who brings them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from openpyxl import Workbook

from tapline import imports, ledger, orders
from tapline.imports import SHEETS, Import
from tapline.uow import UnitOfWork

SKU = "W18"
Rows = Mapping[str, Sequence[Sequence[Any]]]

BOOKS: Rows = {
    "customers": [("K1", "13800000001", "王芳"), ("K2", 13800000002, "李强")],
    "cards": [
        ("90000001", "CPU卡", "K1", 123.45, 10, 37, 133.45),
        ("90000002", "id", "K2", "50.00", "", "", ""),
        ("90000003", "m1", "", 0.3, "", "", ""),
    ],
    "buckets": [("D1", "K1", 3, 2, 30), ("D2", "K1", 0, 1, 25)],
    "booklets": [("P1", "K2", SKU, 12)],
    "cases": [("G1", "K2", "90000002", "余额不符", "2026-10-01", "旧系统里少了 5 元")],
}
OPENING_FEN = 12345 + 1000 + 5000 + 30 + 6000 + 2500
"""Without the tickets, which have a price only with us."""


def workbook(rows: Rows = BOOKS) -> bytes:
    """An Excel file with these rows under the published headings, numbers as numbers."""
    book = Workbook()
    for sheet in SHEETS:
        if sheet.code not in rows:
            continue
        page = book.create_sheet(sheet.title)
        page.append([column.words for column in sheet.columns])
        for row in rows[sheet.code]:
            page.append(list(row))
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def offer(uow: UnitOfWork, tenant_id: str) -> None:
    """The barrel that tickets are for."""
    orders.put_product(
        uow,
        tenant_id=tenant_id,
        sku=SKU,
        name="桶装水 18.9L",
        name_en="Barrel 18.9 l",
        price_fen=1800,
        deposit_fen=3000,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """Who brings the books of `tenant_id`, in one transaction."""

    uow: UnitOfWork
    tenant_id: str = "demo"

    def sends(self, content: bytes | None = None, *, name: str = "books.xlsx") -> Import:
        """A file, and its dry run."""
        found = imports.upload(
            self.uow,
            tenant_id=self.tenant_id,
            source="old-erp",
            files=[(name, workbook() if content is None else content)],
            actor="he.qing",
        )
        self.works(found.import_id)
        return found

    def applies(self, found: Import, actor: str = "zhao.min") -> Import:
        """Approved by somebody else, and worked off."""
        imports.approve(self.uow, tenant_id=self.tenant_id, import_id=found.import_id, actor=actor)
        self.works(found.import_id)
        return found

    def undoes(self, found: Import) -> Import:
        """For a reason, up to the limit alone."""
        imports.ask_undo(
            self.uow,
            tenant_id=self.tenant_id,
            import_id=found.import_id,
            actor="he.qing",
            reason="wrong file",
        )
        self.works(found.import_id)
        return found

    def agrees(self, found: Import, actor: str) -> Import:
        """A second person lets it be undone."""
        imports.agree_undo(
            self.uow, tenant_id=self.tenant_id, import_id=found.import_id, actor=actor
        )
        self.works(found.import_id)
        return found

    def works(self, import_id: UUID) -> None:
        """What the worker does, until nothing is left."""
        while imports.advance(self.uow, tenant_id=self.tenant_id, import_id=import_id):
            pass

    def balances(self) -> dict[tuple[str, str], int]:
        """What every account holds that holds anything."""
        rows = ledger.trial(self.uow, tenant_id=self.tenant_id)
        return {(row.code, row.unit): row.balance for row in rows if row.balance}

    def codes(self, found: Import) -> list[tuple[str, int, str]]:
        """(sheet, line, code) of everything wrong."""
        return [(sheet, line, code) for sheet, line, code, *_ in found.flaws]
