"""Two slots for firmware and the boot loader between them: one always holds what is known to run.

Every method is one write, or writes whose order leaves a device that boots at any moment between
them. The boot loader starts only what it can verify anew, and counts a try before it makes it.
"""

from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from tapline_gateway.protocol import OtaCode
from tapline_sim.images import Build, Promise, Refused, Traits, keeps, promised, reaches, traits_of
from tapline_sim.store import Store

TRIES = 3

Stage = Literal["downloading", "verifying", "installing", "testing", "done", "failed", "cancelled"]
Name = Literal["a", "b"]
_ENDS = ("done", "failed", "cancelled")


class Order(Struct, frozen=True, kw_only=True):
    """What the device was told last, and how far it has come. `got` counts bytes in the slot."""

    job: str
    url: str
    manifest: bytes
    signature: bytes
    stage: Stage
    got: int = 0
    rc: int = 0

    @property
    def is_over(self) -> bool:
        return self.stage in _ENDS


class Held(Struct, frozen=True, kw_only=True):
    """What stands in a slot, as far as it was signed."""

    manifest: bytes
    signature: bytes


class Loader(Struct, frozen=True, kw_only=True):
    """What the boot loader keeps. `active` was confirmed; `trial` is tried `tries` times more.
    `counter` is the highest security counter that was confirmed. A slot that is not `held` has
    the image of the factory, or nothing."""

    active: Name = "a"
    trial: Name | None = None
    tries: int = 0
    counter: int = 0
    held: dict[Name, Held] = {}
    order: Order | None = None


class Running(NamedTuple):
    """What the device runs since its last start."""

    version: str
    traits: Traits
    on_trial: bool


