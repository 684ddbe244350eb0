"""The words that all sentences share."""

from collections.abc import Callable

from tapline.reconciliation.model import Finding

ZH = "zh_CN"

Words = tuple[str, str]
"""The same in Chinese and in English."""
Sentence = Callable[[Finding], Words]
"""Tells a finding of one rule."""


def yuan(fen: int) -> str:
    """An amount as people write it: `12.30`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
