"""What an operator types: a simulated day, and the proof of the stored log."""

import json

import pytest
from typer.testing import CliRunner

from tapline import routing
from tapline.routing import Medium, Work
from tapline.settings import settings
from tapline.uow import Database
from tapline_ops.cli import app
from tests import factories


def typed(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


@pytest.fixture
def stored(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with a desk on which a call waits, named in the environment."""
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TAPLINE_DATABASE_URL", url)
    settings.cache_clear()
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        work = Work("call:1", Medium.VOICE, "calls")
        routing.enqueue(uow, tenant_id="demo", work=work)
    return fresh_database


@pytest.fixture(autouse=True)
def _settings_of_others() -> None:
    settings.cache_clear()


def test_a_day_is_simulated_twice_alike_with_erlang_beside_it() -> None:
    asked = ("route", "simulate", "--calls", "200", "--tickets", "20", "--agents", "4")
    first, second = typed(*asked, "--json"), typed(*asked, "--json")
    assert first == second
    day = json.loads(first[1])
    assert (day["calls"]["offered"], day["tickets"]["answered"]) == (200, 20)
    assert 0 < day["erlang"]["impatient"]["abandoned"] < 1
    _, text = typed(*asked)
    assert "Erlang C" in text
    assert day["digest"]["head"] in text


def test_the_stored_log_is_proved_by_one_command(stored: Database) -> None:
    code, text = typed("route", "replay", "--tenant", "demo", "--json")
    assert code == 0, text
    assert json.loads(text)["ok"] is True


def test_a_tenant_without_a_desk_is_named_and_nothing_breaks(stored: Database) -> None:
    code, text = typed("route", "replay", "--tenant", "nobody")
    assert code == 1
    assert "no desk 'main'" in text
