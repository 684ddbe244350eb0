"""Checks a card statement against a head that its reader kept. It needs nothing but Python.

    python checker.py STATEMENT.json HEAD_IN_HEX
    python checker.py EXTRACT.json HEAD_IN_HEX [STATEMENT.json]

Nothing here is shared with what makes seals and statements; docs/ledger.md describes both. It
recomputes, from the statement alone:

1. each journal's leaf, and by its path the root of the seal that it was put under;
2. each seal's hash from its number, its size, its root and the hash before it, up to the head;
3. that the card's entries, on every account of it, count from 1 without a gap, and that each
   balance follows from the one before: nothing in between was left out or put in.

What it cannot tell is whether something was posted behind the last seal of the statement.

An extract is a statement whose texts are withheld: of each journal it has the leaf, and of the text
the day, the kind and the card's own entries. Leaves, seals, head and balances are checked likewise;
that an entry is what its leaf says is its maker's word until the card's statement is laid beside
it: then that is checked, too.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "tapline-statement-1"
EXTRACT = "tapline-extract-1"
_CHAIN = {"format", "card", "before", "seals", "journals"}
_PLACE = {"seal", "place", "path"}
PARTS = {
    FORMAT: (_CHAIN | {"tenant"}, _PLACE | {"text"}),
    EXTRACT: (_CHAIN | {"since", "opening"}, _PLACE | {"leaf", "day", "kind", "entries"}),
}
"""What a document, and each journal in it, consists of, by format."""
SIDES = {
    "principal": "C",
    "bonus": "C",
    "pending_load": "C",
    "pending_bonus": "C",
    "receivable": "D",
}
"""The accounts of a card, with the side on which each grows."""


@dataclass(frozen=True)
class Entry:
    """One line of a journal; `amount` and `balance` in fen."""

    code: str
    unit: str
    side: str
    amount: int
    pending: bool
    version: int
    balance: int


@dataclass(frozen=True)
class Journal:
    """What a canonical text says."""

    tenant: str
    key: str
    kind: str
    event_us: int
    """When it happened: microseconds since 1970, UTC."""
    recorded_us: int
    entries: list[Entry]


def check(document: Any, head: str) -> list[str]:
    """Everything that is wrong with a statement, given the head (in hexadecimal) that its reader
    kept; empty where it is what was sealed."""
    try:
        return list(_differences(document, head))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        return [f"this is no statement that can be read: {error!r}"]


def journals(document: Any) -> Iterator[Journal]:
    """The journals of a statement, oldest seal first."""
    return (parsed(one["text"]) for one in document["journals"])


def unlike(extract: Any, statement: Any) -> list[str]:
    """What an extract says otherwise than the statement of its card under the same head, both
    checked before; empty where the texts bear it out."""
    withheld = len(statement["journals"]) - len(extract["journals"])
    opening = {name: [0, 0] for name in SIDES}
    differences = ["it has more journals than the card"] if withheld < 0 else []
    for number, one in enumerate(statement["journals"], start=1 - max(withheld, 0)):
        says = told_of(one["text"], statement["card"])
        if number > 0:
            told = extract["journals"][number - 1]
            if _leaf(told) != _leaf(one):
                differences.append(f"journal {number} is not the one that the card has there")
            elif any(told[name] != said for name, said in says.items()):
                differences.append(f"journal {number} is not what its text says")
        elif says["day"] >= extract["since"]:
            differences.append(f"a journal of {says['day']} is left out")
        for entry in says["entries"] if number <= 0 else ():
            opening[entry["account"]] = [entry["number"], entry["balance"]]
    return differences + ([] if opening == extract["opening"] else ["its opening is another"])


def told_of(text: str, card: str) -> dict[str, Any]:
    """What an extract tells of a canonical text: the business day on which it was recorded (UTC+8),
    its kind, and the card's own entries, each with its number on its account and its change and
    balance in fen."""
    journal = parsed(text)
    recorded = datetime.fromtimestamp(journal.recorded_us / 1e6, UTC) + timedelta(hours=8)
    entries = []
    for entry in journal.entries:
        owner, _, name = entry.code.rpartition(":")
        if owner == f"card:{card}" and entry.unit == "CNY.fen":
            change = entry.amount if entry.side == SIDES[name] else -entry.amount
            told = {"account": name, "number": entry.version, "change": change}
            entries.append({**told, "held": entry.pending, "balance": entry.balance})
    return {"day": recorded.date().isoformat(), "kind": journal.kind, "entries": entries}


def _differences(document: Any, head: str) -> Iterator[str]:
    if document["format"] not in PARTS:
        yield f"its format is {document['format']}, not {FORMAT} or {EXTRACT}"
        return
    parts, journal_parts = PARTS[document["format"]]
    if set(document) != parts:
        yield "it has other parts than it should have"
    seals = chain(document)
    end = seals[-1].hash
    if end != bytes.fromhex(head):
        yield f"its seals end with {end.hex()}, not with the head that was kept"
    by_number = {seal.number: seal for seal in seals[1:]}
    for number, one in enumerate(document["journals"], start=1):
        if set(one) != journal_parts:
            yield f"journal {number} has other parts than a journal has"
        seal = by_number[one["seal"]]
        if root_of(one, seal.size) != seal.root:
            yield f"journal {number} is not what seal {one['seal']} holds"
    yield from _gaps(document) if document["format"] == FORMAT else _steps(document)


class Seal(NamedTuple):
    """A seal as its numbers say; of the one before the first, size and root are unknown."""

    number: int
    size: int
    root: bytes
    hash: bytes


def chain(document: Any) -> list[Seal]:
    """The seal before the first, and each seal of a statement or an extract."""
    before = document["before"]
    seals = [Seal(_number(before["seq"]), 0, b"", _digest(before["hash"]))]
    for seal in document["seals"]:
        number, size, root = seals[-1].number + 1, _number(seal["journals"]), _digest(seal["root"])
        numbers = number.to_bytes(8, "big") + size.to_bytes(8, "big")
        digest = hashlib.sha256(b"\x02" + numbers + seals[-1].hash + root).digest()
        seals.append(Seal(number, size, root, digest))
    return seals


def _leaf(journal: Any) -> bytes:
    if "text" in journal:
        return hashlib.sha256(b"\x00" + journal["text"].encode()).digest()
    return _digest(journal["leaf"])


def root_of(journal: Any, size: int) -> bytes:
    """The root that a journal's path leads to (RFC 6962: leaves begin with 0, nodes with 1)."""
    node = _leaf(journal)
    place, path = _number(journal["place"]), [_digest(one) for one in journal["path"]]
    if place >= size:
        raise ValueError(f"place {place} of {size}")
    while size > 1:
        # The last of an odd row has no neighbour: it moves up as it is.
        if place ^ 1 < size:
            neighbour = path.pop(0)
            pair = neighbour + node if place % 2 else node + neighbour
            node = hashlib.sha256(b"\x01" + pair).digest()
        place, size = place // 2, (size + 1) // 2
    if path:
        raise ValueError("a path is longer than its tree is high")
    return node


