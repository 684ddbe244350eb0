from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from tapline import cards, clock, ledger
from tapline.cards import Card
from tapline.cards.facts import Bearing
from tapline.ledger import CardBalance, StatementLine
from tapline.reconciliation.chain import FactKey, Opening
from tapline.reconciliation.explanation import rules
from tapline.reconciliation.explanation.rules import Step
from tapline.reconciliation.findings.repository import FindingRepository
from tapline.reconciliation.model import Finding
from tapline.reconciliation.repository import FactsRepository
from tapline.uow import UnitOfWork

_LINES = 1000


class Posting(NamedTuple):
    """One journal on a card's accounts; `lines` of these accounts alone."""

    key: str
    kind: str
    at: datetime
    lines: Sequence[StatementLine]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is known of a card, each part saying where it comes from."""

    card: Card
    money: CardBalance
    steps: Sequence[Step]
    bearings: Mapping[FactKey, Bearing]
    """Who pays for each fact now."""
    findings: Sequence[Finding]
    postings: Sequence[Posting]
    """Oldest first; the newest of each account, if there are very many."""

    def of_fact(self, key: FactKey) -> list[Finding]:
        """What was found of a fact."""
        return [one for one in self.findings if one.fact == key]

    def at(self, atc: int | None) -> list[Finding]:
        """What was found of a position of the counter."""
        return [
            one
            for one in self.findings
            if one.fact is None and atc is not None and one.facts.get("atc") == atc
        ]

    @property
    def of_card(self) -> list[Finding]:
        """What was found of the card as a whole."""
        return [one for one in self.findings if one.fact is None and "atc" not in one.facts]


def explain(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, day: date | None = None
) -> Explanation:
    """The story of a card; of one business day where given: what it did or what came in then.

    Raises:
        NotFoundError: the tenant has no such card.
    """
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    stored = FactsRepository(uow, tenant_id)
    held = stored.held([card_no])
    versions = [
        one
        for one in stored.versions([card_no])
        if one.key in held and held[one.key][0] in {None, one.content_hash}
    ]
    steps = rules.steps(versions, _opening(card))
    findings = FindingRepository(uow, tenant_id).listed(
        codes=None, device_ids=None, card_no=card_no, limit=_LINES
    )
    return Explanation(
        card=card,
        money=ledger.card(uow, tenant_id=tenant_id, card_no=card_no),
        steps=[one for one in steps if day is None or _is_of(one, day)],
        bearings={key: bearing for key, (_, bearing) in held.items()},
        findings=findings,
        postings=_postings(uow, tenant_id, card_no, day),
    )


def _opening(card: cards.Card) -> Opening | None:
    if not card.kind.has_purse or card.opened_atc is None:
        return None
    return Opening(card.opened_atc, int(card.opened_fen))


def _is_of(step: Step, day: date) -> bool:
    moments = (step.version.moment, step.version.received_at)
    return any(clock.business_date(one) == day for one in moments if one is not None)


def _postings(uow: UnitOfWork, tenant_id: str, card_no: str, day: date | None) -> list[Posting]:
    by_journal: dict[int, list[StatementLine]] = defaultdict(list)
    for account in ledger.chart.card(card_no):
        for line in ledger.statement(uow, tenant_id=tenant_id, code=account.code, limit=_LINES):
            if day is None or clock.business_date(line.recorded_at) == day:
                by_journal[line.journal_id].append(line)
    return [
        Posting(lines[0].key, lines[0].kind, lines[0].recorded_at, lines)
        for _, lines in sorted(by_journal.items())
    ]
