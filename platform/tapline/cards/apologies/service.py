from collections.abc import Sequence
from typing import NamedTuple

from tapline import clock
from tapline.cards import vouchers
from tapline.cards.apologies import rules
from tapline.cards.apologies.model import Apology
from tapline.cards.apologies.repository import ApologyRepository
from tapline.cards.vouchers import VoucherState
from tapline.ids import new_id
from tapline.uow import UnitOfWork


class Visit(NamedTuple):
    """A card at a machine, which asked under `req`.

    `voucher_id`: with the answer comes money to write. `is_served`: the answer lets the card on.
    """

    device_id: str
    req: str
    card_no: str
    voucher_id: str | None = None
    is_served: bool = True


def owe(uow: UnitOfWork, *, tenant_id: str, card_no: str, amount_fen: int) -> None:
    """A card was given `amount_fen` back; below zero: of what it was given, so much was taken."""
    ApologyRepository(uow, tenant_id).add(
        Apology(
            apology_id=new_id(),
            tenant_id=tenant_id,
            card_no=card_no,
            amount_fen=amount_fen,
            owed_at=clock.now(),
        )
    )


def say(uow: UnitOfWork, *, tenant_id: str, visits: Sequence[Visit]) -> list[str | None]:
    """What the machine is to say at each visit; None at nearly all of them.

    The same question gets the same words, and nothing is said at two. What came with a voucher
    that was not written is said again with the next.
    """
    requests = {(one.device_id, one.req) for one in visits}
    found = ApologyRepository(uow, tenant_id).about({one.card_no for one in visits}, requests)
    told: dict[tuple[str, str], list[Apology]] = {}
    untold: dict[str, list[Apology]] = {}
    for one, state in found:
        if one.told_device_id is not None and one.told_req is not None:
            told.setdefault((one.told_device_id, one.told_req), []).append(one)
        if one.told_at is None or state is VoucherState.VOID:
            untold.setdefault(one.card_no, []).append(one)
    waiting = vouchers.waiting(uow, tenant_id=tenant_id, card_nos=untold) if untold else set()
    said = []
    for visit in visits:
        key = (visit.device_id, visit.req)
        # What still waits was not given back yet: of that nobody speaks before it is written.
        brings = visit.voucher_id is not None or visit.card_no not in waiting
        if key not in told and visit.is_served and brings:
            told[key] = untold.pop(visit.card_no, [])
            _tell(told[key], visit)
        said.append(rules.sentence(sum(one.amount_fen for one in told.get(key, ()))))
    return said


def _tell(apologies: Sequence[Apology], visit: Visit) -> None:
    for one in apologies:
        one.told_device_id, one.told_req = visit.device_id, visit.req
        one.told_at, one.voucher_id = clock.now(), visit.voucher_id
