"""What rounds need: sites, machines, technicians, photos."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tapline import clock, devices, files, people, sites
from tapline.people import Role, Staff
from tapline.rounds import plans, visits
from tapline.rounds.plans import AnswerKind, Item, RoundKind, RoundPlan
from tapline.rounds.visits import RoundVisit
from tapline.sites import Site, SiteKind
from tapline.uow import UnitOfWork
from tests import factories

MORNING = datetime(2026, 6, 22, 1, 0, tzinfo=UTC)
CHECKS = (Item("无漏水"), Item("出水 TDS", AnswerKind.NUMBER, most=50, unit="mg/L"))


class Estate:
    """Site ONE with machines A1 and A2, far away site TWO with B1; Chen answers for ONE."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.tenant(uow)
        self.one, self.two = self._site("ONE", 100), self._site("TWO", 900)
        self.chen = self._technician("chen", {"site:ONE": 1})
        self.sun = self._technician("sun", {})
        for device_id, site, spot in (
            ("A1", self.one, "1 幢 1 层"),
            ("A2", self.one, "1 幢 2 层"),
            ("B1", self.two, "大厅"),
        ):
            factories.device(uow, device_id)
            device = devices.get(uow, tenant_id="demo", device_id=device_id, lock=True)
            device.site_id, device.spot = site.site_id, spot
        uow.session.flush()

    def _site(self, code: str, x: int) -> Site:
        return sites.create(
            self.uow,
            tenant_id="demo",
            code=code,
            name=code,
            name_en=code,
            kind=SiteKind.CAMPUS,
            address=f"{code} 路 1 号",
            x=x,
            y=0,
        )

    def _technician(self, login: str, skills: dict[str, int]) -> Staff:
        staff, _ = people.create_staff(
            self.uow,
            tenant_id="demo",
            login=login,
            name=login,
            role=Role.TECHNICIAN,
            skills=skills,
        )
        return staff

    def plan(self, **changes: Any) -> RoundPlan:
        asked: dict[str, Any] = {
            "name": "日常巡检",
            "kind": RoundKind.INSPECTION,
            "every_days": 7,
            "first_on": clock.business_date(MORNING),
            "items": CHECKS,
            "actor": "he.qing",
        }
        return plans.create(self.uow, tenant_id="demo", **asked | changes)

    def photo(self, text: str = "1") -> UUID:
        kept = files.keep(
            self.uow,
            tenant_id="demo",
            name="p.png",
            media_type="image/png",
            content=b"\x89PNG\r\n\x1a\n" + text.encode(),
        )
        return kept.file_id

    def due(self, technician: Staff | None = None) -> list[RoundVisit]:
        """What is planned for somebody by tomorrow, after planning."""
        visits.plan_due(self.uow, tenant_id="demo")
        until = clock.business_date(clock.now())
        return list(visits.of_technician(self.uow, technician=technician or self.chen, until=until))

    def does(
        self, visit: RoundVisit, *given: str, key: str = "k1", photos: Sequence[UUID] | None = None
    ) -> RoundVisit:
        """Chen reads the label and fills in the checklist."""
        him: dict[str, Any] = {
            "tenant_id": "demo",
            "visit_id": visit.visit_id,
            "technician": self.chen,
        }
        visits.open_at(self.uow, **him, code=f"https://x.example/portal/prove/{visit.device_id}")
        return visits.finish(
            self.uow,
            **him,
            given=given or ("yes", "12"),
            words="",
            file_ids=[self.photo()] if photos is None else photos,
            request_key=key,
        )
