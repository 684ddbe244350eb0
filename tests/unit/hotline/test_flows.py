"""What callers hear and press, as data that is checked before it is published."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.hotline.flows import rules
from tapline.hotline.flows.default import DEFAULT
from tapline.hotline.flows.nodes import Ask, CallBack, Flow, HangUp, Menu, Queue

BYE = {"kind": "hang_up", "say": "再见"}


def flow_of(**nodes: dict[str, Any]) -> Flow:
    return rules.parse({"start": "start", "nodes": {**nodes, "bye": BYE}})


@pytest.mark.req("H30", "H31")
@pytest.mark.parametrize(
    ("period", "first"), [("day", "欢迎致电"), ("peak", "网上订水"), ("night", "夜间")]
)
def test_the_menu_follows_the_time_of_day(period: str, first: str) -> None:
    flow = rules.parse(DEFAULT)

    stop = rules.stop_from(flow, flow.start, {"period": period, "list": "none"})

    assert isinstance(stop.node, Menu)
    assert first in "".join((*stop.said, stop.node.say))


@pytest.mark.req("H151", "H172", "H379")
@pytest.mark.parametrize(
    ("key", "intent"), [("1", "water"), ("2", "barrels"), ("3", "cards"), ("0", "anyone")]
)
def test_by_day_each_key_leads_to_its_skill(key: str, intent: str) -> None:
    flow = rules.parse(DEFAULT)
    menu = rules.stop_from(flow, flow.start, {"period": "day", "list": "none"}).node
    assert isinstance(menu, Menu)

    onward = rules.after_keys(menu, key, 1)

    assert onward is not None
    node = flow.nodes[onward]
    assert isinstance(node, Queue)
    assert node.intent == intent
    assert set(node.skills) <= {intent}


@given(
    keys=st.lists(st.text("0123456789*#", max_size=4), min_size=20, max_size=20),
    period=st.sampled_from(["day", "peak", "night", "closed", "unheard"]),
)
def test_whatever_is_pressed_a_caller_comes_to_somebody_or_a_promise(
    keys: list[str], period: str
) -> None:
    flow, facts = rules.parse(DEFAULT), {"period": period, "list": "none"}
    name, tries = flow.start, 0
    for pressed in keys:
        stop = rules.stop_from(flow, name, facts)
        if not isinstance(stop.node, Menu | Ask):
            break
        tries += 1
        onward = rules.after_keys(stop.node, pressed, tries)
        name, tries = (stop.at, tries) if onward is None else (onward, 0)
    else:
        pytest.fail("twenty answers and still in the menu")

    assert isinstance(stop.node, Queue | CallBack | HangUp)


def test_a_number_that_is_typed_ends_with_a_hash_and_has_its_length() -> None:
    flow = flow_of(
        start={
            "kind": "ask",
            "say": "请输入卡号",
            "name": "card",
            "digits_min": 4,
            "then": "bye",
            "otherwise": "bye",
        }
    )
    node = flow.nodes["start"]
    assert isinstance(node, Ask)

    assert rules.after_keys(node, "88001#", 1) == "bye"
    assert rules.after_keys(node, "88#", 1) is None
    assert rules.after_keys(node, "", 2) == "bye"


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        ({"start": {"kind": "say", "say": "x", "then": "nowhere"}}, "no node"),
        ({"start": {"kind": "say", "say": "x", "then": "start"}}, "without asking"),
        (
            {"start": {"kind": "menu", "say": "x", "choices": {"12": "bye"}, "otherwise": "bye"}},
            "matching",
        ),
        ({"start": {"kind": "sing"}}, "cannot be read"),
        ({"start": {"kind": "queue", "intent": "a", "skills": {"a": 9}}}, "cannot be read"),
    ],
)
def test_a_flow_that_could_not_work_is_refused(nodes: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        flow_of(**nodes)


def test_a_flow_that_does_not_begin_is_refused() -> None:
    with pytest.raises(InvalidError, match="the beginning leads to"):
        rules.parse({"start": "nowhere", "nodes": {"bye": BYE}})
