"""Checklists: what is asked at a machine, and which answers are flaws. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from tapline.errors import InvalidError
from tapline.rounds.plans.model import RoundKind

ITEMS_MAX = 20
_TEXT_MAX = 80
_NUMBER_MAX = 1_000_000


class AnswerKind(StrEnum):
    YES_NO = "yes_no"
    """Yes is well; no is a flaw."""
    NUMBER = "number"


class Item(Struct, frozen=True):
    """A line of a checklist. A number below `least` or above `most` is a flaw."""

    text: str
    answer: AnswerKind = AnswerKind.YES_NO
    least: float | None = None
    most: float | None = None
    unit: str = ""
    photo: bool = False
    """Whether a photo has to show it."""


Answer = bool | float
"""In the item's unit, where it is a number."""

USUAL: Mapping[RoundKind, tuple[Item, ...]] = {
    RoundKind.INSPECTION: (
        Item("外观完好，无漏水"),
        Item("显示屏与读卡正常"),
        Item("出水 TDS", AnswerKind.NUMBER, most=50, unit="mg/L", photo=True),
        Item("紫外灯亮"),
        Item("出水温度", AnswerKind.NUMBER, least=0, most=95, unit="°C"),
    ),
    RoundKind.CLEANING: (
        Item("出水口已清洁", photo=True),
        Item("接水盘已清洁"),
        Item("机身与屏幕已擦拭"),
    ),
    RoundKind.DISINFECTION: (
        Item("消毒液浓度", AnswerKind.NUMBER, least=50, most=300, unit="mg/L"),
        Item("浸泡时间", AnswerKind.NUMBER, least=20, unit="min"),
        Item("冲洗后余氯", AnswerKind.NUMBER, most=0.3, unit="mg/L", photo=True),
    ),
    RoundKind.SAMPLING: (
        Item("采样前已冲洗出水口"),
        Item("样品已贴签并冷藏", photo=True),
    ),
}
"""What each kind of round usually looks at: a start for a plan, to be changed."""


def check(items: Sequence[Item]) -> None:
    """Refuse a checklist that nobody could fill in.

    Raises:
        InvalidError: nothing is asked, or a line or its limits cannot be.
    """
    if not 1 <= len(items) <= ITEMS_MAX:
        raise InvalidError(f"ask 1 to {ITEMS_MAX} things")
    for item in items:
        if not 1 <= len(item.text.strip()) <= _TEXT_MAX:
            raise InvalidError(f"write each line in 1 to {_TEXT_MAX} characters")
        if None not in {item.least, item.most} and item.least > item.most:  # type: ignore[operator]
            raise InvalidError(f"{item.text}: the least is above the most")


class Changed(StrEnum):
    """What of a plan may be changed."""

    NAME = "name"
    EVERY_DAYS = "every_days"
    PHOTOS_MIN = "photos_min"
    SITES = "sites"
    MACHINES = "machines"
    ITEMS = "items"


WHEN_AND_WHERE = frozenset({Changed.EVERY_DAYS, Changed.SITES, Changed.MACHINES})
"""What makes a plan begin anew."""


class Change(Struct, frozen=True):
    """What one thing was and is: a text or a number; of sites and machines ids, none for all; of
    items documents."""

    what: Changed
    before: Any
    after: Any


def changes(before: Mapping[Changed, Any], after: Mapping[Changed, Any]) -> list[Change]:
    """What differs, both by the same names, in their order."""
    return [
        Change(what, before[what], after[what]) for what in after if before[what] != after[what]
    ]


def documents(parts: Sequence[Struct]) -> list[Any]:
    """As they are stored."""
    return [msgspec.to_builtins(part) for part in parts]


def parsed(documents: Sequence[object]) -> list[Item]:
    """As they were stored."""
    return msgspec.convert(list(documents), list[Item])


def changes_of(documents: Sequence[object]) -> list[Change]:
    """Changes as they were stored."""
    return msgspec.convert(list(documents), list[Change])


def read_answers(items: Sequence[Item], given: Sequence[str]) -> list[Answer]:
    """What was typed or chosen, one for each item, in order: `yes`, `no`, or a number.

    Raises:
        InvalidError: something is not answered, or is no number.
    """
    if len(given) != len(items):
        raise InvalidError("answer every line")
    return [_answer(item, text) for item, text in zip(items, given, strict=True)]


def _answer(item: Item, text: str) -> Answer:
    text = text.strip()
    if item.answer is AnswerKind.YES_NO:
        if text not in {"yes", "no"}:
            raise InvalidError(f"{item.text}: say yes or no")
        return text == "yes"
    return float(_number(item.text, text))


def _number(about: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise InvalidError(f"{about}: write a number, e.g. 12.5") from None
    if not number.is_finite() or abs(number) > _NUMBER_MAX:
        raise InvalidError(f"{about}: write a number, e.g. 12.5")
    return number


def flaws(items: Sequence[Item], answers: Sequence[Answer]) -> list[int]:
    """Which lines, counted from 0, were answered with no, or lie outside their limits."""
    return [
        at
        for at, (item, answer) in enumerate(zip(items, answers, strict=True))
        if _is_flaw(item, answer)
    ]


def _is_flaw(item: Item, answer: Answer) -> bool:
    if item.answer is AnswerKind.YES_NO:
        return answer is False
    below = item.least is not None and answer < item.least
    return below or (item.most is not None and answer > item.most)


def read_limit(text: str) -> float | None:
    """A limit as typed; none where nothing was.

    Raises:
        InvalidError: it is no number.
    """
    return float(_number("limit", text)) if text.strip() else None


def told_all(documents: Sequence[object], answers: Sequence[Answer]) -> list[str]:
    """A checklist as it was stored, and its answers, as a person reads them."""
    return [told(item, answer) for item, answer in zip(parsed(documents), answers, strict=True)]


def told(item: Item, answer: Answer) -> str:
    """A line and its answer as a person reads it."""
    if isinstance(answer, bool):
        return f"{item.text}：{'是' if answer else '否'}"
    return f"{item.text}：{answer:g} {item.unit}".rstrip()
