"""A university whose own cards pour here: its numbers, last month's settlement with its answer, and
this month's, which waits for one."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from tapline.cards import issuers
from tapline.cards.issuers import answers, settlements
from tapline.files import sheets
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.machines import Purse, send
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_ISSUER: Final = "zjgsu"
_CARDS: Final = ("55001234", "55001235")
_EVERY_DAYS: Final = 6
_PERMILLE: Final = 5


def scenes(past: Past) -> Iterator[Scene]:
    """Since the month before."""
    month = past.today.replace(day=1)
    yield Scene(at(past.began_on, 8), _sign)
    purses = [Purse(number, 20_000, is_ours=False) for number in _CARDS]
    day, number = past.began_on + timedelta(days=2), 0
    while day < past.today:
        purse = purses[number % len(purses)]
        yield Scene(at(day, 12, 20), partial(_pour, past, purse))
        day, number = day + timedelta(days=_EVERY_DAYS), number + 1
    yield Scene(at(month + timedelta(days=2), 9), partial(_settle, month - timedelta(days=1)))
    yield Scene(at(month + timedelta(days=3), 16), _answer)
    yield Scene(past.ago(0, 0, 5), partial(_settle, past.today - timedelta(days=1)))


def _sign(uow: UnitOfWork) -> None:
    issuers.create(
        uow,
        tenant_id=DEMO,
        issuer_id=_ISSUER,
        name="工商大学一卡通",
        legal_entity="浙江工商大学",
        contact="0571-28008888",
        settlement_day=5,
        commission_permille=_PERMILLE,
        actor="cai.wu",
    )
    issuers.add_numbers(uow, tenant_id=DEMO, issuer_id=_ISSUER, lines=["5500****"], actor="cai.wu")


def _pour(past: Past, purse: Purse, uow: UnitOfWork) -> None:
    machine = past.machine_on(1)
    machine.pour(purse, 100)
    send(uow, machine.letters(), past.vault)


def _settle(period_to: date, uow: UnitOfWork) -> None:
    """Claim what was drawn up to then, where anything was."""
    before = settlements.listed(uow, tenant_id=DEMO, issuer_id=_ISSUER)
    if before and before[-1].period_to >= period_to:
        return
    if settlements.unclaimed(uow, tenant_id=DEMO, issuer_id=_ISSUER):
        settlements.issue(
            uow, tenant_id=DEMO, issuer_id=_ISSUER, period_to=period_to, actor="cai.wu"
        )


def _answer(uow: UnitOfWork) -> None:
    """The university's receipt: everything accepted but one line."""
    stated = settlements.listed(uow, tenant_id=DEMO, issuer_id=_ISSUER)
    if not stated:
        return
    settlement_id = stated[0].settlement_id
    lines = settlements.lines_of(uow, tenant_id=DEMO, settlement_id=settlement_id)
    rows: list[tuple[sheets.Cell, ...]] = [("编号", "金额（分）", "结果", "原因")]
    rows += [(line.key, line.amount_fen, "接受", "") for line in lines[:-1]]
    rows += [(line.key, line.amount_fen, "拒绝", "卡已挂失") for line in lines[-1:]]
    answers.take(
        uow,
        tenant_id=DEMO,
        settlement_id=settlement_id,
        name="回执.csv",
        content=sheets.csv_bytes(rows),
        actor="cai.wu",
    )
