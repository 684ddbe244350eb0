import re
from collections.abc import Sequence

from tapline import audit, clock
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.orders.lots.model import LotHold
from tapline.orders.lots.repository import LotRepository
from tapline.uow import UnitOfWork

_LOT = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,31}")


def read(text: str) -> str:
    """A lot's number as it is kept, however it was typed or scanned.

    Raises:
        InvalidError: it is none.
    """
    lot = re.sub(r"\s+", "", text).upper()
    if not _LOT.fullmatch(lot):
        raise InvalidError("a lot is 1 to 32 letters, digits, dots, hyphens: read it off a barrel")
    return lot


def hold(uow: UnitOfWork, *, tenant_id: str, lot: str, why: str, actor: str) -> None:
    """From now on nothing of the lot is handed over. Said again it changes nothing."""
    lots = LotRepository(uow, tenant_id)
    known = lots.find(lot, lock=True)
    if known is not None and known.let_go_at is None:
        return
    if known is None:
        row = LotHold(tenant_id=tenant_id, lot=lot, why=why, held_at=clock.now(), held_by=actor)
        lots.add(row)
    else:
        known.why, known.held_at, known.held_by = why, clock.now(), actor
        known.let_go_at = known.let_go_by = None
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="lot.hold",
        subject=f"lot:{lot}",
        reason=why,
    )


def let_go(uow: UnitOfWork, *, tenant_id: str, lot: str, actor: str, reason: str) -> None:
    """It may be handed over again.

    Raises:
        NotFoundError: it is not held.
        InvalidError: no reason.
    """
    if not reason.strip():
        raise InvalidError("say on what ground: a laboratory's word, or a mistaken number")
    known = LotRepository(uow, tenant_id).find(lot, lock=True)
    if known is None or known.let_go_at is not None:
        raise NotFoundError(f"lot {lot} is not held")
    known.let_go_at, known.let_go_by = clock.now(), actor
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="lot.let_go",
        subject=f"lot:{lot}",
        reason=reason.strip(),
    )


def held(uow: UnitOfWork, *, tenant_id: str) -> Sequence[LotHold]:
    """The lots that nobody may hand over, longest first."""
    return LotRepository(uow, tenant_id).held()


def check_not_held(uow: UnitOfWork, *, tenant_id: str, lot: str) -> None:
    """Refuse to hand over what is held.

    Raises:
        ConflictError: it is.
    """
    known = LotRepository(uow, tenant_id).find(lot)
    if known is not None and known.let_go_at is None:
        raise ConflictError(
            f"lot {lot} is held back: hand none of it over, bring it to the station"
        )
