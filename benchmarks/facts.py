"""Card facts end to end beside set-based posting alone, and how long a release takes.

    python -m benchmarks.facts [--facts 40000] [--out benchmarks/results/facts.md]

End to end: signed frames on the broker → verify, decode, store, post, commit, acknowledge, release.
Alone: the same number of pours through `ledger.post`, 500 a transaction, from memory. They run in
turns on the same database. Then single facts are offered at a fixed rate, whatever the platform
does, and the time from publishing to the release is taken for each.
"""

import argparse
import json
import multiprocessing
import socket
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks import place
from benchmarks.fleet import CARDS, DEVICES, TENANT, VAULT, Fleet, Frame, card_no
from tapline import ledger
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig

FACTS_A_FRAME = 32
BATCH = 500
ROUNDS = 3
WANTED = 0.4
TIMED_S = 10


def main() -> None:
    """Measure, print the tables, and write them where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=40_000, help="facts a way and round")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with place.database() as database, place.open_broker() as port:
        report = _report(database, port, arguments.facts)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, port: int, count: int) -> str:
    fleet = Fleet(database)
    gateway = _gateway(database, port)
    while not gateway.step(0.01) and not gateway._link.connected:
        pass
    alone: list[float] = []
    ways: dict[int, list[float]] = {FACTS_A_FRAME: [], 1: []}
    for number in range(ROUNDS + 1):
        alone_rate = _alone(database, count, number)
        rates = {a_frame: _drain(gateway, port, fleet, count, a_frame) for a_frame in ways}
        if number > 0:  # the first round fills caches and prepares statements
            alone.append(alone_rate)
            for a_frame, rate in rates.items():
                ways[a_frame].append(rate)
    delays = {rate: _delays(gateway, port, fleet, rate) for rate in (50, 500)}
    return _tables(place.machine(database), count, alone, ways, delays)


def _gateway(database: Database, port: int) -> Gateway:
    config = MqttConfig(
        host=place.LOOPBACK, port=port, username="gateway", password="", client_id="bench-gateway"
    )
    return Gateway(database, config, VAULT)


def _alone(database: Database, count: int, number: int) -> float:
    """Postings a second of `ledger.post` from memory."""
    now = datetime.now(UTC)
    began = time.perf_counter()
    for first in range(0, count, BATCH):
        commands = [
            ledger.Command(
                key=f"alone:{number}:{i}",
                kind="pour",
                event_at=now,
                movement=ledger.Pour(card_no(i % CARDS), 100),
                content=str(i),
            )
            for i in range(first, first + BATCH)
        ]
        with database.transaction() as uow:
            ledger.post(uow, tenant_id=TENANT, commands=commands)
    return count / (time.perf_counter() - began)


def _drain(gateway: Gateway, port: int, fleet: Fleet, count: int, a_frame: int) -> float:
    """Facts a second of the gateway while it works off what a publisher keeps sending."""
    frames = list(fleet.frames(count, a_frame))
    ready, go = multiprocessing.Event(), multiprocessing.Event()
    publisher = multiprocessing.Process(target=_publish, args=(port, frames, ready, go))
    publisher.start()
    ready.wait()
    go.set()
    began, taken = time.perf_counter(), 0
    while taken < len(frames):
        taken += gateway.step(5)
    took_s = time.perf_counter() - began
    publisher.join()
    return count / took_s


def _publish(port: int, frames: Sequence[Frame], ready: Event, go: Event) -> None:
    client = _client("bench-publisher", port)
    client.loop_start()
    ready.set()
    go.wait()
    for topic, payload in frames:
        sent = client.publish(topic, payload, qos=1)
    sent.wait_for_publish()
    client.disconnect()
    client.loop_stop()


def _client(name: str, port: int) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name)
    client.max_inflight_messages_set(1000)
    client.connect(place.LOOPBACK, port)
    sock = client.socket()
    assert isinstance(sock, socket.socket)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _delays(gateway: Gateway, port: int, fleet: Fleet, rate: int) -> list[float]:
    """Milliseconds from publishing a fact to its release, facts offered at `rate` a second."""
    names = [device for device, _ in zip(fleet.keys, range(DEVICES), strict=False)]
    offered = []
    for number in range(rate * TIMED_S):
        device = names[number % len(names)]
        offered.append((device, *fleet.frame(device, 1), fleet.last_seq(device)))
    receiver, sender = multiprocessing.Pipe(duplex=False)
    client = multiprocessing.Process(target=_offer, args=(port, offered, rate, sender))
    client.start()
    while not receiver.poll():
        gateway.step(0.05)
    delays: list[float] = receiver.recv()
    client.join()
    return delays


def _offer(
    port: int,
    offered: Sequence[tuple[str, str, bytes, int]],
    rate: int,
    sender: Connection,
) -> None:
    sent: dict[tuple[str, int], float] = {}
    delays: list[float] = []
    all_released = threading.Event()

    def on_release(_client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        now, device = time.perf_counter(), message.topic.split("/")[2]
        ack = json.loads(message.payload.partition(b".")[2])
        for key in [key for key in list(sent) if key[0] == device and key[1] <= ack["upto"]]:
            delays.append(1000 * (now - sent.pop(key)))
        if len(delays) == len(offered):
            all_released.set()

    client = _client("bench-offer", port)
    client.on_message = on_release
    client.loop_start()
    client.subscribe(f"tl1/{TENANT}/+/dn/ack", qos=1)
    began = time.perf_counter() + 0.5
    for number, (device, topic, payload, seq) in enumerate(offered):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        sent[device, seq] = time.perf_counter()
        client.publish(topic, payload, qos=1)
    all_released.wait(60)
    sender.send(list(delays))
    client.disconnect()
    client.loop_stop()


def _tables(
    machine: str,
    count: int,
    alone: Sequence[float],
    ways: dict[int, list[float]],
    delays: dict[int, list[float]],
) -> str:
    limit = median(alone)
    rows = [f"| `ledger.post` alone, {BATCH} a transaction | {limit:,.0f} | 1 |"]
    for a_frame, rates in ways.items():
        rate = median(rates)
        rows.append(f"| end to end, {a_frame} facts a frame | {rate:,.0f} | {rate / limit:.2f} |")
    late = []
    for rate, times in delays.items():
        cuts = quantiles(times, n=100)
        late.append(
            f"| {rate} | {len(times)} of {rate * TIMED_S} | {cuts[49]:.1f} | {cuts[98]:.1f} |"
        )
    reached = median(ways[FACTS_A_FRAME]) / limit
    verdict = "reached" if reached >= WANTED else f"missed by {WANTED - reached:.2f}"
    return "\n".join(
        [
            f"# Card facts: {count:,} a way, {DEVICES} devices, {CARDS:,} cards, {ROUNDS} rounds",
            "",
            machine,
            "",
            "| way | facts/s | of posting alone |",
            "|---|---|---|",
            *rows,
            "",
            f"Wanted: {WANTED} of posting alone; {verdict} with {FACTS_A_FRAME} facts a frame.",
            "Publisher, broker, gateway and database share the machine.",
            "",
            "| facts offered a second | released | median, ms | 99th percentile, ms |",
            "|---|---|---|---|",
            *late,
        ]
    )


if __name__ == "__main__":
    main()
