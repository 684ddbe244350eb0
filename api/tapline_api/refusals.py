"""Why a message was not understood, in the reader's words.

The gateway says it once, in English, with what it met; what it met stays as it is. A reason that
nothing here knows is shown as the gateway wrote it: of a maker's adapter, say.
"""

import re
from collections.abc import Callable
from typing import Final

from tapline_api.words import N_

_MORE: Final = re.compile(r"(?P<first>.+) \(and (?P<n>\d+) more of this sender, not kept\)", re.S)
_FACT: Final = re.compile(r"fact (?P<seq>\w+): (?P<why>.+)", re.S)
_AT: Final = r"(?: - at `(?P<at>[^`]*)`)?"

_KNOWN: Final = [
    (re.compile(pattern, re.S), message)
    for pattern, message in (
        (
            r"not a frame: send 43 characters of signature, a full stop, the body",
            N_("not a frame: a signature of 43 characters, a full stop and the body belong here"),
        ),
        (
            r"a frame of (?P<n>\d+) bytes: send at most (?P<most>\d+)",
            N_("a frame of %(n)s bytes: at most %(most)s are read"),
        ),
        (
            r"not signed with this device's key for (?P<topic>.+)",
            N_("not signed with this machine's key for %(topic)s"),
        ),
        (
            r"no message is named (?P<name>.+) in this version",
            N_("no message is called %(name)s in this version"),
        ),
        (
            r"a number with a fraction or an exponent: send integers only",
            N_("a number with a fraction or an exponent: only whole numbers are read"),
        ),
        (
            r"a version that is not spoken here: send v = (?P<n>\d+)",
            N_("a version that is not spoken here: v must be %(n)s"),
        ),
        (r"a NUL character in a string: leave it out", N_("a NUL character in a text")),
        (r"not UTF-8 at byte (?P<n>\d+)", N_("not UTF-8 at byte %(n)s")),
        (r"nested deeper than (?P<n>\d+)", N_("nested deeper than %(n)s")),
        (r"not a time such as \S+: (?P<text>.+)", N_("not a time: %(text)s")),
        (r"a year outside (?P<years>\S+): (?P<text>.+)", N_("a year outside %(years)s: %(text)s")),
        (r"not tl1/.+ dn/…: (?P<topic>.+)", N_("not a topic of ours: %(topic)s")),
        (
            r"tenant (?P<tenant>\S+) has no device (?P<device>\S+) that may say (?P<name>\S+)",
            N_("operator %(tenant)s has no machine %(device)s that may say %(name)s"),
        ),
        (
            r"(?P<maker>\S+) (?P<device>\S+) is no machine of ours: bind it, then replay this",
            N_("%(device)s of %(maker)s is no machine of ours: bind it, then try this again"),
        ),
        (
            r"(?P<name>\S+) is not served by this version of the platform",
            N_("%(name)s is not served by this version of the platform"),
        ),
        (r"the adapter failed: (?P<what>\w+)", N_("the adapter failed: %(what)s")),
        (
            r"Object missing required field `(?P<field>[^`]*)`" + _AT,
            N_("the field %(field)s is missing %(at)s"),
        ),
        (
            r"Expected `(?P<wanted>[^`]*)`(?: (?P<bound>[<>=]+ \S+))?, got `(?P<got>[^`]*)`" + _AT,
            N_("%(wanted)s %(bound)s belongs here, not %(got)s %(at)s"),
        ),
        (
            r"Expected `(?P<wanted>[^`]*)` (?P<bound>.+?)" + _AT,
            N_("%(wanted)s %(bound)s belongs here %(at)s"),
        ),
        (
            r"Invalid enum value (?P<value>\S+)" + _AT,
            N_("%(value)s is not one of the values allowed %(at)s"),
        ),
        (
            r"Object contains unknown field `(?P<field>[^`]*)`" + _AT,
            N_("the field %(field)s is not known %(at)s"),
        ),
        (r"JSON is malformed: (?P<why>.+)", N_("not JSON: %(why)s")),
        (r"Input data was truncated", N_("it breaks off")),
        (
            r"only its first 16 KiB were kept: it cannot be replayed",
            N_("only its first 16 KiB were kept: it cannot be tried again"),
        ),
        (r"it says nothing: discard it", N_("it says nothing: discard it")),
        (
            r"its moment is over: whoever asked has left; discard it",
            N_("its moment is over: whoever asked has left; discard it"),
        ),
        (
            r"no adapter is called (?P<maker>\S+) any more",
            N_("no adapter is called %(maker)s any more"),
        ),
        (
            r"the platform failed on it again: (?P<what>\w+)",
            N_("the platform failed on it again: %(what)s"),
        ),
    )
]


def told(reason: str, gettext: Callable[[str], str]) -> str:
    """The reason in the language of `gettext`."""
    if more := _MORE.fullmatch(reason):
        words = gettext(N_("%(first)s (and %(n)s more of this sender, not kept)"))
        return words % {"first": told(more["first"], gettext), "n": more["n"]}
    if _FACT.fullmatch(reason):
        return "; ".join(_of_fact(part, gettext) for part in reason.split("; "))
    return _simple(reason, gettext)


def _of_fact(part: str, gettext: Callable[[str], str]) -> str:
    if (fact := _FACT.fullmatch(part)) is None:
        return _simple(part, gettext)
    words = gettext(N_("record %(seq)s: %(why)s"))
    return words % {"seq": fact["seq"], "why": _simple(fact["why"], gettext)}


def _simple(reason: str, gettext: Callable[[str], str]) -> str:
    for pattern, message in _KNOWN:
        if found := pattern.fullmatch(reason):
            parts = {name: part or "" for name, part in found.groupdict().items()}
            if parts.get("at"):
                parts["at"] = f"({parts['at']})"
            return " ".join((gettext(message) % parts).split())
    return reason
