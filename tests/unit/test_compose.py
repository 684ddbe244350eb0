"""What the container files start is there to be started."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from tapline.settings import Settings
from tapline_ops.cli import app
from tapline_ops.embedded.broker import BrokerPorts
from tapline_ops.embedded.mosquittoconf import GATEWAY_ACL, configuration

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "tapline"}


def subcommand(words: list[str]) -> list[str]:
    """The leading words that name a command, without its options."""
    options = [place for place, word in enumerate(words) if word.startswith("-")]
    return words[: min(options, default=len(words))]


def test_compose_has_every_process_of_the_product() -> None:
    assert OURS.keys() == {
        "migrate",
        "api",
        "gateway",
        "worker",
        "relay",
        "beat",
        "cashier",
        "simulator",
        "telephony",
    }
    assert OURS["simulator"]["profiles"] == ["simulator"]
    assert OURS["telephony"]["profiles"] == ["telephony"]
    assert OURS["cashier"]["profiles"] == ["cashier"], "real money must not meet it by accident"


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_exists_with_its_options_and_starts(name: str) -> None:
    words = OURS[name]["command"]

    done = subprocess.run(
        [sys.executable, "-m", "tapline_ops", *subcommand(words), "--help"],
        capture_output=True,
        text=True,
        env={"TERM": "dumb", "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for option in (word for word in words if word.startswith("--")):
        assert option in done.stdout


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_one_that_the_product_reads(name: str) -> None:
    known = {f"TAPLINE_{field.upper()}" for field in Settings.model_fields} | {"TAPLINE_DATA_DIR"}

    assert OURS[name]["environment"].keys() <= known


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_database_is_the_edition_with_compression_and_retention() -> None:
    image = SERVICES["postgres"]["image"]

    assert re.fullmatch(r"timescale/timescaledb:[\d.]+-pg17", image)


def test_mounted_files_and_named_volumes_exist() -> None:
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file()
            else:
                assert source in COMPOSE["volumes"]


def test_mosquitto_in_production_is_bound_like_the_embedded_one() -> None:
    deploy = ROOT / "deploy"
    files = ("mosquitto.conf", "tls.conf")
    production = [
        line for name in files for line in (deploy / name).read_text("utf-8").splitlines()
    ]
    places = ("listener", "log_dest", "#")
    moved = (
        "password_file",
        "acl_file",
        "persistence_location",
        "cafile",
        "crlfile",
        "certfile",
        "keyfile",
    )
    ports = BrokerPorts(device=1, gateway=2, tls=3, tls_password=4)
    embedded = [
        line
        for line in configuration(Path("/state"), "0.0.0.0", ports).splitlines()
        if line and not line.startswith((*places, *moved))
    ]

    assert [line for line in embedded if line not in production] == []
    assert (deploy / "gateway.acl").read_text("utf-8") == GATEWAY_ACL


def test_the_image_starts_the_command_line() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    entry = next(line for line in lines if line.startswith("ENTRYPOINT"))
    copied = [line.split()[1] for line in lines if re.match(r"COPY [^-.]", line)]

    assert json.loads(entry.removeprefix("ENTRYPOINT")) == [app_name()]
    assert copied
    assert all((ROOT / path).exists() for path in copied)


def app_name() -> str:
    """The script that `pyproject.toml` installs for the typer application."""
    assert isinstance(app, typer.Typer)
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return text.partition('= "tapline_ops.cli:app"')[0].split()[-1]
