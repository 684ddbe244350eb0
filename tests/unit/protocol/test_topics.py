import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import ProtocolError, Topic


@pytest.mark.parametrize("name", ["st", "up/txn", "dn/ack"])
def test_a_topic_names_tenant_device_and_message(name: str) -> None:
    topic = Topic.parse(f"tl1/demo/WD_0001-a/{name}")

    assert topic == Topic("demo", "WD_0001-a", name)
    assert str(topic) == f"tl1/demo/WD_0001-a/{name}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tl2/demo/WD-0001/st",
        "tl1/demo/WD-0001",
        "tl1/demo/WD-0001/up",
        "tl1/demo/WD-0001/up/txn/more",
        "tl1/demo/WD-0001/up/txn\n",
        "tl1/demo//up/txn",
        "tl1/demo/+/up/txn",
        "tl1/demo/#",
        "tl1/demo/" + "W" * 33 + "/st",
        "tl1/demo/水机/st",
        "tl1/DEMO/WD-0001/st",
        "$SYS/broker/uptime",
    ],
)
def test_what_is_no_topic_of_the_contract_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        Topic.parse(text)


@given(st.text())
def test_any_text_is_a_topic_or_refused(text: str) -> None:
    try:
        topic = Topic.parse(text)
    except ProtocolError:
        return
    assert str(topic) == text
