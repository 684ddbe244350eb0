"""Properties and vendors: what was agreed with them, what they object to, what is settled."""

from tapline.partners.accountability.model import Responsibility, Standing
from tapline.partners.accountability.reading import (
    Matter,
    evidence_clock,
    matter,
    matters,
    objected,
)
from tapline.partners.accountability.rules import HELD, Moment
from tapline.partners.accountability.service import (
    agree,
    object_to,
    on_finding,
    sweep_unanswered,
)
from tapline.partners.accountability.service import decide as decide_objection
from tapline.partners.accountability.service import propose as propose_side
from tapline.partners.accountability.telling import tell_partners
from tapline.partners.agreements.model import Agreement, AgreementState
from tapline.partners.agreements.rules import Base, Clause, Terms
from tapline.partners.agreements.rules import read as read_terms
from tapline.partners.agreements.service import Book, book, responsible
from tapline.partners.agreements.service import decide as decide_agreement
from tapline.partners.agreements.service import of_site as agreements_of
from tapline.partners.agreements.service import propose as propose_agreement
from tapline.partners.agreements.service import proposed as proposed_agreements
from tapline.partners.model import Partner, PartnerKind
from tapline.partners.service import add, get, listed
from tapline.partners.shares.model import ShareDay
from tapline.partners.shares.service import accrue as accrue_shares
from tapline.partners.shares.service import days as share_days
from tapline.partners.shares.service import unattributed
from tapline.partners.statements.model import (
    Answer,
    LineAnswer,
    LineKind,
    PartnerStatement,
    StatementLine,
)
from tapline.partners.statements.reading import Issued, issued
from tapline.partners.statements.reading import listed as statements
from tapline.partners.statements.rules import StatedLine, month_last, month_of
from tapline.partners.statements.service import Draft, draft, issue, settle
from tapline.partners.statements.service import answer as answer_line
from tapline.partners.utilities.model import MeterReading, Supply
from tapline.partners.utilities.service import reading as meter_reading
from tapline.partners.utilities.service import readings as meter_readings
from tapline.partners.utilities.service import write_down as write_meter_down
from tapline.partners.visits.service import note as note_visit

__all__ = [
    "HELD",
    "Agreement",
    "AgreementState",
    "Answer",
    "Base",
    "Book",
    "Clause",
    "Draft",
    "Issued",
    "LineAnswer",
    "LineKind",
    "Matter",
    "MeterReading",
    "Moment",
    "Partner",
    "PartnerKind",
    "PartnerStatement",
    "Responsibility",
    "ShareDay",
    "Standing",
    "StatedLine",
    "StatementLine",
    "Supply",
    "Terms",
    "accrue_shares",
    "add",
    "agree",
    "agreements_of",
    "answer_line",
    "book",
    "decide_agreement",
    "decide_objection",
    "draft",
    "evidence_clock",
    "get",
    "issue",
    "issued",
    "listed",
    "matter",
    "matters",
    "meter_reading",
    "meter_readings",
    "month_last",
    "month_of",
    "note_visit",
    "object_to",
    "objected",
    "on_finding",
    "propose_agreement",
    "propose_side",
    "proposed_agreements",
    "read_terms",
    "responsible",
    "settle",
    "share_days",
    "statements",
    "sweep_unanswered",
    "tell_partners",
    "unattributed",
    "write_meter_down",
]
