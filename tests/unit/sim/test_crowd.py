import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapline_sim.crowd import REST_S, SAME_NOZZLE_S, Crowd, free_nozzles
from tapline_sim.duty import Duties, Duty, Stage
from tapline_sim.plan import Deed, dice
from tapline_sim.purse import Purse, Purses, Stop, Voucher
from tapline_sim.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def crowd_of(store: Store, *purses: Purse) -> Crowd:
    cards = Purses(store)
    for purse in purses:
        cards.save(purse)
    return Crowd(cards, Duties(store), dice(7), least_fen=30)


def card(number: int, balance_fen: int = 1000) -> Purse:
    return Purse(no=f"8800{number}", kind="cpu", balance_fen=balance_fen)


def test_a_card_is_in_one_place_at_a_time(store: Store) -> None:
    crowd = crowd_of(store, card(1), card(2))
    visits = [crowd.arrive("WD-1", 2, owing_only=False) for _ in range(3)]
    assert {visit.card for visit in visits if visit} == {"88001", "88002"}
    assert visits[2] is None
    assert visits[0] is not None
    crowd.leave(visits[0])
    again = crowd.arrive("WD-2", 2, owing_only=False)
    assert again is not None
    assert again.card == visits[0].card


def test_an_empty_card_goes_home(store: Store) -> None:
    crowd = crowd_of(store, card(1, balance_fen=29))
    assert crowd.arrive("WD-1", 2, owing_only=False) is None


def test_a_card_that_owes_a_tap_comes_first_and_alone_when_the_run_ends(store: Store) -> None:
    duty = Duty(deed=Deed.TORN, device_id="WD-9", seq=1, card="88003", stage=Stage.AWAITS_SEQUEL)
    Duties(store).save(duty)
    crowd = crowd_of(store, *(card(number) for number in range(1, 9)))
    visit = crowd.arrive("WD-1", 2, owing_only=False)
    assert visit is not None
    assert visit.card == "88003"
    assert crowd.arrive("WD-1", 2, owing_only=True) is None


def test_a_late_card_shuns_its_dispenser_until_invited_and_then_all_others(store: Store) -> None:
    purses = Purses(store)
    purses.save(card(1))
    crowd = Crowd(purses, Duties(store), dice(7), least_fen=30, appointments={"88001": "WD-9"})
    assert crowd.arrive("WD-9", 2, owing_only=False) is None
    visit = crowd.arrive("WD-1", 2, owing_only=False)
    assert visit is not None
    crowd.leave(visit)

    crowd.invite("88001")
    assert crowd.arrive("WD-1", 2, owing_only=False) is None
    visit = crowd.arrive("WD-9", 2, owing_only=False)
    assert visit is not None
    crowd.leave(visit)
    assert crowd.arrive("WD-1", 2, owing_only=False) is not None


def test_a_refused_card_is_not_tried_again_at_once_but_comes_where_it_is_invited(
    store: Store,
) -> None:
    purses = Purses(store)
    purses.save(card(1))
    crowd = Crowd(purses, Duties(store), dice(7), least_fen=30, appointments={"88001": "WD-9"})
    visit = crowd.arrive("WD-1", 2, owing_only=False)
    assert visit is not None
    crowd.turn_away(visit)
    assert crowd.arrive("WD-2", 2, owing_only=False) is None

    crowd.invite("88001")
    assert crowd.awaited("WD-9")
    assert not crowd.awaited("WD-2")
    assert crowd.arrive("WD-9", 2, owing_only=False) is not None
    assert not crowd.awaited("WD-9")


def test_nobody_pours_twice_on_a_nozzle_within_a_minute() -> None:
    now_s = time.time()
    purse = Purse(no="88001", kind="cpu", balance_fen=1000, stops=(Stop("WD-1", 2, now_s),))
    assert free_nozzles(purse, "WD-1", 2, now_s + REST_S / 2) == []
    assert free_nozzles(purse, "WD-1", 2, now_s + REST_S) == [1]
    assert free_nozzles(purse, "WD-2", 2, now_s + REST_S) == [1, 2]
    assert free_nozzles(purse, "WD-1", 2, now_s + SAME_NOZZLE_S) == [1, 2]


def test_every_write_to_a_card_advances_its_counter_by_one() -> None:
    purse = card(1).debited(100).loaded(40)
    assert (purse.balance_fen, purse.atc) == (940, 2)


def test_a_purse_gives_no_more_than_it_holds() -> None:
    with pytest.raises(ValueError, match="holds 1000 fen, not 1001"):
        card(1).debited(1001)


def test_a_voucher_is_written_once(store: Store) -> None:
    purses = Purses(store)
    assert purses.first_write(Voucher("v1", 100))
    assert not purses.first_write(Voucher("v1", 100))
