"""Works that are announced: who is told, what they excuse, and what they do not."""

from datetime import datetime, timedelta

import pytest

from tapline import clock, outages, people, tickets
from tapline.cards import facts
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError, StaleError
from tapline.outages.plans import Wish
from tapline.people import Role, Scope
from tapline.sites import closures
from tapline.sites.closures import ClosureKind
from tapline.tickets import About, Source
from tests import factories
from tests.integration.outages.cast import Cast, resident

WANG, LI = "13800138000", "13900139000"


def drinks(cast: Cast, card_no: str, device_id: str) -> None:
    fact = factories.fact(device_id, 1, card_no, atc=1, before_fen=10_000)
    facts.ingest(cast.uow, tenant_id="demo", facts=[fact])
    cast.uow.session.flush()


def tell(cast: Cast) -> None:
    outages.tell(cast.uow, tenant_id="demo")


@pytest.fixture
def drinker(cast: Cast) -> Cast:
    """王 drinks on the site, 李 elsewhere."""
    resident(cast, "88000001", WANG)
    resident(cast, "88000002", LI)
    drinks(cast, "88000001", cast.machines[0])
    drinks(cast, "88000002", cast.elsewhere[0][0])
    return cast


@pytest.mark.req("C39", "H302")
def test_who_drinks_on_the_site_is_told_once_and_nobody_else(drinker: Cast) -> None:
    drinker.plan(25, 30)
    for _ in range(3):
        tell(drinker)

    (text,) = drinker.texts(WANG)
    assert text.startswith(
        "0 号小区饮水机将于11月17日 11:01至11月17日 16:01暂停供水：更换主管道阀门"
    )
    assert drinker.texts(LI) == []


def test_works_on_another_machine_are_not_his(drinker: Cast) -> None:
    drinker.plan(25, 30, device_ids=(drinker.machines[1],))
    tell(drinker)

    assert drinker.texts(WANG) == []


@pytest.mark.req("C39")
def test_a_change_an_extension_and_the_end_are_told_to_who_was_told(drinker: Cast) -> None:
    plan = drinker.plan(1, 3)
    tell(drinker)
    change(drinker, plan, 2, 4)
    tell(drinker)
    clock.advance(timedelta(hours=3))
    change(drinker, plan, 0, 3)
    tell(drinker)
    cancel(drinker, plan)
    tell(drinker)

    said = [text[:20] for text in drinker.texts(WANG)]
    assert said[1].startswith("0 号小区饮水机停水时间改为")
    assert said[2].startswith("0 号小区饮水机停水延长至")
    assert "已提前结束" in drinker.texts(WANG)[3]
    assert len(said) == 4


def test_what_is_called_off_before_anybody_was_told_is_never_told(drinker: Cast) -> None:
    plan = drinker.plan(25, 30)
    cancel(drinker, plan)
    tell(drinker)

    assert drinker.texts(WANG) == []
    assert outages.notes(drinker.uow, tenant_id="demo", site_ids=[drinker.site.site_id]) == []


def test_at_night_it_waits_for_the_morning(drinker: Cast) -> None:
    clock.advance(timedelta(hours=12))
    drinker.plan(24, 26)
    tell(drinker)
    assert drinker.texts(WANG) == []
    clock.advance(timedelta(hours=10))
    tell(drinker)

    assert len(drinker.texts(WANG)) == 1


@pytest.mark.req("C39")
def test_machines_in_planned_works_raise_no_alarm_until_they_should_be_back(cast: Cast) -> None:
    cast.plan(0, 2)
    cast.pass_time(1)
    cast.lose(cast.machines)
    cast.pass_time(125)
    assert cast.incidents() == []
    assert cast.tickets("machine_dark") == []

    cast.pass_time(15)
    assert len(cast.incidents()) == 1


def test_a_site_that_is_shut_raises_none_either(cast: Cast) -> None:
    now = clock.now()
    closures.announce(
        cast.uow,
        tenant_id="demo",
        site_id=cast.site.site_id,
        kind=ClosureKind.POWER_OFF,
        span=closures.Span(now, now + timedelta(days=2), "寒假断电"),
        actor="wu",
    )
    cast.lose(cast.machines)
    cast.pass_time(60)

    assert cast.incidents() == []
    assert cast.tickets("machine_dark") == []


