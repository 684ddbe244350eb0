"""Numbers of papers: read as they are printed, refused where they cannot be."""

from datetime import date

import pytest

from tapline.errors import InvalidError
from tapline.people import Document
from tapline.people.identities.rules import age, born_on, document_number


def test_a_resident_number_is_taken_however_it_was_written() -> None:
    number = document_number(Document.ID_CARD, " 110105 19491231 002x ")

    assert number == "11010519491231002X"
    assert born_on(number) == date(1949, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["110105194912310021", "11010519491331002X", "1101051949123100", "", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X"],
)
def test_a_number_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="read all 18"):
        document_number(Document.RESIDENCE_PERMIT, text)


def test_a_passport_has_no_day_of_birth_in_its_number() -> None:
    assert document_number(Document.PASSPORT, "e 1234-5678") == "E12345678"
    with pytest.raises(InvalidError):
        document_number(Document.PASSPORT, "no")


def test_somebody_is_of_age_on_his_birthday() -> None:
    born = date(2008, 11, 22)

    assert age(born, date(2026, 11, 21)) == 17
    assert age(born, date(2026, 11, 22)) == 18
