"""Dead letters tried again, with what is known now: the adapters, keys and machines of today.

A letter goes the way that it would go if it came now, signature included. Each has a transaction
of its own; of a rehearsal all is rolled back but the answer.
"""

import logging
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy.exc import InterfaceError, OperationalError

from tapline.cards import facts as card_facts
from tapline.devices import Vault
from tapline.devices.messages import DeadLetter, replays
from tapline.devices.messages.replays import Outcome
from tapline.uow import Database, UnitOfWork
from tapline_gateway.handlers import handle
from tapline_gateway.handlers.money import fact_hash
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import (
    Ack,
    AuthRequest,
    BrokenFact,
    Claim,
    Hello,
    LoadRequest,
    State,
    Stream,
    TimeRequest,
    TxnFrame,
)
from tapline_gateway.reading import Answer, Letter, Reading, Refused, read
from tapline_gateway.vendors import ADAPTERS, Register, read_record

log = logging.getLogger(__name__)

_MOMENTARY = (State, Hello, Claim, AuthRequest, LoadRequest, TimeRequest)
"""What is said to be answered at once: later, nobody stands there any more."""


class _RehearsedError(Exception):
    """Rolls back what a rehearsal did."""


class _FlawedError(Exception):
    """Why nothing can follow from a letter."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a letter says and what became of it."""

    letter: Letter
    answers: list[Answer]
    stored_before: frozenset[int]

    def document(self) -> dict[str, Any]:
        """As the page shows it: the message in our words, and a verdict for each of its facts."""
        message = self.letter.message
        told: dict[str, Any] = {
            "device": self.letter.device_id,
            "name": self.letter.topic.name,
            "assurance": self.letter.assurance.value,
            "message": msgspec.to_builtins(message),
        }
        if isinstance(message, TxnFrame):
            told["verdicts"] = [
                {"seq": fact.seq, "verdict": self._verdict(fact.seq)} for fact in message.facts
            ]
        return told

    def _verdict(self, seq: int | None) -> str:
        if seq in self.stored_before:
            return "dup"
        acks = [one.message for one in self.answers if isinstance(one.message, Ack)]
        items = [item for ack in acks if ack.stream is Stream.TXN for item in ack.items]
        return next((item.verdict.value for item in items if item.seq == seq), "accepted")


class Replayer:
    """Does what people asked for."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._keys = KeyRing(database, vault)
        self._register = Register(database)

    def step(self, most: int = 20) -> int:
        """Try the next letters; how many."""
        done = 0
        while done < most and self._one():
            done += 1
        return done

    def _one(self) -> bool:
        with self._database.transaction() as uow:
            waiting = replays.take(uow)
            if waiting is None:
                return False
            replay, step, letter = waiting
            outcome = self._outcome(uow, letter, rehearsal=replay.rehearsal)
            replays.finish(uow, replay=replay, step=step, letter=letter, outcome=outcome)
        return True

    def _outcome(self, uow: UnitOfWork, dead: DeadLetter, *, rehearsal: bool) -> Outcome:
        try:
            letter = self._letter(dead)
            with uow.attempt():
                tried = self._act(uow, letter)
                if rehearsal:
                    raise _RehearsedError
        except _RehearsedError:
            return Outcome(document=tried.document())
        except _FlawedError as flaw:
            return Outcome(why=str(flaw), document={})
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("a replayed message failed")
            why = f"the platform failed on it again: {type(error).__name__}"
            return Outcome(why=why, document={})
        return Outcome(document=tried.document())

    def _letter(self, dead: DeadLetter) -> Letter:
        """What the letter is today; `_FlawedError` where it still is none."""
        if not dead.is_whole:
            raise _FlawedError("only its first 16 KiB were kept: it cannot be replayed")
        reading = self._read(dead)
        if reading is None:
            raise _FlawedError("it says nothing: discard it")
        if isinstance(reading, Refused):
            raise _FlawedError(reading.refusal.reason)
        return replace(reading, replayed=True)

    def _read(self, dead: DeadLetter) -> Reading | None:
        if dead.vendor is None:
            arrival = Arrival(dead.topic, dead.payload, retained=False, qos=0, mid=0, session=0)
            return read(arrival, self._keys)
        adapter = ADAPTERS.get(dead.vendor)
        if adapter is None:
            raise _FlawedError(f"no adapter is called {dead.vendor} any more")
        return read_record(
            adapter, self._register, dead.payload, address=dead.topic, tenant_id=dead.tenant_id
        )

    def _act(self, uow: UnitOfWork, letter: Letter) -> _Tried:
        if isinstance(letter.message, _MOMENTARY):
            raise _FlawedError("its moment is over: whoever asked has left; discard it")
        fresh, stored = _without_stored(uow, letter)
        answers = handle(uow, [fresh], self._vault) if fresh else []
        return _Tried(letter, answers, stored)


def _without_stored(uow: UnitOfWork, letter: Letter) -> tuple[Letter | None, frozenset[int]]:
    """The letter without facts that are stored already: its machine has not sent them twice.

    Raises `_FlawedError` where the only new thing that it could tell still cannot be read.
    """
    frame = letter.message
    if not isinstance(frame, TxnFrame):
        return letter, frozenset()
    names = [(letter.device_id, fact.seq or 0, fact_hash(fact)) for fact in frame.facts]
    stored = card_facts.stored(uow, names=names)
    left = [fact for fact, name in zip(frame.facts, names, strict=True) if name not in stored]
    broken = [fact for fact in frame.facts if isinstance(fact, BrokenFact)]
    if broken and not left:
        raise _FlawedError(f"fact {broken[0].seq}: {broken[0].reason}")
    fresh = replace(letter, message=TxnFrame(boot=frame.boot, facts=left)) if left else None
    return fresh, frozenset(seq for _, seq, _ in stored)
