"""Killed between any two statements: all is there or nothing, and once more makes it whole."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import ledger
from tapline.cards.facts import ingest
from tapline.devices import messages
from tapline.ledger import chart
from tapline.uow import Database, UnitOfWork
from tests import factories

from .commands import CARD, NOW
from .crashes import crash_at

Work = Callable[[UnitOfWork], object]


def crashes(database: Database, prepare: Callable[[str], Work]) -> Iterator[tuple[str, Work]]:
    """Prepare a tenant for each position and cut its work off there, as long as there is one."""
    for position in count():
        tenant_id = f"t{position:03}"
        work = prepare(tenant_id)
        with crash_at(database, position) as crashing:
            try:
                with database.transaction() as uow:
                    work(uow)
            except DBAPIError:
                assert crashing.happened
        if not crashing.happened:
            assert position > 8
            return
        yield tenant_id, work


def books(database: Database, tenant_id: str) -> list[ledger.TrialRow]:
    """What every account of a tenant moved and holds."""
    with database.transaction() as uow:
        return ledger.trial(uow, tenant_id=tenant_id)


def command(number: int, movement: ledger.Movement | ledger.Resolution) -> ledger.Command:
    return ledger.Command(
        key=f"k{number}", kind="test", event_at=NOW, movement=movement, content=repr(movement)
    )


MOVEMENTS: list[ledger.Movement | ledger.Resolution] = [
    ledger.Credit(CARD, 1000, chart.psp("wechat")),
    ledger.Pour(CARD, 300),
    ledger.Correct(CARD, 120, bonus_amount=20),
    ledger.LeaseVoucher(CARD, 120, bonus_amount=20),
    ledger.Settle("k3", 60),
    ledger.Authorise(CARD, 50),
    ledger.Capture("k5", CARD, 70),
    ledger.Carry(CARD, "88005678", to_purse=True),
    ledger.Pour(CARD, 40),
    ledger.Suspend("WD-1", 30),
]
COMMANDS = [command(number, movement) for number, movement in enumerate(MOVEMENTS)]


def post(tenant_id: str) -> Work:
    return lambda uow: ledger.post(uow, tenant_id=tenant_id, commands=COMMANDS)


@pytest.mark.req("C57", "C58")
def test_a_batch_cut_off_anywhere_is_there_or_not_and_once_more_makes_it_whole(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        post("whole")(uow)
    whole = books(fresh_database, "whole")

    for tenant_id, work in crashes(fresh_database, post):
        assert books(fresh_database, tenant_id) in ([], whole)
        with fresh_database.transaction() as uow:
            work(uow)
        assert books(fresh_database, tenant_id) == whole

    with fresh_database.transaction() as uow:
        ledger.seal(uow)
    with fresh_database.transaction() as uow:
        assert ledger.verify(uow).differences == ()


MONEY = """
select seq, payer, amount_fen, revision,
       (select count(*) from fact where fact.device_id = fact_charge.device_id
        and fact.seq = fact_charge.seq)
from fact_charge where tenant_id = :tenant_id order by seq
"""
TRACES = """
select 'message', count(*) from inbox_message where tenant_id = :tenant_id
union all
select type, count(*) from outbox_message where tenant_id = :tenant_id group by 1
order by 1
"""


def left_behind(database: Database, tenant_id: str, query: str) -> str:
    """The books and what a query says, with the tenant's name taken out."""
    with database.transaction() as uow:
        rows = uow.session.execute(text(query), {"tenant_id": tenant_id}).all()
    return repr((books(database, tenant_id), rows)).replace(tenant_id, "T")


def arriving(database: Database) -> Callable[[str], Work]:
    """For a tenant with a machine and a card: a message with a pour, twice, and a stranger's."""

    def prepare(tenant_id: str) -> Work:
        device_id, card_no = f"WD-{tenant_id}", f"1{tenant_id}"
        with database.transaction() as uow:
            factories.tenant(uow, tenant_id)
            factories.device(uow, device_id, tenant_id)
            factories.card(uow, card_no, tenant_id=tenant_id)

        def arrive(uow: UnitOfWork) -> None:
            raw = messages.Raw(tenant_id, device_id, f"tl1/{tenant_id}/{device_id}/up/txn", b"{}")
            (inbox_id,) = messages.keep(uow, [raw])
            pour = factories.fact(
                device_id, 1, card_no, atc=1, before_fen=10_000, inbox_id=inbox_id
            )
            stranger = factories.fact(
                device_id, 2, f"2{tenant_id}", atc=9, before_fen=500, inbox_id=inbox_id
            )
            ingest(uow, tenant_id=tenant_id, facts=[pour, stranger, pour])

        return arrive

    return prepare


@pytest.mark.req("C57", "C58", "H372")
def test_facts_cut_off_anywhere_are_there_or_not_and_once_more_makes_them_whole(
    fresh_database: Database,
) -> None:
    """A message that comes again behind its commit leaves its bytes twice, and no money."""
    prepare = arriving(fresh_database)
    work = prepare("whole")
    nothing = left_behind(fresh_database, "whole", TRACES)
    with fresh_database.transaction() as uow:
        work(uow)
    whole = left_behind(fresh_database, "whole", TRACES)
    money = left_behind(fresh_database, "whole", MONEY)
    assert nothing != whole

    for tenant_id, arrive in crashes(fresh_database, prepare):
        assert left_behind(fresh_database, tenant_id, TRACES) in (nothing, whole)
        with fresh_database.transaction() as uow:
            arrive(uow)
        assert left_behind(fresh_database, tenant_id, MONEY) == money
