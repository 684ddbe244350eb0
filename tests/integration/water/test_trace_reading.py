"""A trace is what reading every record one by one would have found."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tapline import clock
from tapline.cards.facts import Charge, Fact, Payer, ingest
from tapline.uow import Database, UnitOfWork
from tapline.water import traces
from tapline.water.traces import TracePour
from tests import factories
from tests.integration.water.laboratory import NOON, Laboratory, carry
from tests.stateful import examples, rolled_back

CARD, BEARER = "88001234", "88005678"


moments = st.integers(0, 200)
versions = st.tuples(
    st.integers(1, 12),  # seq
    moments,  # minute of the device's clock
    moments,  # minute of its arrival
    st.sampled_from([0, 300, 1500]),  # ml
    st.sampled_from(["debit", "debit", "load"]),
    st.sampled_from([CARD, BEARER, "99990001"]),
)


@pytest.mark.req("U3")
@given(
    early=st.lists(versions, max_size=12),
    late=st.lists(versions, max_size=6),
    since=moments,
    until=st.none() | moments,
)
@examples(25)
def test_a_trace_is_what_reading_every_record_one_by_one_gives(
    database: Database,
    early: list[tuple[int, int, int, int, str, str]],
    late: list[tuple[int, int, int, int, str, str]],
    since: int,
    until: int | None,
) -> None:
    with clock.frozen(NOON), rolled_back(database) as uow:
        laboratory = Laboratory(uow)
        factories.card(uow, CARD, 20_000)
        factories.card(uow, BEARER, 20_000)
        _arrive(uow, early)
        with clock.frozen(NOON + timedelta(minutes=300)):
            trace = traces.open_for_machine(
                uow, staff=laboratory.supervisor, device_id="A", since=_at(since), words="smells"
            )
            trace.to_at = None if until is None else _at(until)
            uow.session.query(TracePour).delete()
            trace.looked_at = NOON
            carry(uow)
            assert _found(uow, trace) == _brute(uow, trace)
            first = set(_found(uow, trace))
            _arrive(uow, late)
        with clock.frozen(NOON + timedelta(minutes=400)):
            trace.looked_at = NOON
            carry(uow)
            assert set(_brute(uow, trace)) <= set(_found(uow, trace)) | first
            assert first <= set(_found(uow, trace)), "what was found stays found"


def _at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def _arrive(uow: UnitOfWork, drawn: list[tuple[int, int, int, int, str, str]]) -> None:
    for number, (seq, minute, arrival, ml, op, card_no) in enumerate(drawn):
        fact = factories.fact(
            "A",
            seq,
            card_no,
            atc=number + 1,
            before_fen=20_000,
            moment=_at(minute),
            ml=ml,
            op=op,
            load_id="v" if op == "load" else None,
        )
        with clock.frozen(_at(arrival)):
            ingest(uow, tenant_id="demo", facts=[fact])


def _found(uow: UnitOfWork, trace: traces.Trace) -> dict[int, tuple[str | None, int, int]]:
    found = list(traces.pours_of(uow, tenant_id="demo", trace_id=trace.trace_id))
    return {one.seq: (one.card_no, one.ml, one.amount_fen) for one in found}


def _brute(uow: UnitOfWork, trace: traces.Trace) -> dict[int, tuple[str | None, int, int]]:
    """Every record, one by one, by the rules as a person would say them."""
    uow.session.expire_all()
    said: dict[int, list[Fact]] = {}
    for fact in uow.session.scalars(select(Fact).where(Fact.device_id == "A", Fact.op == "debit")):
        said.setdefault(fact.seq, []).append(fact)
    drunk = {}
    for seq, all_said in said.items():
        charge = uow.session.get(Charge, ("A", seq))
        if not any(_within(trace, one) for one in all_said):
            continue
        standing = [one for one in all_said if charge and one.content_hash == charge.standing_hash]
        chosen = standing or sorted(all_said, key=lambda one: (-one.ml, one.content_hash))
        one = chosen[0]
        if one.ml > 0 and _within(trace, one):
            paid = charge.amount_fen if charge and charge.payer is Payer.CARD else 0
            drunk[seq] = ((charge.card_no if charge else None) or one.card_no, one.ml, paid)
    return drunk


def _within(trace: traces.Trace, fact: Fact) -> bool:
    at = min(fact.moment or fact.received_at, fact.received_at)
    after = trace.from_at is None or at >= trace.from_at
    return after and (trace.to_at is None or at < trace.to_at)
