from __future__ import annotations

from pathlib import Path

from reviewer.inventory.program.model import (
    Block,
    Branch,
    Collection,
    Expression,
    Field,
    Function,
    Index,
    Loop,
    Opaque,
    Parameter,
    Record,
    Return,
    Type,
    TypeName,
)
from tests.reviewer.inventory.program.worlds import (
    arrow,
    bind,
    call,
    extract,
    function,
    given,
    member,
    module,
    name,
    parameter,
    record,
    text,
)

DEEP = 3_000


def test_deep_expressions_are_read_as_far_as_is_sensible(tmp_path: Path) -> None:
    deep: Expression = name("x")
    chain: Expression = name("x")
    nested: Expression = text("a")
    for _ in range(DEEP):
        deep, chain, nested = member(deep, "y"), call(member(chain, "z"), text("b")), Opaque(parts=(nested,), line=1)
    found = extract(tmp_path, module(body=(call("sdk.tool", deep), call("sdk.tool", chain, line=2), call("lib.read", nested))))
    assert len(found.tools) == 2


def test_deep_blocks_are_read(tmp_path: Path) -> None:
    block: Block = (call("lib.run", text("ls")),)
    for _ in range(DEEP):
        block = (Branch(subject=None, texts=None, body=block, line=1),)
    assert len(extract(tmp_path, module(body=block)).capabilities) == 1


def test_names_that_stand_for_themselves_stand_for_nothing(tmp_path: Path) -> None:
    circle = (bind("a", name("b")), bind("b", name("a")), bind("c", text(name("c"), "x")), call("sdk.tool", name("a"), name("c")))
    again = function("again", given(call("again", call("again", name("x")))), takes=(parameter("x"),))
    mutual = (function("one", given(call("two"))), function("two", given(call("one"))))
    body = (*circle, call("sdk.tool", call("again", text("t"))), call("lib.read", call("one")))
    extract(tmp_path, module(functions=(again, *mutual), body=body))


def test_records_that_hold_each_other_do_not_multiply(tmp_path: Path) -> None:
    levels = [bind("r0", text("x"))]
    for level in range(1, 40):
        below = name(f"r{level - 1}")
        levels.append(bind(f"r{level}", Record(pairs=tuple((text(str(index)), below) for index in range(10)), line=1)))
    extract(tmp_path, module(body=(*levels, call("sdk.tool", name("r39"), name("r39")), call("lib.read", name("r39")))))


def test_lists_and_texts_that_hold_each_other_do_not_multiply(tmp_path: Path) -> None:
    levels = [bind("r0", text("x" * 100)), bind("t0", text("y"))]
    for level in range(1, 40):
        levels.append(bind(f"r{level}", Collection(items=(name(f"r{level - 1}"),) * 10, line=1)))
        levels.append(bind(f"t{level}", text(*(name(f"t{level - 1}"),) * 10)))
    extract(tmp_path, module(body=(*levels, call("sdk.tool", name("t39"), name("r39")), call("lib.run", name("r39"), name("t39")))))


def test_functions_that_call_each_other_twice_do_not_multiply(tmp_path: Path) -> None:
    functions = tuple(
        function(f"f{level}", given(text(call(f"f{level + 1}", name("x")), call(f"f{level + 1}", name("x")))), takes=(parameter("x"),))
        for level in range(40)
    )
    extract(tmp_path, module(functions=functions, body=(call("sdk.tool", call("f0", text("a"))), call("lib.read", call("f0", text("b"))))))


def test_wrappers_of_wrappers_do_not_multiply(tmp_path: Path) -> None:
    functions = [function("w0", call("sdk.tool", name("n"), name("d")), takes=(parameter("n"), parameter("d")))]
    for level in range(1, 12):
        calls = [call(f"w{level - 1}", text(name("n"), str(index)), name("d")) for index in range(8)]
        functions.append(function(f"w{level}", *calls, takes=(parameter("n"), parameter("d"))))
    extract(tmp_path, module(functions=tuple(functions), body=(call("w11", text("a"), text("b")),)))


def test_types_that_extend_or_hold_each_other_end(tmp_path: Path) -> None:
    types = tuple(
        Type(
            name=f"T{index}",
            line=1,
            bases=(TypeName(name=f"T{(index + 1) % 30}"),),
            fields=tuple(Field(name=f"f{other}", line=1, type=TypeName(name=f"T{other}")) for other in range(30)),
            functions=(Function(name="go", line=1, last=1, body=(Return(values=(call(member(name("this"), "go")),), line=1),)),),
        )
        for index in range(30)
    )
    answer = function("answer", call("lib.read", member(name("t"), *(f"f{index}" for index in range(30)))), takes=(parameter("t", "T0"),))
    extract(tmp_path, module(types=types, functions=(answer,), body=(call("sdk.tool", text("t")), call(member(call("T0"), "go")))))


def test_an_alias_of_itself_ends(tmp_path: Path) -> None:
    types = (Type(name="A", line=1, alias=TypeName(name="B")), Type(name="B", line=1, alias=TypeName(name="A")))
    reader = function("f", call("lib.read", name("x")), takes=(parameter("x", "A"),))
    other = module("other", imports={"Q": "other.Q", "A": "A.A"}, wildcards=("main", "other"), body=(call("Q.A"), call("A")))
    extract(tmp_path, module(types=types, functions=(reader,), imports={"Q": "main.Q"}), other)


def test_many_assignments_and_uses_of_one_name_are_read(tmp_path: Path) -> None:
    body = [each for index in range(DEEP) for each in (bind("x", text(name("x"), str(index))), call("lib.read", name("x")))]
    assert extract(tmp_path, module(body=tuple(body))).capabilities


def test_handlers_made_of_handlers_end(tmp_path: Path) -> None:
    wrap = function("wrap", given(arrow(call(name("inner")), call(name("other")))), takes=(parameter("inner"), parameter("other")))
    levels = [bind("h0", arrow(call("lib.run", text("ls"))))]
    levels += [bind(f"h{level}", call("wrap", name(f"h{level - 1}"), name(f"h{level - 1}"))) for level in range(1, 30)]
    add = call(member(call("sdk.Server"), "add"), call("sdk.tool", text("t")), name("h29"))
    extract(tmp_path, module(functions=(wrap,), body=(*levels, add)))


def test_odd_names_and_texts_are_no_trouble(tmp_path: Path) -> None:
    odd = ("", ".", "..", "a..b", "\x00", "\ud800", "crate.", "super.super.super.x", "this.", "#tool", "a" * 5_000)
    body = [each for label in odd for each in (call(label, text(label)), bind(label, name(label)), member(name(label), label))]
    looped = Loop(names=odd, over=name(""), body=(call("sdk.tool", name("")),), line=0)
    own = module(functions=(function("", given(), takes=(Parameter(names=()), Parameter(names=("", "a")))),), body=(*body, looped))
    extract(tmp_path, own, module("", imports=dict.fromkeys(odd, ""), wildcards=odd))
    extract(tmp_path, module(body=(Index(object=record(""), key=name("."), line=1), record("sdk.Described", name=text("\ud800")))))
