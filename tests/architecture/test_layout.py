"""The shape of the repository, kept by tests."""

import ast
import platform
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("platform", "device_gateway", "firmware_sim", "ml", "api")
LINES_MAX = 300
FUNCTION_LINES_MAX = 70
VAGUE = {"utils", "helpers", "common", "misc", "manager"}


def _sources() -> Iterator[Path]:
    for root in SOURCE_ROOTS:
        for path in sorted((ROOT / root).rglob("*.py")):
            if not {"node_modules", "versions"} & set(path.relative_to(ROOT).parts):
                yield path


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("folder", SOURCE_ROOTS)
def test_a_source_root_is_not_a_package(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists(), "it would shadow other modules"


def test_the_standard_library_keeps_its_name() -> None:
    assert platform.system()


def test_no_file_is_long() -> None:
    long = {
        _name(p): n for p in _sources() if (n := len(p.read_text("utf-8").splitlines())) > LINES_MAX
    }

    assert long == {}


def test_no_function_is_long() -> None:
    long = []
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long.append(f"{_name(path)}:{node.name} has {lines} lines")

    assert long == []


def test_every_module_is_named_by_what_it_is_about() -> None:
    # The manager's pages are named by the person, not by the word that fits everything.
    vague = [_name(p) for p in _sources() if p.stem in VAGUE or {"utils", "helpers"} & set(p.parts)]

    assert vague == []


def test_only_the_unit_of_work_commits() -> None:
    commits = [
        _name(path)
        for path in _sources()
        if path.name != "uow.py" and re.search(r"\.commit\(\)", path.read_text("utf-8"))
    ]

    assert commits == []


def test_every_public_module_function_and_class_of_the_core_is_documented() -> None:
    bare = []
    for path in (ROOT / "platform" / "tapline").rglob("service.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if is_public and not ast.get_docstring(node):  # type: ignore[arg-type]
                bare.append(f"{_name(path)}:{node.name}")  # type: ignore[attr-defined]

    assert bare == []


def test_nothing_in_the_repository_names_a_package_registry_or_this_machine() -> None:
    forbidden = re.compile(r"registry\.npmjs|pypi\.org|files\.pythonhosted|/root/|/work/")
    kept = [".py", ".html", ".css", ".js", ".json", ".toml", ".md", ".yml", ".sql", ".po", ".sh"]
    named = [
        f"{_name(path)}: {found[0]}"
        for folder in (*SOURCE_ROOTS, "tests", "docs", "benchmarks", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kept
        and path != Path(__file__)
        and not {"node_modules", "vendor", "__pycache__"} & set(path.parts)
        and (found := forbidden.search(path.read_text("utf-8", "replace")))
    ]

    assert named == []
