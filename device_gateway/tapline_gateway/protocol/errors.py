"""What can be wrong with something from the wire. Nothing else is ever raised about its bytes."""

from typing import ClassVar


class ProtocolError(Exception):
    """Base of all; the text says what is wrong and what to send instead.

    `code` is the `dn/nack` code that tells the sender, None where there is nobody to tell: a
    sender that is not authenticated is never answered.
    """

    code: ClassVar[str | None] = None


class TopicError(ProtocolError):
    """Not a topic of this contract."""


class FrameError(ProtocolError):
    """Not a signature, a full stop and a body."""


class TooBigError(ProtocolError):
    """A frame over `FRAME_BYTES_MAX`."""

    code = "E_TOOBIG"


class SignatureError(ProtocolError):
    """Not signed with this key for this topic."""


class SchemaError(ProtocolError):
    """A body that its message type does not allow."""

    code = "E_SCHEMA"


class UnknownMessageError(SchemaError):
    """A topic name that carries no message of this contract."""

    code = "E_UNKNOWN"
