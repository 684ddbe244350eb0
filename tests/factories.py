"""Small worlds for tests: a tenant, its devices and cards, and facts that fit together."""

import hashlib
from datetime import UTC, datetime, timedelta

from tapline import cards, devices, sites, tenants
from tapline.cards import CardKind, issuers
from tapline.cards.facts import FactIn
from tapline.cards.issuers import Issuer
from tapline.devices import Vault
from tapline.money import Fen
from tapline.sites import Site, SiteKind
from tapline.uow import UnitOfWork

VAULT = Vault(bytes(32))
START = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def tenant(uow: UnitOfWork, tenant_id: str = "demo") -> str:
    """A legal operator; its id."""
    return tenants.create(
        uow, tenant_id=tenant_id, name=f"{tenant_id} 直饮水", legal_entity=f"{tenant_id} Ltd"
    ).tenant_id


def device(uow: UnitOfWork, device_id: str, tenant_id: str = "demo") -> devices.Provisioned:
    """A registered dispenser with its secrets."""
    return devices.register(
        uow,
        vault=VAULT,
        hash_password=lambda password: hashlib.sha256(password.encode()).hexdigest(),
        tenant_id=tenant_id,
        device_id=device_id,
        spot="3 号楼 1 层",
    )


def card(
    uow: UnitOfWork, card_no: str, balance_fen: int = 10_000, tenant_id: str = "demo"
) -> cards.Card:
    """A purse card with money on it."""
    return cards.issue(
        uow,
        tenant_id=tenant_id,
        card_no=card_no,
        kind=CardKind.CPU,
        balance_fen=Fen(balance_fen),
    )


def site(uow: UnitOfWork, code: str = "HZ-01") -> Site:
    """A housing estate."""
    return sites.create(
        uow,
        tenant_id="demo",
        code=code,
        name="西溪花园",
        name_en="Xixi Gardens",
        kind=SiteKind.COMMUNITY,
        address="文二西路 712 号",
        x=1,
        y=1,
    )


def operator(uow: UnitOfWork, issuer_id: str, name: str = "", legal_entity: str = "") -> Issuer:
    """Another operator, with whom what our cards and its cards drew is settled."""
    return issuers.create(
        uow,
        tenant_id="demo",
        issuer_id=issuer_id,
        name=name or issuer_id,
        legal_entity=legal_entity or f"{issuer_id} Ltd",
        contact="",
        settlement_day=5,
        commission_permille=0,
        actor="cai.wu",
        operator=True,
    )


def fact(
    device_id: str, seq: int, card_no: str, *, atc: int | None, before_fen: int, **changes: object
) -> FactIn:
    """A good pour of 1.00 yuan and 1500 ml; `changes` make it another."""
    amt = changes.get("amt_fen", 100)
    assert isinstance(amt, int)
    values: dict[str, object] = {
        "device_id": device_id,
        "seq": seq,
        "inbox_id": 0,
        "boot": 1,
        "moment": START + timedelta(seconds=90 * seq),
        "card_no": card_no,
        "card_kind": "cpu",
        "atc": atc,
        "bal_before_fen": before_fen,
        "amt_fen": amt,
        "bal_after_fen": before_fen - amt,
        "tariff": 1,
        "ml": 1500,
        "ml_req": 1500,
        "pulses": 675,
        "nozzle": 1,
        "status": "ok",
    } | changes
    content = repr(sorted((k, v) for k, v in values.items() if k not in {"inbox_id", "ml_req"}))
    return FactIn(content_hash=hashlib.sha256(content.encode()).digest(), **values)  # type: ignore[arg-type]
