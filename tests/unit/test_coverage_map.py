"""The map from requirements to tests names what the marks name."""

from tests.coverage_map import proofs, rendered

SOURCE = """
import pytest
pytestmark = [pytest.mark.e2e, pytest.mark.req("C1")]

@pytest.mark.req("C2", "H3")
def test_a(): ...

@pytest.mark.req("U1")
class TestGroup:
    def test_b(self): ...
    def helper(self): ...
"""


def test_marks_count_on_tests_classes_and_modules() -> None:
    assert sorted(proofs(SOURCE)) == [
        ("C1", "test_a"),
        ("C1", "test_b"),
        ("C2", "test_a"),
        ("H3", "test_a"),
        ("U1", "test_b"),
    ]


def test_a_requirement_without_a_test_is_said_to_be_unproved() -> None:
    document = rendered({"C1": "Pour.", "C2": "Bill."}, {"C1": {"tests/test_a.py::test_a"}})

    assert "| C1 | Pour. | `tests/test_a.py::test_a` |" in document
    assert "Not proved yet: C2." in document
    assert "1 of 2 rows" in document
