"""The parameters and their defaults."""

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
    automatic_fen_max: int = 3000
    """The most that a machine gives back for one pour."""
    automatic_per_card_30d_max: int = 3
    automatic_per_device_day_fen_max: int = 50_000
    automatic_assurances: tuple[str, ...] = ("A", "B")
    """Evidence on which a machine may move money."""
