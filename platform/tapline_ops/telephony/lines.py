"""What the exchange knows of its lines: values that can be written down. Times are integer ms."""

from msgspec import Struct


class Caller(Struct, kw_only=True):
    """How the person at the other end behaves."""

    keys: str = ""
    """Pressed one menu after the other."""
    patience_ms: int = 120_000
    """So long without a human voice, and he hangs up."""
    talk_ms: int | None = 60_000
    """So long he talks, then hangs up; None: the agent must."""
    takes_calls: bool = True
    """Whether he answers when he is called."""


class Leg(Struct, kw_only=True):
    """An agent's telephone."""

    ref: str
    target: str
    is_up: bool = False
    ends_at_ms: int | None = None
    """When it stops ringing by itself."""


class Gathering(Struct, kw_only=True):
    """The exchange waits for keys."""

    command_id: str
    digits_min: int
    digits_max: int
    ends_at_ms: int
    keys: str = ""
    pressed_at_ms: int | None = None
    """When the caller's own script presses its next keys."""


class Line(Struct, kw_only=True):
    """One call."""

    ref: str
    direction: str
    ani: str
    dnis: str
    begun_at_ms: int
    caller: Caller
    gives_up_at_ms: int | None = None
    answers_at_ms: int | None = None
    """When a customer whom we call takes it."""
    rings_until_ms: int | None = None
    is_answered: bool = False
    heard: str = ""
    """What the caller heard last."""
    gathering: Gathering | None = None
    legs: dict[str, Leg] = {}
    talking_leg: str | None = None
    talking_since_ms: int | None = None
    talks_until_ms: int | None = None
    is_held: bool = False
    ended_at_ms: int | None = None

    @property
    def is_live(self) -> bool:
        return self.ended_at_ms is None


class Exchange(Struct, kw_only=True):
    """The whole state."""

    now_ms: int
    lines: dict[str, Line] = {}
    executed: dict[str, str] = {}
    """What was answered to each command, by its id: the same one twice is one."""
    count: int = 0
    """Events told and calls placed."""
    callers: dict[str, Caller] = {}
    """Persons by number, where they are not like everybody."""
