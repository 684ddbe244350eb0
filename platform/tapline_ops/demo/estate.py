"""The demonstration estate: sites, dispensers, cards, customers and staff."""

import random
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from tapline import calendar, cards, clock, devices, hotline, payments, people, policy, sites
from tapline.cards import CardKind, proofs
from tapline.devices import Vault, tariffs
from tapline.devices.tariffs import Tariff
from tapline.money import Fen
from tapline.people import Customer
from tapline.sites import Site, SiteKind
from tapline.uow import UnitOfWork
from tapline_ops import prediction
from tapline_ops.demo import past, shop, staff
from tapline_ops.demo.fleet import Fleet, FleetCard, FleetDevice
from tapline_ops.embedded import passwords
from tapline_ops.provision import DEMO

_SITES = """\
HZ-01|西溪花园|Xixi Gardens|community|杭州市西湖区文二西路 712 号|180|260
HZ-02|浙江理工职业学院|Zhejiang Polytechnic|campus|杭州市钱塘区学正街 66 号|760|240
HZ-03|钱江科技园|Qianjiang Tech Park|business|杭州市滨江区江陵路 88 号|500|520
HZ-04|湖畔新村|Lakeside Village|community|杭州市拱墅区莫干山路 231 号|250|760
HZ-05|城东中学|East City Middle School|campus|杭州市上城区秋涛路 19 号|780|740
"""
_SPOTS = ("一层大厅", "二层东侧", "三层茶水间", "食堂门口", "宿舍一楼", "南门岗亭", "地下车库入口")
_FAMILY = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "军", "秀英", "建国")

_SHOWN_SOON = {
    "gap_s": 5,
    "device_ticket_findings": 2,
    "offline_window_s": 120,
    "closing_reserve_fen": 300,
    # So much goes wrong here on purpose that no breaker could tell.
    "breaker_per_mille": 500,
    "rollout_soak_s": 20,
    "rollout_pours_min": 10,
}
_BRIEF_S = 40
_PROVIDERS = ("wechat", "alipay")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS_DAY = {"week": {day: ["00:00-24:00 day"] for day in _WEEK}}
_PAST_DEVICES = 6
HOTLINE = "400-000-1234"
"""Nobody's number, so that pages show where yours will stand."""


