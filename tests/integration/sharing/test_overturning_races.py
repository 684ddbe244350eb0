"""A line is overturned while a correction of it is judged: neither acts on what the other ends."""

import pytest

from tapline import clock, ledger
from tapline.cards.facts import ingest
from tapline.sharing import claims
from tapline.sharing.claims import corrections
from tapline.sharing.documents import ClaimedCorrection
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.sharing import houses
from tests.integration.sharing.between import NOON, OPERATOR, OURS, Late, drawn
from tests.rivals import beside


def overturns(uow: UnitOfWork) -> None:
    claims.overturn(uow, tenant_id="demo", card_nos=[OURS])


def looks_again(uow: UnitOfWork) -> None:
    claims.look_again(uow, tenant_id="demo")


def test_a_correction_of_a_line_that_is_just_being_overturned_gives_nothing_back(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, far = houses.build(fresh_database)
    with clock.frozen(NOON):
        with fresh_database.transaction() as uow:
            late = Late(uow, demo, far)
            with monkeypatch.context() as busy:
                # More corrections wait than one look takes: this one is left for the next.
                busy.setattr(corrections, "judge", lambda *_, **__: 0)
                (line,) = late.takes(late.claims(drawn()))
                less = ClaimedCorrection(
                    line.statement_id, line.device, line.seq, 1, -100, clock.now()
                )
                late.takes(late.claims(corrections=[less]))
        with fresh_database.transaction() as uow:
            fact = factories.fact("B", 1, OURS, atc=2, before_fen=4900, amt_fen=300, moment=NOON)
            ingest(uow, tenant_id="demo", facts=[fact])

        assert beside(fresh_database, overturns, looks_again) is None

        with fresh_database.transaction() as uow:
            drain(uow)
            card = ledger.card(uow, tenant_id="demo", card_no=OURS)
            owed_fen = claims.account(uow, tenant_id="demo", issuer_id=OPERATOR).owed_by_us_fen
            assert (card.balance_fen, owed_fen) == (4500, 0)
            assert ledger.verify(uow, tenant_id="demo").differences == ()
