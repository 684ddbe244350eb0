"""Whoever reads the audit trail reads words, never a code of ours."""

import pytest

from tapline_api import labels
from tests import audited


@pytest.fixture(scope="module")
def actions() -> dict[str, str]:
    return audited.actions()


def test_every_act_on_record_has_its_words(actions: dict[str, str]) -> None:
    assert {name: where for name, where in actions.items() if labels.of(name) == name} == {}


def test_acts_are_read_through_parameters_and_enumerations(actions: dict[str, str]) -> None:
    assert {
        "import.apply",  # a word passed on
        "ticket.closed",  # a member passed on
        "refund.reject",  # one of two
        "work_order.started",  # less a prefix
        "water.report.failed",  # what a column may hold
    } <= actions.keys()
