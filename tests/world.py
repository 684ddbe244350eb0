"""A small living estate for tests of pages and interfaces: two operators and a day of pours.

Everything is made through the contexts' own services, as in life: facts are ingested, reconciled,
settled, written to cards; what a test sees on a page was never put there by hand.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tapline import cards, clock, devices, faults, people, sites, tenants
from tapline.cards import CardKind, vouchers
from tapline.cards.facts import FactIn, ingest
from tapline.devices import Hello, Presence, messages, telemetry
from tapline.devices.telemetry import Metric, Reading
from tapline.money import Fen
from tapline.people import Customer, Role, Staff
from tapline.sites import Site, SiteKind
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.consequences import drain

PHONE = "13800138000"
"""Of the customer whose card has had most adventures."""
OTHER_PHONE = "13900139000"

_SITES = (
    ("HZ-01", "西溪花园", "Xixi Gardens", SiteKind.COMMUNITY, "杭州市西湖区文二西路 712 号"),
    (
        "HZ-02",
        "浙江理工职业学院",
        "Zhejiang Polytechnic",
        SiteKind.CAMPUS,
        "杭州市钱塘区学正街 66 号",
    ),
    ("HZ-03", "钱江科技园", "Qianjiang Tech Park", SiteKind.BUSINESS, "杭州市滨江区江陵路 88 号"),
)
_SPOTS = ("一层大厅", "二层东侧", "三层茶水间", "一层西侧", "四层走廊")


@dataclass(slots=True)
class Purse:
    """A card as its holder carries it: number, own counter, what it holds."""

    card_no: str
    atc: int
    held_fen: int


@dataclass(slots=True)
class World:
    """What tests refer to by name."""

    passwords: dict[str, str] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    purses: list[Purse] = field(default_factory=list)
    customer_id: UUID | None = None
    board_token: str = ""
    seqs: dict[str, int] = field(default_factory=dict)

    @property
    def card_no(self) -> str:
        """The card of the customer with `PHONE`."""
        return self.purses[0].card_no


def build(database: Database) -> World:
    """An operator `demo` with three sites and a day behind it, and a neighbour `other`."""
    world = World()
    now = clock.now()
    with database.transaction() as uow:
        _people_and_places(uow, world)
    _day(database, world, now)
    _adventures(database, world, now)
    with database.transaction() as uow:
        with clock.frozen(now - timedelta(minutes=10)):
            _presence_and_alarms(uow, world)
        _telemetry(uow, world, now)
        _dead_letters(uow)
        _neighbour(uow)
    with database.transaction() as uow:
        drain(uow)
    return world


def _people_and_places(uow: UnitOfWork, world: World) -> None:
    tenants.create(uow, tenant_id="demo", name="清源直饮水", legal_entity="清源饮水服务有限公司")
    for at, (code, name, name_en, kind, address) in enumerate(_SITES):
        world.sites.append(
            sites.create(
                uow,
                tenant_id="demo",
                code=code,
                name=name,
                name_en=name_en,
                kind=kind,
                address=address,
                x=200 + 300 * at,
                y=300,
            )
        )
    for number in range(24):
        device_id = f"WD-{number + 1:04d}"
        building = 1 + number // 3 % 4
        spot = f"{building} 号楼 {_SPOTS[number % len(_SPOTS)]}"
        _device(uow, "demo", device_id, world.sites[number % 3].site_id, spot)
        world.devices.append(device_id)
        world.seqs[device_id] = 0
    desk = (("lin.xia", "林夏", Role.AGENT), ("he.qing", "何青", Role.SUPERVISOR))
    for login, name, role in desk:
        staff(uow, world, "demo", login, name, role)
    staff(uow, world, "demo", "wuye", "周物业", Role.MANAGER, world.sites[:2])
    staff(uow, world, "demo", "wuye.san", "吴经理", Role.MANAGER, world.sites[2:])
    customer = people.create_customer(uow, tenant_id="demo", phone=PHONE, name="王秀英")
    world.customer_id = customer.customer_id
    for number in range(8):
        _purse(uow, world, f"8800{number + 1:04d}", customer if number < 2 else None)
    _, world.board_token = people.create_screen(uow, tenant_id="demo", name="值班室")


def staff(
    uow: UnitOfWork,
    world: World,
    tenant_id: str,
    login: str,
    name: str,
    role: Role,
    own: Sequence[Site] = (),
) -> Staff:
    """A member of staff, whose password the world remembers."""
    member, world.passwords[login] = people.create_staff(
        uow,
        tenant_id=tenant_id,
        login=login,
        name=name,
        role=role,
        site_ids=[site.site_id for site in own],
    )
    return member


def _device(uow: UnitOfWork, tenant_id: str, device_id: str, site_id: UUID, spot: str) -> None:
    devices.register(
        uow,
        vault=factories.VAULT,
        hash_password=lambda password: password[::-1],
        tenant_id=tenant_id,
        device_id=device_id,
        site_id=site_id,
        spot=spot,
    )


def _purse(uow: UnitOfWork, world: World, card_no: str, customer: Customer | None) -> None:
    cards.issue(
        uow,
        tenant_id="demo",
        card_no=card_no,
        kind=CardKind.CPU,
        balance_fen=Fen(20_000),
        customer_id=customer.customer_id if customer else None,
    )
    world.purses.append(Purse(card_no, 0, 20_000))


def pour(world: World, purse: Purse, device_id: str, at: datetime, **changes: object) -> FactIn:
    """The next fact of a device and a card; `changes` make it a strange one."""
    world.seqs[device_id] += 1
    amt = changes.get("amt_fen", 100)
    assert isinstance(amt, int)
    purse.atc += 1
    before, signed = purse.held_fen, amt if changes.get("op") == "load" else -amt
    purse.held_fen = before + signed
    seq = world.seqs[device_id]
    return factories.fact(
        device_id,
        seq,
        purse.card_no,
        atc=purse.atc,
        before_fen=before,
        bal_after_fen=before + signed,
        moment=at,
        total_n=50_000 + seq,
        total_fen=6_000_000 + 100 * seq,
        total_ml=80_000_000 + 1500 * seq,
        **changes,
    )


def _arrive(database: Database, facts: Sequence[FactIn], at: datetime) -> None:
    """Take in facts as if they arrived at `at`, with all that follows."""
    with clock.frozen(at), database.transaction() as uow:
        ingest(uow, tenant_id="demo", facts=facts)
        drain(uow)


def _day(database: Database, world: World, now: datetime) -> None:
    """Ordinary pours of the last day, few at night."""
    choice = random.Random(7)
    for hours_ago in range(23, 0, -1):
        moment = now - timedelta(hours=hours_ago)
        busy = 2 if moment.astimezone(clock.BUSINESS_ZONE).hour < 6 else 9
        facts = [
            pour(
                world,
                world.purses[2 + choice.randrange(6)],
                choice.choice(world.devices[:20]),
                moment + timedelta(minutes=3 * at),
                ml=1500 + choice.randrange(-40, 40),
            )
            for at in range(busy)
        ]
        _arrive(database, facts, moment + timedelta(minutes=40))


def _adventures(database: Database, world: World, now: datetime) -> None:
    """What went wrong: water that did not come, came in part, was contradicted."""
    mine, second, third = world.purses[0], world.purses[1], world.purses[2]

    def back(minutes: float) -> datetime:
        return now - timedelta(minutes=minutes)

    dry = {"ml": 0, "pulses": 0, "status": "no_flow"}
    first, *_ = world.devices
    _arrive(database, [pour(world, mine, first, back(600))], back(599))
    _arrive(database, [pour(world, mine, first, back(598), **dry)], back(597))
    for voucher in _tapped(database, mine, world.devices[1], back(300)):
        write = pour(
            world,
            mine,
            world.devices[1],
            back(299),
            op="load",
            amt_fen=voucher[1],
            load_id=voucher[0],
        )
        _arrive(database, [write], back(298.5))
    _arrive(database, [pour(world, mine, world.devices[1], back(298))], back(297))
    partial = {"ml": 700, "pulses": 315, "status": "partial"}
    _arrive(database, [pour(world, mine, world.devices[3], back(90), **partial)], back(89))
    _arrive(database, [pour(world, mine, world.devices[3], back(40), **dry)], back(39))
    _arrive(
        database, [pour(world, second, world.devices[4], back(30), amt_fen=5000, **dry)], back(29)
    )
    for at in range(5):
        fact = pour(world, third, world.devices[6], back(75 - 10 * at), **dry)
        _arrive(database, [fact], back(74 - 10 * at))
    _contradiction(database, world, back(20))
    stranger = factories.fact(
        world.devices[8], 900, "99990001", atc=3, before_fen=700, moment=back(15)
    )
    _arrive(database, [stranger], back(14))


def _tapped(
    database: Database, purse: Purse, device_id: str, at: datetime
) -> Iterator[tuple[str, int]]:
    """The voucher that a tap leases, if money waits."""
    with clock.frozen(at), database.transaction() as uow:
        tap = vouchers.Tap(device_id, f"req-{at:%H%M%S}", purse.card_no)
        (voucher,) = vouchers.ask(uow, tenant_id="demo", taps=[tap])
    if voucher is not None:
        yield voucher.voucher_id, voucher.amount_fen


def _contradiction(database: Database, world: World, at: datetime) -> None:
    """One number with two contents, neither of which the card's chain proves."""
    purse, device_id = world.purses[4], world.devices[9]
    fact = pour(world, purse, device_id, at)
    rival = factories.fact(
        device_id, fact.seq, purse.card_no, atc=900, before_fen=777, amt_fen=300, moment=at
    )
    _arrive(database, [fact], at)
    _arrive(database, [rival], at + timedelta(minutes=1))


