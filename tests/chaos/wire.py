"""TCP lines between the parts of a house, through a process of ours that can spoil them."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Self

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 65_536
_RESENT_S = (0.2, 0.8)
"""When a lost piece is sent again: the first time-outs of TCP."""
_GIVEN_UP = 0.25
"""The share of lost pieces after which nobody tries again."""
_RST = struct.pack("ii", 1, 0)
"""The socket option that closes with a reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What a line does to what passes, in both directions, while it lasts.

    `is_mute`: it is swallowed. `delay_s`: every piece is so late; `spread_s`: each up to so much,
    so that connections overtake each other. `lost` and `spoilt` are shares of pieces: lost ones
    come late or end their connection; a byte of a spoilt one, from those who connect, is another.
    """

    is_mute: bool = False
    delay_s: float = 0.0
    spread_s: float = 0.0
    lost: float = 0.0
    spoilt: float = 0.0


class Line:
    """Listens on a port of its own, and passes on what it gets to another. Made by `Lines`."""

    def __init__(self, target_port: int, seed: int) -> None:
        self._target_port = target_port
        self._chance = random.Random(seed)
        self._weathers: list[Weather] = []
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.spoilt = 0

    async def listen(self) -> None:
        """Take connections from now on."""
        self._server = await asyncio.start_server(self._connected, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Take no more connections, and end those that are."""
        assert self._server is not None
        self._server.close()
        await self.cut(is_hard=True)

    async def begin(self, weather: Weather) -> None:
        """Let it be so from now on, besides what is."""
        self._weathers.append(weather)

    async def end(self, weather: Weather) -> None:
        """Let it be over; a connection that has lost bytes is no connection any more."""
        self._weathers.remove(weather)
        if weather.is_mute:
            await self.cut(is_hard=True)

    async def cut(self, *, is_hard: bool) -> None:
        """End every connection, with a reset if `is_hard`; new ones are welcome."""
        for writer in tuple(self._open):
            _end(writer, is_hard=is_hard)

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._open.add(back)
        there: asyncio.StreamWriter | None = None
        try:
            far, there = await asyncio.open_connection(LOOPBACK, self._target_port)
            self._open.add(there)
            for writer in (back, there):
                writer.get_extra_info("socket").setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
                )
            ways = (self._pass(near, there, is_up=True), self._pass(far, back, is_up=False))
            await asyncio.wait(
                [asyncio.ensure_future(way) for way in ways], return_when=asyncio.FIRST_COMPLETED
            )
        except OSError:
            pass  # nobody listens there now: who called is told so by the end of his connection
        finally:
            for ended in (back, there):
                if ended is not None:
                    _end(ended, is_hard=False)
                    self._open.discard(ended)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_up: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE_BYTES):
                weathers = tuple(self._weathers)
                for weather in weathers:
                    await asyncio.sleep(self._late_s(weather))
                    if self._falls(weather.lost) and self._falls(_GIVEN_UP):
                        return
                if any(weather.is_mute for weather in (*weathers, *self._weathers)):
                    continue
                if is_up and any(self._falls(weather.spoilt) for weather in weathers):
                    piece = self._turned_over(piece)
                writer.write(piece)
                await writer.drain()

    def _late_s(self, weather: Weather) -> float:
        resent_s = self._chance.uniform(*_RESENT_S) if self._falls(weather.lost) else 0.0
        return weather.delay_s + self._chance.uniform(0, weather.spread_s) + resent_s

    def _falls(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    def _turned_over(self, piece: bytes) -> bytes:
        """One byte of the second half is another: of a signature or a body, mostly."""
        self.spoilt += 1
        place = self._chance.randrange(len(piece) // 2, len(piece))
        other = piece[place] ^ (1 << self._chance.randrange(8))
        return piece[:place] + bytes([other]) + piece[place + 1 :]


def _end(writer: asyncio.StreamWriter, *, is_hard: bool) -> None:
    with contextlib.suppress(OSError):
        if is_hard:
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
            writer.transport.abort()
        else:
            writer.close()


class Lines:
    """Lines on a thread of their own; usable from any other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lines: list[Line] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            self.do(line.close())
        self.do(_end_of_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lay(self, target_port: int) -> Line:
        """A line to a port of this machine."""
        line = Line(target_port, self._seed + target_port)
        self.do(line.listen())
        self._lines.append(line)
        return line

    def do(self, what: Coroutine[Any, Any, None]) -> None:
        """Have a line do something, and wait until it has."""
        asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=30)


async def _end_of_all() -> None:
    """Wait for what still goes on, a late piece say."""
    if going_on := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(going_on, timeout=5)
