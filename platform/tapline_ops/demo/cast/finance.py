"""Finance: transfers what a provider cannot deliver, and a second person confirms it."""

from collections.abc import Iterable, Iterator
from functools import partial

from tapline import ledger, payments
from tapline.payments import Payout, PayoutState
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tapline_ops.demo import staff
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

_CLOSES_S = 15.0
_STUCK = [state for state in PayoutState if state.needs_hand]


def act(stage: Stage) -> Iterator[str]:
    """One look at the days to be closed, and at the legs that wait for a hand. Where visitors are,
    these are left to them."""
    if stage.run_s >= _CLOSES_S and stage.once("closes", lambda: stage.do(_close)):
        yield "finance closes the days that explain themselves"
    if not stage.script.acts_for_all:
        return
    waiting = partial(payments.in_states, tenant_id=DEMO, states=[*_STUCK, PayoutState.BY_HAND])
    for payout in stage.do(waiting):
        if stage.is_ripe(f"{payout.payout_id}:{payout.state}"):
            yield stage.do(partial(_step, payout=payout))


def _close(uow: UnitOfWork) -> None:
    ledger.close_explained(uow, tenant_id=DEMO, actor="cai.wu")


def _step(uow: UnitOfWork, payout: Payout) -> str:
    everybody = staff.by_login(uow)
    if payout.state is PayoutState.BY_HAND:
        second = _one(everybody.values(), Role.SUPERVISOR)
        payments.confirm_by_hand(
            uow, tenant_id=DEMO, payout_id=payout.payout_id, staff=second, confirm=True
        )
        return f"{second.name} confirms a transfer"
    first = _one(everybody.values(), Role.FINANCE)
    payments.pay_by_hand(
        uow,
        tenant_id=DEMO,
        payout_id=payout.payout_id,
        staff=first,
        payee="客户本人",
        reference=f"DEMO-{payout.out_refund_no[-8:]}",
    )
    return f"{first.name} transfers {payout.amount_fen / 100:.2f} yuan by hand"


def _one(everybody: Iterable[Staff], role: Role) -> Staff:
    return next(one for one in everybody if one.role is role)
