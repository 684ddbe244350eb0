"""Water that did not come, and who answers for it: agreed, objected to, decided, still open."""

from collections.abc import Iterator
from functools import partial

from tapline import partners, reconciliation
from tapline.people import Scope
from tapline.reconciliation import Finding, Side
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.machines import Machine, send
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO

_FEN = 150
_AGREED, _OVERRULED, _OBJECTED, _OPEN = 12, 9, 5, 1
"""Days ago, of four charges without water."""


def scenes(past: Past) -> Iterator[Scene]:
    """Each on a machine of a site with an agreement; the customer has his money at once."""
    machine = past.machine_on(1)
    for days_ago in (_AGREED, _OVERRULED, _OBJECTED, _OPEN):
        yield Scene(past.ago(days_ago, 9, 10), partial(_pour_dry, past, machine), is_followed=True)
        side = Side.VENDOR if days_ago == _OVERRULED else Side.PROPERTY
        reason = "阀门批次有缺陷" if side is Side.VENDOR else "当天楼内停水，物业未通知"
        hold = partial(_hold, past, machine, side=side, reason=reason)
        yield Scene(past.ago(days_ago, 10, 30), hold)
    yield Scene(past.ago(_AGREED - 1, 9), partial(_agree, past, machine))
    yield Scene(past.ago(_OVERRULED - 1, 9), partial(_object, past, machine, "lin.xia"))
    yield Scene(past.ago(_OVERRULED - 2, 14), partial(_overrule, past, machine))
    yield Scene(past.ago(_OBJECTED - 1, 9), partial(_object, past, machine, "wuye"))


def _pour_dry(past: Past, machine: Machine, uow: UnitOfWork) -> None:
    purse = past.purses[0]
    machine.tap(uow, purse)
    machine.pour(purse, _FEN, is_dry=True)
    purse.is_awaited = True
    send(uow, machine.letters(), past.vault)


def _last(uow: UnitOfWork, machine: Machine) -> Finding:
    found = reconciliation.listed(
        uow, tenant_id=DEMO, codes=["D01"], device_ids=[machine.device_id]
    )
    return max(found, key=lambda one: one.detected_at)


def _hold(past: Past, machine: Machine, uow: UnitOfWork, *, side: Side, reason: str) -> None:
    partners.propose_side(
        uow,
        tenant_id=DEMO,
        finding_id=_last(uow, machine).finding_id,
        side=side,
        staff=past.people["demo.an"],
        reason=reason,
    )


def _agree(past: Past, machine: Machine, uow: UnitOfWork) -> None:
    partners.agree(
        uow,
        scope=Scope(DEMO),
        finding_id=_last(uow, machine).finding_id,
        staff=past.people["wuye"],
        words="当天确实停水，以后提前通知",
    )


def _object(past: Past, machine: Machine, login: str, uow: UnitOfWork) -> None:
    partners.object_to(
        uow,
        scope=Scope(DEMO),
        finding_id=_last(uow, machine).finding_id,
        staff=past.people[login],
        words="供水记录正常，不是我方原因",
    )


def _overrule(past: Past, machine: Machine, uow: UnitOfWork) -> None:
    partners.decide_objection(
        uow,
        tenant_id=DEMO,
        finding_id=_last(uow, machine).finding_id,
        uphold=False,
        staff=past.people["he.qing"],
        reason="同批次三台机器都换过阀门",
    )
