"""The codes that calls end with, and the list of an operator who has made none. Pure."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tapline.errors import InvalidError

_Label = Annotated[str, Meta(min_length=1, max_length=40)]


class Disposition(Struct, frozen=True, forbid_unknown_fields=True):
    """One button. `category` is the ticket that such a call mostly needs; empty: none."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    zh: _Label
    en: _Label
    category: Annotated[str, Meta(max_length=32)] = ""


DEFAULT: Sequence[Disposition] = (
    Disposition("answered", "已解答", "Question answered"),
    Disposition("device_fault", "机器故障", "Machine fault", "device_fault"),
    Disposition("leak", "漏水", "Leak", "leak"),
    Disposition("water_quality", "水质问题", "Water quality", "water_quality"),
    Disposition("balance_wrong", "余额或扣费", "Balance or charge", "balance_wrong"),
    Disposition("card_lost", "挂失", "Card lost", "card_lost"),
    Disposition("refund", "退卡退款", "Card refund", "card_closing"),
    Disposition("order_placed", "订水", "Water ordered"),
    Disposition("order_late", "送水迟到或未到", "Delivery late or missing", "order_undelivered"),
    Disposition("order_short", "少送", "Delivered short", "order_short"),
    Disposition("complaint", "服务投诉", "Complaint", "service_complaint"),
    Disposition("not_for_us", "打错或骚扰", "Wrong number or nuisance"),
)


def parse(codes: Sequence[Any]) -> Sequence[Disposition]:
    """The list that was written down.

    Raises:
        InvalidError: it cannot be read, is empty, or has a code twice.
    """
    try:
        listed = msgspec.convert(codes, list[Disposition])
    except msgspec.ValidationError as error:
        raise InvalidError(f"the list cannot be read: {error}") from None
    if not listed or len({one.code for one in listed}) < len(listed):
        raise InvalidError("give at least one code, and each code once")
    return listed
