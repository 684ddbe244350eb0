"""How a call moves through a flow. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from tapline.errors import InvalidError
from tapline.hotline.flows.nodes import (
    Ask,
    Branch,
    Flow,
    Leaving,
    Menu,
    Say,
    Waiting,
    targets,
)

KEYS = re.compile(r"[0-9*#]{0,32}")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a call rests: what it hears on the way there, and the node that waits or ends it."""

    at: str
    node: Waiting | Leaving
    said: tuple[str, ...]


def parse(document: Mapping[str, Any]) -> Flow:
    """The flow that a document describes.

    Raises:
        InvalidError: it cannot be read, names a node that is not there, or goes round in a circle
            without ever asking the caller.
    """
    try:
        flow = msgspec.convert(document, Flow)
    except msgspec.ValidationError as error:
        raise InvalidError(f"the flow cannot be read: {error}") from None
    _check_known(flow, "the beginning", (flow.start,))
    for name, node in flow.nodes.items():
        _check_known(flow, name, targets(node))
    for name in flow.nodes:
        _check_rests(flow, name, ())
    return flow


def _check_known(flow: Flow, where: str, nexts: Iterable[str]) -> None:
    for name in nexts:
        if name not in flow.nodes:
            raise InvalidError(f"{where} leads to {name!r}, which is no node of this flow")


def _check_rests(flow: Flow, name: str, passed: tuple[str, ...]) -> None:
    if name in passed:
        raise InvalidError(f"{' → '.join((*passed, name))} goes round without asking the caller")
    node = flow.nodes[name]
    if isinstance(node, Say | Branch):
        for target in targets(node):
            _check_rests(flow, target, (*passed, name))


def stop_from(flow: Flow, name: str, facts: Mapping[str, str]) -> Stop:
    """Where a call that comes to node `name` rests. `facts` are its `period` and `list`."""
    said: list[str] = []
    while True:
        node = flow.nodes[name]
        if isinstance(node, Say):
            said.append(node.say)
            name = node.then
        elif isinstance(node, Branch):
            name = node.when.get(facts[node.on], node.otherwise)
        else:
            return Stop(name, node, tuple(said))


def after_keys(node: Waiting, keys: str, tries: int) -> str | None:
    """The node that a caller's keys lead to; None: ask him again.

    `tries` counts the times he has been asked, this one included.
    """
    if isinstance(node, Menu) and keys in node.choices:
        return node.choices[keys]
    if isinstance(node, Ask):
        given = keys.rstrip("#")
        if given.isdigit() and node.digits_min <= len(given) <= node.digits_max:
            return node.then
    return node.otherwise if tries >= node.tries else None
