"""Dead letters tried again: what is understood after all counts once, the rest says why not."""

import json
import secrets
from typing import Any

import pytest
from sqlalchemy import text

from tapline.devices import messages, vendors
from tapline.devices.messages import LetterEnd, Which, replays
from tapline.devices.messages.replays import Replay, StepState
from tapline.uow import Database
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import seal
from tapline_gateway.reading import Letter, read
from tapline_gateway.replaying import Replayer
from tapline_gateway.settling import settle
from tapline_gateway.vendors import Register, read_record, yunshui
from tapline_gateway.vendors.adapter import UnreadableError
from tests.factories import VAULT, card, device, tenant
from tests.gateway.makers import cloud_sale
from tests.gateway.stranger import pour

CARD = "88001234"


@pytest.fixture
def database(fresh_database: Database) -> Database:
    with fresh_database.transaction() as uow:
        tenant(uow)
        card(uow, CARD, 10_000)
        device(uow, "WD-YS-1")
    return fresh_database


def told(database: Database, *sales: dict[str, Any]) -> None:
    """Sales that a maker's cloud tells of."""
    register = Register(database)
    raws = [json.dumps(one).encode() for one in sales]
    settle(database, VAULT, [read_record(yunshui, register, raw, tenant_id="demo") for raw in raws])


def bind(database: Database, dev: str = "YS-7781") -> None:
    with database.transaction() as uow:
        vendors.bind(
            uow,
            tenant_id="demo",
            device_id="WD-YS-1",
            vendor="yunshui",
            foreign_id=dev,
            actor="test",
            sparse=True,
        )


def ask(database: Database, *, rehearsal: bool = False, **which: Any) -> Replay:
    with database.transaction() as uow:
        return replays.ask(
            uow, tenant_id="demo", which=Which(**which), rehearsal=rehearsal, actor="he.qing"
        )


def work(database: Database) -> None:
    replayer = Replayer(database, VAULT)
    while replayer.step():
        pass


def posted(database: Database) -> int:
    with database.engine.connect() as connection:
        found: int = connection.execute(
            text("select count(*) from ledger_journal where kind = 'pour'")
        ).scalar_one()
        return found


def letters(database: Database, *, ended: bool = False) -> list[messages.DeadLetter]:
    with database.transaction() as uow:
        return list(messages.buried(uow, tenant_id="demo", ended=ended))


def counted(database: Database, replay: Replay) -> replays.Progress:
    with database.transaction() as uow:
        return replays.progress(uow, replay_ids=[replay.replay_id])[replay.replay_id]


