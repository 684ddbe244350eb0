"""D05: several contents under one number. The card's chain decides which stands, if any."""

from collections.abc import Sequence
from typing import NamedTuple

from tapline.cards.facts import Bearing, Payer, bearing
from tapline.reconciliation.chain import Chains, FactKey, Version
from tapline.reconciliation.decisions.rules import Ruling
from tapline.reconciliation.findings.rules import Found


def standing(versions: Sequence[Version], chains: Chains) -> Version | None:
    """The only version that fits its card's chain; none where none or several fit.

    `chains` hold undisputed facts alone, so which conflict is looked at first plays no part, and
    neither does which version came first.
    """
    fitting = [version for version in versions if _fits(version, chains)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(version: Version, chains: Chains) -> bool:
    """Its own arithmetic holds, and so do both neighbours: what was left, and what was met."""
    before_fen, after_fen = version.bal_before_fen, version.bal_after_fen
    if version.atc is None or version.is_torn or before_fen is None or after_fen is None:
        return False
    chain = chains.of(version.card_no)
    return (
        version.adds_up
        and chain.left(version.atc - 1, before_fen)
        and chain.met(version.atc + 1, after_fen)
    )


class Ruled(NamedTuple):
    """What a person said of a number with several contents: which stands, or none."""

    stands: Version | None


def ruled(contents: Sequence[Version], ruling: Ruling | None) -> Ruled | None:
    """What a person's ruling makes of it; None where there is none for just these contents."""
    by_name = {version.content_hash.hex(): version for version in contents}
    if ruling is None or not ruling.holds_for(by_name):
        return None
    return Ruled(by_name.get(ruling.choice))


def suspended(contents: Sequence[Version]) -> Bearing:
    """The bearing of a fact of which no version stands: no card's, until a person decides.

    Revenue is recognised only for what no version disputes: the smallest that any of them costs.
    """
    amount_fen = min(
        bearing(
            op=version.op,
            status=version.status,
            card_no=version.card_no,
            amt_fen=version.amt_fen,
            known=False,
        ).amount_fen
        for version in contents
    )
    return Bearing(
        payer=Payer.SUSPENSE if amount_fen else Payer.NOBODY,
        card_no=None,
        amount_fen=amount_fen,
        reason="conflict",
    )


def found(
    key: FactKey, contents: Sequence[Version], stands: Version | None, *, ruled: bool
) -> Found:
    """What is said of a number with several contents; `ruled` says that a person decided."""
    figures = {"by_person": True} if ruled else {}
    return Found(
        device_id=key.device_id,
        seq=key.seq,
        card_no=stands.card_no if stands else min(version.card_no for version in contents),
        amount_fen=max(version.amt_fen for version in contents),
        facts={
            "versions": len(contents),
            "amounts_fen": sorted(version.amt_fen for version in contents),
            "standing_fen": None if stands is None else stands.amt_fen,
            **figures,
        },
        needs_person=stands is None and not ruled,
    )
