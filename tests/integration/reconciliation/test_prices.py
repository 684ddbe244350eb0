"""What was charged beyond the tariff goes back by itself; too little is nobody's debt."""

import pytest

from tapline import ledger, reconciliation, refunds
from tapline.cards.facts import ingest
from tapline.devices import tariffs
from tapline.devices.tariffs import Tariff
from tapline.errors import ConflictError
from tapline.reconciliation import Resolution
from tapline.refunds import RefundState
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"
LITRE = Tariff(version=1, fen_per_litre=67)


@pytest.fixture
def desk(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    factories.device(uow, "A")
    factories.card(uow, CARD)
    tariffs.publish(uow, tenant_id="demo", tariff=LITRE, actor="he.qing", reason="公示")
    return uow


def pours(uow: UnitOfWork, amt_fen: int, **changes: object) -> int:
    """The first pour of the card arrives; what the card holds in the end, of 100.00 yuan."""
    fact = factories.fact("A", 1, CARD, atc=1, before_fen=10_000, amt_fen=amt_fen, **changes)
    ingest(uow, tenant_id="demo", facts=[fact])
    drain(uow)
    return ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen


@pytest.mark.req("C64")
def test_what_was_charged_beyond_the_tariff_goes_back(desk: UnitOfWork) -> None:
    assert pours(desk, 150) == 10_000 - 101

    (finding,) = reconciliation.of_fact(desk, tenant_id="demo", device_id="A", seq=1)
    assert (finding.code, finding.amount_fen, finding.resolution) == ("D24", 49, Resolution.AUTO)
    refund = refunds.of_pour(desk, tenant_id="demo", device_id="A", seq=1)
    assert refund is not None
    assert (refund.state, refund.reason) == (RefundState.SETTLED, "D24")


def test_a_dear_and_short_pour_gives_back_both_once(desk: UnitOfWork) -> None:
    assert pours(desk, 150, ml=700, status="partial") == 10_000 - 47


def test_too_little_is_said_and_asked_of_nobody(desk: UnitOfWork) -> None:
    assert pours(desk, 60) == 10_000 - 60

    (finding,) = reconciliation.of_fact(desk, tenant_id="demo", device_id="A", seq=1)
    assert (finding.code, finding.amount_fen, finding.facts["over_fen"]) == ("D24", 0, -41)
    assert refunds.of_pour(desk, tenant_id="demo", device_id="A", seq=1) is None


def test_a_tariff_that_was_not_published_here_accuses_nobody(desk: UnitOfWork) -> None:
    assert pours(desk, 900, tariff=9) == 10_000 - 900
    assert not reconciliation.of_fact(desk, tenant_id="demo", device_id="A", seq=1)


def test_a_published_version_never_changes(desk: UnitOfWork) -> None:
    dearer = Tariff(version=1, fen_per_litre=80)
    with pytest.raises(ConflictError, match="next number"):
        tariffs.publish(desk, tenant_id="demo", tariff=dearer, actor="x", reason="x")
