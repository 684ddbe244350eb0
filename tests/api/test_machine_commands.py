"""Somebody at the desk has machines do things, and sees how far each has come."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from tapline import audit, clock, devices
from tapline.devices import commands, vendors
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.world import World

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def machine(estate: World, estate_database: Database) -> Iterator[str]:
    """A machine of the last site; whatever it was told is over afterwards."""
    device_id = estate.devices[-1]
    yield device_id
    for one in listed(estate_database, device_id):
        if one.state in commands.OPEN:
            say(estate_database, one, CommandState.DONE)


def listed(database: Database, device_id: str) -> list[DeviceCommand]:
    with database.transaction() as uow:
        return list(commands.of_device(uow, tenant_id="demo", device_id=device_id))


def say(
    database: Database, one: DeviceCommand, state: CommandState, rc: int = 0, **out: Any
) -> None:
    with database.transaction() as uow:
        commands.answer(
            uow,
            device_id=one.device_id,
            command_id=one.command_id,
            state=state,
            rc=rc,
            out=out,
        )


def test_a_command_is_seen_to_be_sent_received_and_done(
    machine: str, agent: Visitor, estate_database: Database
) -> None:
    page = f"/console/machines/{machine}"
    sent = agent.post(f"{page}/commands", op="selftest", reason="sounds odd")
    assert sent.status_code == 303
    (one, *_) = listed(estate_database, machine)
    assert "to be sent" in words_of(agent.get(page, **ENGLISH))

    with estate_database.transaction() as uow:
        commands.mark_published(uow, command_ids=[one.command_id])
    for state in (CommandState.RECEIVED, CommandState.STARTED):
        say(estate_database, one, state)
    words = words_of(agent.get(f"{page}/commands", **ENGLISH))
    assert all(word in words for word in ("under way", "received", "begun", "Not after"))

    say(estate_database, one, CommandState.DONE, valve="ok")
    words = words_of(agent.get(f"{page}/commands", **ENGLISH))
    assert "林夏 : sounds odd" in words
    assert "valve ok" in words


def test_a_machine_is_asked_once_while_it_has_not_answered(
    machine: str, agent: Visitor, estate_database: Database
) -> None:
    path = f"/console/machines/{machine}/commands"
    assert agent.post(path, op="flush", reason="first").status_code == 303
    again = agent.post(path, op="flush", reason="second")

    assert again.status_code == 409
    assert [one.reason for one in listed(estate_database, machine) if one.op == "flush"] == [
        "first"
    ]


def test_stopping_the_sale_is_for_supervisors_and_can_be_taken_back(
    machine: str, agent: Visitor, supervisor: Visitor, estate_database: Database
) -> None:
    path = f"/console/machines/{machine}/commands"
    refused = agent.post(path, op="stop_sale", reason="smells")
    assert refused.status_code == 403

    supervisor.post(path, op="stop_sale", reason="smells")
    (stop, *_) = listed(estate_database, machine)
    say(estate_database, stop, CommandState.DONE)
    page = supervisor.get(path, **ENGLISH)
    assert "does not sell" in words_of(page)
    assert "Take the command back" in words_of(page)

    supervisor.post(path, op="resume_sale", reason="taken back: smells")
    (resume, *_) = listed(estate_database, machine)
    say(estate_database, resume, CommandState.DONE)
    assert "does not sell" not in words_of(supervisor.get(path, **ENGLISH))
    with estate_database.transaction() as uow:
        acts = audit.about(uow, tenant_id="demo", subject=f"device:{machine}")
    assert [act.action for act in acts[:2]] == ["command.resume_sale", "command.stop_sale"]


def test_an_unanswered_stop_never_comes_after_the_word_that_takes_it_back(
    machine: str, supervisor: Visitor, estate_database: Database
) -> None:
    path = f"/console/machines/{machine}/commands"
    supervisor.post(path, op="stop_sale", reason="by mistake")
    supervisor.post(path, op="resume_sale", reason="it was the wrong one")

    resume, stop, *_ = listed(estate_database, machine)
    assert (stop.op, stop.state) == ("stop_sale", CommandState.SUPERSEDED)
    with estate_database.transaction() as uow:
        waiting = [one.command_id for one in commands.take_queued(uow, limit=100)]
    assert resume.command_id in waiting
    assert stop.command_id not in waiting
    assert "Its opposite was sent" in words_of(supervisor.get(path, **ENGLISH))


def test_a_refusal_and_an_expiry_say_what_they_mean(
    machine: str, agent: Visitor, estate_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/console/machines/{machine}/commands"
    agent.post(path, op="say", text="好水", reason="greeting")
    say(estate_database, listed(estate_database, machine)[0], CommandState.REFUSED, rc=1)
    assert "does not know this command" in words_of(agent.get(path, **ENGLISH))

    agent.post(path, op="resend", first="7", last="9", reason="a gap")
    (gap, *_) = listed(estate_database, machine)
    assert gap.args == {"from": 7, "to": 9}
    with monkeypatch.context() as later, estate_database.transaction() as uow:
        later.setattr(clock, "now", lambda: gap.expires_at)
        commands.expire(uow)
    assert "does not carry it out any more" in words_of(agent.get(path, **ENGLISH))
    say(estate_database, gap, CommandState.DONE)
    assert listed(estate_database, machine)[0].state is CommandState.DONE, "it was done in time"


@pytest.mark.parametrize(
    "form",
    [
        {"op": "resend", "first": "9", "last": "7"},
        {"op": "resend", "first": "x", "last": "7"},
        {"op": "resend", "first": "1", "last": "99999999"},
        {"op": "say", "text": " "},
        {"op": "ota"},
        {"op": "flush", "reason": " "},
    ],
)
def test_what_no_machine_could_do_is_refused_and_nothing_is_sent(
    form: dict[str, str], machine: str, agent: Visitor, estate_database: Database
) -> None:
    before = len(listed(estate_database, machine))
    answer = agent.post(f"/console/machines/{machine}/commands", **{"reason": "x"} | form)

    assert answer.status_code in {400, 422}
    assert len(listed(estate_database, machine)) == before


def test_a_whole_site_is_told_at_once_by_a_supervisor(
    estate: World, agent: Visitor, supervisor: Visitor, estate_database: Database
) -> None:
    site_id = estate.sites[-1].site_id
    page = f"/console/machines/sites/{site_id}"
    with estate_database.transaction() as uow:
        names = [one.device_id for one in devices.listed(uow, tenant_id="demo", sites=[site_id])]
    assert agent.post(f"{page}/commands", op="flush", reason="holiday").status_code == 403

    sent = supervisor.post(f"{page}/commands", op="flush", reason="after the holiday")
    assert sent.status_code == 303

    told = {name: listed(estate_database, name)[0] for name in names}
    assert {one.reason for one in told.values()} == {"after the holiday"}
    assert words_of(supervisor.get(page, **ENGLISH)).count("after the holiday") == len(names)
    for one in told.values():
        say(estate_database, one, CommandState.DONE)


@pytest.fixture
def foreign(machine: str, estate_database: Database) -> Iterator[str]:
    """The machine speaks the language of a maker, for as long as the test lasts."""
    with estate_database.transaction() as uow:
        vendors.declare(uow, operations={"lanjing": ["reboot", "stop_sale", "resume_sale"]})
        vendors.bind(
            uow,
            tenant_id="demo",
            device_id=machine,
            vendor="lanjing",
            foreign_id="LJ-77",
            actor="test",
        )
    yield machine
    with estate_database.engine.begin() as connection:
        connection.execute(text("delete from vendor_device where foreign_id = 'LJ-77'"))


@pytest.mark.req("C35")
def test_a_makers_machine_is_offered_what_it_has_words_for_and_the_rest_says_why_not(
    foreign: str, supervisor: Visitor, agent: Visitor, estate_database: Database
) -> None:
    page = f"/console/machines/{foreign}"
    form = supervisor.get(page, **ENGLISH).text
    assert 'value="stop_sale"' in form
    assert 'value="selftest"' not in form
    assert 'value="resend"' not in form
    assert "send somebody" in words_of(agent.get(page, **ENGLISH))

    refused = supervisor.post(f"{page}/commands", op="flush", reason="stale water", **ENGLISH)
    assert refused.status_code == 422
    assert all(
        one.op != "flush" or one.state not in commands.OPEN
        for one in listed(estate_database, foreign)
    )
    assert supervisor.post(f"{page}/commands", op="reboot", reason="hangs").status_code == 303
    (one, *_) = listed(estate_database, foreign)
    say(estate_database, one, CommandState.REFUSED, rc=12)
    with estate_database.transaction() as uow:
        commands.queue(
            uow,
            tenant_id="demo",
            device_id=foreign,
            op="resend",
            args={"from": 1, "to": 2},
            reason="D07",
            ttl_s=600,
        )
    words = words_of(supervisor.get(f"{page}/commands", **ENGLISH))
    assert "cannot do this now (code 12)" in words
    assert "it was not sent" in words
