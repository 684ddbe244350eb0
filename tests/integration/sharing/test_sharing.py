"""A customer lets another operator see his card's statement: no more than that, and provably."""

import copy
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tapline import audit, clock, ledger, people, sharing
from tapline.cards import transfers
from tapline.ledger.proofs import checker
from tests.integration.ledger.test_proofs import paths_of
from tests.integration.sharing.houses import (
    CARD,
    PHONE,
    House,
    consent,
    export,
    receive,
)


def content_of(document: str) -> Any:
    return json.loads(json.loads(document)["content"])


@pytest.mark.req("C58", "C59", "H404")
def test_what_the_customer_allowed_arrives_with_the_other_operator(
    uow: Any, demo: House, far: House
) -> None:
    given = consent(uow, demo)
    document = export(uow, given)
    receive(uow, far, document, given.code.lower())

    (shown,) = sharing.received.of_customer(
        uow, tenant_id="far", customer_id=far.customer.customer_id, actor="agent.far"
    )
    assert (shown.partner.name, shown.worth_fen) == ("demo", 1000 - 300 + 50)
    assert [one.change_fen for one in shown.movements] == [1000, -100, -100, -100, 50]
    looks = audit.about(uow, tenant_id="far", subject=f"customer:{far.customer.customer_id}")
    assert {one.action for one in looks} == {"sharing.receive", "sharing.read"}


@pytest.mark.req("C59")
def test_the_file_tells_neither_who_the_customer_is_nor_where_he_drank(
    uow: Any, demo: House
) -> None:
    given = consent(uow, demo)
    document = export(uow, given)

    for secret in (CARD, PHONE, "王秀英", "WD-0001", "wechat", str(demo.customer.customer_id)):
        assert secret not in document
    assert given.code not in document, "who has the file alone cannot say whose it is"
    extract = content_of(document)["extract"]
    assert set(extract["journals"][0]) == {
        "seal", "place", "path", "leaf", "day", "kind", "entries"
    }  # fmt: skip


@pytest.mark.req("C58")
def test_a_reader_checks_it_without_us_and_the_customers_statement_bears_it_out(
    uow: Any, demo: House, tmp_path: Path
) -> None:
    """One file of Python, in an interpreter that sees no packages."""
    content = content_of(export(uow, consent(uow, demo)))
    statement = ledger.prove(uow, tenant_id="demo", card_no=CARD)
    (tmp_path / "checker.py").write_bytes(Path(checker.__file__).read_bytes())

    def run(extract: Any, *beside: Any) -> tuple[int, str]:
        names = []
        for number, one in enumerate((extract, *beside)):
            names.append(f"{number}.json")
            (tmp_path / names[-1]).write_text(json.dumps(one), "utf-8")
        command = [sys.executable, "-I", "-S", "checker.py", names[0], content["head"]["hash"]]
        done = subprocess.run(
            [*command, *names[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    extract = content["extract"]
    assert run(extract) == (0, "All leaves lie under the head.\n")
    assert run(extract, statement) == (0, "Everything is as it was sealed.\n")

    entry = extract["journals"][-1]["entries"][0]
    entry["change"], entry["balance"] = 51, 51
    assert run(extract)[0] == 0, "a lie that adds up is the maker's, and he signed it"
    assert run(extract, statement) == (1, "journal 5 is not what its text says\n")
    entry["balance"] = 52
    assert run(extract)[0] == 1


@pytest.mark.req("C58")
def test_what_is_changed_in_an_extract_is_noticed_beside_the_customers_statement(
    uow: Any, demo: House
) -> None:
    """Every value of it but the reference and what is said of the days before."""
    head = ledger.heads(uow, tenant_id="demo", limit=1)[0].hash.hex()
    statement = ledger.prove(uow, tenant_id="demo", card_no=CARD)
    today = clock.business_date(clock.now())
    extract = ledger.extract(statement, reference="x", since=today)

    def noticed(forged: Any) -> bool:
        return bool(ledger.check(forged, head) or ledger.unlike(forged, statement))

    assert not noticed(extract)
    for way in paths_of(extract):
        if way[0] not in {"card", "since"}:
            assert noticed(changed(extract, way)), way
    for left_out in range(len(extract["journals"])):
        forged = copy.deepcopy(dict(extract))
        del forged["journals"][left_out]
        assert noticed(forged)
    assert noticed(dict(extract) | {"journals": [*extract["journals"], extract["journals"][0]]})


def changed(document: Any, way: tuple[Any, ...]) -> Any:
    """A copy in which the value there is another."""
    forged = copy.deepcopy(document)
    part = forged
    for step in way[:-1]:
        part = part[step]
    value = part[way[-1]]
    part[way[-1]] = not value if isinstance(value, bool) else value + type(value)(1)
    return forged


@pytest.mark.req("C59")
def test_a_card_that_was_somebody_elses_is_told_of_from_the_day_after(
    uow: Any, demo: House
) -> None:
    """The former holder allowed nothing; the balance at the start is all that is left of him."""
    heir = people.create_customer(uow, tenant_id="demo", phone="13700137001", name="孙悟")
    with clock.frozen(clock.now() + timedelta(days=2)):
        offer = transfers.offer(
            uow,
            tenant_id="demo",
            card_no=CARD,
            customer=demo.customer,
            phone=heir.phone,
            name=heir.name,
        )
        transfers.accept(uow, tenant_id="demo", transfer_id=offer.transfer_id, customer=heir)
    with clock.frozen(clock.now() + timedelta(days=4)):
        extract = content_of(export(uow, consent(uow, demo, customer=heir)))["extract"]
    assert extract["journals"] == []
    assert extract["opening"]["principal"][1] == 700
