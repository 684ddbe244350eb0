"""Another system's books, taken over: checked line by line, applied, compared, and undone.

Customers, cards with what is on them, buckets with their deposits, water tickets, open cases. Money
comes from `equity:opening`. Within a source an id stands for one thing, so that a file may be sent
again; nothing counts before somebody has seen the dry run and, above a limit, a second person too.
"""

from tapline.imports import templates
from tapline.imports.columns import BY_CODE, SHEETS, Sheet
from tapline.imports.model import Import, ImportLine, ImportState, LineState
from tapline.imports.rules import FIGURES, FLAWS_KEPT, ROLES, Entry, Flaw
from tapline.imports.service import (
    advance,
    agree_undo,
    approve,
    ask_undo,
    at_work,
    counts,
    drop,
    forget_waiting,
    get,
    in_the_way,
    leave,
    listed,
    needs_second,
    obstructed,
    upload,
)
from tapline.imports.workbooks import BYTES_MAX

__all__ = [
    "BYTES_MAX",
    "BY_CODE",
    "FIGURES",
    "FLAWS_KEPT",
    "ROLES",
    "SHEETS",
    "Entry",
    "Flaw",
    "Import",
    "ImportLine",
    "ImportState",
    "LineState",
    "Sheet",
    "advance",
    "agree_undo",
    "approve",
    "ask_undo",
    "at_work",
    "counts",
    "drop",
    "forget_waiting",
    "get",
    "in_the_way",
    "leave",
    "listed",
    "needs_second",
    "obstructed",
    "templates",
    "upload",
]
