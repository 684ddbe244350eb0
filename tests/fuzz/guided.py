"""The harness of a coverage-guided fuzzer, a process of its own: atheris ends it when it is done.

An input is two bytes that choose a sample and whether its maker's key is at hand, then the frame or
body. Half of the mutations are libFuzzer's own, half know what they damage.
"""

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["tapline_gateway"]):
    import tapline_gateway.reading
    import tapline_gateway.vendors  # noqa: F401 (read by the target, instrumented here)

from tests.fuzz.mutation import mutated
from tests.fuzz.samples import ALL
from tests.fuzz.target import tried_raw, tried_sealed


def one(data: bytes) -> None:
    """What becomes of one input; any exception is a finding."""
    if len(data) < 2:
        return
    sample = ALL[data[0] % len(ALL)]
    (tried_sealed if data[1] % 2 else tried_raw)(sample, data[2:])


def changed(data: bytes, size_max: int, seed: int) -> bytes:
    """The next input from one before."""
    chance = Random(seed)
    if len(data) < 3 or chance.random() < 0.05:
        place, sealed = chance.randrange(len(ALL)), chance.randrange(2)
        data = bytes([place, sealed]) + (ALL[place].body if sealed else ALL[place].raw)
    if chance.random() < 0.5:
        return data[:2] + bytes(atheris.Mutate(data[2:], size_max - 2))
    return (data[:2] + mutated(chance, data[2:]))[:size_max]


if __name__ == "__main__":
    atheris.Setup(sys.argv, one, custom_mutator=changed)
    atheris.Fuzz()
