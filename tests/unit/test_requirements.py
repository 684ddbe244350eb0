"""The list of requirements is complete, and tests claim only what stands in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| ([A-Z]+\d+) \| (.+) \|")
TABLE_HEAD = {"| id | what the product must do |", "|---|---|"}
EXPECTED = {
    f"{series}{number}"
    for series, last in (("C", 64), ("H", 409), ("U", 41))
    for number in range(1, last + 1)
}


def requirement_rows() -> list[tuple[str, str]]:
    """Return (id, sentence) of every table line; a line that is no row fails the test."""
    lines = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|") and line not in TABLE_HEAD]
    rows = [(line, ROW.fullmatch(line)) for line in table]
    assert not [line for line, row in rows if row is None], "rows read `| id | sentence |`"
    return [(row[1], row[2]) for _, row in rows if row]


def claimed_ids(source: str) -> Iterator[str]:
    """Yield what each `pytest.mark.req(...)` of a module names; an id must be a literal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.req"):
            yield from (str(ast.literal_eval(argument)) for argument in node.args)


def test_every_requirement_stands_in_the_document_exactly_once() -> None:
    ids = [requirement for requirement, _ in requirement_rows()]

    assert sorted(ids) == sorted(EXPECTED)


def test_every_requirement_is_a_sentence_of_its_own() -> None:
    sentences = [sentence for _, sentence in requirement_rows()]

    assert not [s for s in sentences if len(s) <= 15 or not s.endswith((".", ".”"))]
    assert len(set(sentences)) == len(sentences)


def test_a_claim_is_read_from_a_mark_wherever_it_stands() -> None:
    source = (
        "pytestmark = pytest.mark.req('C1')\n"
        "@pytest.mark.req('H386', 'X9')\n"
        "def test_something(): ...\n"
    )

    assert list(claimed_ids(source)) == ["C1", "H386", "X9"]


def test_tests_claim_only_requirements_that_exist() -> None:
    unknown = {
        f"{path.relative_to(ROOT)}: {claim}"
        for path in (ROOT / "tests").rglob("*.py")
        for claim in claimed_ids(path.read_text(encoding="utf-8"))
        if claim not in EXPECTED
    }

    assert not unknown
