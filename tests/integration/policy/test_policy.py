"""Parameters that cannot be are refused before they move money."""

from typing import Any

import pytest

from tapline import policy
from tapline.errors import InvalidError
from tapline.uow import UnitOfWork
from tests import factories


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
        policy.publish(uow, tenant_id="demo", changes=changes, actor="test", reason="mistaken")
