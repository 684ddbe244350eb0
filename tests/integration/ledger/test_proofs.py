"""A statement that its reader checks against a head he kept, without our database."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapline import ledger
from tapline.errors import ConflictError, NotFoundError
from tapline.ledger import chart
from tapline.ledger.proofs import checker
from tapline.uow import Database
from tests.conftest import Template

from .commands import CARD, place, post
from .test_seals import tamper

OTHER = "88005678"


@pytest.fixture(scope="module")
def books(template: Template) -> Iterator[Database]:
    """Two cards, five seals of several sizes, a hold and its end."""
    with template.cloned() as database:
        for seal in range(5):
            with database.transaction() as uow:
                place(uow, f"open:{seal}", ledger.Credit(CARD, 500 + seal, chart.psp("wechat")))
                for seq in range(seal + 2):
                    card = OTHER if seq % 3 == 1 else CARD
                    place(uow, f"dev:WD-1:{seal}{seq}", ledger.Pour(card, 70 + seq))
                if seal == 2:
                    place(uow, "auth", ledger.Authorise(CARD, 10))
                if seal == 3:
                    place(uow, "auth:poured", ledger.Capture("auth", CARD, 8))
            with database.transaction() as uow:
                ledger.seal(uow)
        yield database


@pytest.fixture(scope="module")
def head(books: Database) -> str:
    with books.transaction() as uow:
        return ledger.heads(uow, tenant_id="demo")[0].hash.hex()


@pytest.fixture(scope="module")
def statement(books: Database) -> Any:
    with books.transaction() as uow:
        return ledger.prove(uow, tenant_id="demo", card_no=CARD)


@pytest.mark.req("C58")
def test_a_statement_is_whole_and_proven(statement: Any, head: str) -> None:
    assert ledger.check(statement, head) == []

    told = [(one.key, one.kind) for one in checker.journals(statement)]
    assert ("auth:poured", "test") in told
    assert len(told) == 5 + sum(seq % 3 != 1 for seal in range(5) for seq in range(seal + 2)) + 2
    assert OTHER not in json.dumps(statement)


@pytest.mark.req("C58")
def test_a_partner_checks_it_with_one_file_and_python(
    statement: Any, head: str, tmp_path: Path
) -> None:
    """A copy of the checker, in a folder of its own, in an interpreter that sees no packages."""
    (tmp_path / "checker.py").write_bytes(Path(checker.__file__).read_bytes())
    (tmp_path / "card.json").write_text(json.dumps(statement, ensure_ascii=False), "utf-8")

    def run(kept: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "checker.py", "card.json", kept]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (run(head).returncode, run(head).stdout) == (0, "Everything is as it was sealed.\n")
    assert run("00" * 32).returncode == 1


def test_the_statement_up_to_an_earlier_head_is_proven_by_that_head(books: Database) -> None:
    with books.transaction() as uow:
        first = ledger.prove(uow, tenant_id="demo", card_no=CARD)
        links = first["seals"]
        newest = ledger.heads(uow, tenant_id="demo")[0]
        third = books_head(books, 3)
        early = ledger.prove(uow, tenant_id="demo", card_no=CARD, head=third)

    assert ledger.check(early, third.hash.hex()) == []
    assert ledger.check(early, newest.hash.hex()) != []
    assert (len(early["seals"]), len(links)) == (3, 5)


def books_head(database: Database, seq: int) -> ledger.Head:
    from sqlalchemy import text  # noqa: PLC0415 (the one question that no face answers)

    with database.transaction() as uow:
        row = uow.session.execute(
            text("select biz_date, seq, hash from ledger_seal where seq = :seq"), {"seq": seq}
        ).one()
    return ledger.Head(*row)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every single value of a document stands."""
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_of(part, (*path, key))
    else:
        yield path


def changed(value: Any, data: st.DataObject) -> Any:
    """Another value of the same kind: one character of a text, or another number."""
    if isinstance(value, int):
        return data.draw(st.integers(-2, 12).filter(lambda other: other != value))
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from("0123456789abcdefCD|:,x").filter(lambda c: c != value[at]))
    return value[:at] + other + value[at + 1 :]


@pytest.mark.req("C58")
@given(data=st.data())
def test_whatever_is_changed_in_a_statement_is_noticed(
    statement: Any, head: str, data: st.DataObject
) -> None:
    forged = copy.deepcopy(statement)
    *way, last = data.draw(st.sampled_from(list(paths_of(statement))))
    part = forged
    for step in way:
        part = part[step]
    part[last] = changed(part[last], data)

    assert ledger.check(forged, head) != []


@given(data=st.data())
def test_a_journal_left_out_or_stated_twice_is_noticed(
    statement: Any, head: str, data: st.DataObject
) -> None:
    """All but the last: that something came behind it is what no statement can deny."""
    forged = copy.deepcopy(statement)
    at = data.draw(st.integers(0, len(forged["journals"]) - 2))
    if data.draw(st.booleans()):
        forged["journals"].insert(at, forged["journals"][at])
    else:
        last = forged["journals"][-1]["text"]
        assume(CARD in last)
        del forged["journals"][at]

    assert ledger.check(forged, head) != []


@pytest.mark.parametrize("document", [None, [], {}, {"format": 1}, "x", 7])
def test_what_is_no_statement_is_called_that(document: Any) -> None:
    assert ledger.check(document, "00" * 32) != []


def test_a_journal_of_another_card_cannot_pass_for_one_of_this(
    books: Database, statement: Any, head: str
) -> None:
    with books.transaction() as uow:
        other = ledger.prove(uow, tenant_id="demo", card_no=OTHER)
    forged = copy.deepcopy(statement)
    forged["journals"].append(other["journals"][0])

    assert any("is not of this card" in one for one in ledger.check(forged, head))


def test_nothing_is_proven_of_a_card_without_sealed_journals(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        post(uow, ledger.Pour(CARD, 1))
        with pytest.raises(NotFoundError, match="sealed yet"):
            ledger.prove(uow, tenant_id="demo", card_no=CARD)


def test_a_journal_that_was_changed_is_not_proven(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        (posted,) = post(uow, ledger.Pour(CARD, 1))
    with fresh_database.transaction() as uow:
        assert ledger.sealed_under(uow, tenant_id="demo", journal_id=posted.journal_id) is None
        ledger.seal(uow)
    with fresh_database.transaction() as uow:
        assert ledger.sealed_under(uow, tenant_id="demo", journal_id=posted.journal_id) == 1
    tamper(fresh_database, "ledger_journal", "update ledger_journal set kind = 'x'")

    with fresh_database.transaction() as uow, pytest.raises(ConflictError, match="seal 1"):
        ledger.prove(uow, tenant_id="demo", card_no=CARD)