def _presence_and_alarms(uow: UnitOfWork, world: World) -> None:
    for number, device_id in enumerate(world.devices):
        if number == 23:
            continue
        state = {20: Presence.LOST, 21: Presence.OFFLINE}.get(number, Presence.ONLINE)
        device = devices.get(uow, tenant_id="demo", device_id=device_id)
        devices.mark_presence(uow, device=device, state=state, boot=1, conn=1)
        devices.mark_seen(uow, device_ids=[device_id])
        devices.greet(uow, hellos=[(device, _hello(world.seqs[device_id]))])
    for number, code in ((6, "valve_stuck"), (12, "filter_due"), (16, "leak")):
        faults.note(
            uow, tenant_id="demo", device_id=world.devices[number], code=code, raised=True, data={}
        )


def _hello(seq_head: int) -> Hello:
    return Hello(
        boot=1,
        seq_head=seq_head,
        seq_acked=0,
        document={"fw": "2.4.1", "hw": "RO-50", "boot_reason": "power"},
    )


def _telemetry(uow: UnitOfWork, world: World, now: datetime) -> None:
    choice = random.Random(3)
    readings = []
    for step in range(24 * 12):
        at = now - timedelta(minutes=5 * step)
        metrics = {
            Metric.TDS_OUT: 9 + choice.randrange(4),
            Metric.TDS_IN: 180 + choice.randrange(12),
            Metric.P_IN_KPA: 210 + choice.randrange(-15, 15),
            Metric.TEMP_C_X10: 182 + step % 60 // 6,
            Metric.PUMP_MA: 1400 + choice.randrange(-60, 60),
            Metric.FLOW_ML_S: 70 + choice.randrange(-5, 5),
            Metric.UV_W_M2: 104 + choice.randrange(-3, 3),
            Metric.LAMP_H: 4_120 - step // 12,
            Metric.BOILER_C_X10: 930 + choice.randrange(-20, 20),
            **_counted(24 * 12 - step),
        }
        up_ms = (24 * 60 - 5 * step + 60) * 60_000
        for device_id in world.devices[:7]:
            readings.append(Reading("demo", device_id, 1, up_ms, at, at, metrics, {}))
    telemetry.store(uow, readings=readings)
    telemetry.maintain(uow)


