"""Money on its way to cards, beside `tests.world`: asked for, promised, paid in by an employer."""

from datetime import UTC, date, datetime

from tapline import people
from tapline.cards import campaigns, enterprises, tills, topups
from tapline.cards.campaigns import Terms
from tapline.uow import UnitOfWork
from tests.world import World

FIRM = "芜湖机床"


def on_its_way(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Ids by the names that paths give them."""
    assert estate.customer_id is not None
    topup = topups.ask(
        uow,
        tenant_id="demo",
        card_no=estate.card_no,
        amount_fen=100,
        customer_id=estate.customer_id,
        provider="wechat",
        request_key="world",
    )
    office = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    till = tills.open_for(uow, tenant_id="demo", staff=office["lin.xia"])
    firm = enterprises.create(
        uow,
        tenant_id="demo",
        name=FIRM,
        legal_entity="芜湖机床有限公司",
        contact_name="钱会计",
        contact_phone="13900139000",
        actor="he.qing",
    )
    deposit = enterprises.record_deposit(
        uow,
        tenant_id="demo",
        enterprise_id=firm.enterprise_id,
        amount_fen=5_000_000,
        bank_reference="ICBC-1",
        received_on=date(2026, 1, 2),
        actor="he.qing",
    )
    member = enterprises.join(
        uow,
        tenant_id="demo",
        enterprise_id=firm.enterprise_id,
        card_no=estate.purses[4].card_no,
        monthly_fen=1000,
        actor="he.qing",
    )
    terms = Terms(
        name="充值有礼",
        since=datetime(2098, 1, 1, tzinfo=UTC),
        until=datetime(2099, 1, 1, tzinfo=UTC),
        paid_fen_min=5000,
        fixed_fen=500,
        customer_fen_max=5000,
    )
    campaign = campaigns.propose(uow, tenant_id="demo", terms=terms, actor="he.qing", reason="开学")
    return {
        "topup_id": str(topup.topup_id),
        "till_id": str(till.till_id),
        "enterprise_id": str(firm.enterprise_id),
        "deposit_id": str(deposit.deposit_id),
        "member_id": str(member.member_id),
        "campaign_id": str(campaign.campaign_id),
    }
