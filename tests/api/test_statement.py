"""A card's statement for a program: every journal, and sums that lead from one end to the other."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tapline import audit, ledger
from tapline.uow import Database
from tests.world import World


@pytest.fixture
def api(anybody: TestClient, estate: World) -> TestClient:
    """A client with an agent's token."""
    answer = anybody.post(
        "/api/v1/sessions", json={"login": "lin.xia", "password": estate.passwords["lin.xia"]}
    )
    anybody.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    anybody.headers["Accept-Language"] = "en"
    return anybody


def pages(api: TestClient, card_no: str, **asked: str | int) -> list[dict[str, Any]]:
    """Every page of a statement, by its cursors."""
    got: list[dict[str, Any]] = []
    while not got or got[-1]["next_cursor"]:
        after = {"cursor": got[-1]["next_cursor"]} if got else {}
        answer = api.get(f"/api/v1/cards/{card_no}/statement", params={**asked, **after})
        assert answer.status_code == 200, answer.text
        got.append(answer.json())
    return got


@pytest.mark.req("C3", "U7")
def test_opening_balance_and_every_entry_lead_to_the_closing_balance_and_the_cards_own(
    api: TestClient, estate: World
) -> None:
    got = pages(api, estate.card_no, limit=3, **{"from": "2020-01-01"})
    entries = [entry for page in got for entry in page["entries"]]

    assert len(got) > 2
    balance = got[0]["opening"]["balance_fen"]
    for entry in entries:
        balance += entry["change_fen"]
        assert entry["after"]["balance_fen"] == balance
        assert sum(entry["gains_fen"].values()) == sum(entry["against_fen"].values())
    assert got[-1]["closing"]["balance_fen"] == balance
    card = api.get(f"/api/v1/cards/{estate.card_no}").json()
    assert {name: card[name] for name in got[-1]["closing"]} == got[-1]["closing"]
    assert len({entry["journal_id"] for entry in entries}) == len(entries)


@pytest.mark.req("C3")
def test_each_entry_says_who_says_so(api: TestClient, estate: World) -> None:
    (page,) = pages(api, estate.card_no, limit=500, **{"from": "2020-01-01"})

    opened, first, *_ = page["entries"]
    assert opened["fact"] is None
    assert first["key"] == "dev:{device_id}:{seq}".format(**first["fact"])
    assert (first["change_fen"], first["against_fen"]) == (-100, {"rev:water": -100})
    back = next(entry for entry in page["entries"] if entry["key"].startswith("fix:"))
    assert back["words"] == "given back"
    assert any("no water" in told.lower() for told in back["explanation"]), back["explanation"]
    assert page["on_its_way"]["amount_fen"] == page["closing"]["pending_load_fen"] > 0


def test_days_in_which_nothing_happened_open_and_close_alike(
    api: TestClient, estate: World
) -> None:
    (page,) = pages(api, estate.card_no, **{"from": "2098-01-01", "to": "2098-01-31"})

    assert page["entries"] == []
    assert page["opening"] == page["closing"]
    assert page["closing"]["balance_fen"] == 19754


def test_the_table_begins_and_ends_with_the_balances(
    api: TestClient, estate: World, estate_database: Database
) -> None:
    path = f"/api/v1/cards/{estate.card_no}/statement"
    answer = api.get(path, params={"from": "2020-01-01", "format": "csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0]["kind"], rows[-1]["kind"]) == ("opening", "closing")
    changes = sum(int(row["change_fen"]) for row in rows[1:-1])
    assert int(rows[0]["balance_fen"]) + changes == int(rows[-1]["balance_fen"]) == 19754
    with estate_database.transaction() as uow:
        newest = audit.about(uow, tenant_id="demo", subject=f"card:{estate.card_no}")[0]
    assert (newest.actor, newest.action) == ("lin.xia", "card.read")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"from": "2026-02-01", "to": "2026-01-01"}, "the earlier one as `from`"),
        ({"from": "tomorrow"}, "query.from"),
        ({"cursor": "-1"}, "query.cursor"),
        ({"limit": "501"}, "query.limit"),
        ({"format": "pdf"}, "'json' or 'csv'"),
    ],
)
def test_what_cannot_be_answered_says_what_to_send_instead(
    api: TestClient, estate: World, asked: dict[str, str], told: str
) -> None:
    answer = api.get(f"/api/v1/cards/{estate.card_no}/statement", params=asked)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


def test_a_card_of_another_operator_is_no_card(api: TestClient) -> None:
    assert api.get("/api/v1/cards/77000001/statement").status_code == 404
    assert api.get("/api/v1/cards/77000001/proof").status_code == 404


def test_the_proof_of_a_card_holds_against_the_head_that_its_reader_kept(
    api: TestClient, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        ledger.seal(uow)
        head = ledger.heads(uow, tenant_id="demo", limit=1)[0]

    proof = api.get(f"/api/v1/cards/{estate.card_no}/proof").json()

    assert proof["card"] == estate.card_no
    assert ledger.check(proof, head.hash.hex()) == []
    proof["journals"][0]["text"] = proof["journals"][0]["text"].replace("20000", "20001")
    assert ledger.check(proof, head.hash.hex()) != []
