"""What is said of dead letters, and of trying them again."""

from enum import Enum

from tapline.devices.messages import LetterEnd
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    LetterEnd: {"replayed": N_("understood after all"), "discarded": N_("discarded")},
}

CODES = {
    "letter:E_SCHEMA": N_("not as the contract says"),
    "letter:E_TOOBIG": N_("too large"),
    "letter:E_UNKNOWN": N_("no such message"),
    "letter:topic": N_("not a topic of ours"),
    "letter:unsigned": N_("not signed by the machine it names"),
    "letter:unknown_device": N_("no machine of ours"),
    "letter:stale": N_("older than what is known"),
    "letter:unserved": N_("not served yet"),
    "letter:vendor_unreadable": N_("the adapter cannot read it"),
    "replay:waiting": N_("waiting"),
    "replay:understood": N_("understood"),
    "replay:failed": N_("failed again"),
    "replay:ended": N_("had ended before"),
    "rehearsal:waiting": N_("waiting"),
    "rehearsal:understood": N_("would be understood"),
    "rehearsal:failed": N_("would fail again"),
    "rehearsal:ended": N_("had ended before"),
    "verdict:accepted": N_("new: stored and posted"),
    "verdict:dup": N_("stored already: posts nothing"),
    "verdict:quarantined": N_("kept apart: contradicts what is stored, or cannot be read"),
    "assurance:A": N_("proven by the card"),
    "assurance:B": N_("signed by the machine"),
    "assurance:C": N_("over the machine's own connection"),
    "assurance:D": N_("on the word of its maker's cloud"),
    "deadletter.read": N_("read a dead letter in full"),
    "deadletter.replay": N_("had dead letters tried again"),
    "deadletter.discard": N_("discarded a dead letter"),
    "vendor.bind": N_("bound a machine of another maker"),
    "vendor.open": N_("opened an account for a maker's cloud"),
}
