"""What is agreed with partners, who answers for what, and what is settled with them."""

from enum import Enum

from tapline.partners import AgreementState, Answer, LineKind, PartnerKind, Standing, Supply
from tapline.reconciliation import Side
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    PartnerKind: {
        "property": N_("property"),
        "vendor": N_("vendor"),
        "operator": N_("other operator"),
    },
    AgreementState: {
        "proposed": N_("waits for a second person"),
        "approved": N_("approved"),
        "refused": N_("refused"),
    },
    Standing: {
        "proposed": N_("answer awaited"),
        "objected": N_("objected, being decided"),
        "unanswered": N_("unanswered"),
        "agreed": N_("agreed"),
        "upheld": N_("objection upheld"),
        "overruled": N_("decided: this side bears it"),
        "withdrawn": N_("withdrawn"),
    },
    Side: {
        "operator": N_("the operator"),
        "property": N_("the property"),
        "vendor": N_("the vendor"),
        "customer": N_("the customer"),
    },
    LineKind: {
        "chargeback": N_("Given back to customers"),
        "visit": N_("Visits"),
        "compensation": N_("Compensation"),
        "share": N_("Share of revenue"),
        "electricity": N_("Electricity"),
        "water": N_("Water from the mains"),
    },
    Supply: {"electricity": N_("Electricity"), "water": N_("Water from the mains")},
    Answer: {
        "agreed": N_("agreed"),
        "objected": N_("objected"),
        "kept": N_("kept"),
        "waived": N_("waived"),
    },
}

CODES = {
    # who deals with a case
    "side:property": N_("the property"),
    "side:vendor": N_("the vendor"),
    # the evidence clock
    "clock:pour": N_("water was drawn, by the machine's clock"),
    "clock:reported": N_("the machine's report arrived"),
    "clock:found": N_("the difference was found"),
    "standing:proposed": N_("proposed that this side answers for it"),
    "standing:objected": N_("objected"),
    "standing:unanswered": N_("the time to answer is over; nothing follows from silence alone"),
    "standing:agreed": N_("agreed to answer for it"),
    "standing:upheld": N_("upheld the objection: the operator bears it"),
    "standing:overruled": N_("decided: this side bears it"),
    "standing:withdrawn": N_("withdrawn: what was found turned out otherwise"),
    # parameters
    "policy:objection_s": N_("A side may answer before it is decided, working time"),
    "policy:visit_fen": N_("A technician's visit costs who answers for the fault"),
    "policy:morning_hour": N_("From this hour on managers are told what broke the day before"),
    # kinds of journals
    "share": N_("share of revenue"),
    "statement_chargeback": N_("charged back to a partner"),
    "statement_visit": N_("visit charged to a partner"),
    "statement_compensation": N_("compensation owed to a partner"),
    "statement_share": N_("share stated to a partner"),
    "statement_electricity": N_("electricity settled with a partner"),
    "statement_water": N_("water from the mains settled with a partner"),
    "statement_settle": N_("settled with a partner"),
    # acts in the audit trail
    "partner.add": N_("added a partner"),
    "agreement.propose": N_("proposed an agreement"),
    "agreement.approve": N_("approved an agreement"),
    "agreement.refuse": N_("refused an agreement"),
    "responsibility.propose": N_("held a side to answer"),
    "responsibility.object": N_("objected to answering for a finding"),
    "responsibility.agree": N_("agreed to answer for a finding"),
    "responsibility.uphold": N_("upheld an objection"),
    "responsibility.overrule": N_("overruled an objection"),
    "statement.issue": N_("issued a statement"),
    "statement.settle": N_("settled a statement"),
    "statement.line_agreed": N_("agreed to a line of a statement"),
    "statement.line_objected": N_("objected to a line of a statement"),
    "statement.line_kept": N_("kept a line of a statement"),
    "statement.line_waived": N_("waived a line of a statement"),
    "utility.read": N_("wrote down what a meter shows"),
    "export.take": N_("took a table out"),
}
