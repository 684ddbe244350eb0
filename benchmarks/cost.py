"""What a message costs the gateway when 100, 1,000 and 10,000 dispensers send at one rate.

    python -m benchmarks.cost [--messages 3000] [--out benchmarks/results/cost.md]

Every message is a signed frame with one fact, from the dispensers in turn, at the same rate in all
three. The gateway reads it off a broker, verifies, decodes, stores, posts, reconciles, commits and
answers; its processor time is that of its one thread. Each size has a database, a broker and a
gateway of its own, and every dispenser has spoken before, as it has in life. They take turns.
"""

import argparse
import multiprocessing
import os
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks.fleet import VAULT, Fleet, Frame
from benchmarks.place import database, machine, open_broker
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig
from tapline_sim.uplink import packets
from tapline_sim.uplink.packets import Greeting

SIZES = (100, 1_000, 10_000)
ROUNDS = 5
CARDS = 500
RATE_S = 300
BURST = 15
WITHIN = 1.2
WARM_LEAST, WARM_RATE_S = 1_000, 2_000
PATIENCE_S = 300.0


class Bench:
    """A gateway in this thread, and dispensers that speak through one connection."""

    def __init__(self, base: Database, port: int, devices: int) -> None:
        self.base, self.port, self.devices = base, port, devices
        self.fleet = Fleet(base, devices=devices, cards=CARDS)
        config = MqttConfig(
            host="127.0.0.1",
            port=port,
            username="g",
            password="",
            client_id="gateway",
            keepalive_s=3600,  # while others are measured it says nothing
        )
        self.gateway = Gateway(base, config, VAULT)
        self._names = list(self.fleet.keys)
        self._turn = 0
        self._stored = 0
        while not self.gateway._link.connected:
            self.gateway.step(0.1)

    def cost_ms(self, messages: int, rate_s: float) -> float:
        """Milliseconds of the gateway's processor for a message."""
        frames = [self._next_frame() for _ in range(messages)]
        context = multiprocessing.get_context("spawn")
        speaker = context.Process(target=speak, args=(self.port, frames, rate_s))
        speaker.start()
        self._stored += messages
        while self.gateway.step(0.05) == 0:  # the first one is under way
            pass
        began, deadline = time.thread_time(), time.monotonic() + PATIENCE_S
        seen_at = time.monotonic()
        while time.monotonic() - seen_at < 1.0 or self._missing():
            assert time.monotonic() < deadline, "messages are missing"
            if self.gateway.step(0.05):
                seen_at = time.monotonic()
        speaker.join()
        return 1000 * (time.thread_time() - began) / messages

    def _next_frame(self) -> Frame:
        """The dispensers speak in turn, from round to round."""
        self._turn = (self._turn + 1) % self.devices
        return self.fleet.frame(self._names[self._turn], 1)

    def _missing(self) -> int:
        with self.base.transaction() as uow:
            return self._stored - (uow.session.scalar(text("select count(*) from fact")) or 0)


def speak(port: int, frames: Sequence[Frame], rate_s: float) -> None:
    """Send the frames at QoS 0 over one connection, evenly."""
    who = Greeting(f"speaker-{os.getpid()}", "any", "", 4, keepalive_s=600, session_s=0)
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(packets.connect(who))
        link.recv(4)
        began = time.monotonic()
        for number, (topic, frame) in enumerate(frames):
            if number % BURST == 0:
                time.sleep(max(0.0, began + number / rate_s - time.monotonic()))
            link.sendall(packets.publish(topic, frame, mid=None, retain=False, version=4))
        link.sendall(packets.DISCONNECT)
        # A closed socket would discard what the broker has not yet read.
        while link.recv(4096):
            pass


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3_000, help="a round and size")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with ExitStack() as house:
        benches = [
            Bench(house.enter_context(database()), house.enter_context(open_broker()), size)
            for size in SIZES
        ]
        for bench in benches:
            bench.cost_ms(max(WARM_LEAST, bench.devices), WARM_RATE_S)  # all have spoken
        costs: dict[int, list[float]] = {size: [] for size in SIZES}
        for number in range(arguments.rounds):
            for bench in benches if number % 2 else benches[::-1]:
                cost_ms = bench.cost_ms(arguments.messages, RATE_S)
                costs[bench.devices].append(cost_ms)
        report = _table(machine(benches[0].base), arguments.messages, costs)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _table(on: str, messages: int, costs: dict[int, list[float]]) -> str:
    first = costs[SIZES[0]]
    rows = []
    for size, taken in costs.items():
        ratio = median(one / other for one, other in zip(taken, first, strict=True))
        spread = " | ".join(f"{one:.2f}" for one in (median(taken), min(taken), max(taken)))
        rows.append(f"| {size:,} | {spread} | {ratio:.2f} |")
    ratios = [one / other for one, other in zip(costs[SIZES[-1]], first, strict=True)]
    verdict = "reached" if 1 / WITHIN <= median(ratios) <= WITHIN else "not reached"
    return "\n".join(
        [
            f"# Cost of a message: {messages:,} messages at {RATE_S}/s, {len(first)} rounds",
            "",
            on,
            "",
            "| dispensers | ms of the gateway's processor, median | lowest | highest | of 100 |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"Wanted: 10,000 within 20 % of 100; {verdict}. Ratios of the rounds:"
            f" {', '.join(f'{ratio:.2f}' for ratio in ratios)}.",
        ]
    )


if __name__ == "__main__":
    main()
