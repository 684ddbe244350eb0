"""What an MQTT broker asks before it lets a device in, and before each topic: EMQX's HTTP hooks.

EMQX 5 sends JSON and takes `allow`, `deny` or `ignore`, which passes the question on to its next
source: so its own users, the gateway's among them, stay with it.
"""

import hmac
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, status
from pydantic import BaseModel

from tapline.devices import certificates, credentials, provisioning
from tapline.devices.credentials import Door
from tapline.uow import UnitOfWork
from tapline_api.config import WebConfig
from tapline_api.deps import Transaction


def _is_broker(request: Request, authorization: Annotated[str, Header()] = "") -> None:
    config: WebConfig = request.app.state.config
    wanted = f"Bearer {config.mqtt_hook_secret}"
    if not config.mqtt_hook_secret or not hmac.compare_digest(
        authorization.encode(), wanted.encode()
    ):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "brokers alone ask here: see operations.md")


router = APIRouter(
    prefix="/internal/mqtt", include_in_schema=False, dependencies=[Depends(_is_broker)]
)


class Verdict(StrEnum):
    """As EMQX names them."""

    ALLOW = "allow"
    DENY = "deny"
    IGNORE = "ignore"


class Action(StrEnum):
    """As EMQX names them."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"


class Login(BaseModel):
    """Who wants in."""

    username: str = ""
    password: str = ""
    clientid: str
    cert_common_name: str = ""
    """Of the certificate that the broker has verified; an EMQX without one says `undefined`."""

    @property
    def is_certified(self) -> bool:
        """Whether a certificate says that it is who it says it is."""
        named = self.cert_common_name
        return named == self.username and named not in {"", "undefined"}


class Use(BaseModel):
    """What somebody who is in wants to do."""

    username: str
    topic: str
    action: Action


@router.post("/auth")
def log_in(uow: Transaction, asked: Login) -> dict[str, Verdict | bool]:
    """Whether a device may connect; its client id is its user name, or it could take a session."""
    door = _door(uow, asked.username)
    if door is None:
        return {"result": Verdict.IGNORE}
    proven = door.opens_to(asked.password) or (asked.is_certified and _holds(uow, door, asked))
    good = proven and asked.clientid == asked.username
    return {"result": Verdict.ALLOW if good else Verdict.DENY, "is_superuser": False}


def _holds(uow: UnitOfWork, door: Door, asked: Login) -> bool:
    """Whether a device has a certificate still: one that is revoked has no right left either."""
    return bool(door.writes) and certificates.holds(uow, device_id=asked.username)


@router.post("/acl")
def use(uow: Transaction, asked: Use) -> dict[str, Verdict]:
    """Whether a device may publish to a topic or subscribe to it: its own branch alone."""
    door = _door(uow, asked.username)
    if door is None:
        return {"result": Verdict.IGNORE}
    good = door.lets(asked.topic, writing=asked.action is Action.PUBLISH)
    return {"result": Verdict.ALLOW if good else Verdict.DENY}


def _door(uow: UnitOfWork, username: str) -> Door | None:
    """What is a device's, or a batch's that claims its devices; None for anybody else."""
    return credentials.door(uow, username=username) or provisioning.door(uow, username=username)
