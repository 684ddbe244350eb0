"""Read models: what pages and interfaces show, joined over contexts. Nothing here writes."""

from tapline.reports.clearing.service import Explained, clearing
from tapline.reports.desk.repository import CardRow, QueueRow
from tapline.reports.desk.service import Case, Hits, queue, recent_findings, search, tickets_of_card
from tapline.reports.desk.service import case as desk_case
from tapline.reports.estate.repository import Volume
from tapline.reports.estate.rules import Condition, Tone
from tapline.reports.estate.service import (
    DeviceHistory,
    DeviceView,
    SiteView,
    devices,
    litres_by_hour,
    needing_somebody,
    open_tickets,
    site,
    sites,
    total,
)
from tapline.reports.estate.service import device as device_history
from tapline.reports.pours.rules import MoneyBack, Whereabouts
from tapline.reports.pours.service import Place, Pour, chain, ledger_lines, neighbours, pour
from tapline.reports.pours.service import of_card as pours_of_card
from tapline.reports.wallboard.service import Board, Waiting, board

__all__ = [
    "Board",
    "CardRow",
    "Case",
    "Condition",
    "DeviceHistory",
    "DeviceView",
    "Explained",
    "Hits",
    "MoneyBack",
    "Place",
    "Pour",
    "QueueRow",
    "SiteView",
    "Tone",
    "Volume",
    "Waiting",
    "Whereabouts",
    "board",
    "chain",
    "clearing",
    "desk_case",
    "device_history",
    "devices",
    "ledger_lines",
    "litres_by_hour",
    "needing_somebody",
    "neighbours",
    "open_tickets",
    "pour",
    "pours_of_card",
    "queue",
    "recent_findings",
    "search",
    "site",
    "sites",
    "tickets_of_card",
    "total",
]