def _gaps(document: Any) -> Iterator[str]:
    """Where the card's entries do not follow from each other."""
    sides = {f"card:{document['card']}:{name}": side for name, side in SIDES.items()}
    found: dict[str, list[Entry]] = {code: [] for code in sides}
    texts = [one["text"] for one in document["journals"]]
    if len(set(texts)) < len(texts):
        yield "a journal is stated twice"
    for journal in journals(document):
        own = [one for one in journal.entries if one.code in sides and one.unit == "CNY.fen"]
        if journal.tenant != document["tenant"] or not own:
            yield f"journal {journal.key} is not of this card"
        for entry in own:
            found[entry.code].append(entry)
    for code, entries in found.items():
        balance = 0
        for version, entry in enumerate(sorted(entries, key=lambda one: one.version), start=1):
            if not entry.pending:
                balance += entry.amount if entry.side == sides[code] else -entry.amount
            if (entry.version, entry.balance) != (version, balance):
                yield f"entry {version} of {code} is missing, or does not lead to its balance"
                break


def _steps(document: Any) -> Iterator[str]:
    """Where an extract's entries do not follow from each other."""
    if set(document["opening"]) != set(SIDES):
        yield "its opening balances are not those of a card"
    leaves = [one["leaf"] for one in document["journals"]]
    if len(set(leaves)) < len(leaves):
        yield "a journal is stated twice"
    entries: list[Any] = []
    for number, one in enumerate(document["journals"], start=1):
        if not one["entries"] or date.fromisoformat(one["day"]).isoformat() != one["day"]:
            yield f"journal {number} says nothing of the card, or no day"
        entries += one["entries"]
    for name, (before, balance) in document["opening"].items():
        own = [one for one in entries if one["account"] == name]
        own.sort(key=lambda one: _number(one["number"]))
        for version, one in enumerate(own, start=before + 1):
            due = balance + (0 if one["held"] is True else one["change"])
            if (one["number"], one["balance"]) != (version, due):
                yield f"entry {version} of {name} is missing, or does not lead to its balance"
                break
            balance = due  # noqa: PLW2901 (carried from entry to entry)


def parsed(text: str) -> Journal:
    """Read a canonical text: fields joined by `|`, free text after its length in bytes."""
    rest = text.encode()

    def field(end: bytes = b"|") -> str:
        nonlocal rest
        value, _, rest = rest.partition(end)
        return value.decode()

    def measured(end: bytes = b"|") -> str:
        nonlocal rest
        length = int(field(b":"))
        value, rest = rest[:length], rest[length:]
        if not rest.startswith(end):
            raise ValueError("a text is longer or shorter than it says")
        rest = rest.removeprefix(end)
        return value.decode()

    field()  # the journal's number
    tenant, key, _command, kind = measured(), measured(), field(), measured()
    _phase, _parent, event_us, recorded_us, _expires = (field() for _ in range(5))
    entries = []
    while rest:
        field(b":")  # the line's number
        code, unit, side = measured(b":"), measured(b":"), field(b":")
        amount, pending, _cover, version = (int(field(b":")) for _ in range(4))
        entries.append(Entry(code, unit, side, amount, pending == 1, version, int(field(b","))))
    return Journal(tenant, key, kind, int(event_us), int(recorded_us), entries)


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a number from 0 on")
    return value


def _digest(value: Any) -> bytes:
    digest = bytes.fromhex(value)
    if len(digest) != 32 or digest.hex() != value:
        raise ValueError(f"{value!r} is not 32 bytes in hexadecimal")
    return digest


def _main(extract_or_statement: str, head: str, *laid_beside: str) -> int:
    documents = [
        json.loads(Path(name).read_text("utf-8")) for name in (extract_or_statement, *laid_beside)
    ]
    wrong = [difference for one in documents for difference in check(one, head)]
    if laid_beside and not wrong:
        wrong = unlike(*documents)
    sealed = documents[-1]["format"] == FORMAT if not wrong else False
    right = "Everything is as it was sealed." if sealed else "All leaves lie under the head."
    sys.stdout.write("\n".join(wrong or [right]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
