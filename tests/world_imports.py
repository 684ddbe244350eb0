"""An old system's books beside `tests.world`: sent and checked, waiting to be applied."""

from uuid import UUID

from tapline import imports
from tapline.imports import Import, templates
from tapline.imports.columns import CARDS, CUSTOMERS
from tapline.imports.rules import Entry
from tapline.uow import Database, UnitOfWork

CARD = "67001234"


def books(card_no: str = CARD, phone: str = "13700000066", principal_fen: int = 12345) -> bytes:
    """A customer and his card."""
    customer = {"customer_id": "K1", "phone": phone, "name": "钱多多"}
    card = {
        "card_no": card_no,
        "kind": "cpu",
        "customer_id": "K1",
        "principal_fen": principal_fen,
        "bonus_fen": None,
        "chip_atc": 7,
        "chip_fen": None,
    }
    return templates.excel([Entry(CUSTOMERS, 2, customer), Entry(CARDS, 2, card)])


def sent(uow: UnitOfWork, *, source: str = "old-erp", actor: str = "he.qing") -> dict[str, str]:
    """Its id, as routes name it."""
    found = imports.upload(
        uow, tenant_id="demo", source=source, files=[("books.xlsx", books())], actor=actor
    )
    imports.advance(uow, tenant_id="demo", import_id=found.import_id)
    return {"import_id": str(found.import_id)}


def worked(database: Database, import_id: UUID) -> Import:
    """What the worker does with one import, until nothing is left."""
    more = True
    while more:
        with database.transaction() as uow:
            more = imports.advance(uow, tenant_id="demo", import_id=import_id)
    with database.transaction() as uow:
        return imports.get(uow, tenant_id="demo", import_id=import_id)
