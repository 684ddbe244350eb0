"""Who gives back what much bad water cost may be killed at any moment."""

import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tapline import clock, ledger
from tapline.cards.facts import Charge, ingest
from tapline.refunds.goodwill import Goodwill
from tapline.uow import Database
from tapline.water import traces
from tapline.water.traces import Fate
from tapline_ops.tasks import water
from tests import factories
from tests.integration.water.laboratory import NOON, Laboratory
from tests.rivals import waits_for_a_lock

CARD = "88001234"
POURS, A_STEP = 600, 500
OPENED_FEN = 100_000
_DEADLINE_S = 60.0
ROOT = Path(__file__).parents[3]


def killed_once_it_waits(database: Database, url: str) -> None:
    """A worker begins, and is killed where somebody holds what it needs next."""
    command = [sys.executable, "-m", "tests.integration.water.carrier", url]
    with subprocess.Popen(command, cwd=ROOT) as worker:
        deadline = time.monotonic() + _DEADLINE_S
        try:
            while not waits_for_a_lock(database):
                assert worker.poll() is None, "it ended by itself"
                assert time.monotonic() < deadline, "nobody waits"
                time.sleep(0.05)
        finally:
            worker.kill()


def fates(database: Database, trace_id: UUID) -> dict[Fate, int]:
    with database.transaction() as uow:
        found = traces.case(uow, tenant_id="demo", trace_id=trace_id).fates
    return {fate: one.pours for fate, one in found.items()}


@pytest.mark.req("U3")
def test_of_a_long_case_what_a_killed_worker_had_given_stays_and_the_rest_is_given_once(
    fresh_database: Database,
) -> None:
    with clock.frozen(NOON):
        with fresh_database.transaction() as uow:
            laboratory = Laboratory(uow)
            factories.card(uow, CARD, OPENED_FEN)
            facts = [
                factories.fact("A", seq, CARD, atc=seq, before_fen=OPENED_FEN + 100 - 100 * seq)
                for seq in range(1, POURS + 1)
            ]
            ingest(uow, tenant_id="demo", facts=facts)
            trace_id = traces.open_for_machine(
                uow, staff=laboratory.supervisor, device_id="A", words="smells"
            ).trace_id
            asked = traces.ask_refund(uow, staff=laboratory.supervisor, trace_id=trace_id)
            traces.approve_refund(
                uow,
                staff=laboratory.second,
                trace_id=trace_id,
                amount_fen=asked.refund_asked_fen or 0,
            )
        with fresh_database.transaction() as holds:
            holds.session.get(Charge, ("A", POURS), with_for_update=True)
            url = fresh_database.engine.url.render_as_string(hide_password=False)
            killed_once_it_waits(fresh_database, url)
            assert fates(fresh_database, trace_id) == {
                Fate.GIVEN: A_STEP,
                Fate.WAITING: POURS - A_STEP,
            }

        deadline = time.monotonic() + _DEADLINE_S
        while Fate.WAITING in fates(fresh_database, trace_id):
            assert time.monotonic() < deadline, "the rest is not given"
            water.carry(fresh_database)
        water.carry(fresh_database)

        assert fates(fresh_database, trace_id) == {Fate.GIVEN: POURS}
        with fresh_database.transaction() as uow:
            acts = uow.session.execute(select(func.count(), func.sum(Goodwill.posted_fen))).one()
            has = ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen
        assert tuple(acts) == (POURS, 100 * POURS)
        assert has == OPENED_FEN
