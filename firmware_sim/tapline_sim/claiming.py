"""How a device without a key gets its own, by the credential of its batch (`docs/protocol.md`)."""

import logging
from collections.abc import Callable
from random import Random

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tapline_gateway.protocol import (
    Claim,
    ClaimAnswer,
    ProtocolError,
    Topic,
    decode,
    encode,
    open_frame,
    seal,
)
from tapline_sim import identity
from tapline_sim.flash import Flash
from tapline_sim.identity import Identity
from tapline_sim.scenario import ClaimSpec, DeviceSpec
from tapline_sim.uplink.line import Line
from tapline_sim.uplink.packets import Greeting
from tapline_sim.world import World

log = logging.getLogger(__name__)

ANSWER_S = 5.0
AGAIN_S = (1.0, 6.0)
_KEEPALIVE_S = 30
_INFO = b"tapline claim v1"


class Claiming:
    """Asks until it is answered; then calls back, once, with who the device is."""

    def __init__(
        self,
        spec: DeviceSpec,
        credential: ClaimSpec,
        world: World,
        *,
        flash: Flash,
        chance: Random,
        done: Callable[[Identity], None],
    ) -> None:
        self._spec = spec
        self._credential = credential
        self._world = world
        self._chance = chance
        self._done = done
        self._line: Line | None = None
        self._claimed: Identity | None = None
        fresh = X25519PrivateKey.generate().private_bytes_raw()
        with world.store.transaction():
            secret = flash.secret("pair", fresh)
        self._pair = X25519PrivateKey.from_private_bytes(secret)
        self._public = self._pair.public_key().public_bytes_raw()

    def begin(self) -> None:
        """Log in as the batch. Where another device of it takes our place, try again later."""
        if self._world.closing:
            return
        greeting = Greeting(
            client_id=self._credential.claim_id,
            username=self._credential.claim_id,
            password=self._credential.password,
            version=self._spec.mqtt_version,
            keepalive_s=_KEEPALIVE_S,
            session_s=0,
        )
        try:
            self._line = Line(self._world.reactor, self._world.scenario.mqtt, greeting, self)
        except OSError as error:
            self.lost(str(error))

    def welcomed(self) -> None:
        """As `Ears`: subscribe, and ask."""
        line = self._line
        assert line is not None
        line.subscribe([self._topic(ClaimAnswer.NAME)])
        asked = Claim(
            req=f"{self._spec.device_id}-{self._chance.getrandbits(32):x}",
            serial=self._spec.device_id,
            pub=identity.to_text(self._public),
            hw=self._spec.hw,
            fw=self._spec.fw,
        )
        topic = self._topic(Claim.NAME)
        line.publish(topic, seal(self._key, topic, encode(asked)), qos=1)
        self._world.reactor.after(ANSWER_S, line.cut)

    def heard(self, topic: str, payload: bytes) -> None:
        """As `Ears`: the answer, if it is for us."""
        try:
            said = decode(Topic.parse(topic).name, open_frame(self._key, topic, payload))
        except ProtocolError as error:
            log.warning("%s ignores an answer: %s", self._spec.device_id, error)
            return
        if not isinstance(said, ClaimAnswer) or said.serial != self._spec.device_id:
            return
        self._claimed = self._opened(said)
        if self._claimed is None:
            log.warning("%s gets no key: %s", self._spec.device_id, said.why or "unreadable")
        elif self._line is not None:
            self._line.leave()

    def confirmed(self, mid: int) -> None:
        """As `Ears`."""

    def lost(self, why: str) -> None:
        """As `Ears`: done, or once more."""
        self._line = None
        if self._claimed is not None:
            self._done(self._claimed)
            return
        log.info("%s claims again: %s", self._spec.device_id, why)
        self._world.reactor.after(self._chance.uniform(*AGAIN_S), self.begin)

    @property
    def _key(self) -> bytes:
        return bytes.fromhex(self._credential.key_hex)

    def _topic(self, name: str) -> str:
        return str(Topic(self._world.scenario.tenant, self._credential.claim_id, name))

    def _opened(self, answer: ClaimAnswer) -> Identity | None:
        if not answer.ok or answer.pub is None or answer.box is None:
            return None
        theirs = identity.from_text(answer.pub)
        shared = self._pair.exchange(X25519PublicKey.from_public_bytes(theirs))
        content = identity.opened(answer.box, shared, salt=self._public + theirs, info=_INFO)
        return None if content is None else identity.told(content)
