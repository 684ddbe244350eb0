"""Damage that knows what it damages: bits and lengths of frames, structure and values of bodies."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

BYTES_MAX = 20_000
"""A little more than a frame may have."""
_HUGE: tuple[int, ...] = (-1, 2**31, 2**53, 2**63, -(2**63) - 1, 10**40, 10**400)
_ODD: tuple[Any, ...] = (None, True, 0.5, 1e300, "", "\0", "\ud800", [], {}, "9" * 5000, "é" * 3000)


def mutated(chance: Random, raw: bytes) -> bytes:
    """A frame or body that was changed somewhere, once to four times; perhaps by nothing."""
    for _ in range(chance.randint(1, 4)):
        raw = chance.choice(_WAYS)(chance, raw)[:BYTES_MAX]
    return raw


def _flip(chance: Random, raw: bytes) -> bytes:
    if not raw:
        return b"\0"
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]


def _truncate(chance: Random, raw: bytes) -> bytes:
    return raw[: chance.randint(0, len(raw))]


def _insert(chance: Random, raw: bytes) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.randbytes(chance.randint(1, 16)) + raw[at:]


def _repeat(chance: Random, raw: bytes) -> bytes:
    begin, end = sorted((chance.randint(0, len(raw)), chance.randint(0, len(raw))))
    return raw[:end] + raw[begin:end] * chance.choice((1, 2, 1000)) + raw[end:]


def _nest(chance: Random, raw: bytes) -> bytes:
    """Brackets, more than anybody may open: around it, or in the place of a value."""
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    depth = chance.choice((7, 8, 9, 100, 3000))
    nested = opened * depth + b"1" + closed * chance.choice((depth, depth, 0))
    at = raw.find(b":", chance.randint(0, len(raw)))
    return nested if at < 0 else raw[: at + 1] + nested + b"," + raw[at + 1 :]


def _not_text(chance: Random, raw: bytes) -> bytes:
    at = raw.find(b'"', chance.randint(0, len(raw))) + 1
    bad = chance.choice((b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", rb"\u0000"))
    return raw[:at] + bad + raw[at:]


def _number(chance: Random, raw: bytes) -> bytes:
    """A number that no counter has, in the place of one that is there."""
    digits = [at for at, byte in enumerate(raw) if 48 <= byte < 58]
    if not digits:
        return raw
    at = chance.choice(digits)
    odd = chance.choice((*map(str, _HUGE), "1.5", "1e9", "-0", "007", "NaN", "1" * 4000))
    return raw[:at] + odd.encode() + raw[at + 1 :]


def _restructure(chance: Random, raw: bytes) -> bytes:
    """As JSON: a field gone, named twice, of another kind, with another's value."""
    head, dot, body = raw.partition(b".")
    if len(head) != 43:
        head, dot, body = b"", b"", raw
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return raw
    _change(chance, told)
    text = json.dumps(told, separators=(",", ":"))
    if chance.random() < 0.2 and text.startswith("{") and len(text) > 2:
        text = text[:-1] + "," + text[1:]  # every key twice
    return head + dot + text.encode()


def _change(chance: Random, told: Any) -> None:
    places: list[tuple[Any, Any]] = []
    rest = [told]
    while rest:
        inner = rest.pop()
        keys = (
            inner
            if isinstance(inner, dict)
            else range(len(inner))
            if isinstance(inner, list)
            else ()
        )
        places += [(inner, key) for key in keys]
        rest += [inner[key] for key in keys]
    if not places:
        return
    (inner, key), (other, place) = chance.choice(places), chance.choice(places)
    match chance.randrange(4):
        case 0:
            del inner[key]
        case 1:
            inner[key] = chance.choice((*_HUGE, *_ODD))
        case 2 if inner is not other[place]:
            inner[key] = json.loads(json.dumps(other[place]))
        case _ if isinstance(inner, dict):
            inner[f"{key}\n"] = inner[key]
        case _:
            inner.append(inner[key])


_WAYS: tuple[Callable[[Random, bytes], bytes], ...] = (
    _flip,
    _truncate,
    _insert,
    _repeat,
    _nest,
    _not_text,
    _number,
    _restructure,
    _restructure,
)
