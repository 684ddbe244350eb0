"""Whatever happens during an update, a dispenser starts what it can verify, and keeps its facts."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import OtaCode
from tapline_sim.flash import Flash
from tapline_sim.images import Build, Refused
from tapline_sim.slots import TRIES, Order, Running, Slots
from tapline_sim.store import Store
from tests.stateful import examples
from tests.unit.sim import firmware
from tests.unit.sim.test_flash import seqs, write

FACTORY = "2.4.1"
BUILD = Build("RO-50", [firmware.PUBLIC], FACTORY)
PART = 2_000


class PowerCutError(Exception):
    """The lights went out."""


class Mains(Store):
    """A memory whose power is cut at a counted write, just before or just after it holds."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.left: int | None = None
        self.holds = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        dies = self.left == 0
        self.left = None if self.left is None else self.left - 1
        with super().transaction():
            yield
            if dies and not self.holds:
                raise PowerCutError
        if dies:
            raise PowerCutError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Mains]:
    store = Mains(tmp_path)
    yield store
    store.close()


def slots(store: Store) -> Slots:
    made = Slots(store, "W1", BUILD)
    made.boot()
    return made


def download(device: Slots, image: bytes) -> None:
    while (wanted := device.wanted(PART)) is not None:
        device.took(wanted[0], image[wanted[0] : wanted[1] + 1])


def live(store: Store, order: Order, image: bytes) -> Running:
    """One life of a device, from power-on until nothing is left to do: it sells, and updates."""
    device, flash = slots(store), Flash(store, "W1")
    for _ in range(3 * TRIES):
        assert device.running.version in {FACTORY, "2.5.0"}
        with store.transaction():
            write(flash)
        if device.order is None or device.order.job != order.job:
            device.begin(order)
        download(device, image)
        if device.running.on_trial:
            if not device.running.traits.boots:
                device.boot()
            elif device.running.traits.selftest:
                device.confirm()
            else:
                device.fail(OtaCode.SELFTEST)
                device.boot()
        elif device.install():
            device.boot()
        elif device.order is not None and device.order.is_over:
            return device.running
    raise AssertionError("an update ends")


GOOD, DEAD, ILL = firmware.image(), firmware.image(boots=False), firmware.image(selftest=False)
KINDS: dict[str, tuple[bytes, bytes, str, int]] = {
    "good": (GOOD, GOOD, "2.5.0", 0),
    "never comes up": (DEAD, DEAD, FACTORY, OtaCode.BOOT),
    "fails its test": (ILL, ILL, FACTORY, OtaCode.SELFTEST),
    "damaged on its way": (GOOD, GOOD[:-1] + b"?", FACTORY, OtaCode.DIGEST),
}


@examples(60)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    cuts=st.lists(st.tuples(st.integers(0, 14), st.booleans()), max_size=8),
)
def test_a_power_cut_at_any_write_leaves_a_device_that_starts_and_has_every_fact(
    tmp_path_factory: pytest.TempPathFactory, kind: str, cuts: list[tuple[int, bool]]
) -> None:
    signed, arrives, version, rc = KINDS[kind]
    order = firmware.order(signed)
    store = Mains(tmp_path_factory.mktemp("slots"))
    written = 0
    try:
        for left, holds in cuts:
            store.left, store.holds = left, holds
            with suppress(PowerCutError):
                live(store, order, arrives)
            store.left = None
            now = seqs(Flash(store, "W1"), 1000)
            assert now == list(range(1, len(now) + 1))
            assert len(now) >= written
            written = len(now)
        live(store, order, arrives)
        device = slots(store)
        assert device.order is not None
        if device.order.rc == OtaCode.BOOT and rc != OtaCode.BOOT:
            # Cut off on trial each time, even a good image is one that did not come up.
            assert len(cuts) >= TRIES
        else:
            assert (device.running.version, device.order.rc) == (version, rc)
        assert device.running.version in {FACTORY, version}
        assert not device.running.on_trial
        assert len(seqs(Flash(store, "W1"), 1000)) > written
    finally:
        store.close()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hw": ["UF-20"]}, OtaCode.MODEL),
        ({"counter": 1}, OtaCode.COUNTER),
        ({"min_version": "2.6.0"}, OtaCode.VERSION),
    ],
)
def test_an_image_for_another_model_or_from_behind_is_refused(
    store: Mains, changes: dict[str, Any], code: OtaCode
) -> None:
    live(store, firmware.order(GOOD, counter=2), GOOD)
    with pytest.raises(Refused) as refusal:
        slots(store).begin(firmware.order(GOOD, job="job-2", version="2.5.1", **changes))
    assert refusal.value.code is code


def test_what_nobody_trusted_has_signed_is_refused(store: Mains) -> None:
    order = firmware.order(GOOD)
    forged = Order(
        job="x", url="http://x", manifest=order.manifest + b" ", signature=order.signature,
        stage="downloading",
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        slots(store).begin(forged)
    assert refusal.value.code is OtaCode.SIGNATURE


def test_a_slot_that_was_tampered_with_is_never_started(store: Mains) -> None:
    device = slots(store)
    device.begin(firmware.order(GOOD))
    download(device, GOOD)
    assert device.install()
    with store.transaction():
        store.run("UPDATE slot_part SET body = zeroblob(length(body)) WHERE first = 0")
    assert slots(store).running.version == FACTORY


def test_a_download_goes_on_where_it_broke_off_also_under_another_job(store: Mains) -> None:
    device = slots(store)
    device.begin(firmware.order(GOOD))
    device.took(0, GOOD[:PART])
    again = slots(store)
    assert again.wanted(PART) == (PART, 2 * PART - 1)
    again.fail(OtaCode.DOWNLOAD)
    again.begin(firmware.order(GOOD, job="job-2"))
    assert again.wanted(PART) == (PART, 2 * PART - 1)


def test_what_is_cancelled_in_time_is_left_be_and_what_installs_is_not(store: Mains) -> None:
    device = slots(store)
    device.begin(firmware.order(GOOD))
    assert device.cancel("job-1")
    assert device.order is not None
    assert device.order.stage == "cancelled"

    device.begin(firmware.order(GOOD, job="job-2"))
    download(device, GOOD)
    assert device.install()
    assert not device.cancel("job-2")
