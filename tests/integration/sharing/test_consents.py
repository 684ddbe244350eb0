"""Nothing is given without a consent that names its receiver, purpose, contents and end."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, people, sharing
from tapline.errors import (
    ConflictError,
    DeniedError,
    InvalidError,
    NotFoundError,
)
from tapline.sharing.consents import SharingConsent
from tests import factories
from tests.integration.sharing.houses import (
    CARD,
    House,
    consent,
    export,
    receive,
)


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


@pytest.mark.req("C59")
def test_a_consent_that_is_taken_back_travels_and_what_was_given_on_it_goes(
    uow: Any, demo: House, far: House
) -> None:
    given = consent(uow, demo)
    file = export(uow, given)
    receive(uow, far, file, given.code)
    sharing.consents.revoke(uow, customer=demo.customer, consent_id=given.consent_id)
    assert sharing.revocations.to_hand_over(uow, tenant_id="demo") == [given.consent_id]

    revocation = revoked(uow, given)
    assert sharing.revocations.to_hand_over(uow, tenant_id="demo") == []
    for _ in range(2):
        sharing.received.take_revocation(
            uow, tenant_id="far", document=revocation, actor="agent.far"
        )

    (shown,) = sharing.received.of_customer(
        uow, tenant_id="far", customer_id=far.customer.customer_id, actor="agent.far"
    )
    assert (shown.content, shown.statement.document) == (None, None)


@pytest.mark.req("C59")
def test_a_file_that_turns_up_after_its_revocation_is_not_taken(
    uow: Any, demo: House, far: House
) -> None:
    given = consent(uow, demo)
    file = export(uow, given)
    sharing.consents.revoke(uow, customer=demo.customer, consent_id=given.consent_id)
    sharing.received.take_revocation(
        uow, tenant_id="far", document=revoked(uow, given), actor="agent.far"
    )

    with pytest.raises(ConflictError, match="took his consent back"):
        receive(uow, far, file, given.code)


def test_a_revocation_that_was_changed_or_is_a_statement_takes_nothing_away(
    uow: Any, demo: House, far: House
) -> None:
    given = consent(uow, demo)
    file = export(uow, given)
    receive(uow, far, file, given.code)
    sharing.consents.revoke(uow, customer=demo.customer, consent_id=given.consent_id)
    other = revoked(uow, given).replace(str(given.consent_id), str(far.partner_id))

    for document in (other, file, "{}"):
        with pytest.raises(InvalidError):
            sharing.received.take_revocation(
                uow, tenant_id="far", document=document, actor="agent.far"
            )
    (shown,) = sharing.received.of_customer(
        uow, tenant_id="far", customer_id=far.customer.customer_id, actor="agent.far"
    )
    assert shown.content is not None


def revoked(uow: Any, given: SharingConsent) -> str:
    """The signed revocation, as `demo` hands it over."""
    return sharing.revocations.document(
        uow,
        tenant_id="demo",
        consent_id=given.consent_id,
        vault=factories.VAULT,
        actor="admin.demo",
    )
