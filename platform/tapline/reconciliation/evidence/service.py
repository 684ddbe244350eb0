from collections.abc import Iterable, Sequence
from typing import Any

from tapline import devices, faults
from tapline.cards.facts import Fact
from tapline.faults import Alarm
from tapline.reconciliation.chain import Chains, FactKey
from tapline.reconciliation.evidence import rules
from tapline.reconciliation.model import Finding
from tapline.reconciliation.repository import FactsRepository
from tapline.uow import UnitOfWork


def attach(uow: UnitOfWork, *, tenant_id: str, findings: Sequence[Finding], chains: Chains) -> None:
    """Give each finding its pack, the hash of it and the side proposed, as things stand now.

    `chains` hold what stands of the cards concerned. A few reads, however many findings.
    """
    shelf = _Shelf(uow, tenant_id, {FactKey(one.device_id, one.seq) for one in findings})
    shelf.fetch_chains(chains)
    for finding in findings:
        alarms = shelf.alarms.get(finding.device_id, [])
        finding.evidence = shelf.pack(FactKey(finding.device_id, finding.seq), alarms)
        finding.evidence_hash = rules.digest(finding.evidence)
        finding.side = rules.proposed_side(finding.code, [alarm.code for alarm in alarms])


class _Shelf:
    """Everything that the packs of some facts are made of."""

    def __init__(self, uow: UnitOfWork, tenant_id: str, subjects: set[FactKey]) -> None:
        self._stored = FactsRepository(uow, tenant_id)
        self._facts = self._stored.named({beside for key in subjects for beside in _line(key)})
        self._charges = self._stored.charges_named(subjects)
        self._near: dict[FactKey, list[FactKey]] = {key: [] for key in subjects}
        names = sorted({key.device_id for key in subjects})
        self._devices = {
            name: devices.get(uow, tenant_id=tenant_id, device_id=name) for name in names
        }
        self.alarms: dict[str, list[Alarm]] = {}
        for alarm in faults.open_alarms(uow, tenant_id=tenant_id, device_ids=names):
            self.alarms.setdefault(alarm.device_id, []).append(alarm)

    def fetch_chains(self, chains: Chains) -> None:
        """Take down the neighbours of each fact on its card, too."""
        for key in self._near:
            self._near[key] = _neighbours(key, self._facts.get(key, ()), chains)
        wanted = {near for keys in self._near.values() for near in keys}
        self._facts |= self._stored.named(wanted - self._facts.keys())

    def pack(self, key: FactKey, alarms: Sequence[Alarm]) -> dict[str, Any]:
        before, _, after = _line(key)
        return rules.pack(
            versions=self._facts.get(key, []),
            chain=self._all(self._near[key]),
            beside=self._all((before, after)),
            charge=self._charges.get(key),
            device=self._devices[key.device_id],
            alarms=alarms,
        )

    def _all(self, keys: Iterable[FactKey]) -> list[Fact]:
        return [fact for key in keys for fact in self._facts.get(key, ())]


def _line(key: FactKey) -> tuple[FactKey, FactKey, FactKey]:
    """The fact between the machine's previous and next one."""
    return key._replace(seq=key.seq - 1), key, key._replace(seq=key.seq + 1)


def _neighbours(key: FactKey, versions: Sequence[Fact], chains: Chains) -> list[FactKey]:
    """What stands around a fact on the card that it names; a torn one has its place by machine."""
    for fact in versions:
        if fact.card_no is not None:
            chain = chains.of(fact.card_no)
            place = fact.atc if fact.atc is not None else chain.around(key)[0]
            if place is not None:
                window = chain.window(place, rules.REACH)
                return [link.key for link in window if link.key != key]
    return []
