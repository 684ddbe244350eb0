"""What an actor of the demonstration does once, he has done when it worked."""

from typing import Any

import pytest

from tapline_ops.demo.cast import Script, Stage


def stage() -> Stage:
    nobody: Any = None
    script = Script(
        closing_cards=[], stolen_card=None, closes_at_s=0, hesitates_s=0, acts_for_all=True
    )
    return Stage(database=nobody, gateways={}, telephony_url="", script=script, identity=nobody)


def test_an_act_that_fails_is_tried_again_and_one_that_worked_is_not() -> None:
    play = stage()
    tries: list[int] = []

    def act() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise ConnectionError("the cashier starts again")

    with pytest.raises(ConnectionError):
        play.once("pay", act)
    assert play.once("pay", act)
    assert not play.once("pay", act)
    assert tries == [0, 1]
