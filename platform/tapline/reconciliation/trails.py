"""What the trail of each card shows: rivals, holes, leaps of its balance, writes unpaid for.

Only for cards of ours with a purse: of others the chain is somebody else's, or there is none.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.policy import Policy
from tapline.reconciliation import clones, counters, writes
from tapline.reconciliation.chain import Chains, FactKey, Version
from tapline.reconciliation.counters import Leap
from tapline.reconciliation.findings.rules import FindingKey, Found, card_subject
from tapline.reconciliation.judgement import Declared, Judgement, Place
from tapline.reconciliation.torn import Decided, Verdict

CLONE, OVERLOAD = "clone", "overload"
"""Why reconciliation has a card blocked, as the list of blocked cards calls it."""


class Rivalry(NamedTuple):
    """The chains of cards without what is excluded from them; the facts for which nobody is billed
    until a person decides, and those of which one said that they never were."""

    chains: Chains
    unproven: Collection[FactKey]
    rejected: Collection[FactKey]


def settle_rivals(judgement: Judgement, declared: Declared) -> Rivalry:
    """D09 where several operations claim one position, and no chain or person says whose it is."""
    chains = Chains(declared.openings, judgement.standing.values())
    excluded: set[FactKey] = set()
    unproven: set[FactKey] = set()
    rejected: set[FactKey] = set()
    for card_no in _purses(judgement, declared):
        for told in clones.rivals(chains.of(card_no)):
            named = FindingKey("D09", card_subject(card_no, told.atc))
            rivals = told.ruled(declared.rulings.get(named))
            aside = rejected if rivals.by_person else unproven
            aside.update(rivals.unproven)
            excluded.update(one.key for one in rivals.versions if one not in rivals.left)
            _name_rivals(judgement, card_no, rivals)
    stands = judgement.standing.items()
    left = Chains(declared.openings, (one for key, one in stands if key not in excluded))
    return Rivalry(left, unproven, rejected)


class Sightings(NamedTuple):
    """What is settled of the cards: their chains without what is excluded, their torn debits, and
    the positions in dispute."""

    chains: Chains
    torn: Mapping[str, Decided]
    disputed: Mapping[str, Collection[int]]


def settle_trails(
    judgement: Judgement, declared: Declared, policy: Policy, seen: Sightings
) -> None:
    """D08 to D11 and D16 of every card."""
    for card_no in _purses(judgement, declared):
        decided = seen.torn.get(card_no, Decided({}, {}, {}))
        known = counters.marks(seen.chains.of(card_no), decided.charged)
        for leap in counters.broken(known):
            _name_broken(judgement, card_no, leap)
        trail = _Trail(judgement, declared, policy, card_no, decided)
        for leap in counters.leaps(known, seen.disputed.get(card_no, ())):
            trail.follow(leap)
    _settle_writes(judgement, declared)


class _Trail:
    """The holes of one card's chain, ascending."""

    def __init__(
        self,
        judgement: Judgement,
        declared: Declared,
        policy: Policy,
        card_no: str,
        torn: Decided,
    ) -> None:
        self._judgement = judgement
        self._declared = declared
        self._policy = policy
        self._card_no = card_no
        self._torn = torn
        self._lacking = 0

    def follow(self, leap: Leap) -> None:
        """Say what one hole is worth, as far as its time has come."""
        seen_at = leap.after.seen_at
        assert seen_at is not None
        policy = self._policy
        if not self._passed(seen_at + timedelta(seconds=policy.gap_s)):
            return
        explained = leap.is_explained(self._declared.lost)
        window = seen_at + timedelta(seconds=policy.offline_window_s)
        over = self._passed(window)
        drawn_fen = leap.drawn_fen
        if over and drawn_fen is not None and drawn_fen > 0:
            self._lacks(leap, drawn_fen)
        elif over and drawn_fen is not None and drawn_fen < 0:
            self._exceeds(leap, -drawn_fen)
        unsolved = over and not explained and not drawn_fen
        figures = self._figures(leap) | {"over": over, "explained": explained}
        self._name("D08", leap, abs(drawn_fen or 0), figures, needs_person=unsolved)

    def _lacks(self, leap: Leap, amount_fen: int) -> None:
        """D11: the purse is made whole, once, up to a limit and on good evidence; a torn debit
        nobody could decide may be what is missing. Of a card that is out of use the books count,
        not the purse."""
        self._lacking += 1
        active = self._declared.cards[self._card_no].active
        sure = (
            self._lacking == 1
            and amount_fen <= self._policy.restore_fen_max
            and leap.assurance in self._policy.automatic_assurances
            and not self._has_torn(leap)
        )
        if active and sure:
            self._judgement.restores[Place(self._card_no, leap.after.atc)] = amount_fen
        figures = self._figures(leap) | {"active": active}
        self._name("D11", leap, amount_fen, figures, needs_person=active and not sure)

    def _exceeds(self, leap: Leap, amount_fen: int) -> None:
        """D10: no credit; what is drawn with it beyond what was paid becomes a debt by itself."""
        self._judgement.blocks[self._card_no].add(OVERLOAD)
        self._name("D10", leap, amount_fen, self._figures(leap), needs_person=True)

    def _has_torn(self, leap: Leap) -> bool:
        undecided = {Verdict.OPEN, Verdict.UNFIT}
        return any(
            verdict in undecided
            and any(leap.before.atc <= place < leap.after.atc for place in self._torn.places[key])
            for key, verdict in self._torn.verdicts.items()
        )

    def _figures(self, leap: Leap) -> dict[str, int | bool | None]:
        return {
            "atc": leap.after.atc,
            "from": leap.before.atc + 1,
            "to": leap.after.atc - 1,
            "left_fen": leap.before.left_fen,
            "met_fen": leap.after.met_fen,
        }

    def _name(
        self,
        code: str,
        leap: Leap,
        amount_fen: int,
        figures: dict[str, int | bool | None],
        *,
        needs_person: bool,
    ) -> None:
        subject = card_subject(self._card_no, leap.after.atc)
        self._judgement.findings[FindingKey(code, subject)] = Found(
            card_no=self._card_no,
            amount_fen=amount_fen,
            facts=figures,
            needs_person=needs_person,
        )

    def _passed(self, deadline: datetime) -> bool:
        return self._judgement.passed(self._declared, self._card_no, deadline)


