"""The story of one card, for whoever asks where a fen went."""

from datetime import timedelta

import pytest

from tapline import clock, reconciliation
from tapline.cards.facts import FactIn, ingest
from tapline.errors import NotFoundError
from tapline.reconciliation import explanation
from tapline.uow import UnitOfWork
from tapline_ops.commands.reconcile import _story
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"


def pour(device: str, seq: int, atc: int | None, before_fen: int, **changes: object) -> FactIn:
    return factories.fact(device, seq, CARD, atc=atc, before_fen=before_fen, **changes)


@pytest.fixture
def story(uow: UnitOfWork) -> UnitOfWork:
    """A card with a hole in its chain, a torn debit and a charge without water."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        for device_id in ("A", "B"):
            factories.device(uow, device_id)
        factories.card(uow, CARD, 5000)
        facts = [
            pour("A", 1, 1, 5000),
            pour("A", 2, 3, 4600, ml=0, pulses=0),
            pour("B", 1, None, 4500, status="torn", bal_after_fen=None),
            pour("A", 3, 4, 4500),
        ]
        ingest(uow, tenant_id="demo", facts=facts)
        drain(uow)
    with clock.frozen(factories.START + timedelta(days=4)):
        reconciliation.sweep_cards(uow, tenant_id="demo")
        drain(uow)
    return uow


def test_every_operation_stands_at_its_place_with_what_is_missing_before_it(
    story: UnitOfWork,
) -> None:
    told = explanation.explain(story, tenant_id="demo", card_no=CARD)
    operations = [(one.version.atc, one.version.status) for one in told.steps]
    assert operations == [(1, "ok"), (3, "ok"), (None, "torn"), (4, "ok")]
    leaps = {one.version.atc: one.leap.drawn_fen for one in told.steps if one.leap}
    assert leaps == {3: 300}
    assert {one.code for one in told.at(3)} == {"D08", "D11"}


def test_each_fen_is_told_with_the_key_under_which_it_was_posted(story: UnitOfWork) -> None:
    told = explanation.explain(story, tenant_id="demo", card_no=CARD)
    text = "\n".join(_story(told))
    assert "--- 1 unknown between: 49.00 -> 46.00" in text
    for key in ("open:88001234", "dev:A:1", "fix:A:2:1", "restore:88001234:3:1"):
        assert key in text
    assert "own 44.00 + bonus 0.00 + to be written 4.00" in text


def test_of_one_day_only_that_day_is_told(story: UnitOfWork) -> None:
    day = clock.business_date(factories.START + timedelta(days=4))
    told = explanation.explain(story, tenant_id="demo", card_no=CARD, day=day)
    assert not told.steps
    assert [one.key for one in told.postings] == ["restore:88001234:3:1"]


def test_another_tenants_card_is_not_told(story: UnitOfWork) -> None:
    factories.tenant(story, "other")
    with pytest.raises(NotFoundError):
        explanation.explain(story, tenant_id="other", card_no=CARD)


def test_what_stands_is_counted_by_rule(story: UnitOfWork) -> None:
    day = clock.business_date(factories.START + timedelta(days=4))
    assert reconciliation.counts(story, tenant_id="demo") == {
        "D01": 1,
        "D08": 1,
        "D11": 1,
        "D12": 1,
    }
    assert reconciliation.counts(story, tenant_id="demo", day=day) == {"D08": 1, "D11": 1}
