"""What comes in while books are taken over, or given back, is lost to nobody."""

from collections.abc import Callable

import pytest

from tapline import cards, clock, imports, ledger, people
from tapline.cards import CardKind, adoptions, issuers
from tapline.cards.adoptions import Adoption
from tapline.cards.facts import ingest
from tapline.imports import ImportState, LineState
from tapline.ledger import chart
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.imports.books import Desk, offer, workbook
from tests.rivals import beside

CARD = "90000002"
STRANGER = "55500001"


@pytest.fixture
def database(fresh_database: Database) -> Database:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.device(uow, "A")
    return fresh_database


def sells(uow: UnitOfWork, card_no: str, seq: int = 1) -> None:
    """A machine sells 1.00 yuan to a card that held 50.00, and a worker hears of it."""
    fact = factories.fact("A", seq, card_no, atc=8, before_fen=5000, moment=clock.now())
    ingest(uow, tenant_id="demo", facts=[fact])
    drain(uow)


def while_under_way(database: Database, work: Callable[[UnitOfWork], object], card_no: str) -> None:
    """The card is sold to, and judged, before `work` is committed; its news are heard after."""
    with database.transaction() as uow:
        work(uow)
        uow.session.flush()
        with database.transaction() as other:
            sells(other, card_no)
    with database.transaction() as uow:
        drain(uow)


def held(database: Database, code: str) -> int:
    with database.transaction() as uow:
        found = ledger.balances(uow, tenant_id="demo", codes=[code])
        return found[code].posted if code in found else 0


def worth(uow: UnitOfWork, card_no: str) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen


@pytest.mark.req("U24")
@pytest.mark.parametrize("counter", [None, 7])
def test_a_sale_while_its_card_is_taken_over_is_the_cards(
    database: Database, counter: int | None
) -> None:
    adoption = Adoption(
        card_no=CARD,
        kind=CardKind.CPU,
        principal_fen=5000,
        bonus_fen=0,
        opened_atc=counter,
        customer_id=None,
        key="import:old:cards:1:1",
    )
    while_under_way(
        database,
        lambda uow: adoptions.adopt(
            uow, tenant_id="demo", adoptions=[adoption], actor="he.qing", reason="import"
        ),
        CARD,
    )

    with database.transaction() as uow:
        assert worth(uow, CARD) == 4900
    assert held(database, "suspense:A") == 0


def test_a_sale_while_an_issuer_names_or_loses_its_numbers_is_due_from_whose_they_are(
    database: Database,
) -> None:
    with database.transaction() as uow:
        factories.operator(uow, "far")
    mine = {"tenant_id": "demo", "issuer_id": "op-far", "actor": "he.qing"}

    while_under_way(
        database, lambda uow: issuers.add_numbers(uow, lines=["5550****"], **mine), STRANGER
    )
    assert (held(database, "interop:due_from:far"), held(database, "suspense:A")) == (100, 0)

    with database.transaction() as uow:
        issuers.remove_numbers(uow, first_no="55500000", reason="wrong list", **mine)
        uow.session.flush()
        with database.transaction() as other:
            sells(other, "55500002", seq=2)
    with database.transaction() as uow:
        drain(uow)
    assert (held(database, "interop:due_from:far"), held(database, "suspense:A")) == (0, 200)


def undoing(database: Database) -> None:
    """Cards that were taken over, and are to be given back."""
    with database.transaction() as uow:
        offer(uow, "demo")
        desk = Desk(uow)
        found = desk.applies(desk.sends(workbook({"cards": [(CARD, "id", "", 50, "", "", "")]})))
        imports.ask_undo(
            uow,
            tenant_id="demo",
            import_id=found.import_id,
            actor="he.qing",
            reason="wrong file",
        )
        assert found.state is ImportState.UNDOING
        drain(uow)


def goes_on(uow: UnitOfWork) -> None:
    """The worker's next step at whatever is at work."""
    (import_id,) = imports.at_work(uow, tenant_id="demo")
    imports.advance(uow, tenant_id="demo", import_id=import_id)


def paid_onto(uow: UnitOfWork) -> None:
    paid = ledger.Command(
        key="topup:1:land",
        kind="topup_land",
        event_at=clock.now(),
        movement=ledger.Transfer(chart.BANK, chart.card(CARD).principal, 500),
        content={"fen": 500},
    )
    ledger.post(uow, tenant_id="demo", commands=[paid])


def registered(uow: UnitOfWork) -> None:
    customer = people.create_customer(uow, tenant_id="demo", phone="13800000009", name="李强")
    cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=customer.customer_id)


@pytest.mark.req("U24")
@pytest.mark.parametrize(
    ("meanwhile", "obstacle", "fen"),
    [(paid_onto, "moved", 5500), (registered, "card_in_use", 5000)],
)
def test_what_happens_to_a_card_while_its_import_is_undone_keeps_it(
    database: Database, meanwhile: Callable[[UnitOfWork], None], obstacle: str, fen: int
) -> None:
    undoing(database)

    assert beside(database, meanwhile, goes_on) is None

    with database.transaction() as uow:
        (found,) = imports.listed(uow, tenant_id="demo")
        (line,) = imports.obstructed(uow, found=found)
        assert (line.state, line.obstacle) == (LineState.KEPT, obstacle)
        card = cards.get(uow, tenant_id="demo", card_no=CARD)
        assert (card.state, worth(uow, CARD)) == (cards.CardState.ACTIVE, fen)


@pytest.mark.req("U24")
def test_the_number_of_an_undone_import_is_a_strangers_at_our_machines(database: Database) -> None:
    undoing(database)
    with database.transaction() as uow:
        goes_on(uow)
        drain(uow)
    with database.transaction() as uow:
        sells(uow, CARD)

    with database.transaction() as uow:
        assert worth(uow, CARD) == 0
    assert held(database, "suspense:A") == 100


@pytest.mark.req("U24")
def test_a_sale_while_its_card_is_given_back_is_a_strangers(database: Database) -> None:
    undoing(database)

    failure = beside(database, goes_on, lambda uow: sells(uow, CARD))

    assert failure is None
    with database.transaction() as uow:
        drain(uow)
        assert worth(uow, CARD) == 0
    assert held(database, "suspense:A") == 100


@pytest.mark.req("U24")
def test_what_the_books_had_already_is_nobodys_any_more_once_they_are_given_back(
    database: Database,
) -> None:
    with database.transaction() as uow:
        sells(uow, CARD)
        desk = Desk(uow)
        found = desk.applies(desk.sends(workbook({"cards": [(CARD, "cpu", "", 49, "", 8, 49)]})))
        drain(uow)
    assert held(database, "suspense:A") == 0

    with database.transaction() as uow:
        desk = Desk(uow)
        desk.undoes(imports.get(uow, tenant_id="demo", import_id=found.import_id))
        drain(uow)
    assert held(database, "suspense:A") == 100
