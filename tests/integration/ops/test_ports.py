"""Ports belong to a house for as long as it stands, also while nobody listens on them."""

import subprocess
import sys

from tapline_ops.embedded.ports import choose

CHOOSE = (
    "import sys; from tapline_ops.embedded.ports import choose; print(choose(int(sys.argv[1])))"
)


def chosen_by_another_house(wanted: int) -> int:
    told = subprocess.run(
        [sys.executable, "-c", CHOOSE, str(wanted)], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


def test_another_house_does_not_get_the_port_of_a_part_that_is_being_restarted() -> None:
    ours = choose()
    assert chosen_by_another_house(ours) != ours
    assert choose(ours) == ours


def test_a_port_is_free_again_when_its_house_has_ended() -> None:
    theirs = chosen_by_another_house(0)
    assert choose(theirs) == theirs
