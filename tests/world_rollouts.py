"""Firmware on its way to some machines of the estate: fetched here, failed there, stopped."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tapline import devices, people, rollouts
from tapline.devices import Hello, firmware
from tapline.people import Role
from tapline.rollouts import images
from tapline.rollouts.images import Manifest, Trust
from tapline.uow import UnitOfWork
from tests.world import World

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = _KEY.public_key().public_bytes_raw().hex()
_MODEL = "RO-80"


def begun(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Ids of an image, a rollout that runs, and a job of it."""
    proposer, starter = (
        people.create_staff(uow, tenant_id="demo", login=login, name="固件", role=Role.SUPERVISOR)[
            0
        ]
        for login in ("firmware.one", "firmware.two")
    )
    for device_id in estate.devices[10:16]:
        _says(uow, estate, device_id)
    content = bytes(60_000)
    manifest = Manifest(
        version="2.5.0",
        hw=(_MODEL,),
        counter=3,
        min_version="2.4.0",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    image = images.upload(
        uow,
        trust=Trust((PUBLIC,)),
        tenant_id="demo",
        name="ro80-2.5.0.bin",
        content=content,
        signed=images.sign(manifest, _KEY),
        notes="出水更快，修正时钟",
        actor=proposer.login,
    )
    made = rollouts.propose(
        uow, staff=proposer, image_id=image.image_id, hw=_MODEL, reason="夏季前更新"
    )
    rollouts.approve(uow, staff=starter, rollout_id=made.rollout_id)
    rollouts.sweep(uow, tenant_id="demo", origin="https://water.example")
    seen = rollouts.view(uow, tenant_id="demo", rollout_id=made.rollout_id)
    job = next(one.job for one in seen.machines if one.job)
    rollouts.reported(
        uow,
        tenant_id="demo",
        device_id=job.device_id,
        job_id=str(job.job_id),
        stage="downloading",
        percent=40,
        rc=0,
    )
    return {
        "image_id": str(image.image_id),
        "rollout_id": str(made.rollout_id),
        "job_id": str(job.job_id),
    }


def _says(uow: UnitOfWork, estate: World, device_id: str) -> None:
    device = devices.get(uow, tenant_id="demo", device_id=device_id, lock=True)
    document = {"fw": "2.4.1", "hw": _MODEL, "caps": ["ota"], "boot_reason": "power"}
    seq = estate.seqs[device_id]
    devices.greet(
        uow,
        hellos=[(device, Hello(boot=1, seq_head=seq, seq_acked=0, document=document))],
    )
    firmware.note(uow, said=[firmware.Running(device_id, 1, "2.4.1", _MODEL)])
