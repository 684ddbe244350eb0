"""What could not be understood is a page: why, what it says, and what is done about it."""

import json
import re
from collections.abc import Callable

import pytest

from tapline.devices import messages, vendors
from tapline.devices.messages import DeadLetter, LetterEnd, Refusal
from tapline.people import Role
from tapline.uow import Database
from tapline_gateway.replaying import Replayer
from tests import factories
from tests.api.browsing import Visitor, words_of
from tests.gateway.makers import cloud_sale
from tests.world import World, staff

Visit = Callable[[str], Visitor]
CARD = "66554433"
HOME = "/console/dead-letters"


@pytest.fixture
def letter(estate: World, estate_database: Database) -> DeadLetter:
    """A sale of a machine that nobody had bound, and has been bound since."""
    number = len(_all(estate_database))
    dev = f"YS-{number}"
    told = cloud_sale(f"202611210{number:05}", dev=dev, card=CARD)
    with estate_database.transaction() as uow:
        refusal = Refusal(
            tenant_id="demo",
            device_id=None,
            topic=f"yunshui:{dev}",
            payload=json.dumps(told).encode(),
            code="unknown_device",
            reason=f"yunshui {dev} is no machine of ours: bind it, then replay this",
            vendor="yunshui",
        )
        messages.bury(uow, [refusal])
        factories.device(uow, f"WD-{dev}")
        vendors.bind(
            uow,
            tenant_id="demo",
            device_id=f"WD-{dev}",
            vendor="yunshui",
            foreign_id=dev,
            actor="test",
            sparse=True,
        )
    return max(_all(estate_database), key=lambda one: one.dead_letter_id)


def _all(database: Database) -> list[DeadLetter]:
    with database.transaction() as uow:
        return [
            one
            for ended in (False, True)
            for one in messages.buried(uow, tenant_id="demo", ended=ended)
        ]


def again(database: Database, letter: DeadLetter) -> DeadLetter:
    with database.transaction() as uow:
        return messages.letter(uow, tenant_id="demo", dead_letter_id=letter.dead_letter_id)


def work(database: Database) -> None:
    """What the gateway does, which has the keys."""
    replayer = Replayer(database, factories.VAULT)
    while replayer.step():
        pass


@pytest.mark.req("C35")
def test_a_supervisor_rehearses_a_letter_and_then_has_it_replayed(
    letter: DeadLetter, estate_database: Database, visit: Visit
) -> None:
    supervisor = visit("he.qing")
    here = f"{HOME}/{letter.dead_letter_id}"

    answer = supervisor.post(f"{here}/replay", rehearsal="true")
    assert (answer.status_code, answer.headers["location"]) == (303, here)
    waiting = supervisor.get(here, **{"accept-language": "en"})
    assert "as soon as it comes to it" in words_of(waiting)
    assert 'hx-trigger="every 1s"' in waiting.text
    work(estate_database)

    rehearsed = words_of(supervisor.get(here, **{"accept-language": "en"}))
    assert "would be understood" in rehearsed
    assert "new: stored and posted" in rehearsed
    assert "on the word of its maker's cloud" in rehearsed
    assert again(estate_database, letter).resolved_at is None

    supervisor.post(f"{here}/replay")
    work(estate_database)
    assert again(estate_database, letter).resolution is LetterEnd.REPLAYED
    assert f"yunshui:{letter.topic[8:]}" in supervisor.get(f"{HOME}?ended=true").text


def test_all_of_one_reason_are_replayed_with_progress(
    letter: DeadLetter, estate_database: Database, visit: Visit
) -> None:
    supervisor = visit("he.qing")

    answer = supervisor.post(f"{HOME}/replays", code="unknown_device", vendor="yunshui")
    page = answer.headers["location"]
    assert "At work" in words_of(supervisor.get(page, **{"accept-language": "en"}))
    work(estate_database)

    done = words_of(supervisor.get(page, **{"accept-language": "en"}))
    assert re.search(r"Done 1 / 1 .*Understood 1", done)
    assert supervisor.post(f"{HOME}/replays", code="unknown_device").status_code == 422


def test_those_of_a_machine_up_to_a_time_are_replayed(
    letter: DeadLetter, estate_database: Database, visit: Visit
) -> None:
    supervisor = visit("he.qing")
    early = {"vendor": "yunshui", "code": "unknown_device", "until": "2020-01-01T08:00"}

    assert 'name="until"' in supervisor.get(f"{HOME}?vendor=yunshui").text
    assert supervisor.post(f"{HOME}/replays", **early).status_code == 422
    assert supervisor.post(f"{HOME}/replays", **early | {"until": "soon"}).status_code == 422
    answer = supervisor.post(f"{HOME}/replays", **early | {"until": "2099-01-01T08:00"})
    assert answer.status_code == 303
    work(estate_database)
    assert again(estate_database, letter).resolution is LetterEnd.REPLAYED


def test_whoever_may_not_read_cards_sees_their_numbers_masked_and_decides_nothing(
    letter: DeadLetter, visit: Visit
) -> None:
    here = f"{HOME}/{letter.dead_letter_id}"
    agent, supervisor = visit("lin.xia"), visit("he.qing")

    assert CARD not in agent.get(here).text
    assert letter.payload[:16].hex(" ") not in agent.get(here).text
    assert CARD in supervisor.get(here).text
    assert letter.payload[:16].hex(" ") in supervisor.get(here).text
    for act in ("replay", "discard"):
        assert agent.post(f"{here}/{act}", reason="x").status_code == 403
    assert agent.post(f"{HOME}/replays", code="unknown_device").status_code == 403


def test_what_is_discarded_is_kept_with_who_said_so_and_why(
    letter: DeadLetter, estate_database: Database, visit: Visit
) -> None:
    supervisor = visit("he.qing")
    here = f"{HOME}/{letter.dead_letter_id}"

    assert supervisor.post(f"{here}/discard", reason=" ").status_code == 422
    assert supervisor.post(f"{here}/discard", reason="试机时的记录").status_code == 303

    kept = again(estate_database, letter)
    assert (kept.resolution, kept.resolved_by) == (LetterEnd.DISCARDED, "he.qing")
    assert "试机时的记录" in supervisor.get(here).text
    assert supervisor.post(f"{here}/discard", reason="twice").status_code == 409
    assert supervisor.post(f"{here}/replay").status_code == 422


def test_bytes_are_shown_and_never_run(
    estate: World, estate_database: Database, visit: Visit
) -> None:
    attack = b"<script>alert(1)</script>\x00\xff{{7*7}}"
    with estate_database.transaction() as uow:
        staff(uow, estate, "demo", "letters.admin", "管理员", Role.ADMIN)
        refusal = Refusal(
            tenant_id="demo",
            device_id="WD-0001",
            topic="tl1/demo/WD-0001/up/<b>",
            payload=attack,
            code="topic",
            reason="not a topic: <b>",
        )
        messages.bury(uow, [refusal])
    newest = max(_all(estate_database), key=lambda one: one.dead_letter_id)

    page = visit("letters.admin").get(f"{HOME}/{newest.dead_letter_id}").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page
    assert "3c 73 63 72" in page
