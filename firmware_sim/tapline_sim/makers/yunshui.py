"""Yunshui: its cloud pushes what machines sold, over HTTP, signed. The cloud counts over all of its
machines; a thread of its own does the waiting, and the fleet's thread looks whether it is done."""

import hashlib
import hmac
import secrets
import time
import urllib.error
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

from tapline_gateway.protocol import CommandStatus, DeviceEvent, Fact, FactStatus, Totals
from tapline_sim.makers.carrier import Bells, wall_clock, yuan
from tapline_sim.scenario import CloudSpec, DeviceSpec
from tapline_sim.world import World

LOOK_EVERY_S = 0.1
PUSH_S = 10.0
_STORED = 204
_RESULTS = {
    FactStatus.OK: "SUCCESS",
    FactStatus.PARTIAL: "PARTIAL",
    FactStatus.POWER_LOSS: "PARTIAL",
    FactStatus.NO_FLOW: "NO_WATER",
}


class Yunshui:
    """One machine behind the cloud. Implements `Carrier`."""

    def __init__(self, spec: DeviceSpec, world: World, bells: Bells) -> None:
        assert world.scenario.yunshui is not None, "the scenario was checked"
        self._cloud = world.scenario.yunshui
        self._dev = spec.foreign_id or spec.device_id
        self._place = world.scenario.devices.index(spec)
        self._world = world
        self._bells = bells
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="cloud")
        self._push: tuple[int, Future[bool]] | None = None
        self.online = False

    def open(self) -> None:
        """As `Carrier`: the cloud is always there."""
        self.online = True
        self._look()
        self._bells.ready()

    def send(self, fact: Fact) -> None:
        """As `Carrier`."""
        if self._push is not None:
            return
        sale = {
            # One number for all machines of the cloud, the same whenever it is told again.
            "txn": str(fact.seq * 100_000 + self._place + 1),
            "dev": self._dev,
            "card": fact.card.no,
            "amount": yuan(fact.amt),
            "balance": yuan(fact.bal_after),
            "ml": fact.ml,
            "at": wall_clock(fact).strftime("%Y-%m-%d %H:%M:%S"),
            "result": _RESULTS.get(fact.status, "FAILED"),
        }
        body = msgspec.json.encode({"records": [sale]})
        self._push = fact.seq, self._pool.submit(_pushed, self._cloud, body)

    def totals(self, totals: Totals) -> None:
        """As `Carrier`: there is no word for them."""

    def alarm(self, event: DeviceEvent) -> bool:
        """As `Carrier`: there is no word for them."""
        return False

    def report(self, status: CommandStatus) -> None:
        """As `Carrier`: it is told nothing."""

    def restart(self) -> None:
        """As `Carrier`: the cloud stays."""

    def leave(self) -> None:
        """As `Carrier`."""
        self.online = False
        self._pool.shutdown(wait=False)

    @property
    def gone(self) -> bool:
        """As `Carrier`."""
        return not self.online

    def _look(self) -> None:
        if self._push is not None and self._push[1].done():
            (no, push), self._push = self._push, None
            if push.result():
                self._bells.stored(no)
        if self.online:
            self._world.reactor.after(LOOK_EVERY_S, self._look)


def _pushed(cloud: CloudSpec, body: bytes) -> bool:
    """Push, and say whether it is stored."""
    moment, nonce = str(int(time.time())), secrets.token_hex(8)
    secret = bytes.fromhex(cloud.secret_hex)
    signed = hmac.new(secret, f"{moment}\n{nonce}\n".encode() + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "X-Yunshui-Timestamp": moment,
        "X-Yunshui-Nonce": nonce,
        "X-Yunshui-Signature": signed.hexdigest(),
    }
    request = urllib.request.Request(cloud.url, body, headers)  # noqa: S310 (the scenario's own)
    try:
        with urllib.request.urlopen(request, timeout=PUSH_S) as answer:  # noqa: S310
            return bool(answer.status == _STORED)
    except (urllib.error.URLError, OSError):
        return False
