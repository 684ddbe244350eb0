"""The audit trail: it grows, and nothing takes a line out of it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import audit
from tapline.uow import UnitOfWork


@pytest.mark.req("H338")
def test_an_act_is_recorded_with_actor_address_and_reason(uow: UnitOfWork) -> None:
    audit.came_from(uow, address="10.0.0.7")

    audit.record(
        uow,
        tenant_id="demo",
        actor="lin",
        action="refund.approve",
        subject="refund:1",
        reason="断电",
    )

    (entry,) = audit.about(uow, tenant_id="demo", subject="refund:1")
    assert (entry.actor, entry.address, entry.action, entry.reason) == (
        "lin",
        "10.0.0.7",
        "refund.approve",
        "断电",
    )
    assert audit.newest(uow, tenant_id="other") == []


@pytest.mark.req("H338")
@pytest.mark.parametrize(
    "statement",
    ["update audit_entry set actor = 'x'", "delete from audit_entry", "truncate audit_entry"],
)
def test_the_database_itself_refuses_to_change_the_trail(uow: UnitOfWork, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), uow.session.begin_nested():
        uow.session.execute(text(statement))
