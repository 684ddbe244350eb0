"""What the desk reads of what reconciliation found in the chains of cards."""

from enum import Enum

from tapline.reconciliation import DecisionState
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    DecisionState: {
        "proposed": N_("waits for a second person"),
        "stands": N_("counts"),
        "refused": N_("refused"),
        "overtaken": N_("overtaken by a later one"),
    },
}

CODES = {
    "finding.decide": N_("decided which record is true"),
    "finding.confirm": N_("confirmed which record is true"),
    "finding.refuse": N_("refused a decision about records"),
    "proof:verified": N_("fits"),
    "proof:absent": N_("none given, or none can be judged"),
    "proof:wrong": N_("does not fit"),
    "decided": N_("a person decided"),
    "D08": N_("operations without a record"),
    "D09": N_("card copied or rewritten"),
    "D10": N_("more on the card than was paid"),
    "D11": N_("less on the card than in the books"),
    "D13": N_("record came very late"),
    "D14": N_("card in debt"),
    "D16": N_("money written that nobody owed"),
    "D22": N_("used after it was reported lost"),
    "D23": N_("wrong code of a card"),
    "D25": N_("card that nobody issued"),
    "D26": N_("maker's cloud tells otherwise"),
    # why a fact rests in suspense
    "clone": N_("several operations share one count of the card"),
    # kinds of journals
    "purse_restored": N_("to be written back to the card"),
    "purse_restored_less": N_("need not be written back"),
    # categories of cases
    "card_doubtful": N_("card copied or rewritten"),
    "card_gap": N_("records of a card missing"),
    "card_arrears": N_("card in debt"),
    "late_upload": N_("records came very late"),
    "blocked_sale": N_("sold to a blocked card"),
    "false_proof": N_("wrong code of a card"),
    "discrepancy": N_("difference to decide"),
    # figures of a finding
    "finding:amt_fen": N_("Charged"),
    "finding:left_fen": N_("The last operation left"),
    "finding:met_fen": N_("The next one met"),
    "finding:from": N_("First missing count"),
    "finding:to": N_("Last missing count"),
    "finding:ml": N_("Water"),
    "finding:ml_req": N_("Water asked for"),
    "finding:pulses": N_("Pulses of the meter"),
    "finding:pours": N_("Pours"),
}
