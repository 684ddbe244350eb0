"""The signed frame: `base64url(HMAC-SHA256(key, topic + "\\n" + body))`, a full stop, the body.

The signature covers the raw bytes, and the topic with them, so that a frame copied to another
topic is worthless. Nothing is re-serialised to check it.
"""

import hmac
from base64 import urlsafe_b64encode

from tapline_gateway.protocol.errors import FrameError, SignatureError, TooBigError

FRAME_BYTES_MAX = 16_384
KEY_BYTES = 32

_MAC_CHARS = 43  # 32 bytes in base64url without its padding


def seal(key: bytes, topic: str, body: bytes) -> bytes:
    """Sign `body` for `topic`; `TooBigError` where the frame would exceed `FRAME_BYTES_MAX`."""
    frame = _mac(key, topic, body) + b"." + body
    _check_size(frame)
    return frame


def open_frame(key: bytes, topic: str, frame: bytes) -> bytes:
    """The body of a frame that was signed with `key` for `topic`.

    Raises `TooBigError` and `FrameError` before anything is computed, else `SignatureError`.
    """
    mac, body = split(frame)
    if not hmac.compare_digest(mac, _mac(key, topic, body)):
        raise SignatureError(f"not signed with this device's key for {topic!r}")
    return body


def split(frame: bytes) -> tuple[bytes, bytes]:
    """Signature (43 characters) and body, unverified: to see where a frame belongs, no more."""
    _check_size(frame)
    if frame[_MAC_CHARS : _MAC_CHARS + 1] != b".":
        raise FrameError("not a frame: send 43 characters of signature, a full stop, the body")
    return frame[:_MAC_CHARS], frame[_MAC_CHARS + 1 :]


def _mac(key: bytes, topic: str, body: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a device key has {KEY_BYTES} bytes, this one has {len(key)}")
    digest = hmac.digest(key, topic.encode() + b"\n" + body, "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=")


def _check_size(frame: bytes) -> None:
    if len(frame) > FRAME_BYTES_MAX:
        raise TooBigError(f"a frame of {len(frame)} bytes: send at most {FRAME_BYTES_MAX}")
