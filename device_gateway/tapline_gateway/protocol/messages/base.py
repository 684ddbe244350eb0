"""What all messages share: immutable, unknown fields ignored, absent and null the same."""

from typing import ClassVar

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a message. A field at its default is not sent."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="v", tag=1):
    """A message of version 1: `"v":1` is sent first; a body without `v` is read as version 1.

    `REPLAY` says what makes a copy of an old frame harmless.
    """

    NAME: ClassVar[str]
    QOS: ClassVar[int] = 1
    RETAINED: ClassVar[bool] = False
    REPLAY: ClassVar[str]
