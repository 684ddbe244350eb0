"""What goes over the counter: campaigns, cash and its count, goodwill."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from tapline import clock, reports
from tapline.cards import campaigns, tills, topups
from tapline.cards.campaigns import Terms
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Why
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_AGENT: Final = "lin.xia"
_BONUS_FROM_FEN, _BONUS_FEN = 20_000, 2000
_GIVEN_FEN, _ASKED_FEN = 200, 1500


def scenes(past: Past) -> Iterator[Scene]:
    """Cash is taken and counted; two customers are given something for their trouble."""
    yield Scene(at(past.began_on, 11), partial(_promise, past))
    yield Scene(past.ago(6, 10), partial(_take, past, 0, _BONUS_FROM_FEN))
    yield Scene(past.ago(5, 17, 45), partial(_count, past))
    yield Scene(past.ago(2, 10), partial(_take, past, 1, 5000))
    yield Scene(past.ago(1, 14), partial(_take, past, 2, 3000))
    yield Scene(past.ago(2, 20), partial(_give, past, 1, _GIVEN_FEN, Why.WAITED))
    yield Scene(past.ago(1, 20), partial(_give, past, 2, _ASKED_FEN, Why.MACHINE))


def _promise(past: Past, uow: UnitOfWork) -> None:
    """One campaign that runs, and one that waits for a second person."""
    now = clock.now()
    running = _proposed(uow, "充 200 送 20", since_days=0, until_days=120)
    campaigns.approve(uow, tenant_id=DEMO, campaign_id=running.campaign_id, actor="he.qing")
    until_now = (past.today - clock.business_date(now)).days
    _proposed(uow, "新春充值礼", since_days=until_now + 30, until_days=until_now + 60)
    for login in (_AGENT, "song.shui"):
        tills.open_for(uow, tenant_id=DEMO, staff=past.people[login])


def _proposed(
    uow: UnitOfWork, name: str, *, since_days: int, until_days: int
) -> campaigns.Campaign:
    now = clock.now()
    terms = Terms(
        name=name,
        since=now + timedelta(days=since_days),
        until=now + timedelta(days=until_days),
        paid_fen_min=_BONUS_FROM_FEN,
        fixed_fen=_BONUS_FEN,
        customer_fen_max=3 * _BONUS_FEN,
    )
    return campaigns.propose(
        uow, tenant_id=DEMO, terms=terms, actor="cai.wu", reason="年度营销计划"
    )


def _take(past: Past, whose: int, fen: int, uow: UnitOfWork) -> None:
    purse = past.purses[whose]
    card_no, purse.is_awaited = purse.no, True
    taken = topups.take_cash(
        uow,
        tenant_id=DEMO,
        card_no=card_no,
        amount_fen=fen,
        staff=past.people[_AGENT],
        request_key=f"demo:cash:{whose}",
    )
    paid = {"t": "topup", "card": card_no, "fen": fen, "id": f"cash:{whose}"}
    past.told.append(paid | {"bonus_fen": taken.bonus_fen})


def _count(past: Past, uow: UnitOfWork) -> None:
    """A yuan is missing, and it is said why."""
    agent = past.people[_AGENT]
    till = tills.of_staff(uow, tenant_id=DEMO, staff_id=agent.staff_id)
    assert till is not None
    held = tills.content_fen(uow, tenant_id=DEMO, till_ids=[till.till_id])[till.till_id]
    tills.hand_over(
        uow,
        tenant_id=DEMO,
        till_id=till.till_id,
        expected_fen=held,
        counted_fen=held - 100,
        staff=past.people["cai.wu"],
        reason="找零时多给了 1 元",
        request_key="demo:count",
    )


def _give(past: Past, whose: int, fen: int, why: Why, uow: UnitOfWork) -> None:
    """For the dearest pour of a card; beyond what an agent may, a supervisor is asked."""
    card_no = past.purses[whose].no
    pours = reports.pours_of_card(uow, tenant_id=DEMO, card_no=card_no)
    debits = (one.fact for one in pours if one.fact.op == "debit")
    dearest = max(debits, key=lambda fact: fact.amt_fen)
    given = goodwill.give(
        uow,
        tenant_id=DEMO,
        card_no=card_no,
        device_id=dearest.device_id,
        seq=dearest.seq,
        amount_fen=min(fen, goodwill.most_fen(dearest.amt_fen)),
        why=why,
        staff=past.people[_AGENT],
        words="第三次来电，安抚",
    )
    if given.posted_fen:
        past.purses[whose].is_awaited = True
        paid = {"t": "topup", "card": card_no, "fen": given.posted_fen, "bonus_fen": 0}
        past.told.append(paid | {"id": given.subject})
