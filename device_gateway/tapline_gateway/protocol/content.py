"""What makes two facts the same: a SHA-256 over what happened, not over how it was sent.

The canonical form is text in UTF-8, one line a field, each ended by a line feed, always all 20
lines in this order:

    seq op card.no card.kind atc bal_before amt bal_after tariff ml pulses nozzle status auth load
    tot.n tot.fen tot.ml tac ts

A line is `name=value`; the value is `n` for null or absent, `i` and the decimal digits for an
integer, `s`, the length in UTF-8 bytes, a colon and the text itself for text. `op` is `debit` when
absent; without `tot` its three lines are null. `ts` is hashed as text, as it was sent.

So `boot`, `off`, `clk`, `ml_req` and unknown fields are outside: a fact sent again after a reboot
is the same fact. This form never changes: stored hashes are compared with it.
"""

from hashlib import sha256

from tapline_gateway.protocol.messages import Fact


def content_hash(fact: Fact) -> bytes:
    """32 bytes, equal for two facts exactly when they say that the same thing happened."""
    return sha256(canonical_form(fact)).digest()


def canonical_form(fact: Fact) -> bytes:
    """The text that is hashed; see the module."""
    tot = fact.tot
    n, fen, ml = (tot.n, tot.fen, tot.ml) if tot else (None, None, None)
    fields: tuple[tuple[str, int | str | None], ...] = (
        ("seq", fact.seq),
        ("op", fact.op),
        ("card.no", fact.card.no),
        ("card.kind", fact.card.kind),
        ("atc", fact.atc),
        ("bal_before", fact.bal_before),
        ("amt", fact.amt),
        ("bal_after", fact.bal_after),
        ("tariff", fact.tariff),
        ("ml", fact.ml),
        ("pulses", fact.pulses),
        ("nozzle", fact.nozzle),
        ("status", fact.status),
        ("auth", fact.auth),
        ("load", fact.load),
        ("tot.n", n),
        ("tot.fen", fen),
        ("tot.ml", ml),
        ("tac", fact.tac),
        ("ts", fact.ts),
    )
    return b"".join(b"%b=%b\n" % (name.encode(), _value(value)) for name, value in fields)


def _value(value: int | str | None) -> bytes:
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i%d" % value
    text = value.encode()
    return b"s%d:%b" % (len(text), text)
