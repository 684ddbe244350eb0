"""A card's life before it came to us is no break in its chain."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import clock, ledger, reconciliation
from tapline.cards.facts import FactIn, ingest
from tests import factories
from tests.integration.consequences import drain
from tests.integration.imports.books import Desk, workbook

CHIP, UNREAD = "90000001", "90000002"
DEVICE = "WD-0001"


@pytest.fixture
def machine(desk: Desk) -> Iterator[Desk]:
    """Long enough after the facts that every window is over."""
    factories.device(desk.uow, DEVICE)
    with clock.frozen(factories.START + timedelta(days=10)):
        yield desk


def pour(seq: int, card_no: str, atc: int, before_fen: int) -> FactIn:
    return factories.fact(DEVICE, seq, card_no, atc=atc, before_fen=before_fen)


def pours(desk: Desk, *facts: FactIn) -> None:
    with clock.frozen(factories.START + timedelta(hours=1)):
        ingest(desk.uow, tenant_id="demo", facts=list(facts))
    drain(desk.uow)
    while reconciliation.sweep_cards(desk.uow, tenant_id="demo"):
        drain(desk.uow)


def takes_over(desk: Desk) -> None:
    """A card whose chip was read at its 37th operation, and one that nobody read."""
    rows = [(CHIP, "cpu", "", 50, "", 37, 50), (UNREAD, "cpu", "", 80, "", "", "")]
    desk.applies(desk.sends(workbook({"cards": rows})))
    drain(desk.uow)


def breaks(desk: Desk) -> set[str]:
    """Findings that speak of a card's chain or of a stranger."""
    found = reconciliation.listed(desk.uow, tenant_id="demo")
    return {one.code for one in found if one.retracted_at is None} - {"D13"}


def worth(desk: Desk, card_no: str) -> int:
    return ledger.card(desk.uow, tenant_id="demo", card_no=card_no).balance_fen


@pytest.mark.req("U24")
def test_chains_go_on_from_the_chip_or_begin_with_the_first_sighting(machine: Desk) -> None:
    takes_over(machine)
    pours(machine, pour(1, CHIP, 38, 5000), pour(2, UNREAD, 812, 8000))
    assert breaks(machine) == set()
    assert (worth(machine, CHIP), worth(machine, UNREAD)) == (4900, 7900)


@pytest.mark.req("U24")
def test_what_is_missing_behind_the_opening_is_found_as_ever(machine: Desk) -> None:
    takes_over(machine)
    pours(machine, pour(1, CHIP, 40, 4700))
    assert {"D08", "D11"} <= breaks(machine)


@pytest.mark.req("U24")
@pytest.mark.parametrize("early", [True, False])
def test_what_the_opening_balance_has_already_is_not_charged_again_whenever_it_comes(
    machine: Desk, early: bool
) -> None:
    old, new = pour(1, CHIP, 37, 5100), pour(2, CHIP, 38, 5000)
    if early:
        pours(machine, old)
    takes_over(machine)
    pours(machine, *([] if early else [old]), new)
    assert worth(machine, CHIP) == 4900
    assert breaks(machine) == set()
    assert f"suspense:{DEVICE}" not in {code for code, _ in machine.balances()}


@pytest.mark.req("U24")
def test_a_card_that_our_machines_met_needs_its_counter(machine: Desk) -> None:
    pours(machine, pour(1, UNREAD, 3, 8000))
    found = machine.sends(workbook({"cards": [(UNREAD, "cpu", "", 80, "", "", "")]}))
    assert machine.codes(found) == [("水卡", 2, "card_seen")]
