"""Which actions the product writes to the audit trail, read from its source.

An action is followed from `audit.record(action=...)` back to the words that are passed on to it:
through parameters to who calls, through enumerations to their members.
"""

import ast
import importlib
from collections.abc import Iterator
from enum import Enum
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SOURCES = ("platform", "api", "device_gateway", "ml")


class UnreadableError(Exception):
    """An action that this cannot follow: write it so that a reader can."""


class Place(NamedTuple):
    """An expression with the function and the module that it stands in."""

    module: str
    function: ast.FunctionDef | None
    expression: ast.expr


def actions() -> dict[str, str]:
    """Every action by name, with one module that writes it."""
    found: dict[str, str] = {}
    for module in _modules():
        if "record(" not in _path(module).read_text(encoding="utf-8"):
            continue
        for function, call in _calls(module):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "audit.record":
                action = next(one.value for one in call.keywords if one.arg == "action")
                for name in _values(Place(module, function, action)):
                    found[name] = module
    return found


def _values(place: Place) -> set[str]:
    match place.expression:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return _of(place, one) | _of(place, other)
        case ast.JoinedStr(values=parts):
            return {"".join(words) for words in product(*(_of(place, part) for part in parts))}
        case ast.FormattedValue(value=inner) | ast.Attribute(value=inner, attr="value"):
            return _of(place, inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="removeprefix"), args=[start]):
            (prefix,) = _of(place, start)
            return {one.removeprefix(prefix) for one in _of(place, inner)}
    return _looked_up(place)


def _of(place: Place, part: ast.expr) -> set[str]:
    return _values(place._replace(expression=part))


def _looked_up(place: Place) -> set[str]:
    """What a name stands for, or a member."""
    match place.expression:
        case ast.Attribute(value=ast.Name(id=name), attr=member):
            if kind := _enumeration(place.module, name):
                return {kind[member].value}
            if kind := _enumeration(place.module, member.title()):  # `sample.verdict`: a `Verdict`
                return {one.value for one in kind}
        case ast.Name(id=name) if place.function is not None:
            return _named(place, place.function, name)
        case ast.Subscript(value=ast.Name(id=name)):  # a table of the module
            return set(getattr(importlib.import_module(place.module), name).values())
    raise UnreadableError(f"{place.module}: {ast.unparse(place.expression)}")


def _named(place: Place, function: ast.FunctionDef, name: str) -> set[str]:
    """What a parameter or a local variable may be."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if any(one.arg == name for one in given):
        passed = list(_passed(place.module, function, name))
        try:
            return set().union(*(_values(one) for one in passed))
        except UnreadableError:
            annotation = next(one.annotation for one in given if one.arg == name)
            return _members(place, annotation)
    assigned = list(_assigned(function, name))
    if not assigned:
        raise UnreadableError(f"{place.module}: {name}")
    return set().union(*(_values(place._replace(expression=one)) for one in assigned))


def _members(place: Place, annotation: ast.expr | None) -> set[str]:
    if annotation and (kind := _enumeration(place.module, ast.unparse(annotation))):
        return {one.value for one in kind}
    raise UnreadableError(f"{place.module}: {ast.unparse(place.expression)}")


def _enumeration(module: str, name: str) -> type[Enum] | None:
    """What the module knows by this name, if that is an enumeration."""
    kind = getattr(importlib.import_module(module), name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else None


def _passed(module: str, function: ast.FunctionDef, name: str) -> Iterator[Place]:
    """What is passed for a parameter by who calls the function: inside its context, or its face's
    users where it is public."""
    position = [one.arg for one in function.args.args]
    near = module.rpartition(".")[0]
    for other in _modules():
        if function.name.startswith("_") and other != module:
            continue
        if not other.startswith(near):
            continue
        for caller, call in _calls(other):
            if _last(call.func) != function.name or ast.unparse(call.func) == "audit.record":
                continue
            keyword = next((one.value for one in call.keywords if one.arg == name), None)
            if keyword is not None:
                yield Place(other, caller, keyword)
            elif name in position and position.index(name) < len(call.args):
                yield Place(other, caller, call.args[position.index(name)])


def _last(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[target], value=value) | ast.For(target=target, iter=value):
                yield from _parts(target, value, name)


def _parts(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        rows = value.elts if all(isinstance(one, ast.Tuple) for one in value.elts) else [value]
        for row in rows:
            assert isinstance(row, ast.Tuple)
            for one, part in zip(target.elts, row.elts, strict=True):
                yield from _parts(one, part, name)


@cache
def _calls(module: str) -> list[tuple[ast.FunctionDef | None, ast.Call]]:
    """Every call of a module with the function that it stands in."""
    tree = ast.parse(_path(module).read_text(encoding="utf-8"))
    inside: dict[ast.AST, ast.FunctionDef] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                inside[node] = function
    return [(inside.get(one), one) for one in ast.walk(tree) if isinstance(one, ast.Call)]


@cache
def _modules() -> list[str]:
    found = []
    for source in SOURCES:
        for path in sorted((ROOT / source).glob("tapline*/**/*.py")):
            parts = path.relative_to(ROOT / source).with_suffix("").parts
            if "migrations" not in parts:
                found.append(".".join(parts))
    return found


def _path(module: str) -> Path:
    relative = Path(*module.split(".")).with_suffix(".py")
    return next(path for one in SOURCES if (path := ROOT / one / relative).is_file())
