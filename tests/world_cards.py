"""What goes on with the estate's cards, beside `tests.world`."""

from uuid import UUID

from tapline import clock, people
from tapline.cards import transfers
from tapline.ids import new_id
from tapline.refunds.goodwill import Goodwill, GoodwillState, Why
from tapline.refunds.goodwill.repository import GoodwillRepository
from tapline.uow import UnitOfWork
from tests.world import PHONE, World


def offered(uow: UnitOfWork, estate: World) -> UUID:
    """The estate's customer offers his second card to somebody new; the offer's id."""
    customer = people.customer_by_phone(uow, tenant_id="demo", phone=PHONE)
    assert customer is not None
    transfer = transfers.offer(
        uow,
        tenant_id="demo",
        card_no=estate.purses[1].card_no,
        customer=customer,
        phone="13600136000",
        name="孙悟",
    )
    return transfer.transfer_id


def made_good(uow: UnitOfWork, estate: World) -> UUID:
    """An agent asks for more goodwill than he may give; its id."""
    agent = people.staff_of(uow, tenant_id="demo")[0]
    asked = Goodwill(
        goodwill_id=new_id(),
        tenant_id="demo",
        device_id=estate.devices[0],
        seq=1,
        card_no=estate.card_no,
        amount_fen=1500,
        posted_fen=0,
        price_fen=100,
        revision=0,
        state=GoodwillState.ASKED,
        why=Why.WAITED,
        words="第三次来电",
        obstacle="act",
        staff_id=agent.staff_id,
        asked_at=clock.now(),
        policy_version=0,
    )
    GoodwillRepository(uow, "demo").add(asked)
    return asked.goodwill_id
