"""What is said of issuers of other people's cards, of schools, and of files that are wrong."""

from enum import Enum

from tapline.cards.issuers.answers import AnswerVerdict
from tapline.cards.issuers.breaks import BreakKind, BreakResolution
from tapline.cards.issuers.settlements import LineKind
from tapline.reports import OperatorRow
from tapline.rosters.graduations import CardStep
from tapline.rosters.schools import PeriodKind
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    LineKind: {
        "pour": N_("pour"),
        "correction": N_("correction"),
        "again": N_("claimed again"),
    },
    AnswerVerdict: {
        "accepted": N_("accepted"),
        "rejected": N_("rejected"),
    },
    BreakKind: {
        "rejected": N_("rejected"),
        "amount": N_("another amount"),
        "unknown": N_("not a line of ours"),
        "duplicate": N_("answered twice"),
    },
    BreakResolution: {
        "loss": N_("accept the loss"),
        "correct": N_("correct our charge"),
        "again": N_("claim it again"),
        "noted": N_("noted, no money in it"),
    },
    OperatorRow: {
        "ours": N_("Its cards at our machines"),
        "theirs": N_("Our cards at its machines"),
        "corrected": N_("Corrections"),
        "set_off": N_("Set off"),
        "paid": N_("Paid"),
        "given_up": N_("Given up, and commission"),
        "by_hand": N_("Posted by hand"),
    },
    PeriodKind: {
        "term": N_("term"),
        "holiday": N_("holiday"),
    },
    CardStep: {
        "waiting": N_("to be given up"),
        "asked": N_("refund asked for"),
        "approved": N_("refund decided"),
        "at_desk": N_("the desk decides"),
        "no_holder": N_("no holder known"),
        "failed": N_("a person has to look"),
    },
}

