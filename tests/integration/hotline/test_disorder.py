"""Events late, twice, reversed, wrong: nothing raises, and the record is the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tapline import clock, hotline
from tapline.hotline import CallEvent, CallState, Outcome, PortEvent
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.hotline.hall import MORNING, NUMBER, Hall

KINDS = (
    "call.arrived",
    "call.digits",
    "call.queued",
    "call.ringing",
    "call.answered",
    "call.ended",
    "call.cdr",
    "recording.ready",
)


def story(ref: str) -> list[PortEvent]:
    """A call that a provider routed itself, as it tells it."""
    return [told(ref, kind, seconds=5 * place) for place, kind in enumerate(KINDS)]


def told(ref: str, kind: str, *, seconds: int, **changes: Any) -> PortEvent:
    fields = {
        "id": f"{ref}:{kind}:{seconds}",
        "type": kind,
        "provider": "qimo",
        "occurred_at": (MORNING + timedelta(seconds=seconds)).isoformat(),
        "call": {"ref": ref, "ani": "+8613800138000", "dnis": NUMBER},
        "result": {"hangup_side": "agent"} if kind in {"call.ended", "call.cdr"} else {},
        "recording": {"ref": "rec-1"} if kind == "recording.ready" else {},
        "ivr": {"digits": "2"} if kind == "call.digits" else {},
    } | changes
    return msgspec.convert(fields, PortEvent)


def provider_routes(uow: UnitOfWork, tenant_id: str = "demo") -> None:
    hotline.open_number(uow, tenant_id=tenant_id, number=NUMBER, actor="test", provider_routes=True)


def facts(uow: UnitOfWork, ref: str) -> dict[str, Any]:
    call = uow.session.scalars(select(hotline.Call).where(hotline.Call.ref == ref)).one()
    record = hotline.record(uow, tenant_id="demo", call_id=call.call_id)
    own = {"call_id", "tenant_id"}
    told = {c.name: getattr(record, c.name) for c in record.__table__.columns if c.name not in own}
    return told | {"state": call.state, "outcome": call.outcome}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_repetition_of_a_providers_events_ends_in_the_same_record(
    uow: UnitOfWork, data: st.DataObject
) -> None:
    if "demo" not in {n.tenant_id for n in hotline.numbers_of(uow, tenant_id="demo")}:
        factories.tenant(uow)
        provider_routes(uow)
    straight, shuffled = uuid4().hex, uuid4().hex
    order = data.draw(st.permutations(range(len(KINDS))))
    repeated = data.draw(st.lists(st.integers(0, len(KINDS) - 1), max_size=4))
    with clock.frozen(MORNING + timedelta(hours=1)):
        for event in story(straight):
            hotline.on_port_event(uow, tenant_id="demo", event=event)
        events = story(shuffled)
        for place in (*order, *repeated):
            hotline.on_port_event(uow, tenant_id="demo", event=events[place])

    assert facts(uow, shuffled) == facts(uow, straight)
    assert facts(uow, shuffled)["outcome"] is Outcome.ANSWERED


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            told,
            st.sampled_from(["one", "two"]),
            st.sampled_from((*KINDS, "leg.answered", "leg.ended", "call.held", "made.up")),
            seconds=st.integers(-(10**9), 10**9),
            leg=st.fixed_dictionaries(
                {"ref": st.text("abc:.", max_size=5), "role": st.sampled_from(["agent", "x"])}
            ),
            ivr=st.fixed_dictionaries({"digits": st.text("0129#*abc", max_size=9)}),
            command_id=st.one_of(st.none(), st.uuids().map(str)),
        ),
        max_size=12,
    )
)
def test_no_input_however_wrong_raises_and_each_is_kept(
    uow: UnitOfWork, events: list[PortEvent]
) -> None:
    if not hotline.numbers_of(uow, tenant_id="demo"):
        factories.tenant(uow)
        hotline.open_number(uow, tenant_id="demo", number=NUMBER, actor="test")
    before = len(
        uow.session.scalars(select(CallEvent.position).where(CallEvent.provider.is_not(None))).all()
    )
    with clock.frozen(MORNING):
        for event in events:
            hotline.on_port_event(uow, tenant_id="demo", event=event)

    kept = uow.session.scalars(select(CallEvent.position).where(CallEvent.provider.is_not(None)))
    assert len(kept.all()) == before + len(events)


def test_an_event_of_an_unknown_number_is_kept_with_its_reason(hall: Hall) -> None:
    event = told("x", "call.arrived", seconds=0, call={"ref": "x", "dnis": "4009999999"})

    assert hall.take_in(event).ignored == "unknown_number"
    assert hall.take_in(event).ignored == "duplicate"


def test_another_operators_number_is_not_answered_for(hall: Hall) -> None:
    with hall.database.transaction() as uow:
        factories.tenant(uow, "other")
        verdict = hotline.on_port_event(
            uow, tenant_id="other", event=told("x", "call.arrived", seconds=0)
        )

    assert verdict.ignored == "unknown_number"


def test_a_moment_that_cannot_be_is_set_aside(hall: Hall) -> None:
    event = told("x", "call.arrived", seconds=0, occurred_at=datetime(1, 1, 1, tzinfo=UTC))

    assert hall.take_in(event).ignored == "impossible_time"


def test_the_same_event_delivered_by_several_at_once_begins_one_call(hall: Hall) -> None:
    event = told("x", "call.arrived", seconds=0)
    with ThreadPoolExecutor(4) as together:
        verdicts = [one.ignored for one in together.map(hall.take_in, [event] * 4)]

    assert sorted(verdicts, key=str) == [None, "duplicate", "duplicate", "duplicate"]
    with hall.database.transaction() as uow:
        assert len(hotline.live_calls(uow, tenant_id="demo")) == 1


def test_a_secret_that_was_typed_is_kept_nowhere(hall: Hall) -> None:
    ask = {
        "kind": "ask",
        "say": "请输入密码",
        "name": "pin",
        "digits_min": 6,
        "digits_max": 6,
        "secret": True,
        "then": "anyone",
        "otherwise": "anyone",
    }
    document = {"start": "pin", "nodes": {"pin": ask, "anyone": {"kind": "queue", "intent": "a"}}}
    with hall.database.transaction() as uow:
        hotline.publish_flow(
            uow, tenant_id="demo", document=document, actor="test", reason="password"
        )
    ref = hall.call(keys="135790")
    hall.pass_time(3)

    with hall.database.transaction() as uow:
        call = hotline.call(uow, tenant_id="demo", call_id=hall.call_of(ref).call_id)
        events = hotline.call_events(uow, tenant_id="demo", call_id=call.call_id)
        kept = repr([(event.kind, event.detail) for event in events]) + repr(call.attached)
    assert call.state is CallState.QUEUED
    assert call.attached == {"pin": True}
    assert "135790" not in kept
    assert hall.record(ref).keys == ""


def test_what_happened_cannot_be_rewritten(hall: Hall) -> None:
    hall.call()

    with (
        pytest.raises(DBAPIError, match="append-only"),
        hall.database.transaction() as uow,
    ):
        uow.session.execute(CallEvent.__table__.update().values(kind="nothing"))  # type: ignore[attr-defined]


def test_a_call_keeps_the_flow_that_it_began_with(hall: Hall) -> None:
    ref = hall.call(keys="")
    with hall.database.transaction() as uow:
        hotline.publish_flow(
            uow,
            tenant_id="demo",
            document={"start": "bye", "nodes": {"bye": {"kind": "hang_up", "say": "再见"}}},
            actor="test",
            reason="closing",
        )
    hall.switchboard.press(ref, "1")
    hall.settle()

    assert hall.call_of(ref).intent == "water"
    assert hall.record(hall.call()).outcome is Outcome.SELF_SERVED
