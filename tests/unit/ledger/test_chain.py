"""The chain of seals as arithmetic: what it covers cannot change unseen."""

from datetime import UTC, date, datetime
from itertools import islice

from tapline.ledger.seals.rules import (
    GENESIS,
    Seal,
    SealedText,
    by_day,
    chain_differences,
    sealed,
)

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def journals(count: int) -> list[SealedText]:
    return [SealedText(str(700 + i), i, NOON, f"journal {i}") for i in range(1, count + 1)]


def chain(texts: list[SealedText], size: int) -> list[Seal]:
    seals: list[Seal] = []
    rest = iter(texts)
    while part := list(islice(rest, size)):
        seals.append(sealed(len(seals) + 1, seals[-1].hash if seals else GENESIS, part))
    return seals


def first_difference(seals: list[Seal], texts: list[SealedText]) -> tuple[int | None, str] | None:
    found = list(chain_differences("demo", seals, iter(texts)))
    assert len(found) <= 1
    return (found[0].journal_id, found[0].what) if found else None


def test_what_was_sealed_verifies_with_later_journals_behind_it() -> None:
    texts = journals(7)

    assert first_difference(chain(texts[:5], 2), texts) is None


def test_a_changed_journal_is_named() -> None:
    texts = journals(5)
    seals = chain(texts, 2)
    texts[3] = texts[3]._replace(text="journal 4, altered")

    assert first_difference(seals, texts) == (4, "is not what seal 2 holds in its place")


def test_a_journal_slipped_in_is_named() -> None:
    texts = journals(5)
    seals = chain(texts, 2)
    texts.insert(1, SealedText("701", 99, NOON, "journal 99"))

    assert first_difference(seals, texts) == (99, "is not what seal 1 holds in its place")


def test_a_journal_that_is_gone_is_noticed_even_at_the_end() -> None:
    texts = journals(4)

    assert first_difference(chain(texts, 2), texts[:3]) == (None, "journals of seal 2 are gone")


def test_a_seal_rewritten_with_its_journals_breaks_the_chain() -> None:
    """Whoever changes a journal and seals it again must change every seal that follows."""
    texts = journals(4)
    seals = chain(texts, 2)
    texts[0] = texts[0]._replace(text="journal 1, altered")
    seals[0] = sealed(1, GENESIS, texts[:2])

    assert first_difference(seals, texts) == (None, "seal 2 does not follow from seal 1")


def test_leaves_rewritten_break_their_own_seal() -> None:
    texts = journals(4)
    seals = chain(texts, 2)
    seals[1] = seals[1]._replace(leaves=bytes(64))

    assert first_difference(seals, texts) == (None, "seal 2 does not follow from seal 1")


def test_a_seal_taken_out_breaks_the_chain() -> None:
    texts = journals(6)
    seals = chain(texts, 2)
    del seals[1]

    assert first_difference(seals, texts) == (None, "seal 3 does not follow from seal 1")


def test_a_seal_that_claims_another_number_of_journals_breaks_the_chain() -> None:
    seals = chain(journals(4), 2)
    seals[1] = seals[1]._replace(journals=3)

    assert first_difference(seals, journals(4)) == (None, "seal 2 does not follow from seal 1")


def test_a_seal_holds_one_business_day_and_days_only_rise() -> None:
    """Journal 3 began before midnight in Shanghai and committed behind one that began after it."""
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)
    recorded = [15, 16, 15, 17]
    texts = [
        journal._replace(recorded_at=midnight.replace(hour=hour))
        for journal, hour in zip(journals(4), recorded, strict=True)
    ]

    found = [(day, [j.journal_id for j in group]) for day, group in by_day(texts, date.min)]

    assert found == [(date(2026, 11, 21), [1]), (date(2026, 11, 22), [2, 3, 4])]
    assert [day for day, _ in by_day(texts, date(2026, 11, 23))] == [date(2026, 11, 23)]
