"""Hellos that come together do what they do one by one, and cost little each."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, text

from tapline import cards, clock, ledger, outages, people
from tapline.cards import CardKind, authorisations, blocklist, facts, vouchers
from tapline.devices import commands, configuration
from tapline.devices.configuration import Level
from tapline.ledger import Command, Correct
from tapline.money import Fen
from tapline.people import Role
from tapline.uow import Database, UnitOfWork
from tapline_gateway.handlers import handle
from tapline_gateway.reading import Letter
from tests.factories import START, VAULT, card, device, fact, tenant
from tests.integration.wire.device import LEASE_OVER, Machine

MACHINES = 16
STATEMENTS_MAX = 40
"""Of a batch of hellos of machines with nothing new, however many they are."""

LOOKS = {
    "device": "select presence, hello_boot, hello_seq_head, hello, hello_at, total_n, total_fen,"
    " total_ml, total_at, config_ver, config from device where device_id = :device",
    "streams": "select stream, upto, head, gap_since from device_stream where device_id = :device"
    " order by stream",
    "firmware": "select from_boot, fw, hw, seen_at from firmware_run where device_id = :device"
    " order by from_boot",
    "commands": "select op, state from device_command where device_id = :device order by op",
    "settings": "select version, document, composed_at, told_at from device_config"
    " where device_id = :device",
    "list": "select version, seq_head, told_at, acknowledged_at from block_list_copy"
    " where device_id = :device",
    "vouchers": "select state, amount_fen from voucher where device_id = :device",
    "holds": "select state, max_fen, ended_at from authorisation where device_id = :device",
    "letters": "select code, reason from dead_letter where device_id = :device order by 1, 2",
    "events": "select type, payload from outbox_message where payload->>'device_id' = :device"
    " order by position",
    "money": "select code, d_posted, c_posted, d_pending, c_pending from ledger_account"
    " where code like '%' || :card || '%' order by code",
}


class Twins:
    """Machines in pairs with the same past: one of each says what it says alone, the other in one
    batch with all of its kind."""

    def __init__(self, uow: UnitOfWork, chance: Random) -> None:
        self.uow = uow
        self.plans = [_plan(chance) for _ in range(MACHINES)]
        tenant(uow)
        with clock.frozen(START):
            for number, plan in enumerate(self.plans):
                for kind in ("ONE", "ALL"):
                    _live(uow, _name(kind, number), f"{kind}{number:05}", plan)
            _set(uow, model="B")
            card(uow, "99999999")
            blocklist.block(uow, tenant_id="demo", card_no="99999999", reason="closing")

    def letters(self, kind: str) -> list[Letter]:
        """The hellos of a kind in the order of arrival: the first of each, the second of each."""
        said = [
            (turn, Machine(self.uow, _name(kind, number)).letter("up/hello", **hello))
            for number, plan in enumerate(self.plans)
            for turn, hello in enumerate(plan["hellos"])
        ]
        return [letter for _, letter in sorted(said, key=lambda one: one[0])]

    def known(self, kind: str) -> list[dict[str, Any]]:
        """Everything that is known of each machine of a kind, its own names left out."""
        return [self._known(kind, number) for number in range(MACHINES)]

    def _known(self, kind: str, number: int) -> dict[str, Any]:
        asked = {"device": _name(kind, number), "card": f"{kind}{number:05}"}
        found = {
            name: [list(row) for row in self.uow.session.execute(text(look), asked)]
            for name, look in LOOKS.items()
        }
        plain = json.dumps(found, default=str)
        return dict(
            json.loads(plain.replace(asked["device"], "DEVICE").replace(asked["card"], "CARD"))
        )


def _name(kind: str, number: int) -> str:
    return f"{kind}-{number:03}"


def _plan(chance: Random) -> dict[str, Any]:
    """What was with a machine before, and what it says now."""
    stored = sorted(chance.sample(range(1, 8), chance.randint(0, 6)))
    return {
        "stored": stored,
        "owed": chance.random() < 0.4,
        "command": chance.random() < 0.4,
        "before": _hello(chance) if chance.random() < 0.7 else None,
        "hellos": [_hello(chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))],
    }


def _hello(chance: Random) -> dict[str, Any]:
    head = chance.randint(0, 8)
    return {
        "boot": chance.randint(1, 4),
        "fw": chance.choice("12"),
        "hw": chance.choice("AB"),
        "caps": chance.choice((["load"], ["load", "list"])),
        "seq_head": head,
        "seq_acked": chance.choice((0, chance.randint(0, 9))),
        "tot": {"n": chance.randint(0, 3), "fen": 300, "ml": 900},
        "list_ver": chance.choice((0, 1, 7)),
        "tariff_ver": 0,
        "cfg_ver": chance.randint(0, 3),
    }


def _set(uow: UnitOfWork, *, model: str) -> None:
    """Something is wanted of the machines of a model."""
    boss, _ = people.create_staff(
        uow, tenant_id="demo", login="boss", name="x", role=Role.SUPERVISOR
    )
    wish = {"level": Level.MODEL, "key": model, "name": "tele_s", "value": 60, "reason": "test"}
    configuration.put(uow, staff=boss, **wish)  # type: ignore[arg-type]


def _live(uow: UnitOfWork, name: str, card_no: str, plan: dict[str, Any]) -> None:
    """The past of one machine."""
    device(uow, name)
    kind = CardKind.CPU if plan["owed"] else CardKind.ID
    cards.issue(uow, tenant_id="demo", card_no=card_no, kind=kind, balance_fen=Fen(10_000))
    if plan["before"]:
        Machine(uow, name).say("up/hello", **plan["before"])
    pours = [fact(name, seq, card_no, atc=None, before_fen=10_000) for seq in plan["stored"]]
    facts.ingest(uow, tenant_id="demo", facts=pours)
    if plan["owed"]:
        back = Command(
            key="fix:" + name,
            kind="correction",
            event_at=START,
            movement=Correct(card_no, 100),
            content="D01",
        )
        ledger.post(uow, tenant_id="demo", commands=[back])
        vouchers.ask(uow, tenant_id="demo", taps=[vouchers.Tap(name, "r", card_no)])
    else:
        question = authorisations.Question(name, "r", card_no, 300)
        authorisations.ask(uow, tenant_id="demo", questions=[question])
    if plan["command"]:
        sent = commands.queue(
            uow, tenant_id="demo", device_id=name, op="reboot", args={}, reason="", ttl_s=90_000
        )
        commands.mark_published(uow, command_ids=[sent.command_id])


@pytest.mark.parametrize("seed", range(2))
def test_hellos_in_one_batch_do_what_they_do_one_by_one(uow: UnitOfWork, seed: int) -> None:
    twins = Twins(uow, Random(seed))
    one, many = twins.letters("ONE"), twins.letters("ALL")

    with clock.frozen(START + LEASE_OVER):
        singly = [answer for letter in one for answer in handle(uow, [letter], VAULT)]
        together = handle(uow, many, VAULT)
    uow.session.flush()

    story = json.dumps(twins.known("ALL"))
    assert all(word in story for word in ("leased", "held", "ended", "stale"))
    for mine, other in zip(twins.known("ONE"), twins.known("ALL"), strict=True):
        assert other == mine
    for number in range(MACHINES):
        told = [
            [one.message for one in answers if one.device_id == _name(kind, number)]
            for kind, answers in (("ONE", singly), ("ALL", together))
        ]
        assert told[0] == told[1]


def test_a_hello_among_a_hundred_costs_no_statements_of_its_own(fresh_database: Database) -> None:
    names = [f"WD-{number:04}" for number in range(100)]
    with fresh_database.transaction() as uow:
        tenant(uow)
        for name in names:
            device(uow, name)
    chance = Random(1)
    _storm(fresh_database, names, [_usual(chance, boot=1) for _ in names])
    asked: list[str] = []
    event.listen(
        fresh_database.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )

    _storm(fresh_database, names, [_usual(chance, boot=2) for _ in names])

    assert 0 < len(asked) <= STATEMENTS_MAX, "\n".join(asked)


def test_machines_that_come_back_together_cost_no_statements_of_their_own(
    fresh_database: Database,
) -> None:
    names = [f"WD-{number:04}" for number in range(100)]
    with fresh_database.transaction() as uow, clock.frozen(START):
        tenant(uow)
        for name in names:
            device(uow, name)
    with clock.frozen(START):
        _say(fresh_database, names, "online", conn=1)
        _storm(fresh_database, names, [_usual(Random(1), boot=1) for _ in names])
    with clock.frozen(START + timedelta(minutes=1)):
        _say(fresh_database, names, "lost", conn=1)
    with fresh_database.transaction() as uow:
        for second in range(0, 1800, 10):
            with clock.frozen(START + timedelta(seconds=second)):
                outages.hearing.note(uow, listener=outages.hearing.GATEWAY)
    with clock.frozen(START + timedelta(minutes=30)), fresh_database.transaction() as uow:
        outages.watch(uow, tenant_id="demo")
        assert len(outages.open_now(uow, tenant_id="demo")) == 100
    asked: list[str] = []
    event.listen(
        fresh_database.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )

    with clock.frozen(START + timedelta(hours=2)):
        _say(fresh_database, names, "online", conn=2)

    assert 0 < len(asked) <= STATEMENTS_MAX, "\n".join(asked)
    with fresh_database.transaction() as uow:
        assert outages.open_now(uow, tenant_id="demo") == []


def _say(database: Database, names: list[str], state: str, conn: int) -> None:
    with database.transaction() as uow:
        handle(uow, [Machine(uow, name).letter("st", s=state, conn=conn) for name in names], VAULT)


def _usual(chance: Random, boot: int) -> dict[str, Any]:
    """Of a machine whose facts are all here; some lost power, some their line alone."""
    boot = chance.choice((1, boot))
    totals = {"n": boot + chance.choice((0, boot)), "fen": 300, "ml": 900}
    return (
        _hello(chance)
        | {"boot": boot, "fw": "1", "hw": "A", "tot": totals}
        | {"seq_head": 0, "seq_acked": 0, "list_ver": 0, "cfg_ver": 0}
    )


def _storm(database: Database, names: list[str], hellos: list[dict[str, Any]]) -> None:
    with database.transaction() as uow:
        letters = [
            Machine(uow, name).letter("up/hello", **hello)
            for name, hello in zip(names, hellos, strict=True)
        ]
        assert len(handle(uow, letters, VAULT)) == 2 * len(names)
