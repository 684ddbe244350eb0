"""A fleet with one firmware, each machine with a customer of its own."""

from tapline import cards, devices, ledger, people, policy, refunds
from tapline.cards import CardKind
from tapline.cards.facts import FactIn, ingest
from tapline.devices import Hello, firmware
from tapline.money import Fen
from tapline.people import Role, Staff
from tapline.refunds import Refund
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

OPENED_FEN = 10_000


class Fleet:
    """`size` machines; machine `n` is used with card `n` alone."""

    def __init__(self, uow: UnitOfWork, size: int, *, fw: str = "2.4.1") -> None:
        self.uow = uow
        self._seqs = dict.fromkeys(range(size), 0)
        self._boots = dict.fromkeys(range(size), 0)
        for n in self._seqs:
            self._machine(n, fw)

    def starts(self, n: int, fw: str) -> None:
        """Machine `n` starts anew and says that it runs this firmware."""
        name = self.machine(n)
        self._boots[n] += 1
        device = devices.get(self.uow, tenant_id="demo", device_id=name, lock=True)
        document = {"hw": "RO-50", "fw": fw}
        hello = Hello(boot=self._boots[n], seq_head=0, seq_acked=0, document=document)
        devices.greet(self.uow, hellos=[(device, hello)])
        firmware.note(self.uow, said=[firmware.Running(name, self._boots[n], fw, "RO-50")])

    def _machine(self, n: int, fw: str) -> None:
        factories.device(self.uow, self.machine(n))
        self.starts(n, fw)
        cards.issue(
            self.uow,
            tenant_id="demo",
            card_no=self.card(n),
            kind=CardKind.CPU,
            balance_fen=Fen(OPENED_FEN),
        )

    def machine(self, n: int) -> str:
        return f"WD-{n:04d}"

    def card(self, n: int) -> str:
        return f"8800{n:04d}"

    def dry(self, n: int, amt_fen: int = 100) -> FactIn:
        """The next pour of machine `n`, of which its sensor says that no water came."""
        self._seqs[n] += 1
        seq = self._seqs[n]
        return factories.fact(
            self.machine(n),
            seq,
            self.card(n),
            atc=seq,
            before_fen=OPENED_FEN - (seq - 1) * amt_fen,
            amt_fen=amt_fen,
            ml=0,
            pulses=0,
            status="no_flow",
            boot=self._boots[n],
        )

    def pours_dry(self, *machines: int) -> None:
        """They arrive together, with all that follows."""
        ingest(self.uow, tenant_id="demo", facts=[self.dry(n) for n in machines])
        drain(self.uow)

    def balance_fen(self, n: int) -> int:
        return ledger.card(self.uow, tenant_id="demo", card_no=self.card(n)).balance_fen

    def refund(self, n: int) -> Refund:
        """Of the first pour of machine `n`."""
        name = self.machine(n)
        refund = refunds.of_pour(self.uow, tenant_id="demo", device_id=name, seq=1)
        assert refund is not None
        return refund

    def got_back(self) -> list[int]:
        """The machines whose customers have all their money."""
        return [n for n in self._seqs if self.balance_fen(n) == OPENED_FEN]


def member(uow: UnitOfWork, role: Role, login: str = "he.qing") -> Staff:
    return people.create_staff(uow, tenant_id="demo", login=login, name="何青", role=role)[0]


def publish(uow: UnitOfWork, **changes: int) -> None:
    policy.publish(uow, tenant_id="demo", changes=dict(changes), actor="test", reason="a test")
