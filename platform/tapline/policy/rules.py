"""The parameters, their defaults, and what the law lets nobody set."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a tenant's parameters. Amounts in fen, times in seconds."""

    version: int = 0
    pour_ml_min: int = 50
    """Below this a pour is no water at all."""
    full_pour_percent: int = 90
    """From this share of what was asked a pour is whole."""
    double_charge_window_s: int = 60
    gap_s: int = 900
    """How long a number may be missing from an online device before it is asked for again."""
    lease_s: int = 120
    """How long a machine may take to write a voucher to a card."""
    device_ticket_findings: int = 4
    """So many charges without water of a device within the window open a ticket."""
    device_ticket_window_s: int = 24 * 3600
    ticket_respond_s: int = 1800
    """Working time until somebody has answered; these all count on the service calendar."""
    ticket_resolve_urgent_s: int = 2 * 3600
    ticket_resolve_high_s: int = 4 * 3600
    ticket_resolve_s: int = 9 * 3600
    """One working day."""
    ticket_resolve_low_s: int = 45 * 3600
    """Five working days, for what nobody waits for."""
    ticket_warn_percent: int = 80
    ticket_repeat_window_s: int = 7 * 24 * 3600
    """The same customer with the same trouble within this time was not helped."""
    ticket_cluster_window_s: int = 24 * 3600
    ticket_cluster_min: int = 3
    """So many cases of one kind on one site within the window go before the supervisors."""
    ticket_returns_max: int = 3
    """So many returns of a case bring it before the supervisors."""
    ticket_reopen_window_s: int = 7 * 24 * 3600
    """How long after its end a customer may say that a case is not settled."""
    foreseen_visits_per_day_max: int = 3
    """Visits a day to what is only foreseen: more, and a technician stops believing them."""
    automatic_fen_max: int = 3000
    """The most that a machine gives back for one pour."""
    automatic_per_card_30d_max: int = 3
    automatic_per_device_day_fen_max: int = 50_000
    automatic_assurances: tuple[str, ...] = ("A", "B")
    """Evidence on which a machine may move money."""
    automatic_order_fen_max: int = 10_000
    """The most that a machine gives back for an order that nobody has set out with."""
    agent_refund_fen_max: int = 30_000
    """The most that an agent decides about; above it a supervisor does."""
    closing_reserve_fen: int = 2000
    """Of a card that is closed, so much waits until no machine can still sell to it."""
    offline_window_s: int = 72 * 3600
    """How long it waits for machines without a line."""
    jurisdiction: str = "CN"
    """Whose law sets the longest time for paying a refund."""
    refund_days: int = 15
    """Within so many days of the request a refund is paid."""
    refund_unused_days: int = 15
    """The same where nothing was used within seven days of paying."""
    callback_attempts_max: int = 2
    """So often a customer is called back; then he is told by message."""
    callback_retry_s: int = 900


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
    if policy.full_pour_percent == 0:
        wrong.append("full_pour_percent 0 takes any drop for a whole pour: 1 to 100")
    return wrong
