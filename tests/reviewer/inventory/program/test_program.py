from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import CapabilityId, Certainty, Scope, Trigger
from reviewer.inventory.languages.apis import TableError
from reviewer.inventory.program import read
from reviewer.inventory.program.dialect import Dialect
from reviewer.inventory.program.model import (
    Annotation,
    Argument,
    Bind,
    Branch,
    Choice,
    Collection,
    Constant,
    Expression,
    Field,
    Function,
    Index,
    Loop,
    Module,
    Record,
    Type,
    TypeName,
)
from tests.reviewer.inventory.program.worlds import (
    arrow,
    bind,
    call,
    extract,
    function,
    member,
    module,
    name,
    parameter,
    powers,
    record,
    text,
)

SERVER = bind("s", call("sdk.Server", text("weather")))


def add(tool: Expression, handler: Expression) -> Expression:
    return call(member(name("s"), "add"), tool, handler)


def test_a_tool_and_its_handler_meet_at_the_registrar(tmp_path: Path) -> None:
    answer = function("answer", call("lib.read", member(name("r"), "path")), takes=(parameter("r"),), line=7)
    found = extract(
        tmp_path, module(functions=(answer,), body=(SERVER, add(call("sdk.tool", text("look"), text("Looks")), name("answer"))))
    )
    (only,) = found.tools
    assert (only.name, only.description, only.dynamic) == ("look", "Looks", False)
    assert only.handler is not None
    assert only.handler.line == 7
    assert powers(found, "look") == {"fs.read:tool-argument"}
    assert [server.name for server in found.servers] == ["weather"]


def test_a_name_is_put_together_of_constants_of_other_files(tmp_path: Path) -> None:
    prefix = Module(path="names", package="names", constants=(Field(name="PREFIX", line=1, value=text("acme_")),))
    main = module(body=(call("sdk.tool", text(name("PREFIX"), "look")),), imports={"PREFIX": "names.PREFIX"})
    assert [tool.name for tool in extract(tmp_path, prefix, main).tools] == ["acme_look"]


def test_a_wrapper_is_read_for_every_call_of_it(tmp_path: Path) -> None:
    wrapper = function(
        "page",
        add(call("sdk.tool", name("title")), arrow(call(member(call("lib.Client"), "fetch"), text(name("host"), "/v1")))),
        takes=(parameter("s", "sdk.Server"), parameter("title"), parameter("host")),
    )
    body = (
        SERVER,
        call("page", name("s"), text("one"), text("https://one.example/api")),
        call("page", name("s"), text("two"), text("https://two.example/api")),
    )
    found = extract(tmp_path, module(functions=(wrapper,), body=body))
    hosts = {tool.name: [capability.objects for capability in tool.capabilities] for tool in found.tools}
    assert hosts == {"one": [("one.example",)], "two": [("two.example",)]}


def test_a_loop_over_records_gives_a_tool_each(tmp_path: Path) -> None:
    rows = Collection(items=(record("Row", name=text("a"), run=name("one")), record("Row", name=text("b"), run=name("two"))), line=1)
    loop = Loop(names=("row",), over=rows, body=(add(call("sdk.tool", member(name("row"), "name")), member(name("row"), "run")),), line=1)
    one, two = function("one", call("lib.read", text("/x"))), function("two", call("lib.run", text("ls")))
    found = extract(tmp_path, module(functions=(one, two), body=(SERVER, loop)))
    assert (powers(found, "a"), powers(found, "b")) == ({"fs.read:literal"}, {"proc.exec:literal"})


def test_what_cannot_be_computed_is_dynamic_and_written_as_it_stands(tmp_path: Path) -> None:
    found = extract(tmp_path, module(body=(call("sdk.tool", text(member(name("cfg"), "prefix"), "_list")),)))
    assert [(tool.name, tool.dynamic) for tool in found.tools] == [("{cfg.prefix}_list", True)]


