"""One thread of sockets and timers: everything in a fleet happens inside `Reactor.turn`."""

import heapq
import itertools
import selectors
import time
from collections.abc import Callable
from typing import Protocol

LONGEST_WAIT_S = 0.2  # a stop that another thread asks for is noticed within this


class Socket(Protocol):
    """What a selector needs of a socket."""

    def fileno(self) -> int:
        """The operating system's number of the socket."""


class Timer:
    """An appointment; cancelling it twice, or after it fired, does nothing."""

    __slots__ = ("_action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Make sure that the action is not run any more."""
        self._action = None

    def fire(self) -> None:
        """Run the action, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class Reactor:
    """Sockets by readiness, timers by time; an exception in an action ends the turn and the run."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def after(self, delay_s: float, action: Callable[[], None]) -> Timer:
        """Run `action` once, `delay_s` from now."""
        timer = Timer(action)
        heapq.heappush(self._timers, (time.monotonic() + delay_s, next(self._order), timer))
        return timer

    def watch(self, sock: Socket, read: Callable[[], object], write: Callable[[], object]) -> None:
        """Call `read` whenever the socket has something, and `write` while it is wanted."""
        self._selector.register(sock, selectors.EVENT_READ, (read, write))

    def want_write(self, sock: Socket, *, wanted: bool) -> None:
        """Say whether there is something to write to a watched socket."""
        key = self._selector.get_key(sock)
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
        if key.events != events:
            self._selector.modify(sock, events, key.data)

    def unwatch(self, sock: Socket) -> None:
        """Forget a socket, before it is closed."""
        self._selector.unregister(sock)

    def turn(self) -> None:
        """Wait for the next socket or timer, and serve what is due."""
        for key, events in self._selector.select(self._patience_s()):
            read, write = key.data
            if events & selectors.EVENT_WRITE:
                write()
            # Writing may have closed the socket and opened another with the same number.
            if events & selectors.EVENT_READ and self._selector.get_map().get(key.fd) == key:
                read()
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2].fire()

    def close(self) -> None:
        """Give the selector back; timers are forgotten."""
        self._timers.clear()
        self._selector.close()

    def _patience_s(self) -> float:
        if not self._timers:
            return LONGEST_WAIT_S
        return min(LONGEST_WAIT_S, max(0.0, self._timers[0][0] - time.monotonic()))
