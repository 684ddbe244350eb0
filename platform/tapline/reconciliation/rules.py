"""The judgement: what each fact costs whom, what is wrong with it, and what it owes its card.

A pure function of the set of facts. Order, number and grouping of arrivals play no part, since
nothing here knows them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tapline.cards.facts import Bearing, Payer, bearing
from tapline.policy import Policy
from tapline.reconciliation import conflicts, pours, torn
from tapline.reconciliation.chain import Chains, FactKey, Version
from tapline.reconciliation.torn import Verdict

REVERSIBLE = ("D01", "D02", "D06")
"""The rules that name money to give back."""
JUDGED = (*REVERSIBLE, "D05", "D12")
"""Every rule that `judge` applies."""


class FindingKey(NamedTuple):
    code: str
    fact: FactKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as it should be. `facts` are the figures of its sentence, JSON values."""

    card_no: str | None
    amount_fen: int
    facts: dict[str, Any]
    needs_person: bool = False
    """Whether money waits until somebody decides."""


class Owed(NamedTuple):
    """What a fact owes a card, and the rule that names it."""

    card_no: str
    target_fen: int
    code: str


@dataclass(slots=True)
class Judgement:
    """What follows from a set of facts."""

    bearings: dict[FactKey, Bearing] = field(default_factory=dict)
    """Who bears each fact."""
    findings: dict[FindingKey, Found] = field(default_factory=dict)
    owed: dict[FactKey, Owed] = field(default_factory=dict)
    standing: dict[FactKey, Version] = field(default_factory=dict)
    """The version that stands of each fact that has one."""


def judge(versions: Iterable[Version], opened_fen: Mapping[str, int], policy: Policy) -> Judgement:
    """Judge the facts of some cards: `versions` of all of them, whole chains.

    Where versions of one fact name different cards, the chains of all of these are needed.
    `opened_fen` names the cards that are known, and what each held when it was issued.
    """
    facts: dict[FactKey, list[Version]] = defaultdict(list)
    for version in versions:
        facts[version.key].append(version)
    for contents in facts.values():
        contents.sort(key=lambda version: version.content_hash)
    judgement = Judgement()
    disputed = _settle_conflicts(judgement, facts, opened_fen)
    verdicts = _settle_torn(judgement, opened_fen, disputed)
    for key, version in judgement.standing.items():
        judgement.bearings[key] = _borne(
            version,
            version.card_no in opened_fen,
            "ok" if verdicts.get(key) is Verdict.CHARGED else version.status,
        )
    _weigh_pours(judgement, policy)
    return judgement


def _settle_conflicts(
    judgement: Judgement,
    facts: Mapping[FactKey, Sequence[Version]],
    opened_fen: Mapping[str, int],
) -> dict[str, set[int]]:
    """Find what stands of each fact; return the positions in dispute, by card."""
    alone = {key: contents[0] for key, contents in facts.items() if len(contents) == 1}
    chains = Chains(opened_fen, alone.values())
    judgement.standing.update(alone)
    disputed: dict[str, set[int]] = defaultdict(set)
    for key, contents in facts.items():
        if len(contents) == 1:
            continue
        stands = conflicts.standing(contents, chains)
        judgement.findings[FindingKey("D05", key)] = _conflict(contents, stands)
        if stands is not None:
            judgement.standing[key] = stands
            continue
        judgement.bearings[key] = _suspended(contents)
        for version in contents:
            if version.atc is not None:
                disputed[version.card_no].add(version.atc)
    return disputed


def _settle_torn(
    judgement: Judgement,
    opened_fen: Mapping[str, int],
    disputed: Mapping[str, Collection[int]],
) -> dict[FactKey, Verdict]:
    chains = Chains(opened_fen, judgement.standing.values())
    by_card: dict[str, list[Version]] = defaultdict(list)
    for version in judgement.standing.values():
        if version.is_torn and version.is_debit:
            by_card[version.card_no].append(version)
    verdicts: dict[FactKey, Verdict] = {}
    for card_no, debits in by_card.items():
        verdicts |= torn.decide(debits, chains.of(card_no), disputed.get(card_no, ()))
        for version in debits:
            judgement.findings[FindingKey("D12", version.key)] = _torn(
                version, verdicts[version.key]
            )
    return verdicts


def _borne(version: Version, known: bool, status: str) -> Bearing:
    return bearing(
        op=version.op,
        status=status,
        card_no=version.card_no,
        amt_fen=version.amt_fen,
        known=known,
    )


def _suspended(contents: Sequence[Version]) -> Bearing:
    """The bearing of a fact of which no version stands: no card's, until a person decides.

    Revenue is recognised only for what no version disputes: the smallest that any of them costs.
    """
    amount_fen = min(_borne(version, False, version.status).amount_fen for version in contents)
    return Bearing(
        payer=Payer.SUSPENSE if amount_fen else Payer.NOBODY,
        card_no=None,
        amount_fen=amount_fen,
        reason="conflict",
    )


def _conflict(contents: Sequence[Version], stands: Version | None) -> Found:
    return Found(
        card_no=(stands or contents[0]).card_no,
        amount_fen=max(version.amt_fen for version in contents),
        facts={
            "versions": len(contents),
            "amounts_fen": sorted(version.amt_fen for version in contents),
            "standing_fen": None if stands is None else stands.amt_fen,
        },
        needs_person=stands is None,
    )


def _torn(version: Version, verdict: Verdict) -> Found:
    return Found(
        card_no=version.card_no,
        amount_fen=version.amt_fen,
        facts={
            "amt_fen": version.amt_fen,
            "bal_before_fen": version.bal_before_fen,
            "ml": version.ml,
            "verdict": verdict.value,
        },
        needs_person=verdict is Verdict.UNFIT,
    )


def _weigh_pours(judgement: Judgement, policy: Policy) -> None:
    """Hold what was charged against the water that came, and name what is owed."""
    charged = [
        version
        for key, version in sorted(judgement.standing.items())
        if judgement.bearings[key].amount_fen > 0
    ]
    twins = pours.double_charges((pour for pour in charged if not pour.is_torn), policy)
    for pour in charged:
        figures = _figures(pour)
        if pours.no_water(pour, policy):
            _name(judgement, "D01", pour, pour.amt_fen, figures)
        if shortfall_fen := pours.shortfall_fen(pour, policy):
            _name(judgement, "D02", pour, shortfall_fen, figures)
        if twin := twins.get(pour.key):
            _name(judgement, "D06", pour, pour.amt_fen, figures | {"twin_seq": twin.key.seq})


def _name(
    judgement: Judgement, code: str, pour: Version, amount_fen: int, figures: dict[str, Any]
) -> None:
    """Record a finding about a pour; its card is owed the largest of what the rules name."""
    judgement.findings[FindingKey(code, pour.key)] = Found(
        card_no=pour.card_no, amount_fen=amount_fen, facts=figures
    )
    before = judgement.owed.get(pour.key)
    is_card = judgement.bearings[pour.key].payer is Payer.CARD
    if is_card and (before is None or amount_fen > before.target_fen):
        judgement.owed[pour.key] = Owed(pour.card_no, amount_fen, code)


def _figures(pour: Version) -> dict[str, Any]:
    return {
        "amt_fen": pour.amt_fen,
        "ml": pour.ml,
        "ml_req": pour.ml_req,
        "pulses": pour.pulses,
        "status": pour.status,
    }
