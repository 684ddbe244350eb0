"""When nobody is there: holidays, closed sites, power that its owner has said he will cut."""

from tapline.sites.closures.model import Closure, ClosureKind
from tapline.sites.closures.rules import Span
from tapline.sites.closures.service import announce, change, closed, listed, mirror, withdraw

__all__ = [
    "Closure",
    "ClosureKind",
    "Span",
    "announce",
    "change",
    "closed",
    "listed",
    "mirror",
    "withdraw",
]
