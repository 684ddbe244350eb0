"""A key made offline signs an image; what it wrote is what the server and a machine verify."""

import base64
from pathlib import Path

from typer.testing import CliRunner

from tapline.rollouts.images import SignedManifest
from tapline.rollouts.images.manifest import verify
from tapline_ops.commands.firmware import app
from tapline_sim.images import Build, keeps, promised

RUN = CliRunner()


def test_an_image_is_signed_where_the_key_is_and_verified_where_it_is_not(tmp_path: Path) -> None:
    image, key = tmp_path / "ro50.bin", tmp_path / "firmware.pem"
    image.write_bytes(b"firmware" * 1000)
    made = RUN.invoke(app, ["key", "--key-file", str(key)])
    public = made.output.strip()
    assert key.stat().st_mode & 0o077 == 0, "nobody else reads it"

    said = ["--version", "2.5.0", "--hw", "RO-50", "--hw", "RO-80", "--counter", "4"]
    signing = RUN.invoke(app, ["sign", str(image), "--key-file", str(key), *said])
    assert signing.exit_code == 0, signing.output

    body = (tmp_path / "ro50.bin.manifest").read_bytes()
    signature = base64.b64decode((tmp_path / "ro50.bin.sig").read_bytes())
    manifest, by = verify(SignedManifest(body, signature), image.read_bytes(), [public])
    assert (by, manifest.version, manifest.hw, manifest.counter) == (
        public,
        "2.5.0",
        ("RO-50", "RO-80"),
        4,
    )
    promise = promised(body, signature, Build("RO-80", [public], "2.4.1"))
    assert keeps(promise, image.read_bytes()), "the machine reads it alike"


def test_a_key_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    key = tmp_path / "firmware.pem"
    RUN.invoke(app, ["key", "--key-file", str(key)])
    before = key.read_bytes()
    assert RUN.invoke(app, ["key", "--key-file", str(key)]).exit_code != 0
    assert key.read_bytes() == before


def test_what_is_no_key_signs_nothing(tmp_path: Path) -> None:
    image, key = tmp_path / "ro50.bin", tmp_path / "firmware.pem"
    image.write_bytes(b"x")
    key.write_text("none")
    said = ["--version", "2.5.0", "--hw", "RO-50", "--counter", "1"]
    assert RUN.invoke(app, ["sign", str(image), "--key-file", str(key), *said]).exit_code != 0
    assert not (tmp_path / "ro50.bin.sig").exists()
