"""Whatever comes in: refused with a declared reason or read, never believed unsigned, in little
memory."""

import tracemalloc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapline_gateway.protocol import FRAME_BYTES_MAX
from tapline_gateway.vendors import ADAPTERS
from tapline_gateway.vendors.adapter import RECORD_BYTES_MAX
from tests.fuzz.mutation import mutated
from tests.fuzz.samples import ALL, FRAMES, RECORDS, Sample
from tests.fuzz.target import topic_of, tried_raw, tried_sealed

MEMORY_TIMES = 48
"""So many times the longest frame may one frame take to be read, whatever is in it. The dearest
found, escapes and quotation marks all the way, took 32: its text is looked at in pieces."""

randoms = st.randoms(use_true_random=False)


def named(sample: Sample) -> str:
    return sample.name


@pytest.mark.parametrize("sample", FRAMES, ids=named)
@given(chance=randoms)
@settings(max_examples=40)
def test_no_frame_is_believed_that_differs_from_a_sealed_one(
    sample: Sample, chance: Random
) -> None:
    tried_raw(sample, mutated(chance, sample.raw))


@pytest.mark.parametrize("sample", FRAMES, ids=named)
@given(chance=randoms)
@settings(max_examples=40)
def test_a_broken_firmware_is_read_or_refused_with_a_reason(sample: Sample, chance: Random) -> None:
    tried_sealed(sample, mutated(chance, sample.body))


@pytest.mark.parametrize("sample", RECORDS, ids=named)
@given(chance=randoms)
@settings(max_examples=40)
def test_a_damaged_record_of_a_maker_is_read_or_refused_with_a_reason(
    sample: Sample, chance: Random
) -> None:
    tried_raw(sample, mutated(chance, sample.raw))


@pytest.mark.parametrize("sample", FRAMES, ids=named)
def test_every_single_bit_of_a_frame_counts(sample: Sample) -> None:
    for at in range(len(sample.raw) * 8):
        turned = bytearray(sample.raw)
        turned[at // 8] ^= 1 << at % 8
        assert not tried_raw(sample, bytes(turned))


@pytest.mark.parametrize("sample", ALL, ids=named)
def test_the_golden_ones_are_what_mutations_start_from(sample: Sample) -> None:
    assert tried_raw(sample, sample.raw) or sample.vendor


@given(st.sampled_from(FRAMES), randoms)
def test_a_damaged_topic_is_a_topic_of_ours_or_none(sample: Sample, chance: Random) -> None:
    topic = topic_of(mutated(chance, sample.address.encode()).decode(errors="replace"))

    assert topic is None or topic.tenant


@pytest.mark.parametrize("sample", ALL, ids=named)
def test_one_frame_takes_little_memory_whatever_is_in_it(sample: Sample) -> None:
    chance = Random(sample.name)
    longest = RECORD_BYTES_MAX if sample.vendor in ADAPTERS else FRAME_BYTES_MAX
    bodies = [mutated(chance, sample.body) for _ in range(100)]
    bodies += [filling * (longest // len(filling)) for filling in (b"[", b'{"a":', b"[1,", b'"\\u')]
    bodies += [b'{"v":1,"boot":1,"facts":[' + b"{}," * (longest // 3 - 20) + b"{}]}"]
    tracemalloc.start()
    try:
        dearest = max(_memory_of(sample, body) for body in bodies)
    finally:
        tracemalloc.stop()

    assert dearest < MEMORY_TIMES * FRAME_BYTES_MAX


def _memory_of(sample: Sample, body: bytes) -> int:
    """Bytes that reading it takes at most, above what was taken before."""
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    tried_sealed(sample, body)
    return tracemalloc.get_traced_memory()[1] - before
