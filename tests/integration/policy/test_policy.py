"""Parameters that cannot be are refused before they move money, and none is ever forgotten."""

from typing import Any

import pytest

from tapline import policy
from tapline.errors import InvalidError, NotFoundError
from tapline.policy import Policy
from tapline.uow import UnitOfWork
from tests import factories


def published(uow: UnitOfWork, **changes: Any) -> Policy:
    return policy.publish(uow, tenant_id="demo", changes=changes, actor="test", reason="a test")


@pytest.mark.parametrize(
    "changes",
    [
        {"full_pour_percent": 110},
        {"automatic_fen_max": -1},
        {"lease_s": "120"},
        {"no_such_parameter": 1},
    ],
)
def test_a_value_that_cannot_be_is_refused(uow: UnitOfWork, changes: dict[str, Any]) -> None:
    factories.tenant(uow)
    with pytest.raises(InvalidError):
        published(uow, **changes)


@pytest.mark.req("C19", "H399")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"refund_days": 0}, "refund_days is 1 to 15"),
        ({"refund_days": 30}, "refund_days is 1 to 15"),
        ({"jurisdiction": "CN-BJ"}, "refund_unused_days is 1 to 5"),
        ({"jurisdiction": "MOON"}, "not known"),
        ({"refund_days": 2, "refund_unused_days": 2}, "offline_window_s keeps money back"),
        ({"full_pour_percent": 0}, "any drop"),
    ],
)
def test_a_clause_that_would_not_stand_in_court_is_refused(
    uow: UnitOfWork, changes: dict[str, Any], why: str
) -> None:
    factories.tenant(uow)
    with pytest.raises(InvalidError, match=why):
        published(uow, **changes)


def test_what_was_in_force_can_be_looked_up_for_ever(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    published(uow, closing_reserve_fen=500)
    published(uow, refund_days=7)
    assert policy.current(uow, tenant_id="demo") == Policy(version=2, refund_days=7)
    first = policy.version(uow, tenant_id="demo", number=1)
    assert (first.closing_reserve_fen, first.refund_days) == (500, 15)
    assert policy.version(uow, tenant_id="demo", number=0) == Policy()
    assert [one.version for one in policy.listed(uow, tenant_id="demo")] == [2, 1]
    with pytest.raises(NotFoundError):
        policy.version(uow, tenant_id="demo", number=3)
