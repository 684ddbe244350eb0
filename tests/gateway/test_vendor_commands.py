"""What an operator types to bring another maker's machine in, and to have dead letters replayed."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tapline import devices, people
from tapline.devices import Vault, commands, messages, vendors
from tapline.errors import InvalidError
from tapline.people import Role
from tapline.settings import settings
from tapline.uow import Database
from tapline_gateway.settling import settle
from tapline_gateway.vendors import Register, yunshui
from tapline_gateway.vendors.logins import code_fits
from tapline_gateway.vendors.reading import read_record
from tapline_gateway.vendors.serving import run_vendors
from tapline_ops.cli import app
from tapline_ops.datafolder import DataFolder
from tests import factories
from tests.gateway.foreign import registered
from tests.gateway.makers import cloud_sale


@pytest.fixture
def stored(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Database]:
    """An operator with an empty folder, the database named in the environment."""
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TAPLINE_DATABASE_URL", url)
    monkeypatch.setenv("TAPLINE_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.card(uow, "88001234")
    yield fresh_database
    settings.cache_clear()


def typed(*arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, arguments)
    told = result.output.splitlines()[0] if result.output else ""
    return result.exit_code, json.loads(told) if told.startswith("{") else result.output


def created(device_id: str) -> dict[str, Any]:
    code, told = typed("device", "create", device_id, "--tenant", "demo", "--json")
    assert code == 0, told
    assert isinstance(told, dict)
    return told


def test_a_machine_is_bound_and_its_login_code_printed(stored: Database, tmp_path: Path) -> None:
    made = created("WD-2001")
    bind = ("vendor", "bind", "WD-2001", "--tenant", "demo", "--vendor", "tieshan")
    number = ("--number", "000024010007")

    code, told = typed(*bind, *number, "--starts-after", "1000", "--json")

    assert code == 0, told
    assert code_fits(told["login code"], bytes.fromhex(made["key_hex"]), "tieshan")
    assert typed(*bind, *number)[0] == 1
    assert typed(*bind[:-1], "nobody", *number)[0] == 1
    assert "WD-2001\ttieshan\t000024010007" in typed("vendor", "list", "--tenant", "demo")[1]


def test_a_cloud_gets_a_secret_that_opens_under_the_webs_key(
    stored: Database, tmp_path: Path
) -> None:
    code, told = typed("vendor", "open", "--tenant", "demo", "--vendor", "yunshui", "--json")

    assert code == 0, told
    with stored.transaction() as uow:
        (account,) = vendors.accounts(uow, tenant_id="demo")
    vault = Vault.at(DataFolder(tmp_path).identity_key_file())
    assert vault.open("vendor:demo:yunshui", account.secret_sealed).hex() == told["secret_hex"]


def test_who_says_what_a_maker_has_no_word_for_is_told_so_and_nothing_waits(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
    registered(fresh_database, "lanjing", "LJ-9", "WD-2009")
    with fresh_database.transaction() as uow:
        lead = people.create_staff(
            uow, tenant_id="demo", login="he.qing", name="何青", role=Role.SUPERVISOR
        )[0]
        ours = devices.register(
            uow, vault=factories.VAULT, hash_password=str, tenant_id="demo", device_id="WD-1"
        )
        with pytest.raises(InvalidError, match="lanjing, which has no word for selftest"):
            commands.send(
                uow, staff=lead, device_id="WD-2009", op="selftest", args={}, reason="hangs"
            )
        sent = commands.send_to_all(
            uow, staff=lead, device_ids=["WD-1", "WD-2009"], op="selftest", args={}, reason="night"
        )
        assert [one.device_id for one in sent] == [ours.device.device_id]
        assert commands.of_device(uow, tenant_id="demo", device_id="WD-2009") == []
        stop = commands.send(
            uow, staff=lead, device_id="WD-2009", op="stop_sale", args={}, reason="smells"
        )
        assert stop.state is commands.CommandState.QUEUED


def test_dead_letters_are_listed_and_replayed_by_a_running_gateway(
    stored: Database, tmp_path: Path
) -> None:
    sale = cloud_sale("20261121000123", dev="YS-1", card="88001234")
    raw = json.dumps(sale).encode()
    reading = read_record(yunshui, Register(stored), raw, tenant_id="demo")
    settle(stored, factories.VAULT, [reading])
    created("WD-2002")
    typed(
        *("vendor", "bind", "WD-2002", "--tenant", "demo", "--vendor", "yunshui"),
        *("--number", "YS-1"),
    )
    assert "unknown_device\tyunshui:YS-1" in typed("deadletters", "list", "--tenant", "demo")[1]

    stop = threading.Event()
    vault = Vault.at(DataFolder(tmp_path).key_file())
    gateway = threading.Thread(target=run_vendors, args=(stored, vault, None, stop))
    gateway.start()
    code, told = typed(
        *("deadletters", "replay", "--tenant", "demo", "--vendor", "yunshui", "--json")
    )
    stop.set()
    gateway.join()

    assert (code, told["understood"], told["waiting"]) == (0, 1, 0)
    with stored.transaction() as uow:
        assert messages.buried(uow, tenant_id="demo") == []
    assert typed("deadletters", "replay", "--tenant", "demo")[0] == 1
