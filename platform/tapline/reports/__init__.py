"""Read models: what pages and interfaces show, joined over contexts. Nothing here writes but the
roll-up of what was drawn."""

from tapline.reports.arrears.rules import Arrear, Arrears, Band
from tapline.reports.arrears.service import arrears
from tapline.reports.breakers.service import Stopped, Stops, stops
from tapline.reports.clearing.rules import Actor as ClearingActor
from tapline.reports.clearing.rules import Explained
from tapline.reports.clearing.rules import Item as ClearingItem
from tapline.reports.clearing.rules import Kind as ClearingKind
from tapline.reports.clearing.rules import by_actor as clearing_by_actor
from tapline.reports.clearing.service import clearing
from tapline.reports.consumption.rules import Slot, added
from tapline.reports.consumption.service import Consumption, consumption
from tapline.reports.consumption.service import roll as roll_consumption
from tapline.reports.deliveries.rules import DeliveryDay
from tapline.reports.deliveries.service import deliveries
from tapline.reports.deliveries.service import pace as delivery_pace
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
from tapline.reports.estate.places import read as place_of
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
from tapline.reports.estate.service import ticket as site_ticket
from tapline.reports.histories.rules import Booking, History, Line, Position
from tapline.reports.histories.rules import Waiting as MoneyWaiting
from tapline.reports.histories.service import about_card
from tapline.reports.histories.service import history as card_history
from tapline.reports.histories.service import waiting as money_waiting
from tapline.reports.logbooks.rules import LogEntry, LogKind
from tapline.reports.logbooks.service import logbook
from tapline.reports.mornings.rules import Morning
from tapline.reports.mornings.service import morning_texts, mornings
from tapline.reports.operators.rules import OperatorMonth
from tapline.reports.operators.rules import RowKind as OperatorRow
from tapline.reports.operators.service import operator_month
from tapline.reports.origins.repository import Origin
from tapline.reports.origins.service import origins
from tapline.reports.pours.rules import MoneyBack, Whereabouts
from tapline.reports.pours.service import Place, Pour, chain, ledger_lines, neighbours, pour
from tapline.reports.pours.service import of_card as pours_of_card
from tapline.reports.statements.rules import Entry as StatementEntry
from tapline.reports.statements.rules import Purses
from tapline.reports.statements.rules import Statement as CardStatement
from tapline.reports.statements.service import statement as card_statement
from tapline.reports.wallboard.service import Board, Waiting, board

__all__ = [
    "Arrear",
    "Arrears",
    "Band",
    "Board",
    "Booking",
    "CardRow",
    "CardStatement",
    "Case",
    "ClearingActor",
    "ClearingItem",
    "ClearingKind",
    "Condition",
    "Consumption",
    "DeliveryDay",
    "DeviceHistory",
    "DeviceView",
    "Explained",
    "History",
    "Hits",
    "Line",
    "LogEntry",
    "LogKind",
    "MoneyBack",
    "MoneyWaiting",
    "Morning",
    "OperatorMonth",
    "OperatorRow",
    "Origin",
    "Place",
    "Position",
    "Pour",
    "Purses",
    "QueueRow",
    "SiteView",
    "Slot",
    "StatementEntry",
    "Stopped",
    "Stops",
    "Tone",
    "Volume",
    "Waiting",
    "Whereabouts",
    "about_card",
    "added",
    "arrears",
    "board",
    "card_history",
    "card_statement",
    "cases_of_finding",
    "chain",
    "clearing",
    "clearing_by_actor",
    "consumption",
    "deliveries",
    "delivery_pace",
    "desk_case",
    "device_history",
    "devices",
    "ledger_lines",
    "litres_by_hour",
    "logbook",
    "money_waiting",
    "morning_texts",
    "mornings",
    "needing_somebody",
    "neighbours",
    "open_tickets",
    "operator_month",
    "origins",
    "place_of",
    "pour",
    "pours_of_card",
    "queue",
    "roll_consumption",
    "search",
    "site",
    "site_ticket",
    "sites",
    "stops",
    "tickets_of_card",
    "total",
]