def sales(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [
        cloud_sale(f"2026112100012{n}", dev="YS-7781", card=CARD, **changes) for n in range(count)
    ]


@pytest.mark.req("C35")
def test_after_a_machine_is_bound_all_that_was_set_aside_is_posted_once(
    database: Database,
) -> None:
    told(database, *sales(3))
    assert {letter.code for letter in letters(database)} == {"unknown_device"}
    bind(database)

    first, second = ask(database, code="unknown_device"), ask(database, vendor="yunshui")
    work(database)

    assert counted(database, first) == replays.Progress(0, 3, 0, 0)
    assert counted(database, second) == replays.Progress(0, 0, 0, 3)
    assert posted(database) == 3
    assert letters(database) == []
    assert {one.resolution for one in letters(database, ended=True)} == {LetterEnd.REPLAYED}
    told(database, *sales(3))
    assert posted(database) == 3


def test_a_rehearsal_shows_what_would_happen_and_leaves_nothing(database: Database) -> None:
    told(database, *sales(1))
    bind(database)
    (letter,) = letters(database)

    ask(database, rehearsal=True, dead_letter_id=letter.dead_letter_id)
    work(database)

    with database.transaction() as uow:
        found = replays.step_of(uow, letter=letter)
    assert found is not None
    assert found[1].state is StepState.UNDERSTOOD
    assert found[1].outcome is not None
    assert found[1].outcome["device"] == "WD-YS-1"
    assert found[1].outcome["assurance"] == "D"
    assert found[1].outcome["message"]["facts"][0]["amt"] == 100
    assert [one["verdict"] for one in found[1].outcome["verdicts"]] == ["accepted"]
    assert posted(database) == 0
    assert [one.tries for one in letters(database)] == [0]
    with database.engine.connect() as connection:
        events = "select count(*) from outbox_message where type = 'FactsStored'"
        assert connection.execute(text(events)).scalar_one() == 0


def test_one_that_fails_again_stays_with_its_newest_reason(database: Database) -> None:
    told(database, *sales(1, result="MAYBE"))
    (before,) = letters(database)
    bind(database)

    replay = ask(database, dead_letter_id=before.dead_letter_id)
    work(database)

    (after,) = letters(database)
    assert counted(database, replay).failed == 1
    assert (after.tries, after.resolved_at) == (1, None)
    assert "MAYBE" in after.reason


def test_an_adapter_that_was_mended_reads_what_it_could_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind(database)
    told(database, *sales(2, result="FINISHED"), *sales(1)[:1])
    assert posted(database) == 1

    monkeypatch.setitem(yunshui._STATUSES, "FINISHED", "ok")
    replay = ask(database, code="vendor_unreadable", vendor="yunshui")
    work(database)

    assert counted(database, replay).total == 2
    # The first of them is the sale that was told properly, too: one number, one sale.
    assert posted(database) == 2


def test_what_nobody_signed_is_not_believed_the_second_time_either(database: Database) -> None:
    refusal = messages.Refusal(
        tenant_id="demo",
        device_id="WD-YS-1",
        topic="tl1/demo/WD-YS-1/up/txn",
        payload=b"A" * 43 + b"." + json.dumps({"v": 1, "boot": 1, "facts": []}).encode(),
        code="unsigned",
        reason="not signed",
    )
    with database.transaction() as uow:
        messages.bury(uow, [refusal])

    replay = ask(database, code="unsigned")
    work(database)

    assert counted(database, replay).failed == 1
    assert "not signed with this device's key" in letters(database)[0].reason


def test_a_question_is_not_answered_when_its_asker_has_left(database: Database) -> None:
    stored = _native(
        database, "up/load", {"req": secrets.token_hex(8), "card": CARD, "atc": 1, "bal": 1}
    )

    ask(database, dead_letter_id=stored)
    work(database)

    assert "its moment is over" in letters(database)[0].reason


def test_good_facts_of_a_batch_are_no_duplicates_of_their_machine(database: Database) -> None:
    """The batch came, and all but one fact could be read; trying it again blames nobody."""
    facts = [pour(n, CARD, before=10_100 - 100 * n) for n in (1, 2)]
    facts[1]["amt"] = "a lot"
    stored = _native(database, "up/txn", {"boot": 1, "facts": facts}, settled=True)
    assert posted(database) == 1

    replay = ask(database, dead_letter_id=stored)
    work(database)

    assert counted(database, replay).failed == 1
    assert posted(database) == 1
    with database.engine.connect() as connection:
        duplicates = "select count(*) from outbox_message where type = 'DuplicatesSeen'"
        assert connection.execute(text(duplicates)).scalar_one() == 0


def test_a_letter_that_was_cut_is_not_tried(database: Database) -> None:
    refusal = messages.Refusal(
        tenant_id="demo",
        device_id=None,
        topic="yunshui:?",
        payload=b"x" * 20_000,
        code="vendor_unreadable",
        reason="too long",
        vendor="yunshui",
    )
    with database.transaction() as uow:
        messages.bury(uow, [refusal])

    ask(database, code="vendor_unreadable")
    work(database)

    assert "16 KiB" in letters(database)[0].reason


def test_an_adapter_that_fails_harms_nobody_and_is_told_of(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_address: str, _raw: bytes) -> None:
        raise KeyError("oops")

    bind(database)
    monkeypatch.setattr(yunshui, "read", broken)
    told(database, *sales(1))
    assert "adapter failed: KeyError" in letters(database)[0].reason
    monkeypatch.undo()

    ask(database, vendor="yunshui")
    work(database)

    assert posted(database) == 1


def test_a_sale_that_its_machine_need_not_keep_is_kept_however_many_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Makers' machines forget what was acknowledged, and ours a record that was released."""

    def unread(_address: str, _raw: bytes) -> None:
        raise UnreadableError("another version", foreign_id="YS-7781")

    bind(database)
    with database.transaction() as uow:
        for name in ("WD-YS-1", "WD-0009"):
            messages.bury(uow, [_of_no_use(name)] * (messages.OPEN_MAX + 1))
    assert waiting(database) == {"of_no_use": 2 * messages.OPEN_MAX}

    with monkeypatch.context() as patched:
        patched.setattr(yunshui, "read", unread)
        told(database, *sales(1))
    facts = [pour(1, CARD, before=9_900) | {"amt": "a lot"}]
    settle(database, VAULT, [_signed(database, "up/txn", {"boot": 1, "facts": facts})])
    assert waiting(database) == {
        "of_no_use": 2 * messages.OPEN_MAX,
        "vendor_unreadable": 1,
        "E_SCHEMA": 1,
    }

    ask(database, vendor="yunshui")
    work(database)
    assert posted(database) == 1


def _of_no_use(device_id: str) -> messages.Refusal:
    return messages.Refusal(
        tenant_id="demo", device_id=device_id, topic="t", payload=b"x", code="of_no_use", reason="r"
    )


def waiting(database: Database) -> dict[str, int]:
    with database.transaction() as uow:
        return {pile.code: pile.count for pile in messages.piles(uow, tenant_id="demo")}


def _native(database: Database, name: str, body: dict[str, Any], *, settled: bool = False) -> int:
    """A dead letter in our own language, properly signed; its number."""
    reading = _signed(database, name, body)
    if settled:
        settle(database, VAULT, [reading])
    else:
        with database.transaction() as uow:
            messages.bury(uow, [reading.refusal("E_SCHEMA", "as if it could not be read")])
    (letter,) = letters(database)
    return letter.dead_letter_id


def _signed(database: Database, name: str, body: dict[str, Any]) -> Letter:
    """What a new machine of ours says, signed."""
    with database.transaction() as uow:
        made = device(uow, "WD-0009")
    topic = f"tl1/demo/WD-0009/{name}"
    frame = seal(made.key, topic, json.dumps({"v": 1} | body).encode())
    arrival = Arrival(topic, frame, retained=False, qos=1, mid=1, session=1)
    reading = read(arrival, KeyRing(database, VAULT))
    assert isinstance(reading, Letter)
    return reading
