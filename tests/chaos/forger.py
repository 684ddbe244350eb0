"""Somebody with a machine's login and without anybody's key, who wants water for nothing."""

import json
import time
from random import Random

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tapline_gateway.protocol import seal

_WAIT_S = 3.0
FEN = 10_000


class Forger:
    """Publishes facts in the branch of a machine that never sold anything, and in a stranger's.

    `delivered` counts what a broker has taken; not one of them may be believed.
    """

    def __init__(
        self, *, port: int, login: tuple[str, str], key: bytes, victim: str, card: str, seed: int
    ) -> None:
        self._port = port
        self._login = login
        self._key = key
        self._victim = victim
        self._card = card
        self._chance = Random(f"forger/{seed}")
        self._seq = 0
        self.delivered = 0

    def forge(self, count: int) -> bool:
        """Publish so many frames; whether the broker took one at least."""
        before = self.delivered
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self._login[0])
        client.username_pw_set(*self._login)
        try:
            client.connect("127.0.0.1", self._port, keepalive=10)
            client.loop_start()
            said = [client.publish(*self._forgery(), qos=1) for _ in range(count)]
            until = time.monotonic() + _WAIT_S
            for one in said:
                one.wait_for_publish(max(0.0, until - time.monotonic()))
                self.delivered += one.is_published()
        except (OSError, RuntimeError, ValueError):
            pass  # the broker was away, or went: those that it took count
        finally:
            client.disconnect()
            client.loop_stop()
        return self.delivered > before

    def _forgery(self) -> tuple[str, bytes]:
        """A good frame but for the one thing that counts."""
        own, other = (f"tl1/demo/{name}/up/txn" for name in (self._login[0], self._victim))
        body = self._body()
        sealed = seal(self._key, own, body)
        place = self._chance.randrange(len(sealed))
        turned = bytes([sealed[place] ^ (1 << self._chance.randrange(8))])
        return self._chance.choice(
            [
                (own, seal(self._chance.randbytes(32), own, body)),
                (own, sealed[:place] + turned + sealed[place + 1 :]),
                (own, sealed[:place]),
                (own, seal(self._key, other, body)),
                (other, sealed),
                (other, seal(self._key, other, body)),
            ]
        )

    def _body(self) -> bytes:
        self._seq += 1
        fact = {
            "seq": self._seq,
            "ts": "2026-11-21T08:15:02.120+08:00",
            "card": {"no": self._card, "kind": "cpu"},
            "atc": self._seq,
            "bal_before": FEN,
            "amt": 100,
            "bal_after": FEN - 100,
            "tariff": 1,
            "ml": 1000,
            "ml_req": 1000,
            "pulses": 450,
            "nozzle": 1,
            "status": "ok",
            "tot": {"n": self._seq, "fen": 100 * self._seq, "ml": 1000 * self._seq},
        }
        return json.dumps({"v": 1, "boot": 1, "facts": [fact]}, separators=(",", ":")).encode()
