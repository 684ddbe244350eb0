"""What an operator types to take old books over, with nobody but the database beside him."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tapline import people, policy
from tapline.people import Role
from tapline.settings import settings
from tapline.uow import Database
from tapline_ops.cli import app
from tests import factories
from tests.integration.imports.books import OPENING_FEN, Desk, offer, workbook


@pytest.fixture
def stored(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An operator who lets nobody alone apply anything, named in the environment."""
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TAPLINE_DATABASE_URL", url)
    settings.cache_clear()
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        offer(uow, "demo")
        policy.publish(
            uow,
            tenant_id="demo",
            changes={"import_alone_fen_max": 0},
            actor="root",
            reason="careful",
        )
        for login, role in (("cw", Role.FINANCE), ("kf", Role.AGENT)):
            people.create_staff(uow, tenant_id="demo", login=login, name=login, role=role)
    return fresh_database


@pytest.fixture(autouse=True)
def _settings_of_others() -> None:
    settings.cache_clear()


def typed(file: Path, *arguments: str) -> tuple[int, dict[str, Any] | str]:
    asked = ("import", str(file), "--tenant", "demo", "--source", "old-erp", "--json", *arguments)
    result = CliRunner().invoke(app, asked)
    first = result.output.splitlines()[0]
    return result.exit_code, json.loads(first) if first.startswith("{") else result.output


@pytest.mark.req("U24")
def test_a_file_is_checked_then_waits_for_a_second_person_then_is_applied(
    stored: Database, tmp_path: Path
) -> None:
    file = tmp_path / "books.xlsx"
    file.write_bytes(workbook())

    code, told = typed(file, "--dry-run")
    assert isinstance(told, dict)
    assert (code, told["state"], told["flaw_count"]) == (0, "checked", 0)

    code, told = typed(file)
    assert isinstance(told, dict)
    assert (code, told["state"]) == (2, "checked")

    code, refused = typed(file, "--approve-as", "kf")
    assert (code, "neither of finance" in str(refused)) == (1, True)
    with stored.transaction() as uow:
        assert Desk(uow).balances() == {}

    code, told = typed(file, "--approve-as", "cw")
    assert isinstance(told, dict)
    assert (code, told["state"], told["report"]["difference_count"]) == (0, "applied", 0)
    with stored.transaction() as uow:
        opening = Desk(uow).balances()["equity:opening", "CNY.fen"]
    assert opening == -(OPENING_FEN + 12 * 1800)


@pytest.mark.req("U24")
def test_a_bad_file_exits_with_one_and_says_where(stored: Database, tmp_path: Path) -> None:
    file = tmp_path / "水卡.csv"
    file.write_text("卡号,卡类型,本金（元）\n9001,cpu,12.345\n", encoding="utf-8")
    code, told = typed(file, "--approve-as", "cw")
    assert isinstance(told, dict)
    assert (code, told["state"]) == (1, "refused")
    assert told["flaws"] == [["水卡", 2, "not_yuan", "本金（元）", "12.345"]]
