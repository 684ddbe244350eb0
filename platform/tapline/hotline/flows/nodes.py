"""The parts that a flow is made of, as stored and edited.

    {"start": "hours", "nodes": {
        "hours": {"kind": "branch", "on": "period", "when": {"night": "bye"},
                  "otherwise": "menu"},
        "menu": {"kind": "menu", "say": "直饮水请按 1", "choices": {"1": "water"},
                 "otherwise": "anyone"},
        …}}

A call passes through `say` and `branch` at once, waits at `menu` and `ask`, and leaves the flow
at `queue`, `callback` and `hang_up`. `otherwise` is where a call goes that pressed nothing of use.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Words = Annotated[str, Meta(min_length=1, max_length=500)]
Key = Annotated[str, Meta(pattern=r"^[0-9*#]$")]
Intent = Name
"""What a caller wants, as he chose it: prefills the ticket, names the skill in figures."""


class _Node(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class Say(_Node, frozen=True, kw_only=True, tag="say"):
    say: Words
    then: Name


class Branch(_Node, frozen=True, kw_only=True, tag="branch"):
    """By `period` of the hotline's calendar, or by the `list` (white, none) the caller is on."""

    on: Literal["period", "list"]
    when: dict[str, Name]
    otherwise: Name


class Menu(_Node, frozen=True, kw_only=True, tag="menu"):
    say: Words
    choices: dict[Key, Name]
    otherwise: Name
    tries: Annotated[int, Meta(ge=1, le=5)] = 2
    timeout_ms: Annotated[int, Meta(ge=1000, le=60_000)] = 8000

    digits_min: ClassVar[int] = 1
    digits_max: ClassVar[int] = 1


class Ask(_Node, frozen=True, kw_only=True, tag="ask"):
    """A number typed by the caller, attached to the call as `name`: untrusted, shown as such.

    What is `secret` is compared by nobody and kept nowhere: only that it was given is.
    """

    say: Words
    name: Name
    digits_min: Annotated[int, Meta(ge=1, le=32)] = 1
    digits_max: Annotated[int, Meta(ge=1, le=32)] = 32
    secret: bool = False
    then: Name
    otherwise: Name
    tries: Annotated[int, Meta(ge=1, le=5)] = 2
    timeout_ms: Annotated[int, Meta(ge=1000, le=60_000)] = 15_000


class Queue(_Node, frozen=True, kw_only=True, tag="queue"):
    say: str = ""
    intent: Intent
    skills: dict[Name, Annotated[int, Meta(ge=1, le=5)]] = {}
    priority: Annotated[int, Meta(ge=0, le=60)] = 0
    """Minutes of waiting that the call is ahead of others."""
    urgent: bool = False
    """An emergency: where nobody answers, whoever is on duty is told by SMS."""


class CallBack(_Node, frozen=True, kw_only=True, tag="callback"):
    """A promise to call back when the day begins, or as soon as somebody is free."""

    say: Words
    intent: Intent


class HangUp(_Node, frozen=True, kw_only=True, tag="hang_up"):
    say: Words


Node = Say | Branch | Menu | Ask | Queue | CallBack | HangUp
Waiting = Menu | Ask
Leaving = Queue | CallBack | HangUp


class Flow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    start: Name
    nodes: Annotated[dict[Name, Node], Meta(min_length=1, max_length=100)]


def targets(node: Node) -> tuple[str, ...]:
    """The nodes that can come next."""
    match node:
        case Say():
            return (node.then,)
        case Branch():
            return (*node.when.values(), node.otherwise)
        case Menu():
            return (*node.choices.values(), node.otherwise)
        case Ask():
            return (node.then, node.otherwise)
        case _:
            return ()
