"""What another operator sent is read only if it is whole, in time, and meant for us."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from tapline import clock, ledger, sharing
from tapline.errors import (
    ConflictError,
    InvalidError,
    TaplineError,
)
from tapline.sharing import documents
from tests import factories
from tests.conftest import Template
from tests.integration.sharing.houses import (
    CARD,
    House,
    build,
    consent,
    export,
    post,
    receive,
    seal,
)

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