def build(
    uow: UnitOfWork,
    vault: Vault,
    identity: Vault,
    *,
    device_count: int,
    seed: int,
    is_brief: bool,
) -> Fleet:
    """Fill the empty tenant `demo`; the same seed makes the same estate, secrets apart. `vault`
    opens the keys of devices and cards, `identity` the one that statements are signed with.

    `is_brief`: what offline machines may still bring is waited for less than a minute.
    """
    choice = random.Random(seed)  # noqa: S311 (an estate, not a secret)
    policy.publish(
        uow,
        tenant_id=DEMO,
        changes=_SHOWN_SOON | ({"offline_window_s": _BRIEF_S} if is_brief else {}),
        actor="demo",
        reason="演示：一分钟内看得到差异 / to show differences within a minute",
    )
    tariffs.publish(
        uow,
        tenant_id=DEMO,
        tariff=Tariff(version=1, fen_per_litre=100),
        actor="demo",
        reason="演示价格 / the price of the demonstration",
    )
    places = [_site(uow, row) for row in _SITES.splitlines()]
    logins = staff.employ(uow, places)
    shop.open_shop(uow, staff.couriers(uow))
    holders = [_customer(uow, choice, 3 * number) for number in range(_registered(device_count))]
    _open_hotline(uow)
    blank = [_device(uow, vault, places, number) for number in range(1, device_count + 1)]
    memories, told = past.live_through(
        uow,
        devices=blank,
        places=places,
        visitor_is=holders[0],
        neighbour=_customer(uow, choice, 9999),
        vault=vault,
        identity=identity,
    )
    made = Fleet(
        seed=seed,
        devices=[
            msgspec.structs.replace(one, memory=memories.get(one.device_id, one.memory))
            for one in blank
        ],
        cards=[
            *_cards(uow, vault, choice, holders, count=_card_count(device_count)),
            *_online_cards(uow, count=1 + device_count // 5),
        ],
        logins=logins,
        told=told,
    )
    prediction.backfill(uow, tenant_id=DEMO, device_ids=with_past(made), clogging=1)
    return made


def _card_count(device_count: int) -> int:
    return device_count * 2 + 4


def _registered(device_count: int) -> int:
    """Every third card is registered to a customer, as in life."""
    return (_card_count(device_count) + 2) // 3


def _open_hotline(uow: UnitOfWork) -> None:
    calendar.publish(
        uow,
        tenant_id=DEMO,
        code="hotline",
        document=_ALWAYS_DAY,
        actor="demo",
        reason="演示：日夜都按白天接听 / the demonstration answers day and night",
    )
    hotline.open_number(uow, tenant_id=DEMO, number=HOTLINE, actor="demo", duty_phone="13700000001")


def _site(uow: UnitOfWork, row: str) -> Site:
    code, name, name_en, kind, address, x, y = row.split("|")
    return sites.create(
        uow,
        tenant_id=DEMO,
        code=code,
        name=name,
        name_en=name_en,
        kind=SiteKind(kind),
        address=address,
        x=int(x),
        y=int(y),
    )


def _device(uow: UnitOfWork, vault: Vault, places: Sequence[Site], number: int) -> FleetDevice:
    made = devices.register(
        uow,
        vault=vault,
        hash_password=passwords.hashed,
        tenant_id=DEMO,
        device_id=f"WD-{number:04}",
        site_id=places[number % len(places)].site_id,
        spot=f"{1 + number // 10} 号楼{_SPOTS[number % len(_SPOTS)]}",
    )
    return FleetDevice(
        device_id=made.device.device_id, key_hex=made.key.hex(), password=made.mqtt_password
    )


def _cards(
    uow: UnitOfWork,
    vault: Vault,
    choice: random.Random,
    holders: Sequence[Customer],
    *,
    count: int,
) -> list[FleetCard]:
    made = []
    for number in range(count):
        customer = holders[number // 3] if number % 3 == 0 else None
        card = cards.issue(
            uow,
            tenant_id=DEMO,
            card_no=f"8800{number + 1:04}",
            kind=CardKind.CPU,
            balance_fen=Fen(choice.randrange(80, 300) * 100),
            customer_id=customer.customer_id if customer else None,
        )
        if customer:
            _paid_earlier(uow, card, customer, days_ago=10 + 7 * number % 300)
        key = proofs.bind(uow, tenant_id=DEMO, vault=vault, card_no=card.card_no)
        made.append(
            FleetCard(
                no=card.card_no,
                balance_fen=card.opened_fen,
                phone=customer.phone if customer else None,
                key_hex=key.hex(),
            )
        )
    return made


def _online_cards(uow: UnitOfWork, *, count: int) -> list[FleetCard]:
    """Cards of students, whose balance is with us: every pour is asked for."""
    made = []
    for number in range(count):
        card = cards.issue(
            uow,
            tenant_id=DEMO,
            card_no=f"7700{number + 1:04}",
            kind=CardKind.ID,
            balance_fen=Fen(20_00),
        )
        made.append(FleetCard(no=card.card_no, balance_fen=card.opened_fen, kind="id"))
    return made


def _paid_earlier(uow: UnitOfWork, card: cards.Card, customer: Customer, *, days_ago: int) -> None:
    """What is on the card was paid in the system before this one: money can go back there."""
    payments.import_paid(
        uow,
        tenant_id=DEMO,
        provider=_PROVIDERS[days_ago % 2],
        subject=f"card:{card.card_no}",
        amount_fen=card.opened_fen,
        paid_at=clock.now() - timedelta(days=days_ago),
        provider_trade_no=f"4100{card.card_no}",
        customer_id=customer.customer_id,
    )


def with_past(made: Fleet) -> list[str]:
    """The dispensers that have a simulated past; the pre-filter of the first clogs.

    The third and those after it in fives stand on one site; its valves do not stick.
    """
    chosen = made.devices[2::5][:_PAST_DEVICES] or made.devices[:1]
    return [device.device_id for device in chosen]


def _customer(uow: UnitOfWork, choice: random.Random, number: int) -> Customer:
    return people.create_customer(
        uow,
        tenant_id=DEMO,
        phone=f"138{choice.randrange(10**4):04}{number:04}",
        name=choice.choice(_FAMILY) + choice.choice(_GIVEN),
    )
