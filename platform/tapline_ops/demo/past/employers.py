"""A firm that pays for its people's water: transfers, members, a share each month."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from tapline import cards, people
from tapline.cards import CardKind, enterprises
from tapline.money import Fen
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_MEMBERS: Final = (
    ("66000001", "沈立", "13911140001", 3000),
    ("66000002", "韩雪", "13911140002", 3000),
    ("66000003", "杨帆", "13911140003", 5000),
)
_PAID_FEN, _LARGE_FEN = 500_000, 2_000_000


def scenes(past: Past) -> Iterator[Scene]:
    """A transfer that was booked, and a large one that a second person has to confirm."""
    month = past.today.replace(day=1)
    yield Scene(at(past.began_on, 10), partial(_join, past.began_on))
    yield Scene(at(month, 0, 30), _allot)
    yield Scene(past.ago(1, 15), partial(_transfer, past.today - timedelta(days=1)))


def _join(day: date, uow: UnitOfWork) -> None:
    firm = enterprises.create(
        uow,
        tenant_id=DEMO,
        name="钱江机床",
        legal_entity="杭州钱江机床有限公司",
        contact_name="钱会计",
        contact_phone="13911140000",
        actor="cai.wu",
    )
    _deposit(uow, _PAID_FEN, "ICBC-20-0871", day)
    for card_no, name, phone, monthly_fen in _MEMBERS:
        holder = people.create_customer(uow, tenant_id=DEMO, phone=phone, name=name)
        cards.issue(
            uow,
            tenant_id=DEMO,
            card_no=card_no,
            kind=CardKind.ID,
            balance_fen=Fen(0),
            customer_id=holder.customer_id,
        )
        enterprises.join(
            uow,
            tenant_id=DEMO,
            enterprise_id=firm.enterprise_id,
            card_no=card_no,
            monthly_fen=monthly_fen,
            actor="cai.wu",
        )
    _allot(uow)


def _allot(uow: UnitOfWork) -> None:
    enterprises.allot_all(uow, tenant_id=DEMO)


def _transfer(day: date, uow: UnitOfWork) -> None:
    _deposit(uow, _LARGE_FEN, "ICBC-20-1199", day)


def _deposit(uow: UnitOfWork, amount_fen: int, reference: str, day: date) -> None:
    (firm,) = enterprises.listed(uow, tenant_id=DEMO)
    enterprises.record_deposit(
        uow,
        tenant_id=DEMO,
        enterprise_id=firm.enterprise_id,
        amount_fen=amount_fen,
        bank_reference=reference,
        received_on=day,
        actor="cai.wu",
    )
