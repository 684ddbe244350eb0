"""Which test proves which requirement: `docs/coverage.md`, written from the marks in the tests.

python -m tests.coverage_map           write it
python -m tests.coverage_map --check   write nothing, exit 1 when it is stale
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "docs" / "coverage.md"
REQUIREMENTS = ROOT / "docs" / "requirements.md"
_ROW = re.compile(r"^\| ([A-Z]+\d+) \| (.+) \|$", re.MULTILINE)

_HEAD = """\
# Coverage

Which test proves which requirement for its user: {covered} of {total} rows have one. Written from
the tests' marks by `make coverage-map`; `make check` fails when it is stale. A row without a test
is not claimed to work.
"""


def proofs(source: str) -> Iterator[tuple[str, str]]:
    """Yield (requirement, test name) for every mark in a module's source.

    A mark on a class or on the module counts for each test inside.
    """
    yield from _inside(ast.parse(source), ())


def _inside(node: ast.AST, inherited: Sequence[str]) -> Iterator[tuple[str, str]]:
    claims = [*inherited, *_own_claims(node)]
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _inside(child, claims)
        elif _is_test(child):
            yield from ((claim, child.name) for claim in [*claims, *_own_claims(child)])


def _is_test(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return node.name.startswith("test")


def _own_claims(node: ast.AST) -> Iterator[str]:
    """What decorators of a test or class, or `pytestmark` of a module, name."""
    marks: list[ast.expr] = list(getattr(node, "decorator_list", ()))
    if isinstance(node, ast.Module | ast.ClassDef):
        marks += [
            statement.value
            for statement in node.body
            if isinstance(statement, ast.Assign)
            and ast.unparse(statement.targets[0]) == "pytestmark"
        ]
    for call in (found for mark in marks for found in ast.walk(mark)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.req"):
            yield from (str(ast.literal_eval(argument)) for argument in call.args)


def collect(folder: Path) -> dict[str, set[str]]:
    """Tests as `path::name` by requirement, over all test modules below `folder`."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in folder.rglob("test_*.py"):
        where = path.relative_to(ROOT).as_posix()
        for requirement, name in proofs(path.read_text(encoding="utf-8")):
            found[requirement].add(f"{where}::{name}")
    return found


def rendered(requirements: Mapping[str, str], tests: Mapping[str, set[str]]) -> str:
    """The document."""
    covered = [requirement for requirement in requirements if tests.get(requirement)]
    parts = [_HEAD.format(covered=len(covered), total=len(requirements))]
    parts += ["| id | what the product must do | proved by |\n|---|---|---|"]
    for requirement in covered:
        names = "<br>".join(f"`{name}`" for name in sorted(tests[requirement]))
        parts += [f"| {requirement} | {requirements[requirement]} | {names} |"]
    missing = [requirement for requirement in requirements if not tests.get(requirement)]
    parts += ["", f"Not proved yet: {', '.join(missing) or 'none'}."]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the document, or compare it."""
    options = argparse.ArgumentParser(description="Write docs/coverage.md from the tests' marks.")
    options.add_argument("--check", action="store_true", help="write nothing, exit 1 when stale")
    check = options.parse_args().check
    requirements = dict(_ROW.findall(REQUIREMENTS.read_text(encoding="utf-8")))
    text = rendered(requirements, collect(ROOT / "tests"))
    if not check:
        MAP.write_text(text, encoding="utf-8")
    elif not MAP.exists() or MAP.read_text(encoding="utf-8") != text:
        sys.exit("docs/coverage.md is stale: run `make coverage-map`")


if __name__ == "__main__":
    main()
