"""Any message that the types allow, built from the types themselves."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from tapline_gateway.protocol import MESSAGES, Fact, Message

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
INTEGERS = st.integers(-(2**53), 2**53)
DOCUMENTS = st.dictionaries(
    TEXT, st.one_of(st.none(), st.booleans(), INTEGERS, TEXT, st.lists(INTEGERS, max_size=3))
)


def messages(name: str) -> st.SearchStrategy[Message]:
    strategy: st.SearchStrategy[Message] = _values(inspect.type_info(MESSAGES[name]))
    return strategy


def facts() -> st.SearchStrategy[Fact]:
    strategy: st.SearchStrategy[Fact] = _values(inspect.type_info(Fact))
    return strategy


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: _values(field.type) for field in fields})
        case inspect.ListType(item_type=item):
            return st.lists(_values(item), max_size=3)
        case inspect.UnionType(types=types):
            return st.one_of([_values(one) for one in types])
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, most)
        case inspect.StrType():
            return _texts(kind)
        case _:
            return _PLAIN[type(kind)](kind)


def _texts(kind: inspect.StrType) -> st.SearchStrategy[str]:
    if kind.pattern is not None:
        return st.from_regex(kind.pattern)
    least, most = kind.min_length or 0, kind.max_length
    return TEXT.filter(lambda text: len(text) >= least and (most is None or len(text) <= most))


_PLAIN: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.EnumType: lambda kind: st.sampled_from(list(kind.cls)),
    inspect.DictType: lambda _: DOCUMENTS,
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
}


def replaced(fact: Fact, **changes: Any) -> Fact:
    return msgspec.structs.replace(fact, **changes)
