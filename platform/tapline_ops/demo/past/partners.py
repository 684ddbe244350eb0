"""A property with two sites, and who built the machines: agreements, shares, last month's
statement and what the property says to it."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from tapline import partners
from tapline.partners import Answer, Base, Clause, Partner, PartnerKind, Terms
from tapline.people import Scope, Staff
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.machines import Machine, send
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_PROPERTY, _VENDOR = "安居物业", "净泉设备"
_SHARES = ((0, 100), (1, 80))
"""Sites of the manager whose login is printed, and the thousandths that are the property's."""
_PROPOSED_PER_MILLE = 120
_OUTAGE_H = 6


def scenes(past: Past) -> Iterator[Scene]:
    """Since the month before; a better share is proposed and waits for a second person."""
    first, month = past.began_on, past.today.replace(day=1)
    yield Scene(at(first, 9), partial(_agree, past))
    stood_still = past.machine_on(0)
    for hours, raised in ((9, True), (9 + _OUTAGE_H, False)):
        yield Scene(
            at(first + timedelta(days=11), hours),
            partial(_alarm, past, stood_still, raised=raised),
        )
    yield Scene(at(month + timedelta(days=1), 10), partial(_state, past))
    yield Scene(at(month + timedelta(days=2), 15), partial(_object, past))
    yield Scene(past.ago(1, 16), partial(_better_share, past))
    yield Scene(past.ago(0, 0, 1), _share_out)


def _agree(past: Past, uow: UnitOfWork) -> None:
    proposer, approver = past.people["cai.wu"], past.people["he.qing"]
    property_ = _add(uow, proposer, PartnerKind.PROPERTY, _PROPERTY)
    vendor = _add(uow, proposer, PartnerKind.VENDOR, _VENDOR)
    for place, per_mille in _SHARES:
        agreed = partners.propose_agreement(
            uow,
            tenant_id=DEMO,
            site_id=past.places[place].site_id,
            terms=_terms(property_, vendor, per_mille),
            valid_from=past.began_on,
            staff=proposer,
            reason="合作协议，双方已盖章",
        )
        partners.decide_agreement(
            uow, tenant_id=DEMO, agreement_id=agreed.agreement_id, approve=True, staff=approver
        )


def _better_share(past: Past, uow: UnitOfWork) -> None:
    known = {one.name: one for one in partners.listed(uow, tenant_id=DEMO)}
    partners.propose_agreement(
        uow,
        tenant_id=DEMO,
        site_id=past.places[0].site_id,
        terms=_terms(known[_PROPERTY], known[_VENDOR], _PROPOSED_PER_MILLE),
        valid_from=past.today + timedelta(days=7),
        staff=past.people["cai.wu"],
        reason="续签：分成提高到 12%",
    )


def _terms(property_: Partner, vendor: Partner, per_mille: int) -> Terms:
    return Terms(
        property_id=property_.partner_id,
        vendors={"RO-50": vendor.partner_id},
        share_per_mille=per_mille,
        daily_rent_fen=1000,
        clauses=(Clause(threshold_s=4 * 3600, multiplier=3, base=Base.DAILY_RENT),),
        electricity_millifen=53_830,
        water_millifen=410_000,
    )


def _add(uow: UnitOfWork, by: Staff, kind: PartnerKind, name: str) -> Partner:
    return partners.add(
        uow,
        tenant_id=DEMO,
        kind=kind,
        name=name,
        legal_entity=f"杭州{name}有限公司",
        contact="周经理",
        phone="0571-88000000",
        staff=by,
    )


def _alarm(past: Past, machine: Machine, uow: UnitOfWork, *, raised: bool) -> None:
    send(uow, [machine.alarm("pump_fault", raised=raised)], past.vault)


def _share_out(uow: UnitOfWork) -> None:
    while partners.accrue_shares(uow, tenant_id=DEMO):
        pass


def _state(past: Past, uow: UnitOfWork) -> None:
    """Finance states last month to the property."""
    _share_out(uow)
    for partner in partners.listed(uow, tenant_id=DEMO):
        drafted = partners.draft(
            uow, tenant_id=DEMO, partner_id=partner.partner_id, month=past.began_on
        )
        if drafted.lines:
            partners.issue(
                uow,
                tenant_id=DEMO,
                partner_id=partner.partner_id,
                month=past.began_on,
                total_fen=drafted.total_fen,
                staff=past.people["cai.wu"],
            )


def _object(past: Past, uow: UnitOfWork) -> None:
    """The property agrees to the first line, and would have more of the last."""
    manager = past.people["wuye"]
    for stated in partners.statements(uow, scope=Scope(DEMO)):
        lines = range(1, len(stated.lines) + 1)
        for line in lines:
            is_last = line == len(lines)
            partners.answer_line(
                uow,
                scope=Scope(DEMO),
                statement_id=stated.statement.statement_id,
                line=line,
                said=Answer.OBJECTED if is_last else Answer.AGREED,
                staff=manager,
                words="与我们的抄表记录不符，请核对" if is_last else "",
            )
