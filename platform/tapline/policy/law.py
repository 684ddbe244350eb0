"""What the law lets nobody set. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from tapline.policy.networks import unreadable_networks
from tapline.policy.rules import Policy
from tapline.policy.water import unsafe_limits


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The longest that the law gives an operator to pay a refund, in days."""

    refund_days: int
    refund_unused_days: int
    source: str


JURISDICTIONS: Mapping[str, Jurisdiction] = {
    "CN": Jurisdiction(15, 15, "SPC 法释〔2025〕4号; 15 days where nothing else is agreed"),
    "CN-BJ": Jurisdiction(15, 5, "北京市单用途预付卡管理条例 16, 17"),
}


CARD_FEN_MAX: Mapping[str, int] = {"named_card_fen_max": 500_000, "bearer_card_fen_max": 100_000}
"""What the law lets a single-purpose prepaid card hold."""


_SITE_KINDS = frozenset({"campus", "community", "business"})


def void_clauses(policy: Policy) -> list[str]:
    """What of a policy would not stand in court, each with what to do; empty where all would.

    Source: SPC 法释〔2025〕4号, article 9: a standard term by which money is not refunded, or only
    at the operator's will, is void; and the clocks of `JURISDICTIONS`.
    """
    law = JURISDICTIONS.get(policy.jurisdiction)
    if law is None:
        known = ", ".join(JURISDICTIONS)
        return [f"jurisdiction {policy.jurisdiction!r} is not known; known: {known}"]
    wrong = []
    for name in ("refund_days", "refund_unused_days"):
        promised, most = getattr(policy, name), getattr(law, name)
        if not 1 <= promised <= most:
            wrong.append(f"{name} is 1 to {most} in {policy.jurisdiction}, not {promised}")
    if policy.offline_window_s > (days := policy.refund_days) * 24 * 3600:
        wrong.append(f"offline_window_s keeps money back for longer than {days} days: shorten it")
    for name, most in CARD_FEN_MAX.items():
        if getattr(policy, name) > most:
            wrong.append(f"{name} is at most {most} fen: MOFCOM 2012/9")
    wrong += unsafe_limits(policy)
    wrong += unreadable_networks(policy.console_networks)
    if strange := set(policy.ticket_fast_site_kinds) - _SITE_KINDS:
        wrong.append(f"{', '.join(strange)}: no kind of site; there are {', '.join(_SITE_KINDS)}")
    if any(type(fen) is not int or fen <= 0 for fen in policy.topup_choices_fen):
        wrong.append("topup_choices_fen are amounts in fen above zero")
    if policy.tickets_used_at not in {"average", "barrel"}:
        wrong.append(f"tickets_used_at is average or barrel, not {policy.tickets_used_at!r}")
    if policy.full_pour_percent == 0:
        wrong.append("full_pour_percent 0 takes any drop for a whole pour: 1 to 100")
    return wrong