@pytest.mark.req("C39")
def test_nobody_is_late_for_a_machine_in_planned_works(cast: Cast) -> None:
    def case(device_id: str) -> tickets.Ticket:
        about = About(source=Source.DESK, device_id=device_id)
        return tickets.report(
            cast.uow,
            tenant_id="demo",
            category="device_fault",
            about=about,
            actor="he",
            words="不出水",
        )

    before, other = case(cast.machines[0]), case(cast.elsewhere[0][0])
    due = {one.ticket_id: (one.respond_due_at, one.resolve_due_at) for one in (before, other)}
    plan = cast.plan(0, 2)
    cast.pass_time(1)
    during = case(cast.machines[1])

    respond, resolve = due[before.ticket_id]
    assert respond is not None
    delta = timedelta(hours=2) - timedelta(seconds=30)
    assert (before.respond_due_at, before.resolve_due_at) == (respond + delta, resolve + delta)
    assert (other.respond_due_at, other.resolve_due_at) == due[other.ticket_id]
    assert during.respond_due_at is not None
    assert during.respond_due_at > plan.ends_at
    # Prolonged, they wait for what is more; looked at again, for nothing.
    change(cast, plan, 0, 3)
    cast.pass_time(1)
    assert before.respond_due_at is not None
    assert before.respond_due_at - respond > timedelta(hours=2, minutes=59)


def test_only_the_scope_s_sites_and_their_machines_are_planned_for_by_those_who_may(
    cast: Cast,
) -> None:
    with pytest.raises(NotFoundError):
        make(cast, site_id=cast.others[0].site_id)
    with pytest.raises(InvalidError, match="does not stand"):
        cast.plan(1, 2, device_ids=(cast.elsewhere[0][0],))
    with pytest.raises(InvalidError, match="before it begins"):
        cast.plan(2, 1)
    with pytest.raises(InvalidError, match="past"):
        cast.plan(-2, 1)
    with pytest.raises(InvalidError, match="residents"):
        cast.plan(1, 2, reason=" ")
    courier, _ = people.create_staff(
        cast.uow, tenant_id="demo", login="song", name="宋", role=Role.COURIER
    )
    with pytest.raises(DeniedError):
        make(cast, staff=courier, scope=Scope("demo"))
    plan = cast.plan(1, 2)
    with pytest.raises(StaleError, match="look at what changed"):
        cancel(cast, plan, version=0)
    cancel(cast, plan)
    with pytest.raises(ConflictError, match="called off"):
        cancel(cast, plan)


@pytest.mark.req("C39")
def test_a_caller_from_the_site_hears_of_it_first(drinker: Cast) -> None:
    drinker.plan(1, 2)
    (wang,) = [people.customer_by_phone(drinker.uow, tenant_id="demo", phone=WANG)]
    assert wang is not None
    found = outages.notes_of_customer(drinker.uow, tenant_id="demo", customer_id=wang.customer_id)

    assert outages.spoken(found) == "0 号小区于11月16日 11:01至11月16日 12:01停水检修。"


def change(cast: Cast, plan: outages.PlannedOutage, start_h: float, end_h: float) -> None:
    now = clock.now()
    wish = Wish(
        starts_at=now + timedelta(hours=start_h),
        ends_at=now + timedelta(hours=end_h),
        reason=plan.reason,
    )
    outages.plans.change(
        cast.uow,
        scope=cast.scope,
        staff=cast.wu,
        plan_id=plan.plan_id,
        version=plan.version,
        wish=wish,
    )
    cast.uow.session.flush()


def cancel(cast: Cast, plan: outages.PlannedOutage, version: int | None = None) -> None:
    outages.plans.cancel(
        cast.uow,
        scope=cast.scope,
        staff=cast.wu,
        plan_id=plan.plan_id,
        version=plan.version if version is None else version,
    )


def make(cast: Cast, **changes: object) -> None:
    now: datetime = clock.now()
    given: dict[str, object] = {
        "scope": cast.scope,
        "staff": cast.wu,
        "site_id": cast.site.site_id,
        "wish": Wish(starts_at=now, ends_at=now + timedelta(hours=1), reason="检修"),
    }
    outages.plans.plan(cast.uow, **given | changes)  # type: ignore[arg-type]
