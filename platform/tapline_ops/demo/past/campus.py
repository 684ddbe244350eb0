"""A college whose students carry our cards: term, list, and a class that leaves."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from tapline.files import sheets
from tapline.rosters import graduations, schools, students
from tapline.rosters.schools import PeriodKind
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_HEAD: Final = ("学号", "姓名", "班级", "手机号", "卡号")
_STUDENTS: Final = (
    ("S2101", "赵一鸣", "机电2101", "13911130001", "77100001"),
    ("S2102", "钱雨桐", "机电2101", "13911130002", "77100002"),
    ("S2301", "孙可欣", "护理2301", "13911130003", "77100003"),
    ("S2302", "李沐阳", "护理2301", "13911130004", "77100004"),
    ("S2303", "周子涵", "护理2301", "13911130005", "77100005"),
    ("S2401", "吴思远", "软件2401", "13911130006", "77100006"),
)
_FRESHMEN: Final = (
    ("S2501", "郑亦凡", "软件2501", "13911130007", ""),
    ("S2502", "冯若曦", "软件2501", "13911130008", ""),
)
_LEAVING: Final = "机电2101"
_OPENED_FEN: Final = 3000


def scenes(past: Past) -> Iterator[Scene]:
    """A list that counts, one that nobody has applied yet, a class whose graduation waits."""
    yield Scene(at(past.began_on, 8, 30), partial(_enrol, past))
    yield Scene(past.ago(3, 10), partial(_graduate, past))
    yield Scene(past.ago(1, 11), _freshmen)


def _enrol(past: Past, uow: UnitOfWork) -> None:
    school = schools.create(
        uow,
        tenant_id=DEMO,
        name=past.places[1].name,
        site_ids=[past.places[1].site_id],
        actor="he.qing",
    )
    for kind, name, starts_on, ends_on in _year(past.today):
        schools.add_period(
            uow,
            tenant_id=DEMO,
            school_id=school.school_id,
            kind=kind,
            name=name,
            starts_on=starts_on,
            ends_on=ends_on,
            actor="he.qing",
        )
    for *_, card_no in _STUDENTS:
        past.issue(uow, card_no, _OPENED_FEN)
    del past.purses[-len(_STUDENTS) :]  # in their pockets, far from these machines
    draft_id = _upload(uow, school.school_id, "学生名单.csv", _STUDENTS)
    students.apply(uow, tenant_id=DEMO, draft_id=draft_id, actor="lin.xia")


def _year(today: date) -> list[tuple[PeriodKind, str, date, date]]:
    """The school year that `today` lies in: two terms."""
    year = today.year if today.month >= 8 else today.year - 1
    autumn = date(year, 9, 1), date(year + 1, 1, 20)
    spring = date(year + 1, 2, 24), date(year + 1, 7, 5)
    return [
        (PeriodKind.TERM, f"{year} 年秋季学期", *autumn),
        (PeriodKind.TERM, f"{year + 1} 年春季学期", *spring),
    ]


def _upload(
    uow: UnitOfWork, school_id: UUID, name: str, rows: Sequence[tuple[sheets.Cell, ...]]
) -> UUID:
    return students.upload(
        uow,
        tenant_id=DEMO,
        school_id=school_id,
        name=name,
        content=sheets.csv_bytes([_HEAD, *rows]),
        actor="lin.xia",
    ).draft_id


def _freshmen(uow: UnitOfWork) -> None:
    (school,) = schools.listed(uow, tenant_id=DEMO)
    _upload(uow, school.school_id, "新生名单.csv", _FRESHMEN)


def _graduate(past: Past, uow: UnitOfWork) -> None:
    (school,) = schools.listed(uow, tenant_id=DEMO)
    leaving = graduations.preview(
        uow, tenant_id=DEMO, school_id=school.school_id, class_name=_LEAVING
    )
    graduations.propose(
        uow,
        tenant_id=DEMO,
        school_id=school.school_id,
        class_name=_LEAVING,
        graduates_by=None,
        count=len(leaving),
        reason="校方来函：提前实习离校",
        actor="lin.xia",
    )
