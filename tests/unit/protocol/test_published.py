"""What device makers are given is what the code does."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tapline_gateway.protocol import (
    MESSAGES,
    CommandOp,
    NackAct,
    NackCode,
    Topic,
    Verdict,
    open_frame,
)
from tapline_gateway.protocol.examples import EXAMPLES
from tapline_gateway.protocol.schemas import DOCS, stale, write
from tests.unit.protocol.test_golden import FRAMES, Golden

MANUAL = (DOCS / "protocol.md").read_text(encoding="utf-8")


def test_schemas_and_manual_are_up_to_date() -> None:
    assert stale(DOCS) == []


def test_a_stale_copy_is_noticed_and_mended(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    docs = tmp_path / "docs"
    (docs / "schemas" / "up-txn.json").write_text("{}", encoding="utf-8")
    (docs / "schemas" / "up-gone.json").write_text("{}", encoding="utf-8")
    (docs / "schemas" / "st.json").unlink()

    assert {path.name for path in stale(docs)} == {"up-txn.json", "up-gone.json", "st.json"}
    write(docs)
    assert stale(docs) == []


def test_every_message_is_published_with_an_example() -> None:
    assert [example.NAME for example in EXAMPLES] == list(MESSAGES)


@pytest.mark.parametrize("path", sorted(FRAMES.glob("*.txt")), ids=lambda path: path.stem)
def test_golden_bodies_satisfy_the_published_schemas(path: Path) -> None:
    golden = Golden.read(path)
    name = Topic.parse(golden.topic).name
    schema = json.loads((DOCS / "schemas" / f"{name.replace('/', '-')}.json").read_text())
    body = json.loads(open_frame(golden.key, golden.topic, golden.frame))

    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors({"v": 1, **body})) == []


@pytest.mark.parametrize("word", [*CommandOp, *NackCode, *NackAct, *Verdict])
def test_the_manual_explains_every_word_that_it_makes_devices_handle(word: str) -> None:
    prose = re.sub(r"<!-- generated.*?/generated -->", "", MANUAL, flags=re.DOTALL)

    assert f"`{word}`" in prose


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_the_manuals_shell_example_signs_as_the_test_vector_says() -> None:
    golden = Golden.read(FRAMES / "up-tot.txt")
    script = next(block for block in re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL))
    signs, _, _ = script.partition("\nmosquitto_sub ")
    body = open_frame(golden.key, golden.topic, golden.frame).decode()
    says = f"printf '%s.%s' \"$(sign \"$BRANCH/up/tot\" '{body}')\" '{body}'"

    run = subprocess.run(
        ["sh", "-c", f"{signs}\n{says}"],
        env=os.environ | {"KEY": golden.key.hex(), "PASSWORD": "none"},
        capture_output=True,
        check=True,
    )

    assert run.stdout == golden.frame
