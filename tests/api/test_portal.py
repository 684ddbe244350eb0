"""What a customer sees of his card, his water and his money."""

import re
from collections.abc import Callable

import pytest

from tests.api.browsing import Visitor
from tests.world import PHONE, World


def _words(page: str) -> str:
    """The text of a page as it is read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_balance_says_how_much_of_it_is_on_its_way(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    words = _words(visit(PHONE).get(f"/portal/cards/{estate.card_no}").text)

    assert "¥197.54" in words
    assert "其中 ¥1.54 待写卡" in words
    assert "8800 0001" in words


@pytest.mark.req("C1")
def test_each_pour_says_where_its_money_is(visit: Callable[[str], Visitor], estate: World) -> None:
    words = _words(visit(PHONE).get(f"/portal/cards/{estate.card_no}").text)

    assert "¥1.00 将在您下次刷卡" in words
    assert "¥0.54 将在您下次刷卡" in words
    assert re.search(r"¥1\.00 已于\S+ \d\d:\d\d在浙江理工职业学院 1 号楼 二层东侧写入您的卡", words)


def test_newest_comes_first_and_writes_stand_among_the_pours(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit(PHONE).get(f"/portal/cards/{estate.card_no}").text

    order = re.findall(r"/pours/(WD-\d+)/(\d+)\"", page)
    assert [device for device, _ in order] == [
        "WD-0004",
        "WD-0004",
        "WD-0002",
        "WD-0002",
        "WD-0001",
        "WD-0001",
    ]
    assert "写入卡中" in page


def test_a_pour_has_a_timeline_like_a_parcels(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    visitor = visit(PHONE)
    page = visitor.get(f"/portal/cards/{estate.card_no}").text
    links = re.findall(r'href="(/portal/cards/\d+/pours/[^"]+)"', page)
    timelines = [_words(visitor.get(link).text) for link in links]

    told = next(words for words in timelines if "写入您的卡" in words)
    steps = ["刷卡", "出水 0.00 L", "没有出水", "为您退回 ¥1.00", "写入您的卡"]
    positions = [told.index(step) for step in steps]
    assert positions == sorted(positions)


@pytest.mark.req("C2", "C6", "H375")
def test_a_disputed_pour_becomes_one_case_however_often_it_is_sent(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    visitor = visit(PHONE)
    page = visitor.get(f"/portal/cards/{estate.card_no}").text
    links = re.findall(r'href="(/portal/cards/\d+/pours/WD-0002/\d+)"', page)
    whole = next(link for link in links if "告诉我们" in visitor.get(link).text)

    first = visitor.post(f"{whole}/report", words="水是热的")
    again = visitor.post(f"{whole}/report", words="水是热的")

    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert re.search(r"受理编号 T\d+", visitor.get(first.headers["location"]).text)


def test_another_customers_card_does_not_exist(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    visitor = visit(PHONE)
    stranger = estate.purses[2].card_no

    assert visitor.get(f"/portal/cards/{stranger}").status_code == 404
    assert visitor.get(f"/portal/cards/{stranger}/pours/WD-0007/8").status_code == 404
    mine = f"/portal/cards/{estate.card_no}/pours"
    assert visitor.get(f"{mine}/WD-0007/8").status_code == 404


def test_the_proposed_side_and_rules_are_not_shown_to_customers(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit(PHONE).get(f"/portal/cards/{estate.card_no}").text

    assert "责任" not in page
    assert "D01" not in page


def test_the_portal_needs_no_script(visit: Callable[[str], Visitor], estate: World) -> None:
    assert "<script" not in visit(PHONE).get(f"/portal/cards/{estate.card_no}").text
