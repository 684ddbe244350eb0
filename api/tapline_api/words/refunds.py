"""What refunds say, to customers and to the desk."""

from tapline.refunds import Reason, RefundKind
from tapline_api.words import N_

REASONS = {
    RefundKind.CARD_CLOSE: (
        Reason.NOT_NEEDED,
        Reason.MOVED,
        Reason.MACHINE_GONE,
        Reason.PRICE_RAISED,
        Reason.OTHER,
    ),
    RefundKind.CARD_PARTIAL: (Reason.NOT_NEEDED,),
    RefundKind.LOAD_CANCEL: (Reason.NOT_NEEDED,),
    RefundKind.ORDER_CANCEL: (Reason.NEVER_CAME, Reason.NOT_NEEDED, Reason.OTHER),
    RefundKind.ORDER_SHORT: (Reason.CAME_SHORT,),
    RefundKind.DEPOSIT_RETURN: (Reason.BUCKETS_BACK,),
    RefundKind.TICKET_UNUSED: (Reason.NOT_NEEDED,),
}
"""What a customer may say, the likeliest first; the quote depends on it."""

CODES = {
    # kinds
    "refund-kind:txn_reversal": N_("Money back for a pour"),
    "refund-kind:card_close": N_("Give a card back"),
    "refund-kind:card_partial": N_("Have part of a balance back"),
    "refund-kind:load_cancel": N_("Have a top-up back"),
    "refund-kind:order_cancel": N_("Cancel an order"),
    "refund-kind:order_short": N_("Barrels that did not come"),
    "refund-kind:deposit_return": N_("Bucket deposit back"),
    # why somebody asks
    "claim:not_needed": N_("I do not need it any more"),
    "claim:moved": N_("I have moved away"),
    "claim:machine_gone": N_("The machine was removed or changed hands"),
    "claim:price_raised": N_("The price was raised"),
    "claim:never_came": N_("It never came"),
    "claim:came_short": N_("Fewer barrels came than I paid for"),
    "claim:buckets_back": N_("The buckets are back"),
    "claim:not_tapped": N_("It waits for a tap that does not come"),
    "claim:card_ended": N_("The card had ended before the money came"),
    "claim:after_closing": N_("Money turned up after the card was closed"),
    "claim:other": N_("Another reason"),
    # lines of a quote
    "quote:paid": N_("paid in"),
    "quote:drawn": N_("water drawn"),
    "quote:returned": N_("given back before"),
    "quote:not_claimed": N_("drawn beyond it, not claimed"),
    "quote:topup": N_("topped up"),
    "quote:used": N_("used of it, or gone back before"),
    "quote:employer": N_("of that, paid by your enterprise"),
    "quote:kept": N_("stays on the card"),
    "quote:goods": N_("water paid and not delivered"),
    "quote:deposit": N_("bucket deposit"),
    # states, as the customer reads them
    "claim-state:requested": N_("asked for"),
    "claim-state:waiting": N_("waits for a machine out of touch"),
    "claim-state:review": N_("being looked at"),
    "claim-state:approved": N_("granted"),
    "claim-state:executing": N_("on its way"),
    "claim-state:partial": N_("part of it has arrived"),
    "claim-state:settled": N_("done"),
    "claim-state:rejected": N_("refused"),
    "claim-state:withdrawn": N_("taken back by you"),
    # steps of the timeline
    "told:requested": N_("You asked for it"),
    "told:waiting": N_("A machine is out of touch; its last pours are awaited"),
    "told:review": N_("A colleague looks at it"),
    "told:approved": N_("Granted"),
    "told:executing": N_("Sent to where you paid from"),
    "told:partial": N_("Part of it has arrived"),
    "told:settled": N_("All of it has arrived"),
    "told:rejected": N_("Refused"),
    "told:withdrawn": N_("You took it back; everything is as before"),
    "told:appeal": N_("You asked a supervisor to look again"),
    "told:taken": N_("A colleague has it in hand"),
    "told:quoted_again": N_("Reckoned anew from the latest pours"),
    "told:late_pours": N_("Pours came in after the card was given back"),
    "told:recovered": N_("More was found for you"),
    "told:written": N_("A machine has written it to the card: nothing is left to give back"),
    "told:set_aside": N_("Money set aside for you"),
    "told:by_hand": N_("The original way failed; finance transfers it"),
    # what comes next
    "next:requested": N_("We look at what the machines know"),
    "next:waiting": N_("We wait for the machine; you need to do nothing"),
    "next:review": N_("A colleague decides; you need to do nothing"),
    "next:approved": N_("It is handed to the payment provider"),
    "next:executing": N_("The payment provider confirms when you have it"),
    "next:partial": N_("The rest follows"),
    # legs
    "payout:created": N_("about to be sent"),
    "payout:sent": N_("sent"),
    "payout:processing": N_("the provider has it"),
    "payout:unknown": N_("the provider is being asked"),
    "payout:succeeded": N_("arrived"),
    "payout:abnormal": N_("the provider cannot deliver it; we transfer it by hand"),
    "payout:closed": N_("the provider gave up; we transfer it by hand"),
    "payout:by_hand": N_("transferred by hand, being checked"),
    "payout:paid_by_hand": N_("arrived, by bank transfer"),
    "payout:conflict": N_("being checked"),
    "provider:wechat": N_("WeChat Pay"),
    "provider:alipay": N_("Alipay"),
    # figures of a step, for the desk
    "sum:amount_fen": N_("amount"),
    "sum:before_fen": N_("before"),
    "sum:reserve_fen": N_("waits for machines"),
    "sum:forfeit_fen": N_("bonus lapsed"),
    "sum:written_off_fen": N_("our loss"),
    "sum:recovered_fen": N_("restored"),
    "sum:arrived_fen": N_("arrived so far"),
    "sum:set_aside_fen": N_("set aside"),
    # who decides
    "tier:automatic": N_("by machine"),
    "tier:agent": N_("an agent"),
    "tier:supervisor": N_("a supervisor"),
}
TOLD = frozenset(code.partition(":")[2] for code in CODES if code.startswith("told:"))
"""Steps that have words of their own for the customer."""
