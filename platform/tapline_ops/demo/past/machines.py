"""Dispensers and cards of the weeks before, on the wire as they are today."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tapline import clock
from tapline.devices import Vault
from tapline.uow import UnitOfWork
from tapline_gateway.handlers import handle
from tapline_gateway.protocol import (
    Card,
    CardKind,
    DeviceEvent,
    Fact,
    FactOp,
    FactStatus,
    Hello,
    LoadAnswer,
    LoadRequest,
    Message,
    Topic,
    Totals,
    TxnBatch,
    decode,
    decode_txn,
    encode,
    format_ts,
    seal,
)
from tapline_gateway.reading import Answer, Letter
from tapline_ops.demo.fleet import FleetDevice, Memory
from tapline_ops.provision import DEMO

_BOOT = 1
_PULSES_PER_LITRE = 450


@dataclass(slots=True)
class Purse:
    """A card in somebody's pocket: what it holds in fen, and its own counter."""

    no: str
    balance_fen: int
    atc: int = 0
    is_ours: bool = True
    is_awaited: bool = False
    """Money waits for it, as its holder was told."""


@dataclass(slots=True)
class Machine:
    """A dispenser before the first run. What it really did is added to `told`."""

    device_id: str
    key: bytes
    vault: Vault
    told: list[dict[str, Any]]
    seq: int = 0
    evt_seq: int = 0
    fen: int = 0
    ml: int = 0
    _facts: list[Fact] = field(default_factory=list)

    @classmethod
    def of(cls, device: FleetDevice, vault: Vault, told: list[dict[str, Any]]) -> "Machine":
        """The dispenser with these secrets."""
        return cls(device.device_id, bytes.fromhex(device.key_hex), vault, told)

    @property
    def memory(self) -> Memory:
        """What it knows of itself now."""
        return Memory(seq=self.seq, evt_seq=self.evt_seq, n=self.seq, fen=self.fen, ml=self.ml)

    def hello(self) -> Letter:
        """Connect for the first time."""
        hello = Hello(
            boot=_BOOT,
            fw="2.4.1",
            hw="RO-50",
            caps=["auth", "list", "load", "prove"],
            seq_head=self.seq,
            seq_acked=self.seq,
            tot=Totals(n=self.seq, fen=self.fen, ml=self.ml),
            list_ver=0,
            tariff_ver=1,
            boot_reason="power",
            clk="ntp",
        )
        return self.letter(hello)

    def alarm(self, code: str, *, raised: bool) -> Letter:
        """Raise an alarm, or clear it."""
        self.evt_seq += 1
        ts = format_ts(clock.now())
        return self.letter(
            DeviceEvent(boot=_BOOT, evt_seq=self.evt_seq, ts=ts, code=code, on=raised)
        )

    def tap(self, uow: UnitOfWork, purse: Purse) -> None:
        """A card is held to the reader: what waits for it is written to it."""
        if not purse.is_awaited:
            return
        purse.is_awaited = False
        ask = LoadRequest(req=uuid4().hex, card=purse.no, atc=purse.atc, bal=purse.balance_fen)
        (answer,) = send(uow, [self.letter(ask)], self.vault)
        said = answer.message
        if not isinstance(said, LoadAnswer) or said.load is None or said.amt is None:
            return
        self._write(purse, +said.amt, op=FactOp.LOAD, amt=said.amt, load=said.load)
        where = {"t": "load", "device": self.device_id, "seq": self.seq, "card": purse.no}
        self.told.append(where | {"load": said.load, "fen": said.amt})

    def pour(self, purse: Purse, fen: int, *, is_dry: bool = False) -> None:
        """A customer pours for `fen` at a yuan a litre; dry, no water comes."""
        ml = 0 if is_dry else fen * 10 + 4
        self._write(purse, -fen, amt=fen, ml=ml, ml_req=fen * 10, nozzle=1 + self.seq % 2)
        card = purse.no if purse.is_ours else None
        where = {"device": self.device_id, "seq": self.seq, "card": card}
        due_fen = 0 if is_dry else fen
        self.told.append({"t": "pour", "charged_fen": fen, "due_fen": due_fen, "ml": ml} | where)
        if is_dry:
            self.told.append({"t": "inject", "code": "D01"} | where)

    def letters(self) -> list[Letter]:
        """What was written down since the last time, as one frame, if anything was."""
        facts, self._facts = self._facts, []
        return [self.letter(TxnBatch(boot=_BOOT, facts=facts))] if facts else []

    def _write(
        self,
        purse: Purse,
        change_fen: int,
        *,
        amt: int,
        op: FactOp = FactOp.DEBIT,
        ml: int = 0,
        ml_req: int = 0,
        nozzle: int = 1,
        load: str | None = None,
    ) -> None:
        before_fen = purse.balance_fen
        purse.balance_fen, purse.atc = before_fen + change_fen, purse.atc + 1
        self.seq, self.ml = self.seq + 1, self.ml + ml
        self.fen += amt if op is FactOp.DEBIT else 0
        is_dry = op is FactOp.DEBIT and ml == 0
        self._facts.append(
            Fact(
                seq=self.seq,
                op=op,
                ts=format_ts(clock.now()),
                clk="ntp",
                card=Card(no=purse.no, kind=CardKind.CPU),
                atc=purse.atc,
                bal_before=before_fen,
                amt=amt,
                bal_after=purse.balance_fen,
                tariff=1,
                ml=ml,
                ml_req=ml_req,
                pulses=ml * _PULSES_PER_LITRE // 1000,
                nozzle=nozzle,
                status=FactStatus.NO_FLOW if is_dry else FactStatus.OK,
                load=load,
                tot=Totals(n=self.seq, fen=self.fen, ml=self.ml),
            )
        )

    def letter(self, message: Message) -> Letter:
        """A message as the gateway reads it: signed, for this machine's topic."""
        topic, body = Topic(DEMO, self.device_id, message.NAME), encode(message)
        is_batch = isinstance(message, TxnBatch)
        said = decode_txn(body) if is_batch else decode(topic.name, body)
        return Letter(topic, seal(self.key, str(topic), body), said)


def send(uow: UnitOfWork, letters: Sequence[Letter], vault: Vault) -> list[Answer]:
    """Through the gateway's own door; what it answers."""
    return handle(uow, letters, vault) if letters else []
