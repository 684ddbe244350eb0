"""The people, places and partners of these tests: a site, its property, the machine's vendor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tapline import clock, devices, faults, ledger, partners, people, reconciliation, sites
from tapline.cards.facts import FactIn, ingest
from tapline.devices import Hello
from tapline.partners import Base, Clause, Partner, PartnerKind, Terms
from tapline.people import Role, Scope, Staff
from tapline.reconciliation import Finding
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"
RENT = Clause(threshold_s=4 * 3600, multiplier=3, base=Base.DAILY_RENT)


def moment(text: str) -> datetime:
    """A moment on the business clock."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.BUSINESS_ZONE)


MONDAY = moment("2026-11-02 10:00")
DECEMBER = moment("2026-12-01 09:00")


@dataclass(frozen=True)
class Cast:
    """Whom and what tests refer to by name."""

    uow: UnitOfWork
    site: Site
    other_site: Site
    estate: Partner
    vendor: Partner
    cai: Staff
    """Finance; proposes agreements and issues statements."""
    qian: Staff
    """Finance, the second person."""
    he: Staff
    """A supervisor."""
    lin: Staff
    """An agent."""
    wu: Staff
    """Of the property, on the first site."""

    @property
    def own(self) -> Scope:
        """What the property's manager may see."""
        return people.scope_of(self.uow, member=self.wu)

    def agreed(self, **changes: Any) -> partners.Agreement:
        """A version in force from today on."""
        agreed: dict[str, Any] = {
            "property_id": self.estate.partner_id,
            "vendors": {"RO-50": self.vendor.partner_id},
            "share_per_mille": 125,
            "daily_rent_fen": 1000,
            "clauses": (RENT,),
        }
        terms = Terms(**agreed | changes)
        proposed = partners.propose_agreement(
            self.uow,
            tenant_id="demo",
            site_id=self.site.site_id,
            terms=terms,
            valid_from=clock.business_date(clock.now()),
            staff=self.cai,
            reason="合同 2026-17",
        )
        return partners.decide_agreement(
            self.uow,
            tenant_id="demo",
            agreement_id=proposed.agreement_id,
            approve=True,
            staff=self.qian,
        )

    def pours(self, seq: int, *, device_id: str = "A", **changes: object) -> None:
        """A fact of the machine arrives now, with all that follows from it."""
        fact = factories.fact(
            device_id, seq, CARD, atc=seq, before_fen=100_000 - 100 * seq, **changes
        )
        self.arrive(fact)

    def dry(self, seq: int, **changes: object) -> None:
        """A charge without water."""
        dry: dict[str, Any] = {"ml": 0, "pulses": 0, "status": "no_flow"}
        self.pours(seq, **dry | changes)

    def arrive(self, *facts: FactIn) -> None:
        ingest(self.uow, tenant_id="demo", facts=facts)
        drain(self.uow)

    def alarm(self, code: str, *, raised: bool = True) -> None:
        faults.note(self.uow, tenant_id="demo", device_id="A", code=code, raised=raised, data={})

    def found(self, code: str = "D01") -> Finding:
        """The newest finding of a rule."""
        return reconciliation.listed(self.uow, tenant_id="demo", codes=[code])[0]

    def dry_by_power_cut(self, seq: int = 1) -> Finding:
        """Charged without water while the site had no power: the property's, by the evidence."""
        self.alarm("mains_lost")
        self.dry(seq)
        self.alarm("mains_lost", raised=False)
        return self.found()

    def matter(self, finding: Finding) -> partners.Matter:
        return partners.matter(self.uow, scope=Scope("demo"), finding_id=finding.finding_id)

    def standing(self, finding: Finding) -> partners.Standing:
        return self.matter(finding).responsibility.standing

    def posted(self, code: str) -> int:
        """What an account holds, in fen."""
        found = ledger.balances(self.uow, tenant_id="demo", codes=[code])
        return found[code].posted if code in found else 0

    def owed(self, partner: Partner) -> int:
        return self.posted(f"partner:{partner.partner_id}")


def prepare(uow: UnitOfWork) -> None:
    """Tenant `demo` with machine `A` on the first site, and nothing agreed yet."""
    factories.tenant(uow)
    first, _ = (_site(uow, code) for code in ("HZ-01", "HZ-02"))
    provisioned = devices.register(
        uow,
        vault=factories.VAULT,
        hash_password=lambda password: password[::-1],
        tenant_id="demo",
        device_id="A",
        site_id=first.site_id,
        spot="3 号楼 1 层",
    )
    hello = Hello(boot=1, seq_head=0, seq_acked=0, document={"fw": "2.4.1", "hw": "RO-50"})
    devices.greet(uow, hellos=[(provisioned.device, hello)])
    factories.card(uow, CARD, 100_000)
    cai = staff(uow, "cai", Role.FINANCE)
    staff(uow, "qian", Role.FINANCE)
    staff(uow, "he", Role.SUPERVISOR)
    staff(uow, "lin", Role.AGENT)
    staff(uow, "wu", Role.MANAGER, first)
    partner(uow, cai, PartnerKind.PROPERTY, "西溪物业")
    partner(uow, cai, PartnerKind.VENDOR, "净泉设备")


def gather(uow: UnitOfWork) -> Cast:
    """Everybody that `prepare` made."""
    people_ = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    estate, vendor = partners.listed(uow, tenant_id="demo")
    first, second = sites.listed(uow, tenant_id="demo")
    return Cast(
        uow=uow,
        site=first,
        other_site=second,
        estate=estate,
        vendor=vendor,
        **{login: people_[login] for login in ("cai", "qian", "he", "lin", "wu")},
    )


def staff(uow: UnitOfWork, login: str, role: Role, *own: Site) -> Staff:
    return people.create_staff(
        uow,
        tenant_id="demo",
        login=login,
        name=login,
        role=role,
        site_ids=[site.site_id for site in own],
    )[0]


def partner(uow: UnitOfWork, by: Staff, kind: PartnerKind, name: str) -> Partner:
    return partners.add(
        uow,
        tenant_id="demo",
        kind=kind,
        name=name,
        legal_entity=f"{name}有限公司",
        contact="周经理",
        phone="0571-88000000",
        staff=by,
    )


def later(**span: float) -> None:
    """Let time pass on a frozen clock."""
    clock.advance(timedelta(**span))


def _site(uow: UnitOfWork, code: str) -> Site:
    return factories.site(uow, code)