CODES = {
    # what is wrong with a file or a line of it
    "flaw:empty": N_("There is nothing in it: choose the file, or save the table again."),
    "flaw:too_large": N_("It is too large: split it."),
    "flaw:no_text": N_("This is no text that we can read: save it as CSV UTF-8 or as Excel."),
    "flaw:no_csv": N_("This is no CSV: check the quotation marks."),
    "flaw:no_excel": N_("This Excel file cannot be read: save it again as .xlsx."),
    "flaw:no_table": N_("The Excel file has no table: put it on the first sheet."),
    "flaw:merged_cells": N_("Cells are merged: unmerge them and fill each one in."),
    "flaw:rounded_number": N_(
        "A number has more than 15 digits, which Excel rounds: make the column text and fill it "
        "in again."
    ),
    "flaw:no_column": N_("This column is missing: name it in the first line."),
    "flaw:two_columns": N_("Two columns have this name: keep one of them."),
    "flaw:missing": N_("Nothing is filled in: fill it in."),
    "flaw:no_verdict": N_("Write 接受 or 拒绝."),
    "flaw:no_fen": N_("Write a whole number of fen."),
    "flaw:too_much": N_("No line of ours is that much: check the amount."),
    "flaw:no_number": N_("Use 1 to 32 letters, digits, hyphens and underscores."),
    "flaw:no_text_cell": N_("It is too long, or no plain text."),
    "flaw:no_day": N_("Write a day such as 2027-06-30."),
    "flaw:no_phone": N_("Write the eleven digits of a mobile number."),
    "flaw:repeated": N_("It stands in an earlier line already: keep one of them."),
    "flaw:no_card": N_("We have no such card: check the number, or issue it first."),
    "flaw:card_not_in_use": N_("This card is not in use: name the one that the student carries."),
    "flaw:card_of_other_school": N_("A student of another school carries this card."),
    "flaw:card_of_other_phone": N_("This card is registered to another phone: ask who holds it."),
    "flaw:card_of_other_student": N_(
        "A student whom the list leaves out carries this card: name him in the list."
    ),
    # fields of a student
    "student:student_no": N_("Student number"),
    "student:name": N_("Name"),
    "student:class_name": N_("Class"),
    "student:graduates_on": N_("Graduates on"),
    "student:phone": N_("Phone"),
    "student:card_no": N_("Card"),
    "student:born_on": N_("Born on"),
    "student:guardian_name": N_("Guardian"),
    "student:guardian_phone": N_("Guardian's phone"),
    # how a break may end
    "ending:loss": N_("accept the loss"),
    "ending:correct": N_("correct our charge"),
    "ending:again": N_("claim it again"),
    "ending:noted": N_("noted, no money in it"),
    # commands to machines
    "command:queued": N_("to be sent"),
    "command:published": N_("sent, not answered"),
    "command:received": N_("received"),
    "command:started": N_("under way"),
    "command:done": N_("done"),
    "command:failed": N_("failed"),
    "command:expired": N_("not answered in time"),
    "command:refused": N_("refused by the machine"),
    # why money of a graduate waits
    "unclaimed:no_holder": N_("no holder known"),
    "unclaimed:failed": N_("the card cannot be given up as it is"),
    "unclaimed:no_route": N_("no payment that it could go back to"),
    # kinds of journals
    "issuer_fee": N_("kept by the issuer"),
    "issuer_fee_back": N_("not kept by the issuer after all"),
    "issuer_loss": N_("given up: the issuer would not pay"),
    "issuer_correction": N_("corrected on the issuer's word"),
    "issuer_restored": N_("a loss restored: the pour was corrected"),
    "issuer_paid": N_("transfer of an issuer"),
    "abroad": N_("water at another operator's machine"),
    "abroad_overturned": N_("taken back: our own record says otherwise"),
    "abroad_correction": N_("water at another operator's machine, corrected"),
    "interop_net": N_("set off with another operator"),
    "interop_sent": N_("transfer to another operator"),
    # what became of a claim for our cards' water at other operators' machines, and why
    "abroad:accepted": N_("we pay"),
    "abroad:waiting": N_("waits for the card's next tap"),
    "abroad:disputed": N_("disputed"),
    "abroad-reason:unknown_card": N_("no card of ours has this number"),
    "abroad-reason:no_purse": N_("this card keeps no balance of its own: nothing confirms it"),
    "abroad-reason:does_not_add_up": N_("its own balances and amount disagree"),
    "abroad-reason:reported_lost": N_("the card had been reported lost by then"),
    "abroad-reason:counter_taken": N_("the card did something else at this count"),
    "abroad-reason:balances_differ": N_("the card's balances before and after say otherwise"),
    "abroad-reason:not_seen_since": N_("none of our machines has seen the card since"),
    "abroad-reason:overturned": N_("was accepted; our own record came later: taken back"),
    "abroad-reason:claimed_before": N_("this pour was claimed before"),
    "abroad-fix:accepted": N_("counts"),
    "abroad-fix:waiting": N_("waits"),
    "abroad-fix:disputed": N_("disputed"),
    "abroad-reason:line_not_taken": N_("the claim that it mends was not taken in yet"),
    "abroad-reason:line_waits": N_("the line that it mends still waits itself"),
    "abroad-reason:line_disputed": N_(
        "the line that it mends is disputed: nothing was paid, so nothing is given back"
    ),
    "abroad-reason:earlier_missing": N_("an earlier correction of this line is missing"),
    "abroad-reason:mends_no_line": N_("the claim that it names has no such line"),
    "abroad-reason:mended_before": N_("this correction counted before"),
    "abroad-reason:mends_too_much": N_("it would take off more than the line, or add to it"),
    # acts in the audit trail
    "issuer.create": N_("added an issuer"),
    "issuer.numbers": N_("gave numbers to an issuer"),
    "issuer.numbers_back": N_("took numbers back from an issuer"),
    "issuer.settle": N_("settled with an issuer"),
    "issuer.answer": N_("took an issuer's answer"),
    "issuer.receive": N_("noted a transfer of an issuer"),
    "issuer.set_off": N_("set off what each owes the other"),
    "demand.make": N_("made a signed claim for another operator"),
    "abroad.take": N_("took another operator's claims"),
    "abroad.overturn": N_("took a charge for another operator's water back"),
    "abroad.pay": N_("noted a transfer to another operator"),
    "issuer.break_take": N_("took a break with an issuer"),
    "issuer.break_propose": N_("proposed how a break ends"),
    "issuer.break_confirm": N_("confirmed how a break ends"),
    "issuer.break_refuse": N_("sent a proposal for a break back"),
    "school.create": N_("added a school"),
    "school.period": N_("noted a term or holiday"),
    "school.period_back": N_("struck a term or holiday"),
    "roster.upload": N_("sent a school's list"),
    "roster.apply": N_("applied a school's list"),
    "roster.follow": N_("noted a student's new card"),
    "graduation.propose": N_("proposed a graduation"),
    "graduation.approve": N_("approved a graduation"),
    "graduation.withdraw": N_("withdrew a graduation"),
    "flush.acknowledge": N_("said that a machine was flushed"),
    # parameters
    "policy:graduation_reminders_max": N_(
        "Somebody who has left is reminded of his money so often"
    ),
    "policy:graduation_reminder_days": N_("with so many days between"),
    "policy:flush_lead_days": N_("Machines that stood still are flushed so many days before"),
    "policy:stagnant_days": N_("and stood still means without a pour for days"),
}
