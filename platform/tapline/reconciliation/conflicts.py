"""D05: several contents under one number. The card's chain decides which stands, if any."""

from collections.abc import Sequence

from tapline.reconciliation.chain import Chains, Version


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
