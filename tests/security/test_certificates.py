"""A device with a certificate of ours comes in and pours; every other certificate stays outside."""

import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tapline import clock, ledger
from tapline.devices import certificates, credentials
from tapline.devices.certificates import rules
from tapline.errors import ConflictError, InvalidError
from tapline_ops import enrolment
from tests.factories import VAULT
from tests.gateway.boxes import to64, un64
from tests.gateway.fake_platform import until
from tests.gateway.stranger import Stranger, pour
from tests.gateway.test_command_line import needs_tools, run
from tests.security import papers
from tests.security.conftest import CARD, House

WHO = {"actor": "test", "reason": "test"}


def serial_of(shown: papers.Papers) -> str:
    return rules.serial_of(rules.certificate_from(shown.chain))


def asked(device: Stranger, csr: bytes) -> dict[str, object]:
    req = secrets.token_hex(4)
    device.say("up/cert", {"v": 1, "req": req, "csr": to64(csr)})
    return device.heard("dn/cert", req=req)


def test_a_device_asks_for_its_certificate_and_pours_with_it(house: House) -> None:
    made, key = house.register(), papers.new_key()
    by_password = house.connected(made, house.trusting(), password=True)
    answer = asked(by_password, papers.request(key))
    by_password.close()
    assert answer["ok"], answer

    certs = [rules.pem(_read(answer[name])) for name in ("cert", "issuer")]
    assert rules.pem(_read(answer["root"])) == house.root_pem
    device = house.connected(made, house.trusting(papers.Papers(key, "".join(certs))))
    try:
        device.hello()
        device.pour(pour(1, CARD, before=10_000))
        assert device.released(1) == {}
    finally:
        device.close()
    with house.database.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen == 9_900


def _read(text: object) -> x509.Certificate:
    return x509.load_der_x509_certificate(un64(str(text)))


def test_expired_forged_revoked_and_missing_certificates_stay_outside(house: House) -> None:
    made = house.register()
    device_id, port = made.device.device_id, house.broker.ports.tls
    good, revoked = house.certified(device_id), house.certified(device_id)
    with clock.frozen(clock.now() - timedelta(days=40)):
        expired = house.certified(device_id, days=30)
    with house.database.transaction() as uow:
        serial = serial_of(revoked)
        certificates.revoke(uow, tenant_id="demo", serial=serial, **WHO)
        own = certificates.broker_identity(uow, vault=VAULT, hosts=[device_id])
    house.admit()
    brokers = papers.Papers(rules.key_from(own.key.encode()), own.certificate)

    assert papers.lets_in(port, house.trusting(good), device_id)
    for name, shown in {
        "none": None,
        "expired": expired,
        "revoked": revoked,
        "of another authority": papers.forged(device_id),
        "a broker's": brokers,
    }.items():
        assert not papers.lets_in(port, house.trusting(shown), device_id), name
    assert not papers.lets_in(port, house.trusting(), device_id, made.mqtt_password)


def test_whoever_shows_a_certificate_is_who_it_names(house: House) -> None:
    a, b = house.register(), house.register()
    shown = house.certified(a.device.device_id)
    other = house.connected(b, house.trusting(house.certified(b.device.device_id)))
    left: list[bool] = []
    other.client.on_disconnect = lambda *_: left.append(True)
    thief = Stranger(
        tenant="demo",
        device=b.device.device_id,
        key=b.key,  # even with the other's frame key
        port=house.broker.ports.tls,
        password="",
        tls=house.trusting(shown),
    )
    try:
        thief.pour(pour(1, CARD, before=10_000))
        thief.root = f"tl1/demo/{a.device.device_id}"
        thief.key = a.key
        thief.client.subscribe(f"{thief.root}/dn/#", qos=1)
        thief.hello()
        assert thief.heard("dn/ack", stream="txn")["upto"] == 0, "it is A, whatever it says"
        assert not left, "B's connection is B's"
        other.hello()
        assert other.heard("dn/ack", stream="txn")["upto"] == 0, "and nothing was poured there"
    finally:
        thief.close()
        other.close()


def test_a_revoked_certificate_ends_the_connection_that_it_opened(house: House) -> None:
    made = house.register()
    device_id = made.device.device_id
    shown = house.certified(device_id)
    device = house.connected(made, house.trusting(shown))
    left: list[bool] = []
    device.client.on_disconnect = lambda *_: left.append(True)
    with house.database.transaction() as uow:
        certificates.revoke(uow, tenant_id="demo", serial=serial_of(shown), **WHO)

    house.cut_off(device_id)

    until(lambda: bool(left), 2)
    device.close()
    assert not papers.lets_in(house.broker.ports.tls, house.trusting(shown), device_id)
    assert papers.lets_in(
        house.broker.ports.tls_password, house.trusting(), device_id, made.mqtt_password
    ), "it comes back by its password"


