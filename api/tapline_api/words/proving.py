"""What is said of cards at machines: proofs of holding one, codes on a screen, holds."""

from tapline_api.words import N_

CODES = {
    # why a machine cannot wait for a card
    "obstacle:busy": N_(
        "Somebody else is showing a card at this machine. Try again in two minutes."
    ),
    "obstacle:offline": N_("This machine has no connection at the moment. Try another one."),
    "obstacle:incapable": N_("This machine cannot check cards. Try another one."),
    "obstacle:often": N_("You have tried often just now. Try again in a quarter of an hour."),
    # kinds of journals
    "authorised": N_("set aside for a pour"),
    "authorisation_void": N_("not poured, free again"),
}