def test_a_function_that_tells_tools_apart_answers_each_with_its_own_branch(tmp_path: Path) -> None:
    subject = member(name("request"), "name")
    answer = function(
        "answer",
        Branch(subject=subject, texts=(text("look"),), body=(call("lib.read", text("/a")),), line=1),
        Branch(subject=subject, texts=(text("run"),), body=(call("lib.run", text("ls")),), line=1),
        takes=(parameter("request"),),
    )
    handler = Type(name="Handler", line=1, bases=(TypeName(name="sdk.Server"),), functions=(answer,))
    found = extract(tmp_path, module(types=(handler,), body=(call("sdk.tool", text("look")), call("sdk.tool", text("run")))))
    assert (powers(found, "look"), powers(found, "run")) == ({"fs.read:literal"}, {"proc.exec:literal"})


def test_a_table_of_functions_is_followed_by_its_keys(tmp_path: Path) -> None:
    table = Record(pairs=((text("look"), name("one")), (text("run"), name("two"))), line=1)
    answer = function(
        "answer", call(Index(object=table, key=member(name("request"), "name"), line=1), name("request")), takes=(parameter("request"),)
    )
    one, two = function("one", call("lib.read", text("/a"))), function("two", call("lib.run", text("ls")))
    handler = Type(name="Handler", line=1, bases=(TypeName(name="sdk.Server"),), functions=(answer,))
    found = extract(
        tmp_path, module(types=(handler,), functions=(one, two), body=(call("sdk.tool", text("look")), call("sdk.tool", text("run"))))
    )
    assert (powers(found, "look"), powers(found, "run")) == ({"fs.read:literal"}, {"proc.exec:literal"})


def test_a_field_that_the_constructor_sets_is_what_its_caller_passed(tmp_path: Path) -> None:
    constructor = function(
        "Api", Bind(names=(), target=member(name("this"), "base"), value=name("base"), line=1), takes=(parameter("base"),)
    )
    fetch = Function(
        name="fetch",
        line=1,
        last=1,
        body=(call(member(call("lib.Client"), "fetch"), text(member(name("this"), "base"), "/v1")),),
        annotations=(Annotation(name="sdk.Tool", line=1),),
    )
    own = Type(name="Api", line=1, functions=(constructor, fetch))
    found = extract(tmp_path, module(types=(own,), body=(call("Api", text("https://api.example")),)))
    assert powers(found, "fetch") == {"net.out:literal"}


def test_an_annotated_function_is_named_as_its_framework_says(tmp_path: Path) -> None:
    tool = Function(name="GetForecastAsync", line=3, last=4, annotations=(Annotation(name="sdk.Tool", line=2),), doc="Says it.")
    named = Function(
        name="x", line=6, last=6, annotations=(Annotation(name="sdk.Tool", line=6, arguments=(Argument(keyword="name", value=text("y")),)),)
    )
    found = extract(tmp_path, module(functions=(tool, named)))
    assert [(each.name, each.description) for each in found.tools] == [("get_forecast", "Says it."), ("y", None)]


def test_an_annotation_of_the_submission_itself_registers_nothing(tmp_path: Path) -> None:
    tool = Function(name="f", line=1, last=1, annotations=(Annotation(name="Tool", line=1),))
    own = module(functions=(tool,), types=(Type(name="Tool", line=1),), wildcards=("sdk",))
    assert extract(tmp_path, own).tools == ()


def test_an_interface_stands_for_what_implements_it(tmp_path: Path) -> None:
    store = Type(name="Store", line=1, functions=(function("load", takes=(parameter("path"),)),))
    disk = Type(
        name="Disk",
        line=1,
        bases=(TypeName(name="Store"),),
        functions=(function("load", call("lib.read", name("path")), takes=(parameter("path"),)),),
    )
    answer = function("answer", call(member(name("store"), "load"), text("/x")), takes=(parameter("store", "Store"),))
    found = extract(
        tmp_path, module(types=(store, disk), functions=(answer,), body=(SERVER, add(call("sdk.tool", text("t")), name("answer"))))
    )
    assert powers(found, "t") == {"fs.read:literal"}