def test_a_revoked_device_loses_certificate_and_password_together(house: House) -> None:
    made, ports = house.register(), house.broker.ports
    device_id = made.device.device_id
    shown = house.certified(device_id)
    device = house.connected(made, house.trusting(shown))
    left: list[bool] = []
    device.client.on_disconnect = lambda *_: left.append(True)
    with house.database.transaction() as uow:
        credentials.revoke(uow, tenant_id="demo", device_id=device_id, **WHO)

    house.cut_off(device_id)

    until(lambda: bool(left), 2)
    device.close()
    assert not papers.lets_in(ports.tls, house.trusting(shown), device_id)
    assert not papers.lets_in(ports.tls_password, house.trusting(), device_id, made.mqtt_password)
    with house.database.transaction() as uow, pytest.raises(ConflictError, match="revoked"):
        certificates.issue(
            uow,
            vault=VAULT,
            tenant_id="demo",
            device_id=device_id,
            request=papers.request(papers.new_key()),
            actor="test",
        )


def test_a_broker_of_another_root_is_not_believed(house: House) -> None:
    made = house.register()
    stranger = rules.root("Somebody", clock.now())
    tls = papers.context(rules.pem(stranger.certificate), None)
    port = house.broker.ports.tls_password
    assert not papers.lets_in(port, tls, made.device.device_id, made.mqtt_password)


def test_an_old_request_said_again_brings_the_same_certificate_until_it_is_due(
    house: House,
) -> None:
    made, key = house.register(), papers.new_key()
    device = house.connected(made, house.trusting(), password=True)
    try:
        first = asked(device, papers.request(key))
        assert asked(device, papers.request(key))["cert"] == first["cert"]
        assert asked(device, papers.request(papers.new_key()))["cert"] != first["cert"]
        assert asked(device, b"no request")["why"] == "csr"
        while (answer := asked(device, papers.request(papers.new_key())))["ok"]:
            pass
        assert answer["why"] == "limit"
    finally:
        device.close()
    with (
        clock.frozen(clock.now() + timedelta(days=61)),
        house.database.transaction() as uow,
    ):
        again = certificates.requested(
            uow,
            vault=VAULT,
            tenant_id="demo",
            device_id=made.device.device_id,
            request=papers.request(key),
        )
        assert to64(again.certificate.der) != first["cert"], "two thirds of its time are over"


def test_an_authority_has_a_successor_and_what_it_issued_holds_on(house: House) -> None:
    made, port = house.register(), house.broker.ports.tls
    device_id = made.device.device_id
    before = house.certified(device_id)
    with house.database.transaction() as uow:
        with pytest.raises(ConflictError, match="there is an authority"):
            certificates.found(uow, vault=VAULT, name="Test", actor="test")
        foreign = rules.key_pem(rules.root("X", clock.now()).key).encode()
        own = house.founded.root_key_pem.encode()
        succeed = partial(certificates.succeed, uow, vault=VAULT, name="Next", actor="test")
        with pytest.raises(InvalidError, match="another root"):
            succeed(root_key_pem=foreign)
        succeed(root_key_pem=own)
    enrolment.secure_broker(house.database, house.folder, vault=VAULT, hosts=["127.0.0.1"])
    house.broker.stop()
    house.broker.start()

    after = house.certified(device_id)
    assert after.chain.split("-----END")[1] != before.chain.split("-----END")[1], "another issuer"
    assert papers.lets_in(port, house.trusting(before), device_id)
    assert papers.lets_in(port, house.trusting(after), device_id)


@needs_tools
def test_the_manuals_script_comes_in_by_a_certificate(house: House, tmp_path: Path) -> None:
    made = house.register()
    shown = house.certified(made.device.device_id)
    own = shown.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for name, text in {"root": house.root_pem, "own": shown.chain, "key": own}.items():
        (tmp_path / name).write_text(text)
    told = run(
        KEY=made.key.hex(),
        PASSWORD="-",
        DEVICE=made.device.device_id,
        PORT=str(house.broker.ports.tls),
        TLS=f"--cafile {tmp_path}/root --cert {tmp_path}/own --key {tmp_path}/key",
    )
    assert told.splitlines()[-1] == "released: the device may delete it"
