"""Power may go at any byte of any write: what was whole stays, and nothing counts backwards."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapline_gateway.protocol import Fact
from tapline_sim import facts
from tapline_sim.double_slot import Cell, Fuse, PowerCutError
from tapline_sim.flash import Flash
from tapline_sim.physics import Flow
from tapline_sim.purse import Purse
from tapline_sim.store import Store

VALUES = st.binary(max_size=40)
PURSE = Purse(no="88001", kind="cpu", balance_fen=5000, atc=9)


@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
def test_a_write_that_is_torn_at_any_byte_leaves_the_value_before_it(
    values: list[bytes], data: st.DataObject
) -> None:
    cell, whole = Cell(), None
    for value in values:
        size = len(value) + 12
        left = data.draw(st.none() | st.integers(0, size))
        cell, done = cell.burned(value, Fuse(left))
        assert done == (left is None or left >= size)
        if done:
            whole = value
        assert cell.value == whole


def test_every_single_byte_is_a_place_where_it_may_be_torn() -> None:
    old, _ = Cell().burned(b"the older value", Fuse())
    size = len(b"the newer value") + 12
    for left in range(size + 1):
        torn, done = old.burned(b"the newer value", Fuse(left))
        assert torn.value == (b"the newer value" if done else b"the older value")
        again, _ = torn.burned(b"the third", Fuse())
        assert again.value == b"the third"


class Device:
    """A device whose power may go, and what must be true of it whatever happens."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.flash = Flash(store, "WD-0001")
        self.whole: dict[int, Fact] = {}
        self.highest = (0, 0, 0, 0)

    def pour(self) -> None:
        counters = self.flash.counters.counting(charged_fen=100, ml=500)
        fact = facts.debit(
            before=PURSE,
            after=PURSE.debited(100),
            amount_fen=100,
            asked_ml=500,
            flow=Flow(6.0, 225, 500),
            counters=counters,
        )
        self.flash.write(fact, counters)
        self.whole[fact.seq] = fact

    def release(self, upto: int) -> None:
        """The platform has these, whether or not the device can finish forgetting them."""
        self.whole = {seq: fact for seq, fact in self.whole.items() if seq > upto}
        self.flash.release(upto, set())

    def check(self) -> None:
        """After any start: nothing of what was whole is missing, nothing counts backwards."""
        self.flash.load()
        kept = {one.fact.seq: one.fact for one in self.flash.oldest(1000)}
        assert self.whole.items() <= kept.items()
        counters = self.flash.counters
        now = (counters.seq, counters.n, counters.fen, counters.upto)
        assert all(one >= other for one, other in zip(now, self.highest, strict=True))
        assert max(kept, default=0) <= counters.seq
        assert counters.fen == 100 * counters.n == 100 * counters.seq
        self.highest = now
        # What a torn write left whole after all is a fact like any other from now on.
        self.whole = kept


STEPS = st.lists(
    st.tuples(st.sampled_from(["pour", "pour", "release"]), st.none() | st.integers(0, 900)),
    max_size=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_no_fact_is_lost_and_no_counter_falls_wherever_the_power_goes(
    tmp_path: Path, steps: list[tuple[str, int | None]]
) -> None:
    store = Store(tmp_path)
    try:
        with store.transaction():
            store.run("DELETE FROM cell")
            store.run("DELETE FROM fact")
        device = Device(store)
        for what, left in steps:
            device.flash.fuse.left = left
            with store.transaction():
                try:
                    if what == "pour":
                        device.pour()
                    else:
                        device.release(device.highest[0])
                except PowerCutError:
                    pass
            device.check()
    finally:
        store.close()
