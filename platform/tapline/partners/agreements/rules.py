"""The terms of an agreement as data, and what follows from them. Pure."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from tapline.errors import InvalidError
from tapline.reconciliation import Side

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FEN_MAX = 100_000_000
_UTILITY_MILLIFEN_MAX = 10_000_000
"""A hundred yuan a kWh or cubic metre: more is a mistake in the unit."""
_HOUR_S = 3600


class Base(StrEnum):
    """What a clause multiplies."""

    DAILY_RENT = "daily_rent"
    """What the agreement calls the daily rent of one machine."""
    FIXED = "fixed"
    """An amount of the clause's own."""


class Clause(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the operator owes the property when a machine stands still for too long in one go.

    Out of service for more than `threshold_s`, it pays `multiplier` x `base` for every 24 hours
    begun: "停机超 4 小时,按日租金的 3 倍赔偿" is 14400, 3, `daily_rent`.
    """

    threshold_s: int
    multiplier: int
    base: Base
    fixed_fen: int = 0
    """The amount of `Base.FIXED`."""


class Terms(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What two sides agreed about a site. Amounts in fen."""

    property_id: UUID | None = None
    """The partner whose premises these are."""
    vendors: dict[str, UUID] = {}
    """Which partner answers for a machine, by its hardware model."""
    share_per_mille: int = 0
    """The property's share of water revenue, in thousandths."""
    daily_rent_fen: int = 0
    """Of one machine: what clauses multiply."""
    matrix: dict[str, Side] = {}
    """Which side deals with a category of case; what is not named is the operator's."""
    clauses: tuple[Clause, ...] = ()
    electricity_millifen: int = 0
    """A kilowatt-hour, in thousandths of a fen; 0: nothing is agreed."""
    water_millifen: int = 0
    """A cubic metre, in the same."""
    utilities_from: Side = Side.PROPERTY
    """Whose power and water the machines use: the other side pays for them by reading. From the
    operator's own supply the property pays, out of its share."""

    def utility_millifen(self, supply: str) -> int:
        """What a kWh of `electricity` or a m3 of `water` costs, in thousandths of a fen."""
        return self.electricity_millifen if supply == "electricity" else self.water_millifen

    def responsible(self, category: str) -> Side:
        """Which side deals with cases of a category."""
        return self.matrix.get(category, Side.OPERATOR)

    def partner_of(self, side: Side, hardware: str | None) -> UUID | None:
        """The partner that stands behind a side, for a machine of this hardware model."""
        if side is Side.PROPERTY:
            return self.property_id
        if side is Side.VENDOR and hardware is not None:
            return self.vendors.get(hardware)
        return None

    @property
    def partner_ids(self) -> set[UUID]:
        """Every partner that the terms name."""
        own = {self.property_id} if self.property_id else set()
        return own | set(self.vendors.values())


def read(document: dict[str, Any]) -> Terms:
    """Terms from how they are stored.

    Raises:
        InvalidError: a field cannot be read or cannot be.
    """
    try:
        terms = msgspec.convert(document, Terms)
    except msgspec.ValidationError as error:
        raise InvalidError(f"the terms cannot be read: {error}") from None
    check(terms)
    return terms


def written(terms: Terms) -> dict[str, Any]:
    """Terms as they are stored: JSON values."""
    document: dict[str, Any] = msgspec.to_builtins(terms, str_keys=True)
    return document


def check(terms: Terms) -> None:
    """Refuse terms that cannot be kept, each with what can.

    Raises:
        InvalidError: a number is out of range, a share has no property, a category no code.
    """
    if not 0 <= terms.share_per_mille <= 1000:
        raise InvalidError(f"a share is 0 to 1000 thousandths, not {terms.share_per_mille}")
    if terms.share_per_mille and terms.property_id is None:
        raise InvalidError("a share is paid to a property: choose the property partner")
    if not 0 <= terms.daily_rent_fen <= _FEN_MAX:
        raise InvalidError(f"a daily rent is 0 to {_FEN_MAX} fen, not {terms.daily_rent_fen}")
    if wrong := [code for code in terms.matrix if not _CODE.fullmatch(code)]:
        raise InvalidError(f"no categories of case: {', '.join(wrong)}")
    if Side.CUSTOMER in terms.matrix.values():
        raise InvalidError("a customer deals with no case: operator, property or vendor does")
    _check_utilities(terms)
    for clause in terms.clauses:
        _check_clause(clause, terms)


def compensation_fen(terms: Terms, clause: Clause, lasted_s: int) -> int:
    """What a clause pays for a machine that stood still for `lasted_s` in one go; 0 mostly."""
    if lasted_s <= clause.threshold_s:
        return 0
    base_fen = terms.daily_rent_fen if clause.base is Base.DAILY_RENT else clause.fixed_fen
    days_begun = -(-lasted_s // (24 * _HOUR_S))
    return clause.multiplier * base_fen * days_begun


class _Version(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=_Version)


def in_force(versions: Iterable[V], day: date) -> V | None:
    """Of a site's approved versions the one that holds on `day`: the latest begun by then."""
    begun = (one for one in versions if one.valid_from <= day)
    return max(begun, key=lambda one: (one.valid_from, one.version), default=None)


def _check_clause(clause: Clause, terms: Terms) -> None:
    if not 0 <= clause.threshold_s <= 31 * 24 * _HOUR_S:
        raise InvalidError("a clause begins after 0 hours to 31 days out of service")
    if not 1 <= clause.multiplier <= 100:
        raise InvalidError(f"a clause multiplies by 1 to 100, not {clause.multiplier}")
    if clause.base is Base.DAILY_RENT and not terms.daily_rent_fen:
        raise InvalidError("a clause multiplies the daily rent: say what it is")
    if clause.base is Base.FIXED and not 0 < clause.fixed_fen <= _FEN_MAX:
        raise InvalidError(f"a fixed clause names an amount of 1 to {_FEN_MAX} fen")


def _check_utilities(terms: Terms) -> None:
    prices = (terms.electricity_millifen, terms.water_millifen)
    if not all(0 <= price <= _UTILITY_MILLIFEN_MAX for price in prices):
        raise InvalidError("a kWh or cubic metre costs 0 to 100 yuan")
    if any(prices) and terms.property_id is None:
        raise InvalidError("electricity and water are settled with a property: choose the partner")
    if terms.utilities_from not in {Side.PROPERTY, Side.OPERATOR}:
        raise InvalidError("electricity and water come from the property or the operator")
