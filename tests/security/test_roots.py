"""One root takes another's place, and the broker's certificate the next, with nobody shut out."""

import ssl
from datetime import timedelta
from functools import partial

import pytest

from tapline import clock
from tapline.devices import certificates
from tapline.devices.certificates import rules
from tapline.devices.certificates.roots import Root
from tapline.errors import ConflictError
from tapline_ops import enrolment
from tapline_ops.doctor.authorities import endings
from tapline_ops.embedded import mosquitto
from tests.factories import VAULT
from tests.gateway.fake_platform import until
from tests.security import papers
from tests.security.conftest import House


def add_root(house: House) -> str:
    """As `tapline pki add-root`; the new root's certificate."""
    with house.database.transaction() as uow:
        made = certificates.roots.add(uow, vault=VAULT, name="Test", actor="test")
    secure(house)
    return made.root_pem


def retire(house: House, serial: str, cuts_off: int) -> None:
    with house.database.transaction() as uow:
        certificates.roots.retire(
            uow, serial=serial, cuts_off=cuts_off, actor="test", reason="its key is lost"
        )
    secure(house)


def secure(house: House) -> None:
    """Write what the broker believes; it ends by itself where that changes, and is started anew as
    its supervisor does."""
    enrolment.secure_broker(house.database, house.folder, vault=VAULT)
    until(lambda: not house.broker.alive(), 30)
    house.broker.stop()
    house.broker.start()


def roots(house: House) -> list[Root]:
    with house.database.transaction() as uow:
        return list(certificates.roots.standing(uow))


def warnings(house: House) -> str:
    with house.database.transaction() as uow:
        return "\n".join(endings(uow, mosquitto.shown(house.folder)))


def believing(root_pem: str, shown: papers.Papers | None = None) -> ssl.SSLContext:
    return papers.context(root_pem, shown)


def test_devices_of_both_roots_come_in_until_the_older_one_is_retired(house: House) -> None:
    port = house.broker.ports.tls
    old, new = (house.register().device.device_id for _ in range(2))
    old_papers = house.certified(old)
    new_root = add_root(house)
    new_papers = house.certified(new)
    lets_in = partial(papers.lets_in, port)

    assert lets_in(believing(house.root_pem, old_papers), old)
    assert lets_in(believing(house.root_pem + new_root, new_papers), new)
    assert not lets_in(believing(new_root, new_papers), new), "it shows itself under the older"
    assert [(one.issues, one.is_shown, one.devices) for one in roots(house)] == [
        (True, False, 1),
        (False, True, 1),
    ]
    serial = roots(house)[1].serial
    assert "1 devices have none but under the older root" in warnings(house)

    with pytest.raises(ConflictError, match="--cuts-off 1"):
        retire(house, serial, cuts_off=0)
    retire(house, serial, cuts_off=1)

    assert not lets_in(believing(house.root_pem + new_root, old_papers), old)
    assert lets_in(believing(new_root, new_papers), new)
    assert [one.devices for one in roots(house)] == [1]


def test_a_root_is_retired_without_a_word_once_every_device_has_renewed(house: House) -> None:
    device_id = house.register().device.device_id
    before = house.certified(device_id)
    new_root = add_root(house)
    after = house.certified(device_id)
    newer, older = roots(house)

    with pytest.raises(ConflictError, match="issued now"):
        retire(house, newer.serial, cuts_off=1)
    with pytest.raises(ConflictError, match="two roots"):
        add_root(house)
    retire(house, older.serial, cuts_off=0)

    port = house.broker.ports.tls
    assert not papers.lets_in(port, believing(new_root, before), device_id)
    assert papers.lets_in(port, believing(new_root, after), device_id)
    assert warnings(house) == ""


def test_the_broker_is_given_its_next_certificate_while_devices_stay_connected(
    house: House,
) -> None:
    made = house.register()
    device = house.connected(made, house.trusting(house.certified(made.device.device_id)))
    left: list[bool] = []
    device.client.on_disconnect = lambda *_: left.append(True)
    first = mosquitto.shown(house.folder)
    renew = partial(enrolment.renew_broker, house.database, house.folder, vault=VAULT)

    with clock.frozen(clock.now() + timedelta(days=200)):
        renew()
    assert mosquitto.shown(house.folder) == first, "a third of its time is left"
    with clock.frozen(clock.now() + timedelta(days=270)):
        assert "another is due" in warnings(house)
        renew()
        assert warnings(house) == ""

    second = mosquitto.shown(house.folder)
    assert second is not None
    own = rules.certificate_from(second)
    assert rules.hosts_of(own) == ["127.0.0.1"]
    until(lambda: _met(house) == rules.der(own), 30)
    device.hello()
    assert device.heard("dn/ack", stream="txn")["upto"] == 0
    assert not left
    device.close()


def _met(house: House) -> bytes:
    """What the broker shows whoever comes now."""
    shown = ssl.get_server_certificate(("127.0.0.1", house.broker.ports.tls_password), timeout=30)
    return ssl.PEM_cert_to_DER_cert(shown)


def test_the_doctor_says_early_what_ends(house: House) -> None:
    years = timedelta(days=365)
    assert warnings(house) == ""
    with clock.frozen(clock.now() + 4 * years):
        assert "tapline pki succeed" in warnings(house)
    with clock.frozen(clock.now() + 6 * years):
        assert "no authority is left" in warnings(house)


def test_the_doctor_asks_for_another_root_before_an_authority_would_be_cut_short(
    house: House,
) -> None:
    key = house.founded.root_key_pem.encode()
    for years in (4, 8, 12, 16):
        with (
            clock.frozen(clock.now() + timedelta(days=365 * years)),
            house.database.transaction() as uow,
        ):
            certificates.succeed(uow, vault=VAULT, name="Test", root_key_pem=key, actor="test")
            told = list(endings(uow, None))
            assert any("tapline pki add-root" in line for line in told) == (years == 16)
