"""The judgement: what each fact costs whom, what is wrong with it, and what it owes its card.

A pure function of the set of facts and of what is declared besides, the time among it. Order,
number and grouping of arrivals play no part, since nothing here knows them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tapline.cards.facts import Bearing, Payer, bearing
from tapline.policy import Policy
from tapline.reconciliation import conflicts, pours, prices, torn
from tapline.reconciliation.abroad import settle_abroad
from tapline.reconciliation.arrivals import settle_arrivals
from tapline.reconciliation.chain import Chains, FactKey, Version
from tapline.reconciliation.findings.rules import FindingKey, Found
from tapline.reconciliation.judgement import Declared, Judgement, Owed
from tapline.reconciliation.torn import Decided, Verdict
from tapline.reconciliation.trails import Rivalry, Sightings, settle_rivals, settle_trails

REVERSIBLE = ("D01", "D02", "D06", "D22", "D24")
"""The rules that name money to give back for a fact."""
JUDGED = (
    *REVERSIBLE,
    *("D05", "D08", "D09", "D10", "D11", "D12", "D13", "D16", "D23", "D25"),
)
"""Every rule that `judge` applies."""

REJECTED = Bearing(Payer.NOBODY, None, 0, "decided")
"""Of what a person said never was."""


def judge(versions: Iterable[Version], declared: Declared, policy: Policy) -> Judgement:
    """Judge the facts of some cards: `versions` of all of them, whole chains.

    Where versions of one fact name different cards, the chains of all of these are needed.
    """
    facts: dict[FactKey, list[Version]] = defaultdict(list)
    for version in versions:
        facts[version.key].append(version)
    for contents in facts.values():
        contents.sort(key=lambda version: version.content_hash)
    judgement = Judgement()
    disputed = _settle_conflicts(judgement, facts, declared)
    rivalry = settle_rivals(judgement, declared)
    own = rivalry.chains
    chains = settle_abroad(judgement, declared, own, disputed)
    decided = _decide_torn(judgement, chains, disputed)
    alone = decided if chains is own else _decide_torn(judgement, own, disputed)
    _name_torn(judgement, declared, policy, decided, alone)
    _bear(judgement, declared, decided, rivalry)
    settle_trails(judgement, declared, policy, Sightings(chains, decided, disputed))
    _weigh_pours(judgement, declared, policy)
    settle_arrivals(judgement, declared, policy)
    return judgement


def _settle_conflicts(
    judgement: Judgement, facts: Mapping[FactKey, Sequence[Version]], declared: Declared
) -> dict[str, set[int]]:
    """Find what stands of each fact; return the positions in dispute, by card."""
    alone = {key: contents[0] for key, contents in facts.items() if len(contents) == 1}
    chains = Chains(declared.openings, alone.values())
    judgement.standing.update(alone)
    disputed: dict[str, set[int]] = defaultdict(set)
    for key, contents in facts.items():
        if len(contents) == 1:
            continue
        named = FindingKey.of_fact("D05", key)
        stands = conflicts.standing(contents, chains)
        ruling = conflicts.ruled(contents, declared.rulings.get(named)) if stands is None else None
        if ruling is not None:
            stands = ruling.stands
        judgement.findings[named] = conflicts.found(key, contents, stands, ruled=ruling is not None)
        if stands is not None:
            judgement.standing[key] = stands
            continue
        judgement.bearings[key] = conflicts.suspended(contents) if ruling is None else REJECTED
        for version in contents:
            if version.atc is not None:
                disputed[version.card_no].add(version.atc)
    return disputed


def _decide_torn(
    judgement: Judgement, chains: Chains, disputed: Mapping[str, Collection[int]]
) -> dict[str, Decided]:
    """Decide the torn debits of each card."""
    by_card: dict[str, list[Version]] = defaultdict(list)
    for version in judgement.standing.values():
        if version.is_torn and version.is_debit:
            by_card[version.card_no].append(version)
    return {
        card_no: torn.decide(debits, chains.of(card_no), disputed.get(card_no, ()))
        for card_no, debits in by_card.items()
    }


def _name_torn(
    judgement: Judgement,
    declared: Declared,
    policy: Policy,
    decided: Mapping[str, Decided],
    alone: Mapping[str, Decided],
) -> None:
    """Say what became of them; `alone` is what would have without others' word, and a person looks
    where that alone kept the card from paying."""
    for card_no, of_card in decided.items():
        for key, verdict in of_card.verdicts.items():
            version = judgement.standing[key]
            deadline = version.received_at + timedelta(seconds=policy.torn_open_s)
            waited = verdict is Verdict.OPEN and judgement.passed(declared, card_no, deadline)
            contested = (
                verdict is not Verdict.CHARGED and alone[card_no].verdicts[key] is Verdict.CHARGED
            )
            judgement.findings[FindingKey.of_fact("D12", key)] = torn.found(
                version,
                verdict,
                needs_person=waited or contested or verdict is Verdict.UNFIT,
                contested=contested,
            )


def _bear(
    judgement: Judgement,
    declared: Declared,
    decided: Mapping[str, Decided],
    rivalry: Rivalry,
) -> None:
    """Say who bears each fact that stands."""
    charged = {
        key
        for of_card in decided.values()
        for key, verdict in of_card.verdicts.items()
        if verdict is Verdict.CHARGED
    }
    for key, version in judgement.standing.items():
        borne = bearing(
            op=version.op,
            status="ok" if key in charged else version.status,
            card_no=version.card_no,
            amt_fen=version.amt_fen,
            known=version.card_no in declared.cards,
            issuer_id=declared.issuers.get(version.card_no),
        )
        if borne.payer is Payer.CARD and declared.is_of_before(version):
            borne = Bearing(Payer.NOBODY, None, 0, "before_opening")
        if key in rivalry.unproven and borne.payer is Payer.CARD:
            borne = Bearing(Payer.SUSPENSE, None, borne.amount_fen, "clone")
        if key in rivalry.rejected and borne.payer is Payer.CARD:
            borne = REJECTED
        judgement.bearings[key] = borne


def _weigh_pours(judgement: Judgement, declared: Declared, policy: Policy) -> None:
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
        tariff = declared.tariffs.get(pour.tariff) if pour.tariff is not None else None
        if over_fen := prices.overcharge_fen(pour, tariff, policy):
            priced = figures | {"tariff": pour.tariff, "over_fen": over_fen}
            _name(judgement, "D24", pour, max(over_fen, 0), priced)


def _name(
    judgement: Judgement, code: str, pour: Version, amount_fen: int, figures: dict[str, Any]
) -> None:
    """Record a finding about a pour; its card is owed the largest of what the rules name."""
    judgement.findings[FindingKey.of_fact(code, pour.key)] = Found(
        device_id=pour.key.device_id,
        seq=pour.key.seq,
        card_no=pour.card_no,
        amount_fen=amount_fen,
        facts=figures,
    )
    before = judgement.owed.get(pour.key)
    pays = amount_fen > 0 and judgement.bearings[pour.key].payer in {Payer.CARD, Payer.ISSUER}
    if pays and amount_fen > (before.target_fen if before else 0):
        judgement.owed[pour.key] = Owed(pour.card_no, amount_fen, code)


def _figures(pour: Version) -> dict[str, Any]:
    return {
        "amt_fen": pour.amt_fen,
        "ml": pour.ml,
        "ml_req": pour.ml_req,
        "pulses": pour.pulses,
        "status": pour.status,
    }
