"""What every body must be before a decoder may see it: text, shallow, whole numbers only."""

import re

from tapline_gateway.protocol.errors import SchemaError

NESTING_MAX = 8

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_FRACTION = re.compile(rb"[0-9][.eE]")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def check(body: bytes) -> None:
    """`SchemaError` unless `body` is UTF-8, nests at most `NESTING_MAX` deep, and holds neither a
    fraction, an exponent nor a NUL (which PostgreSQL cannot store) anywhere, unknown fields
    included.
    """
    bare = _outside_strings(body)
    _check_depth(bare)
    if _FRACTION.search(bare):
        raise SchemaError("a number with a fraction or an exponent: send integers only")
    if rb"\u0000" in body:
        raise SchemaError("a NUL character in a string: leave it out")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise SchemaError(f"not UTF-8 at byte {error.start}") from None


def check_depth(body: bytes) -> None:
    """`SchemaError` where `body` nests deeper than `NESTING_MAX`. Linear, never recursive."""
    _check_depth(_outside_strings(body))


def _outside_strings(body: bytes) -> bytes:
    # A backslash outside a string would shift this reading of the rest against a decoder's,
    # but every decoder stops at it. Hardly any body has one at all.
    unescaped = _ESCAPE.sub(b"", body) if b"\\" in body else body
    return b"".join(unescaped.split(b'"')[::2])


def _check_depth(bare: bytes) -> None:
    if bare.count(b"{") + bare.count(b"[") <= NESTING_MAX:
        return
    depth = 0
    for bracket in bare.translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            if depth > NESTING_MAX:
                raise SchemaError(f"nested deeper than {NESTING_MAX}")
        else:
            depth -= 1
