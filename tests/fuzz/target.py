"""What is done with a mutated frame: read as the gateway reads it, and held to two promises.

Nothing but the declared errors comes out, and no frame is believed that a key did not make.
"""

from tapline_gateway.keyring import KeyRing, Keys
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import FRAME_BYTES_MAX, ProtocolError, Topic, seal
from tapline_gateway.reading import Letter, Refused, read
from tapline_gateway.vendors import ADAPTERS, UnreadableError
from tests.fuzz.samples import Sample


class ForgeryError(AssertionError):
    """A frame was believed that differs from every one that was sealed."""


class _OneKey(KeyRing):
    """The ring of one device, without a database: whoever asks is given the same keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def keys_of(self, tenant_id: str, device_id: str, *, at_ms: int = 0) -> Keys:
        return self._keys


def tried_raw(sample: Sample, raw: bytes) -> bool:
    """A frame as somebody sent it who has no key; whether it was read.

    Raises `ForgeryError` where it was, and is not the golden one byte for byte.
    """
    if sample.key is None:
        return _tried_record(sample, raw)
    outcome = _read(sample, raw)
    if isinstance(outcome, Letter) and raw != sample.raw:
        raise ForgeryError(f"{sample.name}: believed {raw[:80]!r}")
    return isinstance(outcome, Letter)


def tried_sealed(sample: Sample, body: bytes) -> bool:
    """A body from a machine that has its key, and a broken firmware; whether it was read."""
    if sample.key is None:
        return _tried_record(sample, body)
    if len(body) > FRAME_BYTES_MAX - 44:
        return tried_raw(sample, b"A" * 43 + b"." + body)
    return isinstance(_read(sample, seal(sample.key, sample.address, body)), Letter)


def _read(sample: Sample, raw: bytes) -> Letter | Refused | None:
    arrival = Arrival(sample.address, raw, retained=False, qos=1, mid=1, session=1)
    is_claim = sample.address.endswith("/up/claim")
    return read(arrival, _OneKey(Keys(sample.key, is_claim=is_claim)))


def _tried_record(sample: Sample, raw: bytes) -> bool:
    try:
        ADAPTERS[sample.vendor].read(sample.address, raw)
    except UnreadableError:
        return False
    return True


def topic_of(address: str) -> Topic | None:
    """An address as the gateway takes it apart; None where it is no topic of ours."""
    try:
        return Topic.parse(address)
    except ProtocolError:
        return None
