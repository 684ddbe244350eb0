"""Read models: what pages and interfaces show, joined over contexts. Nothing here writes."""

from tapline.reports.breakers.service import Stopped, Stops, stops
from tapline.reports.clearing.service import Explained, clearing
from tapline.reports.desk.repository import CardRow, QueueRow
from tapline.reports.desk.service import (
    Case,
    Hits,
    cases_of_finding,
    queue,
    search,
    tickets_of_card,
)
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
from tapline.reports.histories.rules import Booking, History, Line, Position
from tapline.reports.histories.rules import Waiting as MoneyWaiting
from tapline.reports.histories.service import about_card
from tapline.reports.histories.service import history as card_history
from tapline.reports.histories.service import waiting as money_waiting
from tapline.reports.origins.repository import Origin
from tapline.reports.origins.service import origins
from tapline.reports.pours.rules import MoneyBack, Whereabouts
from tapline.reports.pours.service import Place, Pour, chain, ledger_lines, neighbours, pour
from tapline.reports.pours.service import of_card as pours_of_card
from tapline.reports.wallboard.service import Board, Waiting, board

__all__ = [
    "Board",
    "Booking",
    "CardRow",
    "Case",
    "Condition",
    "DeviceHistory",
    "DeviceView",
    "Explained",
    "History",
    "Hits",
    "Line",
    "MoneyBack",
    "MoneyWaiting",
    "Origin",
    "Place",
    "Position",
    "Pour",
    "QueueRow",
    "SiteView",
    "Stopped",
    "Stops",
    "Tone",
    "Volume",
    "Waiting",
    "Whereabouts",
    "about_card",
    "board",
    "card_history",
    "cases_of_finding",
    "chain",
    "clearing",
    "desk_case",
    "device_history",
    "devices",
    "ledger_lines",
    "litres_by_hour",
    "money_waiting",
    "needing_somebody",
    "neighbours",
    "open_tickets",
    "origins",
    "pour",
    "pours_of_card",
    "queue",
    "search",
    "site",
    "sites",
    "stops",
    "tickets_of_card",
    "total",
]