class Slots:
    """The firmware memory of one device."""

    def __init__(self, store: Store, device_id: str, device: Build) -> None:
        self._store = store
        self._device_id = device_id
        self._device = device
        body = store.value("SELECT body FROM loader WHERE device_id = ?", device_id)
        self._loader = Loader() if body is None else msgspec.json.decode(body, type=Loader)
        self.running = Running(device.factory, Traits(), on_trial=False)

    @property
    def order(self) -> Order | None:
        """What the device was told last."""
        return self._loader.order

    @property
    def percent(self) -> int:
        """How much of it is here."""
        order = self._loader.order
        if order is None:
            return 0
        try:
            return order.got * 100 // self._promise(order).size
        except Refused:
            return 0

    def boot(self) -> Running:
        """Start: the slot on trial while it may be tried and verifies, else the one that runs."""
        now = self._loader
        if now.trial is not None and now.tries > 0 and self._verified(now.trial) is not None:
            self._save(tries=now.tries - 1, order=_at(now.order, "testing"))
            self.running = self._run(now.trial, on_trial=True)
        else:
            if now.trial is not None:
                self._save(trial=None, tries=0, order=_failed(now.order, OtaCode.BOOT))
            self.running = self._run(now.active, on_trial=False)
        return self.running

    def begin(self, order: Order) -> None:
        """Take on an update, and forget what else stands in the free slot unless it is the same.

        Raises:
            Refused: it is not for this device, or another is under way.
        """
        now = self._loader
        if now.trial is not None:
            raise Refused(OtaCode.BUSY)
        promise = promised(order.manifest, order.signature, self._device)
        self._check(promise)
        got = self._kept_of(order)
        if got == 0:
            self._erase()
        stage: Stage = "verifying" if got >= promise.size else "downloading"
        self._save(order=msgspec.structs.replace(order, got=got, stage=stage))

    def refuse(self, order: Order, code: OtaCode) -> None:
        """Remember that an update was not taken on, unless one is under way."""
        if self._loader.order is None or self._loader.order.is_over:
            self._save(order=_failed(order, code))

    def wanted(self, most: int) -> tuple[int, int] | None:
        """The first and last byte to fetch next; None where nothing is to be fetched."""
        order = self._loader.order
        if order is None or order.stage != "downloading":
            return None
        last = min(order.got + most, self._promise(order).size) - 1
        return (order.got, last) if last >= order.got else None

    def took(self, first: int, part: bytes) -> None:
        """Write what came from `first` on; a power cut in between writes it once more."""
        order = self._loader.order
        if order is None or order.stage != "downloading" or first != order.got or not part:
            return
        with self._store.transaction():
            self._store.run(
                "INSERT INTO slot_part (device_id, slot, first, body) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (device_id, slot, first) DO UPDATE SET body = excluded.body",
                self._device_id,
                self._free,
                first,
                part,
            )
        got = first + len(part)
        stage: Stage = "verifying" if got >= self._promise(order).size else "downloading"
        self._save(order=msgspec.structs.replace(order, got=got, stage=stage))

    def install(self) -> bool:
        """Verify what was downloaded and have the next start try it; whether it is to be tried."""
        order = self._loader.order
        if order is None or order.stage not in {"verifying", "installing"}:
            return False
        if not keeps(self._promise(order), self._content(self._free)):
            self.fail(OtaCode.DIGEST)
            return False
        held = Held(manifest=order.manifest, signature=order.signature)
        self._save(
            held={**self._loader.held, self._free: held},
            trial=self._free,
            tries=TRIES,
            order=_at(order, "installing"),
        )
        return True

    def confirm(self) -> None:
        """What is on trial runs from now on; nothing older than it ever will."""
        now = self._loader
        assert now.trial is not None, "it is on trial"
        promise = self._verified(now.trial)
        assert promise is not None, "it was started"
        self._save(
            active=now.trial,
            trial=None,
            tries=0,
            counter=max(now.counter, promise.counter),
            order=_at(now.order, "done"),
        )
        self.running = self.running._replace(on_trial=False)

    def fail(self, code: OtaCode) -> None:
        """Give the update up; the next start runs what ran before."""
        self._save(trial=None, tries=0, order=_failed(self._loader.order, code))

    def cancel(self, job: str) -> bool:
        """Leave an update be, as long as it is not being installed; whether it was."""
        order = self._loader.order
        if order is None or order.job != job or order.stage not in {"downloading", "verifying"}:
            return False
        self._save(order=_at(order, "cancelled"))
        return True

    @property
    def _free(self) -> Name:
        return "b" if self._loader.active == "a" else "a"

    def _run(self, slot: Name, *, on_trial: bool) -> Running:
        if slot not in self._loader.held:
            return Running(self._device.factory, Traits(), on_trial)
        promise = self._verified(slot)
        assert promise is not None, "it was confirmed, and its bytes have not changed"
        return Running(promise.version, traits_of(self._content(slot)), on_trial)

    def _verified(self, slot: Name) -> Promise | None:
        """What stands in a slot, where the boot loader may start it."""
        held = self._loader.held.get(slot)
        if held is None:
            return None
        try:
            promise = promised(held.manifest, held.signature, self._device)
        except Refused:
            return None
        old = promise.counter < self._loader.counter
        return None if old or not keeps(promise, self._content(slot)) else promise

    def _kept_of(self, order: Order) -> int:
        """How many bytes of an order's image a broken-off download left in the free slot."""
        before = self._loader.order
        if before is None or before.manifest != order.manifest:
            return 0
        broken_off = before.stage in {"downloading", "verifying", "cancelled"}
        return before.got if broken_off or before.rc == OtaCode.DOWNLOAD else 0

    def _check(self, promise: Promise) -> None:
        if promise.counter < self._loader.counter:
            raise Refused(OtaCode.COUNTER)
        if not reaches(self.running.version, promise.min_version):
            raise Refused(OtaCode.VERSION)

    def _promise(self, order: Order) -> Promise:
        return promised(order.manifest, order.signature, self._device)

    def _content(self, slot: Name) -> bytes:
        parts = self._store.rows(
            "SELECT body FROM slot_part WHERE device_id = ? AND slot = ? ORDER BY first",
            self._device_id,
            slot,
        )
        return b"".join(body for (body,) in parts)

    def _erase(self) -> None:
        """First it is forgotten what stood there, then it is gone."""
        free = self._free
        rest = {slot: held for slot, held in self._loader.held.items() if slot != free}
        self._save(held=rest, order=None)
        with self._store.transaction():
            self._store.run(
                "DELETE FROM slot_part WHERE device_id = ? AND slot = ?", self._device_id, free
            )

    def _save(self, **changed: object) -> None:
        loader = msgspec.structs.replace(self._loader, **changed)
        with self._store.transaction():
            self._store.run(
                "INSERT INTO loader (device_id, body) VALUES (?, ?)"
                " ON CONFLICT (device_id) DO UPDATE SET body = excluded.body",
                self._device_id,
                msgspec.json.encode(loader),
            )
        self._loader = loader


def _at(order: Order | None, stage: Stage) -> Order | None:
    return None if order is None else msgspec.structs.replace(order, stage=stage)


def _failed(order: Order | None, code: OtaCode) -> Order | None:
    if order is None:
        return None
    return msgspec.structs.replace(order, stage="failed", rc=int(code))
