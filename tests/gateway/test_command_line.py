"""The script of the manual is a device: it is taken out of the page as it stands, and run."""

import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from tapline import devices
from tapline_ops import enrolment
from tapline_ops.embedded import passwords
from tests.factories import VAULT
from tests.gateway.conftest import CARD, Bench

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
TOOLS = ("mosquitto_pub", "mosquitto_sub", "openssl")

needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"{', '.join(TOOLS)} are needed: `make tools`"
)


def script() -> str:
    """The first block of the chapter."""
    _, _, chapter = PAGE.read_text("utf-8").partition("## From the command line\n")
    found = re.search(r"```sh\n(.*?)```", chapter, flags=re.DOTALL)
    assert found is not None
    return found[1]


def run(**given: str) -> str:
    """What it prints."""
    done = subprocess.run(
        ["sh", "-c", script()],
        env={"PATH": os.environ["PATH"], "CARD": CARD} | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_tools
def test_a_device_made_of_command_line_tools_pours_and_is_released(
    running: Bench, broker_folder: Path
) -> None:
    with running.database.transaction() as uow:
        made = devices.register(
            uow,
            vault=VAULT,
            hash_password=passwords.hashed,
            tenant_id="demo",
            device_id=f"SH-{secrets.token_hex(4)}",
        )
    enrolment.admit_all(running.database, broker_folder)

    told = run(
        KEY=made.key.hex(),
        PASSWORD=made.mqtt_password,
        DEVICE=made.device.device_id,
        PORT=str(running.broker.ports.device),
    )

    assert told.splitlines()[-1] == "released: the device may delete it"
    assert "forged" not in told
    assert running.balance_fen() == 9_900