def _purses(judgement: Judgement, declared: Declared) -> list[str]:
    named = {version.card_no for version in judgement.standing.values()}
    ours = (card_no for card_no in named if card_no in declared.cards)
    return sorted(card_no for card_no in ours if declared.cards[card_no].has_purse)


def _name_rivals(judgement: Judgement, card_no: str, rivals: clones.Rivals) -> None:
    aside = set(rivals.unproven)
    judgement.blocks[card_no].add(CLONE)
    judgement.findings[FindingKey("D09", card_subject(card_no, rivals.atc))] = Found(
        card_no=card_no,
        amount_fen=sum(one.amt_fen for one in rivals.versions if one.key in aside),
        facts={
            "atc": rivals.atc,
            "operations": [f"{one.key.device_id}:{one.key.seq}" for one in rivals.versions],
            "decided": len(rivals.left) == 1,
            **({"by_person": True} if rivals.by_person else {}),
        },
        needs_person=not rivals.by_person,
    )


def _name_broken(judgement: Judgement, card_no: str, leap: Leap) -> None:
    judgement.blocks[card_no].add(CLONE)
    judgement.findings.setdefault(
        FindingKey("D09", card_subject(card_no, leap.after.atc)),
        Found(
            card_no=card_no,
            amount_fen=abs(leap.drawn_fen or 0),
            facts={
                "atc": leap.after.atc,
                "left_fen": leap.before.left_fen,
                "met_fen": leap.after.met_fen,
            },
            needs_person=True,
        ),
    )


def _settle_writes(judgement: Judgement, declared: Declared) -> None:
    loads: dict[str, list[Version]] = defaultdict(list)
    for version in judgement.standing.values():
        if not version.is_debit and version.is_done and version.amt_fen > 0:
            loads[version.card_no].append(version)
    for card_no in sorted(loads.keys() & declared.cards.keys()):
        for load, why in writes.unpaid(loads[card_no], declared.vouchers).items():
            judgement.blocks[card_no].add(OVERLOAD)
            judgement.findings[FindingKey.of_fact("D16", load.key)] = Found(
                device_id=load.key.device_id,
                seq=load.key.seq,
                card_no=card_no,
                amount_fen=load.amt_fen,
                facts={"amt_fen": load.amt_fen, "why": why},
                needs_person=True,
            )
