"""What the platform said once and somebody says again to a dispenser, which obeys the contract."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tapline_gateway.protocol import (
    Ack,
    AuthAnswer,
    CardList,
    Command,
    CommandState,
    ConfigDesired,
    LoadAnswer,
    Stream,
    format_ts,
    list_hash,
)
from tests.gateway.fake_platform import FakePlatform, in_a_minute, until
from tests.gateway.fleets import (
    assert_complete,
    assert_truth_adds_up,
    build,
    platform_for,
    running,
    truth_of,
)

DEVICE = "ECHO-0"


def answers(platform: FakePlatform, command_id: str) -> list[CommandState]:
    return [state for known, state in list(platform.statuses) if known == command_id]


def whole(version: int, *numbers: str) -> CardList:
    return CardList(base=0, ver=version, add=list(numbers), hash=list_hash(numbers))


def test_copies_of_what_a_dispenser_was_told_change_nothing(port: int, tmp_path: Path) -> None:
    scenario = build(port, "ECHO", devices=1, cards=4)
    reboot = Command(cmd="r1", op="reboot", exp=in_a_minute())
    over = format_ts(datetime.now(UTC) - timedelta(hours=1))
    with platform_for(scenario) as platform:
        with running(scenario, tmp_path, stop := threading.Event()) as result:
            until(lambda: len(platform.keys()) >= 3)
            first = platform.hellos[-1][1].boot
            platform.vouchers["ECHO0000"] = ("v1", 100)

            # A command once, however often it is heard; after its time not at all.
            platform.send(DEVICE, reboot)
            until(lambda: platform.hellos[-1][1].boot == first + 1)
            acked = platform.hellos[-1][1].seq_acked
            said = len(answers(platform, "r1"))
            platform.send(DEVICE, reboot)
            until(lambda: len(answers(platform, "r1")) > said)
            platform.send(DEVICE, Command(cmd="r2", op="reboot", exp=over))
            until(lambda: CommandState.EXPIRED in answers(platform, "r2"))

            # Older settings and lists, and an acknowledgement that falls.
            platform.send(DEVICE, ConfigDesired(ver=5, doc={"brightness_percent": 50}))
            until(lambda: any(one.ver == 5 for one in list(platform.settings)))
            platform.send(DEVICE, whole(5))
            until(lambda: platform.keeps(DEVICE, 5))
            platform.send(DEVICE, whole(4, *(card.no for card in scenario.cards)))
            platform.send(DEVICE, ConfigDesired(ver=4, doc={"brightness_percent": 90}))
            platform.send(DEVICE, Ack(stream=Stream.TXN, upto=0))

            # Answers to questions that nobody asks now.
            grant = AuthAnswer(req="old", ok=True, hold="h", max_fen=500, exp=in_a_minute())
            platform.send(DEVICE, grant)
            until(lambda: any(line["load"] == "v1" for line in loads(tmp_path)))
            voucher = LoadAnswer(req="old", load="v1", card="ECHO0000", amt=100, exp=in_a_minute())
            platform.send(DEVICE, voucher)

            poured = len(platform.keys())
            until(lambda: len(platform.keys()) >= poured + 3)
            platform.send(DEVICE, Command(cmd="r3", op="reboot", exp=in_a_minute()))
            until(lambda: platform.hellos[-1][1].boot > first + 1)
            stop.set()
            assert result.result().drained

        last = platform.hellos[-1][1]
        assert last.boot == first + 2, "r1 once, r2 never, r3"
        assert (last.cfg_ver, last.list_ver) == (5, 5)
        assert last.seq_acked >= acked
        assert "h" not in {fact.auth for fact in platform.facts[DEVICE].values()}
        assert [line["load"] for line in loads(tmp_path)] == ["v1"]
        assert_complete(tmp_path, platform)
    assert_truth_adds_up(tmp_path)


def loads(folder: Path) -> list[dict[str, object]]:
    return truth_of(folder)["load"]