def test_a_parameter_that_is_assigned_in_a_branch_may_still_be_what_was_passed(tmp_path: Path) -> None:
    answer = function(
        "answer",
        bind("path", call(member(name("path"), "trim"))),
        Branch(subject=name("path"), texts=None, body=(bind("path", text("/default")),), line=1),
        call("lib.read", name("path")),
        takes=(parameter("path"),),
    )
    found = extract(tmp_path, module(functions=(answer,), body=(SERVER, add(call("sdk.tool", text("t")), name("answer")))))
    assert powers(found, "t") == {"fs.read:tool-argument"}


def test_a_variable_that_a_call_fills_is_chosen_by_what_it_was_filled_from(tmp_path: Path) -> None:
    answer = function(
        "answer",
        bind("into", None, "Anything"),
        call("lib.decode", member(name("request"), "params"), name("into")),
        call("lib.read", member(name("into"), "path")),
        takes=(parameter("request"),),
    )
    found = extract(tmp_path, module(functions=(answer,), body=(SERVER, add(call("sdk.tool", text("t")), name("answer")))))
    assert powers(found, "t") == {"fs.read:tool-argument"}


def test_wrappers_of_types_and_values_change_nothing(tmp_path: Path) -> None:
    wrapped = parameter("client", None)
    answer = function("answer", call(member(call(member(name("client"), "unwrap")), "fetch"), text("https://a.example/")), takes=(wrapped,))
    typed = Function(
        name="answer",
        line=1,
        last=1,
        parameters=(
            type(wrapped)(names=("client",), type=TypeName(name="lib.Maybe", arguments=(TypeName(name="lib.Client"),))),
        ),
        body=answer.body,
    )  # fmt: skip
    found = extract(tmp_path, module(functions=(typed,), body=(SERVER, add(call("sdk.tool", text("t")), name("answer")))))
    assert powers(found, "t") == {"net.out:literal"}


def test_one_of_two_constants_is_both(tmp_path: Path) -> None:
    choice = Choice(options=(text("/a"), text("/b")), line=1)
    found = extract(tmp_path, module(functions=(function("main", call("lib.read", choice)),)))
    (capability,) = found.capabilities
    assert (capability.objects, capability.trigger, capability.scope) == (("/a", "/b"), Trigger.AUTOMATIC, Scope.LITERAL)


def test_settings_are_chosen_by_whoever_sets_the_program_up(tmp_path: Path) -> None:
    body = (
        call("lib.read", text(call("lib.settings", text("ROOT")), "/x")),
        call("lib.read", call("lib.join", text("/a"), name("elsewhere.x"))),
    )
    scopes = {capability.scope for capability in extract(tmp_path, module(body=body)).capabilities}
    assert scopes == {Scope.CONFIGURATION, Scope.LITERAL}


def test_tests_register_nothing_and_their_powers_are_only_possible(tmp_path: Path) -> None:
    found = extract(tmp_path, module("check", test=True, body=(call("sdk.tool", text("t")), call("lib.run", text("ls")))))
    assert found.tools == ()
    assert [(each.id, each.certainty) for each in found.capabilities] == [(CapabilityId.PROC_EXEC, Certainty.POSSIBLE)]


def test_a_file_that_is_damaged_or_too_deep_is_a_row(tmp_path: Path) -> None:
    extract(tmp_path)

    def lower(path: str, _: str) -> Module:
        if path == "deep":
            raise RecursionError
        return Module(path=path, package="", damage=0.5)

    found = read(Dialect(name="test", folder=tmp_path, lower=lower), {"deep": "", "torn": ""})
    assert [(row.path, row.gate) for row in found.unreadable] == [("deep", True), ("torn", True)]


def test_a_wrong_table_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "capabilities.yaml").write_text("apis: []", encoding="utf-8")
    (tmp_path / "registrations.yaml").write_text("makers: [{calls: [a], name: [{argumnet: 0}], why: x}]", encoding="utf-8")
    with pytest.raises(TableError, match=r"makers\.0\.name\.0\.argumnet"):
        read(Dialect(name="test", folder=tmp_path, lower=lambda path, _: Module(path=path, package="")), {})


def test_constants_are_no_tools(tmp_path: Path) -> None:
    assert extract(tmp_path, module(body=(SERVER, add(Constant(value=1, line=1), text("x"))))).tools == ()
