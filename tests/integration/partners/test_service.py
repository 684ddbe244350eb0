"""Machines that stood still and technicians who came: what a month's statement makes of them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tapline import clock, partners, policy, tickets
from tapline.partners import LineKind
from tapline.people import Role
from tapline.tickets import Outcome, work_orders
from tests.integration.partners.cast import DECEMBER, Cast, later, staff
from tests.integration.partners.months import (
    agreed_to,
    draft,
    issued,
    lines,
    month_over,
)


@pytest.mark.req("C57", "U28")
def test_a_machine_out_of_service_beyond_the_clause_is_a_credit_of_the_property(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    cast.alarm("pump_fault")
    later(hours=3)
    cast.alarm("pump_fault", raised=False)
    later(hours=1)
    cast.alarm("valve_stuck")
    later(hours=5)
    cast.alarm("valve_stuck", raised=False)
    assert lines(draft(cast)) == [(LineKind.COMPENSATION, -3000)]
    month_over()

    issued(cast)

    assert cast.owed(cast.estate) == -3000
    assert cast.posted("exp:compensation") == 3000


def test_an_outage_that_goes_on_over_the_months_end_is_owed_further_in_the_next(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    later(seconds=(DECEMBER - timedelta(hours=19) - clock.now()).total_seconds())
    cast.alarm("leak")
    month_over()
    assert lines(issued(cast)) == [(LineKind.COMPENSATION, -3000)]
    later(hours=9)
    cast.alarm("leak", raised=False)
    later(days=31)

    assert lines(issued(cast, month=date(2026, 12, 1))) == [(LineKind.COMPENSATION, -3000)]


@pytest.mark.req("C20", "U28")
def test_a_visit_is_charged_once_to_whom_answers_for_what_it_was_for(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    first, second = agreed_to(cast, 1), agreed_to(cast, 2)
    work_order_id = uuid4()
    for _ in range(2):
        partners.note_visit(
            cast.uow,
            tenant_id="demo",
            work_order_id=work_order_id,
            device_id="A",
            finding_ids=[first.finding_id, second.finding_id],
        )

    later(hours=1)

    fee_fen = policy.current(cast.uow, tenant_id="demo").visit_fen
    assert lines(draft(cast)) == [
        (LineKind.CHARGEBACK, 100),
        (LineKind.CHARGEBACK, 100),
        (LineKind.VISIT, fee_fen),
    ]
    assert lines(draft(cast, cast.vendor)) == []


@pytest.mark.req("C20", "C24", "U28")
def test_a_technician_who_was_there_because_of_a_finding_is_a_visit(cast: Cast) -> None:
    policy.publish(
        cast.uow,
        tenant_id="demo",
        changes={"device_ticket_findings": 1},
        actor="he",
        reason="每次都派人",
    )
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    found = tickets.listed(cast.uow, tenant_id="demo")
    [ticket] = [one for one in found if one.category == "no_water"]
    chen = staff(cast.uow, "chen", Role.TECHNICIAN)
    work = work_orders.dispatch(
        cast.uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        technician_id=chen.staff_id,
        staff=cast.he,
        words="",
    )
    his: dict[str, Any] = {
        "tenant_id": "demo",
        "work_order_id": work.work_order_id,
        "technician": chen,
    }
    work_orders.accept(cast.uow, **his)
    work_orders.start(cast.uow, **his)
    work_orders.finish(cast.uow, **his, outcome=Outcome.FIXED, parts={}, words="电已恢复")
    later(hours=1)

    visits = [line for line in draft(cast).lines if line.kind is LineKind.VISIT]

    assert [line.subject for line in visits] == [f"visit:{work.work_order_id}"]
    assert ticket.owner_id == cast.he.staff_id
