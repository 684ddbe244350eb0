"""What an edge does about a refusal that it answers with a page."""

import pytest

from tapline import tenants
from tapline.errors import ConflictError
from tapline.uow import UnitOfWork
from tests import factories


def test_what_was_done_before_a_refusal_is_undone_and_the_rest_stands(uow: UnitOfWork) -> None:
    factories.tenant(uow, "stands")

    def half() -> None:
        factories.tenant(uow, "half-done")
        raise ConflictError("somebody was faster")

    with pytest.raises(ConflictError), uow.attempt():
        half()

    assert "stands" in tenants.ids(uow)
    assert "half-done" not in tenants.ids(uow)
