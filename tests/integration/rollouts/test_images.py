"""Only what an offline key has signed is kept, and fetched only by a signed address."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tapline import clock, rollouts
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role
from tapline.rollouts import images
from tapline.rollouts.images import SignedManifest, Trust
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.rollouts.estate import ORIGIN, TRUST, Estate, pressed


def send(uow: UnitOfWork, content: bytes, signed: SignedManifest, trust: Trust = TRUST) -> None:
    images.upload(
        uow,
        trust=trust,
        tenant_id="demo",
        name="x.bin",
        content=content,
        signed=signed,
        notes="",
        actor="he.qing",
        role=Role.SUPERVISOR,
    )


@pytest.fixture
def tenant(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    return uow


def test_an_image_is_kept_once_as_it_was_signed(tenant: UnitOfWork) -> None:
    content, signed = pressed("2.5.0", min_version="2.3.0")
    send(tenant, content, signed)
    send(tenant, content, signed)
    (kept,) = images.listed(tenant, tenant_id="demo")
    assert (kept.version, kept.min_version, kept.hw) == ("2.5.0", "2.3.0", ["RO-50"])
    assert (kept.manifest, kept.signature) == signed


def test_what_no_trusted_key_signed_or_is_another_image_is_refused(tenant: UnitOfWork) -> None:
    content, signed = pressed("2.5.0")
    stranger = Trust((Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex(),))
    for bad in (
        (content, signed, stranger),
        (content, signed, Trust()),
        (content, SignedManifest(signed.body + b" ", signed.signature), TRUST),
        (content, SignedManifest(signed.body, bytes(64)), TRUST),
    ):
        with pytest.raises(InvalidError, match="trusts"):
            send(tenant, *bad)
    with pytest.raises(InvalidError, match="not the one that was signed"):
        send(tenant, content[:-1] + b"?", signed)
    assert not images.listed(tenant, tenant_id="demo")


def test_two_images_do_not_share_a_version(tenant: UnitOfWork) -> None:
    send(tenant, *pressed("2.5.0"))
    with pytest.raises(ConflictError, match=r"2\.5\.0"):
        send(tenant, *pressed("2.5.0"))


def test_a_key_that_is_none_is_said_to_be_none() -> None:
    with pytest.raises(InvalidError, match="no public key"):
        Trust.of("abc")
    assert Trust.of("") == Trust()
    assert Trust.of(f" {TRUST.keys[0].upper()} ,") == TRUST


@pytest.fixture
def estate(uow: UnitOfWork) -> Iterator[Estate]:
    with clock.frozen(factories.START):
        yield Estate(uow, 1)


def test_an_address_opens_its_image_for_a_while_and_nothing_else(estate: Estate) -> None:
    estate.started(estate.image())
    estate.sweep()
    ((name, args),) = estate.told().items()
    address = urlsplit(args["url"])
    assert f"{address.scheme}://{address.netloc}" == ORIGIN
    query = parse_qs(address.query)
    until = int(query["exp"][0])
    asked: dict[str, Any] = {
        "job_id": UUID(address.path.rpartition("/")[2]),
        "until": until,
        "signature": query["sig"][0],
    }

    def opens(**changes: Any) -> int:
        found = rollouts.opened_link(estate.uow, **asked | changes)
        return found.size_bytes

    assert opens() == args["size"]
    for changes in ({"until": until + 1}, {"signature": "x"}, {"job_id": UUID(int=1)}):
        with pytest.raises(DeniedError):
            opens(**changes)
    with clock.frozen(clock.now() + timedelta(hours=7)), pytest.raises(DeniedError, match="over"):
        opens()
    estate.obeys(name)
    with pytest.raises(DeniedError, match="over"):
        opens()
