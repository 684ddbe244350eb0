"""Another firmware for one dispenser: fetched in parts, verified, tried, kept or given back."""

import base64
import binascii
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tapline_gateway.protocol import (
    Command,
    CommandState,
    CommandStatus,
    Message,
    OtaCode,
    OtaReport,
)
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim.flash import Flash
from tapline_sim.images import Build, Refused
from tapline_sim.scenario import DeviceSpec
from tapline_sim.slots import Order, Slots
from tapline_sim.world import World

PART_BYTES = 16 * 1024
REPORT_PERCENT = 10
RETRY_S = 2.0
TRIAL_S = 0.2
"""So long after it came online with a new image it tests itself: whoever crashes does so sooner."""
CRASH_S = 0.3
_LOOK_S = 0.02
_TIMEOUT_S = 10.0
_HTTP_REFUSED = range(400, 500)


class Machine(Protocol):
    """What an update needs of the device around it."""

    @property
    def online(self) -> bool:
        """Whether it has a line."""

    def restart(self, reason: str) -> None:
        """Start anew, when nobody is being served."""


class Flashing:
    """The updates of one device. It goes on by itself whenever there is a line."""

    def __init__(
        self,
        spec: DeviceSpec,
        world: World,
        *,
        copy: str,
        flash: Flash,
        machine: Machine,
        say: Callable[[Message], object],
    ) -> None:
        self._device_id = spec.device_id
        self._world = world
        build = Build(spec.hw, world.scenario.firmware_keys, spec.fw)
        self._slots = Slots(world.store, spec.device_id + copy, build)
        self._flash = flash
        self._machine = machine
        self._say = say
        self._fetching = False
        self._told_percent = 0

    @property
    def version(self) -> str:
        """What runs."""
        return self._slots.running.version

    def boot(self) -> None:
        """The device starts; an image that does not come up starts it again."""
        self._fetching = False
        traits = self._slots.boot().traits
        self._world.mischief.has_dry_build(self._device_id, dry=traits.dry)
        if not traits.boots:
            self._world.reactor.after(CRASH_S, lambda: self._machine.restart("watchdog"))

    def told(self, command: Command) -> None:
        """Do a command once; asked again, answer the same."""
        status = self._flash.answer_to(command.cmd)
        if status is None:
            status = self._obey(command)
            with self._world.store.transaction():
                self._flash.remember(status)
        self._say(status)
        self._report()
        self._go_on()

    def came_online(self) -> None:
        """Say how the last update stands, and go on with it."""
        self._report()
        running = self._slots.running
        if running.on_trial:
            # One that does not come up may talk for a moment, and proves nothing by it.
            if running.traits.boots:
                self._world.reactor.after(TRIAL_S, self._prove)
        else:
            self._go_on()

    def _obey(self, command: Command) -> CommandStatus:
        cmd, args = command.cmd, command.args
        if not is_alive(command.exp, datetime.now(UTC)):
            return CommandStatus(cmd=cmd, st=CommandState.EXPIRED)
        if args.get("cancel") is True:
            done = self._slots.cancel(str(args.get("job")))
            refused = CommandStatus(cmd=cmd, st=CommandState.REFUSED, rc=OtaCode.BUSY)
            return CommandStatus(cmd=cmd, st=CommandState.DONE) if done else refused
        order = _order(args)
        if order is None:
            return CommandStatus(cmd=cmd, st=CommandState.REFUSED, rc=OtaCode.SIGNATURE)
        try:
            self._slots.begin(order)
        except Refused as refusal:
            self._slots.refuse(order, refusal.code)
            return CommandStatus(cmd=cmd, st=CommandState.REFUSED, rc=refusal.code)
        self._told_percent = 0
        return CommandStatus(cmd=cmd, st=CommandState.DONE)

    def _go_on(self) -> None:
        order = self._slots.order
        if self._fetching or order is None or order.is_over or not self._machine.online:
            return
        wanted = self._slots.wanted(PART_BYTES)
        if wanted is not None:
            self._fetching = True
            self._await(_pool().submit(_fetched, order.url, *wanted), order.job, wanted[0])
        elif order.stage == "verifying":
            tried = self._slots.install()
            self._report()
            if tried:
                self._machine.restart("update")

    def _await(self, part: "Future[bytes]", job: str, first: int) -> None:
        if not part.done():
            self._world.reactor.after(_LOOK_S, lambda: self._await(part, job, first))
            return
        self._fetching = False
        order = self._slots.order
        if order is None or order.job != job:
            return
        try:
            self._slots.took(first, part.result())
        except HTTPError as error:
            if error.code in _HTTP_REFUSED:
                self._slots.fail(OtaCode.DOWNLOAD)
                self._report()
                return
            self._world.reactor.after(RETRY_S, self._go_on)
        except OSError:
            self._world.reactor.after(RETRY_S, self._go_on)
        else:
            self._report_progress()
            self._go_on()

    def _prove(self) -> None:
        """On trial: what comes online and passes its own test stays."""
        running = self._slots.running
        if not running.on_trial or not self._machine.online:
            return
        if running.traits.selftest:
            self._slots.confirm()
            self._report()
        else:
            self._slots.fail(OtaCode.SELFTEST)
            self._machine.restart("update")

    def _report_progress(self) -> None:
        percent = self._slots.percent
        if percent >= self._told_percent + REPORT_PERCENT or percent == 100:
            self._told_percent = percent
            self._report()

    def _report(self) -> None:
        order = self._slots.order
        if order is not None:
            percent = self._slots.percent
            self._say(OtaReport(job=order.job, st=order.stage, pct=percent, rc=order.rc))


def _order(args: Mapping[str, Any]) -> Order | None:
    """What a command asks for; None where it is no update."""
    match args:
        case {"job": str(job), "url": str(url), "manifest": str(body), "sig": str(signature)}:
            if not url.startswith(("http://", "https://")):
                return None
            try:
                signed = _bytes(body), _bytes(signature)
            except (ValueError, binascii.Error):
                return None
            return Order(
                job=job, url=url, manifest=signed[0], signature=signed[1], stage="downloading"
            )
        case _:
            return None


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _fetched(url: str, first: int, last: int) -> bytes:
    """The bytes `first` to `last`; a server that knows no ranges sends all, and is cut."""
    asked = Request(url, headers={"Range": f"bytes={first}-{last}"})  # noqa: S310 (see _order)
    with urlopen(asked, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body if answer.status == 206 else body[first : last + 1]


@cache
def _pool() -> ThreadPoolExecutor:
    """Fetching waits for the network, and the one thread of a fleet may not."""
    return ThreadPoolExecutor(4, thread_name_prefix="firmware")
