"""A blocked card is blocked where the machine knows it, and we know which machines do not."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tapline import clock, devices
from tapline.cards import blocklist, facts
from tapline.devices import Hello, Presence
from tapline.errors import NotFoundError
from tapline.outbox import OutboxRepository
from tapline.uow import UnitOfWork
from tests import factories

CARD, OTHER = "88001234", "88005678"
WAIT_S = 30


@pytest.fixture
def estate(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    for card_no in (CARD, OTHER):
        factories.card(uow, card_no)
    for device_id in ("WD-1", "WD-2", "WD-3"):
        factories.device(uow, device_id)
    return uow


def block(uow: UnitOfWork, card_no: str = CARD) -> int:
    return blocklist.block(uow, tenant_id="demo", card_no=card_no, reason="closing")


def come(uow: UnitOfWork, device_id: str, version: int | None = 0, seq_head: int = 0) -> None:
    """The device connects, says hello, and that it keeps this version."""
    device = devices.get(uow, tenant_id="demo", device_id=device_id, lock=True)
    devices.mark_presence(
        uow, device=device, state=Presence.ONLINE, boot=1, conn=device.presence_conn + 1
    )
    hello = Hello(boot=1, seq_head=seq_head, seq_acked=0, document={})
    devices.greet(uow, hellos=[(device, hello)])
    kept = blocklist.Kept(version, seq_head)
    blocklist.greeted(uow, tenant_id="demo", kept={device_id: kept})


def take_over(uow: UnitOfWork, device_id: str, version: int, seq_head: int = 0) -> None:
    blocklist.acknowledged(
        uow, tenant_id="demo", device_id=device_id, version=version, seq_head=seq_head
    )


def told(uow: UnitOfWork) -> list[tuple[str, int]]:
    untold = blocklist.take_untold(uow, limit=100, unanswered_s=WAIT_S)
    return [(one.device_id, one.kept) for one in untold]


def lagging(uow: UnitOfWork, version: int) -> Sequence[str]:
    return blocklist.unacknowledged(uow, tenant_id="demo", version=version)


def news(uow: UnitOfWork) -> list[tuple[str, int]]:
    uow.session.flush()
    messages = OutboxRepository(uow.session).take(100)
    kinds = ("BlockListChanged", "BlockListAcknowledged")
    return [(one.type, one.payload["version"]) for one in messages if one.type in kinds]


def test_every_change_is_a_version_and_saying_it_twice_is_none(estate: UnitOfWork) -> None:
    assert block(estate) == 1
    assert block(estate, OTHER) == 2
    assert block(estate) == 1
    assert blocklist.unblock(estate, tenant_id="demo", card_no=CARD, reason="closing") == 3
    assert blocklist.unblock(estate, tenant_id="demo", card_no=CARD, reason="closing") == 3
    assert block(estate) == 4

    lists = [blocklist.listed(estate, tenant_id="demo", version=version) for version in range(5)]
    assert lists == [[], [CARD], [CARD, OTHER], [OTHER], [CARD, OTHER]]
    assert news(estate) == [("BlockListChanged", version) for version in range(1, 5)]


def test_nobody_lifts_a_reason_that_somebody_else_gave(estate: UnitOfWork) -> None:
    block(estate)
    others: list[blocklist.Reason] = ["lost", "lost", "school"]
    for reason in others:
        assert blocklist.block(estate, tenant_id="demo", card_no=CARD, reason=reason) == 1
    assert blocklist.reasons(estate, tenant_id="demo", card_no=CARD) == {
        "closing",
        "lost",
        "school",
    }

    taken_back: list[blocklist.Reason] = ["lost", "closing", "debt"]
    for reason in taken_back:
        assert blocklist.unblock(estate, tenant_id="demo", card_no=CARD, reason=reason) == 1
    assert blocklist.listed(estate, tenant_id="demo", version=1) == [CARD]

    assert blocklist.unblock(estate, tenant_id="demo", card_no=CARD, reason="school") == 2
    assert blocklist.reasons(estate, tenant_id="demo", card_no=CARD) == set()
    assert blocklist.listed(estate, tenant_id="demo", version=2) == []


def test_a_card_that_is_not_ours_cannot_be_blocked(estate: UnitOfWork) -> None:
    with pytest.raises(NotFoundError):
        block(estate, "12345")


def test_we_know_from_which_version_on_a_machine_could_have_known(estate: UnitOfWork) -> None:
    assert blocklist.listed_at(estate, tenant_id="demo", card_no=CARD) is None
    block(estate, OTHER)
    block(estate)
    entry = blocklist.listed_at(estate, tenant_id="demo", card_no=CARD)
    assert entry is not None
    assert (entry.added_ver, entry.removed_ver) == (2, None)


def test_lists_of_operators_are_kept_apart(estate: UnitOfWork) -> None:
    factories.tenant(estate, "other")
    block(estate)
    assert blocklist.version(estate, tenant_id="other") == 0
    assert blocklist.unacknowledged(estate, tenant_id="other", version=1) == []


def test_a_device_counts_from_the_moment_it_was_heard_of(estate: UnitOfWork) -> None:
    version = block(estate)
    assert lagging(estate, version) == []

    come(estate, "WD-1")
    facts.ingest(
        estate,
        tenant_id="demo",
        facts=[factories.fact("WD-2", 1, OTHER, atc=1, before_fen=10_000)],
    )

    assert lagging(estate, version) == ["WD-1", "WD-2"]


def test_a_device_stops_counting_when_it_has_taken_the_list_over(estate: UnitOfWork) -> None:
    come(estate, "WD-1")
    come(estate, "WD-2")
    version = block(estate)

    take_over(estate, "WD-1", version)

    assert lagging(estate, version) == ["WD-2"]
    assert news(estate)[-1] == ("BlockListAcknowledged", version)


def test_a_device_that_cannot_keep_a_list_never_acknowledges(estate: UnitOfWork) -> None:
    come(estate, "WD-1", version=None)
    version = block(estate)
    assert told(estate) == []
    assert lagging(estate, version) == ["WD-1"]


def test_a_device_counts_until_its_facts_from_before_are_here(estate: UnitOfWork) -> None:
    """D21: it was away when the card was closed, comes back, and has sold to it meanwhile."""
    come(estate, "WD-1")
    version = block(estate)
    come(estate, "WD-1", seq_head=2)
    take_over(estate, "WD-1", version, seq_head=2)
    late = [
        factories.fact("WD-1", 1, OTHER, atc=1, before_fen=10_000),
        factories.fact("WD-1", 2, CARD, atc=1, before_fen=10_000),
    ]

    for fact in late:
        assert lagging(estate, version) == ["WD-1"]
        facts.ingest(estate, tenant_id="demo", facts=[fact])

    assert lagging(estate, version) == []


def test_a_change_goes_to_connected_machines_once_and_again_when_unanswered(
    estate: UnitOfWork,
) -> None:
    come(estate, "WD-1")
    come(estate, "WD-2")
    gone = devices.get(estate, tenant_id="demo", device_id="WD-2", lock=True)
    devices.mark_presence(estate, device=gone, state=Presence.LOST, boot=1, conn=1)
    assert told(estate) == []
    block(estate)

    with clock.frozen(clock.now()):
        assert told(estate) == [("WD-1", 0)]
        assert told(estate) == []
        clock.advance(timedelta(seconds=WAIT_S))
        assert told(estate) == [("WD-1", 0)]
        block(estate, OTHER)
        assert told(estate) == [("WD-1", 0)]
        take_over(estate, "WD-1", 1)
        assert told(estate) == [("WD-1", 1)]
        take_over(estate, "WD-1", 2)
        assert told(estate) == []
        come(estate, "WD-2")
        assert told(estate) == [("WD-2", 0)]


def test_an_old_word_takes_nothing_back_but_a_lost_memory_does(estate: UnitOfWork) -> None:
    come(estate, "WD-1")
    block(estate)
    version = block(estate, OTHER)
    take_over(estate, "WD-1", version)

    take_over(estate, "WD-1", 1)
    assert lagging(estate, version) == []

    come(estate, "WD-1", version=0)
    assert lagging(estate, version) == ["WD-1"]
    assert told(estate) == [("WD-1", 0)]


def test_a_list_that_is_not_what_it_should_be_is_replaced_whole(estate: UnitOfWork) -> None:
    come(estate, "WD-1")
    version = block(estate)
    take_over(estate, "WD-1", version)

    with clock.frozen(clock.now()):
        blocklist.mistrusted(estate, tenant_id="demo", device_id="WD-1")
        assert lagging(estate, version) == ["WD-1"]
        assert told(estate) == [("WD-1", 0)]
        blocklist.mistrusted(estate, tenant_id="demo", device_id="WD-1")
        assert told(estate) == []  # the whole list did not help: not again at once


def test_a_version_that_we_never_had_counts_for_nothing(estate: UnitOfWork) -> None:
    version = block(estate)
    come(estate, "WD-1", version=61)
    assert lagging(estate, version) == ["WD-1"]
    take_over(estate, "WD-1", 62)
    assert lagging(estate, version) == ["WD-1"]
    assert told(estate) == [("WD-1", 0)]
