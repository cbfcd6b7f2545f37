from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.inventory.program.model import (
    Annotation,
    Argument,
    Bind,
    Branch,
    Call,
    Choice,
    Collection,
    Constant,
    Expression,
    Field,
    Function,
    Index,
    Lambda,
    Loop,
    Member,
    Module,
    Name,
    Opaque,
    Parameter,
    Record,
    Return,
    Statement,
    Text,
    Type,
    TypeName,
)
from tests.reviewer.inventory.program.worlds import extract

WORDS = st.sampled_from(
    ("a", "b", "this", "super", "f", "T", "U", "f.T", "sdk.tool", "sdk.Server", "sdk.Tool", "sdk.Described", "lib.read", "lib.run",
     "lib.Client",     "add", "name", "answer", "fetch", "unwrap", "about", "sdk.about", "lib.join", "_", "", "crate.a", "super.b",
     "main.f") )  # fmt: skip
LINES = st.integers(min_value=0, max_value=9)
TYPES = st.builds(TypeName, name=WORDS, arguments=st.lists(st.builds(TypeName, name=WORDS), max_size=1).map(tuple))
PARAMETERS = st.builds(Parameter, names=st.lists(WORDS, max_size=2).map(tuple), type=st.none() | TYPES, variadic=st.booleans())


def _expressions(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, max_size=3).map(tuple)
    arguments = st.lists(st.builds(Argument, value=inner, keyword=st.none() | WORDS, spread=st.booleans()), max_size=3).map(tuple)
    pairs = st.lists(st.tuples(inner, inner), max_size=3).map(tuple)
    blocks = st.lists(_statements(inner), max_size=2).map(tuple)
    return st.one_of(
        st.builds(Text, parts=st.lists(WORDS | inner, max_size=3).map(tuple), line=LINES),
        st.builds(Member, object=inner, name=WORDS, line=LINES),
        st.builds(Index, object=inner, key=inner, line=LINES),
        st.builds(Call, callee=inner, arguments=arguments, line=LINES, new=st.booleans()),
        st.builds(Call, callee=st.builds(Member, object=inner, name=WORDS, line=LINES), arguments=arguments, line=LINES),
        st.builds(Lambda, parameters=st.lists(PARAMETERS, max_size=2).map(tuple), body=blocks, line=LINES, last=LINES),
        st.builds(Collection, items=several, line=LINES),
        st.builds(Record, pairs=pairs, type=st.none() | TYPES, arguments=arguments, line=LINES, rest=st.none() | inner),
        st.builds(Choice, options=several, tests=several, line=LINES),
        st.builds(Opaque, parts=several, line=LINES, blocks=st.lists(blocks, max_size=1).map(tuple)),
    )


def _statements(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Statement]:
    body = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        inner,
        st.builds(Bind, names=st.lists(WORDS, max_size=2).map(tuple), value=st.none() | inner, line=LINES, target=st.none() | inner),
        st.builds(Return, values=body, line=LINES),
        st.builds(Branch, subject=st.none() | inner, texts=st.none() | body, body=body, line=LINES),
        st.builds(Loop, names=st.lists(WORDS, max_size=2).map(tuple), over=st.none() | inner, body=body, line=LINES),
    )


LEAVES: st.SearchStrategy[Expression] = st.builds(Name, name=WORDS, line=LINES) | st.builds(
    Constant, value=st.none() | st.booleans() | st.integers(-3, 3), line=LINES
)
EXPRESSIONS = st.recursive(LEAVES, _expressions, max_leaves=12)
BODIES = st.lists(_statements(EXPRESSIONS), max_size=4).map(tuple)
MARKS = st.lists(st.builds(Annotation, name=WORDS, line=LINES), max_size=1).map(tuple)
FUNCTIONS = st.builds(
    Function, name=WORDS, line=LINES, last=LINES, parameters=st.lists(PARAMETERS, max_size=2).map(tuple), body=BODIES, annotations=MARKS,
    extends=st.none() | TYPES, static=st.booleans(),
)  # fmt: skip
FIELDS = st.builds(Field, name=WORDS, line=LINES, type=st.none() | TYPES, value=st.none() | EXPRESSIONS, constant=st.booleans())
DECLARED = st.builds(
    Type, name=WORDS, line=LINES, bases=st.lists(TYPES, max_size=2).map(tuple), fields=st.lists(FIELDS, max_size=2).map(tuple),
    functions=st.lists(FUNCTIONS, max_size=2).map(tuple), annotations=MARKS, alias=st.none() | TYPES,
)  # fmt: skip
MODULES = st.builds(
    Module, path=st.sampled_from(("main", "other")), package=WORDS, imports=st.dictionaries(WORDS, WORDS, max_size=2),
    wildcards=st.lists(WORDS, max_size=2).map(tuple), types=st.lists(DECLARED, max_size=2).map(tuple),
    functions=st.lists(FUNCTIONS, max_size=3).map(tuple), constants=st.lists(FIELDS, max_size=2).map(tuple), body=BODIES,
    test=st.booleans(),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(MODULES, max_size=2))
def test_no_program_raises(modules: list[Module]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = extract(Path(folder), *modules)
    assert all(row.gate for row in found.unreadable)
    assert all(tool.name for tool in found.tools)
