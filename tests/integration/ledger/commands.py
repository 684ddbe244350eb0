"""Commands for tests: what they are about in few words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from tapline import ledger
from tapline.uow import UnitOfWork

NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)
CARD = "88001234"

_numbers = count(1)


def command(
    movement: ledger.Movement | ledger.Resolution,
    key: str | None = None,
    *,
    kind: str = "test",
    content: str | None = None,
    expires_at: datetime | None = None,
) -> ledger.Command:
    """A command under `key`, or a key of its own; its content is the movement asked for."""
    return ledger.Command(
        key=key or f"test:{next(_numbers)}",
        kind=kind,
        event_at=NOW,
        movement=movement,
        content=content or repr(movement),
        expires_at=expires_at,
    )


def post(
    uow: UnitOfWork, *movements: ledger.Movement | ledger.Resolution, tenant_id: str = "demo"
) -> list[ledger.Posted]:
    """Post movements in one batch, each under a key of its own."""
    return ledger.post(uow, tenant_id=tenant_id, commands=[command(m) for m in movements])


def place(
    uow: UnitOfWork, key: str, movement: ledger.Movement | ledger.Resolution
) -> ledger.Posted:
    """Post one movement under `key`."""
    return ledger.post(uow, tenant_id="demo", commands=[command(movement, key)])[0]


def split(uow: UnitOfWork, card_no: str = CARD) -> tuple[int, int, int, int]:
    """(principal, bonus, pending, receivable) of a card in fen."""
    card = ledger.card(uow, tenant_id="demo", card_no=card_no)
    return card.principal_fen, card.bonus_fen, card.pending_load_fen, card.receivable_fen


def holdings(uow: UnitOfWork, tenant_id: str) -> Iterable[tuple[object, ...]]:
    """The trial balance as plain rows."""
    return [tuple(row) for row in ledger.trial(uow, tenant_id=tenant_id)]
