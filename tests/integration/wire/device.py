"""A device whose frames reach the handlers without a broker between."""

import json
from datetime import timedelta
from typing import Any

from tapline import clock, ledger
from tapline.cards import CardKind, vouchers
from tapline.cards import issue as issue_card
from tapline.ledger import Command, Correct
from tapline.money import Fen
from tapline.uow import UnitOfWork
from tapline_gateway.handlers import handle
from tapline_gateway.protocol import (
    Ack,
    AuthAnswer,
    LoadAnswer,
    Message,
    Stream,
    Topic,
    decode,
    decode_txn,
)
from tapline_gateway.reading import Letter
from tests import factories
from tests.gateway.stranger import pour

CARD = "88001234"
ONLINE = "70001234"
"""A card whose balance is with us."""
LEASE_OVER = timedelta(hours=1)


class Machine:
    """Signs as one device; what it hears is what the handlers answer, in order."""

    def __init__(self, uow: UnitOfWork, device_id: str = "WD-0001") -> None:
        self.uow = uow
        self.device_id = device_id

    def letter(self, name: str, **body: Any) -> Letter:
        payload = json.dumps({"v": 1, "boot": 1} | body).encode()
        message = decode_txn(payload) if name == "up/txn" else decode(name, payload)
        return Letter(Topic("demo", self.device_id, name), payload, message)

    def say(self, name: str, **body: Any) -> list[Message]:
        return self.send(self.letter(name, **body))

    def send(self, *letters: Letter) -> list[Message]:
        """One batch of the gateway."""
        return [answer.message for answer in handle(self.uow, letters, factories.VAULT)]

    def hello_letter(self, seq_head: int, seq_acked: int, **changes: Any) -> Letter:
        totals = {"n": 0, "fen": 0, "ml": 0}
        body = {"fw": "1", "hw": "X", "seq_head": seq_head, "seq_acked": seq_acked, "tot": totals}
        return self.letter("up/hello", **body | changes)

    def hello(self, seq_head: int, seq_acked: int, **changes: Any) -> list[Message]:
        return self.send(self.hello_letter(seq_head, seq_acked, **changes))

    def pours_letter(self, *facts: dict[str, Any]) -> Letter:
        return self.letter("up/txn", facts=list(facts))

    def pours(self, *facts: dict[str, Any]) -> list[Message]:
        return self.send(self.pours_letter(*facts))

    def lose(self, evt_seq: int, first: int, last: int) -> list[Message]:
        lost = {"from": first, "to": last}
        return self.say("up/evt", evt_seq=evt_seq, code="lost", data=lost)

    def tap(self, req: str, *, atc: int = 1, bal: int = 0) -> LoadAnswer:
        (answer,) = self.say("up/load", req=req, card=CARD, atc=atc, bal=bal)
        assert isinstance(answer, LoadAnswer)
        return answer

    def authorise(self, req: str, want_fen: int, card_no: str = ONLINE) -> AuthAnswer:
        (answer,) = self.say("up/auth", req=req, card=card_no, nozzle=1, want_fen=want_fen)
        assert isinstance(answer, AuthAnswer)
        return answer

    def drawn(self, seq: int, hold: str | None, amt: int) -> dict[str, Any]:
        """The fact of a pour with the online card."""
        online = {"card": {"no": ONLINE, "kind": "id"}, "atc": None, "bal_after": None}
        return pour(seq, ONLINE, before=0, amt=amt) | online | {"bal_before": None, "auth": hold}

    def written(self, seq: int, load: str | None, **changes: Any) -> dict[str, Any]:
        """The fact that says: the voucher is on the card."""
        writing = {"op": "load", "load": load, "bal_after": 1_100, "ml": 0, "ml_req": None}
        return pour(seq, CARD, before=1_000, **writing | changes)


def upto(answers: list[Message]) -> int:
    """How far facts are released, as the last answer has it."""
    return [one.upto for one in answers if isinstance(one, Ack) and one.stream is Stream.TXN][-1]


def machine(uow: UnitOfWork) -> Machine:
    """A machine of a tenant that also has a card with 10.00 yuan."""
    factories.tenant(uow)
    factories.device(uow, "WD-0001")
    issue_card(uow, tenant_id="demo", card_no=CARD, kind=CardKind.CPU, balance_fen=Fen(1_000))
    issue_card(uow, tenant_id="demo", card_no=ONLINE, kind=CardKind.ID, balance_fen=Fen(1_000))
    return Machine(uow)


def owe(uow: UnitOfWork, amount_fen: int) -> None:
    """Money waits to be written to the card."""
    correction = Command(
        key="fix:test",
        kind="correction",
        event_at=clock.now(),
        movement=Correct(CARD, amount_fen),
        content="D01",
    )
    ledger.post(uow, tenant_id="demo", commands=[correction])


def purse(uow: UnitOfWork) -> tuple[int, int, int]:
    """(on the card, waiting to be written, reserved) in fen, as the ledger has it."""
    held = ledger.card(uow, tenant_id="demo", card_no=CARD)
    return held.principal_fen, held.pending_load_fen, held.held_fen


def states(uow: UnitOfWork) -> list[str]:
    """What became of the card's vouchers, newest first."""
    return [one.state.value for one in vouchers.of_card(uow, tenant_id="demo", card_no=CARD)]
