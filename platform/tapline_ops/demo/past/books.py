"""What finance moved by hand: a little at once, more with a second person to come."""

from collections.abc import Iterator
from functools import partial

from tapline import ledger
from tapline.ledger import chart
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO


def scenes(past: Past) -> Iterator[Scene]:
    """Water for an exhibition that nobody paid, and one with a second person to come."""
    yield Scene(past.ago(4, 16), partial(_move, chart.METER.code, 1200, "校园开放日免费供水"))
    yield Scene(past.ago(1, 17), partial(_move, chart.METER.code, 26_000, "客户年会免费供水"))


def _move(account: str, fen: int, reason: str, uow: UnitOfWork) -> None:
    ledger.adjust(
        uow,
        tenant_id=DEMO,
        actor="cai.wu",
        debit=account,
        credit=chart.WATER.code,
        amount=fen,
        reason=reason,
        evidence="市场部签报",
    )