def _counted(steps: int) -> dict[Metric, int]:
    """What a machine has counted so many five minutes after its start."""
    return {
        Metric.HEAT_S: 60 * steps,
        Metric.HEAT_WH: 47 * steps,
        Metric.TAPS_N: 2 * steps,
        Metric.MISREADS_N: steps // 12,
    }


def _dead_letters(uow: UnitOfWork) -> None:
    refusal = messages.Refusal(
        tenant_id="demo",
        device_id="WD-0003",
        topic="tl1/demo/WD-0003/up/txn",
        payload=b'{"facts":[{"seq":\xff',
        code="E_SCHEMA",
        reason="not a JSON object: invalid UTF-8 at byte 17",
    )
    messages.bury(uow, [refusal])


def _neighbour(uow: UnitOfWork) -> None:
    """Another operator, whom nobody of `demo` may see."""
    tenants.create(uow, tenant_id="other", name="邻家饮水", legal_entity="邻家饮水有限公司")
    site = sites.create(
        uow,
        tenant_id="other",
        code="NB-01",
        name="邻家小区",
        name_en="Neighbour Court",
        kind=SiteKind.COMMUNITY,
        address="邻家路 1 号",
        x=1,
        y=1,
    )
    _device(uow, "other", "NB-0001", site.site_id, "邻家 1 号楼")
    customer = people.create_customer(uow, tenant_id="other", phone=OTHER_PHONE, name="邻家老李")
    cards.issue(
        uow,
        tenant_id="other",
        card_no="77000001",
        kind=CardKind.CPU,
        balance_fen=Fen(5000),
        customer_id=customer.customer_id,
    )
