"""Words of another system's books, taken over."""

from enum import Enum

from tapline.imports import ImportState, LineState
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    ImportState: {
        "checking": N_("being checked"),
        "refused": N_("to be mended"),
        "checked": N_("may be applied"),
        "applying": N_("being applied"),
        "applied": N_("applied"),
        "undo_asked": N_("to be undone: waits for a second person"),
        "undoing": N_("being undone"),
        "undone": N_("undone"),
        "dropped": N_("set aside, never applied"),
    },
    LineState: {
        "waiting": N_("not applied yet"),
        "applied": N_("applied"),
        "present": N_("already there"),
        "failed": N_("not applied"),
        "undone": N_("undone"),
        "kept": N_("not undone"),
    },
}

CODES = {
    # sheets and what is added up of them
    "import_sheet:customers": N_("Customers"),
    "import_sheet:cards": N_("Cards"),
    "import_sheet:buckets": N_("Buckets and deposits"),
    "import_sheet:booklets": N_("Water tickets"),
    "import_sheet:cases": N_("Open cases"),
    "import_figure:lines": N_("Number of lines"),
    "import_figure:principal_fen": N_("Principal"),
    "import_figure:bonus_fen": N_("Bonus"),
    "import_figure:deposit_fen": N_("Deposits"),
    "import_figure:buckets": N_("Buckets at customers'"),
    "import_figure:tickets": N_("Tickets left"),
    "import_unit:fen": N_("fen"),
    "import_unit:pieces": N_("pieces"),
    "import_note:gbk": N_("is not UTF-8 and was read as GBK: look at a few names below"),
    # what is wrong
    "flaw:locked": N_("The file is locked by a password: save it without."),
    "flaw:unknown_sheet": N_("No sheet or file is called so: use the names of the form."),
    "flaw:two_sheets": N_("Two sheets are for the same: put them together."),
    "flaw:unknown_column": N_("No column is called so: use the form's names, or delete it."),
    "flaw:other_unit": N_("Another unit than the form's: amounts are in yuan, such as 12.50."),
    "flaw:no_heading": N_("It stands in a column without a heading: name the column or clear it."),
    "flaw:formula": N_("A formula: paste the values instead."),
    "flaw:error_cell": N_("Excel shows an error here: write the value."),
    "flaw:negative": N_("Less than nothing: an opening balance is not."),
    "flaw:not_yuan": N_("Write the amount in yuan with at most two decimals, such as 12.50."),
    "flaw:no_count": N_("Write a whole number."),
    "flaw:no_id": N_("Use up to 64 characters without spaces and colons."),
    "flaw:no_card_kind": N_("Write one of the kinds of card that the form names."),
    "flaw:no_category": N_("Write one of the categories that the form names."),
    "flaw:none_at_all": N_("No tickets are left: delete the line."),
    "flaw:no_chip": N_(
        "This kind of card has no purse: leave counter and balance of the chip empty."
    ),
    "flaw:chip_differs": N_(
        "The chip holds something else than principal and bonus together: find out which is true."
    ),
    "flaw:other_content": N_(
        "This id was taken over before, with another content: it counts once. Mend the line, or "
        "undo the earlier import."
    ),
    "flaw:no_customer": N_("No customer has this id, here or in an earlier import of the source."),
    "flaw:no_product": N_("No product of ours has this code: put it on offer first."),
    "flaw:card_ours": N_("This card is ours already: delete the line, or correct it by hand."),
    "flaw:card_others": N_("Another operator has issued this card: ask who gave the list."),
    "flaw:card_issuers": N_("This number is in the range of an issuer of other people's cards."),
    "flaw:card_seen": N_(
        "Our machines sold to this card already: give the chip's counter of the day of the balance."
    ),
    # why a line was not applied, or cannot be undone; and what is wrong with a line, below
    "import_obstacle:other_content": N_("taken over before, with another content"),
    "import_obstacle:moved": N_("something was drawn or paid since"),
    "import_obstacle:card_in_use": N_("somebody did something with the card since"),
    "import_obstacle:case_in_work": N_("somebody works on the case"),
    "import_obstacle:waiting": N_("it had no turn"),
    # acts in the audit trail
    "import.upload": N_("sent old books"),
    "import.approve": N_("let old books be applied"),
    "import.apply": N_("old books were applied"),
    "import.drop": N_("set old books aside"),
    "import.undo_ask": N_("asked to undo old books"),
    "import.undo_leave": N_("left old books as they are"),
    "import.undo": N_("let old books be undone"),
    "import.undone": N_("old books were undone"),
}
_LATE = ("no_customer", "card_ours", "card_others", "card_issuers", "card_seen")
CODES |= {f"import_obstacle:{code}": CODES[f"flaw:{code}"] for code in _LATE}
