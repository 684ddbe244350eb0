"""Topic names, built and parsed in one place: `tl1/{tenant}/{device}/{name}`."""

import re
from typing import NamedTuple, Self

from tapline_gateway.protocol.errors import TopicError

ROOT = "tl1"

# `\Z`, not `$`: a dollar sign lets a trailing line feed through.
_TOPIC = re.compile(
    rf"{ROOT}/([a-z0-9][a-z0-9-]{{0,62}})/([A-Za-z0-9_-]{{1,32}})/(st|(?:up|dn)/[a-z]{{1,16}})\Z"
)


class Topic(NamedTuple):
    """`name` is the message's name, such as `st`, `up/txn` or `dn/ack`."""

    tenant: str
    device_id: str
    name: str

    @classmethod
    def parse(cls, topic: str) -> Self:
        """Read a topic; `TopicError` when it is none of this contract. Any `name` is let through:
        whether a message of that name exists is the codec's question.
        """
        match = _TOPIC.match(topic)
        if match is None:
            raise TopicError(f"not tl1/{{tenant}}/{{device}}/st, up/… or dn/…: {topic[:120]!r}")
        return cls(*match.groups())

    def __str__(self) -> str:
        return f"{ROOT}/{self.tenant}/{self.device_id}/{self.name}"
