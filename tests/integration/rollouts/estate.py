"""Machines of one model that take on what they are told, and a desk that tells them."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tapline import cards, clock, devices, people, policy, rollouts
from tapline.cards import CardKind
from tapline.cards.facts import FactIn, ingest
from tapline.devices import Hello, Presence, commands, firmware
from tapline.devices.commands import CommandState
from tapline.money import Fen
from tapline.people import Role, Staff
from tapline.rollouts import Rollout, images
from tapline.rollouts.images import FirmwareImage, Manifest, SignedManifest, Trust
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUST = Trust((KEY.public_key().public_bytes_raw().hex(),))
ORIGIN = "https://water.example"
OPENED_FEN = 1_000_000
POLICY = {"rollout_soak_s": 60, "rollout_pours_min": 10}


class Estate:
    """`size` machines of RO-50 with firmware 2.4.1, each with a customer of its own."""

    def __init__(self, uow: UnitOfWork, size: int) -> None:
        self.uow = uow
        factories.tenant(uow)
        self.publish()
        self.boss, self.second = member(uow, "he.qing"), member(uow, "lin.an")
        self.names = [f"WD-{n:04d}" for n in range(size)]
        self.boots = dict.fromkeys(self.names, 1)
        self.fw = dict.fromkeys(self.names, "2.4.1")
        self.seqs = dict.fromkeys(self.names, 0)
        for name in self.names:
            factories.device(uow, name)
            cards.issue(
                uow,
                tenant_id="demo",
                card_no=f"88{name[3:]}",
                kind=CardKind.CPU,
                balance_fen=Fen(OPENED_FEN),
            )
            self.present(name)
            self.greets(name)

    def publish(self, **changes: int) -> None:
        merged = POLICY | {"automatic_per_card_30d_max": 1000} | changes
        policy.publish(self.uow, tenant_id="demo", changes=merged, actor="t", reason="t")

    def image(self, version: str = "2.5.0", **changes: Any) -> FirmwareImage:
        """One that is signed and sent in."""
        content, signed = pressed(version, **changes)
        return images.upload(
            self.uow,
            trust=TRUST,
            tenant_id="demo",
            name=f"ro50-{version}.bin",
            content=content,
            signed=signed,
            notes="快一点",
            actor="he.qing",
        )

    def present(self, name: str, state: Presence = Presence.ONLINE) -> None:
        device = devices.get(self.uow, tenant_id="demo", device_id=name, lock=True)
        devices.mark_presence(self.uow, device=device, state=state, boot=self.boots[name], conn=1)
        self.uow.session.flush()

    def greets(self, name: str) -> None:
        """As the gateway takes its hello."""
        device = devices.get(self.uow, tenant_id="demo", device_id=name, lock=True)
        boot, fw = self.boots[name], self.fw[name]
        document = {"hw": "RO-50", "fw": fw, "caps": ["ota"]}
        hello = Hello(boot=boot, seq_head=self.seqs[name], seq_acked=0, document=document)
        devices.greet(self.uow, hellos=[(device, hello)])
        firmware.note(self.uow, said=[firmware.Running(name, boot, fw, "RO-50")])
        rollouts.greeted(self.uow, tenant_id="demo", running={name: fw})
        self.uow.session.flush()

    def started(self, image: FirmwareImage) -> Rollout:
        """A rollout that two people started."""
        made = rollouts.propose(
            self.uow, staff=self.boss, image_id=image.image_id, hw="RO-50", reason="快一点"
        )
        return rollouts.approve(self.uow, staff=self.second, rollout_id=made.rollout_id)

    def sweep(self, *, after_s: int = 11) -> None:
        """Let time pass, and the clock do what it does."""
        clock.advance(timedelta(seconds=after_s))
        rollouts.sweep(self.uow, tenant_id="demo", origin=ORIGIN)
        drain(self.uow)
        self.uow.session.flush()

    def told(self) -> dict[str, dict[str, Any]]:
        """What waits to be carried out, by machine."""
        return {
            one.device_id: one.args
            for one in commands.take_queued(self.uow, limit=1000)
            if one.op == "ota" and "url" in one.args
        }

    def obeys(self, name: str, version: str = "2.5.0") -> None:
        """A machine updates itself, and it works."""
        job = self.takes(name)
        self.boots[name] += 1
        self.fw[name] = version
        self.greets(name)
        self.says(name, job, "done", 100)

    def takes(self, name: str) -> str:
        """A machine has taken what it was told; the job."""
        (one,) = [
            one
            for one in commands.take_queued(self.uow, limit=1000)
            if (one.device_id, one.op) == (name, "ota")
        ]
        commands.answer(
            self.uow,
            device_id=name,
            command_id=one.command_id,
            state=CommandState.DONE,
            rc=0,
            out={},
        )
        job: str = one.args["job"]
        self.says(name, job, "downloading", 40)
        return job

    def says(self, name: str, job: str, stage: str, percent: int = 0, rc: int = 0) -> bool:
        return rollouts.reported(
            self.uow,
            tenant_id="demo",
            device_id=name,
            job_id=job,
            stage=stage,
            percent=percent,
            rc=rc,
        )

    def pours(self, name: str, count: int = 1, *, dry: bool = False) -> None:
        """So many pours of one machine, with all that follows from them."""
        ingest(self.uow, tenant_id="demo", facts=[self._pour(name, dry) for _ in range(count)])
        drain(self.uow)

    def all_pour(self, count: int, *, dry: set[str]) -> None:
        """So many pours of every machine, those of `dry` machines without water."""
        facts = [self._pour(name, name in dry) for name in self.names for _ in range(count)]
        ingest(self.uow, tenant_id="demo", facts=facts)
        drain(self.uow)

    def _pour(self, name: str, dry: bool) -> FactIn:
        self.seqs[name] += 1
        seq = self.seqs[name]
        strange = {"ml": 0, "pulses": 0, "status": "no_flow"} if dry else {}
        return factories.fact(
            name,
            seq,
            f"88{name[3:]}",
            atc=seq,
            before_fen=OPENED_FEN - (seq - 1) * 100,
            boot=self.boots[name],
            moment=clock.now(),
            **strange,
        )


def member(uow: UnitOfWork, login: str, role: Role = Role.SUPERVISOR) -> Staff:
    return people.create_staff(uow, tenant_id="demo", login=login, name="何青", role=role)[0]


def pressed(version: str, **changes: Any) -> tuple[bytes, SignedManifest]:
    """An image and its signed manifest."""
    content = f"{version} {changes}".encode() + secrets.token_bytes(8) + bytes(3000)
    said: dict[str, Any] = {
        "version": version,
        "hw": ("RO-50",),
        "counter": 1,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return content, images.sign(Manifest(**said | changes), KEY)
