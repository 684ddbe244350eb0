"""Firmware in the console: sent in, proposed by one, started by another; fetched in parts."""

import base64
import hashlib
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import select

from tapline import rollouts
from tapline.devices.commands import DeviceCommand
from tapline.people import Role
from tapline.rollouts import images
from tapline.rollouts.images import Manifest
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tests import world
from tests.api.browsing import Visitor, words_of
from tests.integration.rollouts.estate import KEY, ORIGIN, Estate
from tests.world import World

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


def test_a_rollout_is_seen_machine_by_machine_and_taken_out_as_a_table(
    supervisor: Visitor, estate_ids: dict[str, str]
) -> None:
    path = f"/console/rollouts/{estate_ids['rollout_id']}"
    words = words_of(supervisor.get(path, **ENGLISH))
    assert "RO-80 2.5.0" in words
    assert "fetching 40 %" in words
    assert "5 %" in words
    assert words_of(supervisor.get("/console/rollouts", **ENGLISH)).count("2.5.0") >= 2
    table = supervisor.get(f"{path}/machines.csv").text
    assert len(table.strip().splitlines()) == 1 + 6


def test_whoever_may_not_decide_sees_no_buttons_and_is_refused(
    agent: Visitor, estate_ids: dict[str, str]
) -> None:
    path = f"/console/rollouts/{estate_ids['rollout_id']}"
    assert "Pause" not in words_of(agent.get(path, **ENGLISH))
    assert agent.post(f"{path}/pause", reason="x").status_code == 403


def test_a_person_pauses_and_resumes_with_a_reason(
    supervisor: Visitor, estate_ids: dict[str, str]
) -> None:
    path = f"/console/rollouts/{estate_ids['rollout_id']}"
    assert supervisor.post(f"{path}/pause", reason="a complaint").status_code == 303
    assert "何青 : a complaint" in words_of(supervisor.get(path, **ENGLISH))
    assert supervisor.post(f"{path}/resume", reason="it was another thing").status_code == 303
    assert "何青 : a complaint" not in words_of(supervisor.get(path, **ENGLISH))


@pytest.fixture
def desk(estate_database: Database, estate: World) -> Visitor:
    """A supervisor where the test's key may sign firmware."""
    public = KEY.public_key().public_bytes_raw().hex()
    config = WebConfig(
        origin="http://testserver", requests_per_minute=1_000_000, firmware_keys=public
    )
    visitor = Visitor(TestClient(create_app(estate_database, config), follow_redirects=False))
    login = "firmware.desk"
    if login not in estate.passwords:
        with estate_database.transaction() as uow:
            world.staff(uow, estate, "demo", login, "固件", Role.SUPERVISOR)
    visitor.enter(login, estate.passwords[login])
    return visitor


def sent(desk: Visitor, key: Ed25519PrivateKey, version: str) -> int:
    content = version.encode() * 500
    manifest = Manifest(
        version=version,
        hw=("UF-20",),
        counter=1,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    signed = images.sign(manifest, key)
    page = desk.client.get("/console/rollouts").text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    return desk.client.post(
        "/console/rollouts/images",
        data={"csrf": token, "notes": "x"},
        files={
            "image": ("a.bin", content),
            "manifest": ("a.bin.manifest", signed.body),
            "signature": ("a.bin.sig", base64.b64encode(signed.signature) + b"\n"),
        },
        headers={"origin": "http://testserver"},
    ).status_code


def test_a_signed_image_is_taken_in_and_a_strangers_is_not(desk: Visitor) -> None:
    assert sent(desk, KEY, "3.0.0") == 303
    assert sent(desk, Ed25519PrivateKey.generate(), "3.0.1") in {400, 422}
    words = words_of(desk.get("/console/rollouts", **ENGLISH))
    assert "3.0.0" in words
    assert "3.0.1" not in words


def test_a_machine_fetches_its_image_in_parts_and_nobody_else_does(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        house = Estate(uow, 1)
        image = house.image()
        house.started(image)
        rollouts.sweep(uow, tenant_id="demo", origin=ORIGIN)
        url = uow.session.scalars(select(DeviceCommand.args)).one()["url"]
        size, digest = image.size_bytes, image.sha256
    client = TestClient(create_app(fresh_database, WebConfig(origin=ORIGIN)))
    address = urlsplit(url)
    path = f"{address.path}?{address.query}"

    def part(span: str) -> tuple[int, bytes]:
        answer = client.get(path, headers={"range": span})
        return answer.status_code, answer.content

    whole = client.get(path)
    assert whole.status_code == 200
    assert hashlib.sha256(whole.content).hexdigest() == digest
    fetched = b"".join(part(f"bytes={at}-{at + 999}")[1] for at in range(0, size, 1000))
    assert fetched == whole.content
    answer = client.get(path, headers={"range": "bytes=10-19"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes 10-19/{size}"
    assert part(f"bytes={size - 5}-") == (206, whole.content[-5:])
    assert part(f"bytes={size}-")[0] == 416
    assert part("bytes=9-1")[0] == part("bytes=x")[0] == 200
    assert client.get(path.replace("sig=", "sig=x")).status_code == 403
    assert client.get(path.replace("exp=", "exp=9")).status_code == 403
