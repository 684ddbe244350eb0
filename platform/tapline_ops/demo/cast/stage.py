"""What actors share: the house that they act in, who they are, and how fast they are."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tapline.devices import Vault
from tapline.payments import Gateways
from tapline.people import Role, Staff
from tapline.uow import Database, UnitOfWork
from tapline_ops.demo import staff
from tapline_ops.transact import transact

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the run is to show. Times in seconds since the fleet began to pour."""

    closing_cards: Sequence[str]
    """Given back by their holders; the last of them is also used where no line is."""
    stolen_card: str | None
    """Reported lost by its holder."""
    closes_at_s: float
    hesitates_s: float
    """How long an actor takes; long where a visitor may want to be quicker."""
    acts_for_all: bool
    """Nobody visits: actors do the work of those too that a visitor could be."""


@dataclass(slots=True)
class Stage:
    """One run of the play. Whatever has happened is read from the database, so that a play that
    is interrupted goes on where it was."""

    database: Database
    gateways: Gateways
    telephony_url: str
    script: Script
    identity: Vault
    """Opens the key that statements are signed with."""
    began: float = field(default_factory=time.monotonic)
    told: list[dict[str, Any]] = field(default_factory=list)
    """What the actors really did with money: lines of the run's ground truth."""
    _seen: dict[str, float] = field(default_factory=dict)

    @property
    def run_s(self) -> float:
        """How long the play has been going on."""
        return time.monotonic() - self.began

    def do(self, work: Callable[[UnitOfWork], Done]) -> Done:
        """One act, in a transaction of its own."""
        return transact(self.database, work)

    def tell(self, line: dict[str, Any]) -> None:
        """Put down what really happened."""
        self.told.append(line)

    def is_ripe(self, what: str, after_s: float | None = None) -> bool:
        """Whether an actor has had `what` before him for as long as he takes."""
        first = self._seen.setdefault(what, time.monotonic())
        wait_s = self.script.hesitates_s if after_s is None else after_s
        return time.monotonic() - first >= wait_s

    def once(self, what: str, act: Callable[[], None]) -> bool:
        """Do it, and say whether this was the time that it was done. What fails has not been
        done: it is tried again at the next look."""
        if what in self._seen:
            return False
        act()
        self._seen[what] = time.monotonic()
        return True

    def actors(self, uow: UnitOfWork, *roles: Role) -> Sequence[Staff]:
        """Those of these roles in whose names the play acts."""
        if not self.script.acts_for_all:
            return staff.actors(uow, *roles)
        return [one for one in staff.by_login(uow).values() if one.role in roles]
