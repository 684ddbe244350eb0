"""Types of fields. Every one is bounded, so that whatever decodes fits where it is stored."""

from typing import Annotated, Any, NamedTuple, Self

from msgspec import Meta

# RFC 7493: the integers that every JSON reader carries exactly.
INT_MAX = 2**53 - 1

Count = Annotated[int, Meta(ge=0, le=INT_MAX)]
Seq = Annotated[int, Meta(ge=1, le=INT_MAX)]
Small = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Signed = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Percent = Annotated[int, Meta(ge=0, le=100)]
# Ten million yuan: sums over any number of facts that a device can send stay within 64 bits.
Fen = Annotated[int, Meta(ge=0, le=10**9)]

Word = Annotated[str, Meta(min_length=1, max_length=32)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Said = Annotated[str, Meta(min_length=1, max_length=100)]
# A lookahead after `$`, which in Python lets a trailing line feed through.
CardNo = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{1,32}$(?!\n)")]
Sha256Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
# Not checked further here: one unreadable clock must not cost a message. See `moments`.
Stamp = Annotated[str, Meta(max_length=40)]
Document = dict[str, Any]


class SeqRange(NamedTuple):
    """The facts `first` to `last`, both included: `{"from": first, "to": last}` on the wire."""

    first: int
    last: int

    @classmethod
    def read(cls, document: Document) -> Self | None:
        """None where `document` holds no such range."""
        match document:
            case {"from": first, "to": last} if type(first) is type(last) is int:
                return cls(first, last) if 1 <= first <= last <= INT_MAX else None
            case _:
                return None

    def document(self) -> Document:
        return {"from": self.first, "to": self.last}
