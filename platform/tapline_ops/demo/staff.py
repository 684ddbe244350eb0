"""Who works in the demonstration: the people that you can be, and those who act by themselves."""

from collections.abc import Mapping, Sequence

from tapline import people
from tapline.people import Role, Staff
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_ops.demo.fleet import FleetLogin
from tapline_ops.provision import DEMO

_DESK = (
    ("客服 agent", "/console", "lin.xia", "林夏", Role.AGENT),
    ("主管 supervisor", "/console", "he.qing", "何青", Role.SUPERVISOR),
    ("财务 finance", "/console", "cai.wu", "蔡悟", Role.FINANCE),
    ("管理员 admin", "/console", "admin", "系统管理员", Role.ADMIN),
    ("维修 technician", "/field", "shi.fu", "石师傅", Role.TECHNICIAN),
    ("送水 courier", "/field", "song.shui", "宋水生", Role.COURIER),
)
_OWN_SITE = {"shi.fu": {"site:HZ-04": 3}}
"""What is foreseen on this site is left to a visitor, where there is one."""
_ALL_SKILLS = {"water": 3, "barrels": 3, "cards": 3}
_ACTORS = (
    ("demo.an", "演示坐席·安", Role.AGENT),
    ("demo.bo", "演示坐席·博", Role.AGENT),
    ("demo.zhu", "演示主管·朱", Role.SUPERVISOR),
    ("demo.xiu", "演示维修·修", Role.TECHNICIAN),
    ("demo.song", "演示送水·松", Role.COURIER),
)
"""They sign in nowhere: the demonstration acts in their names, and pages show that it does."""


def employ(uow: UnitOfWork, places: Sequence[Site]) -> list[FleetLogin]:
    """Everybody; the logins of those that a visitor may be."""
    logins = []
    for door, path, login, name, role in _DESK:
        skills = _ALL_SKILLS if role is Role.AGENT else _OWN_SITE.get(login, {})
        _, password = people.create_staff(
            uow, tenant_id=DEMO, login=login, name=name, role=role, skills=skills
        )
        logins.append(FleetLogin(door=door, path=path, login=login, secret=password))
    for login, name, role in _ACTORS:
        people.create_staff(
            uow, tenant_id=DEMO, login=login, name=name, role=role, skills=_ALL_SKILLS
        )
    _, password = people.create_staff(
        uow,
        tenant_id=DEMO,
        login="wuye",
        name="周物业",
        role=Role.MANAGER,
        site_ids=[place.site_id for place in places[:2]],
    )
    logins.append(FleetLogin(door="物业 property", path="/manager", login="wuye", secret=password))
    _, token = people.create_screen(uow, tenant_id=DEMO, name="值班室大屏")
    logins.append(FleetLogin(door="大屏 wallboard", path=f"/board?token={token}"))
    return logins


def by_login(uow: UnitOfWork) -> Mapping[str, Staff]:
    """Everybody by login."""
    return {one.login: one for one in people.staff_of(uow, tenant_id=DEMO)}


def couriers(uow: UnitOfWork) -> Sequence[Staff]:
    """Those who carry barrels."""
    return [one for one in by_login(uow).values() if one.role is Role.COURIER]


def actors(uow: UnitOfWork, *roles: Role) -> Sequence[Staff]:
    """Those of these roles who act by themselves, by login."""
    acting = {login for login, _, _ in _ACTORS}
    known = by_login(uow)
    return [known[login] for login in sorted(acting & known.keys()) if known[login].role in roles]
