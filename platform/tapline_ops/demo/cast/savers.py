"""A household with a card of its own: puts money on it, thinks better of it, wants a part back."""

from collections.abc import Iterator
from functools import partial

from tapline import cards, payments, refunds
from tapline.cards import CardKind, topups
from tapline.cards.topups import TopUp, TopUpState
from tapline.money import Fen
from tapline.refunds import Reason, RefundKind
from tapline.uow import UnitOfWork
from tapline_ops.demo.cast.checkout import pay
from tapline_ops.demo.cast.household import household
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

CARD_NO = "88019900"
_BEGINS_S = 6.0
_FIRST_FEN, _SECOND_FEN, _BACK_FEN = 10_000, 5_000, 2_000


def act(stage: Stage) -> Iterator[str]:
    """Top up, take it all back; top up again, take a part back."""
    if stage.run_s < _BEGINS_S:
        return
    if stage.do(_has_issued):
        stage.tell({"t": "card", "card": CARD_NO, "kind": CardKind.ID.value, "opened_fen": 0})
    if stage.do(_reclaimed) == 0:
        yield from _top_up(stage, "first", _FIRST_FEN)
        if stage.do(partial(_claim, name="first", kind=RefundKind.LOAD_CANCEL)):
            yield "a customer puts 100.00 yuan on a card and asks for it back"
    elif stage.do(_reclaimed) == 1:
        yield from _top_up(stage, "second", _SECOND_FEN)
        if stage.do(partial(_claim, name="second", kind=RefundKind.CARD_PARTIAL)):
            yield "a customer asks for part of a card's balance"


def _has_issued(uow: UnitOfWork) -> bool:
    """Hand the household its card; False where it has it."""
    if cards.known(uow, tenant_id=DEMO, card_nos=[CARD_NO]):
        return False
    holder = household(uow).customer_id
    cards.issue(
        uow,
        tenant_id=DEMO,
        card_no=CARD_NO,
        kind=CardKind.ID,
        balance_fen=Fen(0),
        customer_id=holder,
    )
    return True


def _reclaimed(uow: UnitOfWork) -> int:
    """How many of the household's claims for this card are over; -1 while one is not."""
    claims = refunds.listed(uow, tenant_id=DEMO, card_no=CARD_NO)
    return len(claims) if all(one.state.is_over for one in claims) else -1


def _top_up(stage: Stage, name: str, amount_fen: int) -> Iterator[str]:
    topup = stage.do(partial(_asked, name=name, amount_fen=amount_fen))
    if topup.state is not TopUpState.ASKED or not stage.is_ripe(f"topup:{name}", 1.0):
        return
    made = stage.do(lambda uow: payments.of_subject(uow, tenant_id=DEMO, subject=topup.subject))
    if pay(stage, made[0].payment_id, title="充值"):
        stage.tell({"t": "topup", "card": CARD_NO, "fen": amount_fen, "bonus_fen": 0, "id": name})
        yield f"a customer puts {amount_fen / 100:.2f} yuan on a card"


def _asked(uow: UnitOfWork, name: str, amount_fen: int) -> TopUp:
    return topups.ask(
        uow,
        tenant_id=DEMO,
        card_no=CARD_NO,
        amount_fen=amount_fen,
        customer_id=household(uow).customer_id,
        provider="wechat",
        request_key=f"demo:topup:{name}",
    )


def _claim(uow: UnitOfWork, name: str, kind: RefundKind) -> bool:
    """Ask for it back as soon as it is on the card; False before that, or after."""
    landed = [
        one
        for one in topups.of_card(uow, tenant_id=DEMO, card_no=CARD_NO)
        if one.request_key == f"demo:topup:{name}" and one.state is TopUpState.LANDED
    ]
    if not landed:
        return False
    holder, is_whole = household(uow).customer_id, kind is RefundKind.LOAD_CANCEL
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=kind,
        customer_id=holder,
        reason=Reason.NOT_NEEDED,
        actor=f"customer:{holder}",
        card_no=None if is_whole else CARD_NO,
        topup_id=landed[0].topup_id if is_whole else None,
        wanted_fen=None if is_whole else _BACK_FEN,
        request_key=f"demo:back:{name}",
    )
    return True
