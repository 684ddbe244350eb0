from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tapline import devices, faults, orders
from tapline.cards.facts import Fact
from tapline.faults import Alarm
from tapline.orders import Order, OrderStep
from tapline.reconciliation.chain import Chains, FactKey
from tapline.reconciliation.evidence import rules
from tapline.reconciliation.model import Finding
from tapline.reconciliation.repository import FactsRepository
from tapline.uow import UnitOfWork


def attach(uow: UnitOfWork, *, tenant_id: str, findings: Sequence[Finding], chains: Chains) -> None:
    """Give each finding its pack, the hash of it and the side proposed, as things stand now.

    `chains` hold what stands of the cards concerned. A few reads, however many findings.
    """
    if not findings:
        return
    shelf = _Shelf(uow, tenant_id, findings, chains)
    for finding in findings:
        finding.evidence = shelf.pack(finding)
        finding.evidence_hash = rules.digest(finding.evidence)
        alarms = shelf.alarms.get(finding.device_id or "", ())
        finding.side = rules.proposed_side(finding, [alarm.code for alarm in alarms])


_ORDER = "order:"


class _Shelf:
    """Everything that the packs of some findings are made of."""

    def __init__(
        self, uow: UnitOfWork, tenant_id: str, findings: Sequence[Finding], chains: Chains
    ) -> None:
        stored = FactsRepository(uow, tenant_id)
        self._chains = chains
        subjects = {key for one in findings if (key := one.fact) is not None}
        self._facts = stored.named({beside for key in subjects for beside in _line(key)})
        near = {key for one in findings for key in self._near(one)}
        self._facts |= stored.named(near - self._facts.keys())
        self._charges = stored.charges_named(subjects)
        names = sorted({one.device_id for one in findings if one.device_id is not None})
        self._devices = {
            name: devices.get(uow, tenant_id=tenant_id, device_id=name) for name in names
        }
        self._orders = {
            one.subject: _order(uow, tenant_id, one.subject)
            for one in findings
            if one.subject.startswith(_ORDER)
        }
        self.alarms: dict[str, list[Alarm]] = {}
        for alarm in faults.open_alarms(uow, tenant_id=tenant_id, device_ids=names):
            self.alarms.setdefault(alarm.device_id, []).append(alarm)

    def pack(self, finding: Finding) -> dict[str, Any]:
        if finding.subject in self._orders:
            return rules.order_pack(*self._orders[finding.subject])
        key, device_id = finding.fact, finding.device_id or ""
        before, _, after = _line(key) if key else (None, None, None)
        return rules.pack(
            versions=self._all([key]),
            chain=self._all(self._near(finding)),
            beside=self._all([before, after]),
            charge=self._charges.get(key) if key else None,
            device=self._devices.get(device_id),
            alarms=self.alarms.get(device_id, ()),
        )

    def _all(self, keys: Iterable[FactKey | None]) -> list[Fact]:
        return [fact for key in keys if key is not None for fact in self._facts.get(key, ())]

    def _near(self, finding: Finding) -> list[FactKey]:
        """What stands around a finding on the card that it names."""
        key = finding.fact
        if key is None:
            return self._around(finding.card_no, finding.facts.get("atc"))
        for fact in self._facts.get(key, ()):
            if fact.card_no is not None:
                # A torn one has its place by machine.
                place = fact.atc
                if place is None:
                    place = self._chains.of(fact.card_no).around(key)[0]
                if near := self._around(fact.card_no, place):
                    return [one for one in near if one != key]
        return []

    def _around(self, card_no: str | None, place: int | None) -> list[FactKey]:
        if card_no is None or place is None:
            return []
        return [link.key for link in self._chains.of(card_no).window(place, rules.REACH)]


def _order(uow: UnitOfWork, tenant_id: str, subject: str) -> tuple[Order, Sequence[OrderStep]]:
    order_id = UUID(subject.removeprefix(_ORDER))
    order = orders.get(uow, tenant_id=tenant_id, order_id=order_id)
    return order, orders.timeline(uow, tenant_id=tenant_id, order_id=order_id)


def _line(key: FactKey) -> tuple[FactKey, FactKey, FactKey]:
    """The fact between the machine's previous and next one."""
    return key._replace(seq=key.seq - 1), key, key._replace(seq=key.seq + 1)
