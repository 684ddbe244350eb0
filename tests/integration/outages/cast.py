"""A site of twelve machines, its neighbours, and the people who answer for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tapline import clock, devices, outages, people, sites
from tapline.devices import Hello, Presence
from tapline.notices import Notice
from tapline.outages import Darkness, Incident, PlannedOutage, hearing
from tapline.outages.hearing import Hearing
from tapline.outages.plans import Wish
from tapline.people import Role, Scope, Staff
from tapline.sites import Site, SiteKind
from tapline.tickets import Ticket
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

MORNING = datetime(2026, 11, 16, 10, 0, tzinfo=clock.BUSINESS_ZONE)
"""A Monday."""
_LOOKED_AT: Final = 2.0
"""Minutes."""


@dataclass
class Cast:
    """Whom and what tests refer to by name. All machines are heard of every minute."""

    uow: UnitOfWork
    site: Site
    others: list[Site]
    machines: list[str]
    """Of the site."""
    elsewhere: list[list[str]]
    """Of each other site."""
    wu: Staff
    """The property's manager of the site."""
    he: Staff
    """A supervisor."""
    gone: set[str]
    is_listening: bool = True
    watched: bool = True

    @property
    def everything(self) -> list[str]:
        return self.machines + [one for there in self.elsewhere for one in there]

    @property
    def scope(self) -> Scope:
        return people.scope_of(self.uow, member=self.wu)

    def pass_time(self, minutes: float) -> None:
        """Let time go by: machines talk, the gateway listens, workers look. A long time is passed
        over but for its end."""
        if minutes > _LOOKED_AT:
            self._leap(minutes - _LOOKED_AT)
            minutes = _LOOKED_AT
        for _ in range(round(minutes * 2)):
            clock.advance(timedelta(seconds=30))
            if self.is_listening:
                hearing.note(self.uow, listener=hearing.GATEWAY)
            self._go_on()

    def _leap(self, minutes: float) -> None:
        awake = {hearing.GATEWAY: self.is_listening, hearing.WATCH: self.watched}
        listeners = [name for name, is_awake in awake.items() if is_awake]
        for listener in listeners:
            hearing.note(self.uow, listener=listener)
        clock.advance(timedelta(minutes=minutes))
        for listener in listeners:
            newest = select(Hearing).where(Hearing.listener == listener)
            row = self.uow.session.scalars(newest.order_by(Hearing.began_at.desc())).first()
            assert row is not None
            row.heard_until = clock.now()
        self._go_on()

    def _go_on(self) -> None:
        if self.is_listening:
            here = [one for one in self.everything if one not in self.gone]
            devices.mark_seen(self.uow, device_ids=here)
        if self.watched:
            self.look()

    def look(self) -> None:
        """What workers do by the clock, and with what follows."""
        outages.watch(self.uow, tenant_id="demo")
        drain(self.uow)
        self.uow.session.flush()

    def lose(self, names: Iterable[str], *, heard_at: datetime | None = None) -> None:
        """The broker publishes their wills; it may have kept them for long."""
        for name in names:
            self.gone.add(name)
            device = self.locked(name)
            if heard_at is not None:
                device.last_seen_at = device.hello_at = heard_at
            self._mark(device, Presence.LOST, device.presence_boot)

    def bring_back(self, names: Iterable[str], *, reason: str | None = None) -> None:
        """They connect again: after a start for this reason, or having run on."""
        for name in names:
            self.gone.discard(name)
            device = self.locked(name)
            boot = (device.hello_boot or 1) + (reason is not None)
            outages.came_back(self.uow, tenant_id=device.tenant_id, machines=[device])
            self._mark(device, Presence.ONLINE, boot)
            document = {"boot_reason": reason} if reason else {}
            hello = Hello(boot=boot, seq_head=0, seq_acked=0, document=document)
            devices.greet(self.uow, hellos=[(device, hello)])
            devices.mark_seen(self.uow, device_ids=[name])

    def plan(self, start_h: float, end_h: float, **changes: object) -> PlannedOutage:
        """Works on the site, so many hours from now."""
        now = clock.now()
        wish: dict[str, object] = {
            "starts_at": now + timedelta(hours=start_h),
            "ends_at": now + timedelta(hours=end_h),
            "reason": "更换主管道阀门",
        }
        return outages.plans.plan(
            self.uow,
            scope=self.scope,
            staff=self.wu,
            site_id=self.site.site_id,
            wish=Wish(**wish | changes),  # type: ignore[arg-type]
        )

    def darknesses(self) -> list[Darkness]:
        return list(self.uow.session.scalars(select(Darkness).order_by(Darkness.began_at)))

    def incidents(self) -> list[Incident]:
        self.uow.session.flush()
        return list(self.uow.session.scalars(select(Incident).order_by(Incident.found_at)))

    def tickets(self, category: str) -> list[Ticket]:
        found = select(Ticket).where(Ticket.category == category).order_by(Ticket.number)
        return list(self.uow.session.scalars(found))

    def texts(self, phone: str) -> list[str]:
        sent = select(Notice.text).where(Notice.recipient == phone).order_by(Notice.created_at)
        return list(self.uow.session.scalars(sent))

    def _mark(self, device: devices.Device, state: Presence, boot: int) -> None:
        conn = device.presence_conn + (state is Presence.ONLINE)
        devices.mark_presence(self.uow, device=device, state=state, boot=boot, conn=conn)
        self.uow.session.flush()

    def locked(self, name: str) -> devices.Device:
        """The row of a machine, to be changed."""
        return devices.get(self.uow, tenant_id="demo", device_id=name, lock=True)


def build(uow: UnitOfWork) -> Cast:
    """Everybody is there, and has been for ten minutes."""
    factories.tenant(uow)
    places = [_site(uow, number) for number in range(4)]
    names = [
        [f"S{place}-{number:02d}" for number in range(12 if place == 0 else 4)]
        for place in range(4)
    ]
    for site, there in zip(places, names, strict=True):
        for name in there:
            factories.device(uow, name).device.site_id = site.site_id
    wu, _ = people.create_staff(
        uow,
        tenant_id="demo",
        login="wu",
        name="吴经理",
        role=Role.MANAGER,
        site_ids=[places[0].site_id],
        phone="13600000001",
    )
    he, _ = people.create_staff(
        uow, tenant_id="demo", login="he", name="何青", role=Role.SUPERVISOR, phone="13600000002"
    )
    cast = Cast(uow, places[0], places[1:], names[0], names[1:], wu, he, set())
    cast.bring_back(cast.everything, reason="power")
    cast.pass_time(1)
    return cast


def _site(uow: UnitOfWork, number: int) -> Site:
    return sites.create(
        uow,
        tenant_id="demo",
        code=f"HZ-{number}",
        name=f"{number} 号小区",
        name_en=f"Estate {number}",
        kind=SiteKind.COMMUNITY,
        address="",
        x=100 * number,
        y=100,
    )


def resident(cast: Cast, card_no: str, phone: str) -> UUID:
    """Somebody whose card is known."""
    customer = people.create_customer(cast.uow, tenant_id="demo", phone=phone, name="王秀英")
    factories.card(cast.uow, card_no).customer_id = customer.customer_id
    cast.uow.session.flush()
    return customer.customer_id
