"""A customer lets another operator see his card's statement: no more than that, and provably."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import audit, clock, ledger, people, sharing
from tapline.cards import transfers
from tapline.errors import (
    ConflictError,
    DeniedError,
    InvalidError,
    NotFoundError,
    TaplineError,
)
from tapline.ledger.proofs import checker
from tapline.sharing import documents
from tapline.uow import Database
from tests import factories
from tests.conftest import Template
from tests.integration.ledger.test_proofs import paths_of
from tests.integration.sharing.houses import (
    CARD,
    PHONE,
    House,
    build,
    consent,
    export,
    post,
    receive,
    seal,
)


@pytest.fixture(scope="module")
def built(template: Template) -> Iterator[tuple[Database, House, House]]:
    with template.cloned() as database:
        yield database, *build(database)


class UndoneError(Exception):
    """Raised at the end of a test, so that the next finds both houses as they were."""


@pytest.fixture
def demo(built: tuple[Database, House, House]) -> House:
    return built[1]


@pytest.fixture
def far(built: tuple[Database, House, House]) -> House:
    return built[2]


@pytest.fixture
def uow(built: tuple[Database, House, House]) -> Iterator[Any]:
    try:
        with built[0].transaction() as uow:
            yield uow
            raise UndoneError
    except UndoneError:
        pass


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
def test_without_consent_or_after_it_nothing_is_given(uow: Any, demo: House) -> None:
    given = consent(uow, demo)
    export(uow, given)
    with pytest.raises(NotFoundError):
        sharing.exports.export(
            uow,
            tenant_id="far",
            consent_id=given.consent_id,
            vault=factories.VAULT,
            actor="x",
        )
    later = clock.now() + timedelta(days=31)
    with clock.frozen(later), pytest.raises(ConflictError, match="ended"):
        export(uow, given)

    sharing.consents.revoke(uow, customer=demo.customer, consent_id=given.consent_id)
    again = sharing.consents.revoke(uow, customer=demo.customer, consent_id=given.consent_id)
    assert again.revocation is not None
    with pytest.raises(ConflictError, match="took his consent back"):
        export(uow, given)
    assert not sharing.consents.of_card(uow, customer=demo.customer, card_no=CARD)[0].in_force


@pytest.mark.req("C59")
def test_a_consent_names_receiver_purpose_contents_and_end(uow: Any, demo: House) -> None:
    given = consent(uow, demo)
    assert "far Ltd" in given.words
    assert given.ends_on.isoformat() in given.words
    assert given.fields == ["days", "kinds", "amounts", "balance"]

    for changes in ({"agreed": False}, {"days": 181}, {"days": 0}, {"back_days": 2000}):
        with pytest.raises(InvalidError):
            consent(uow, demo, **changes)
    with pytest.raises(NotFoundError):
        consent(uow, demo, card_no="88009999")


@pytest.mark.req("C59")
def test_for_a_minor_nobody_agrees_but_a_guardian(uow: Any, demo: House) -> None:
    child = people.create_customer(uow, tenant_id="demo", phone="13700137000", name="小明")
    child.born_on = clock.business_date(clock.now()) - timedelta(days=3000)
    with pytest.raises(DeniedError, match="guardian"):
        consent(uow, demo, customer=child)


@pytest.mark.req("C59")
def test_consents_and_exports_cannot_be_changed_afterwards(uow: Any, demo: House) -> None:
    given = consent(uow, demo)
    export(uow, given)
    sharing.consents.revoke(uow, customer=demo.customer, consent_id=given.consent_id)
    for change in (
        "update sharing_consent set ends_on = '2099-01-01'",
        "delete from sharing_revocation",
        "truncate sharing_export",
    ):
        with pytest.raises(DBAPIError, match="append-only"), uow.session.begin_nested():
            uow.session.execute(text(change))


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


TAMPERED: dict[str, Callable[[str], str]] = {
    "not json": lambda text: "{",
    "not ours": lambda text: json.dumps({"format": "tapline-shared-1"}),
    "another format": lambda text: text.replace("tapline-shared-1", "tapline-shared-9"),
    "another amount": lambda text: text.replace('\\"change\\":-100', '\\"change\\":-101', 1),
    "another signature": lambda text: text.replace('"signature": "', '"signature": "00'),
    "an unknown key": lambda text: text.replace('"key": "', '"key": "00'),
}


@pytest.mark.req("C58", "C59")
@pytest.mark.parametrize("name", TAMPERED)
def test_a_file_that_was_tampered_with_is_refused(
    name: str, uow: Any, demo: House, far: House
) -> None:
    given = consent(uow, demo)
    forged = TAMPERED[name](export(uow, given))
    with pytest.raises(InvalidError):
        receive(uow, far, forged, given.code)
    with pytest.raises(InvalidError, match="UTF-8"):
        receive(uow, far, "王".encode("gb18030"), given.code)


@pytest.mark.req("C59")
def test_a_file_is_taken_once_in_time_by_whom_it_was_made_for_and_with_its_code(
    uow: Any, demo: House, far: House
) -> None:
    given = consent(uow, demo)
    document = export(uow, given)

    def refused(kind: type[TaplineError], match: str, code: str = given.code) -> None:
        with pytest.raises(kind, match=match), uow.attempt():
            receive(uow, far, document, code)

    refused(InvalidError, "code", "AAAA BBBB CCCC DDDD")
    with clock.frozen(clock.now() + timedelta(days=8)):
        refused(ConflictError, "older than 7 days")
    with clock.frozen(clock.now() - timedelta(days=1)):
        refused(InvalidError, "later than now")
    receive(uow, far, document, given.code)
    refused(ConflictError, "taken before")

    (key,) = sharing.keys.of_partner(uow, tenant_id="far", partner_id=far.partner_id)
    sharing.keys.end(uow, tenant_id="far", key_id=key.key_id, staff=far.admin)
    refused(ConflictError, "trusted no longer")


@pytest.mark.req("C59")
def test_a_file_for_somebody_else_is_not_ours_to_read(uow: Any, demo: House, far: House) -> None:
    given = consent(uow, demo)
    private = sharing.keys.private_key(uow, tenant_id="demo", vault=factories.VAULT)
    (key,) = sharing.keys.of_partner(uow, tenant_id="far", partner_id=far.partner_id)
    content = documents.opened(export(uow, given), key.public_key)
    _, stranger = documents.new_key()
    third = documents.Party(stranger.hex(), "third", "third Ltd")
    forged = msgspec.structs.replace(content, receiver=third)
    with pytest.raises(InvalidError, match="made for third"):
        receive(uow, far, documents.sign(forged, private), given.code)


@pytest.mark.req("C58")
def test_an_operator_who_rewrites_his_books_is_found_out_by_the_heads_he_showed(
    template: Template,
) -> None:
    with template.cloned() as database:
        demo, far = build(database)
        with database.transaction() as uow:
            given = consent(uow, demo)
            receive(uow, far, export(uow, given), given.code)
            post(uow, "dev:WD-0001:9", ledger.Pour(CARD, 100))
        seal(database)
        with database.transaction() as uow:
            receive(uow, far, export(uow, given), given.code)
        with database.transaction() as uow:
            for seal_seq in (1, 2):
                uow.session.execute(
                    text(
                        "update sharing_partner_head set hash = repeat('ab', 32) where seq = :seq"
                    ),
                    {"seq": seal_seq},
                )
            with pytest.raises(ConflictError, match="rewritten"):
                receive(uow, far, export(uow, given), given.code)


@pytest.mark.req("C59")
def test_what_may_be_known_no_longer_is_dropped(uow: Any, demo: House, far: House) -> None:
    given = consent(uow, demo, days=1)
    receive(uow, far, export(uow, given), given.code)
    assert sharing.received.forget_ended(uow, tenant_id="far") == 0
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert sharing.received.forget_ended(uow, tenant_id="far") == 1
        (shown,) = sharing.received.of_customer(
            uow, tenant_id="far", customer_id=far.customer.customer_id, actor="agent.far"
        )
    assert (shown.content, shown.movements, shown.statement.document) == (None, [], None)


@pytest.mark.req("C59")
def test_keys_are_an_administrators_and_rest_sealed(uow: Any, demo: House) -> None:
    own = sharing.keys.own(uow, tenant_id="demo")
    assert own is not None
    private = sharing.keys.private_key(uow, tenant_id="demo", vault=factories.VAULT)
    assert private not in own.private_sealed
    with pytest.raises(ConflictError, match="a key already"):
        sharing.keys.make(uow, tenant_id="demo", vault=factories.VAULT, actor="x")

    def add(public_key: str, evidence: str = "by telephone") -> None:
        sharing.keys.add(
            uow,
            tenant_id="demo",
            partner_id=demo.partner_id,
            public_key=public_key,
            evidence=evidence,
            staff=demo.admin,
        )

    for wrong in ("", "zz", "00" * 31, "a" * 65):
        with pytest.raises(InvalidError):
            add(wrong)
    with pytest.raises(ConflictError, match="known already"):
        add(own.public_key)
    with pytest.raises(InvalidError, match="how you know"):
        add("11" * 32, evidence=" ")
