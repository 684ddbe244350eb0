"""Rules are changed in the open: one proposes, another puts in force, nobody shuts himself out."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tapline import audit, people, policy
from tapline.people import Role
from tapline.policy import Policy
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tests import factories
from tests.api.browsing import Visitor, words_of

OFFICE = "10.1.2.3"
ENGLISH = {"accept-language": "en"}
ROLES = {"admin": Role.ADMIN, "finance": Role.FINANCE, "agent": Role.AGENT, "field": Role.COURIER}

Come = Callable[..., Visitor]


@pytest.fixture
def come(fresh_database: Database) -> Come:
    """Somebody of the operator, signed in from an address."""
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        passwords = {
            login: people.create_staff(uow, tenant_id="demo", login=login, name=login, role=role)[1]
            for login, role in ROLES.items()
        }
    app = create_app(fresh_database, WebConfig(origin="http://testserver"))

    def enter(login: str, address: str = OFFICE) -> Visitor:
        client = TestClient(app, follow_redirects=False, client=(address, 50_000))
        visitor = Visitor(client)
        visitor.enter(login, passwords[login])
        return visitor

    return enter


def in_force(database: Database) -> Policy:
    with database.transaction() as uow:
        return policy.current(uow, tenant_id="demo")


def propose(admin: Visitor, **values: str) -> Response:
    """What the form sends: all of its parameters, some of them written otherwise."""
    return admin.post(
        "/console/policy-changes",
        based_on=0,
        name=list(values),
        value=list(values.values()),
        reason="投诉过多",
    )


def agents_token(database: Database) -> str:
    """A token of an agent's, such as a program of the operator's has."""
    with database.transaction() as uow:
        agent = next(o for o in people.staff_of(uow, tenant_id="demo") if o.login == "agent")
        return people.open_for(uow, person=agent, address=OFFICE)


def waiting(visitor: Visitor) -> list[str]:
    """The ids of what may be put in force, as the page has them."""
    page = visitor.client.get("/console/policy", follow_redirects=True)
    return re.findall(r"policy-changes/([0-9a-f-]{36})/drop", page.text)


@pytest.mark.req("C19")
def test_a_limit_changes_when_a_second_person_has_put_it_in_force(
    come: Come, fresh_database: Database
) -> None:
    admin, finance = come("admin"), come("finance")
    form = words_of(admin.get("/console/policy-changes", **ENGLISH))
    assert "A machine gives back for one pour at most automatic_fen_max yuan" in form

    proposed = propose(admin, automatic_fen_max="12.50", refund_days=" 15 ")

    assert proposed.status_code == 303
    assert in_force(fresh_database).automatic_fen_max == Policy().automatic_fen_max
    (proposal_id,) = waiting(finance)
    assert admin.post(f"/console/policy-changes/{proposal_id}/accept").status_code == 403
    finance.post(f"/console/policy-changes/{proposal_id}/accept")

    now = in_force(fresh_database)
    assert (now.version, now.automatic_fen_max) == (1, 1250)
    page = words_of(finance.get("/console/policy/1", **ENGLISH))
    assert "投诉过多" in page
    with fresh_database.transaction() as uow:
        acts = {(one.action, one.actor) for one in audit.newest(uow, tenant_id="demo")}
    assert {("policy.propose", "admin"), ("policy.accept", "finance")} <= acts


def test_of_two_proposals_on_one_version_the_second_is_to_be_made_again(
    come: Come, fresh_database: Database
) -> None:
    admin, finance = come("admin"), come("finance")
    propose(admin, automatic_fen_max="12.50")
    propose(admin, card_low_fen="8.00")
    first, second = waiting(finance)

    finance.post(f"/console/policy-changes/{first}/accept")
    late = finance.post(f"/console/policy-changes/{second}/accept")

    assert late.status_code == 409
    assert in_force(fresh_database).version == 1
    admin.post(f"/console/policy-changes/{second}/drop")
    assert waiting(finance) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"automatic_fen_max": "thirty"}, "is not an amount in yuan"),
        ({"automatic_fen_max": "-1"}, "0 to"),
        ({"gap_s": "1.5"}, "is not a whole number"),
        ({"refund_days": "90"}, "refund_days is 1 to 15"),
        ({"ticket_fast_site_kinds": "mall"}, "no kind of site"),
        ({"console_networks": "the office"}, "is no network"),
        ({"gap_s": "900"}, "nothing would change"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    come: Come, fresh_database: Database, values: dict[str, str], says: str
) -> None:
    answer = propose(come("admin"), **values)

    assert answer.status_code == 422
    assert says in words_of(answer)
    (typed,) = values.values()
    assert f'value="{typed}"' in answer.text
    assert waiting(come("finance")) == []


def test_agents_read_the_rules_and_change_nothing(come: Come) -> None:
    agent = come("agent")

    assert propose(agent, automatic_fen_max="1").status_code == 403
    assert agent.get("/console/policy-changes").status_code == 403
    assert "Change the rules" not in words_of(agent.get("/console/policy/0", **ENGLISH))


@pytest.mark.req("C63", "H337")
def test_the_console_opens_from_the_named_networks_alone(
    come: Come, fresh_database: Database
) -> None:
    admin, finance = come("admin"), come("finance")
    shut_out = propose(admin, console_networks="192.168.0.0/16")
    assert "you would shut yourself out" in words_of(shut_out)

    propose(admin, console_networks="10.1.0.0/16, 2001:db8::/32")
    (proposal_id,) = waiting(finance)
    finance.post(f"/console/policy-changes/{proposal_id}/accept")

    assert come("agent").get("/console").status_code == 200
    assert come("agent", "2001:db8::7").get("/console").status_code == 200
    assert come("agent", "::ffff:10.1.9.9").get("/console").status_code == 200
    stranger = come("agent", "203.0.113.9")
    refused = stranger.get("/console", **ENGLISH)
    assert refused.status_code == 403
    assert "opens the console from its own network alone" in words_of(refused)
    token = agents_token(fresh_database)
    machines = stranger.client.get("/api/v1/devices", headers={"Authorization": f"Bearer {token}"})
    assert (machines.status_code, machines.json()["code"]) == (403, "outside")
    assert come("field", "203.0.113.9").get("/field").status_code == 200
    assert stranger.post("/sign-out").status_code == 303
