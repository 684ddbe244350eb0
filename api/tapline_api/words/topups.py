"""What is said of money onto cards: top-ups, tills, campaigns, enterprises."""

from tapline_api.words import N_

CODES = {
    # states, as the customer reads them
    "your-topup:asked": N_("waits for your payment"),
    "your-topup:lapsed": N_("not paid in time"),
    "your-topup:landed": N_("on the card, or ready for your tap"),
    "your-topup:stranded": N_("goes back to you"),
    "your-topup:undone": N_("undone"),
    # states, for the desk
    "topup:asked": N_("waits for the payment"),
    "topup:lapsed": N_("not paid in time"),
    "topup:landed": N_("the card has it"),
    "topup:stranded": N_("the card had ended: goes back"),
    "topup:undone": N_("undone"),
    "channel:payment": N_("payment"),
    "channel:cash": N_("cash"),
    # transfers of enterprises
    "deposit:proposed": N_("waits for a second person"),
    "deposit:posted": N_("on the account"),
    "deposit:refused": N_("refused"),
    # kinds of journals
    "topup_land": N_("top-up"),
    "topup_bonus": N_("bonus of a top-up"),
    "topup_undo": N_("cash given back"),
    "topup_undo_bonus": N_("bonus taken back"),
    "till_bank": N_("till handed over to the bank"),
    "till_over": N_("counted over"),
    "till_short": N_("counted short"),
    "enterprise_deposit": N_("transfer of an enterprise"),
    "allotment": N_("monthly share"),
    "allotment_back": N_("share not written, taken back"),
    "refund_employer": N_("back to the enterprise"),
    # acts in the audit trail
    "topup.cash": N_("took cash for a card"),
    "topup.undo": N_("undid a top-up in cash"),
    "till.hand_over": N_("counted a till"),
    "campaign.propose": N_("proposed a bonus campaign"),
    "campaign.approve": N_("approved a bonus campaign"),
    "campaign.end": N_("ended a bonus campaign"),
    "enterprise.create": N_("opened an enterprise account"),
    "enterprise.deposit": N_("recorded a transfer of an enterprise"),
    "enterprise.confirm": N_("confirmed a transfer of an enterprise"),
    "enterprise.refuse": N_("refused a transfer of an enterprise"),
    "enterprise.join": N_("let an enterprise pay for a card"),
    "enterprise.share": N_("changed a monthly share"),
    "enterprise.follow": N_("an enterprise's paying followed to a new card"),
    "enterprise.leave": N_("ended an enterprise's paying for a card"),
}
