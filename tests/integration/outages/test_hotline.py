"""Whoever calls from a site that is out hears of it before the menu."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from tapline import clock, outages, people
from tapline.cards import facts
from tapline.hotline import CommandKind
from tapline.hotline.commands.model import QueuedCommand
from tapline.outages.plans import Wish
from tapline.people import Role, Scope
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.hotline.hall import Hall, open_hall

WANG, STRANGER = "13800138000", "13900139000"


@pytest.fixture
def hall(fresh_database: Database) -> Iterator[Hall]:
    with open_hall(fresh_database) as hall:
        with fresh_database.transaction() as uow:
            _works(uow)
        yield hall


def _works(uow: UnitOfWork) -> None:
    site = factories.site(uow)
    factories.device(uow, "WD-1").device.site_id = site.site_id
    wang = people.create_customer(uow, tenant_id="demo", phone=WANG, name="王秀英")
    factories.card(uow, "88000001").customer_id = wang.customer_id
    uow.session.flush()
    fact = factories.fact("WD-1", 1, "88000001", atc=1, before_fen=10_000)
    facts.ingest(uow, tenant_id="demo", facts=[fact])
    he, _ = people.create_staff(uow, tenant_id="demo", login="he", name="何", role=Role.SUPERVISOR)
    now = clock.now()
    outages.plans.plan(
        uow,
        scope=Scope("demo"),
        staff=he,
        site_id=site.site_id,
        wish=Wish(starts_at=now, ends_at=now + timedelta(hours=2), reason="更换阀门"),
    )


@pytest.mark.req("C39", "H275")
def test_he_hears_of_it_first_and_then_the_menu_as_everybody_else(hall: Hall) -> None:
    hall.agent("lin", water=3)

    his, other = hall.call(ani=WANG), hall.call(ani=STRANGER)

    with hall.database.transaction() as uow:
        told = {
            ref: [
                one.arguments.get("say", "")
                for one in uow.session.scalars(
                    select(QueuedCommand)
                    .where(QueuedCommand.call_id == hall.call_of(ref).call_id)
                    .order_by(QueuedCommand.position)
                )
                if one.kind in {CommandKind.PLAY, CommandKind.GATHER}
            ]
            for ref in (his, other)
        }
    assert "西溪花园" in told[his][0]
    assert "停水检修" in told[his][0]
    assert told[his][1:] == told[other]
